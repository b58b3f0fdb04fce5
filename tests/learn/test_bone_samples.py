"""Samples of the bone finder: labels lie where the bones are, and what was not drawn is unknown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from openboneage.bones.maps import CELL_PX, CLASSES
from openboneage.bones.names import JOINTS
from openboneage.datasets.region_films import Kind
from openboneage.hand import geometry
from openboneage.hand.drawing import PictureSpec
from openboneage.hand.frame import canvas_size, frame_to_canvas
from openboneage.learn.age_samples import unvaried
from openboneage.learn.batches import batch_at
from openboneage.learn.bone_hands import BoneHand
from openboneage.learn.bone_samples import BACKGROUND_WEIGHT, SOME_CARPAL, UNKNOWN, BoneBatches, render_sample
from openboneage.learn.hand_cache import PreparedHand
from openboneage.learn.hands import VariationRange
from tests.tiny_regions import BONES, bones_in_frame, box, joints_in_frame

SPEC = PictureSpec(height_px=320, mask_margin=0.06, range_low=0.02, range_high=0.98)
STILL = unvaried(SPEC)


def bone_hand(kind: Kind = Kind.FULL) -> BoneHand:
    prepared = PreparedHand(np.full((373, 280), 90, np.uint8), np.full((256, 192), 255, np.uint8), 0.0, 180.0, 0.9)
    joints = joints_in_frame()
    if kind is Kind.BOXED:
        return BoneHand("1", kind, prepared, {}, (), {}, {name: geometry.side_middles(each) for name, each in joints.items()})
    return BoneHand("1", kind, prepared, bones_in_frame(), (), joints if kind is not Kind.COMPOSITE else {}, {})


def pixel(place: tuple[float, float]) -> tuple[int, int]:
    x, y = geometry.move(np.array([place]), frame_to_canvas(SPEC.height_px))[0]
    return int(y), int(x)


def test_pixels_have_the_class_of_the_bone_there() -> None:
    classes = render_sample(bone_hand(), STILL, SPEC.height_px)["classes"]

    expected = {"pp3": "base", "mc3": "head", "radius": "base", "capitate": "capitate", "hamate": "hamate"}
    for bone, name in expected.items():
        assert CLASSES[classes[pixel(BONES[bone])]] == name
    assert classes[pixel((0.02, -0.3))] == 0


def test_small_bones_weigh_more() -> None:
    weights = render_sample(bone_hand(), STILL, SPEC.height_px)["weights"]

    assert weights[pixel(BONES["dp3"])] > weights[pixel(BONES["radius"])] > 0
    assert weights[pixel((0.02, -0.3))] == BACKGROUND_WEIGHT


def test_bones_drawn_as_one_are_unknown_or_some_carpal_bone() -> None:
    merged, carpal = box((-0.2, 0.1), (0.05, 0.09)), box((0.2, 0.67), (0.06, 0.04))

    classes = render_sample(replace(bone_hand(), others=(merged, carpal)), STILL, SPEC.height_px)["classes"]

    assert classes[pixel((-0.2, 0.1))] == UNKNOWN
    assert classes[pixel((0.2, 0.67))] == SOME_CARPAL


def test_joints_are_spots_in_the_middle_of_their_boxes() -> None:
    sample = render_sample(bone_hand(), STILL, SPEC.height_px)

    number = JOINTS.index("pip3")
    middle = (sample["boxes"][0, number, :2] + sample["boxes"][0, number, 2:]) / 2 / CELL_PX
    row, column = np.unravel_index(sample["heat"][number].argmax(), sample["heat"][number].shape)
    assert (column, row) == pytest.approx(np.floor(middle), abs=1)
    assert sample["heat_known"].all()
    assert np.isnan(sample["boxes"][1]).all()


@pytest.mark.parametrize(("kind", "heat"), [(Kind.COMPOSITE, False), (Kind.COARSE, True), (Kind.BOXED, False)])
def test_what_was_not_drawn_is_unknown(kind: Kind, heat: bool) -> None:
    sample = render_sample(bone_hand(kind), STILL, SPEC.height_px)

    assert sample["heat_known"].any() == heat
    assert np.isnan(sample["boxes"][0]).all() == (not heat)
    assert (sample["classes"] == UNKNOWN).all() == (kind is Kind.BOXED)
    assert np.isnan(sample["boxes"][1]).all() == (kind is not Kind.BOXED)


def test_labels_move_with_the_picture() -> None:
    right = replace(STILL, placement=((1.0, 0.0, 0.1), (0.0, 1.0, 0.0)))

    sample = render_sample(bone_hand(), right, SPEC.height_px)

    assert CLASSES[sample["classes"][pixel((BONES["pp3"][0] + 0.1, BONES["pp3"][1]))]] == "base"


def batches(**settings: object) -> BoneBatches:
    hands = [bone_hand(kind) for kind in Kind]
    shares = dict.fromkeys(Kind, 0.25)
    plain = BoneBatches(hands, shares, SPEC, VariationRange(mirror=0.0), 3, seed=1, steps=4, growth=((0.5, 0.5), (1.0, 1.0)))
    return replace(plain, **settings)  # type: ignore[arg-type]


def test_pictures_grow() -> None:
    first, last = batch_at(batches(), 0)["image"], batch_at(batches(), 3)["image"]

    assert first.shape == (3, 1, *canvas_size(160))
    assert last.shape == (3, 1, *canvas_size(320))


def test_kinds_have_their_shares() -> None:
    many = batches(shares={**dict.fromkeys(Kind, 0.0), Kind.COARSE: 1.0}, batch_size=20)

    assert {many.hands[draw.number].kind for draw in many.draw(0)} == {Kind.COARSE}


def test_the_digest_follows_from_the_labels() -> None:
    moved = [replace(hand, bones={name: polygon + 0.01 for name, polygon in hand.bones.items()}) for hand in batches().hands]

    assert batches().data_digest() == batches().data_digest() != batches(hands=moved).data_digest()
