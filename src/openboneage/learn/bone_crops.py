"""Crops of the 13 bones, upright along each bone: of synthetic hands, and of films on which people drew the joints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.batch.executor import Executor, map_chunks
from openboneage.bones.names import REGION_OF, RUS
from openboneage.bones.places import PLACE_OF
from openboneage.datasets.drawn_hands import DrawnHand, DrawnHands
from openboneage.datasets.film_set import Film
from openboneage.datasets.graded_hands import GradedHand, HandCrops
from openboneage.datasets.region_boxes import SIZE_OF
from openboneage.datasets.splits import Split, split_of
from openboneage.hand import geometry
from openboneage.hand.frame import draw_smooth
from openboneage.phantom.film import render
from openboneage.phantom.parameters import draw_parameters
from openboneage.phantom.skeleton import pose_skeleton
from openboneage.phantom.truth import truth_of

MARGIN = 1.5
"""Side of a crop, in larger sides of the bone's region."""
SHAFT: Mapping[str, tuple[str, str]] = {
    "mc1": ("cmc1", "mcp1"), "mc3": ("mcp3", "wrist"), "mc5": ("mcp5", "wrist"),
    "pp1": ("mcp1", "ip1"), "pp3": ("mcp3", "pip3"), "pp5": ("mcp5", "pip5"),
    "mp3": ("pip3", "dip3"), "mp5": ("pip5", "dip5"),
    "dp1": ("mcp1", "ip1"), "dp3": ("pip3", "dip3"), "dp5": ("pip5", "dip5"),
}  # fmt: skip
"""Joints whose median places give the direction from the epiphysis along the shaft; radius and ulna point down."""


def bone_crop(
    pixels: NDArray[np.uint8],
    frame_to_film: geometry.Affine,
    bone: str,
    origin: NDArray[np.float64],
    along: NDArray[np.float64],
    crop_px: int,
) -> NDArray[np.uint8]:
    """Draw the end of a bone in the middle of a square, the shaft below it and the thumb on the right.

    Args:
        pixels: Film with bright bones, `(height, width)`.
        frame_to_film: Affine from the hand's frame to film pixels.
        bone: Name of the bone.
        origin: Its joint, in the frame.
        along: Unit vector from the joint along the shaft, in the frame.
        crop_px: Side of the square.
    """
    across = np.array([-along[1], along[0]])
    axes = np.array([across if across[0] > 0 else -across, along])
    scale = crop_px / (MARGIN * max(SIZE_OF[REGION_OF[bone]]))
    onto = geometry.chain(
        geometry.inverse(frame_to_film),
        geometry.translation(*-origin),
        np.hstack([axes, np.zeros((2, 1))]),
        geometry.scaling(scale, scale),
        geometry.translation(crop_px / 2, crop_px / 2),
    )
    return draw_smooth(pixels, onto, (crop_px, crop_px))


def synthetic_hands(count: int, height_px: int, crop_px: int, executor: Executor) -> list[GradedHand]:
    """Make synthetic hands with the seeds 0 to `count - 1`.

    Args:
        count: Number of hands.
        height_px: Height of the films, 256 to 2,048.
        crop_px: Side of a crop.
        executor: Where to run.
    """
    return map_chunks(partial(_synthetic_chunk, height_px, crop_px), range(count), executor, "hands")


def _synthetic_chunk(height_px: int, crop_px: int, seeds: Sequence[int]) -> list[GradedHand]:
    return [synthetic_hand(seed, height_px, crop_px) for seed in seeds]


def synthetic_hand(seed: int, height_px: int, crop_px: int) -> GradedHand:
    """Make one hand; its age is the bone age that it was made with."""
    parameters = draw_parameters(seed, height_px)
    film, child, placed = render(parameters), parameters.child, pose_skeleton(parameters).bones
    levels, name = truth_of(child).rus_chn_levels, f"synthetic-{seed}"
    crops = [bone_crop(film.pixels, film.frame_to_film, bone, placed[bone].origin, placed[bone].along, crop_px) for bone in RUS]
    return GradedHand(
        id=name,
        sex=child.sex,
        age_months=child.bone_age_months,
        crops=np.stack(crops),
        split=split_of(name),
        levels=np.array([int(levels[bone]) for bone in RUS]),
    )


def drawn_crops(root: Path, split: Split, crop_px: int, executor: Executor) -> list[HandCrops]:
    """Crops of the films of a split with drawn joints, at the films' own resolution; films that cannot be named are left out.

    Args:
        root: Folder of the RSNA packs, with `regions/`.
        split: The split.
        crop_px: Side of a crop.
        executor: Where to run.
    """
    hands = DrawnHands(root)
    chosen = [film for film in hands.films if film.split is split]
    found = map_chunks(partial(_drawn_chunk, hands, crop_px), chosen, executor, "films")
    return [each for each in found if each is not None]


def _drawn_chunk(hands: DrawnHands, crop_px: int, films: Sequence[Film]) -> list[HandCrops | None]:
    read = (hands.read(film) for film in films)
    return [None if hand is None else crops_of(hand, crop_px) for hand in read]


def crops_of(hand: DrawnHand, crop_px: int) -> HandCrops:
    """Crops at the drawn joints of a film; a joint that was not drawn is taken at its median place."""
    film, frame_to_film = hand.film, geometry.inverse(hand.outlines.film_to_frame)
    crops = [bone_crop(hand.pixels, frame_to_film, bone, _joint(hand, bone), _along(bone), crop_px) for bone in RUS]
    return HandCrops(film.id, film.sex, film.label_months, np.stack(crops), film.split)


def _joint(hand: DrawnHand, bone: str) -> NDArray[np.float64]:
    """The middle of a bone's joint in the frame."""
    joint = hand.outlines.joints.get(REGION_OF[bone])
    if joint is None:
        return np.array(PLACE_OF[REGION_OF[bone]])
    return np.asarray(hand.outlines.in_frame(joint.corners_px).mean(axis=0))


def _along(bone: str) -> NDArray[np.float64]:
    if bone not in SHAFT:
        return np.array([0.0, 1.0])
    start, end = (np.array(PLACE_OF[joint]) for joint in SHAFT[bone])
    return np.asarray((end - start) / np.hypot(*(end - start)))
