"""Figures of the bone finder: overlap of outlines and boxes, by bone, joint and age."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.bones.names import JOINTS
from openboneage.evaluate.bones import OutlineAnswer, box_table, outline_table, polygon_dice
from openboneage.evaluate.detection import DetectedFilm, LabelledBoxes

SQUARE = np.array([(10.0, 10.0), (30.0, 10.0), (30.0, 30.0), (10.0, 30.0)])


@pytest.mark.parametrize(("shift", "expected"), [(0, 1.0), (10, 0.5), (25, 0.0)])
def test_dice_of_polygons(shift: float, expected: float) -> None:
    assert polygon_dice([SQUARE], [SQUARE + np.array([shift, 0.0])]) == pytest.approx(expected, abs=0.03)


def test_small_bones_are_compared_to_a_fraction_of_a_pixel() -> None:
    small = SQUARE / 5

    assert polygon_dice([small], [small + np.array([0.5, 0.0])]) == pytest.approx(0.875, abs=0.05)


@pytest.mark.parametrize(("drawn", "found"), [([], [SQUARE]), ([SQUARE], [])])
def test_nothing_overlaps_nothing(drawn: list[np.ndarray], found: list[np.ndarray]) -> None:
    assert polygon_dice(drawn, found) == 0


def boxes(*joints: str, shift: float = 0.0) -> LabelledBoxes:
    count = len(joints)
    sides = np.tile([10.0 + shift, 10.0, 30.0 + shift, 30.0], (count, 1))
    return LabelledBoxes(sides, np.array([JOINTS.index(name) for name in joints]), np.ones(count))


def test_precision_is_given_by_joint_and_for_the_13_bones() -> None:
    drawn = boxes("mcp3", "mcp4", "dip5")
    films = [DetectedFilm(drawn, drawn), DetectedFilm(boxes("mcp3", "mcp4", "dip5", shift=12), drawn)]

    table = box_table(films)

    assert "| mcp3 | 2 | 0.5" in table
    assert "| mean, regions of the 13 bones (2) | 4 | 0.5" in table
    assert "| mean, all (3) | 6 | 0.5" in table
    assert "ulna" not in table


def test_outlines_are_given_by_bone_and_age() -> None:
    answers = [
        OutlineAnswer("1", 30.0, {"pp3": 0.8, "capitate": 0.9}, 0.85),
        OutlineAnswer("2", 100.0, {"pp3": 0.9}, 0.95),
    ]

    table = outline_table(answers)

    assert "| pp3 | 2 | 0.800 | 0.900 | – | – | 0.850 |" in table
    assert "| carpal bones | 1 | 0.900 | – | – | – | 0.900 |" in table
    assert "| all that was drawn, named or not, as one mask | 2 | 0.850 | 0.950 | – | – | 0.900 |" in table
    assert "mc5" not in table
