"""Derive the bounds of the canvas and limits of the hand's quality from RSNA training films, and print them as Markdown.

Run from the root of the repository: `python tools/hand_limits.py FOLDER`, where the folder holds the packs of RSNA films. Only
films of the training split are read. `hand/frame.py` and the card of the hand finder hold the numbers that follow.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.datasets.annotations import pose_landmarks, read_joints
from openboneage.datasets.film_set import films_of
from openboneage.datasets.layouts.rsna_packs import Pixels, RsnaFilms
from openboneage.datasets.splits import Split
from openboneage.evaluate.metrics import percent, to_markdown
from openboneage.hand import geometry
from openboneage.hand.finder_card import HAND_FINDER, FinderSpecification
from openboneage.hand.frame import LEFT, TOP, WIDTH
from openboneage.hand.locate import film_to_frame, locate_hand
from openboneage.hand.measures import Measures
from openboneage.hand.quality import Verdict, judge
from openboneage.hand.standard_hand import StandardHand
from openboneage.reading.radiograph import Radiograph
from openboneage.weights.registry import ModelSet
from openboneage.weights.runtime import Model

SUBSETS = ("train", "eval/expert")
FINGERS = 4
FINGERTIP = 0.8
"""A fingertip lies this share of the distance between the last two joints beyond the last one."""
EDGES = {"little finger": (0, LEFT, -1), "fingertips": (1, TOP, -1), "thumb": (0, LEFT + WIDTH, 1)}
"""Edges of the canvas: axis, place in frame units, direction outwards."""

FILMS_EVERY = 4
UPRIGHT_DEGREES = 20.0
CUTS_UNITS = (-0.2, -0.1, 0.0, 0.1, 0.2)
"""Rows above which a film is cut off, in frame units below the third MCP joint."""
REFUSED_SHARE = 0.001
"""Share of undamaged training films that a limit may refuse."""
SHAPES: dict[str, tuple[str, ...]] = {
    "second_hand": ("second_hand",),
    "hand_area": ("hand_area",),
    "mirror_likeness": ("mirror_warn", "mirror_reject"),
    "finger_units": ("fingers_reject", "fingers_warn"),
    "width_units": ("narrow_warn", "wide_warn"),
    "fine_ratio": ("fine_warn",),
}
"""Measures of shape and their limits."""
WITHOUT_SHAPE = {"second_hand": 1.0, "hand_area": np.inf, "mirror_reject": 1.0, "fingers_reject": 0.0}
SHAPE_FILMS = {Pixels.SAMPLED: 10, Pixels.FINE: 20, Pixels.FULL_SIZE: 1}
"""Every so many films of each kind are measured."""
SHAPE_QUANTILES = (0.001, 0.005, 0.5, 0.995, 0.999)


def main() -> None:
    """Print all tables."""
    root, finder = Path(sys.argv[1]), HAND_FINDER.load(ModelSet.find().card(HAND_FINDER.name), threads=1)
    tables = outline_table(root, finder), exposure_table(root, finder), shape_table(root, finder)
    print(canvas_table(RsnaFilms(root)), *tables, sep="\n\n")


def canvas_table(films: RsnaFilms) -> str:
    """How far the fingertips of boxed training films reach, against the edges of the canvas."""
    tips = [fingertips(joints, films.aspects[film_id]) for film_id, joints in boxed(films).items()]
    rows = []
    for name, (axis, edge, outwards) in EDGES.items():
        reach = np.array([outwards * (outwards * hand[:, axis]).max() for hand in tips if hand is not None])
        quantile = outwards * np.quantile(outwards * reach, 0.99)
        inside = (outwards * reach < outwards * edge).mean()
        rows.append([name, f"{edge:.2f}", f"{quantile:.3f}", percent(inside), str(len(reach))])
    return to_markdown(("edge of the canvas", "frame units", "99 % of the films reach at most", "inside", "films"), rows)


def boxed(films: RsnaFilms) -> dict[str, Mapping[str, Sequence[tuple[float, float]]]]:
    """The joints of the training films that experts drew boxes on."""
    joints = {key: value for subset in SUBSETS for key, value in read_joints(films.root / "boxes.csv", subset).items()}
    return {key: value for key, value in joints.items() if key in films.by_id and films.by_id[key].split is Split.TRAIN}


def fingertips(joints: Mapping[str, Sequence[tuple[float, float]]], aspect: float) -> NDArray[np.float64] | None:
    """The five fingertips of a hand in frame units, `(5, 2)`; None where a joint is missing."""
    landmarks, across = pose_landmarks(joints), np.array([aspect, 1.0])
    last, before = (np.array(sorted(joints.get(label, ()))) for label in ("DIP", "PIP"))
    if landmarks is None or len(last) != FINGERS or len(before) != FINGERS + 1:
        return None
    last, before = np.vstack([last, before[FINGERS:]]), np.vstack([before[:FINGERS], landmarks[1:2]])  # the thumb is last
    return geometry.move((last + FINGERTIP * (last - before)) * across, film_to_frame(landmarks * across))


def outline_table(root: Path, finder: Model[FinderSpecification]) -> str:
    """Share of the outline that follows an edge, on training films as they are and, at full size, cut through the hand."""
    limit = finder.specification.calibration.quality_limits.outline_reject
    small, large = RsnaFilms(root), RsnaFilms(root, Pixels.FULL_SIZE)
    shares = {"100 px": [outline_share(small.radiograph(film), finder) for film in films_of(small, Split.TRAIN)[::FILMS_EVERY]]}
    kept = [share for share in shares["100 px"] if share is not None]
    shares |= shares_when_cut([large.radiograph(film) for film in films_of(large, Split.TRAIN)], finder)
    header = ("training films", "films", "refused for another reason", "1 %", "median", "99 %", f"others below {limit:.2f}")
    table = to_markdown(header, [_row(name, each, limit) for name, each in shares.items()])
    return f"{table}\n\nThe {percent(REFUSED_SHARE)} quantile of the first row is {np.quantile(kept, REFUSED_SHARE):.3f}."


def exposure_table(root: Path, finder: Model[FinderSpecification]) -> str:
    """Exposure and bone detail of the hand on training films at 100 px, against their limits."""
    limits, films = finder.specification.calibration.quality_limits, RsnaFilms(root)
    reports = (
        judge(locate_hand(films.radiograph(film), finder), limits) for film in films_of(films, Split.TRAIN)[::FILMS_EVERY]
    )
    kept = [report.measures for report in reports if report.verdict is not Verdict.REJECT]
    beyond = {
        "white": (np.array([each.white_share for each in kept]), (limits.white_warn, limits.white_reject), 1),
        "black": (np.array([each.black_share for each in kept]), (limits.black_warn,), 1),
        "with bone detail": (np.array([each.detail_share for each in kept]), (limits.detail_warn, limits.detail_reject), -1),
    }
    rows = []
    for name, (shares, bounds, outwards) in beyond.items():
        quantiles = [
            f"{outwards * np.quantile(outwards * shares, 1 - share):.3f}" for share in (0.5, 0.01, 0.002, REFUSED_SHARE)
        ]
        over = [percent((outwards * shares > outwards * bound).mean()) for bound in bounds]
        rows.append([name, str(len(kept)), *quantiles, " and ".join(f"{bound:.2f}" for bound in bounds), " and ".join(over)])
    header = ("share of the hand", "films", "median", "worst 1 %", "worst 0.2 %", "worst 0.1 %", "limits", "films beyond them")
    return to_markdown(header, rows)


def shares_when_cut(radiographs: Sequence[Radiograph], finder: Model[FinderSpecification]) -> dict[str, list[float | None]]:
    """Outline shares of upright films at full size, as they are and cut at each row."""
    hands = [locate_hand(radiograph, finder) for radiograph in radiographs]
    upright = [hand for hand in hands if abs(hand.rotation_degrees) < UPRIGHT_DEGREES]
    shares = {"full size": [outline_share(hand.radiograph, finder) for hand in upright]}
    for units in CUTS_UNITS:
        cuts = (cut(hand, units) for hand in upright)
        shares[f"cut {units:+.1f} units below MCP3"] = [outline_share(each, finder) for each in cuts if each is not None]
    return shares


def _row(name: str, shares: Sequence[float | None], limit: float) -> list[str]:
    kept = np.array([share for share in shares if share is not None])
    if not len(kept):
        return [name, str(len(shares)), str(len(shares)), "", "", "", ""]
    quantiles = [f"{quantile:.3f}" for quantile in np.quantile(kept, (0.01, 0.5, 0.99))]
    return [name, str(len(shares)), str(len(shares) - len(kept)), *quantiles, percent((kept < limit).mean())]


def cut(hand: StandardHand, units: float) -> Radiograph | None:
    """The film below a row of the frame; None where the row is not on the film."""
    row = round(float(geometry.move(np.array([[0.0, units]]), geometry.inverse(hand.film_to_frame))[0, 1]))
    if not 0 < row < hand.film.shape[0]:
        return None
    pixels = np.ascontiguousarray(hand.radiograph.display[row:])
    return replace(hand.radiograph, pixels=pixels, display=pixels)


def outline_share(radiograph: Radiograph, finder: Model[FinderSpecification]) -> float | None:
    """Share of the outline that follows an edge; None where the film is refused for another reason."""
    limits = replace(finder.specification.calibration.quality_limits, **WITHOUT_SHAPE, outline_reject=0.0)
    report = judge(locate_hand(radiograph, finder), limits)
    return None if report.verdict is Verdict.REJECT else report.measures.outline_share


def shape_table(root: Path, finder: Model[FinderSpecification]) -> str:
    """Quantiles of the measures of shape on training films that nothing else refuses, and the limits."""
    limits, rows = finder.specification.calibration.quality_limits, []
    for pixels, every in SHAPE_FILMS.items():
        films = RsnaFilms(root, pixels)
        measured = [shape_of(films.radiograph(film), finder) for film in films_of(films, Split.TRAIN)[::every]]
        kept = [measures for measures in measured if measures is not None]
        for name, names in SHAPES.items():
            values = [getattr(each, name) for each in kept if name != "fine_ratio" or each.pixels_per_unit >= limits.fine_px]
            if values:
                cells = [f"{quantile:.3f}" for quantile in np.quantile(values, SHAPE_QUANTILES)]
                rows.append([pixels, str(len(values)), name, *cells, ", ".join(f"{getattr(limits, each):g}" for each in names)])
        at_edge = float(np.mean([bool(each.fingers_at_edge) for each in kept]))
        rows.append([pixels, str(len(kept)), "fingers_at_edge", *[""] * len(SHAPE_QUANTILES), f"{percent(at_edge)} have one"])
    header = ("training films", "films", "measure", *(percent(quantile) for quantile in SHAPE_QUANTILES), "limits")
    return to_markdown(header, rows)


def shape_of(radiograph: Radiograph, finder: Model[FinderSpecification]) -> Measures | None:
    """Measures of a film; None where it is refused for a reason other than its shape."""
    limits = replace(finder.specification.calibration.quality_limits, **WITHOUT_SHAPE)
    report = judge(locate_hand(radiograph, finder), limits)
    return None if report.verdict is Verdict.REJECT else report.measures


if __name__ == "__main__":
    main()
