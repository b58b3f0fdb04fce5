"""The panels with the film: the hand with its outline, and the occlusion map in months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from openboneage.assess.assessment import Assessment
from openboneage.assess.parts import Pose
from openboneage.explain.occlusion import AttentionMap
from openboneage.hand import geometry
from openboneage.hand.frame import canvas_size, draw_smooth
from openboneage.hand.quality import Verdict, located
from openboneage.hand.standard_hand import MASK_HEIGHT_PX, StandardHand
from openboneage.report.age_axis import GREEN, GREY
from openboneage.report.phrases import Phrases
from openboneage.subject import Laterality

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable

LONGEST_SIDE_PX = 1200
FIELD_MARGIN = 0.12
"""Margin shown around the hand, as a share of its height."""
TURN_DEGREES = 30.0
"""A hand rotated by more than this is shown upright."""
FULL_MONTHS, LEAST_MONTHS = 12.0, 1.0
"""The colours of the occlusion map saturate at `FULL_MONTHS`; below `LEAST_MONTHS` there is no colour."""


@dataclass(frozen=True, eq=False)
class FilmView:
    """The part of a film that a figure shows.

    Attributes:
        pixels: Brightness, stretched for the eye, `(height, width)` uint8.
        onto: Affine from film pixels to these.
        outline: The hand's outline on them, `(n, 2)`; NaN where the outline is only that of the canvas.
        caption: Side of the hand, and how it was transformed.
    """

    pixels: NDArray[np.uint8]
    onto: geometry.Affine
    outline: NDArray[np.float64]
    caption: str


def film_view(hand: StandardHand, assessment: Assessment, say: Phrases) -> FilmView:
    """The part around the hand, upright; the whole unrotated film if it was refused."""
    outline = hand.outline_film[0] if located(assessment.findings) and hand.outline_film else np.empty((0, 2))
    refused = assessment.verdict is Verdict.REJECT
    turned = 0.0 if refused or abs(assessment.pose.rotation_degrees) <= TURN_DEGREES else assessment.pose.rotation_degrees
    upright = geometry.rotation(-turned)
    (left, top), (right, bottom) = _field(hand, np.empty((0, 2)) if refused else outline, upright)
    scale = min(LONGEST_SIDE_PX / max(right - left, bottom - top), 1.0)
    size_px = max(round((bottom - top) * scale), 1), max(round((right - left) * scale), 1)
    onto = geometry.chain(upright, geometry.translation(-left, -top), geometry.scaling(scale, scale))
    pixels = _stretched(draw_smooth(hand.film, onto, size_px))
    side = say.whole_film if refused else _side(assessment.pose, say)
    caption = say.turned.format(side=side, degrees=f"{abs(turned):.0f}") if turned else side
    return FilmView(pixels, onto, geometry.move(_without_canvas_edge(hand, outline), onto), caption)


def draw_film(axes: Axes, view: FilmView) -> None:
    """Draw the film and the outline of the hand."""
    axes.imshow(view.pixels, cmap="gray", vmin=0, vmax=255, interpolation="lanczos")
    line = np.vstack([view.outline, view.outline[:1]]) - 0.5
    axes.plot(line[:, 0], line[:, 1], color=GREEN, linewidth=1.1)
    _caption(axes, view.caption, view)


def draw_attention(axes: Axes, attention: AttentionMap, view: FilmView, say: Phrases) -> None:
    """Draw the occlusion map over the film, with its scale in months below."""
    axes.imshow(view.pixels, cmap="gray", vmin=0, vmax=255, interpolation="lanczos")
    axes.imshow(attention_colours(attention, view), interpolation="bilinear")
    _caption(axes, attention_caption(attention, say), view)
    bar = axes.inset_axes((0.1, -0.035, 0.8, 0.018))
    axes.figure.colorbar(attention_scale(), cax=bar, orientation="horizontal", ticks=(-FULL_MONTHS, 0, FULL_MONTHS))
    bar.set_xticklabels(attention_ticks(say))
    bar.tick_params(labelsize=7.5, color=GREY, labelcolor=GREY, length=2, pad=1)


def attention_colours(attention: AttentionMap, view: FilmView) -> NDArray[np.float64]:
    """Colours and opacity of the occlusion map over the pixels of a view, `(height, width, 4)`, 0 to 1."""
    back = geometry.inverse(attention.film_to_map)
    return change_colours(geometry.warp(attention.change_months, geometry.chain(back, view.onto), view.pixels.shape))


def change_colours(change_months: NDArray[np.float32]) -> NDArray[np.float64]:
    """Colours and opacity of changes `(height, width)` in months, `(height, width, 4)`, 0 to 1."""
    colours = np.array(attention_scale().to_rgba(change_months))
    colours[..., 3] = 0.75 * np.clip((np.abs(change_months) - LEAST_MONTHS) / (0.4 * FULL_MONTHS), 0, 1)
    return colours


def attention_scale() -> ScalarMappable:
    """The colours of the occlusion map, from `-FULL_MONTHS` to `FULL_MONTHS`."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    return ScalarMappable(Normalize(-FULL_MONTHS, FULL_MONTHS), "RdBu_r")


def attention_caption(attention: AttentionMap, say: Phrases) -> str:
    """Caption of the map, also if it is empty."""
    if np.abs(attention.change_months).max() < LEAST_MONTHS:
        return say.map_flat.format(months=f"{LEAST_MONTHS:g}")
    return say.map_caption


def attention_ticks(say: Phrases) -> tuple[str, str, str]:
    """Names of the left end, the middle and the right end of the scale."""
    return say.map_lower.format(months=f"{FULL_MONTHS:g}"), "0", say.map_higher.format(months=f"{FULL_MONTHS:g}")


def _field(hand: StandardHand, outline: NDArray[np.float64], upright: geometry.Affine) -> NDArray[np.float64]:
    """Left top and right bottom of what is shown, `(2, 2)`, in whole pixels of the upright film."""
    height, width = hand.film.shape
    corners = geometry.move(np.array([(0, 0), (width, 0), (width, height), (0, height)], float), upright)
    ends = np.array([corners.min(axis=0), corners.max(axis=0)])
    if len(outline):
        points = geometry.move(outline, upright)
        margin = FIELD_MARGIN * float(np.ptp(points[:, 1]))
        around = np.array([points.min(axis=0) - margin, points.max(axis=0) + margin])
        ends = np.clip(around, ends[0], ends[1])
    low = np.floor(ends[0])
    return np.array([low, np.maximum(np.ceil(ends[1]), low + 1)])


def _without_canvas_edge(hand: StandardHand, outline: NDArray[np.float64]) -> NDArray[np.float64]:
    """The outline with NaN where it runs along the edge of the canvas: the hand continues there."""
    height, width = canvas_size(MASK_HEIGHT_PX)
    places = geometry.move(outline, hand.film_to_canvas(MASK_HEIGHT_PX))
    inside = np.all((places > 1.5) & (places < (width - 1.5, height - 1.5)), axis=1, keepdims=True)
    return np.where(inside, outline, np.nan)


def _stretched(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    low, high = np.percentile(pixels, (0.5, 99.7))
    return np.asarray(np.clip((pixels.astype(np.float32) - low) / max(high - low, 1) * 255, 0, 255), np.uint8)


def _side(pose: Pose, say: Phrases) -> str:
    """`right hand, mirrored for the estimate`."""
    names = {Laterality.LEFT: say.left_hand, Laterality.RIGHT: say.right_hand, Laterality.UNKNOWN: say.side_unknown}
    side = names[pose.laterality]
    return say.mirrored.format(side=side) if pose.mirrored else side


def _caption(axes: Axes, text: str, view: FilmView) -> None:
    height, width = view.pixels.shape
    axes.set_xlim(-0.5, width - 0.5)
    axes.set_ylim(height - 0.5, -0.5)
    axes.axis("off")
    axes.set_title(text, fontsize=8.5, color=GREY, pad=3)
