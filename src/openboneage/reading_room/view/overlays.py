"""What lies over the film in the browser: outlines, bones, joints and the occlusion map, in film pixels, as JSON."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import cv2
import numpy as np

from openboneage.assess.assessment import Assessment
from openboneage.assess.bone_records import Bones
from openboneage.bones.names import REGION_OF
from openboneage.explain.occlusion import AttentionMap
from openboneage.hand import geometry
from openboneage.hand.quality import located
from openboneage.hand.standard_hand import StandardHand
from openboneage.report.film_panel import FULL_MONTHS, attention_scale, change_colours

TOLERANCE_PX = 0.4
"""A simplified outline stays this close to the outline, in film pixels."""
SCALE_STEPS = 65


def overlays_of(hand: StandardHand, assessment: Assessment, attention: AttentionMap | None) -> dict[str, Any]:
    """Overlays of a film.

    Args:
        hand: The hand on the film.
        assessment: Its assessment.
        attention: The occlusion map; None without one.

    Returns:
        `rotation_degrees` of the hand, clockwise; `outlines` of the hand; `bones` and `joints` with name and points; `places`:
        box of the joint region of each of the 13 bones; `occlusion`: size, affine from the film, tenths of months, colours
        (RGBA in base64) and the colours of the scale.
    """
    found = located(assessment.findings)
    places = (
        {} if assessment.bones is None else {each.bone: _corners(each.box_px) for each in assessment.bones.seen if each.box_px}
    )
    return {
        "rotation_degrees": assessment.pose.rotation_degrees if found else 0.0,
        "outlines": [_points(_simplified(line)) for line in hand.outline_film] if found else [],
        "bones": [] if assessment.bones is None else _bones(assessment.bones),
        "joints": [
            {"name": name, "points": points} for name, points in {REGION_OF[bone]: places[bone] for bone in places}.items()
        ],
        "places": places,
        "occlusion": None if attention is None else _occlusion(attention),
    }


def without_estimate(overlays: dict[str, Any]) -> dict[str, Any]:
    """The overlays that do not tell the program's estimate."""
    return overlays | {"occlusion": None, "bones": []}


def _bones(bones: Bones) -> list[dict[str, Any]]:
    """Outlines with the name of each bone and, for a child of known sex, its stage."""
    stages = {each.bone: each.stage for each in bones.staged[0].bones} if len(bones.staged) == 1 else {}
    return [
        {"name": each.bone, "label": f"{each.bone.upper()} {stages.get(each.bone) or ''}".strip(), "points": each.outline_px}
        for each in bones.seen
        if each.outline_px
    ]


def _corners(box_px: tuple[float, float, float, float]) -> list[list[float]]:
    left, top, right, bottom = box_px
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def _occlusion(attention: AttentionMap) -> dict[str, Any]:
    change = attention.change_months
    height, width = change.shape
    (a, c, e), (b, d, f) = attention.film_to_map.tolist()
    stops = attention_scale().to_rgba(np.linspace(-FULL_MONTHS, FULL_MONTHS, SCALE_STEPS), bytes=True)
    return {
        "width": width,
        "height": height,
        "film_to_map": [a, b, c, d, e, f],
        "tenths": np.rint(change * 10).astype(int).ravel().tolist(),
        "colours": b64encode(np.rint(change_colours(change) * 255).astype(np.uint8).tobytes()).decode(),
        "stops": np.asarray(stops)[:, :3].tolist(),
    }


def _simplified(outline: geometry.Points) -> geometry.Points:
    return np.asarray(cv2.approxPolyDP(outline.astype(np.float32), TOLERANCE_PX, closed=True)[:, 0], np.float64)


def _points(points: geometry.Points) -> list[list[float]]:
    return [[float(x), float(y)] for x, y in np.round(points, 1)]
