"""Measures of drawn outlines, and their medians."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.phantom.outlines import ACROSS, DIRECTIONS
from tools.phantom_trends import FEWEST, MARGIN, at_knots, crossing, profile, radial


def test_an_epiphysis_is_measured_from_its_middle() -> None:
    outline = profile(np.array([(-0.1, 0.0), (0.1, 0.0), (0.1, 0.04), (-0.1, 0.08)]))

    assert outline is not None
    assert outline.half_width == pytest.approx(0.1 - MARGIN)
    assert outline.along == pytest.approx(0.04)
    assert outline.bottom == pytest.approx(np.full(len(ACROSS), -0.04 + MARGIN))
    assert outline.top == pytest.approx(0.06 - 0.2 * ACROSS * outline.half_width - 0.04 - MARGIN)


def test_a_speck_is_not_measured() -> None:
    assert profile(np.array([(0.0, 0.0), (0.003, 0.0), (0.003, 0.003)])) is None


def test_an_outline_is_crossed_at_its_highest_and_lowest_point() -> None:
    square = np.array([(0.0, 0.0), (2.0, 0.0), (2.0, 3.0), (0.0, 3.0)])

    assert crossing(square, 1.0) == (3.0, 0.0)


def test_a_circle_has_one_radius() -> None:
    angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    values = radial(np.array([0.3, 0.7]) + 0.1 * np.stack([np.cos(angles), np.sin(angles)], 1))

    assert values[:2] == pytest.approx([0.3, 0.7], abs=1e-3)
    assert values[2:] == pytest.approx(np.full(DIRECTIONS, 0.1 - MARGIN), abs=1e-3)


def test_knots_with_few_films_are_left_out() -> None:
    found = [(2.1, np.array([float(number)])) for number in range(FEWEST)] + [(3.0, np.array([9.0]))]

    assert [(knot, count, values[0]) for knot, count, values in at_knots((2.0, 3.0), found)] == [
        (2.0, FEWEST, pytest.approx((FEWEST - 1) / 2))
    ]
