from __future__ import annotations

from html.parser import HTMLParser

from openboneage.assess.assessment import RESEARCH_USE
from openboneage.assess.words import comparison_text, interval_text
from openboneage.findings import Finding, Severity
from openboneage.subject import Sex, format_age
from tests import hands
from tests.toy_model import toy_assessor

FILM = hands.png(hands.film("7043", 400))
GIRL = toy_assessor().assess(FILM, Sex.FEMALE, 111.0)
UNKNOWN = toy_assessor().assess(FILM)
REFUSED = toy_assessor().assess(hands.png(hands.not_hand("noise")), Sex.MALE)


class Cells(HTMLParser):
    """The texts of a table's cells, and whether any element is none of a table's."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.foreign = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.foreign = self.foreign or tag not in ("table", "thead", "tbody", "tfoot", "tr", "th", "td")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_repr_is_one_line_of_age_interval_sex_and_verdict() -> None:
    age = hands.bone_age(GIRL)
    mean = f"{format_age(age.mean_months)} ({age.mean_months:.1f} months)"
    assert repr(GIRL) == f"Assessment(bone age {mean}, {interval_text(age.interval)}, girl, {GIRL.verdict})"
    assert str(GIRL) == repr(GIRL)


def test_repr_of_unknown_sex_has_both_ages_and_the_union_of_their_intervals() -> None:
    assert UNKNOWN.by_sex is not None
    girl, boy = (format_age(answer.bone_age.mean_months) for answer in UNKNOWN.answers.values())
    ages = f"bone age {girl} if a girl, {boy} if a boy"
    assert repr(UNKNOWN) == f"Assessment({ages}, {interval_text(UNKNOWN.by_sex.interval)}, sex unknown, accept with findings)"


def test_repr_of_a_refused_film_has_no_age() -> None:
    assert repr(REFUSED) == "Assessment(refused, boy, reject)"


def test_a_notebook_shows_a_small_table() -> None:
    cells = Cells(GIRL._repr_html_())
    assert cells.texts[0] == "upload"
    assert cells.texts[1].startswith("bone age ")
    assert cells.texts[cells.texts.index("interval") + 1] == interval_text(hands.bone_age(GIRL).interval)
    assert GIRL.comparison is not None
    assert cells.texts[cells.texts.index("compared") + 1] == comparison_text(GIRL.comparison)
    assert cells.texts[-1] == RESEARCH_USE
    assert len(GIRL._repr_html_()) < 1000


def test_the_table_escapes_every_text() -> None:
    text = "<script>alert('&')</script>"
    film = GIRL.film.model_copy(update={"name": text})
    finding = Finding("age-unsure", Severity.WARNING, text)
    cells = Cells(GIRL.model_copy(update={"film": film, "findings": (finding,)})._repr_html_())
    assert not cells.foreign
    assert "".join(cells.texts).count(text) == 2


def test_no_answer_and_no_interval_where_the_film_was_refused() -> None:
    assert (REFUSED.answers, REFUSED.interval) == ({}, None)
