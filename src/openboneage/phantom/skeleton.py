"""Places of joints and bones in the hand's frame, after the pose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from openboneage.hand import geometry
from openboneage.phantom.growth import Floats
from openboneage.phantom.parameters import Parameters, Pose

MEDIAN_JOINTS: Mapping[str, tuple[float, float]] = {
    "cmc1": (0.350, 0.635), "mcp1": (0.582, 0.324), "ip1": (0.765, 0.066),
    "mcp2": (0.265, -0.020), "pip2": (0.335, -0.447), "dip2": (0.365, -0.683),
    "mcp3": (0.020, -0.015), "pip3": (0.018, -0.502), "dip3": (0.005, -0.785),
    "mcp4": (-0.177, 0.065), "pip4": (-0.274, -0.372), "dip4": (-0.321, -0.642),
    "mcp5": (-0.361, 0.178), "pip5": (-0.541, -0.122), "dip5": (-0.632, -0.295),
}  # fmt: skip
"""Medians of 1,016 films with drawn joints; they hardly change with age."""
BASES: Mapping[int, tuple[float, float]] = {
    1: (0.350, 0.635), 2: (0.185, 0.605), 3: (0.030, 0.600), 4: (-0.070, 0.575), 5: (-0.180, 0.580),
}  # fmt: skip
"""Proximal ends of the metacarpals, read off films."""
TIP_SHARE = {1: 0.66, 2: 0.70, 3: 0.66, 4: 0.66, 5: 0.92}
"""Length of the distal phalanx over the phalanx before it."""
FOREARM: Mapping[str, tuple[float, float]] = {"radius": (0.092, 1.0), "ulna": (-0.175, 1.0)}
WRIST = np.array([0.03, 0.86])
FOREARM_LENGTH = 3.0


@dataclass(frozen=True, eq=False)
class Placement:
    """Coordinates of one long bone: origin at its epiphysis' joint, `v` towards the shaft, `u` towards the thumb's side.

    Attributes:
        origin: In the frame.
        along: Unit vector of `v` in the frame.
        thumb: Unit vector of `u` in the frame.
        length: From the origin to the far end, frame units.
    """

    origin: Floats
    along: Floats
    thumb: Floats
    length: float


@dataclass(frozen=True, eq=False)
class Skeleton:
    """Posed joints and long bones of one hand, in the frame.

    Attributes:
        chains: For each digit the base of the metacarpal, the joints and the fingertip of the bone, `(5, 2)`; thumb `(4, 2)`.
        bones: Placement of each long bone.
    """

    chains: Mapping[int, Floats]
    bones: Mapping[str, Placement]


def pose_skeleton(parameters: Parameters) -> Skeleton:
    """Bend and stretch the median hand."""
    chains = {digit: _chain(digit, parameters) for digit in range(1, 6)}
    bones: dict[str, Placement] = {}
    for digit, chain in chains.items():
        kinds = ("pp", "dp") if digit == 1 else ("pp", "mp", "dp")
        if digit == 1:
            bones["mc1"] = _placement(chain[0], chain[1])
        else:
            bones[f"mc{digit}"] = _placement(chain[1], chain[0])
        for kind, start, end in zip(kinds, chain[1:], chain[2:], strict=False):
            bones[f"{kind}{digit}"] = _placement(start, end)
    turn = geometry.chain(
        geometry.translation(*-WRIST), geometry.rotation(parameters.pose.wrist_degrees), geometry.translation(*WRIST)
    )
    for bone, (x, y) in FOREARM.items():
        ends = np.array([[x, y], [0.8 * x - 0.01, y + FOREARM_LENGTH]])
        start, end = geometry.move(ends, turn)
        bones[bone] = _placement(start, end)
    return Skeleton(chains, bones)


def _chain(digit: int, parameters: Parameters) -> Floats:
    """Base, joints and tip of a digit."""
    names = ("mcp", "ip") if digit == 1 else ("mcp", "pip", "dip")
    points = [np.array(BASES[digit]), *(np.array(MEDIAN_JOINTS[f"{name}{digit}"]) for name in names)]
    points.append(points[-1] + TIP_SHARE[digit] * (points[-1] - points[-2]))
    return _posed(np.array(points), digit, parameters.pose, parameters.body.digit_lengths[digit - 1])


def _posed(points: Floats, digit: int, pose: Pose, stretch: float) -> Floats:
    """Rotate each segment after the one before; the thumb rotates from its base, the fingers from their knuckles."""
    bends = pose.bend_degrees[digit - 1]
    spread = pose.spread_degrees[digit - 1]
    turns = (spread, *bends) if digit == 1 else (0.0, spread, *bends)
    lengths = np.ones(len(points) - 1) * stretch * pose.foreshortening[digit - 1]
    lengths[0] = stretch if digit == 1 else 1.0
    posed, degrees = [points[0]], 0.0
    for segment, turn, length in zip(np.diff(points, axis=0), turns, lengths, strict=True):
        degrees += turn
        posed.append(posed[-1] + length * geometry.move(segment[None], geometry.rotation(degrees))[0])
    return np.array(posed)


def _placement(origin: Floats, end: Floats) -> Placement:
    along = end - origin
    length = float(np.hypot(*along))
    along = along / length
    across = np.array([-along[1], along[0]])
    thumb = across if across[0] > 0 or (abs(across[0]) < 0.35 and across[1] > 0) else -across
    return Placement(origin, along, thumb, length)
