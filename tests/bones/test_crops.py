"""Crops at the joints of a hand: what lies in the middle, below and on the right, on films of any size and direction."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from openboneage.bones.crops import CropSpec, joint_crop
from openboneage.bones.names import CARPALS, EPIPHYSES, JOINTS, REGION_OF, RUS
from openboneage.bones.outlines import HandOutlines, JointBox, Reason
from openboneage.bones.places import PLACE_OF
from openboneage.hand import geometry
from openboneage.hand.frame import frame_to_canvas

SPEC = CropSpec(48, 1.5)


def outlines(film_to_frame: geometry.Affine, without: tuple[str, ...] = ()) -> HandOutlines:
    """The median skeleton on a film, without some joints."""
    square = 0.05 * np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)])
    to_film = geometry.inverse(film_to_frame)
    joints = {
        name: JointBox(name, geometry.move(square + PLACE_OF[name], to_film), 1.0) for name in JOINTS if name not in without
    }
    missing = dict.fromkeys((*EPIPHYSES, *CARPALS), Reason.NOT_SEEN)
    return HandOutlines(film_to_frame, {}, (), joints, missing, dict.fromkeys(without, Reason.NOT_SEEN))


def film_of(hand: HandOutlines, size: tuple[int, int], bone: str) -> np.ndarray:
    """A film with a bright disc at the joint of a bone, a line along its shaft, and a dot on the side of the thumb."""
    film, to_film = np.zeros(size, np.uint8), geometry.inverse(hand.film_to_frame)
    unit = np.sqrt(abs(np.linalg.det(to_film[:, :2])))
    for offset, radius in (((0.0, 0.0), 0.02), ((0.0, 0.08), 0.015), ((0.06, 0.0), 0.01)):
        point = np.array([PLACE_OF[REGION_OF[bone]]]) + offset
        centre = tuple(int(value) for value in geometry.move(point, to_film)[0])
        cv2.circle(film, centre, round(radius * unit), 255, -1)
    return film


@pytest.mark.parametrize("height_px", [300, 2000])
@pytest.mark.parametrize("degrees", [0, 70, 180])
def test_the_shaft_is_below_and_the_thumb_on_the_right(height_px: int, degrees: float) -> None:
    size = (height_px, height_px)
    about = geometry.chain(
        geometry.translation(-height_px / 2, -height_px / 2),
        geometry.rotation(degrees),
        geometry.translation(height_px / 2, height_px / 2),
    )
    hand = outlines(geometry.chain(geometry.inverse(about), geometry.inverse(frame_to_canvas(height_px))))

    crop = joint_crop(film_of(hand, size, "ulna"), hand, "ulna", SPEC)

    assert crop is not None
    assert crop.shape == (48, 48)
    assert crop[22:26, 22:26].min() > 150
    assert crop[36:40, 22:26].max() > 150
    assert crop[22:26, 33:37].max() > 100
    assert crop[:, :18].max() == 0


def test_phalanges_are_upside_down_on_their_metacarpals() -> None:
    hand = outlines(geometry.inverse(frame_to_canvas(600)))
    film = np.zeros((600, 450), np.uint8)
    row = int(geometry.move(np.array([PLACE_OF["mcp3"]]), geometry.inverse(hand.film_to_frame))[0, 1])
    film[row:] = 200  # bright towards the wrist

    head, base = (joint_crop(film, hand, bone, SPEC) for bone in ("mc3", "pp3"))

    assert head is not None
    assert base is not None
    assert head[30:].mean() > 150 > 50 > head[:18].mean()
    assert base[:18].mean() > 150 > 50 > base[30:].mean()


def test_a_bone_without_its_joint_has_no_crop() -> None:
    hand = outlines(geometry.inverse(frame_to_canvas(300)), without=("dip5",))
    film = np.full((300, 225), 90, np.uint8)

    crops = {bone: joint_crop(film, hand, bone, SPEC) for bone in RUS}

    assert [bone for bone, crop in crops.items() if crop is None] == ["dp5"]


def test_beyond_the_edge_of_the_film_a_crop_is_black() -> None:
    far = geometry.chain(geometry.translation(500, 0), geometry.inverse(frame_to_canvas(300)))

    crop = joint_crop(np.full((300, 225), 90, np.uint8), outlines(far), "radius", SPEC)

    assert crop is not None
    assert not crop.any()
