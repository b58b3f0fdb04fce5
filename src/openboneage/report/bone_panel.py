"""The bones in a figure: outlines on the film, and a sheet with a tile for each of the 13 bones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from openboneage.assess.bone_reader import ReadBones
from openboneage.bones.ages import AgeEstimate, estimate_of
from openboneage.bones.crops import CropSpec, crop_transform, draw_crop
from openboneage.bones.names import RUS
from openboneage.bones.reading import BoneFinding, SeenHand
from openboneage.clinical.maturity import Maturity
from openboneage.clinical.method_registry import scoring_method
from openboneage.hand import geometry
from openboneage.report import wording
from openboneage.report.age_axis import BLUE, DARK, GREY, ORANGE
from openboneage.report.film_panel import FilmView
from openboneage.report.phrases import Phrases
from openboneage.report.report import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

CROP = CropSpec(crop_px=220, margin=1.6)
COLUMNS = 7
PALE = "#dfe3e8"
BARS = 0.28
"""Height of the bars of probabilities, as a share of a crop's."""
AGE_TOP = -BARS - 0.17
"""Place of the age below a crop."""


def draw_bone_outlines(axes: Axes, view: FilmView, seen: SeenHand) -> None:
    """Draw the outlines of the 13 bones and of all others on the film."""
    outlines = seen.outlines
    for outline in (*outlines.bones.values(), *outlines.unidentified):
        corners = geometry.move(np.vstack([outline.polygon_px, outline.polygon_px[:1]]), view.onto) - 0.5
        axes.plot(corners[:, 0], corners[:, 1], color=ORANGE if outline.name in RUS else BLUE, linewidth=0.7)


def draw_bone_sheet(figure: SubFigure, report: Report, bones: ReadBones, say: Phrases) -> None:
    """Draw the tiles of the 13 bones, and their totals; the bones are staged for one sex.

    Args:
        figure: Where to draw.
        report: The report.
        bones: Its bones.
        say: The words of its language.
    """
    grid = figure.add_gridspec(2, COLUMNS, left=0.04, right=0.96, top=0.96, bottom=0.14, hspace=0.62, wspace=0.16)
    for number, bone in enumerate(bones.staged[0].bones):
        _draw_tile(figure.add_subplot(grid[divmod(number, COLUMNS)]), bone, bones.seen, say)
    _draw_totals(figure.add_subplot(grid[1, COLUMNS - 1]), report.stages, say)


def _draw_tile(axes: Axes, bone: BoneFinding, seen: SeenHand, say: Phrases) -> None:
    from matplotlib.patheffects import Normal, Stroke

    axes.set_title(say.bone_names.get(bone.bone, bone.bone), fontsize=7.2, color=DARK, pad=3)
    axes.set_xlim(-0.5, CROP.crop_px - 0.5)
    axes.set_ylim(CROP.crop_px - 0.5, -0.5)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_color(PALE)
    if bone.box is None or bone.stages is None:
        axes.text(CROP.crop_px / 2, CROP.crop_px / 2, "–", fontsize=14, color=GREY, ha="center", va="center")
        return
    onto = _upright(seen, bone.bone, bone.box.corners_px.mean(axis=0))
    pixels = draw_crop(seen.hand.film, onto, CROP)
    low, high = np.percentile(pixels, (1, 99.5))
    axes.imshow(pixels, cmap="gray", vmin=low, vmax=max(high, low + 1), interpolation="lanczos")
    if bone.outline is not None:
        corners = geometry.move(np.vstack([bone.outline.polygon_px, bone.outline.polygon_px[:1]]), onto) - 0.5
        axes.plot(corners[:, 0], corners[:, 1], color=ORANGE, linewidth=0.9)
    label = axes.text(
        0.05, 0.95, f"{bone.stage}", fontsize=13, fontweight="bold", color="white", va="top", transform=axes.transAxes
    )
    label.set_path_effects([Stroke(linewidth=1.5, foreground=DARK), Normal()])
    _draw_bars(axes, bone)
    if bone.age is not None:
        text = _age_text(bone.age, say)
        axes.text(0.5, AGE_TOP, text, fontsize=6.4, color=DARK, ha="center", va="top", transform=axes.transAxes)


def _upright(seen: SeenHand, bone: str, middle_px: geometry.Points) -> geometry.Affine:
    """From film pixels to the tile of a bone: along the bone, its fingertip's end up, as on an upright left hand."""
    onto = crop_transform(seen.outlines, bone, middle_px, CROP)
    if bone[0] not in "pd" and not bone.startswith("mp"):
        return onto
    return geometry.chain(onto, geometry.scaling(1.0, -1.0), geometry.translation(0.0, CROP.crop_px))


def _draw_bars(axes: Axes, bone: BoneFinding) -> None:
    """A bar for the probability of each stage below the crop."""
    names = scoring_method("tw3").stages(bone.bone)
    bars = axes.inset_axes((0.04, -BARS - 0.06, 0.92, BARS))
    shares = np.zeros(len(names)) if bone.stages is None else bone.stages
    bars.bar(range(len(names)), shares, color=[BLUE if name == bone.stage else GREY for name in names], width=0.8)
    bars.set_ylim(0, 1)
    bars.set_yticks([])
    bars.set_xticks(range(len(names)), names)
    bars.tick_params(axis="x", labelsize=5.5, length=0, pad=1, labelcolor=GREY)
    for side in ("left", "right", "top"):
        bars.spines[side].set_visible(False)
    bars.spines["bottom"].set_color(PALE)


def _age_text(age: AgeEstimate, say: Phrases) -> str:
    """`9 y 3 m (8 y 4 m to 10 y 2 m)`."""
    ends = say.range.format(low=wording.age(age.low_months, say), high=wording.age(age.high_months, say))
    return f"{wording.age(age.age_months, say)}\n{ends}"


def _draw_totals(axes: Axes, stages: tuple[Maturity, ...], say: Phrases) -> None:
    axes.axis("off")
    for number, maturity in enumerate(stages):
        top = 1.0 - 0.62 * number
        interval = estimate_of(maturity, maturity.standard)
        ends = say.range.format(low=wording.age(interval.low_months, say), high=wording.age(interval.high_months, say))
        lines = [f"{say.score} {maturity.score}", wording.reading(maturity.age, say), ends]
        axes.text(0, top, scoring_method(maturity.standard).title, fontsize=8, fontweight="bold", color=BLUE, va="top")
        axes.text(0, top - 0.14, "\n".join(lines), fontsize=7, color=DARK, va="top", linespacing=1.4)
