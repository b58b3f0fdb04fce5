"""A film of 12 bits with a spacing, its hand, and one bone."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from openboneage.assess.assessment import Assessment
from openboneage.explain.occlusion import OcclusionSpec, occlusion_map
from openboneage.hand.locate import locate_hand
from openboneage.hand.standard_hand import StandardHand
from openboneage.reading.read import read
from openboneage.reading_room.view.overlays import overlays_of
from openboneage.subject import Sex
from tests.hands import film, shipped
from tests.toy_model import toy_bone_assessor

SPACING_MM = 0.5


@cache
def hand(inverted: bool = False) -> StandardHand:
    """The hand of an example film with values up to 4,080."""
    values = film("14750", 512).astype(np.uint16) * 16
    return locate_hand(read(4080 - values if inverted else values, spacing_mm=SPACING_MM), shipped().finder)


def assessment() -> Assessment:
    """The assessment of that film."""
    return shipped().examine_radiograph(hand().radiograph, Sex.FEMALE, 100.0).assessment


def with_radius() -> Assessment:
    """The assessment with one bone: the radius as a square within its joint."""
    x, y = hand().landmarks[0].tolist()
    square = ((x - 20, y - 10), (x + 20, y - 10), (x + 20, y + 10), (x - 20, y + 10))
    found = toy_bone_assessor().assess(film("7043", 400), Sex.FEMALE, 100.0).bones
    assert found is not None
    seen = [each.model_copy(update={"box_px": None, "outline_px": None}) for each in found.seen]
    seen[0] = seen[0].model_copy(update={"box_px": (x - 29, y - 19, x + 29, y + 19), "outline_px": square})
    return assessment().model_copy(update={"bones": found.model_copy(update={"seen": tuple(seen)})})


@cache
def overlays() -> dict[str, Any]:
    """Overlays of every kind."""
    attention = occlusion_map(hand(), Sex.FEMALE, shipped().estimator, OcclusionSpec(0.25, 0.2))
    return overlays_of(hand(), with_radius(), attention)
