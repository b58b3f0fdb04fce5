"""Measures of drawn bones of known size."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.bones.epiphysis import EpiphysisMeasures, measure_epiphyses
from openboneage.bones.outlines import HandOutlines
from tests.bones.drawn_bones import DrawnBone, drawn_film, without_joints


def measured(bone: DrawnBone, spacing_mm: float | None = None) -> EpiphysisMeasures:
    film, hand = drawn_film(bone)
    return measure_epiphyses(film, hand, ["pp3"], spacing_mm)["pp3"].measures


@pytest.mark.parametrize("width", [0.3, 0.6, 0.9, 1.15])
def test_width_of_the_epiphysis_over_that_of_the_metaphysis(width: float) -> None:
    assert measured(DrawnBone(width=width)).width == pytest.approx(width, abs=0.04)


@pytest.mark.parametrize(
    "change", [{"degrees": 35.0}, {"degrees": -160.0}, {"mirrored": True}, {"metaphysis_px": 30.0}, {"bent_degrees": 10.0}]
)
def test_pose_and_size_of_the_film_do_not_change_ratios(change: dict[str, float]) -> None:
    found = measured(DrawnBone(**change))  # type: ignore[arg-type]

    assert found.width == pytest.approx(0.9, abs=0.05)
    assert found.height == pytest.approx(0.3, abs=0.05)
    assert found.gap == pytest.approx(0.12, abs=0.05)


@pytest.mark.parametrize("degrees", [-10.0, 8.0])
def test_the_direction_of_the_shaft_is_corrected(degrees: float) -> None:
    assert measured(DrawnBone(bent_degrees=degrees)).turn_degrees == pytest.approx(degrees, abs=2)


def test_lengths_in_mm_follow_from_the_spacing() -> None:
    found = measured(DrawnBone(width=0.9, metaphysis_px=80), spacing_mm=0.15)

    assert found.millimetres(1.0) == pytest.approx(12.0, rel=0.04)
    assert found.millimetres(found.width) == pytest.approx(10.8, rel=0.05)
    assert measured(DrawnBone()).millimetres(1.0) is None


def test_overhang_is_measured_on_each_side() -> None:
    found = measured(DrawnBone(width=1.0, shift=0.1))

    assert found.thumb_overhang == pytest.approx(0.1, abs=0.04)
    assert found.small_overhang == pytest.approx(-0.1, abs=0.04)


def test_a_corner_that_bends_past_the_shaft_is_a_cap_on_its_side() -> None:
    plain, capped = measured(DrawnBone(width=1.2)), measured(DrawnBone(width=1.2, thumb_cap=0.15))

    assert plain.thumb_cap < 0.03
    assert capped.thumb_cap > plain.thumb_cap + 0.12
    assert capped.small_cap == pytest.approx(plain.small_cap, abs=0.03)


@pytest.mark.parametrize("fused", [0.0, 0.5, 1.0])
def test_open_share_of_a_plate_that_fuses(fused: float) -> None:
    assert measured(DrawnBone(width=1.05, fused=fused)).open_share == pytest.approx(1 - fused, abs=0.15)


def test_a_hollow_edge_is_concave() -> None:
    assert measured(DrawnBone(hollow=0.0)).concavity == pytest.approx(0, abs=0.03)
    assert measured(DrawnBone(hollow=0.12)).concavity > 0.04


def test_bones_without_an_outline_are_left_out() -> None:
    film, hand = drawn_film(DrawnBone())

    assert list(measure_epiphyses(film, hand, ["radius", "pp3"])) == ["pp3"]
    assert measure_epiphyses(film, hand, ["radius"]) == {}


def test_a_bone_beyond_the_film_gives_finite_numbers() -> None:
    film, hand = drawn_film(DrawnBone())
    small = np.ascontiguousarray(film[:100, :100])

    assert np.isfinite(measure_epiphyses(small, hand, ["pp3"])["pp3"].measures.width)


def test_without_joints_the_usual_direction_is_used() -> None:
    film, hand = drawn_film(DrawnBone())

    assert measure_epiphyses(film, without_joints(hand), ["pp3"])["pp3"].measures.width == pytest.approx(0.9, abs=0.05)


def test_an_empty_film_gives_finite_numbers() -> None:
    _, hand = drawn_film(DrawnBone())

    found = measure_epiphyses(np.zeros((700, 700), np.uint8), hand, ["pp3"])["pp3"].measures

    assert np.isfinite([found.width, found.gap, found.open_share, found.thumb_cap, found.concavity]).all()
    assert found.contrast == 0


def test_points_of_the_view_lead_back_to_the_film() -> None:
    film, hand = drawn_film(DrawnBone(degrees=20))
    view = measure_epiphyses(film, hand, ["pp3"])["pp3"].view

    assert view.on_film(view.outline) == pytest.approx(hand.bones["pp3"].polygon_px)
    assert isinstance(hand, HandOutlines)
