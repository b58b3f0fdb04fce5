"""Drawings become masks, and masks drawings."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.datasets.drawings import HAND, Drawing, Outline, drawing_of_mask
from openboneage.errors import InputError

SQUARE = np.array([[2, 2], [17, 2], [17, 27], [2, 27]], float)
HOLE = np.array([[6, 8], [12, 8], [12, 16], [6, 16]], float)


def test_a_mask_has_holes_and_any_size() -> None:
    drawing = Drawing("a", (20, 30), (Outline(HAND, SQUARE, (HOLE,)),))

    assert drawing.mask().shape == (30, 20)
    assert drawing.mask()[12, 9] == 0
    assert drawing.mask((40, 60)).shape == (60, 40)
    assert (drawing.mask((40, 60)) > 0).mean() == pytest.approx((drawing.mask() > 0).mean(), abs=0.06)


def test_parts_and_holes_of_a_mask_come_back() -> None:
    mask = np.zeros((30, 20), bool)
    mask[3:20, 2:15] = True
    mask[8:12, 5:9] = False
    mask[24:28, 10:18] = True
    mask[0, 0] = True  # a single pixel has no outline

    drawing = drawing_of_mask("a", mask)

    mask[0, 0] = False
    assert len(drawing.outlines) == 2
    assert sum(len(outline.holes) for outline in drawing.outlines) == 1
    assert np.array_equal(drawing.mask() > 0, mask)


def test_a_part_within_a_hole_is_kept() -> None:
    mask = np.zeros((30, 30), bool)
    mask[2:28, 2:28] = True
    mask[6:24, 6:24] = False
    mask[10:20, 10:20] = True

    assert np.array_equal(drawing_of_mask("a", mask).mask() > 0, mask)


@pytest.mark.parametrize("corners", [[[1, 1], [2, 2]], [[1, 1, 1]] * 4, [[0, 0], [1, np.nan], [2, 2]]])
def test_an_outline_needs_three_points(corners: list[list[float]]) -> None:
    with pytest.raises(InputError, match="at least 3 points"):
        Outline(HAND, np.array(corners, float))


def test_a_film_has_a_size() -> None:
    with pytest.raises(InputError, match="size of the film a, got 0 x 30 px"):
        Drawing("a", (0, 30), ())
