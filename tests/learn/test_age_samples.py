"""Batches for the age network: training draws a film as the program does, with variations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from openboneage.batch.choice import executor_of
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.hand.drawing import DEFAULT_PICTURE, draw_picture
from openboneage.hand.finder_card import HAND_FINDER
from openboneage.hand.locate import locate_hand
from openboneage.learn.age_samples import AgeBatches, AgeError, hands_digest, render_hand, unvaried
from openboneage.learn.batches import Batch, batch_at
from openboneage.learn.hands import TrainingHand, Variation, VariationRange, draw_variation, prepare_hands
from openboneage.weights.registry import ModelSet

FINDER = ModelSet.find().card("hand-finder")
SPEC = replace(DEFAULT_PICTURE, height_px=128)
STILL = unvaried(SPEC)


@pytest.fixture(scope="module")
def films(tiny_shared: Path) -> RsnaFilms:
    return RsnaFilms(tiny_shared / "rsna")


@pytest.fixture(scope="module")
def hands(films: RsnaFilms, tmp_path_factory: pytest.TempPathFactory) -> list[TrainingHand]:
    """Six hands, one of each example film, distinguished by their ages."""
    return prepare_hands(films, films.films[3:9], FINDER, SPEC, tmp_path_factory.mktemp("hands"), executor_of(1))


def test_an_unvaried_hand_equals_the_input_of_the_program(films: RsnaFilms, hands: list[TrainingHand]) -> None:
    finder = HAND_FINDER.load(FINDER, threads=1)
    for hand in hands:
        drawn = draw_picture(locate_hand(films.radiograph(films.by_id[hand.id]), finder), SPEC)

        assert np.abs(render_hand(hand.prepared, STILL, 128)[0] - drawn).mean() < 0.01


@pytest.mark.parametrize("seed", range(5))
def test_the_same_variation_gives_the_same_pixels(hands: list[TrainingHand], seed: int) -> None:
    variation = replace(draw_variation(np.random.default_rng(seed), VariationRange()), noise=5.0)

    first, again = render_hand(hands[0].prepared, variation, 128), render_hand(hands[0].prepared, variation, 128)

    np.testing.assert_array_equal(first, again)
    assert (first.shape, first.dtype) == ((1, 128, 96), np.float32)
    assert 0 <= first.min() < first.max() <= 1.25


def test_a_lossy_file_keeps_the_hand_and_loses_detail(hands: list[TrainingHand]) -> None:
    plain, fine, rough = (
        render_hand(hands[0].prepared, replace(STILL, jpeg_quality=quality), 128) for quality in (None, 95, 15)
    )

    assert np.abs(fine - plain).mean() < np.abs(rough - plain).mean() < 0.05
    assert 0 <= rough.min() < rough.max() <= 1.25


@pytest.mark.parametrize("harmed", [replace(STILL, noise=8.0), replace(STILL, jpeg_quality=20)], ids=["noise", "lossy"])
def test_noise_is_added_to_the_film_and_moves_with_it(hands: list[TrainingHand], harmed: Variation) -> None:
    pixels = 10
    shift = ((1.0, 0.0, 2.7 * pixels / 128), (0.0, 1.0, 0.0))

    still, moved = (render_hand(hands[0].prepared, replace(harmed, placement=p), 128)[0] for p in (STILL.placement, shift))

    assert np.abs(still - render_hand(hands[0].prepared, STILL, 128)[0]).mean() > 0.005
    assert np.abs(moved[:, pixels:-1] - still[:, : -pixels - 1]).mean() < 0.005


def test_lost_shadows_are_black_and_the_bright_end_stays(hands: list[TrainingHand]) -> None:
    plain, lost = (render_hand(hands[0].prepared, replace(STILL, lost=share), 128) for share in (0.0, 0.4))

    assert (lost[plain < 0.4] == 0).all()
    np.testing.assert_allclose(lost[(plain > 0.4) & (plain < 1)], (plain[(plain > 0.4) & (plain < 1)] - 0.4) / 0.6, atol=1e-5)


def test_a_mirrored_hand_is_the_mirror_image(hands: list[TrainingHand]) -> None:
    mirrored = replace(STILL, placement=((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0)))

    difference = render_hand(hands[0].prepared, mirrored, 128)[..., ::-1] - render_hand(hands[0].prepared, STILL, 128)

    assert np.abs(difference).mean() < 0.002


def test_a_shift_moves_film_and_mask_together(hands: list[TrainingHand]) -> None:
    pixels = 10
    shifted = replace(STILL, placement=((1.0, 0.0, 2.7 * pixels / 128), (0.0, 1.0, 0.0)))

    moved, still = render_hand(hands[0].prepared, shifted, 128)[0], render_hand(hands[0].prepared, STILL, 128)[0]

    assert np.abs(moved[:, pixels:-1] - still[:, : -pixels - 1]).mean() < 0.01


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({"gamma": 1.4}, True),
        ({"contrast": 0.8}, True),
        ({"blur_px": 1.0}, True),
        ({"noise": 5.0}, True),
        ({"margin": None}, True),
        ({"noise_seed": 2}, False),
    ],
)
def test_each_part_of_a_variation_shows(hands: list[TrainingHand], change: dict[str, Any], differs: bool) -> None:
    varied = render_hand(hands[0].prepared, replace(STILL, **change), 128)

    assert np.array_equal(varied, render_hand(hands[0].prepared, STILL, 128)) is not differs


@pytest.mark.parametrize("point_sampled", [False, True])
def test_a_coarse_film_shows_the_hand_with_less_detail(hands: list[TrainingHand], point_sampled: bool) -> None:
    fine, coarse = (
        render_hand(hands[0].prepared, replace(STILL, resolution=r, point_sampled=point_sampled), 128)[0] for r in (1.0, 0.3)
    )

    assert np.corrcoef(fine.ravel(), coarse.ravel())[0, 1] > 0.95
    assert np.abs(np.diff(coarse)).mean() < np.abs(np.diff(fine)).mean() or point_sampled


def test_the_erased_rectangle_is_empty(hands: list[TrainingHand]) -> None:
    made = render_hand(hands[0].prepared, replace(STILL, erased=(0.25, 0.25, 0.25, 0.5)), 128)[0]

    assert not made[32:64, 24:72].any()
    assert made[64:, 24:72].any()


def batch_of(hands: list[TrainingHand], size: int, seed: int, step: int) -> Batch:
    return batch_at(AgeBatches(hands, SPEC, VariationRange(), size, seed, steps=6), step)


def test_a_batch_is_a_function_of_seed_and_step(hands: list[TrainingHand]) -> None:
    first, again, later, other = (batch_of(hands, 2, seed, step) for seed, step in ((1, 0), (1, 0), (1, 1), (2, 0)))

    assert all(torch.equal(first[key], again[key]) for key in first)
    assert not torch.equal(first["image"], later["image"])
    assert not torch.equal(first["image"], other["image"])
    assert first["image"].shape == (2, 1, 128, 96)
    assert (first["age_months"].dtype, first["sex"].dtype) == (torch.float32, torch.int64)


def test_a_part_of_a_batch_can_be_rendered_alone(hands: list[TrainingHand]) -> None:
    batches = AgeBatches(hands, SPEC, VariationRange(), 4, seed=1, steps=6)

    part = batches.render(batches.draw(0)[2:])

    assert all(torch.equal(part[key], values[2:]) for key, values in batch_at(batches, 0).items())


def test_every_epoch_sees_each_film_once(hands: list[TrainingHand]) -> None:
    batches = [batch_of(hands, 2, 1, step)["age_months"] for step in range(6)]

    first, second = torch.cat(batches[:3]).tolist(), torch.cat(batches[3:]).tolist()

    assert sorted(first) == sorted(second) == sorted(hand.age_months for hand in hands)
    assert first != second


def test_label_and_sex_stay_with_their_film(hands: list[TrainingHand]) -> None:
    sexes = {hand.age_months: hand.sex for hand in hands}
    batch = batch_of(hands, 6, 1, 0)

    assert [sexes[age] for age in batch["age_months"].tolist()] == batch["sex"].tolist()


def test_the_input_grows_over_the_steps(hands: list[TrainingHand]) -> None:
    spec, growth = replace(SPEC, height_px=256), ((0.5, 0.5), (0.75, 0.7), (1.0, 1.0))
    batches = AgeBatches(hands, spec, VariationRange(), 2, seed=1, steps=8, growth=growth)

    assert [batches.height_px(step) for step in range(8)] == [128] * 4 + [192] * 2 + [256] * 2
    assert [batch_at(batches, step)["image"].shape[2:] for step in (0, 7)] == [(128, 96), (256, 192)]


def test_the_digest_differs_for_other_data(hands: list[TrainingHand]) -> None:
    first, prepared = hands[0], hands[0].prepared
    others = [
        replace(first, age_months=first.age_months + 1),
        replace(first, sex=1 - first.sex),
        replace(first, prepared=replace(prepared, mask=255 - prepared.mask)),
        replace(first, prepared=replace(prepared, canvas=prepared.canvas // 2)),
        replace(first, prepared=replace(prepared, low=prepared.low + 1)),
    ]

    digests = {hands_digest([hand, *hands[1:]]) for hand in [first, *others]} | {hands_digest(hands[::-1])}

    assert len(digests) == 7
    assert hands_digest(hands) == hands_digest([replace(hand) for hand in hands])


class Answering(nn.Module):
    """A network that answers one age for girls and another for boys."""

    def __init__(self, girls: int, boys: int) -> None:
        super().__init__()
        self.logits = nn.Parameter(1000.0 * nn.functional.one_hot(torch.tensor([girls, boys]), 229))

    def forward(self, image: Tensor) -> Tensor:
        return self.logits.expand(len(image), 2, 229)


def test_the_validation_error_is_that_of_each_childs_own_sex(hands: list[TrainingHand]) -> None:
    error = AgeError(AgeBatches(hands, SPEC, VariationRange(), 4, seed=1, steps=1))

    figures = error(Answering(girls=50, boys=90), 0)

    assert figures["height_px"] == 128
    assert figures["mae_months"] == pytest.approx(np.mean([abs(hand.age_months - (50, 90)[hand.sex]) for hand in hands]))
