"""Damaged films: findings and refusals on two hands, half hands, stretched, filtered and cropped films.

A finding or a refusal is expected. An answer without a finding is a failure if it is wrong, otherwise a missing finding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from openboneage.assess.assessor import Assessor
from openboneage.batch.executor import Executor, map_chunks
from openboneage.datasets.film_set import Film, FilmSet
from openboneage.evaluate import shape_changes
from openboneage.evaluate.ages import LoadAssessor, Reading, read_radiograph
from openboneage.evaluate.changes import Film8
from openboneage.evaluate.metrics import to_markdown
from openboneage.evaluate.sample import Sample
from openboneage.evaluate.unreadable import radiograph_of, unread, without_unreadable
from openboneage.hand import geometry
from openboneage.hand.locate import locate_hand
from openboneage.hand.quality import Verdict
from openboneage.hand.standard_hand import StandardHand
from openboneage.reading.bounds import MIN_SIDE_PX

Damages = dict[str, Callable[[Film8], Film8]]

PLAIN = "unchanged"
FAR_OFF_MONTHS = 24
UPRIGHT_DEGREES = 20.0
TOPS_UNITS = (1.0, 0.85, 0.7, 0.55, 0.4)
"""Rows at which the fingers are cut off, in frame units beyond the third knuckle."""
LITTLE_FINGER, THUMB = (-0.6, 0.0), (0.6, 0.3)
"""Places in the frame at which the film is cut along the hand."""
WRISTS_UNITS = (0.3, 0.15)
"""Rows below the distal radius at which small prints are cut."""
MEDIAN_SHARE = 31 / 1800
"""A filter of 31 px on a film of 1,800 px."""


@dataclass(frozen=True)
class Row:
    """Counts of one damage.

    Attributes:
        clean: Films answered without a finding.
        found: Films answered with a finding.
        refused: Films refused.
        far_off: Answers more than two years from the reading.
    """

    clean: int
    found: int
    refused: int
    far_off: int

    @classmethod
    def of(cls, readings: Sequence[Reading]) -> Row:
        """Count readings."""
        verdicts = [reading.verdict for reading in readings]
        answered = [reading for reading in readings if reading.answered]
        errors = np.array([reading.age.mean_months - reading.film.label_months for reading in answered])
        return cls(
            clean=verdicts.count(Verdict.ACCEPT),
            found=verdicts.count(Verdict.ACCEPT_WITH_FINDINGS),
            refused=verdicts.count(Verdict.REJECT),
            far_off=int((np.abs(errors) > FAR_OFF_MONTHS).sum()),
        )


def damages(hand: StandardHand, other: Film8) -> Damages:
    """The damages of a film by name, the undamaged film first.

    Args:
        hand: The hand on the undamaged film, for the positions of fingers and wrist.
        other: Film of another child.
    """
    changes: Damages = {
        PLAIN: np.copy,
        "two hands, the same one above itself": lambda film: shape_changes.above(film, film),
        "two hands, another child's below": partial(shape_changes.above, other=other),
        "left half and its mirror image": partial(shape_changes.half_mirrored, left=True),
        "right half and its mirror image": partial(shape_changes.half_mirrored, left=False),
        "stretched across, 1.5 times": partial(shape_changes.stretched, across=1.5, down=1.0),
        "stretched along, 1.5 times": partial(shape_changes.stretched, across=1.0, down=1.5),
        "perspective of 30 %": partial(shape_changes.narrowed, share=0.3),
        "median filter of 31 px": partial(shape_changes.median_filtered, share=MEDIAN_SHARE),
        "print of 100 px": partial(shape_changes.faint, height_px=100, exponent=1),
        "print of 100 px, faint soft tissue": partial(shape_changes.faint, height_px=100, exponent=3),
    }
    return changes | (_cuts(hand) if abs(hand.rotation_degrees) < UPRIGHT_DEGREES else {})


def _cuts(hand: StandardHand) -> Damages:
    """Cuts through fingers and below the wrist of an upright hand."""
    changes: Damages = {}
    for units in TOPS_UNITS:
        row = _on_film(hand, (0.0, -units))[1]
        changes[f"cropped {units:g} above the third knuckle"] = partial(_rows, first=row)
    for units in (0.85, 0.55):
        changes[f"black from {units:g} above the third knuckle on"] = partial(_blackened, row=_on_film(hand, (0.0, -units))[1])
    middle = _on_film(hand, (0.0, 0.0))[0]
    for name, place in (("thumb", THUMB), ("little finger", LITTLE_FINGER)):
        column = _on_film(hand, place)[0]
        changes[f"cropped through the {name}"] = partial(_columns, column=column, keep_left=column > middle)
    for units in WRISTS_UNITS:
        row = _on_film(hand, (0.0, 1 + units))[1]
        changes[f"print of 100 px, cropped {units:g} below the radius"] = partial(_print_above, row=row)
    return changes


def _on_film(hand: StandardHand, place: tuple[float, float]) -> tuple[int, int]:
    """Column and row of a place in the frame."""
    x, y = geometry.move(np.array([place]), geometry.inverse(hand.film_to_frame))[0]
    return round(x), round(y)


def _rows(film: Film8, first: int) -> Film8:
    return np.ascontiguousarray(film[max(first, 0) :])


def _blackened(film: Film8, row: int) -> Film8:
    drawn = film.copy()
    drawn[: max(row, 0)] = np.percentile(film, 2)
    return drawn


def _columns(film: Film8, column: int, keep_left: bool) -> Film8:
    column = min(max(column, 0), film.shape[1])
    return np.ascontiguousarray(film[:, :column] if keep_left else film[:, column:])


def _print_above(film: Film8, row: int) -> Film8:
    return shape_changes.faint(film[:row], height_px=100, exponent=2)


def damage_table(sample: Sample, load: LoadAssessor, executor: Executor) -> str:
    """Answers, findings, refusals and errors under each damage, as a Markdown table.

    Raises:
        InputError: No film can be read.
    """
    pairs = list(zip(sample.films, [*sample.films[1:], sample.films[0]], strict=True))
    results = map_chunks(partial(_read_chunk, sample.source, load), pairs, executor, "damaged films")
    readings = without_unreadable(results, sample.films)
    by_name: dict[str, list[Reading]] = {}
    for name, reading in (item for each in readings for item in each.items()):
        by_name.setdefault(name, []).append(reading)
    rows = [[name, str(len(group)), *_cells(Row.of(group))] for name, group in by_name.items()]
    header = (sample.title, "n", "answered clean", "with a finding", "refused", "answers over 24 months off")
    films = [each[PLAIN].film for each in readings]
    return "\n\n".join(filter(None, (to_markdown(header, rows), unread(sample.films, films))))


def _cells(row: Row) -> list[str]:
    return [str(row.clean), str(row.found), str(row.refused), str(row.far_off)]


def _read_chunk(source: FilmSet, load: LoadAssessor, pairs: Sequence[tuple[Film, Film]]) -> list[dict[str, Reading] | None]:
    assessor = load()
    return [_read_damaged(source, film, other, assessor) for film, other in pairs]


def _read_damaged(source: FilmSet, film: Film, other: Film, assessor: Assessor) -> dict[str, Reading] | None:
    """A film under each damage by name; None where it cannot be read."""
    plain = radiograph_of(source, film)
    if plain is None:
        return None
    beside = radiograph_of(source, other) or plain
    shown = {
        name: change(plain.display) for name, change in damages(locate_hand(plain, assessor.finder), beside.display).items()
    }
    return {
        name: read_radiograph(film, replace(plain, pixels=pixels, display=pixels), assessor)
        for name, pixels in shown.items()
        if min(pixels.shape) >= MIN_SIDE_PX
    }
