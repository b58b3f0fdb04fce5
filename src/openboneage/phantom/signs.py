"""What a place on the stage axis looks like: the signs of the TW stages as quantities of a drawn bone.

The thresholds are those of the published criteria (TW3 after the China-05 guide): width ratio 0.5 at stage D and 1.0 at E, F
or G by bone, capping at G (radius H), fusion from H on (radius I, third and fifth metacarpal at a quarter of the width).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

Knots = Sequence[tuple[float, float]]

WIDTH_RATIO: Mapping[str, Knots] = {
    "radius": ((1, 0.10), (2, 0.36), (3, 0.50), (5, 0.88), (5.85, 0.98), (6, 1.0), (7, 1.05), (8, 1.05)),
    "ulna": ((1, 0.10), (2, 0.36), (3, 0.50), (4, 0.70), (5.42, 0.92), (6, 1.0), (7, 1.04)),
    "mc1": ((1, 0.10), (2, 0.36), (3, 0.50), (4, 1.0), (6, 1.06), (7, 1.08), (9, 1.05)),
    "mc": ((1, 0.12), (2, 0.38), (3, 0.50), (4, 0.80), (5, 0.93), (6, 1.0), (7, 1.03), (9, 1.02)),
    "pp": ((1, 0.12), (2, 0.38), (3, 0.50), (4, 0.86), (5, 1.0), (6, 1.05), (7, 1.08), (9, 1.05)),
    "mp": ((1, 0.12), (2, 0.38), (3, 0.50), (4, 0.84), (5, 1.0), (6, 1.05), (7, 1.08), (9, 1.05)),
    "dp": ((1, 0.12), (2, 0.38), (3, 0.50), (4, 1.0), (5, 1.07), (6, 1.10), (7, 1.10), (9, 1.05)),
}
"""Width of the epiphysis over that of the metaphysis; its cube is linear in between (Fels method)."""
GAP: Mapping[str, Knots] = {
    "radius": ((1, 0.045), (3, 0.019), (5, 0.012), (7, 0.008), (8, 0.006)),
    "ulna": ((1, 0.0), (2, 0.012), (3, 0.017), (5, 0.012), (6, 0.008), (7, 0.006)),
    "mc1": ((1, 0.026), (3, 0.014), (5, 0.009), (7, 0.005)),
    "mc": ((1, 0.022), (3, 0.011), (5, 0.007), (7, 0.004)),
    "pp": ((1, 0.022), (3, 0.011), (5, 0.008), (7, 0.005)),
    "mp": ((1, 0.020), (3, 0.010), (5, 0.007), (7, 0.005)),
    "dp": ((1, 0.018), (3, 0.009), (5, 0.006), (7, 0.004)),
}
"""Thickness of the growth plate on the film, frame units, before it fuses."""
CAP_STAGE = {"radius": 7.0, "ulna": 6.0}
FUSION: Mapping[str, tuple[float, float]] = {"radius": (8.0, 9.0), "ulna": (7.0, 8.0), "mc": (6.7, 8.0)}
"""Places at which fusion begins and is complete; other bones 7 to 8."""


@dataclass(frozen=True)
class Signs:
    """Signs of one bone.

    Attributes:
        present: Whether the epiphysis has a centre.
        width_ratio: Width of the epiphysis over that of the metaphysis.
        gap: Thickness of the growth plate, frame units.
        follows: How far the end of the shaft follows the edge of the epiphysis, 0 to 1.
        caps: How far the corners bend over the shaft: little finger's side, thumb's side; 0 to 1.
        fused: Share of the width that is bridged, 0 to 1.
        line: Strength of the dense line that fusion leaves, 0 to 1.
        joint_line: Strength of the dense edge at the joint, 0 to 1.
        inner_line: Strength of the dense line of the second edge inside the bone, 0 to 1.
    """

    present: bool
    width_ratio: float
    gap: float
    follows: float
    caps: tuple[float, float]
    fused: float
    line: float
    joint_line: float
    inner_line: float


def kind_of(bone: str) -> str:
    """The group of bones that share their signs: `radius`, `ulna`, `mc1`, `mc`, `pp`, `mp`, `dp`."""
    return bone if bone in ("radius", "ulna", "mc1") else bone[:2]


def signs(bone: str, place: float) -> Signs:
    """The signs of a bone at a place on the stage axis."""
    kind = kind_of(bone)
    begun, complete = FUSION.get(kind, (7.0, 8.0))
    cap = CAP_STAGE.get(kind, 6.0)
    first, second = _ramp(place, cap - 0.25, cap + 0.35), _ramp(place, cap + 0.2, cap + 0.8)
    thumb_first = kind in ("mc1", "dp") or bone == "pp1"
    fused = _ramp(place, begun, complete)
    return Signs(
        present=place >= 1.0,
        width_ratio=_cubed(WIDTH_RATIO[kind], place),
        gap=_at(GAP[kind], place),
        follows=_ramp(place, 2.5, 5.0),
        caps=(second, first) if thumb_first else (first, second),
        fused=fused,
        line=fused**0.5 * (1 - 0.9 * _ramp(place, complete, complete + 0.4)),
        joint_line=_ramp(place, 3.0, 5.0),
        inner_line=_ramp(place, 4.0, 5.5) * (1 - 0.5 * _ramp(place, begun, complete)),
    )


def _at(knots: Knots, place: float) -> float:
    places, values = zip(*knots, strict=True)
    return float(np.interp(place, places, values))


def _cubed(knots: Knots, place: float) -> float:
    places, ratios = zip(*knots, strict=True)
    return float(np.cbrt(np.interp(place, places, np.array(ratios) ** 3)))


def _ramp(place: float, low: float, high: float) -> float:
    return float(np.clip((place - low) / (high - low), 0.0, 1.0))
