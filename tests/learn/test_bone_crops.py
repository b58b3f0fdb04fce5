"""Crops of the bones of synthetic hands and of drawn films."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from openboneage.batch.choice import executor_of
from openboneage.bones.crops import CropSpec
from openboneage.bones.names import RUS
from openboneage.datasets.splits import Split, split_of
from openboneage.learn.bone_crops import MARGIN, drawn_crops, synthetic_hand, synthetic_hands
from openboneage.phantom.parameters import draw_parameters
from openboneage.phantom.truth import truth_of
from tests.datasets.drawn_folder import build_drawn

SPEC = CropSpec(24, MARGIN)


def test_a_hand_has_the_levels_and_the_age_it_was_made_with() -> None:
    child = draw_parameters(3, 256).child

    hand = synthetic_hand(3, 256, SPEC)

    assert hand.levels.tolist() == [int(truth_of(child).rus_chn_levels[bone]) for bone in RUS]
    assert (hand.sex, hand.age_months, hand.split) == (child.sex, child.bone_age_months, split_of("synthetic-3"))


def test_every_crop_shows_a_bone_with_its_shaft_below() -> None:
    brightness = np.mean([synthetic_hand(seed, 256, SPEC).crops for seed in range(4)], axis=0).astype(int)

    assert brightness.shape == (13, 24, 24)
    for bone, crop in zip(RUS, brightness, strict=True):
        assert crop[18:, 9:15].mean() > crop[18:, [0, 1, 22, 23]].mean() + 3, bone


def test_hands_are_the_same_each_time_in_the_order_of_their_seeds() -> None:
    first, second = (synthetic_hands(2, 256, SPEC, executor_of(1)) for _ in range(2))

    assert [hand.id for hand in first] == ["synthetic-0", "synthetic-1"]
    assert all(np.array_equal(one.crops, other.crops) for one, other in zip(first, second, strict=True))


def test_drawn_films_give_crops_at_their_joints(tmp_path: Path) -> None:
    root = build_drawn(tmp_path)
    splits = {film_id: split_of(film_id) for film_id in ("900001", "900002")}

    found = {hand.id: hand for split in Split for hand in drawn_crops(root, split, CropSpec(32, MARGIN), executor_of(1))}

    assert {film_id: hand.split for film_id, hand in found.items()} == splits
    assert found["900001"].age_months == 100
    assert (found["900001"].crops[:, 15:17, 15:17] > 180).all()  # sharp at the joint
    assert (found["900001"].crops[RUS.index("dp3"), [0, -1]] < 130).all()  # coarse around it
