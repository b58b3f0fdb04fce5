from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from openboneage.assess.assessor import Examination
from openboneage.hand import geometry
from openboneage.report.film_panel import FilmView, film_view
from openboneage.report.phrases import phrases_of
from openboneage.subject import Sex
from tests import hands
from tests.toy_model import toy_assessor


def examined(pixels: np.ndarray, sex: Sex = Sex.FEMALE, age_months: float | None = None) -> Examination:
    return toy_assessor().examine(hands.png(pixels), sex, age_months)


def view_of(examination: Examination) -> FilmView:
    return film_view(examination.hand, examination.assessment, phrases_of())


@pytest.mark.parametrize(
    ("change", "caption"),
    [
        (lambda film: film, "left hand"),
        (hands.mirrored, "right hand, mirrored for the estimate"),
        (lambda film: hands.turned(film, 90), r"left hand; turned upright by (7|8|9)\d°"),
    ],
)
def test_the_side_and_a_rotation_are_stated_in_words(change: Callable[[np.ndarray], np.ndarray], caption: str) -> None:
    assert re.fullmatch(caption, view_of(examined(change(hands.film("7043", 400)))).caption)


@pytest.mark.parametrize("degrees", [90, 180, -100])
def test_a_film_that_lay_turned_is_shown_upright(degrees: float) -> None:
    examination = examined(hands.turned(hands.film("7043", 400), degrees))
    hand = examination.hand
    knuckle, radius = geometry.move(
        geometry.move(np.array([(0.0, 0.0), (0.0, 1.0)]), geometry.inverse(hand.film_to_frame)), view_of(examination).onto
    )
    assert radius[1] - knuckle[1] > 3 * abs(radius[0] - knuckle[0])


@pytest.mark.parametrize(
    "refused", [hands.not_hand("noise"), hands.turned(hands.film("7043", 400), 90)], ids=["noise", "adult"]
)
def test_a_refused_film_is_shown_whole_and_unrotated(refused: np.ndarray) -> None:
    view = view_of(examined(refused, age_months=528.0))
    assert view.pixels.shape == refused.shape
    assert view.caption == "the whole film: refused"


def test_without_a_located_hand_there_is_no_outline() -> None:
    assert len(view_of(examined(hands.not_hand("noise"))).outline) == 0


def test_the_outline_is_open_where_the_canvas_ends() -> None:
    """A line across the thumb or the forearm would look like an end of the hand."""
    outline = view_of(hands.examined("14750")).outline
    assert 0.02 < np.isnan(outline[:, 0]).mean() < 0.3
