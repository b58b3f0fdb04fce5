"""Hands of the stager: crops of films, kept on disk, and synthetic hands."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from openboneage.batch.choice import executor_of
from openboneage.datasets.film_set import Film, films_of
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.datasets.region_films import Kind, RegionFilms
from openboneage.datasets.splits import Split
from openboneage.hand.finder_card import HAND_FINDER
from openboneage.learn import stager_hands
from openboneage.learn.stager_hands import (
    CropMaker,
    CroppedHand,
    Source,
    film_hands,
    synthetic_stager_hands,
    trainable_hands,
)
from openboneage.learn.stager_targets import graded_targets
from openboneage.weights.registry import ModelSet
from tests.learn.toy_stager_hands import TRAINING_SPEC
from tests.tiny_bone_finder import write_bone_finder
from tests.tiny_regions import build_regions


@pytest.fixture
def maker(tiny_shared: Path, tmp_path: Path) -> CropMaker:
    rsna = shutil.copytree(tiny_shared / "rsna", tmp_path / "rsna")
    films = RegionFilms(RsnaFilms(rsna), build_regions(rsna))
    bone_finder = write_bone_finder(tmp_path / "models")
    return CropMaker(films, ModelSet.find().card(HAND_FINDER.name), bone_finder, TRAINING_SPEC, tmp_path / "crops")


def chosen(maker: CropMaker) -> list[Film]:
    return films_of(maker.films.films, Split.TRAIN)[:2]


def test_crops_are_kept_on_disk_and_read_again(maker: CropMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    items: list[tuple[Film, Kind | None]] = [(film, None) for film in chosen(maker)]
    made = maker.make(items, executor_of(1), "crops")
    monkeypatch.setattr(stager_hands, "locate_hand", None)  # a hand that is looked for again fails

    again = maker.make(items, executor_of(1), "crops")

    assert [each.crops.shape for each in made] == [(13, 24, 24)] * 2
    for before, after in zip(made, again, strict=True):
        assert np.array_equal(before.crops, after.crops)
        assert np.array_equal(before.found, after.found)
        assert before.px_per_unit == after.px_per_unit > 10


def test_a_damaged_file_is_made_again(maker: CropMaker) -> None:
    items: list[tuple[Film, Kind | None]] = [(chosen(maker)[0], None)]
    (made,) = maker.make(items, executor_of(1), "crops")
    (path,) = maker.cache.glob("*.npz")
    path.write_bytes(path.read_bytes()[:200])

    (again,) = maker.make(items, executor_of(1), "crops")

    assert np.array_equal(made.crops, again.crops)


def test_every_joint_of_the_skeleton_gives_a_crop(maker: CropMaker) -> None:
    (made,) = maker.make([(chosen(maker)[0], None)], executor_of(1), "crops")

    assert made.found.all()
    assert (made.crops.max(axis=(1, 2)) > 0).all()


def test_films_come_as_they_are_and_sharp_with_their_labels(maker: CropMaker) -> None:
    films = chosen(maker)
    known = graded_targets(np.full(13, 3))

    hands = film_hands(maker, films, {films[0].id: known}, executor_of(1))

    sharp = [hand for hand in hands if hand.source is Source.SHARP]
    assert [hand.id for hand in hands if hand.source is Source.FILM] == [film.id for film in films]
    assert {hand.id for hand in sharp} == {film.id for film in films if Kind.COMPOSITE in maker.films.kinds(film)} != set()
    for hand in hands:
        film = next(film for film in films if film.id == hand.id)
        assert hand.age_months == film.bone_age_months
        assert (hand.targets is known) == (film is films[0])
        assert hand.targets.known.any() == (film is films[0])


def test_hands_without_a_joint_are_left_out() -> None:
    hand = synthetic_stager_hands(1, 256, 1.0, TRAINING_SPEC, executor_of(1))[0]
    empty = CroppedHand(hand.cropped.crops, np.zeros(13, bool), 100.0)
    lost = type(hand)(hand.id, hand.source, empty, hand.age_months, hand.sex, hand.targets)

    assert trainable_hands([hand, lost]) == [hand]


def test_synthetic_hands_teach_levels_and_no_age() -> None:
    plain, spread = (synthetic_stager_hands(3, 256, factor, TRAINING_SPEC, executor_of(1)) for factor in (0.0, 4.0))

    assert {(hand.source, hand.age_months) for hand in plain + spread} == {(Source.SYNTHETIC, None)}
    assert plain[0].cropped.crops.shape == (13, 24, 24)
    assert all(hand.targets.known.all() for hand in spread)
    levels = [np.stack([hand.targets.levels.argmax(axis=1) for hand in hands]) for hands in (plain, spread)]
    assert (levels[0] != levels[1]).mean() > 0.1, "the bones of a hand differ by the factor"
