"""Annotations of synthetic films in the format of COCO: masks as run lengths, boxes, 21 key points.

Each epiphysis, shaft, carpal bone and joint region is a category; `stage` is the place of the bone on the stage axis.
Format: https://cocodataset.org/#format-data (uncompressed run lengths, columns first).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from openboneage.bones.names import EPIPHYSES, JOINTS
from openboneage.hand.run_lengths import run_lengths
from openboneage.phantom.child import NODULES
from openboneage.phantom.film import PartMask, SyntheticFilm
from openboneage.phantom.joints import Box

HAND = "hand"
CATEGORIES = (
    HAND,
    *(f"{bone}_epiphysis" for bone in EPIPHYSES),
    *(f"{bone}_shaft" for bone in EPIPHYSES),
    *NODULES,
    *(f"{joint}_joint" for joint in JOINTS),
)
DIGIT_POINTS = ("base", "joint1", "joint2", "tip")
KEY_POINTS = ("wrist", *(f"digit{digit}_{point}" for digit in range(1, 6) for point in DIGIT_POINTS))
VISIBLE, OUTSIDE = 2, 0


def categories() -> list[dict[str, Any]]:
    """The categories, from number 1 on; the first has key points."""
    listed: list[dict[str, Any]] = [{"id": number, "name": name} for number, name in enumerate(CATEGORIES, start=1)]
    listed[0] |= {"keypoints": list(KEY_POINTS), "skeleton": []}
    return listed


def annotate(film: SyntheticFilm, image_id: int, first_id: int) -> list[dict[str, Any]]:
    """The hand with its key points, then every part of a bone, then every joint region.

    Args:
        film: The film.
        image_id: Number of its image.
        first_id: Number of the first annotation.
    """
    places = film.parameters.child.stages
    items = [_hand(film), *(_part(part, film.pixels.shape, places) for part in film.parts)]
    items += [_joint(name, box) for name, box in film.joints.items()]
    return [{"id": number, "image_id": image_id, "iscrowd": 0, **item} for number, item in enumerate(items, start=first_id)]


def _hand(film: SyntheticFilm) -> dict[str, Any]:
    height, width = film.pixels.shape
    seen = [0 <= x < width and 0 <= y < height for x, y in film.key_points_px]
    points = [
        (round(float(x), 2), round(float(y), 2), VISIBLE) if visible else (0, 0, OUTSIDE)
        for (x, y), visible in zip(film.key_points_px, seen, strict=True)
    ]
    lefts, tops, rights, bottoms = np.array([part.box for part in film.parts]).T
    left, top = int(lefts.min()), int(tops.min())
    box = [left, top, int(rights.max()) - left, int(bottoms.max()) - top]
    return {
        "category_id": 1,
        "bbox": box,
        "area": box[2] * box[3],
        "segmentation": [],
        "keypoints": [value for point in points for value in point],
        "num_keypoints": int(sum(seen)),
    }


def _part(part: PartMask, shape: tuple[int, ...], places: Mapping[str, float]) -> dict[str, Any]:
    left, top, right, bottom = part.box
    whole = np.zeros(shape, bool)
    whole[top:bottom, left:right] = part.mask
    name = part.bone if part.kind == "nodule" else f"{part.bone}_{part.kind}"
    found: dict[str, Any] = {
        "category_id": CATEGORIES.index(name) + 1,
        "bbox": [left, top, right - left, bottom - top],
        "area": int(part.mask.sum()),
        "segmentation": {"size": list(shape), "counts": run_lengths(whole)},
    }
    return found if part.kind == "nodule" else {**found, "stage": round(places[part.bone], 3)}


def _joint(name: str, box: Box) -> dict[str, Any]:
    left, top, right, bottom = (round(float(value), 2) for value in box)
    width, height = round(right - left, 2), round(bottom - top, 2)
    return {
        "category_id": CATEGORIES.index(f"{name}_joint") + 1,
        "bbox": [left, top, width, height],
        "area": round(width * height, 2),
        "segmentation": [],
    }
