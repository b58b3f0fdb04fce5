from __future__ import annotations

import numpy as np
import pytest

from openboneage.hand.polarity import CORNER_PX, bright_bones, corner_rule_inverted
from tests import hands


def corners(values: list[int], middle: int = 128, side_px: int = 60) -> np.ndarray:
    """A film with a patch of one value in each corner."""
    film = np.full((side_px, side_px), middle, np.uint8)
    near, far = slice(None, CORNER_PX), slice(-CORNER_PX, None)
    for (rows, columns), value in zip([(near, near), (near, far), (far, near), (far, far)], values, strict=True):
        film[rows, columns] = value
    return film


@pytest.mark.parametrize(
    ("values", "inverted"),
    [
        ([0, 0, 0, 0], False),
        ([255, 255, 255, 255], True),
        ([255, 255, 0, 0], False),  # exactly half the maximum is not over it
        ([255, 255, 2, 0], True),
        ([255, 0, 0, 0], False),
        ([127, 127, 127, 127], False),
        ([128, 128, 128, 128], True),
    ],
)
def test_corner_rule_as_printed(values: list[int], inverted: bool) -> None:
    assert corner_rule_inverted(corners(values)) is inverted


@pytest.mark.parametrize("middle", [0, 255])
def test_corner_rule_sees_corners_only(middle: int) -> None:
    assert corner_rule_inverted(corners([200] * 4, middle)) is True
    assert corner_rule_inverted(corners([50] * 4, middle)) is False


def test_corner_rule_uses_the_depth() -> None:
    film = np.full((40, 40), 3000, np.uint16)
    assert corner_rule_inverted(film, maximum=4095) is True
    assert corner_rule_inverted(film, maximum=65535) is False


def test_corner_rule_takes_a_white_border_for_a_white_background() -> None:
    """The reason why the program does not use it."""
    framed = hands.framed(hands.film())
    assert corner_rule_inverted(framed) is True
    assert hands.hand_on(framed).inverted is False


def test_bright_bones() -> None:
    film = np.array([[0, 1, 200, 255]], np.uint8)
    assert bright_bones(film, inverted=False).tolist() == film.tolist()
    turned = bright_bones(film, inverted=True)
    assert (turned.tolist(), turned.dtype) == ([[255, 254, 55, 0]], np.uint8)
    assert bright_bones(turned, inverted=True).tolist() == film.tolist()
    assert film.tolist() == [[0, 1, 200, 255]]
