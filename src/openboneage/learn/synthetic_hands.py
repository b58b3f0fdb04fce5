"""Graded hands from synthetic films: crops upright along each bone, and the levels they were made with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from openboneage.batch.executor import Executor, map_chunks
from openboneage.bones.names import REGION_OF, RUS
from openboneage.datasets.graded_hands import GradedHand
from openboneage.datasets.region_boxes import SIZE_OF
from openboneage.datasets.splits import split_of
from openboneage.hand import geometry
from openboneage.hand.frame import draw_smooth
from openboneage.phantom.film import SyntheticFilm, render
from openboneage.phantom.parameters import draw_parameters
from openboneage.phantom.skeleton import Placement, pose_skeleton
from openboneage.phantom.truth import truth_of

MARGIN = 1.5
"""Side of a crop, in larger sides of the bone's region."""


def synthetic_hands(count: int, height_px: int, crop_px: int, executor: Executor) -> list[GradedHand]:
    """Make hands with the seeds 0 to `count - 1`.

    Args:
        count: Number of hands.
        height_px: Height of the films, 256 to 2,048.
        crop_px: Side of a crop.
        executor: Where to run.
    """
    return map_chunks(partial(_chunk, height_px, crop_px), range(count), executor, "hands")


def _chunk(height_px: int, crop_px: int, seeds: Sequence[int]) -> list[GradedHand]:
    return [synthetic_hand(seed, height_px, crop_px) for seed in seeds]


def synthetic_hand(seed: int, height_px: int, crop_px: int) -> GradedHand:
    """Make one hand; its age is the bone age that it was made with."""
    parameters = draw_parameters(seed, height_px)
    film, child, bones = render(parameters), parameters.child, pose_skeleton(parameters).bones
    levels = truth_of(child).rus_chn_levels
    name = f"synthetic-{seed}"
    return GradedHand(
        id=name,
        sex=child.sex,
        age_months=child.bone_age_months,
        levels=np.array([int(levels[bone]) for bone in RUS]),
        crops=np.stack([_crop(film, bone, bones[bone], crop_px) for bone in RUS]),
        split=split_of(name),
    )


def _crop(film: SyntheticFilm, bone: str, placed: Placement, crop_px: int) -> NDArray[np.uint8]:
    """The end of a bone in the middle of a square, the shaft below it and the thumb on the right."""
    axes = np.array([placed.thumb, placed.along])
    scale = crop_px / (MARGIN * max(SIZE_OF[REGION_OF[bone]]))
    onto = geometry.chain(
        geometry.inverse(film.frame_to_film),
        geometry.translation(*-placed.origin),
        np.hstack([axes, np.zeros((2, 1))]),
        geometry.scaling(scale, scale),
        geometry.translation(crop_px / 2, crop_px / 2),
    )
    return draw_smooth(film.pixels, onto, (crop_px, crop_px))
