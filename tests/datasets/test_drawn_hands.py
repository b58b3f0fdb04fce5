"""Films with drawn bones."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from openboneage.datasets.drawn_hands import DrawnHand, DrawnHands
from openboneage.datasets.skeleton import name_regions
from openboneage.hand import geometry
from tests.datasets.drawn_folder import COARSE, FULL, SHARP, build_drawn
from tests.datasets.test_skeleton import SIZE_PX, drawn, placed


@pytest.fixture(scope="module")
def hands(tmp_path_factory: pytest.TempPathFactory) -> DrawnHands:
    return DrawnHands(build_drawn(tmp_path_factory.mktemp("packs")))


def read(hands: DrawnHands, film_id: str) -> DrawnHand | None:
    return hands.read(next(film for film in hands.films if film.id == film_id))


def test_a_film_is_sharp_within_its_regions_and_coarse_outside(hands: DrawnHands) -> None:
    hand = read(hands, "900001")
    assert hand is not None

    x, y = (int(place) for place in hand.outlines.joints["mcp3"].corners_px.mean(axis=0))
    assert hand.pixels.shape == (SIZE_PX[1] // 2, SIZE_PX[0] // 2)
    assert hand.pixels[y, x] == SHARP
    assert hand.pixels[2, 2] == COARSE
    assert not hand.full_size


def test_a_film_at_full_size_is_preferred(hands: DrawnHands) -> None:
    hand = read(hands, "900002")
    assert hand is not None

    assert (hand.pixels == FULL).all()
    assert hand.full_size


def test_outlines_are_in_pixels_of_the_film(hands: DrawnHands) -> None:
    hand = read(hands, "900001")
    regions = name_regions(drawn(placed())[0])
    assert hand is not None
    assert regions is not None

    assert hand.outlines.bones["pp3"].polygon_px == pytest.approx(regions.bones["pp3"] / 2)
    in_frame = hand.outlines.in_frame(hand.outlines.bones["pp3"].polygon_px)
    assert in_frame == pytest.approx(geometry.move(regions.bones["pp3"], regions.to_frame))
    box = hand.outlines.in_frame(hand.outlines.joints["pip3"].corners_px)
    assert np.ptp(box, axis=0) == pytest.approx((0.1, 0.1), abs=0.01)
    assert "pp5" in hand.outlines.missing_bones


def test_a_film_whose_regions_have_no_names_is_left_out(hands: DrawnHands) -> None:
    assert read(hands, "900003") is None


def test_a_pickled_set_reads_the_same_films(hands: DrawnHands) -> None:
    read(hands, "900001")
    copy = pickle.loads(pickle.dumps(hands))

    assert [film.id for film in copy.films] == [film.id for film in hands.films]
