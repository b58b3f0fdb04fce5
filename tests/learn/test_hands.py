"""Training hands: prepared as in an assessment, varied by draws that can be repeated."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openboneage.batch.choice import executor_of
from openboneage.datasets.layouts.recognise import open_film_set
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.errors import InputError
from openboneage.hand import geometry
from openboneage.hand.drawing import DEFAULT_PICTURE
from openboneage.hand.finder_card import HAND_FINDER
from openboneage.hand.frame import frame_to_canvas
from openboneage.hand.locate import locate_hand
from openboneage.learn.hands import (
    LEAST_RESOLUTION,
    TrainingHand,
    Variation,
    VariationRange,
    draw_variation,
    frame_to_training,
    prepare_hands,
)
from openboneage.subject import Sex
from openboneage.weights.registry import ModelSet
from tests.datasets.trees import write_table
from tests.tiny_rsna import EXAMPLES

SPEC = DEFAULT_PICTURE
FINDER = ModelSet.find().card("hand-finder")
STILL = VariationRange(**{field.name: 0.0 for field in fields(VariationRange)})
DRAWS = 2000


def drawn(how: VariationRange, count: int = DRAWS) -> Sequence[Variation]:
    rng = np.random.default_rng(0)
    return [draw_variation(rng, how) for _ in range(count)]


@pytest.fixture(scope="module")
def films(tiny_shared: Path) -> RsnaFilms:
    return RsnaFilms(tiny_shared / "rsna")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run") / "hands"


@pytest.fixture(scope="module")
def hands(films: RsnaFilms, cache: Path) -> list[TrainingHand]:
    return prepare_hands(films, films.films[:6], FINDER, SPEC, cache, executor_of(1))


def test_hands_keep_order_and_label(films: RsnaFilms, hands: list[TrainingHand]) -> None:
    chosen = films.films[:6]

    assert [hand.id for hand in hands] == [film.id for film in chosen]
    assert [hand.age_months for hand in hands] == [film.bone_age_months for film in chosen]
    assert [hand.sex for hand in hands] == [int(film.sex is Sex.MALE) for film in chosen]


def test_hands_are_found_as_a_clinics_film_is(films: RsnaFilms, hands: list[TrainingHand]) -> None:
    prepared = hands[0].prepared

    hand = locate_hand(films.radiograph(films.by_id[hands[0].id]), HAND_FINDER.load(FINDER, threads=1))

    np.testing.assert_allclose(prepared.mask / 255, hand.mask, atol=0.5 / 255 + 1e-6)
    assert prepared.landmark_score == hand.landmark_scores.min()
    assert 0 <= prepared.low < prepared.high <= 255
    (height, width), picture = prepared.canvas.shape, hand.canvas(256)
    assert (height, width) == (299, 224)
    shown = prepared.canvas[(height - 256) // 2 :, (width - 192) // 2 :][:256, :192]
    assert np.corrcoef(shown.ravel(), picture.ravel())[0, 1] > 0.98


def test_the_training_canvas_contains_the_canvas_of_a_picture() -> None:
    corners = np.array([[0.0, 0.0], [192.0, 256.0]])
    in_frame = geometry.move(corners, geometry.inverse(frame_to_canvas(256)))

    on_training = geometry.move(in_frame, frame_to_training(299))

    np.testing.assert_allclose(on_training, [[16.0, 21.35], [208.2, 277.6]], atol=0.2)


def assert_equal(hands: list[TrainingHand], others: list[TrainingHand]) -> None:
    for first, second in zip(hands, others, strict=True):
        assert (first.id, first.age_months, first.sex) == (second.id, second.age_months, second.sex)
        for field in fields(first.prepared):
            np.testing.assert_array_equal(getattr(first.prepared, field.name), getattr(second.prepared, field.name))


def test_the_number_of_processes_changes_nothing(films: RsnaFilms, hands: list[TrainingHand], tmp_path: Path) -> None:
    assert_equal(hands, prepare_hands(films, films.films[:6], FINDER, SPEC, tmp_path, executor_of(2)))


def test_a_stopped_preparation_continues(films: RsnaFilms, hands: list[TrainingHand], cache: Path, tmp_path: Path) -> None:
    chosen = films.films[:6]
    shutil.copytree(cache, tmp_path, dirs_exist_ok=True)
    kept, *lost = sorted(tmp_path.iterdir())
    for path in lost:
        path.unlink()
    written = kept.stat().st_mtime_ns

    again = prepare_hands(films, chosen, FINDER, SPEC, tmp_path, executor_of(1))

    assert_equal(hands, again)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in cache.iterdir())
    assert kept.stat().st_mtime_ns == written, "what was there is read, not written again"


def test_hands_of_own_films_at_full_size(tmp_path: Path) -> None:
    table = write_table(tmp_path / "films.csv", ("path", "bone_age_months", "sex"), (EXAMPLES / "7041.png", 168, "M"))
    own = open_film_set(table)

    (hand,) = prepare_hands(own, own.films, FINDER, SPEC, tmp_path / "hands", executor_of(1))

    assert (hand.age_months, hand.sex, hand.prepared.canvas.shape) == (168, 1, (299, 224))


@pytest.mark.parametrize("lacking", [{"bone_age_months": None}, {"sex": Sex.UNKNOWN}], ids=["label", "sex"])
def test_a_film_without_label_or_sex_is_not_learned_from(films: RsnaFilms, tmp_path: Path, lacking: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=f"film {films.films[0].id}"):
        prepare_hands(films, [replace(films.films[0], **lacking)], FINDER, SPEC, tmp_path, executor_of(1))


def test_a_new_label_needs_no_new_preparation(films: RsnaFilms, tmp_path: Path) -> None:
    film = films.films[0]
    prepare_hands(films, [film], FINDER, SPEC, tmp_path, executor_of(1))

    (hand,) = prepare_hands(films, [replace(film, bone_age_months=99.0)], FINDER, SPEC, tmp_path, executor_of(1))

    assert hand.age_months == 99
    assert len(list(tmp_path.iterdir())) == 1


def test_the_same_seed_draws_the_same_variation() -> None:
    first, again, other = (draw_variation(np.random.default_rng(seed), VariationRange()) for seed in (3, 3, 4))

    assert first == again
    assert first != other


def test_a_variation_can_be_written_down_and_replayed() -> None:
    variation = draw_variation(np.random.default_rng(3), VariationRange())
    read = json.loads(json.dumps(asdict(variation)))

    read["placement"] = tuple(map(tuple, read["placement"]))
    read["erased"] = read["erased"] and tuple(read["erased"])

    assert Variation(**read) == variation


def test_an_empty_range_leaves_the_hand_unchanged() -> None:
    for variation in drawn(STILL, 20):
        np.testing.assert_allclose(variation.placement, [[1, 0, 0], [0, 1, 0]], atol=1e-12)
        assert (variation.gamma, variation.contrast, variation.brightness) == (1, 1, 0)
        assert (variation.blur_px, variation.noise, variation.erased, variation.resolution) == (0, 0, None, 1)
        assert variation.margin is not None


@pytest.mark.parametrize(
    ("happens", "share"),
    [
        (lambda v: np.linalg.det(np.array(v.placement)[:, :2]) < 0, VariationRange().mirror),
        (lambda v: v.resolution < 1, VariationRange().coarse),
        (lambda v: v.point_sampled, VariationRange().point_sampled),
        (lambda v: v.margin is None, VariationRange().unmasked),
        (lambda v: v.blur_px > 0, VariationRange().blur),
        (lambda v: v.noise > 0, VariationRange().noise),
        (lambda v: v.jpeg_quality is not None, VariationRange().jpeg),
        (lambda v: v.erased is not None, VariationRange().erase),
        (lambda v: v.lost > 0, VariationRange().lose),
    ],
    ids=["mirror", "coarse", "point samples", "unmasked", "blur", "noise", "jpeg", "erase", "lose"],
)
def test_random_variations_occur_with_their_probability(happens: Callable[[Variation], bool], share: float) -> None:
    assert np.mean([happens(variation) for variation in drawn(VariationRange())]) == pytest.approx(share, abs=0.035)


def test_coarse_films_are_of_every_resolution() -> None:
    coarse = [v.resolution for v in drawn(VariationRange()) if v.resolution < 1]

    assert LEAST_RESOLUTION <= min(coarse) < 0.31
    assert 0.98 < max(coarse) < 1


def test_erased_rectangles_lie_on_the_canvas() -> None:
    for top, left, height, width in filter(None, (v.erased for v in drawn(VariationRange()))):
        assert 0 <= top <= top + height <= 1
        assert 0 <= left <= left + width <= 1
        assert 0.08 <= min(height, width) <= max(height, width) <= 0.3


def test_hands_are_turned_by_30_degrees_at_most() -> None:
    how = VariationRange(rotation_degrees=40, scale=0, shear=0, mirror=0)
    turns = [np.degrees(np.arctan2(v.placement[1][0], v.placement[0][0])) for v in drawn(how)]

    assert np.abs(turns).max() == pytest.approx(30)
