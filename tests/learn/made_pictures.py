"""Pictures whose age can be seen: their brightness is the age."""

from __future__ import annotations

import numpy as np

from openboneage.learn.pictures import Pictures


def made_pictures(count: int, side_px: int = 16) -> Pictures:
    """Pictures of alternating sex with a little noise; the same on every call."""
    rng = np.random.default_rng(0)
    ages = rng.uniform(30, 200, count)
    pixels = np.clip(ages[:, None, None] + rng.normal(0, 2, (count, side_px, side_px)), 0, 255)
    return Pictures(
        tuple(map(str, range(count))), pixels.astype(np.uint8), ages.astype(np.float32), np.arange(count, dtype=np.int64) % 2
    )


def growing_pictures(count: int, side_px: int) -> Pictures:
    """Pictures of a square that grows with the age, for networks that do not see brightness."""
    pictures = made_pictures(count, side_px)
    pixels = np.zeros_like(pictures.pixels)
    for picture, months in zip(pixels, pictures.age_months, strict=True):
        side = round(months / 228 * side_px)
        picture[:side, :side] = 220
    return Pictures(pictures.ids, pixels, pictures.age_months, pictures.sex)
