"""Crops of the 13 bones: the joint in the middle of a square, the shaft below it and the thumb on the right.

A crop is placed by the box of the joint, not by the outline of the epiphysis: bones that have not ossified and bones that have
fused have a joint as well. Its side is in proportion to the usual size of the joint in the hand's frame.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from openboneage.bones.names import REGION_OF
from openboneage.bones.outlines import HandOutlines
from openboneage.bones.places import SIZE_OF
from openboneage.bones.view import shaft_direction
from openboneage.hand import geometry
from openboneage.hand.frame import draw_part
from openboneage.quantities import Positive
from openboneage.weights.strict import STRICT


@dataclass(frozen=True, config=STRICT)
class CropSpec:
    """Size of a crop.

    Attributes:
        crop_px: Side in pixels.
        margin: Side in larger sides of the usual box of the joint.
    """

    crop_px: Annotated[int, Field(gt=0)]
    margin: Positive


def joint_crop(film: NDArray[np.uint8], hand: HandOutlines, bone: str, spec: CropSpec) -> NDArray[np.uint8] | None:
    """Draw the crop of a bone at its joint; None if that was not found.

    Args:
        film: Brightness with bright bones, `(height, width)`.
        hand: Joints of the hand.
        bone: One of the 13 bones.
        spec: Size of the crop.

    Returns:
        `(crop_px, crop_px)` uint8; 0 outside the film.
    """
    joint = hand.joints.get(REGION_OF[bone])
    return None if joint is None else crop_at(film, hand, bone, joint.corners_px.mean(axis=0), spec)


def crop_at(
    film: NDArray[np.uint8], hand: HandOutlines, bone: str, middle_px: geometry.Points, spec: CropSpec
) -> NDArray[np.uint8]:
    """Draw the crop of a bone whose joint is at `middle_px`, film pixels."""
    return draw_crop(film, crop_transform(hand, bone, middle_px, spec), spec)


def crop_transform(hand: HandOutlines, bone: str, middle_px: geometry.Points, spec: CropSpec) -> geometry.Affine:
    """Affine from film pixels to the crop of a bone whose joint is at `middle_px`."""
    along = hand.film_to_frame[:, :2] @ shaft_direction(hand, bone, middle_px)
    frame_to_crop = crop_place(bone, hand.in_frame(middle_px[None])[0], along / np.linalg.norm(along), spec)
    return geometry.chain(hand.film_to_frame, frame_to_crop)


def crop_place(bone: str, origin: geometry.Points, along: geometry.Points, spec: CropSpec) -> geometry.Affine:
    """Affine from the hand's frame to the crop of a bone.

    Args:
        bone: One of the 13 bones.
        origin: Its joint, in the frame.
        along: Unit vector from the joint along the shaft, in the frame.
        spec: Size of the crop.
    """
    across = np.array([-along[1], along[0]])
    axes = np.array([across if across[0] > 0 else -across, along])
    scale = spec.crop_px / (spec.margin * max(SIZE_OF[REGION_OF[bone]]))
    return geometry.chain(
        geometry.translation(*-origin),
        np.hstack([axes, np.zeros((2, 1))]),
        geometry.scaling(scale, scale),
        geometry.translation(spec.crop_px / 2, spec.crop_px / 2),
    )


def draw_crop(film: NDArray[np.uint8], film_to_crop: geometry.Affine, spec: CropSpec) -> NDArray[np.uint8]:
    """Draw a crop."""
    return draw_part(film, film_to_crop, (spec.crop_px, spec.crop_px))
