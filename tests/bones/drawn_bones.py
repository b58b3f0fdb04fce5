"""Films of one drawn bone: an epiphysis of known size above a shaft with a metaphysis of known width."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.bones.names import CARPALS, EPIPHYSES, JOINTS
from openboneage.bones.outlines import BoneOutline, HandOutlines, JointBox, Reason
from openboneage.bones.view import METAPHYSES
from openboneage.hand import geometry

SIZE_PX = (700, 700)
SOFT, BONE = 80.0, 170.0
SHAFT = np.array([(-0.5, 0), (0.5, 0), (0.38, 0.9), (0.38, 2.5), (-0.38, 2.5), (-0.38, 0.9)])
"""In widths of the metaphysis: x to the thumb, y along the shaft."""


@dataclass(frozen=True)
class DrawnBone:
    """Sizes in widths of the metaphysis.

    Attributes:
        width: Width of the epiphysis.
        height: Its height.
        gap: Width of the growth plate.
        thumb_cap: How far a corner towards the thumb reaches down beside the shaft.
        fused: Share of the plate that is filled with bone, from the little finger's side.
        shift: Shift of the epiphysis towards the thumb.
        hollow: Depth of the hollow of the edge away from the shaft.
        metaphysis_px: Width of the metaphysis on the film.
        degrees: Rotation of the film.
        mirrored: Whether the film is mirrored.
        bent_degrees: Direction of the shaft, away from the line through the joints.
    """

    width: float = 0.9
    height: float = 0.3
    gap: float = 0.12
    thumb_cap: float = 0.0
    fused: float = 0.0
    shift: float = 0.0
    hollow: float = 0.0
    metaphysis_px: float = 80.0
    degrees: float = 0.0
    mirrored: bool = False
    bent_degrees: float = 0.0

    @property
    def epiphysis(self) -> geometry.Points:
        """Corners in widths of the metaphysis."""
        half, top, low = self.width / 2, -self.gap - self.height, -self.gap
        corner = [(half, self.thumb_cap), (half - 0.08, self.thumb_cap)] if self.thumb_cap else []
        right = [(half, top), *corner, (half - 0.08 if corner else half, low)]
        corners = np.array([(-half, low), (-half, top), (0, top + self.hollow), *right], float)
        return np.asarray(corners + np.array([self.shift, 0.0]))


def drawn_film(bone: DrawnBone) -> tuple[NDArray[np.uint8], HandOutlines]:
    """The film of a third proximal phalanx, and its outlines as if found: the polygon is 2 % too large."""
    to_film = _to_film(bone)
    bent = geometry.rotation(-bone.bent_degrees)
    parts = [SHAFT, bone.epiphysis]
    if bone.fused:
        right = -0.5 + bone.fused
        parts.append(np.array([(-0.5, -bone.gap - 0.05), (right, -bone.gap - 0.05), (right, 0.05), (-0.5, 0.05)]))
    film = np.full(SIZE_PX, SOFT, np.float32)
    for part in parts:
        corners = geometry.move(geometry.move(part, bent), to_film) - 0.5
        cv2.fillPoly(film, [np.rint(corners * 256).astype(np.int32)], BONE, lineType=cv2.LINE_8, shift=8)
    film = np.asarray(cv2.GaussianBlur(film, (0, 0), 1.0), np.float32)
    centre = bone.epiphysis.mean(axis=0)
    outline = geometry.move(geometry.move((bone.epiphysis - centre) * 1.02 + centre, bent), to_film)
    return np.rint(film).astype(np.uint8), _found("pp3", outline, to_film)


def _to_film(bone: DrawnBone) -> geometry.Affine:
    """From widths of the metaphysis to film pixels: a phalanx stands upside down on an upright film."""
    side = -1 if bone.mirrored else 1
    upside = geometry.scaling(side * bone.metaphysis_px, -bone.metaphysis_px)
    return geometry.chain(upside, geometry.rotation(bone.degrees), geometry.translation(SIZE_PX[1] / 2, SIZE_PX[0] / 2))


def _found(name: str, outline: geometry.Points, to_film: geometry.Affine) -> HandOutlines:
    unit = METAPHYSES[name]
    to_frame = geometry.chain(geometry.inverse(to_film), geometry.scaling(unit, -unit))
    joints = {"mcp3": (0.0, -0.4), "pip3": (0.0, 3.0)}
    boxes = {joint: _box(joint, geometry.move(np.array([place]), to_film)[0]) for joint, place in joints.items()}
    return HandOutlines(
        to_frame,
        {name: BoneOutline(name, outline, 1.0)},
        (),
        boxes,
        {bone: Reason.NOT_SEEN for bone in (*EPIPHYSES, *CARPALS) if bone != name},
        {joint: Reason.NOT_SEEN for joint in JOINTS if joint not in boxes},
    )


def _box(name: str, centre: geometry.Points) -> JointBox:
    return JointBox(name, centre + np.array([(-9, -9), (9, -9), (9, 9), (-9, 9)]), 1.0)


def without_joints(hand: HandOutlines) -> HandOutlines:
    """The same bones without any joint."""
    return replace(hand, joints={}, missing_joints=dict.fromkeys(JOINTS, Reason.NOT_SEEN))
