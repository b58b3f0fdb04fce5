"""Fit the outlines of epiphyses and carpal bones of synthetic hands to those drawn on RSNA films.

Run from the root of the repository: `python tools/phantom_trends.py FOLDER`, where the folder holds the packs of RSNA films.
It writes `phantom/tables/epiphyses.csv` and `carpals.csv`: medians over films of one part of the stage axis, never a drawn
polygon. Films of `native.csv` and films whose label is unknown are left out. Outlines were drawn slightly outside the edge of
the bone; they are drawn in by `MARGIN`.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from openboneage.bones.names import CARPALS, EPIPHYSES
from openboneage.datasets.regions import Polygon, read_regions
from openboneage.datasets.skeleton import NamedRegions, name_regions
from openboneage.hand import geometry
from openboneage.phantom.growth import carpal_growth, median_stage
from openboneage.phantom.outlines import ACROSS, DIRECTIONS, EpiphysisOutline
from openboneage.subject import Sex, parse_sex

Floats = NDArray[np.float64]

TABLES = Path(__file__).resolve().parents[1] / "src" / "openboneage" / "phantom" / "tables"
MARGIN = 0.002
"""Frame units by which the drawn outlines lie outside the edge of the bone, seen on 16 films."""
STAGE_KNOTS = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)
GROWTH_KNOTS = (0.05, 0.2, 0.4, 0.6, 0.8, 1.0)
FEWEST = 6
"""Films of a knot; knots with fewer are left out."""
EARLIEST = -0.1
"""Growth before which a polygon at the place of a carpal bone is something else."""
DRAWN_CARPALS = tuple(bone for bone in CARPALS if bone != "pisiform")
"""The pisiform lies before the triquetral and was not drawn alone."""
NEAR = 0.07
LARGEST_SHARE = 1.7
"""A polygon over this share of the median area of its age holds two bones."""

PLACES: Mapping[str, tuple[float, float]] = {
    "capitate": (0.045, 0.715), "hamate": (-0.075, 0.70), "triquetral": (-0.145, 0.79), "lunate": (-0.022, 0.872),
    "scaphoid": (0.150, 0.83), "trapezium": (0.230, 0.70), "trapezoid": (0.165, 0.665),
}  # fmt: skip
"""Places of carpal bones in frame units, read off films."""
PHALANGES = {"pp": ("mcp", "pip"), "mp": ("pip", "dip"), "dp": ("pip", "dip")}
"""Joints that give the direction of a phalanx."""
METACARPAL_BASES = {2: (0.19, 0.61), 3: (0.03, 0.60), 4: (-0.07, 0.57), 5: (-0.18, 0.57)}


@dataclass(frozen=True, eq=False)
class Film:
    """One film: sex, bone age in months, named regions."""

    sex: Sex
    age_months: float
    regions: NamedRegions


def main() -> None:
    """Measure and write both tables."""
    films = list(read_films(Path(sys.argv[1])))
    write_epiphyses(films)
    write_carpals(films)
    print(f"{len(films)} films")


def read_films(folder: Path) -> Iterator[Film]:
    """Films with labels and names, without those of the native set."""
    with (folder / "native.csv").open(newline="") as file:
        kept_apart = {row["id"] for row in csv.DictReader(file)}
    with (folder / "train.csv").open(newline="") as file:
        labels = {row["id"]: (parse_sex(row["sex"]), float(row["boneage_months"])) for row in csv.DictReader(file)}
    for film_id, drawn in read_regions(folder / "regions" / "regions.json.gz").items():
        if film_id in labels and film_id not in kept_apart and (regions := name_regions(drawn)):
            yield Film(*labels[film_id], regions)


def write_epiphyses(films: Sequence[Film]) -> None:
    """Medians at each knot of the stage axis."""
    columns = ["films", "along", "half_width", *(f"{side}{i}" for side in ("top", "bottom") for i in range(len(ACROSS)))]
    lines = [
        "# Epiphyses by place on the stage axis: medians over RSNA films drawn by people, frame units (hand/frame.py).",
        "# along: from the joint's centre towards the fingertip; half_width: across; top0..6, bottom0..6: outline from the",
        "# centre towards fingertip and wrist, at -0.9 to 0.9 half widths from the little finger's side to the thumb's.",
        "# Made by tools/phantom_trends.py after Deng et al., Math Biosci Eng 2023; 20(7):13133 (Zenodo 7947924).",
        ",".join(["bone", "stage", *columns]),
    ]
    for bone in EPIPHYSES:
        found = [
            (median_stage(bone, film.sex, film.age_months), np.array([each.along, each.half_width, *each.top, *each.bottom]))
            for film, each in epiphyses_of(bone, films)
        ]
        for knot, count, values in at_knots(STAGE_KNOTS, found):
            lines.append(f"{bone},{knot:g},{count}," + ",".join(f"{value:.4f}" for value in values))
    (TABLES / "epiphyses.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def epiphyses_of(bone: str, films: Sequence[Film]) -> Iterator[tuple[Film, EpiphysisOutline]]:
    """Each drawn epiphysis of a bone, in the coordinates of the bone."""
    for film in films:
        if bone in film.regions.bones and (local := axis_of(bone, film.regions)) is not None:
            polygon = geometry.move(geometry.move(film.regions.bones[bone], film.regions.to_frame), local)
            if (outline := profile(polygon)) is not None:
                yield film, outline


def axis_of(bone: str, regions: NamedRegions) -> geometry.Affine | None:
    """Affine from the frame to across (thumb's side positive) and along the bone (fingertip positive), from the joint."""
    if bone in ("radius", "ulna"):
        return geometry.chain(geometry.translation(0.0, -1.0), geometry.scaling(1, -1))
    centres = {name: geometry.move(polygon.mean(axis=0)[None], regions.to_frame)[0] for name, polygon in regions.joints.items()}
    kind, digit = bone[:2], int(bone[2:])
    joint, ends = ends_of(kind, digit)
    if kind == "mc" and digit > 1 and joint in centres:
        start, end = np.array(METACARPAL_BASES[digit]), centres[joint]
    elif joint in centres and all(name in centres for name in ends):
        start, end = (centres[name] for name in ends)
    else:
        return None
    across = end - start
    degrees = float(np.degrees(np.arctan2(across[0], -across[1])))
    origin = centres[joint]
    return geometry.chain(geometry.translation(*-origin), geometry.rotation(-degrees), geometry.scaling(1, -1))


def ends_of(kind: str, digit: int) -> tuple[str, tuple[str, str]]:
    """The joint at the epiphysis, and the joints between which the bone points."""
    if digit == 1:
        return {"mc": ("cmc1", ("cmc1", "mcp1")), "pp": ("mcp1", ("mcp1", "ip1")), "dp": ("ip1", ("mcp1", "ip1"))}[kind]
    if kind == "mc":
        return f"mcp{digit}", ("wrist", f"mcp{digit}")
    first, second = PHALANGES[kind]
    return {"pp": f"mcp{digit}", "mp": f"pip{digit}", "dp": f"dip{digit}"}[kind], (f"{first}{digit}", f"{second}{digit}")


def profile(outline: Polygon) -> EpiphysisOutline | None:
    """Centre, half width, top and bottom of a polygon; None if it is too small."""
    (left, low), (right, high) = outline.min(axis=0), outline.max(axis=0)
    half = (right - left) / 2 - MARGIN
    if half < MARGIN or high - low < 3 * MARGIN:
        return None
    along = (low + high) / 2
    places = (left + right) / 2 + ACROSS * half
    top, bottom = np.array([crossing(outline, place) for place in places]).T
    return EpiphysisOutline(along, half, top - along - MARGIN, bottom - along + MARGIN)


def crossing(outline: Polygon, across: float) -> tuple[float, float]:
    """Highest and lowest point of an outline at a place across."""
    ends = np.roll(outline, -1, axis=0)
    crossed = (outline[:, 0] <= across) != (ends[:, 0] <= across)
    first, last = outline[crossed], ends[crossed]
    along = first[:, 1] + (across - first[:, 0]) / (last[:, 0] - first[:, 0]) * (last[:, 1] - first[:, 1])
    return float(along.max()), float(along.min())


def at_knots(knots: Sequence[float], found: Sequence[tuple[float, Floats]]) -> Iterator[tuple[float, int, Floats]]:
    """Medians of the measures near each knot; a knot with few films takes the nearest with enough."""
    places = np.array([place for place, _ in found])
    values = np.array([measures for _, measures in found])
    edges = [-np.inf, *((a + b) / 2 for a, b in pairwise(knots)), np.inf]
    inside = [(places > low) & (places <= high) for low, high in pairwise(edges)]
    for knot, each in zip(knots, inside, strict=True):
        if each.sum() >= FEWEST:
            yield knot, int(each.sum()), np.median(values[each], axis=0)


def write_carpals(films: Sequence[Film]) -> None:
    """Medians at each knot of growth."""
    lines = [
        "# Carpal bones by growth (0 appears, 1 adult shape): medians over drawn RSNA films, frame units (hand/frame.py).",
        "# x, y: centre; r0..15: from there to the outline in 16 directions, from the thumb's side towards the wrist.",
        "# Made by tools/phantom_trends.py after Deng et al., Math Biosci Eng 2023; 20(7):13133 (Zenodo 7947924).",
        ",".join(["bone", "growth", "films", "x", "y", *(f"r{i}" for i in range(DIRECTIONS))]),
    ]
    found = named_carpals(films)
    for bone in DRAWN_CARPALS:
        measured = [(growth_on(bone, film), values) for film, values in found[bone]]
        for knot, count, values in at_knots(GROWTH_KNOTS, measured):
            lines.append(f"{bone},{knot:g},{count}," + ",".join(f"{value:.4f}" for value in values))
    (TABLES / "carpals.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def named_carpals(films: Sequence[Film]) -> dict[str, list[tuple[Film, Floats]]]:
    """Film, centre and radii of each carpal bone that was drawn alone."""
    found: dict[str, list[tuple[Film, Floats]]] = defaultdict(list)
    for film in films:
        names = [bone for bone in DRAWN_CARPALS if carpal_growth(bone, film.sex, film.age_months) > EARLIEST]
        polygons = [geometry.move(polygon, film.regions.to_frame) for polygon in film.regions.others]
        centres = np.array([polygon.mean(axis=0) for polygon in polygons]).reshape(-1, 2)
        squares = ((centres[:, None] - np.array([PLACES[name] for name in names]).reshape(-1, 2)) ** 2).sum(-1)
        for row, column in zip(*linear_sum_assignment(np.minimum(squares, NEAR**2)), strict=True):
            if squares[row, column] < NEAR**2:
                found[names[column]].append((film, radial(polygons[row])))
    return {bone: alone(bone, each) for bone, each in found.items()}


def growth_on(bone: str, film: Film) -> float:
    """Growth of a carpal bone in the median child of the film's age."""
    return max(carpal_growth(bone, film.sex, film.age_months), 0.0)


def alone(bone: str, found: Sequence[tuple[Film, Floats]]) -> list[tuple[Film, Floats]]:
    """Without polygons that are much larger than others of the same growth."""
    growths = np.array([growth_on(bone, film) for film, _ in found])
    sizes = np.array([float(np.mean(values[2:] ** 2)) for _, values in found])
    kept = []
    for number, item in enumerate(found):
        near = np.argsort(np.abs(growths - growths[number]))[:25]
        if sizes[number] < LARGEST_SHARE * np.percentile(sizes[near], 35):
            kept.append(item)
    return kept


def radial(outline: Polygon) -> Floats:
    """Centre of gravity, and distance of the outline from it in each direction."""
    mask_scale = 1000.0
    moments = cv2.moments((outline * mask_scale).astype(np.float32))
    centre = np.array([moments["m10"], moments["m01"]]) / max(moments["m00"], 1e-9) / mask_scale
    dense = np.concatenate([np.linspace(a, b, 20) for a, b in zip(outline, np.roll(outline, -1, axis=0), strict=True)]) - centre
    angles = np.arctan2(dense[:, 1], dense[:, 0]) % (2 * np.pi)
    distances = np.hypot(*dense.T) - MARGIN
    wanted = np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS
    nearest = [int(np.argmin(np.abs((angles - angle + np.pi) % (2 * np.pi) - np.pi))) for angle in wanted]
    return np.concatenate([centre, np.maximum(distances[nearest], 0.3 * MARGIN)])


if __name__ == "__main__":
    main()
