from __future__ import annotations

from openboneage.report.pdf.paper import Paper, Style, shortened, text_width_mm, wrapped
from tests.report.pages import text_of

STYLE = Style(8.0)


def paper() -> Paper:
    return Paper("Title", "author", "subject", "D:20261121234000+00'00'")


def test_words_wrap_within_the_width_and_long_words_break() -> None:
    lines = wrapped("several short words and a " + "very" * 30 + " end", STYLE, 30.0)
    assert all(text_width_mm(line, STYLE) <= 30.0 for line in lines)
    assert "".join(lines).replace(" ", "") == "severalshortwordsanda" + "very" * 30 + "end"
    assert wrapped("", STYLE, 30.0) == []


def test_lines_beyond_the_limit_leave_an_ellipsis() -> None:
    assert shortened(["a", "b", "c"], 2) == ["a", "b …"]
    assert shortened(["a", "b"], 2) == ["a", "b"]


def test_a_text_that_does_not_fit_is_made_smaller_then_cut() -> None:
    sheet = paper()
    sheet.text(20, 50, "a text that is a little too wide", STYLE, 35.0)
    sheet.text(20, 80, "a text that is much too wide " * 9, STYLE, 35.0)
    text = text_of(sheet.finish())
    assert "a text that is a little too wide" in text
    assert "…" in text
