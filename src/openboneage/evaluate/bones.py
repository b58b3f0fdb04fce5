"""Accuracy of the bone finder: boxes of joints, outlines of bones, films on which a region is missing, time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import cv2
import numpy as np

from openboneage.batch.executor import Executor, map_chunks
from openboneage.bones.find import find_bones, found_joints, read
from openboneage.bones.finder_card import BONE_FINDER, BoneFinderSpecification
from openboneage.bones.maps import REGION, TIGHT
from openboneage.bones.names import CARPALS, EPIPHYSES, JOINTS, RUS_REGIONS
from openboneage.datasets.film_set import Film, FilmSet
from openboneage.datasets.region_films import Kind, LabelledFilm, RegionFilms
from openboneage.evaluate.detection import DetectedFilm, LabelledBoxes, coco_precision
from openboneage.evaluate.metrics import percent, to_markdown
from openboneage.hand import geometry
from openboneage.hand.finder_card import HAND_FINDER, FinderSpecification
from openboneage.hand.locate import locate_hand
from openboneage.weights.registry import ModelSet
from openboneage.weights.runtime import Model

AGE_BANDS_MONTHS = ((0, 60), (60, 120), (120, 168), (168, 229))
ANY_SCORE = 0.02
"""Boxes with a lower score are not counted; average precision takes all others."""
TIMED = 30
MASK_PX = 2
"""Outlines are compared on masks with this many pixels for each film pixel and direction."""
Result = TypeVar("Result")


@dataclass(frozen=True)
class Finders:
    """The models of both steps."""

    hand: Model[FinderSpecification]
    bones: Model[BoneFinderSpecification]

    @classmethod
    def load(cls, models: ModelSet, threads: int = 1) -> Finders:
        """Load them from a set."""
        return cls(
            HAND_FINDER.load(models.card(HAND_FINDER.name), threads), BONE_FINDER.load(models.card(BONE_FINDER.name), threads)
        )


@dataclass(frozen=True)
class OutlineAnswer:
    """Dice of the outlines of one film.

    Attributes:
        film_id: Film.
        age_months: Bone age as read.
        bones: Dice of each drawn bone with a name; 0 if it was not found.
        all_bones: Dice of everything that was drawn with everything that was found, named or not.
    """

    film_id: str
    age_months: float
    bones: Mapping[str, float]
    all_bones: float


def found_boxes(
    films: RegionFilms, chosen: Sequence[tuple[Film, Kind]], models: ModelSet, executor: Executor
) -> list[DetectedFilm]:
    """Boxes found on films with drawn regions (full or coarse) or boxes by experts, and those drawn.

    Boxes of joints that were not drawn are left out: near the wrist some were drawn as one.

    Returns:
        Boxes in pixels of the finder's picture; labels are numbers of `JOINTS`.
    """
    return [boxes for boxes in _over_films(_boxes, films, chosen, models, executor) if boxes]


def _boxes(film: Film, kind: Kind, labelled: LabelledFilm, finders: Finders) -> DetectedFilm:
    del film
    hand = locate_hand(labelled.radiograph, finders.hand)
    to_canvas = hand.film_to_canvas(finders.bones.specification.preprocessing.height_px)
    to_frame = geometry.chain(geometry.inverse(to_canvas), hand.film_to_frame)
    if kind is Kind.BOXED:
        extent, shapes = TIGHT, {name: geometry.side_middles(box) for name, box in labelled.tight.items()}
    else:
        extent, shapes = REGION, dict(labelled.regions)
    joints, _ = found_joints(read(hand, finders.bones), ANY_SCORE, to_frame)
    found = {name: joints[name] for name in shapes if name in joints}
    drawn = {name: tuple(geometry.bounds(geometry.move(shape, to_canvas))) for name, shape in shapes.items()}
    return DetectedFilm(
        _labelled({name: joint.boxes[extent] for name, joint in found.items()}, [each.peak.score for each in found.values()]),
        _labelled(drawn, [1.0] * len(drawn)),
    )


def _labelled(boxes: Mapping[str, Sequence[float]], scores: Sequence[float]) -> LabelledBoxes:
    sides = np.array(list(boxes.values()), np.float64).reshape(-1, 4)
    return LabelledBoxes(sides, np.array([JOINTS.index(name) for name in boxes], np.int64), np.array(scores, np.float64))


def box_table(films: Sequence[DetectedFilm]) -> str:
    """Average precision by joint, and its mean over the regions of the 13 bones and over all."""
    precisions = {name: coco_precision(films, number) for number, name in enumerate(JOINTS)}
    counts = {name: sum(int((film.drawn.labels == number).sum()) for film in films) for number, name in enumerate(JOINTS)}
    rows = [[name, str(counts[name]), f"{precisions[name]:.3f}"] for name in JOINTS if counts[name]]
    for title, names in (("regions of the 13 bones", RUS_REGIONS), ("all", JOINTS)):
        there = [name for name in names if counts[name]]
        mean = np.mean([precisions[name] for name in there])
        rows.append([f"mean, {title} ({len(there)})", str(sum(counts[name] for name in there)), f"{mean:.3f}"])
    return to_markdown((f"joint ({len(films)} films)", "n", "AP@0.5"), rows)


def outline_answers(
    films: RegionFilms, chosen: Sequence[tuple[Film, Kind]], models: ModelSet, executor: Executor
) -> list[OutlineAnswer]:
    """Outlines of films with drawn bones, against what was drawn."""
    return [answer for answer in _over_films(_outlines, films, chosen, models, executor) if answer]


def _outlines(film: Film, kind: Kind, labelled: LabelledFilm, finders: Finders) -> OutlineAnswer:
    del kind
    hand = locate_hand(labelled.radiograph, finders.hand)
    outlines = find_bones(hand, finders.bones)
    bones = {}
    for name, polygon in labelled.bones.items():
        found = outlines.bones.get(name)
        bones[name] = polygon_dice([polygon], [found.polygon_px]) if found else 0.0
    found_all = [each.polygon_px for each in (*outlines.bones.values(), *outlines.unidentified)]
    drawn_all = [*labelled.bones.values(), *labelled.others]
    return OutlineAnswer(film.id, film.label_months, bones, polygon_dice(drawn_all, found_all))


def polygon_dice(first: Sequence[geometry.Points], second: Sequence[geometry.Points]) -> float:
    """Dice of two sets of polygons, each `(n, 2)` in film pixels."""
    if not first or not second:
        return 0.0
    left, top, right, bottom = geometry.bounds(np.concatenate([*first, *second]))
    size = (int(np.ceil((bottom - top) * MASK_PX)) + 2, int(np.ceil((right - left) * MASK_PX)) + 2)
    masks = []
    for polygons in (first, second):
        mask = np.zeros(size, np.uint8)
        for polygon in polygons:
            cv2.fillPoly(mask, [np.rint(((polygon - (left, top)) * MASK_PX - 0.5) * 16).astype(np.int32)], 1, shift=4)
        masks.append(mask > 0)
    return float(2 * (masks[0] & masks[1]).sum() / max(masks[0].sum() + masks[1].sum(), 1))


def outline_table(answers: Sequence[OutlineAnswer]) -> str:
    """Mean Dice by bone and age band; not found counts as 0."""
    bands = [f"{low // 12} to {high // 12} years" for low, high in AGE_BANDS_MONTHS]
    groups = [[each for each in answers if low <= each.age_months < high] for low, high in AGE_BANDS_MONTHS]
    rows = []
    for title, value in _columns():
        cells = [_mean([v for each in group for v in value(each)]) for group in (*groups, answers)]
        count = sum(len(value(each)) for each in answers)
        if count:
            rows.append([title, str(count), *cells])
    heads = [f"{band} ({len(group)} films)" for band, group in zip(bands, groups, strict=True)]
    return to_markdown(("Dice", "n", *heads, f"all ({len(answers)})"), rows)


def _columns() -> list[tuple[str, Callable[[OutlineAnswer], list[float]]]]:
    def of(*names: str) -> Callable[[OutlineAnswer], list[float]]:
        return lambda answer: [answer.bones[name] for name in names if name in answer.bones]

    groups = [
        ("epiphyses", of(*EPIPHYSES)),
        ("carpal bones", of(*CARPALS)),
        ("epiphyses and carpal bones", of(*EPIPHYSES, *CARPALS)),
    ]
    together = [("all that was drawn, named or not, as one mask", lambda answer: [answer.all_bones])]
    return [*((name, of(name)) for name in (*EPIPHYSES, *CARPALS)), *groups, *together]


def _mean(values: Sequence[float]) -> str:
    return f"{np.mean(values):.3f}" if values else "–"


def missing_table(films: FilmSet, chosen: Sequence[Film], models: ModelSet, executor: Executor) -> str:
    """Share of films on which the regions of all 13 bones are found, and what is missing on the others."""
    missing = map_chunks(partial(_missing_chunk, films, models), chosen, executor, "films")
    complete = sum(not each for each in missing)
    rows = [["all", f"{complete} of {len(missing)} films ({percent(complete / len(missing))})"]]
    rows += [[f"all but {', '.join(each)}", film.id] for film, each in zip(chosen, missing, strict=True) if each]
    return to_markdown(("bones of the 13 whose region is found", "films"), rows)


def _missing_chunk(films: FilmSet, models: ModelSet, chosen: Sequence[Film]) -> list[tuple[str, ...]]:
    finders = Finders.load(models)
    return [find_bones(locate_hand(films.radiograph(film), finders.hand), finders.bones).missing_rus for film in chosen]


def time_ms(films: FilmSet, chosen: Sequence[Film], models: ModelSet) -> tuple[float, float]:
    """Median processor time of finding and outlining on one core, in ms: everything, and the network alone."""
    finders = Finders.load(models)
    whole, network = [], []
    for film in chosen[:TIMED]:
        hand = locate_hand(films.radiograph(film), finders.hand)
        whole.append(_processor_ms(partial(find_bones, hand, finders.bones)))
        picture = np.zeros((1, *finders.bones.specification.input_shape), np.float32)
        network.append(_processor_ms(partial(finders.bones.run, picture)))
    return float(np.median(whole)), float(np.median(network))


def _processor_ms(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return 1000 * (time.process_time() - start)


def _over_films(
    measure: Callable[[Film, Kind, LabelledFilm, Finders], Result],
    films: RegionFilms,
    chosen: Sequence[tuple[Film, Kind]],
    models: ModelSet,
    executor: Executor,
) -> list[Result | None]:
    return map_chunks(partial(_over_chunk, measure, films, models), chosen, executor, "films")


def _over_chunk(
    measure: Callable[[Film, Kind, LabelledFilm, Finders], Result],
    films: RegionFilms,
    models: ModelSet,
    chosen: Sequence[tuple[Film, Kind]],
) -> list[Result | None]:
    finders = Finders.load(models)
    labelled = ((film, kind, films.labelled(film, kind)) for film, kind in chosen)
    return [measure(film, kind, each, finders) if each else None for film, kind, each in labelled]
