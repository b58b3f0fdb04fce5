"""A page of tables and figures as one HTML file: no scripts, no other files, light and dark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Ink(StrEnum):
    """Colours of figures. The page replaces each by a colour of its theme, so that a figure fits light and dark pages."""

    TEXT = "#010203"
    MUTED = "#010204"
    GRID = "#010205"
    GIRLS = "#010206"
    BOYS = "#010207"
    UNKNOWN = "#010208"
    MARK = "#010209"


@dataclass(frozen=True)
class Table:
    """A table; the first column holds names, the others numbers.

    Attributes:
        header: Names of the columns.
        rows: Cells.
        title: Title; empty for none.
        note: A sentence below; empty for none.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """A figure with its caption.

    Attributes:
        svg: The figure as an SVG element.
        title: Title.
        caption: What it shows.
    """

    svg: str
    title: str
    caption: str


@dataclass(frozen=True)
class Section:
    """A part of a page.

    Attributes:
        title: Heading.
        text: A paragraph; empty for none.
        tables: Tables.
        pictures: Figures, side by side where there is room.
    """

    title: str
    text: str = ""
    tables: Sequence[Table] = ()
    pictures: Sequence[Picture] = ()


@dataclass(frozen=True)
class Page:
    """A page.

    Attributes:
        title: Title.
        lead: First paragraph.
        figures: The most important numbers: value and name.
        sections: Parts.
    """

    title: str
    lead: str
    figures: Sequence[tuple[str, str]] = ()
    sections: Sequence[Section] = field(default=())

    def html(self) -> str:
        """The page as HTML."""
        from jinja2 import Environment, PackageLoader, StrictUndefined

        loader = PackageLoader("openboneage", "evaluate/templates")
        environment = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        return environment.get_template("page.html").render(page=self)


_OPENING = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_ROOT = re.compile(r'^<svg\b[^>]*?(viewBox="[^"]*")[^>]*>')
_UNUSED_ID = re.compile(r'<g id="[^"]*">')
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)


def picture(figure: Figure, title: str, caption: str) -> Picture:
    """Draw a figure as SVG, in the colours of the page.

    Args:
        figure: The figure, drawn in the colours of `Ink`.
        title: Title.
        caption: What it shows.
    """
    import matplotlib

    buffer = StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": title}):
        figure.savefig(buffer, format="svg", metadata={"Date": None}, transparent=True)
    svg = _METADATA.sub("", _OPENING.sub("", buffer.getvalue()))
    svg = _UNUSED_ID.sub("<g>", svg)  # several figures of a page would share these ids
    svg = _ROOT.sub(r'<svg \1 role="img">', svg)
    for ink in Ink:
        svg = svg.replace(ink.value, f"var(--{ink.name.lower()})")
    return Picture(svg, title, caption)
