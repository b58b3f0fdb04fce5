"""Count films without bone detail that the program answers, and print a Markdown table.

Films are saturated, darkened, filled to silhouettes, or given DICOM windows that cut off the hand's grey levels although the
stored values keep them. Run from the root of the repository: `python tools/lost_detail.py FOLDER SPLIT [EVERY]`, where the
folder holds the packs of RSNA films. Native films come at full size, others at 299 px.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.assess.assessor import Assessor
from openboneage.batch.choice import executor_of
from openboneage.batch.executor import map_chunks
from openboneage.datasets.film_set import Film, films_of
from openboneage.datasets.layouts.rsna_packs import Pixels, RsnaFilms
from openboneage.datasets.splits import Split
from openboneage.evaluate.ages import LoadAssessor, assessor_loader
from openboneage.evaluate.changes import Film8, brighter, noisy
from openboneage.evaluate.metrics import to_markdown
from openboneage.evaluate.stress import seed_of
from openboneage.findings import Severity
from openboneage.hand import geometry
from openboneage.hand.locate import locate_hand
from openboneage.hand.quality import Verdict
from openboneage.hand.standard_hand import MASK_HEIGHT_PX, MASK_THRESHOLD, StandardHand
from openboneage.reading.display import stretch
from openboneage.reading.radiograph import Radiograph
from openboneage.weights.registry import ModelSet

FAR_MONTHS = 24
GAINS = (2, 3, 4)
DARKER_LEVELS = (40, 80)
BLURS_UNITS = (0.06, 0.12)
"""SD of the blur inside a silhouette, in frame units."""
WINDOWS = ((0.15, 0.3), (0.05, 0.1), (0.25, 0.5), (0.5, 0.2), (0.85, 0.3))
"""Centre and width of a window, as shares of the range of 12 bits."""
FULL = 4095


@dataclass(frozen=True)
class Answer:
    """What the program said of one film.

    Attributes:
        answered: Whether it gave an age.
        named: Whether a warning or a refusal names something about the film.
        error_months: Estimate less the age as read; 0 without an answer.
    """

    answered: bool
    named: bool
    error_months: float


def main() -> None:
    """Print the table."""
    root, split, every = Path(sys.argv[1]), Split(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1
    source = RsnaFilms(root, Pixels.FINE)
    films = films_of(source, split)[::every]
    work = partial(answers_of, source, assessor_loader(ModelSet.find()))
    print(table(map_chunks(work, films, executor_of(2), "films"), f"{len(films)} {split} films"))


def answers_of(source: RsnaFilms, load: LoadAssessor, films: Sequence[Film]) -> list[dict[str, Answer]]:
    """Answers on the attacks of each film, by name."""
    assessor = load()
    rows = []
    for film in films:
        plain = source.radiograph(film)
        made = attacks(plain, locate_hand(plain, assessor.finder), seed_of(film))
        rows.append({name: answer(radiograph, film, assessor) for name, radiograph in made.items()})
    return rows


def answer(radiograph: Radiograph, film: Film, assessor: Assessor) -> Answer:
    """What the program says of a film."""
    assessment = assessor.examine_radiograph(radiograph, film.sex).assessment
    named = any(finding.severity is not Severity.NOTE for finding in assessment.findings)
    if assessment.verdict is Verdict.REJECT or assessment.bone_age is None:
        return Answer(False, named, 0.0)
    return Answer(True, named, assessment.bone_age.mean_months - film.label_months)


def attacks(plain: Radiograph, hand: StandardHand, seed: int) -> dict[str, Radiograph]:
    """The film as it is and attacked, by name."""
    film, shown = plain.display, partial(_shown, plain)
    inside = _inside(hand)
    made = {"as it is": plain}
    made |= {f"gain {gain}": shown(brightened(film, gain)) for gain in GAINS}
    made |= {f"{levels} grey levels darker": shown(brighter(film, -levels)) for levels in DARKER_LEVELS}
    flat = filled(film, inside, np.full(film.shape, np.percentile(film[inside], 70)))
    made |= {"silhouette, flat": shown(flat), "silhouette, flat, noise": shown(noisy(flat, 4, seed))}
    for units in BLURS_UNITS:
        name = f"silhouette, blur of {units} units"
        made[name] = shown(filled(film, inside, blurred_inside(film, inside, units * hand.pixels_per_unit)))
    made["silhouette, by thickness"] = shown(filled(film, inside, thickness(film, inside)))
    deep = (film.astype(np.uint16) << 4) + np.random.default_rng(seed).integers(0, 16, film.shape, np.uint16)
    for centre, width in WINDOWS:
        low, high = (centre - width / 2) * FULL, (centre + width / 2) * FULL
        display = stretch(deep.astype(np.float64), low, high)
        made[f"window {centre:.0%}, {width:.0%} wide"] = replace(plain, pixels=deep, display=display)
    return made


def brightened(film: Film8, gain: int) -> Film8:
    """Grey levels multiplied, cut at white."""
    return np.minimum(film.astype(np.uint16) * gain, 255).astype(np.uint8)


def _shown(plain: Radiograph, display: Film8) -> Radiograph:
    return replace(plain, pixels=display, display=display)


def _inside(hand: StandardHand) -> NDArray[np.bool_]:
    """Where the film shows the hand."""
    back = geometry.inverse(hand.film_to_canvas(MASK_HEIGHT_PX))
    return geometry.warp(hand.mask, back, hand.film.shape) > MASK_THRESHOLD


def filled(film: Film8, inside: NDArray[np.bool_], values: NDArray[np.floating]) -> Film8:
    """The film with other values inside the hand, its edge a little blurred."""
    share = cv2.GaussianBlur(inside.astype(np.float64), (0, 0), max(film.shape[0] / 600, 0.5))
    return np.asarray(np.clip(np.rint(share * values + (1 - share) * film), 0, 255), np.uint8)


def blurred_inside(film: Film8, inside: NDArray[np.bool_], sd_px: float) -> NDArray[np.floating]:
    """Gaussian mean of the hand's brightness around each pixel."""
    weight = inside.astype(np.float32)
    total = cv2.GaussianBlur(film * weight, (0, 0), sd_px)
    return np.asarray(total / np.maximum(cv2.GaussianBlur(weight, (0, 0), sd_px), 1e-3))


def thickness(film: Film8, inside: NDArray[np.bool_]) -> NDArray[np.floating]:
    """Brightness that grows from the hand's edge to its middle, as that of soft tissue without bones."""
    depth = np.sqrt(cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 5))
    dark, bright = np.percentile(film[inside], (5, 90))
    smooth = cv2.GaussianBlur(depth / max(float(depth.max()), 1.0), (0, 0), film.shape[0] / 100)
    return np.asarray(dark + (bright - dark) * smooth)


def table(rows: Sequence[dict[str, Answer]], title: str) -> str:
    """How many films are answered, refused, named and far off, by attack."""
    lines = []
    for name in rows[0]:
        answers = [row[name] for row in rows]
        given = [each for each in answers if each.answered]
        far = [each for each in given if abs(each.error_months) > FAR_MONTHS]
        mae = f"{np.mean([abs(each.error_months) for each in given]):.2f}" if given else ""
        unnamed = sum(not each.named for each in far)
        named = sum(each.named for each in answers)
        lines.append([name, *map(str, (len(given), len(answers) - len(given), named)), mae, str(len(far)), str(unnamed)])
    header = (
        title,
        "answered",
        "refused",
        "with a warning or refused",
        "MAE of the answers",
        "over 24 months off",
        "of these without a warning",
    )
    return to_markdown(header, lines)


if __name__ == "__main__":
    main()
