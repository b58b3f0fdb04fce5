"""Outlines of the epiphyses and carpal bones of a hand, and boxes of its joints: the value that finding returns.

Positions are in film pixels (`hand.geometry`: pixel `(row i, column j)` covers `x` in `[j, j + 1]`); `film_to_frame` leads to
the frame of the hand, in which it is an upright left hand (`hand.frame`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from openboneage.bones.names import CARPALS, EPIPHYSES, JOINTS, REGION_OF, RUS
from openboneage.errors import InputError
from openboneage.hand import geometry


class Reason(StrEnum):
    """Why a bone or joint is missing."""

    NOT_SEEN = "not seen"
    """Nothing in its place resembles it: it has not ossified, has fused, is hidden, or was not recognised."""
    OUTSIDE_FILM = "outside the film"
    """Its place lies beyond the edge of the film."""
    OUT_OF_ORDER = "out of order"
    """Something was found, but its place contradicts the order of the skeleton."""


@dataclass(frozen=True, eq=False)
class BoneOutline:
    """The outline of an epiphysis or a carpal bone; read-only.

    Attributes:
        name: One of `EPIPHYSES` or `CARPALS`, or `CARPAL` for a carpal bone that is not identified.
        polygon_px: Corners in film pixels, `(n, 2)`, x then y, at least three; the last is joined to the first.
        score: Certainty that the bone is there, 0 to 1.
    """

    name: str
    polygon_px: geometry.Points
    score: float

    def __post_init__(self) -> None:
        """Make the polygon read-only."""
        self.polygon_px.setflags(write=False)


@dataclass(frozen=True, eq=False)
class JointBox:
    """The box of a joint region, upright in the hand's frame; read-only.

    Attributes:
        name: One of `JOINTS`.
        corners_px: Upper left, upper right, lower right and lower left corner in film pixels, `(4, 2)`, as seen in the frame.
        score: Certainty that the joint is there, 0 to 1.
    """

    name: str
    corners_px: geometry.Points
    score: float

    def __post_init__(self) -> None:
        """Make the corners read-only."""
        self.corners_px.setflags(write=False)

    @property
    def bounds_px(self) -> tuple[float, float, float, float]:
        """The smallest box along the film's rows and columns: left, top, right, bottom in film pixels."""
        (left, top), (right, bottom) = self.corners_px.min(axis=0), self.corners_px.max(axis=0)
        return float(left), float(top), float(right), float(bottom)


@dataclass(frozen=True, eq=False)
class HandOutlines:
    """Bones and joints of one hand; every name is either found or missing.

    Attributes:
        film_to_frame: Affine from film pixels to the frame of the hand.
        bones: Outlines by name: epiphyses and identified carpal bones.
        unidentified: Outlines of further carpal bones, each named `CARPAL`.
        joints: Boxes by name.
        missing_bones: The other names of `EPIPHYSES` and `CARPALS`. Unidentified carpal bones are among those that are missing
            by name.
        missing_joints: The other names of `JOINTS`.
    """

    film_to_frame: geometry.Affine
    bones: Mapping[str, BoneOutline]
    unidentified: tuple[BoneOutline, ...]
    joints: Mapping[str, JointBox]
    missing_bones: Mapping[str, Reason]
    missing_joints: Mapping[str, Reason]

    def __post_init__(self) -> None:
        """Check the names, and make the value read-only.

        Raises:
            InputError: A name is unknown, or not exactly one of found and missing.
        """
        _check_names("bones", (*EPIPHYSES, *CARPALS), self.bones, self.missing_bones)
        _check_names("joints", JOINTS, self.joints, self.missing_joints)
        self.film_to_frame.setflags(write=False)
        for name in ("bones", "joints", "missing_bones", "missing_joints"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @cached_property
    def frame_to_film(self) -> geometry.Affine:
        """Affine from the frame of the hand to film pixels; read-only."""
        back = geometry.inverse(self.film_to_frame)
        back.setflags(write=False)
        return back

    @property
    def missing_rus(self) -> tuple[str, ...]:
        """Bones of `RUS` whose joint region was not found, in the order of the score sheets."""
        return tuple(bone for bone in RUS if REGION_OF[bone] in self.missing_joints)

    def in_frame(self, points_px: geometry.Points) -> geometry.Points:
        """Film pixels `(n, 2)`, such as a polygon, in the frame of the hand."""
        return geometry.move(points_px, self.film_to_frame)


def _check_names(kind: str, names: Sequence[str], found: Mapping[str, object], missing: Mapping[str, Reason]) -> None:
    if sorted([*found, *missing]) != sorted(names):
        wrong = sorted({*found, *missing} ^ set(names)) or sorted(found.keys() & missing.keys())
        raise InputError(f"Expected every one of the {kind} either found or missing, got {', '.join(wrong)} otherwise.")
