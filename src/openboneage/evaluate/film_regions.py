"""Regions of a film: epiphyses and carpals as drawn by people, other bone, soft tissue, markers, background."""

from __future__ import annotations

from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.datasets.regions import Polygon
from openboneage.datasets.skeleton import NamedRegions
from openboneage.hand.standard_hand import StandardHand

BEYOND_HAND_UNITS = 0.12
"""The hand's surroundings that count as soft tissue, in frame units: patches that cover skin reach beyond it."""
FLAT_UNITS = 0.12
"""A bone is brighter than the hand around it, blurred with this standard deviation in frame units: wider than a shaft."""
MARKER_QUANTILE = 0.75
"""A marker is brighter than this share of the hand."""
MARKER_UNITS = (0.02, 0.5)
"""Shortest and longest side of a marker; larger bright places are the film's border or a collimator."""
CARPUS = ("wrist", "radius", "ulna", "cmc1")
"""Joint regions whose unnamed bones are carpals."""


class Region(StrEnum):
    """Part of a film."""

    BACKGROUND = "background"
    MARKER = "markers"
    SOFT_TISSUE = "soft tissue"
    OTHER_BONE = "other bone"
    CARPALS = "carpals"
    EPIPHYSES = "epiphyses"


RegionMap = NDArray[np.uint8]
"""Position of the region in `Region` for each pixel of the film, `(height, width)`."""


def region_map(hand: StandardHand, named: NamedRegions, native_size_px: tuple[int, int]) -> RegionMap:
    """Divide a film into regions: drawn epiphyses and carpals, and by brightness the rest of the bones and the markers.

    Args:
        hand: The standard hand, found on a reduction of the film.
        named: Drawn regions of the film.
        native_size_px: Width and height of the film that they were drawn on.
    """
    mask = hand.mask_on_film
    regions = np.full(hand.film.shape, _index(Region.BACKGROUND), np.uint8)
    regions[_grown(mask, BEYOND_HAND_UNITS * hand.pixels_per_unit)] = _index(Region.SOFT_TISSUE)
    regions[_markers(hand, mask)] = _index(Region.MARKER)
    regions[_bright_bone(hand, mask)] = _index(Region.OTHER_BONE)
    height, width = hand.film.shape
    scale = np.array([width, height]) / native_size_px
    carpals = [bone for bone in named.others if _in_carpus(bone, named)]
    epiphyses = [*named.bones.values(), *(bone for bone in named.others if not _in_carpus(bone, named))]
    for region, polygons in ((Region.CARPALS, carpals), (Region.EPIPHYSES, epiphyses)):
        for polygon in polygons:
            cv2.fillPoly(regions, [np.rint(polygon * scale - 0.5).astype(np.int32)], _index(region))
    return regions


def _index(region: Region) -> int:
    return list(Region).index(region)


def _grown(mask: NDArray[np.bool_], margin_px: float) -> NDArray[np.bool_]:
    return cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5) <= margin_px


def _bright_bone(hand: StandardHand, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Places of the hand that are brighter than the hand around them."""
    inside, film, sigma = mask.astype(np.float32), hand.film.astype(np.float32), FLAT_UNITS * hand.pixels_per_unit
    around = cv2.GaussianBlur(film * inside, (0, 0), sigma) / np.maximum(cv2.GaussianBlur(inside, (0, 0), sigma), 1e-3)
    return mask & (film > around)


def _markers(hand: StandardHand, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Bright spots of the size of a letter outside the hand."""
    bright = (hand.film > np.quantile(hand.film[mask], MARKER_QUANTILE)) & ~mask
    _, labels, stats, _ = cv2.connectedComponentsWithStats(bright.astype(np.uint8))
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) / hand.pixels_per_unit
    fits = (MARKER_UNITS[0] <= sides) & (sides <= MARKER_UNITS[1])
    fits[0] = False  # the rest of the film
    fits[np.unique(labels[_grown(mask, 2)])] = False  # the forearm, where the mask ends
    return np.asarray(fits[labels])


def _in_carpus(bone: Polygon, named: NamedRegions) -> bool:
    """Whether a bone lies in the carpus: in one of its regions, or nearer to them than to a joint of a finger."""
    centre = bone.mean(axis=0)
    nearest = min(named.joints, key=lambda name: float(np.hypot(*(named.joints[name].mean(axis=0) - centre))))
    return nearest in CARPUS
