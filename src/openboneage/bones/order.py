"""The order of the skeleton: which of the spots found can be joints of one hand.

Spots are accepted by falling score, each only if it fits all those accepted before. The result is always in order: along each
finger away from the wrist, across the hand from thumb to little finger, the forearm below the wrist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from openboneage.bones.names import JOINTS
from openboneage.bones.places import PLACE_OF
from openboneage.hand.geometry import Points

CLOSEST = 0.05
"""Least distance of two joints, in frame units."""
ALONG = {"cmc1": 0, "mcp": 1, "pip": 2, "ip": 2, "dip": 3}
"""Rows of joints, away from the wrist."""
FOREARM = ("radius", "ulna")


@dataclass(frozen=True, eq=False)
class Spot:
    """A place that may be a joint.

    Attributes:
        place: In the hand's frame, `(2,)`.
        score: Probability that the joint is there.
    """

    place: Points
    score: float


def in_order(spots: Mapping[str, Sequence[Spot]]) -> dict[str, Spot]:
    """One spot for each joint, as far as they fit together.

    Args:
        spots: Spots by joint; a joint may have several, or none.
    """
    accepted: dict[str, Spot] = {}
    ranked = sorted(((name, spot) for name in JOINTS for spot in spots.get(name, ())), key=lambda item: -item[1].score)
    for name, spot in ranked:
        if name not in accepted and all(_fit(name, spot.place, other, there.place) for other, there in accepted.items()):
            accepted[name] = spot
    return accepted


def _fit(first: str, a: Points, second: str, b: Points) -> bool:
    """Whether two joints may lie at two places."""
    if np.hypot(*(a - b)) < CLOSEST:
        return False
    if "wrist" in (first, second) or set(FOREARM) & {first, second}:
        return _fit_wrist(*((first, a, second, b) if JOINTS.index(first) < JOINTS.index(second) else (second, b, first, a)))
    (row, finger), (other_row, other_finger) = _row_and_finger(first), _row_and_finger(second)
    if finger == other_finger:
        return (_reach(a) < _reach(b)) == (row < other_row)
    return row != other_row or (_angle(a) > _angle(b)) == (finger < other_finger)


def _fit_wrist(first: str, a: Points, second: str, b: Points) -> bool:
    """The same for pairs with the wrist, the radius or the ulna; the first comes first in `JOINTS`."""
    if first == "radius" and second == "ulna":
        return bool(a[0] > b[0])
    if first == "wrist" and second in FOREARM:
        return bool(a[1] < b[1])
    return bool(b[1] < a[1])  # all other joints lie above


def _row_and_finger(joint: str) -> tuple[int, int]:
    name = joint if joint in ALONG else joint[:-1]
    return ALONG[name], int(joint[-1])


def _reach(place: Points) -> float:
    """Distance from the wrist."""
    return float(np.hypot(*(place - PLACE_OF["wrist"])))


def _angle(place: Points) -> float:
    """Direction from the wrist: 0 upwards, larger towards the thumb."""
    x, y = place - PLACE_OF["wrist"]
    return float(np.arctan2(x, -y))
