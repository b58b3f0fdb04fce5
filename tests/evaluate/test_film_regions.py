"""Regions of a film."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from openboneage.evaluate.film_regions import Region, RegionMap, region_map
from tests.evaluate.drawn import MARKER, NATIVE_SIZE_PX, hand, named_regions

HAND = hand()
REGIONS = region_map(HAND, named_regions(), NATIVE_SIZE_PX)


def places_of(region: Region, regions: RegionMap = REGIONS) -> NDArray[np.bool_]:
    """The pixels of a region."""
    return np.equal(regions, list(Region).index(region))


@pytest.mark.parametrize(
    ("x", "y", "region"),
    [
        (274, 278, Region.EPIPHYSES),  # the third proximal phalanx
        (247, 155, Region.EPIPHYSES),  # drawn without a name, at a joint of a finger
        (321, 487, Region.CARPALS),
        (261, 219, Region.OTHER_BONE),  # the shaft of the third proximal phalanx
        (312, 372, Region.SOFT_TISSUE),  # between the second and third metacarpals
        (482, 545, Region.MARKER),  # the foot of the L
        (30, 600, Region.BACKGROUND),
    ],
)
def test_places_of_the_film(x: int, y: int, region: Region) -> None:
    assert list(Region)[REGIONS[y, x]] is region


def test_every_pixel_of_the_film_has_a_region() -> None:
    assert REGIONS.shape == HAND.film.shape
    assert set(np.unique(REGIONS)) == set(range(len(Region)))


def test_markers_are_the_letters_and_nothing_else() -> None:
    markers = places_of(Region.MARKER)

    assert markers[MARKER].mean() > 0.1
    assert markers.sum() == markers[MARKER].sum()


def test_a_bright_border_is_no_marker() -> None:
    film = HAND.film.copy()
    film[:6] = 255
    regions = region_map(replace(HAND, film=film), named_regions(), NATIVE_SIZE_PX)

    assert not places_of(Region.MARKER, regions)[:6].any()


def test_bone_is_the_smaller_part_of_the_hand() -> None:
    assert 0.05 < places_of(Region.OTHER_BONE).mean() < places_of(Region.SOFT_TISSUE).mean()
