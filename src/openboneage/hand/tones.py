"""Grey levels of the hand: if the display clips values that the file contains, the film is displayed with another range.

A DICOM window may show bone as plain white, or soft tissue as plain black, while the stored values still differ.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from openboneage.findings import Finding, Severity
from openboneage.hand import geometry
from openboneage.hand.standard_hand import MASK_HEIGHT_PX, MASK_THRESHOLD, StandardHand
from openboneage.reading.display import robust_range, stretch
from openboneage.reading.radiograph import Radiograph

MARGIN = 0.1
"""Share of the range of an area's values that is added below and above it."""
Area = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Rows and columns of pixels of a film."""


def whole(film: Radiograph) -> Area:
    """Pixels of the whole film, subsampled on large films."""
    step = max(min(film.height_px, film.width_px) // MASK_HEIGHT_PX, 1)
    rows, columns = np.mgrid[: film.height_px : step, : film.width_px : step]
    return rows.ravel(), columns.ravel()


def of_hand(hand: StandardHand) -> Area:
    """The film's pixels at the centres of the mask's pixels; the whole film if there are none."""
    height, width = hand.film.shape
    middles = np.argwhere(hand.mask > MASK_THRESHOLD)[:, ::-1].astype(np.float64) + 0.5
    moved = geometry.move(middles, geometry.inverse(hand.film_to_canvas(MASK_HEIGHT_PX)))
    columns, rows = np.floor(moved).astype(np.intp).T
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    return (rows[inside], columns[inside]) if inside.any() else whole(hand.radiograph)


def share_cut(film: Radiograph, area: Area) -> float:
    """Share of an area that the display clips to full black or white, and that the range of its own values would not."""
    values = _values(film, area)
    return _at_the_ends(film.display[area]) - _at_the_ends(stretch(values, *_range(values)))


def shown_by(film: Radiograph, area: Area) -> Radiograph:
    """The film displayed with the range of an area's values, with the same polarity."""
    low, high = _range(_values(film, area))
    margin = MARGIN * (high - low)
    shown = np.stack([stretch(row.astype(np.float64), low - margin, high + margin) for row in film.pixels])
    return replace(film, display=shown if _rises(film) else np.invert(shown))


def with_finding(film: Radiograph, share: float) -> Radiograph:
    """Add a warning that the window clips that share of the hand."""
    message = f"The display window cuts off {share:.0%} of the hand's grey levels; the range of the hand's own pixels is shown."
    return replace(film, findings=(*film.findings, Finding("window-cuts-hand", Severity.WARNING, message)))


def _range(values: NDArray[np.float64]) -> tuple[float, float]:
    return robust_range(values, np.ones(values.shape, np.float32))


def _values(film: Radiograph, area: Area) -> NDArray[np.float64]:
    return np.asarray(film.pixels[area], np.float64)


def _at_the_ends(shown: NDArray[np.uint8]) -> float:
    return float(((shown == 0) | (shown == 255)).mean())


def _rises(film: Radiograph) -> bool:
    """Whether the display shows larger values brighter."""
    area = whole(film)
    values, shown = _values(film, area), film.display[area].astype(np.float64)
    return bool(((values - values.mean()) * (shown - shown.mean())).sum() >= 0)
