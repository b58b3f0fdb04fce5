from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from openboneage.hand import enhance
from tests import hands

FUNCTIONS = [enhance.equalize, enhance.clahe, enhance.denoise, enhance.sharpen, enhance.lee_chain]


def step(noise_sd: float = 0.0) -> np.ndarray:
    """Dark left, bright right."""
    film = np.repeat(np.repeat(np.array([[80.0, 160.0]]), 32, axis=1), 48, axis=0)
    return np.clip(film + np.random.default_rng(1).normal(0, noise_sd, film.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_functions_are_pure(function: Callable[[np.ndarray], np.ndarray]) -> None:
    film = hands.film().copy()
    first, second = function(film), function(film)
    assert np.array_equal(film, hands.film())
    assert np.array_equal(first, second)
    assert (first.shape, first.dtype) == (film.shape, np.uint8)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
@pytest.mark.parametrize("shape", [(1, 1), (3, 70), (64, 5)])
def test_functions_take_any_size(function: Callable[[np.ndarray], np.ndarray], shape: tuple[int, int]) -> None:
    assert function(np.full(shape, 90, np.uint8)).shape == shape


def test_equalization_spreads_the_levels() -> None:
    film = np.linspace(100, 120, 4096).astype(np.uint8).reshape(64, 64)
    spread = enhance.equalize(film)
    assert (int(spread.min()), int(spread.max())) == (0, 255)
    assert np.all(np.diff(spread.ravel().astype(int)) >= 0)


def test_clahe_is_limited() -> None:
    flat = np.clip(np.random.default_rng(2).normal(128, 1, (128, 128)), 0, 255).astype(np.uint8)
    assert enhance.clahe(flat).std() < enhance.equalize(flat).std()
    assert enhance.clahe(flat, clip=8.0).std() > enhance.clahe(flat, clip=1.5).std()


def test_denoising_keeps_the_edge() -> None:
    noisy, clean = step(noise_sd=6), enhance.denoise(step(noise_sd=6))
    assert clean[:, :28].std() < 0.7 * noisy[:, :28].std()
    assert int(clean[:, 34].mean()) - int(clean[:, 29].mean()) > 70


def test_sharpening_steepens_the_edge_and_leaves_the_plain() -> None:
    sharp = enhance.sharpen(step())
    assert sharp[:, 31].mean() < 80
    assert sharp[:, 32].mean() > 160
    assert np.all(sharp[:, :20] == 80)


def test_lee_chain_is_its_three_steps_in_order() -> None:
    film = hands.film()
    assert np.array_equal(enhance.lee_chain(film), enhance.sharpen(enhance.denoise(enhance.equalize(film))))
