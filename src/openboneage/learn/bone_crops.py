"""Crops of the 13 bones, upright along each bone: of synthetic hands, and of films on which people drew the joints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.batch.executor import Executor, map_chunks
from openboneage.bones.crops import CropSpec, crop_at, crop_place, draw_crop, joint_crop
from openboneage.bones.names import REGION_OF, RUS
from openboneage.bones.places import PLACE_OF
from openboneage.datasets.drawn_hands import DrawnHand, DrawnHands
from openboneage.datasets.film_set import Film
from openboneage.datasets.graded_hands import GradedHand, HandCrops
from openboneage.datasets.splits import Split, split_of
from openboneage.hand import geometry
from openboneage.phantom.film import render
from openboneage.phantom.parameters import draw_parameters
from openboneage.phantom.skeleton import pose_skeleton
from openboneage.phantom.truth import truth_of

MARGIN = 1.5
"""Side of a crop of the study, in larger sides of the bone's region."""


def synthetic_hands(
    count: int, height_px: int, spec: CropSpec, executor: Executor, bone_spread: float = 1.0, first_seed: int = 0
) -> list[GradedHand]:
    """Make synthetic hands with consecutive seeds.

    Args:
        count: Number of hands.
        height_px: Height of the films, 256 to 2,048.
        spec: Size of a crop.
        executor: Where to run.
        bone_spread: Factor of the differences between the bones of a hand; with 1 they are those of a child.
        first_seed: First seed.
    """
    return map_chunks(
        partial(_synthetic_chunk, height_px, spec, bone_spread), range(first_seed, first_seed + count), executor, "hands"
    )


def _synthetic_chunk(height_px: int, spec: CropSpec, bone_spread: float, seeds: Sequence[int]) -> list[GradedHand]:
    return [synthetic_hand(seed, height_px, spec, bone_spread) for seed in seeds]


def synthetic_hand(seed: int, height_px: int, spec: CropSpec, bone_spread: float = 1.0) -> GradedHand:
    """Make one hand; its age is the bone age that it was made with."""
    drawn = draw_parameters(seed, height_px)
    apart = tuple(bone_spread * months for months in drawn.child.bone_months)
    parameters = replace(drawn, child=replace(drawn.child, bone_months=apart))
    film, child, placed = render(parameters), parameters.child, pose_skeleton(parameters).bones
    levels, name = truth_of(child).rus_chn_levels, f"synthetic-{seed}"
    to_frame = geometry.inverse(film.frame_to_film)

    def crop(bone: str) -> NDArray[np.uint8]:
        place = crop_place(bone, placed[bone].origin, placed[bone].along, spec)
        return draw_crop(film.pixels, geometry.chain(to_frame, place), spec)

    return GradedHand(
        id=name,
        sex=child.sex,
        age_months=child.bone_age_months,
        crops=np.stack([crop(bone) for bone in RUS]),
        split=split_of(name),
        levels=np.array([int(levels[bone]) for bone in RUS]),
    )


def drawn_crops(root: Path, split: Split, spec: CropSpec, executor: Executor) -> list[HandCrops]:
    """Crops of the films of a split with drawn joints, at the films' own resolution; films that cannot be named are left out.

    Args:
        root: Folder of the RSNA packs, with `regions/`.
        split: The split.
        spec: Size of a crop.
        executor: Where to run.
    """
    hands = DrawnHands(root)
    chosen = [film for film in hands.films if film.split is split]
    found = map_chunks(partial(_drawn_chunk, hands, spec), chosen, executor, "films")
    return [each for each in found if each is not None]


def _drawn_chunk(hands: DrawnHands, spec: CropSpec, films: Sequence[Film]) -> list[HandCrops | None]:
    read = (hands.read(film) for film in films)
    return [None if hand is None else crops_of(hand, spec) for hand in read]


def crops_of(hand: DrawnHand, spec: CropSpec) -> HandCrops:
    """Crops at the drawn joints of a film; a joint that was not drawn is taken at its median place."""
    film, to_film = hand.film, geometry.inverse(hand.outlines.film_to_frame)

    def crop(bone: str) -> NDArray[np.uint8]:
        drawn = joint_crop(hand.pixels, hand.outlines, bone, spec)
        usual = geometry.move(np.array([PLACE_OF[REGION_OF[bone]]]), to_film)[0]
        return crop_at(hand.pixels, hand.outlines, bone, usual, spec) if drawn is None else drawn

    return HandCrops(film.id, film.sex, film.label_months, np.stack([crop(bone) for bone in RUS]), film.split)
