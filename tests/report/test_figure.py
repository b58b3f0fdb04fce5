from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from openboneage.assess.assessor import Examination
from openboneage.explain.occlusion import AttentionMap
from openboneage.findings import Finding, Severity
from openboneage.hand import geometry
from openboneage.report.age_axis import BLUE, DARK, GREEN, ORANGE, PURPLE
from openboneage.report.figure import draw_figure
from openboneage.report.film_panel import attention_caption
from openboneage.report.phrases import phrases_of
from openboneage.report.report import Report
from openboneage.subject import Sex
from tests import hands
from tests.report.reports import decided
from tests.toy_model import toy_assessor

DPI = 60
FILM = hands.png(hands.film("7043", 400))
EXAMINATION = toy_assessor().examine(FILM, Sex.FEMALE)


def drawn(examination: Examination, attention: AttentionMap | None = None, **options: Any) -> np.ndarray:
    """The pixels of the figure of an unsigned report, `(height, width, 3)`."""
    return drawn_report(Report(examination, attention), **options)


def drawn_report(report: Report, language: str = "en", **options: Any) -> np.ndarray:
    png = draw_figure(report, phrases_of(language), dpi=DPI, **options)
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
    with Image.open(io.BytesIO(draw_figure(Report(EXAMINATION), phrases_of()))) as image:
        assert image.size == (1300, 1196)


def test_chronological_age_is_drawn_where_known() -> None:
    assert share_of(ORANGE, drawn(toy_assessor().examine(FILM, Sex.FEMALE, 111.0))) > 0.05


def test_both_answers_are_drawn_where_the_sex_is_unknown() -> None:
    unknown, girl = (drawn(toy_assessor().examine(FILM, sex, 111.0)) for sex in (Sex.UNKNOWN, Sex.FEMALE))
    assert min(share_of(PURPLE, unknown), share_of(BLUE, unknown)) > 0.3
    assert share_of(PURPLE, girl) == 0


def test_a_line_above_the_figure_says_who_signed() -> None:
    plain, signed = drawn(EXAMINATION), drawn_report(Report(EXAMINATION, decision=decided("accepted")), signature=True)
    assert signed.shape[0] - plain.shape[0] == pytest.approx(0.36 * DPI, abs=1)
    assert share_of(DARK, signed[:20]) > 800
    assert share_of(DARK, plain[:20]) < 100


def test_the_age_of_a_reader_is_green_and_a_rejected_estimate_is_not_drawn() -> None:
    edited = drawn_report(Report(EXAMINATION, decision=decided("edited", bone_age_months=90.0)))
    assert share_of(GREEN, edited) > share_of(GREEN, drawn(EXAMINATION)) + 0.1
    rejected = drawn_report(Report(EXAMINATION, map_of(12.0), decided("rejected", comment="Turned.")))
    assert share_of(BLUE, rejected) == 0
    assert coloured(rejected, 0) < 500


def test_the_figure_is_in_the_language_of_the_report() -> None:
    assert not np.array_equal(drawn(EXAMINATION), drawn_report(Report(EXAMINATION), "de"))


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


def coloured(picture: np.ndarray, channel: int) -> int:
    """Pixels of the films in which red (0) or blue (2) is much stronger than the other."""
    films = picture.astype(int)[60:380]
    return int((films[..., channel] - films[..., 2 - channel] > 40).sum())


def map_of(months: float) -> AttentionMap:
    """A map with the same change all over the hand."""
    hand = hands.examined("7043").hand
    return AttentionMap((hand.mask[::2, ::2] * months).astype(np.float32), hand.film_to_canvas(128), "occlusion")


@pytest.mark.parametrize(("months", "channel"), [(-9.0, 2), (9.0, 0)])
def test_a_map_is_blue_where_covering_lowers_the_age_and_red_where_it_raises_it(months: float, channel: int) -> None:
    changed, unchanged = (drawn(EXAMINATION, attention=map_of(each)) for each in (months, 0.0))
    assert coloured(changed, channel) > coloured(unchanged, channel) + 2000
    assert abs(coloured(changed, 2 - channel) - coloured(unchanged, 2 - channel)) < 200


def test_a_map_has_one_scale_in_months_on_every_film() -> None:
    """A change below one month is not shown, and a small change is paler than a large one."""
    none, small, large = (drawn(EXAMINATION, attention=map_of(each)) for each in (0.0, 0.9, 12.0))
    assert np.array_equal(none, small)
    assert "by less than 1 month" in attention_caption(map_of(-0.9), phrases_of())
    assert "by less than 1 month" not in attention_caption(map_of(-1.1), phrases_of())
    assert coloured(large, 0) > coloured(none, 0) + 2000


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
