"""The picture of outlines shows them where the bones are, in the colour of their kind."""

from __future__ import annotations

import numpy as np

from openboneage.bones.names import CARPALS, EPIPHYSES, JOINTS
from openboneage.bones.outlines import BoneOutline, HandOutlines, JointBox, Reason
from openboneage.bones.overlay import BOX_COLOUR, CARPAL_COLOUR, RUS_COLOUR, bone_overlay
from openboneage.hand import geometry
from openboneage.hand.frame import canvas_size, frame_to_canvas
from tests import hands
from tests.tiny_regions import box


def test_outlines_and_boxes_are_drawn_in_their_places() -> None:
    hand = hands.hand_on(hands.film())
    to_film = geometry.inverse(hand.film_to_frame)
    polygons = {"pp3": box((0.0, -0.1), (0.05, 0.03)), "capitate": box((0.04, 0.7), (0.06, 0.08))}
    bones = {name: BoneOutline(name, geometry.move(polygon, to_film), 0.9) for name, polygon in polygons.items()}
    joint = JointBox("pip5", geometry.move(box((-0.5, -0.1), (0.06, 0.06)), to_film), 0.9)
    outlines = HandOutlines(
        hand.film_to_frame,
        bones,
        (),
        {"pip5": joint},
        {name: Reason.NOT_SEEN for name in (*EPIPHYSES, *CARPALS) if name not in bones},
        {name: Reason.NOT_SEEN for name in JOINTS if name != "pip5"},
    )

    picture = bone_overlay(hand, outlines, 600)

    assert picture.shape == (*canvas_size(600), 3)
    for place, colour in (((0.05, -0.1), RUS_COLOUR), ((0.1, 0.7), CARPAL_COLOUR), ((-0.44, -0.1), BOX_COLOUR)):
        x, y = geometry.move(np.array([place]), frame_to_canvas(600))[0].astype(int)
        near = picture[y - 2 : y + 3, x - 2 : x + 3].reshape(-1, 3).astype(int)
        assert np.abs(near - colour).sum(axis=1).min() < 90
