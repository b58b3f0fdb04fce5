"""A page to draw on, in millimetres from its upper left corner, with fonts for every name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from pathlib import Path

import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

PLAIN, BOLD, ASIAN = "DejaVuSans", "DejaVuSans-Bold", "STSong-Light"
"""DejaVu Sans comes with matplotlib and is embedded; text that it has no glyphs for gets a font of the viewer for Chinese."""
ELLIPSIS = "…"
SMALLEST = 0.55
"""A text that does not fit is made smaller down to this share of its size: 64 characters of an identifier fit half a page."""


@dataclass(frozen=True)
class Style:
    """Look of a text.

    Attributes:
        size_pt: Size in points.
        colour: Colour, `#rrggbb`.
        bold: Whether it is bold.
        align: `left`, `center` or `right`: which part of the text stands at the given place.
    """

    size_pt: float
    colour: str = "#16191d"
    bold: bool = False
    align: str = "left"


class Paper:
    """One page A4."""

    def __init__(self, title: str, author: str, subject: str, date: str) -> None:
        """Begin a page.

        Args:
            title: Title in the metadata.
            author: Program that makes the page.
            subject: Subject in the metadata.
            date: Date in the metadata, `D:20261121234000+00'00'` (PDF 32000-1, 7.9.4).
        """
        _register_fonts()
        self._buffer: BytesIO = BytesIO()
        self._canvas = Canvas(self._buffer, pagesize=A4, invariant=1)  # the same report gives the same bytes
        self._canvas.setDateFormatter(lambda *_: date)
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)
        self._canvas.setSubject(subject)
        self.width_mm, self.height_mm = (side / mm for side in A4)

    def finish(self) -> bytes:
        """The page as a PDF file."""
        self._canvas.save()
        return self._buffer.getvalue()

    def text(self, x_mm: float, y_mm: float, text: str, style: Style, width_mm: float | None = None) -> None:
        """Write one line; `y_mm` is its baseline. A text wider than `width_mm` is made smaller, and at last cut off."""
        if width_mm is not None:
            text, style = _fitted(text, style, width_mm)
        self._canvas.setFillColor(HexColor(style.colour))
        self._canvas.setFont(_font(text, style), style.size_pt)
        draw = {
            "left": self._canvas.drawString,
            "center": self._canvas.drawCentredString,
            "right": self._canvas.drawRightString,
        }
        draw[style.align](x_mm * mm, self._up(y_mm), text)

    def line(
        self, points: Sequence[tuple[float, float]], colour: str, width_pt: float, dash: Sequence[float] = (), alpha: float = 1
    ) -> None:
        """Draw a line through points, mm."""
        self._canvas.saveState()
        self._canvas.setStrokeColor(HexColor(colour), alpha=alpha)
        self._canvas.setLineWidth(width_pt)
        self._canvas.setDash(list(dash))
        self._canvas.setLineJoin(1)
        path = self._canvas.beginPath()
        path.moveTo(points[0][0] * mm, self._up(points[0][1]))
        for x_mm, y_mm in points[1:]:
            path.lineTo(x_mm * mm, self._up(y_mm))
        self._canvas.drawPath(path)
        self._canvas.restoreState()

    def area(self, points: Sequence[tuple[float, float]], colour: str, alpha: float) -> None:
        """Fill the area within points, mm."""
        self._canvas.saveState()
        self._canvas.setFillColor(HexColor(colour), alpha=alpha)
        path = self._canvas.beginPath()
        path.moveTo(points[0][0] * mm, self._up(points[0][1]))
        for x_mm, y_mm in points[1:]:
            path.lineTo(x_mm * mm, self._up(y_mm))
        path.close()
        self._canvas.drawPath(path, stroke=0, fill=1)
        self._canvas.restoreState()

    def box(self, x_mm: float, y_mm: float, width_mm: float, height_mm: float, colour: str, radius_mm: float = 0) -> None:
        """Fill a rectangle with rounded corners; the place is its upper left corner."""
        self._canvas.setFillColor(HexColor(colour))
        bottom = self._up(y_mm + height_mm)
        self._canvas.roundRect(x_mm * mm, bottom, width_mm * mm, height_mm * mm, radius_mm * mm, stroke=0, fill=1)

    def image(self, pixels: NDArray[np.uint8], x_mm: float, y_mm: float, width_mm: float, height_mm: float) -> None:
        """Draw pixels, grey `(height, width)` or with colours and opacity `(height, width, 4)`; the place is the upper left."""
        reader = ImageReader(Image.fromarray(pixels))
        self._canvas.drawImage(reader, x_mm * mm, self._up(y_mm + height_mm), width_mm * mm, height_mm * mm, mask="auto")

    def _up(self, y_mm: float) -> float:
        """Points from the lower edge, as PDF counts."""
        return float((self.height_mm - y_mm) * mm)


def text_width_mm(text: str, style: Style) -> float:
    """Width of a text."""
    return float(pdfmetrics.stringWidth(text, _font(text, style), style.size_pt) / mm)


def wrapped(text: str, style: Style, width_mm: float) -> list[str]:
    """The lines of a text; a word longer than a line is broken."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width_mm(joined, style) <= width_mm:
            lines[-1] = joined
            continue
        *full, rest = _broken(word, style, width_mm)
        lines += [*full, rest]
    return lines


def shortened(lines: list[str], most: int) -> list[str]:
    """At most so many lines, the last one with an ellipsis if there were more."""
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]} {ELLIPSIS}"]


def _broken(word: str, style: Style, width_mm: float) -> list[str]:
    parts = [""]
    for letter in word:
        if parts[-1] and text_width_mm(parts[-1] + letter, style) > width_mm:
            parts.append("")
        parts[-1] += letter
    return parts


def _fitted(text: str, style: Style, width_mm: float) -> tuple[str, Style]:
    """A text that fits: made smaller down to `SMALLEST`, then cut off."""
    wide = text_width_mm(text, style)
    if wide <= width_mm:
        return text, style
    style = replace(style, size_pt=style.size_pt * max(width_mm / wide, SMALLEST))
    if text_width_mm(text, style) > width_mm:
        while text and text_width_mm(text + ELLIPSIS, style) > width_mm:
            text = text[:-1]
        text += ELLIPSIS
    return text, style


def _font(text: str, style: Style) -> str:
    """The font that has the glyphs of a text."""
    glyphs = pdfmetrics.getFont(PLAIN).face.charToGlyph
    if all(ord(letter) in glyphs for letter in text):
        return BOLD if style.bold else PLAIN
    return ASIAN


@cache
def _register_fonts() -> None:
    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    pdfmetrics.registerFont(UnicodeCIDFont(ASIAN))
