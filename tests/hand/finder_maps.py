"""Outputs of a finder, drawn spot by spot, and a finder with prepared outputs."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from openboneage.hand.finder import THUMBNAIL_PX
from openboneage.hand.finder_card import FinderSpecification
from openboneage.weights.runtime import Model
from tests import hands

RADIUS, MCP1, MCP3, MCP5 = 1, 2, 3, 4
"""Channels of the landmarks."""
Spots = dict[int, dict[tuple[int, int], float]]


def maps_of(spots: Spots) -> np.ndarray:
    """Logits of five maps that are 0 but for single pixels, `channel -> (row, column) -> probability`."""
    maps = np.full((5, THUMBNAIL_PX, THUMBNAIL_PX), -99.0, np.float32)
    for channel, pixels in spots.items():
        for place, probability in pixels.items():
            maps[(channel, *place)] = np.log(probability / (1 - probability))
    return maps


class PreparedSession:
    """Stands for a finder that puts out maps and heads prepared for each of its two runs; keeps the pictures it gets."""

    def __init__(self, *runs: tuple[np.ndarray, np.ndarray]) -> None:
        self.runs = list(runs)
        self.pictures: list[np.ndarray] = []

    def get_inputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name="thumbnail")]

    def run(self, _: None, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        self.pictures.append(inputs["thumbnail"])
        maps, heads = self.runs.pop(0)
        return [maps.copy(), heads.copy()]


def finder_of(session: PreparedSession) -> Model[FinderSpecification]:
    """A finder that runs that session."""
    return dataclasses.replace(hands.shipped().finder, session=cast("Any", session))
