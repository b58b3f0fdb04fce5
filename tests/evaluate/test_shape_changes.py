"""Changes of what a film shows, on small arrays whose result is known."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.evaluate import shape_changes
from tests.tiny_rsna import example_film

FILM = np.arange(6, dtype=np.uint8).reshape(2, 3) * 40
LARGE = example_film("7043")


def test_a_film_stands_above_another_of_its_height_in_the_middle() -> None:
    other = np.full((4, 10), 7, np.uint8)
    both = shape_changes.above(FILM, other)
    assert both.tolist() == [[0, 0, 40, 80, 0], [0, 120, 160, 200, 0], [7] * 5, [7] * 5]


@pytest.mark.parametrize(("left", "row"), [(True, [0, 40, 40, 0]), (False, [160, 120, 120, 160])])
def test_a_half_is_put_beside_its_mirror_image(left: bool, row: list[int]) -> None:
    film = np.array([[0, 40, 80, 120, 160]], np.uint8)
    assert shape_changes.half_mirrored(film, left).tolist() == [row]


def test_sides_are_multiplied() -> None:
    assert shape_changes.stretched(FILM, 2.0, 1.5).shape == (3, 6)


def test_perspective_narrows_the_upper_edge_alone() -> None:
    seen = shape_changes.narrowed(np.full((100, 100), 200, np.uint8), 0.3)
    assert (seen[2] > 100).sum() == pytest.approx(70, abs=3)
    assert (seen[97] > 100).sum() == pytest.approx(100, abs=3)


def test_a_median_filter_takes_a_share_of_the_height() -> None:
    film = np.zeros((100, 100), np.uint8)
    film[40:45, 40:45] = film[70:90, 70:90] = 255
    filtered = shape_changes.median_filtered(film, 0.11)
    assert (filtered[42, 42], filtered[80, 80]) == (0, 255)
    assert shape_changes.median_filtered(FILM, 0.01).shape == FILM.shape


def test_a_print_is_small_and_its_soft_tissue_close_to_the_background() -> None:
    plain, faint = (shape_changes.faint(LARGE, 100, exponent) for exponent in (1, 3))
    assert plain.shape == faint.shape == (100, 87)
    assert np.quantile(faint, 0.5) < np.quantile(plain, 0.5)
    assert int(faint.max()) == pytest.approx(int(plain.max()), abs=25)
