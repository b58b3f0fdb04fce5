from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from openboneage.assess.assessor import Examination
from openboneage.explain.occlusion import OcclusionSpec, occlusion_map
from openboneage.findings import Finding, Severity
from openboneage.hand import geometry
from openboneage.report.age_axis import BLUE, ORANGE, PURPLE
from openboneage.report.figure import GREEN, draw_figure
from openboneage.subject import Sex
from tests import hands
from tests.toy_model import toy_assessor

DPI = 60
FILM = hands.png(hands.film("7043", 400))
EXAMINATION = toy_assessor().examine(FILM, Sex.FEMALE)


def drawn(examination: Examination, **options: Any) -> np.ndarray:
    """The figure's pixels, `(height, width, 3)`."""
    png = draw_figure(examination, dpi=DPI, **options)
    with Image.open(io.BytesIO(png)) as image:
        assert image.format == "PNG"
        assert image.info["Software"].startswith("openboneage ")
        return np.array(image.convert("RGB"))


def share_of(colour: str, picture: np.ndarray) -> float:
    """Share of the pixels that are nearly of a colour, in 1/1000."""
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return 1000 * float((np.abs(picture.astype(int) - wanted).max(axis=2) < 12).mean())


def test_figure_of_an_accepted_film() -> None:
    picture = drawn(EXAMINATION)
    assert picture.shape == (round(9.2 * DPI), 10 * DPI, 3)
    assert share_of(GREEN, picture) > 0.03
    assert share_of(BLUE, picture) > 0.5
    assert share_of(ORANGE, picture) == 0


def test_figure_is_sharp_enough_to_print() -> None:
    with Image.open(io.BytesIO(draw_figure(EXAMINATION))) as image:
        assert image.size == (1300, 1196)


def test_chronological_age_is_drawn_where_known() -> None:
    assert share_of(ORANGE, drawn(toy_assessor().examine(FILM, Sex.FEMALE, 111.0))) > 0.05


def test_both_answers_are_drawn_where_the_sex_is_unknown() -> None:
    unknown, girl = (drawn(toy_assessor().examine(FILM, sex, 111.0)) for sex in (Sex.UNKNOWN, Sex.FEMALE))
    assert min(share_of(PURPLE, unknown), share_of(BLUE, unknown)) > 0.3
    assert share_of(PURPLE, girl) == 0


def test_a_boy_of_two_and_one_of_sixteen_each_have_an_axis_that_fits() -> None:
    for age_months in (6.0, 24.0, 192.0):
        assert share_of(ORANGE, drawn(toy_assessor().examine(FILM, Sex.MALE, age_months))) > 0.03


@pytest.mark.parametrize("age_months", [0.0, 228.0, 600.0])
def test_chronological_age_may_lie_off_the_axis(age_months: float) -> None:
    assert drawn(toy_assessor().examine(FILM, Sex.FEMALE, age_months)).shape[2] == 3


def test_refused_film_shows_no_age() -> None:
    assert share_of(BLUE, drawn(toy_assessor().examine(hands.png(hands.not_hand("noise")), Sex.MALE))) == 0


@pytest.mark.parametrize("kind", ["black", "text", "vignette"])
@pytest.mark.parametrize("size_px", [(320, 256), (33, 900)], ids=str)
def test_whatever_was_refused_can_be_drawn(kind: str, size_px: tuple[int, int]) -> None:
    drawn(toy_assessor().examine(hands.png(hands.not_hand(kind, size_px))))


@pytest.mark.parametrize("shift", [(5000, 0), (0, 5000), (-5000, -5000)])
def test_hand_outside_the_film_can_be_drawn(shift: tuple[int, int]) -> None:
    moved = geometry.chain(geometry.translation(*shift), EXAMINATION.hand.film_to_frame)
    drawn(replace(EXAMINATION, hand=replace(EXAMINATION.hand, film_to_frame=moved)))


def test_map_has_a_panel_of_its_own() -> None:
    attention = occlusion_map(EXAMINATION.hand, Sex.FEMALE, toy_assessor().estimator, OcclusionSpec(0.14, 0.1))
    with_map, without = drawn(EXAMINATION, attention=attention).astype(int), drawn(EXAMINATION).astype(int)
    middle = slice(100, 400)

    def reddish(picture: np.ndarray) -> int:
        return int(((picture[middle, :, 0] - picture[middle, :, 2]) > 60).sum())

    assert reddish(with_map) > 200 > reddish(without)


@pytest.mark.parametrize("name", ["$x$.png", "$\\bad{$.png", "a_b^c.png", "Jörg–Åse.png", "f\udcfc.png", "n" * 200])
def test_any_file_name_can_be_drawn(name: str) -> None:
    film = EXAMINATION.assessment.film.model_copy(update={"name": name})
    drawn(replace(EXAMINATION, assessment=EXAMINATION.assessment.model_copy(update={"film": film})))


@pytest.mark.parametrize("count", [1, 5, 12])
def test_findings_stay_on_the_figure(count: int) -> None:
    finding = Finding("low-contrast", Severity.WARNING, "The hand spans only a few of 255 grey levels, so say " + "many " * 40)
    assessment = EXAMINATION.assessment.model_copy(update={"findings": (finding,) * count})
    picture = drawn(replace(EXAMINATION, assessment=assessment))
    left_half = picture[:, : picture.shape[1] // 2]
    assert (left_half[-3:] > 250).all()
    assert (left_half[int(0.885 * len(picture)) : int(0.93 * len(picture))] < 100).any()


def test_same_examination_same_figure() -> None:
    assert np.array_equal(drawn(EXAMINATION), drawn(EXAMINATION))
