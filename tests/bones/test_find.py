"""Finding of bones on a film: positions in film pixels, names, and the reason of what is missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest

from openboneage.bones.find import find_bones
from openboneage.bones.finder_card import BoneCalibration, BoneFinderSpecification, BoneMaps
from openboneage.bones.maps import BOX_CHANNELS, BOX_UNIT, CELL_PX, CLASS_OF, CLASSES
from openboneage.bones.names import CARPALS, EPIPHYSES, JOINTS
from openboneage.bones.outlines import Reason
from openboneage.bones.places import PLACE_OF
from openboneage.hand import geometry
from openboneage.hand.drawing import PictureSpec
from openboneage.hand.frame import HEIGHT, canvas_size, frame_to_canvas
from openboneage.hand.standard_hand import StandardHand
from tests import hands
from tests.tiny_regions import BONES

SPEC = BoneFinderSpecification(
    PictureSpec(height_px=320, mask_margin=0.06, range_low=0.02, range_high=0.98),
    BoneMaps(CELL_PX, CLASSES, JOINTS, BOX_CHANNELS, "logits"),
    BoneCalibration(joint_score=0.3, bone_score=0.5),
)
ROWS, COLUMNS = (side // CELL_PX for side in canvas_size(320))
HALF_UNITS = 0.09
"""Half of a joint's box, in frame units."""


@dataclass(frozen=True)
class Skeleton:
    """Stands for a finder that sees a median skeleton on every picture, with joints moved or left out."""

    places: dict[str, tuple[float, float]]
    specification: BoneFinderSpecification = SPEC

    def run(self, batch: np.ndarray) -> dict[str, np.ndarray]:
        assert batch.shape == (1, *self.specification.input_shape)
        joints = np.full((len(JOINTS), ROWS, COLUMNS), -9.0, np.float32)
        for name, place in self.places.items():
            column, row = (self._pixel(place) // CELL_PX).astype(int)
            if 0 <= row < ROWS and 0 <= column < COLUMNS:
                joints[JOINTS.index(name), row, column] = 3
        boxes = np.full((len(BOX_CHANNELS), ROWS, COLUMNS), np.log(HALF_UNITS / BOX_UNIT), np.float32)
        column, row = (self._pixel(PLACE_OF["wrist"]) // CELL_PX).astype(int)
        boxes[:, row - 3 : row + 4, column - 3 : column + 4] = np.log(0.25 / BOX_UNIT)
        return {"classes": self._classes()[None], "joints": joints[None], "boxes": boxes[None]}

    def _classes(self) -> np.ndarray:
        y, x = np.mgrid[: ROWS * CELL_PX, : COLUMNS * CELL_PX] + 0.5
        logits = np.zeros((len(CLASSES), *x.shape), np.float32)
        logits[0] = 5
        for name, place in BONES.items():
            column, row = self._pixel(place)
            logits[CLASSES.index(CLASS_OF[name])][np.hypot(x - column, y - row) < 4] = 12
        cells = logits.reshape(len(CLASSES), ROWS, CELL_PX, COLUMNS, CELL_PX).transpose(0, 2, 4, 1, 3)
        return cells.reshape(-1, ROWS, COLUMNS)

    @staticmethod
    def _pixel(place: tuple[float, float]) -> np.ndarray:
        return np.asarray(geometry.move(np.array([place]), frame_to_canvas(320))[0])


@cache
def hand() -> StandardHand:
    return hands.hand_on(hands.film())


def finder(**moved: tuple[float, float]) -> Skeleton:
    return Skeleton({**PLACE_OF, **moved})


def test_bones_lie_on_the_film_where_they_were_seen() -> None:
    outlines = find_bones(hand(), finder())  # type: ignore[arg-type]

    assert set(outlines.joints) == set(JOINTS)
    assert set(outlines.bones) == set(BONES)
    for name, place in BONES.items():
        assert outlines.in_frame(outlines.bones[name].polygon_px).mean(axis=0) == pytest.approx(place, abs=0.015)
    corners = outlines.in_frame(outlines.joints["pip3"].corners_px)
    assert np.ptp(corners, axis=0) == pytest.approx(2 * HALF_UNITS, abs=0.01)
    assert not outlines.missing_rus


def test_bones_without_an_outline_are_missing() -> None:
    missing = find_bones(hand(), finder()).missing_bones  # type: ignore[arg-type]

    assert set(missing) == {*EPIPHYSES, *CARPALS} - set(BONES)
    assert set(missing.values()) == {Reason.NOT_SEEN}


def test_a_joint_out_of_order_is_missing_with_its_bones() -> None:
    outlines = find_bones(hand(), finder(dip3=PLACE_OF["mcp5"]))  # type: ignore[arg-type]

    assert set(outlines.missing_joints.items()) <= {("dip3", Reason.OUT_OF_ORDER), ("mcp5", Reason.OUT_OF_ORDER)}
    assert len(outlines.missing_joints) == 1


def test_a_joint_beyond_the_film_is_missing_for_that_reason() -> None:
    whole = hand()
    cut = replace(whole, film_to_frame=geometry.chain(geometry.translation(0, whole.film.shape[0]), whole.film_to_frame))

    outlines = find_bones(cut, Skeleton({}))  # type: ignore[arg-type]

    assert Reason.OUTSIDE_FILM in outlines.missing_joints.values()
    assert outlines.missing_bones["dp3"] is outlines.missing_joints["dip3"]


def test_the_resolution_of_outlines_is_finer_than_the_maps() -> None:
    outline = find_bones(hand(), finder()).bones["radius"]  # type: ignore[arg-type]

    steps = np.hypot(*np.diff(outline.polygon_px, axis=0).T)
    assert len(outline.polygon_px) > 30
    assert steps.max() < 320 / HEIGHT * 0.05
