"""Names for drawn regions, from the order of the skeleton: assigns polygons to joints and epiphyses.

The joints of a film are matched with the median joints of all films, after rotation, scaling and mirroring (Hungarian
assignment, alternating with a least-squares similarity). Epiphyses follow from the joint they lie in and from their side of it.
A film is left unnamed if its joints fit badly or its fingers would be bent implausibly.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from openboneage.bones.names import JOINTS
from openboneage.bones.places import PLACE_OF
from openboneage.datasets.annotations import LANDMARKS
from openboneage.datasets.carpals import name_carpals
from openboneage.datasets.regions import DrawnRegions, Polygon, read_regions
from openboneage.hand import geometry

Points = NDArray[np.float64]

PLACES = np.array([PLACE_OF[name] for name in JOINTS])
APART = ("radius", "ulna", "cmc1")
"""Joints that are often drawn as parts of the wrist."""
FINGERS = (2, 3, 4, 5)

NEAR = 0.16
"""Largest distance of a matched joint from its median place, in frame units."""
LARGEST_MISFIT = 0.2
"""Sum of squared distances, with `NEAR` squared for each joint without a polygon and each polygon without a joint."""
LARGEST_BEND_DEGREES = 50.0
FEWEST_JOINTS = 5
STARTS_DEGREES = range(-180, 180, 20)
ROUNDS = 10


@dataclass(frozen=True, eq=False)
class NamedRegions:
    """The regions of one film by name.

    Attributes:
        to_frame: Affine from native pixels to the hand's frame.
        joints: Joints, names of `JOINTS`.
        bones: Epiphyses and carpal bones, names of `EPIPHYSES` and `CARPALS`. Bones that were drawn as one have no name.
        others: Polygons without a name: doubtful carpal bones, sesamoids, bones that were drawn as one.
    """

    to_frame: geometry.Affine
    joints: Mapping[str, Polygon]
    bones: Mapping[str, Polygon]
    others: tuple[Polygon, ...]


def name_regions(drawn: DrawnRegions) -> NamedRegions | None:
    """Name the regions of a film; None if the result is doubtful."""
    fit = _fit_joints(drawn.joints)
    if fit is None or fit.misfit > LARGEST_MISFIT or not _is_hand(fit.centres):
        return None
    joints = {name: drawn.joints[index] for name, index in fit.chosen.items()}
    bones = _name_bones(drawn.bones, fit)
    taken = set(bones.values())
    others = tuple(bone for index, bone in enumerate(drawn.bones) if index not in taken)
    return NamedRegions(fit.to_frame, joints, {name: drawn.bones[index] for name, index in bones.items()}, others)


def name_boxes(boxes: Sequence[Polygon], size_px: tuple[int, int]) -> Mapping[str, Polygon]:
    """Name the joints of a film from the corners of their boxes alone; empty if the result is doubtful."""
    named = name_regions(DrawnRegions(size_px, tuple(boxes), ()))
    return named.joints if named else {}


@dataclass(frozen=True, eq=False)
class _Fit:
    """Joints matched with their median places: polygon by name, and its centre in frame units."""

    misfit: float
    to_frame: geometry.Affine
    chosen: Mapping[str, int]
    centres: Mapping[str, Points]


def _fit_joints(polygons: Sequence[Polygon]) -> _Fit | None:
    """The best of many starts: each side, the two largest polygons as the wrist, all rotations."""
    if len(polygons) < FEWEST_JOINTS:
        return None
    centres = np.array([geometry.centre_of(polygon) for polygon in polygons])
    areas = [geometry.area(polygon) for polygon in polygons]
    fits = [
        _matched(centres, _start(centres, wrist, mirrored, degrees))
        for mirrored, wrist, degrees in itertools.product((False, True), np.argsort(areas)[-2:], STARTS_DEGREES)
    ]
    return min((fit for fit in fits if fit), key=lambda fit: fit.misfit, default=None)


def _start(centres: Points, wrist: int, mirrored: bool, degrees: float) -> geometry.Affine:
    """The wrist at its place, the farthest joints at the distance of the fingertips."""
    length = np.sort(np.hypot(*(centres - centres[wrist]).T))[-3:].mean() / 1.55
    return geometry.chain(
        geometry.translation(*-centres[wrist]),
        geometry.scaling((-1 if mirrored else 1) / length, 1 / length),
        geometry.rotation(degrees),
        geometry.translation(*PLACES[0]),
    )


def _matched(centres: Points, to_frame: geometry.Affine) -> _Fit | None:
    """Alternate between matching joints with places and fitting the similarity."""
    mirrored = np.linalg.det(to_frame[:, :2]) < 0
    for number in range(ROUNDS):
        rows, columns, _ = _assigned(geometry.move(centres, to_frame), 2 * NEAR if number < 3 else NEAR)
        if len(rows) < FEWEST_JOINTS:
            return None
        to_frame = _similarity(centres[rows], PLACES[columns], mirrored)
    moved = geometry.move(centres, to_frame)
    rows, columns, cost = _assigned(moved, NEAR)
    chosen = {JOINTS[column]: int(row) for row, column in zip(rows, columns, strict=True)}
    if "wrist" not in chosen and "radius" in chosen:  # drawn as one, so that its centre lies towards the radius
        chosen = {"wrist": chosen.pop("radius"), **chosen}
    missing = sum(name not in chosen for name in JOINTS if name not in APART)
    misfit = cost + NEAR**2 * (missing + len(centres) - len(rows))
    return _Fit(misfit, to_frame, chosen, {name: moved[row] for name, row in chosen.items()})


def _assigned(moved: Points, near: float) -> tuple[NDArray[np.intp], NDArray[np.intp], float]:
    """Points and places that belong together within a distance, and the sum of their squared distances."""
    squares = np.minimum(((moved[:, None] - PLACES) ** 2).sum(-1), near**2)
    rows, columns = linear_sum_assignment(squares)
    close = squares[rows, columns] < near**2
    return rows[close], columns[close], float(squares[rows, columns][close].sum())


def _similarity(points: Points, places: Points, mirrored: bool) -> geometry.Affine:
    """Least-squares rotation, scale and shift, optionally after mirroring."""
    side = geometry.scaling(-1.0 if mirrored else 1.0, 1.0)
    x, y = geometry.move(points, side).T
    one, zero = np.ones_like(x), np.zeros_like(x)
    rows = np.concatenate([np.stack([x, -y, one, zero], 1), np.stack([y, x, zero, one], 1)])
    a, b, right, down = np.linalg.lstsq(rows, places.T.ravel(), rcond=None)[0]
    return geometry.chain(side, np.array([[a, -b, right], [b, a, down]]))


def _is_hand(centres: Mapping[str, Points]) -> bool:
    """Whether knuckles and wrist are present and no finger is bent implausibly."""
    if not {"wrist", *(f"mcp{finger}" for finger in FINGERS)} <= set(centres):
        return False
    for finger in FINGERS:
        chain = [centres[name] for name in ("wrist", f"mcp{finger}", f"pip{finger}", f"dip{finger}") if name in centres]
        for first, second, third in zip(chain, chain[1:], chain[2:], strict=False):
            if _bend_degrees(second - first, third - second) > LARGEST_BEND_DEGREES:
                return False
    return True


def _bend_degrees(first: Points, second: Points) -> float:
    cosine = first @ second / max(float(np.linalg.norm(first) * np.linalg.norm(second)), 1e-9)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


RADIUS_LANDMARK = np.array([-0.018, 0.039])
"""From the centre of the radial epiphysis to that of the radius box of Koitka et al. 2018, in frame units: median of the 14
films that have both."""


def region_landmarks(path: Path, film_ids: Collection[str]) -> dict[str, Points]:
    """The landmarks of `datasets.annotations.LANDMARKS` on those of some films whose regions can be named.

    Returns:
        By film id, points `(4, 2)` in fractions of film width and height; NaN where a region has no name.
    """
    drawn = {film_id: film for film_id, film in read_regions(path).items() if film_id in film_ids}
    named = {film_id: name_regions(film) for film_id, film in drawn.items()}
    return {film_id: _landmarks(regions) / drawn[film_id].size_px for film_id, regions in named.items() if regions}


def _landmarks(regions: NamedRegions) -> Points:
    points = np.full((4, 2), np.nan)
    if "radius" in regions.bones:
        to_native = geometry.inverse(regions.to_frame)[:, :2]
        points[0] = geometry.centre_of(regions.bones["radius"]) + to_native @ RADIUS_LANDMARK
    for row, name in enumerate(LANDMARKS[1:], start=1):
        if name in regions.joints:
            points[row] = geometry.centre_of(regions.joints[name])
    return points


BEYOND = {"mcp": "pp", "pip": "mp", "dip": "dp"}
"""The bone beyond a joint, whose base holds the epiphysis."""
IN_JOINT = 0.14
"""Largest distance of an epiphysis of a finger from the centre of its joint, in frame units."""
DISTAL, PROXIMAL = 0.025, -0.012
"""Frame units along the finger from the centre of a knuckle: the base of the phalanx lies beyond the first, the head of the
metacarpal before the second, bones drawn as one between them."""
MC1_PLACE, MC1_NEAR = np.array([0.335, 0.635]), 0.13
RADIUS_COLUMN, RADIUS_WIDE = (-0.06, 0.30), 1.6
"""Across the hand, and length over width: the carpal bones above are rounder."""
ULNA_COLUMN, ULNA_ABOVE_RADIUS, ULNA_TOP, ULNA_LARGEST = -0.09, 0.06, 0.9, 0.02
"""Across the hand; along it, measured from the radius, or from MCP3 if the radius has no name; area in frame units squared."""
CARPUS = 0.45
"""Carpal bones lie below this, in frame units."""


def _name_bones(polygons: Sequence[Polygon], fit: _Fit) -> dict[str, int]:
    moved = [geometry.move(polygon, fit.to_frame) for polygon in polygons]
    names: dict[str, int] = {}
    at_wrist = dict[int, Points]()
    for index, polygon in enumerate(moved):
        centre = geometry.centre_of(polygon)
        joint = min(_finger_joints(fit), key=lambda name: float(np.hypot(*(centre - fit.centres[name]))))
        if np.hypot(*(centre - fit.centres[joint])) < IN_JOINT:
            name = _finger_bone(joint, centre, fit)
            if name and name not in names:
                names[name] = index
        else:
            at_wrist[index] = polygon
    return names | _wrist_bones(at_wrist)


def _finger_joints(fit: _Fit) -> list[str]:
    return [name for name in fit.centres if name != "wrist" and name not in APART]


def _finger_bone(joint: str, centre: Points, fit: _Fit) -> str | None:
    """The epiphysis at a place in a joint."""
    if joint == "ip1":
        return "dp1"
    kind, finger = joint[:3], joint[3:]
    if joint == "mcp1" or kind != "mcp":
        return BEYOND[kind] + finger
    along = fit.centres[joint] - fit.centres["wrist"]
    place = float((centre - fit.centres[joint]) @ along / np.linalg.norm(along))
    if place > DISTAL:
        return f"pp{finger}"
    return f"mc{finger}" if place < PROXIMAL else None


def _wrist_bones(polygons: Mapping[int, Points]) -> dict[str, int]:
    """First metacarpal, radius, ulna and carpal bones among the bones at the wrist."""
    names: dict[str, int] = {}
    centres = {index: geometry.centre_of(polygon) for index, polygon in polygons.items()}
    thumb = [index for index, centre in centres.items() if np.hypot(*(centre - MC1_PLACE)) < MC1_NEAR and centre[0] > 0.27]
    if len(thumb) == 1:
        names["mc1"] = thumb[0]
    column = [index for index, (x, _) in centres.items() if RADIUS_COLUMN[0] < x < RADIUS_COLUMN[1]]
    last = max(column, key=lambda index: centres[index][1], default=None)
    if last is not None and _length_over_width(polygons[last]) >= RADIUS_WIDE:
        names["radius"] = last
    top = centres[names["radius"]][1] - ULNA_ABOVE_RADIUS if "radius" in names else ULNA_TOP
    beside = [index for index, (x, y) in centres.items() if x < ULNA_COLUMN and y > top]
    ulna = max(beside, key=lambda index: centres[index][1], default=None)
    if ulna is not None and geometry.area(polygons[ulna]) <= ULNA_LARGEST:
        names["ulna"] = ulna
    carpus = [index for index, (_, y) in centres.items() if y > CARPUS and index not in names.values()]
    return names | {name: carpus[number] for name, number in name_carpals([polygons[index] for index in carpus]).items()}


def _length_over_width(polygon: Points) -> float:
    """Of the smallest rectangle around it at any angle."""
    _, sides, _ = cv2.minAreaRect(polygon.astype(np.float32))
    return float(max(sides) / max(min(sides), 1e-9))
