from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openboneage.hand.drawing import DEFAULT_PICTURE, draw_picture, mask_weight, normalise
from openboneage.hand.standard_hand import MASK_THRESHOLD
from tests import hands

SPEC = DEFAULT_PICTURE


@pytest.mark.parametrize("name", hands.NAMES)
def test_a_picture_has_values_from_0_to_slightly_over_1(name: str) -> None:
    hand = hands.examined(name).hand
    picture = draw_picture(hand, SPEC)
    assert (picture.shape, picture.dtype) == ((256, 192), np.float32)
    assert (picture.min(), picture.max() <= 1.25) == (0, True)
    assert 0.3 < np.median(picture[hand.mask > MASK_THRESHOLD]) < 0.7


def test_the_background_is_0() -> None:
    hand = hands.examined().hand
    assert not draw_picture(hand, SPEC)[mask_weight(hand.mask, SPEC.mask_margin, 256) == 0].any()


def test_the_picture_does_not_depend_on_exposure() -> None:
    plain = draw_picture(hands.examined().hand, SPEC)
    darker = draw_picture(replace(hands.examined().hand, film=(hands.film() // 2).astype(np.uint8)), SPEC)
    assert np.abs(plain - darker).max() < 0.05


@pytest.mark.parametrize("height_px", [600, 299, 150])
def test_a_smaller_film_gives_the_same_picture_less_sharp(height_px: int) -> None:
    large, small = (draw_picture(hands.examined("7041", height).hand, SPEC) for height in (1200, height_px))
    shown = (cv2.GaussianBlur(picture, (0, 0), 3) for picture in (large, small))
    assert np.abs(np.subtract(*shown)).mean() < 0.02
    assert np.abs(np.diff(small)).mean() <= 1.05 * np.abs(np.diff(large)).mean()


@given(st.floats(0, 255), st.floats(0, 255))
def test_normalised_values_stay_in_range(low: float, high: float) -> None:
    values = normalise(np.linspace(0, 255, 50, dtype=np.float32), min(low, high), max(low, high))
    assert values.dtype == np.float32
    assert (values.min() >= 0, values.max() <= 1.25) == (True, True)
    assert np.all(np.diff(values) >= 0)


def test_normalise_maps_the_range_to_nought_and_one() -> None:
    assert normalise(np.array([10, 20, 60, 110, 900], np.float32), 10, 110).tolist() == pytest.approx([0, 0.1, 0.5, 1, 1.25])


def test_mask_weight_grows_evenly_from_pixels_over_one_half() -> None:
    mask = np.zeros((256, 192), np.float32)
    mask[128, 96], mask[40, 40] = 0.51, 0.5
    rows, columns = np.nonzero(mask_weight(mask, 0.1, 256))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (119, 137, 87, 105)


def test_mask_weight_grows_the_mask_by_its_margin() -> None:
    mask = np.zeros((256, 192), np.float32)
    mask[100:150, 80:120] = 1
    tight, wide = mask_weight(mask, 0.0, 128), mask_weight(mask, 0.1, 128)
    assert (tight.shape, tight.min(), tight.max()) == ((128, 96), 0, 1)
    assert np.all(wide >= tight)
    assert wide.sum() > 1.3 * tight.sum()
