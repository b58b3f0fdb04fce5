"""Average precision of found boxes: as precise-BAA 2022 prints it, and as COCO defines it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openboneage.errors import InputError
from openboneage.evaluate.metrics import to_markdown

Boxes = NDArray[np.float64]
"""Left, top, right, bottom, `(n, 4)`, in pixels or any other unit."""

IOU_MIN = 0.5
"""Least overlap of a found box with the drawn one."""
COCO_IOUS = tuple(np.arange(50, 100, 5) / 100)
"""Overlaps over which COCO averages."""
RECALLS = np.linspace(0, 1, 101)
"""Recalls at which COCO reads the precision."""
SHOWN_SCORE_MIN = 0.5
"""Boxes with a lower score are not shown, and do not count for the printed AP."""


@dataclass(frozen=True, eq=False)
class LabelledBoxes:
    """Boxes on one film.

    Attributes:
        boxes: Boxes `(n, 4)`.
        labels: Region of each box, `(n,)`.
        scores: Certainty of each box, 0 to 1, `(n,)`; 1 for drawn ones.
    """

    boxes: Boxes
    labels: NDArray[np.int64]
    scores: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Check the shapes.

        Raises:
            InputError: They differ.
        """
        count = len(self.labels)
        if self.boxes.shape != (count, 4) or self.scores.shape != (count,):
            raise InputError(f"Expected {count} boxes and scores, got shapes {self.boxes.shape} and {self.scores.shape}.")

    def of(self, label: int) -> LabelledBoxes:
        """The boxes of one region, the most certain first."""
        own = np.flatnonzero(self.labels == label)
        own = own[np.argsort(-self.scores[own], kind="stable")]
        return LabelledBoxes(self.boxes[own], self.labels[own], self.scores[own])


@dataclass(frozen=True, eq=False)
class DetectedFilm:
    """A film on which boxes were found and drawn."""

    found: LabelledBoxes
    drawn: LabelledBoxes


def box_iou(first: Boxes, second: Boxes) -> NDArray[np.float64]:
    """Intersection over union of all pairs, `(len(first), len(second))`."""
    corner = np.maximum(first[:, None, :2], second[None, :, :2])
    opposite = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = np.clip(opposite - corner, 0, None).prod(-1)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(-1) for boxes in (first, second)]
    return np.asarray(shared / np.maximum(areas[0][:, None] + areas[1][None] - shared, 1e-12))


def printed_precision(films: Sequence[DetectedFilm], label: int) -> float:
    """AP of a region by Eq. 2 of precise-BAA 2022: the sum of the films' precisions over the number of drawn regions.

    The equation does not define the precision of a region on a film. It is taken as the share of shown boxes (score at least
    0.5) that overlap the drawn region by an IoU of at least 0.5 and are the first to do so; 0 without a shown box.

    Returns:
        0 to 1; NaN where the region was drawn on no film.
    """
    precisions, drawn_count = 0.0, 0
    for film in films:
        found, drawn = film.found.of(label), film.drawn.of(label)
        drawn_count += len(drawn.labels)
        hits = _hits(found, drawn, IOU_MIN)[found.scores >= SHOWN_SCORE_MIN]
        if len(drawn.labels) and len(hits):
            precisions += float(hits.mean()) * len(drawn.labels)
    return precisions / drawn_count if drawn_count else float("nan")


def coco_precision(films: Sequence[DetectedFilm], label: int, iou_min: float = IOU_MIN) -> float:
    """AP of a region as COCO defines it: the area under the precision-recall curve, read at 101 recalls.

    Equal to `pycocotools.cocoeval` on random boxes; crowds and limits of area and count do not occur here.

    Returns:
        0 to 1; NaN where the region was drawn on no film.
    """
    drawn_count = sum(len(film.drawn.of(label).labels) for film in films)
    if not drawn_count:
        return float("nan")
    found = [film.found.of(label) for film in films]
    scores = np.concatenate([each.scores for each in found])
    hits = np.concatenate([_hits(each, film.drawn.of(label), iou_min) for each, film in zip(found, films, strict=True)])
    hits = hits[np.argsort(-scores, kind="stable")]
    true = np.cumsum(hits)
    precision = np.maximum.accumulate((true / np.arange(1, len(true) + 1))[::-1])[::-1]  # the best at this recall or more
    place = np.searchsorted(true / drawn_count, RECALLS)
    return float(np.append(precision, 0.0)[place].mean())


def _hits(found: LabelledBoxes, drawn: LabelledBoxes, iou_min: float) -> NDArray[np.bool_]:
    """Which found boxes, the most certain first, are the first to overlap a drawn one."""
    overlaps, hits = box_iou(found.boxes, drawn.boxes), np.zeros(len(found.labels), bool)
    free = np.ones(len(drawn.labels), bool)
    for place, overlap in enumerate(overlaps):
        candidates = np.where(free, overlap, 0.0)
        if len(candidates) and candidates.max() >= iou_min:
            hits[place] = True
            free[int(candidates.argmax())] = False
    return hits


def detection_table(detectors: Mapping[str, Sequence[DetectedFilm]], regions: Sequence[str]) -> str:
    """AP of each region and mAP of each detector, at an IoU of 0.5: as printed, and by COCO.

    Args:
        detectors: By name, the films with the boxes that each found; all on the same films.
        regions: Name of each label.
    """
    header = ["region", *(f"{name}: {kind}" for name in detectors for kind in ("AP as printed", "COCO AP50"))]
    columns = [
        [measure(films, label) for label in range(len(regions))]
        for films in detectors.values()
        for measure in (printed_precision, coco_precision)
    ]
    rows = [[name, *(f"{column[label]:.3f}" for column in columns)] for label, name in enumerate(regions)]
    rows.append(["mAP", *(f"{np.nanmean(column):.3f}" for column in columns)])
    strict = [f"{_coco_mean(films, len(regions)):.3f}" for films in detectors.values()]
    rows.append(["COCO mAP, IoU 0.50 to 0.95", *(cell for value in strict for cell in ("", value))])
    return to_markdown(header, rows)


def _coco_mean(films: Sequence[DetectedFilm], regions: int) -> float:
    return float(np.nanmean([coco_precision(films, label, iou) for iou in COCO_IOUS for label in range(regions)]))
