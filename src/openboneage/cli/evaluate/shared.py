"""Options and helpers that the measurements share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from openboneage.cli.output import err, out
from openboneage.datasets.splits import Split
from openboneage.weights.registry import ModelSet

if TYPE_CHECKING:
    from openboneage.evaluate.ages import LoadAssessor, Reading
    from openboneage.evaluate.calibration import UncalibratedReading
    from openboneage.evaluate.sample import Sample

MANY_FILMS = 200

Every = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help=f"Use every Nth film. Default: every 4th if there are more than {MANY_FILMS} films."),
]
OneSplit = Annotated[
    Split | None,
    typer.Option(
        "--split",
        help="held-out, native or validation. Default: held-out for RSNA training films, all films of other sets.",
    ),
]


def loader_of(models: str | None, estimator: str) -> LoadAssessor:
    """Load an assessor with these models and this estimator, in any process."""
    from openboneage.evaluate.ages import assessor_loader

    return assessor_loader(ModelSet.find(models), estimator)


def print_unread(sample: Sample, readings: Sequence[Reading | UncalibratedReading]) -> None:
    """Print the number of films that could not be read, if there are any."""
    from openboneage.evaluate.unreadable import unread

    if sentence := unread(sample.films, [reading.film for reading in readings]):
        out.print(sentence)


def announced(sample: Sample) -> Sample:
    """The sample, its note printed on standard error."""
    err.print(sample.note)
    return sample


def every_nth(sample: Sample) -> int:
    """Every Nth film, for measurements that assess each film many times."""
    return 4 if len(sample.films) > MANY_FILMS else 1
