"""Draw the figures of `docs/synthetic-hands.md`: example films beside synthetic ones, and trends of real and synthetic hands.

Run from the root of the repository: `python -m tools.phantom_images FOLDER`, where the folder holds the packs of RSNA films.
The example films are shown only; nothing is fitted to them. Prints how far the medians of the synthetic outlines are from the
drawn ones.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from openboneage.datasets.images import decode_grey
from openboneage.phantom.anatomy import hand_parts
from openboneage.phantom.film import render
from openboneage.phantom.outlines import DIRECTIONS
from openboneage.phantom.parameters import draw_parameters
from openboneage.phantom.shapes import STEPS, Epiphysis, Nodule
from openboneage.phantom.skeleton import pose_skeleton
from openboneage.subject import MONTHS_PER_YEAR, Sex
from tools.phantom_trends import Film, epiphyses_of, named_carpals, read_films

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
EXAMPLES = (
    ("7036", Sex.MALE, 24.0), ("7038", Sex.FEMALE, 46.0), ("14931", Sex.MALE, 84.0),
    ("14750", Sex.FEMALE, 120.0), ("7043", Sex.FEMALE, 156.0), ("7041", Sex.MALE, 168.0),
)  # fmt: skip
"""Example films: name, sex, bone age in months."""
SHEET_SEED, SHEET_PX = 3, 480
WIDTHS = ("radius", "ulna", "mc3", "pp3", "mp3", "dp3")
HEIGHTS = ("radius", "mc3", "pp3")
AREAS = ("capitate", "lunate", "scaphoid")
QUANTITIES = (
    *(f"{bone} width" for bone in WIDTHS),
    *(f"{bone} height" for bone in HEIGHTS),
    *(f"{bone} area" for bone in AREAS),
)
COLOURS = {Sex.FEMALE: "tab:red", Sex.MALE: "tab:blue"}
YEARS = range(2, 18)
FEWEST = 5
SYNTHETIC = 1200

Points = dict[tuple[str, Sex], list[tuple[float, float]]]
"""By quantity and sex: bone age in months, and the value in frame units."""


def main() -> None:
    """Draw both figures and print the deviations."""
    (IMAGES / "phantom-sheet.png").write_bytes(cv2.imencode(".png", sheet())[1].tobytes())
    real, synthetic = real_points(list(read_films(Path(sys.argv[1])))), synthetic_points()
    figure = trends(real, synthetic)
    figure.savefig(IMAGES / "phantom-trends.png", dpi=90)
    for line in deviations(real, synthetic):
        print(line)


def sheet() -> NDArray[np.uint8]:
    """Example films above, synthetic films of the same sex and bone age below."""
    columns = []
    for number, (name, sex, months) in enumerate(EXAMPLES):
        path = ROOT / "examples" / f"{name}.png"
        drawn = draw_parameters(SHEET_SEED + number, 1024, sex, months)
        child = replace(drawn.child, tempo_months=0.0)
        view = replace(drawn.view, mirrored=False, rotation_degrees=0.0, unit_share=0.36)
        exposure = replace(drawn.exposure, inverted=False)
        synthetic = render(replace(drawn, child=child, view=view, exposure=exposure, markers=())).pixels
        columns.append(np.vstack([fitted(decode_grey(path.read_bytes(), name)), fitted(synthetic)]))
    return np.hstack(columns)


def fitted(film: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A film stretched to the whole range of grey, at the height of the sheet and three quarters of its width."""
    low, high = np.percentile(film, (0.5, 99.8))
    stretched = np.clip((film - low) * (255 / max(high - low, 1)), 0, 255).astype(np.uint8)
    width = round(0.75 * SHEET_PX)
    scale = min(SHEET_PX / film.shape[0], width / film.shape[1])
    small = cv2.resize(stretched, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    canvas = np.zeros((SHEET_PX, width), np.uint8)
    top, left = (SHEET_PX - small.shape[0]) // 2, (width - small.shape[1]) // 2
    canvas[top : top + small.shape[0], left : left + small.shape[1]] = small
    return canvas


def real_points(films: Sequence[Film]) -> Points:
    """Widths, heights and areas of drawn outlines."""
    points: Points = defaultdict(list)
    for bone in {*WIDTHS, *HEIGHTS}:
        for film, outline in epiphyses_of(bone, films):
            points[f"{bone} width", film.sex].append((film.age_months, 2 * outline.half_width))
            points[f"{bone} height", film.sex].append((film.age_months, float(np.mean(outline.top - outline.bottom))))
    for bone, found in named_carpals(films).items():
        for film, values in found:
            points[f"{bone} area", film.sex].append((film.age_months, polygon_area(values[2:])))
    return points


def synthetic_points() -> Points:
    """The same of synthetic hands, from their shapes."""
    points: Points = defaultdict(list)
    for seed in range(SYNTHETIC):
        parameters = draw_parameters(seed)
        sex, months = parameters.child.sex, parameters.child.bone_age_months
        for part in hand_parts(parameters, pose_skeleton(parameters)):
            if isinstance(part.shape, Epiphysis):
                points[f"{part.bone} width", sex].append((months, 2 * part.shape.half_width))
                inner = slice(STEPS // 20, -STEPS // 20)
                height = float(np.mean((part.shape.plate_edge - part.shape.joint_edge)[inner]))
                points[f"{part.bone} height", sex].append((months, height))
            elif isinstance(part.shape, Nodule):
                radius = part.shape.radius[:: STEPS // DIRECTIONS].astype(float)
                points[f"{part.bone} area", sex].append((months, polygon_area(radius)))
    return points


def polygon_area(radius: NDArray[np.float64]) -> float:
    """Area of an outline given by its distances from the centre in even steps of direction."""
    return float(0.5 * np.sin(2 * np.pi / len(radius)) * (radius * np.roll(radius, -1)).sum())


def by_year(points: Iterable[tuple[float, float]]) -> Mapping[int, NDArray[np.float64]]:
    """Quartiles of the values in each year with enough of them."""
    years: dict[int, list[float]] = defaultdict(list)
    for months, value in points:
        years[round(months / MONTHS_PER_YEAR)].append(value)
    return {year: np.percentile(years[year], (25, 50, 75)) for year in YEARS if len(years[year]) >= FEWEST}


def trends(real: Points, synthetic: Points) -> Figure:
    """Quartiles of drawn outlines as bars, of synthetic ones as bands."""
    figure = Figure(figsize=(13, 9.5), layout="constrained")
    for axes, quantity in zip(figure.subplots(3, 4).flat, QUANTITIES, strict=True):
        for sex, colour in COLOURS.items():
            drawn, made = by_year(real[quantity, sex]), by_year(synthetic[quantity, sex])
            low, middle, high = np.array(list(drawn.values())).T
            shift = 0.12 if sex is Sex.MALE else -0.12
            places = np.array(list(drawn)) + shift
            label = f"{'girls' if sex is Sex.FEMALE else 'boys'}"
            axes.errorbar(places, middle, (middle - low, high - middle), fmt="o", ms=3, color=colour, label=f"{label}, drawn")
            low, middle, high = np.array(list(made.values())).T
            axes.plot(list(made), middle, color=colour, label=f"{label}, synthetic")
            axes.fill_between(list(made), low, high, color=colour, alpha=0.15, linewidth=0)
        axes.set_title(quantity, fontsize=10)
        axes.set_ylim(bottom=0)
    figure.axes[0].legend(fontsize=8)
    figure.supxlabel("bone age, years")
    figure.supylabel("frame units: 1 is the distance from MCP3 to the distal radius; areas in their squares")
    return figure


def deviations(real: Points, synthetic: Points) -> Iterable[str]:
    """A table: median over ages and sexes of synthetic over drawn medians, and the largest deviations."""
    yield "| quantity | synthetic / drawn, median over ages | lowest | highest |\n| --- | --- | --- | --- |"
    for quantity in QUANTITIES:
        ratios = []
        for sex in COLOURS:
            drawn, made = by_year(real[quantity, sex]), by_year(synthetic[quantity, sex])
            ratios += [made[year][1] / drawn[year][1] for year in drawn if year in made]
        yield f"| {quantity} | {np.median(ratios):.2f} | {min(ratios):.2f} | {max(ratios):.2f} |"


if __name__ == "__main__":
    main()
