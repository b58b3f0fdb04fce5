"""Variations of a crop: drawn first, applied purely."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.learn.crop_variation import CropVariation, CropVariationRange, render_crop
from tests.learn.made_hands import made_hand


def test_an_unvaried_crop_is_the_crop() -> None:
    crop = made_hand(0).crops[0]

    assert render_crop(crop, CropVariation()) == pytest.approx(crop / np.float32(255), abs=1e-6)


def test_a_crop_is_turned_scaled_and_changed_in_tone() -> None:
    crop = np.zeros((9, 9), np.uint8)
    crop[4, 6] = 100

    turned = render_crop(crop, CropVariation(degrees=90))
    wider = render_crop(crop, CropVariation(scale=2.0))
    brighter = render_crop(crop, CropVariation(gamma=0.5, contrast=1.2))

    assert np.unravel_index(turned.argmax(), turned.shape) == (6, 4)
    assert wider[4].argmax() in (8, 7)
    assert brighter[4, 6] == pytest.approx(1.2 * (100 / 255) ** 0.5, abs=1e-3)


def test_the_middle_of_a_crop_is_drawn_shifted() -> None:
    crop = np.zeros((12, 12), np.uint8)
    crop[6:8, 6:8] = 200

    middle = render_crop(crop, CropVariation(), side_px=8)
    shifted = render_crop(crop, CropVariation(shift=(-0.25, 0.125)), side_px=8)

    assert middle.shape == (8, 8)
    assert (middle[4:6, 4:6] > 0.7).all()
    assert middle.sum() == pytest.approx(4 * 200 / 255, rel=1e-3)
    assert (shifted[5:7, 2:4] > 0.7).all()


def test_a_reduced_crop_keeps_its_place_and_loses_detail() -> None:
    stripes = np.tile(np.array([0, 200], np.uint8), (16, 8))

    reduced = render_crop(stripes, CropVariation(reduced_px=4))
    larger = render_crop(stripes, CropVariation(reduced_px=40))

    assert reduced[4:12, 4:12] == pytest.approx(np.full((8, 8), 100 / 255), abs=0.01)
    assert larger == pytest.approx(stripes / np.float32(255), abs=1e-6)


def test_draws_follow_the_range() -> None:
    rng = np.random.default_rng(1)

    drawn = [CropVariationRange(5.0, 0.1, 0.0, 0.0, 0.05).draw(rng, 20) for _ in range(400)]

    assert np.std([each.degrees for each in drawn]) == pytest.approx(5, rel=0.15)
    assert np.std([each.shift for each in drawn]) == pytest.approx(0.05, rel=0.15)
    assert {(each.gamma, each.contrast, each.reduced_px) for each in drawn} == {(1.0, 1.0, 20)}
