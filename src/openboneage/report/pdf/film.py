"""The film with the outline of the hand, and the occlusion map with its scale."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from openboneage.report.age_axis import GREEN, GREY
from openboneage.report.film_panel import (
    FULL_MONTHS,
    FilmView,
    attention_caption,
    attention_colours,
    attention_scale,
    attention_ticks,
    film_view,
)
from openboneage.report.pdf.paper import Paper, Style
from openboneage.report.phrases import Phrases
from openboneage.report.report import Report

CAPTION = Style(6.8, GREY, align="center")
CAPTION_MM, SCALE_MM = 5.0, 6.0
"""Height of the caption above a panel, and of the scale below the map."""
GAP_MM = 4.0
FEWEST_PX = 900
COLOURS_PX = 360, 480
"""Width and height of the map's colours, which are smooth."""


@dataclass(frozen=True)
class Place:
    """Place of a drawing on the page: upper left corner and size, mm."""

    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float


def draw_films(paper: Paper, place: Place, report: Report, say: Phrases) -> None:
    """Draw the film, and beside it the map if the report states a bone age and has a map."""
    hand = report.examination.hand
    view = film_view(hand, report.assessment, say)
    has_map = report.attention is not None and bool(report.stated_ages)
    width_mm = (place.width_mm - GAP_MM) / 2 if has_map else place.width_mm
    left_mm = place.left_mm
    film = _inside(Place(left_mm, place.top_mm + CAPTION_MM, width_mm, place.height_mm - CAPTION_MM - SCALE_MM), view)
    _draw_film(paper, film, view)
    _draw_outline(paper, film, view)
    paper.text(left_mm + width_mm / 2, place.top_mm + CAPTION_MM - 1.5, view.caption, CAPTION, width_mm)
    if report.attention is None or not has_map:
        return
    shift_mm = width_mm + GAP_MM
    beside = Place(film.left_mm + shift_mm, film.top_mm, film.width_mm, film.height_mm)
    _draw_film(paper, beside, view)
    colours = cv2.resize(attention_colours(report.attention, view), COLOURS_PX, interpolation=cv2.INTER_LINEAR)
    paper.image(np.rint(255 * colours).astype(np.uint8), beside.left_mm, beside.top_mm, beside.width_mm, beside.height_mm)
    centre_mm = left_mm + shift_mm + width_mm / 2
    paper.text(centre_mm, place.top_mm + CAPTION_MM - 1.5, attention_caption(report.attention, say), CAPTION, width_mm)
    _draw_scale(paper, centre_mm, beside.top_mm + beside.height_mm + 1.2, 0.66 * width_mm, say)


def _inside(place: Place, view: FilmView) -> Place:
    """The largest place of the film's shape, in the middle of another one."""
    rows, columns = view.pixels.shape
    scale = min(place.width_mm / columns, place.height_mm / rows)
    width_mm, height_mm = columns * scale, rows * scale
    return Place(place.left_mm + (place.width_mm - width_mm) / 2, place.top_mm, width_mm, height_mm)


def _draw_film(paper: Paper, place: Place, view: FilmView) -> None:
    """Draw the pixels; a small film is enlarged smoothly, since most viewers show pixels as squares."""
    enlarged = max(FEWEST_PX / max(view.pixels.shape), 1.0)
    pixels = cv2.resize(view.pixels, None, fx=enlarged, fy=enlarged, interpolation=cv2.INTER_CUBIC)
    paper.image(np.asarray(pixels, np.uint8), place.left_mm, place.top_mm, place.width_mm, place.height_mm)


def _draw_outline(paper: Paper, place: Place, view: FilmView) -> None:
    """Draw the outline; it is open where the hand continues beyond the analysed area."""
    scale = place.height_mm / view.pixels.shape[0]
    closed = np.vstack([view.outline, view.outline[:1]])
    gaps = np.isnan(closed).any(axis=1)
    for part in np.split(closed, np.flatnonzero(gaps)):
        points = [(place.left_mm + x * scale, place.top_mm + y * scale) for x, y in part[~np.isnan(part).any(axis=1)]]
        if len(points) > 1:
            paper.line(points, GREEN, 0.9)


def _draw_scale(paper: Paper, centre_mm: float, top_mm: float, width_mm: float, say: Phrases) -> None:
    months = np.linspace(-FULL_MONTHS, FULL_MONTHS, 128)
    colours = np.rint(255 * attention_scale().to_rgba(months)[None]).astype(np.uint8)
    paper.image(colours, centre_mm - width_mm / 2, top_mm, width_mm, 1.4)
    lower, middle, higher = attention_ticks(say)
    small = Style(5.8, GREY, align="center")
    paper.text(centre_mm, top_mm + 4, middle, small)
    paper.text(centre_mm - width_mm / 2, top_mm + 4, lower, small)
    paper.text(centre_mm + width_mm / 2, top_mm + 4, higher, small)
