"""Outlines of epiphyses and carpal bones by maturity, fitted to those drawn on real films (`tables/`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from openboneage.bones.names import SESAMOID
from openboneage.phantom.growth import Floats, read_table

ACROSS = np.linspace(-0.9, 0.9, 7)
DIRECTIONS = 16
PISIFORM = ((-0.175, 0.855), 0.046)
ADDUCTOR_SESAMOID = ((0.505, 0.375), 0.022)
"""Places and radii of the two bones that nobody drew alone; read off films."""


@dataclass(frozen=True, eq=False)
class EpiphysisOutline:
    """An epiphysis in coordinates of its bone: across, and along towards the fingertip from the joint.

    Attributes:
        along: Its centre, frame units.
        half_width: Half its width, frame units.
        top: Edge towards the fingertip, from the centre, at `ACROSS` half widths.
        bottom: Edge towards the wrist.
    """

    along: float
    half_width: float
    top: Floats
    bottom: Floats


def epiphysis_outline(bone: str, place: float) -> EpiphysisOutline:
    """The median outline at a place on the stage axis."""
    stages, values = _epiphyses()[bone]
    along, half_width, *edges = _between(stages, values, place)
    return EpiphysisOutline(along, half_width, np.array(edges[: len(ACROSS)]), np.array(edges[len(ACROSS) :]))


def nodule_outline(bone: str, growth: float) -> tuple[Floats, Floats]:
    """Centre in the frame, and radius in each of 16 directions, of a carpal bone or the sesamoid."""
    size = float(np.sqrt(np.clip(growth, 0.03, 1.0)))
    if bone in ("pisiform", SESAMOID):
        place, radius = PISIFORM if bone == "pisiform" else ADDUCTOR_SESAMOID
        return np.array(place), np.full(DIRECTIONS, radius * size)
    growths, values = _carpals()[bone]
    found = _between(growths, values, growth)
    dot = float(np.sqrt(np.clip(growth / growths[0], 0.08, 1.0)))
    return found[:2], found[2:] * dot


def _between(knots: Floats, values: Floats, place: float) -> Floats:
    number = int(np.clip(np.searchsorted(knots, place) - 1, 0, len(knots) - 2))
    share = np.clip((place - knots[number]) / (knots[number + 1] - knots[number]), 0, 1)
    return np.asarray(values[number] * (1 - share) + values[number + 1] * share)


@cache
def _epiphyses() -> Mapping[str, tuple[Floats, Floats]]:
    return _table("epiphyses.csv", "stage")


@cache
def _carpals() -> Mapping[str, tuple[Floats, Floats]]:
    return _table("carpals.csv", "growth")


def _table(name: str, axis: str) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """By bone the knots with films of their own, and their values."""
    rows: dict[str, list[tuple[float, list[float]]]] = {}
    for row in read_table(name):
        numbers = [float(value) for column, value in row.items() if column not in ("bone", axis, "films")]
        rows.setdefault(row["bone"], []).append((float(row[axis]), numbers))
    return {
        bone: (np.array([place for place, _ in found]), np.array([numbers for _, numbers in found]))
        for bone, found in rows.items()
    }
