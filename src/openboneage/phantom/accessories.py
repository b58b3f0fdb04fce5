"""What is on a film beside the hand: lead letters and the edge of the collimator."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from openboneage.hand import geometry
from openboneage.phantom.fields import Field
from openboneage.phantom.parameters import Collimation, Marker

LETTERS = {
    "L": "10000 10000 10000 10000 10000 10000 11111",
    "R": "11110 10001 10001 11110 10100 10010 10001",
    "A": "01110 10001 10001 11111 10001 10001 10001",
    "C": "01111 10000 10000 10000 10000 10000 01111",
    "D": "11110 10001 10001 10001 10001 10001 11110",
    "E": "11111 10000 10000 11110 10000 10000 11111",
    "J": "00111 00010 00010 00010 00010 10010 01100",
    "M": "10001 11011 10101 10101 10001 10001 10001",
    "N": "10001 11001 10101 10011 10001 10001 10001",
    "S": "01111 10000 10000 01110 00001 00001 11110",
    "T": "11111 00100 00100 00100 00100 00100 00100",
}
LEAD = 2.5
"""Attenuation of the letters."""
EDGE_SHARE = 0.006
"""Width of the collimator's penumbra as a share of the film's height."""


def add_marker(attenuation: Field, marker: Marker) -> None:
    """Add lead letters, in place; a plate around them where they have one."""
    height, width = attenuation.shape
    bitmap = _bitmap(marker.text)
    cell = marker.size * height / 7
    to_film = geometry.chain(
        geometry.translation(-bitmap.shape[1] / 2, -bitmap.shape[0] / 2),
        geometry.scaling(cell, cell),
        geometry.rotation(marker.degrees),
        geometry.translation(marker.centre[0] * width, marker.centre[1] * height),
    )
    reach = int(np.ceil(cell * np.hypot(*bitmap.shape) / 2)) + 2
    x, y = round(marker.centre[0] * width), round(marker.centre[1] * height)
    left, right, top, bottom = max(x - reach, 0), min(x + reach, width), max(y - reach, 0), min(y + reach, height)
    if left >= right or top >= bottom:
        return
    rows, columns = np.mgrid[top:bottom, left:right] + 0.5
    places = geometry.move(np.stack([columns.ravel(), rows.ravel()], 1), geometry.inverse(to_film))
    column, row = np.floor(places.T).astype(int)
    on_plate = (row >= 0) & (row < bitmap.shape[0]) & (column >= 0) & (column < bitmap.shape[1])
    lead = np.where(on_plate, bitmap[np.clip(row, 0, bitmap.shape[0] - 1), np.clip(column, 0, bitmap.shape[1] - 1)], 0)
    added = LEAD * lead + marker.plate * on_plate
    attenuation[top:bottom, left:right] += added.reshape(rows.shape).astype(np.float32)


@cache
def _bitmap(text: str) -> NDArray[np.int64]:
    """Letters side by side with a margin around them, `(9, columns)` of 0 and 1."""
    letters = [np.array([[int(cell) for cell in line] for line in LETTERS[letter].split()]) for letter in text]
    return np.pad(np.hstack([np.pad(letter, ((0, 0), (0, 1))) for letter in letters]), 1)


def collimate(attenuation: Field, collimation: Collimation) -> Field:
    """Replace what lies outside the exposed part by an even level."""
    height, width = attenuation.shape
    left, top, right, bottom = collimation.margins
    slope = np.float32(np.tan(np.radians(collimation.degrees)))
    x = np.arange(width, dtype=np.float32)[None] + 0.5
    y = np.arange(height, dtype=np.float32)[:, None] + 0.5
    across, along = x + slope * (y - height / 2), y - slope * (x - width / 2)
    inside = np.minimum(across - left * width, (1 - right) * width - across)
    inside = np.minimum(inside, np.minimum(along - top * height, (1 - bottom) * height - along))
    share = np.clip(inside / np.float32(EDGE_SHARE * height) + np.float32(0.5), 0, 1)
    return np.asarray(share * attenuation + (1 - share) * np.float32(collimation.level), np.float32)
