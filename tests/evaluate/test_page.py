"""Pages: one file, light and dark, safe for any text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from matplotlib.figure import Figure

from openboneage.evaluate.page import Ink, Page, Section, Table, picture


class Elements(HTMLParser):
    """Collects the elements of a page and their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def drawn(title: str) -> Figure:
    figure = Figure()
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], "o", color=Ink.GIRLS, clip_on=True)
    axes.set_xlabel(title, color=Ink.TEXT)
    return figure


@pytest.fixture(scope="module")
def html() -> str:
    pictures = [picture(drawn("months"), "First", "Points."), picture(drawn("years"), "Second", "Points.")]
    table = Table(("film", "error"), [["<b>a&b</b>", "+1.0"]], "Errors", "A note.")
    return Page("A <title>", "Lead.", [("7.6", "MAE")], [Section("Part", "Text.", (table,), pictures)]).html()


def test_page_needs_no_other_file_and_runs_no_script(html: str) -> None:
    elements = Elements(html).found

    assert "script" not in {tag for tag, _ in elements}
    links = [value for _, attributes in elements for name, value in attributes.items() if name in ("src", "href", "xlink:href")]
    assert links
    assert all(value and value.startswith("#") for value in links)
    assert "url(#" in html
    assert not re.search(r"url\((?!#)|@import", html)


def test_text_is_escaped(html: str) -> None:
    assert "<b>" not in html
    assert "&lt;b&gt;a&amp;b&lt;/b&gt;" in html
    assert "<title>A &lt;title&gt;</title>" in html


def test_figures_use_colours_of_both_themes(html: str) -> None:
    light, dark = re.findall(r":root \{(.*?)\}", html, re.DOTALL)
    used = set(re.findall(r"var\((--\w+)\)", html))

    assert {f"--{ink.name.lower()}" for ink in Ink} | {"--page"} <= used | set(re.findall(r"--\w+", light))
    assert used <= set(re.findall(r"--\w+", light)) == set(re.findall(r"--\w+", dark)) | {"--page"}
    assert not any(ink.value in html for ink in Ink)


def test_references_inside_figures_are_unique_and_lead_somewhere(html: str) -> None:
    ids = [attributes["id"] for _, attributes in Elements(html).found if "id" in attributes]
    references = set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', html))

    assert len(ids) == len(set(ids))
    assert {first or second for first, second in references} <= set(ids)


def test_words_of_figures_stay_text(html: str) -> None:
    assert re.search(r"<text[^>]*>months</text>", html)
    assert html.count('role="img"') == 2


def test_the_same_page_has_the_same_bytes() -> None:
    assert picture(drawn("months"), "First", "Points.") == picture(drawn("months"), "First", "Points.")
