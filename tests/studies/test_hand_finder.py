"""Training data of the hand finder: training films only, with each kind of annotation."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from openboneage.datasets.film_set import films_of
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.datasets.splits import Split, split_of
from openboneage.learn.batches import batch_at
from openboneage.learn.scenes import Kind, Pools, SceneBatches
from openboneage.studies.hand_finder import SOURCE_PX, scene_pools
from openboneage.studies.material import Material


@pytest.fixture(scope="module")
def pools(tiny_shared: Path) -> Pools:
    return scene_pools(Material.beside(RsnaFilms(tiny_shared / "rsna")))


def test_only_training_films_and_images_are_learned_from(tiny_shared: Path, pools: Pools) -> None:
    train = {film.id for film in films_of(RsnaFilms(tiny_shared / "rsna"), Split.TRAIN)}

    for kind in Kind:
        assert pools.names[kind]
        if kind is not Kind.NO_HAND:
            assert set(pools.names[kind]) <= train
    assert {split_of(name) for name in pools.names[Kind.NO_HAND]} == {Split.TRAIN}


@pytest.mark.parametrize(
    ("kind", "masked", "marked"),
    [(Kind.OUTLINED, True, True), (Kind.LANDMARKED, False, True), (Kind.PLAIN, False, True), (Kind.NO_HAND, False, False)],
)
def test_sources_contain_what_their_kind_needs(pools: Pools, kind: Kind, masked: bool, marked: bool) -> None:
    source = pools.sources[kind][pools.names[kind][0]]

    assert (source.mask is not None) is masked
    assert (source.landmarks is not None) is marked
    assert source.pixels.shape == ((64, 64) if kind is Kind.NO_HAND else (SOURCE_PX, SOURCE_PX))


def test_the_first_batch_follows_from_the_seed(tiny_shared: Path, pools: Pools) -> None:
    reloaded = scene_pools(Material.beside(RsnaFilms(tiny_shared / "rsna")))

    first, again = (batch_at(SceneBatches(each, 4, seed=1), 0) for each in (pools, reloaded))

    assert all(torch.equal(first[key], again[key]) for key in first)


def test_drawings_of_the_challenge_are_of_training_films(real_rsna: Path) -> None:
    films = RsnaFilms(real_rsna)
    kept = {film.id for film in films.films if film.split is not Split.TRAIN}

    names = scene_pools(Material.beside(films)).names

    assert not kept & {name for kind in Kind for name in names[kind]}
    assert len(names[Kind.OUTLINED]) == 70
    assert len(names[Kind.LANDMARKED]) == 1064, "boxes or drawn regions"
