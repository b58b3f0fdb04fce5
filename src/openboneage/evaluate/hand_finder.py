"""Accuracy of the hand finder: polarity, mask, pose and quality, on films and images that it was not trained on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.batch.executor import Executor, map_chunks
from openboneage.datasets.annotations import read_outlines
from openboneage.datasets.cut_out import cut_out
from openboneage.datasets.film_set import Film, films_of
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.datasets.not_hands import read_not_hands
from openboneage.datasets.splits import Split
from openboneage.evaluate.changes import inverted, turned
from openboneage.evaluate.masks import canvas_dice, film_radiograph
from openboneage.evaluate.metrics import percent, to_markdown
from openboneage.hand.finder_card import HAND_FINDER, FinderSpecification
from openboneage.hand.locate import locate_hand
from openboneage.hand.polarity import corner_rule_inverted
from openboneage.hand.quality import QualityReport, Verdict, judge
from openboneage.reading.radiograph import Radiograph
from openboneage.weights.runtime import Model

CUTS = {"unchanged": None, "hand cut out": 0.0, "hand cut out with a margin of 2 %": 0.02}
REAL_HANDS = 1000
TURNS_DEGREES = (0, 90, 180, -90, 37)
Result = TypeVar("Result")


def polarity_table(source: RsnaFilms, finder: Path, executor: Executor) -> str:
    """Share of wrong decisions on held-out films, unchanged and inverted, for the corner rule and for the program."""
    films = films_of(source, Split.HELD_OUT)
    answers = np.array(_over_films(_polarity, source, finder, films, executor))
    rows = []
    for column, name in ((0, "corner rule (Lee 2017, as printed)"), (1, "the program")):
        wrong_plain, wrong_inverted = answers[:, 0, column].mean(), 1 - answers[:, 1, column].mean()
        rows.append([name, percent(wrong_plain), percent(wrong_inverted), percent((wrong_plain + wrong_inverted) / 2)])
    return to_markdown((f"wrong on {len(films)} held-out films", "unchanged", "inverted", "both"), rows)


def _polarity(films: RsnaFilms, finder: Model[FinderSpecification], film: Film) -> list[list[bool]]:
    display = films.radiograph(film).display
    answers = []
    for shown in (display, inverted(display)):
        answers.append([corner_rule_inverted(shown), locate_hand(film_radiograph(shown), finder).inverted])
    return answers


def mask_table(films: RsnaFilms, finder: Path) -> str:
    """Dice against drawn outlines, over the canvas, on films of the validation, held-out and native splits.

    The films are measured unchanged and with the hand cut out along its outline and with a margin.
    """
    model, outlines = HAND_FINDER.load(finder), read_outlines(films.root / "outlines.json")
    there = {films.by_id[i]: mask for i, mask in outlines.items() if i in films.by_id}
    drawn = {film: mask for film, mask in there.items() if film.split is not Split.TRAIN}
    rows = []
    for name, margin in CUTS.items():
        scores = [_dice(films, model, film, mask, margin) for film, mask in drawn.items()]
        worst = ", ".join(f"{score:.3f}" for score in np.sort(scores)[:3])
        rows.append([name, f"{np.mean(scores):.3f}", f"{np.median(scores):.3f}", worst])
    return to_markdown((f"{len(drawn)} outlined films not used for training", "mean Dice", "median", "three worst"), rows)


def _dice(
    films: RsnaFilms, finder: Model[FinderSpecification], film: Film, drawn: NDArray[np.uint8], margin: float | None
) -> float:
    display = films.packed(film).display
    hand = locate_hand(film_radiograph(display if margin is None else cut_out(display, drawn, margin)), finder)
    return canvas_dice(hand, drawn)


def pose_table(source: RsnaFilms, finder: Path, executor: Executor) -> str:
    """Rotation and side of held-out films that were rotated and mirrored, compared with the unchanged films."""
    films = films_of(source, Split.HELD_OUT)[::4]
    answers = np.array(_over_films(_pose, source, finder, films, executor))
    rows = []
    for i, (turn, mirror) in enumerate(_turns()):
        error = np.abs((answers[:, i, 0] + 180) % 360 - 180)
        name = f"rotated by {turn}°" + (", mirrored" if mirror else "")
        rows.append(
            [name, f"{np.median(error):.1f}°", f"{np.quantile(error, 0.95):.1f}°", percent(1 - answers[:, i, 1].mean())]
        )
    return to_markdown((f"{len(films)} held-out films", "rotation error, median", "95 %", "side wrong"), rows)


def _turns() -> list[tuple[int, bool]]:
    return [(turn, mirror) for mirror in (False, True) for turn in TURNS_DEGREES if turn or mirror]


def _pose(films: RsnaFilms, finder: Model[FinderSpecification], film: Film) -> list[tuple[float, float]]:
    shown = films.radiograph(film).display
    plain = locate_hand(film_radiograph(shown), finder)
    answers = []
    for turn, mirror in _turns():
        hand = locate_hand(film_radiograph(turned(shown, turn, mirror)), finder)
        expected = (-plain.rotation_degrees if mirror else plain.rotation_degrees) + turn
        answers.append((hand.rotation_degrees - expected, float(hand.mirrored == (plain.mirrored != mirror))))
    return answers


def quality_table(source: RsnaFilms, not_hands: Path, finder: Path, executor: Executor) -> str:
    """Refusals and findings among real hands of the validation and held-out splits, acceptances among held-out negatives."""
    hands = [*films_of(source, Split.VALIDATION), *films_of(source, Split.HELD_OUT)][:REAL_HANDS]
    reports = _over_films(_judge_film, source, finder, hands, executor)
    negatives = {**read_not_hands(not_hands, Split.HELD_OUT), **read_not_hands(not_hands, Split.VALIDATION)}
    model = HAND_FINDER.load(finder)
    others = [_judge(film_radiograph(_enlarged(pixels)), model) for pixels in negatives.values()]
    rows = [_quality_row("real hands", reports), _quality_row("chest films, CT and MR slices", others)]
    return to_markdown(("images", "n", "accepted", "with findings", "refused", "reasons"), rows)


def _quality_row(name: str, reports: Sequence[QualityReport]) -> list[str]:
    verdicts = [report.verdict for report in reports]
    codes = [finding.code for report in reports for finding in report.findings if finding.severity != "note"]
    reasons = sorted(set(codes), key=lambda code: -codes.count(code))
    counts = [str(verdicts.count(verdict)) for verdict in (Verdict.ACCEPT, Verdict.ACCEPT_WITH_FINDINGS, Verdict.REJECT)]
    return [name, str(len(reports)), *counts, ", ".join(f"{code} {codes.count(code)}" for code in reasons)]


def _judge_film(films: RsnaFilms, finder: Model[FinderSpecification], film: Film) -> QualityReport:
    return _judge(films.radiograph(film), finder)


def _judge(radiograph: Radiograph, finder: Model[FinderSpecification]) -> QualityReport:
    return judge(locate_hand(radiograph, finder), finder.specification.calibration.quality_limits)


def _enlarged(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(pixels, (512, 512), interpolation=cv2.INTER_CUBIC), np.uint8)


def _over_films(
    measure: Callable[[RsnaFilms, Model[FinderSpecification], Film], Result],
    source: RsnaFilms,
    finder: Path,
    films: Sequence[Film],
    executor: Executor,
) -> list[Result]:
    return map_chunks(partial(_over_chunk, measure, source, finder), films, executor, "films")


def _over_chunk(
    measure: Callable[[RsnaFilms, Model[FinderSpecification], Film], Result],
    source: RsnaFilms,
    finder: Path,
    films: Iterable[Film],
) -> list[Result]:
    model = HAND_FINDER.load(finder, threads=1)
    return [measure(source, model, film) for film in films]
