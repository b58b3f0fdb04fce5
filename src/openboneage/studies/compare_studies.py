"""All studies and the shipped model on the same held-out and native films: `boneage study compare`.

Every model is measured through the whole program, on every film that can be read, whether or not the program would report its
age: so all rows of a split have the same films. Printed figures are those of the papers, on their own data.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx

from openboneage.assess.assessor import Assessor
from openboneage.assess.estimators.registry import DEFAULT_ESTIMATOR
from openboneage.assess.estimators.studies import STUDY_ESTIMATORS
from openboneage.batch.executor import Executor
from openboneage.datasets.film_set import Film, FilmSet
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.evaluate.ages import Reading, assessor_loader, columns, read_films, refused
from openboneage.evaluate.metrics import agreement, mean_absolute_error, percent, to_markdown
from openboneage.hand.locate import locate_hand
from openboneage.subject import Sex
from openboneage.weights.card import read_card
from openboneage.weights.registry import ModelSet

PRINTED = {
    "lee-2017": "RMSE 0.93 (girls), 0.82 years (boys): Massachusetts General Hospital, 5 to 18 years",
    "spampinato-2017": "MAE 0.79 years: Digital Hand Atlas",
    "pan-2020": "MAE 8.59, 7.35 (girls), 6.96 (boys): RSNA, cross-validated",
    "ridgenet-2021": "MAE 6.38, 5.27 (girls), 3.75 (boys): RSNA test set",
}
"""The best figure of each paper in months, unless it says years, and its data."""
TIMED_FILMS = 10
HEADER = (
    "films", "model", "n", "refused", "MAE", "girls", "boys", "RMSE", "RMSPE", "CCC", "within 12 months", "parameters",
    "ms a film", "trained on", "printed, on its own data",
)  # fmt: skip


@dataclass(frozen=True)
class Contender:
    """A trained model.

    Attributes:
        estimator: Name of its estimator.
        models: Its folder.
    """

    estimator: str
    models: ModelSet

    @classmethod
    def of_run(cls, folder: Path) -> Contender:
        """The model of a study's run.

        Raises:
            InputError: The folder has none.
        """
        models = ModelSet(folder)
        for each in STUDY_ESTIMATORS:
            if each.name in models.cards:
                return cls(each.name, models)
        raise InputError(f"Expected a trained study in {folder}, found none; run the study first.")

    @property
    def parameters(self) -> int:
        """Numbers in the network's file, without the scales of rounded weights."""
        card = read_card(self.models.card(self.estimator))
        graph = onnx.load(self.models.folder / card.file).graph
        return sum(math.prod(each.dims) for each in graph.initializer if not each.name.endswith("_scale"))

    @property
    def trained_on(self) -> str:
        """Training films and size, from the card."""
        training = read_card(self.models.card(self.estimator)).training
        return str(training.get("size") or training.get("data", "–"))

    def milliseconds(self, source: FilmSet, films: Sequence[Film]) -> float:
        """Median time of an estimate on one thread, without reading the film and finding the hand."""
        assessor, times = Assessor.load(self.models, 1, self.estimator), []
        for film in films[:TIMED_FILMS]:
            hand = locate_hand(source.radiograph(film), assessor.finder)
            start = time.perf_counter()
            assessor.estimator.estimate(hand, film.sex)
            times.append(time.perf_counter() - start)
        return 1000 * float(np.median(times))


def comparison(source: FilmSet, runs: Sequence[Path], executor: Executor, films: int | None = None) -> str:
    """The table.

    Args:
        source: The data set.
        runs: Folders of trained studies.
        executor: Where to run.
        films: Films of each split at most; None takes all.

    Raises:
        InputError: A folder has no trained study, or the data set has no labelled held-out or native film.
    """
    contenders = [Contender(DEFAULT_ESTIMATOR, ModelSet.find()), *map(Contender.of_run, runs)]
    rows = []
    for split in (Split.HELD_OUT, Split.NATIVE):
        chosen = [f for f in source.films if f.split is split and f.bone_age_months is not None and f.sex is not Sex.UNKNOWN]
        chosen = chosen[:films]
        for each in contenders if chosen else ():
            readings = read_films(source, chosen, assessor_loader(each.models, each.estimator), executor)
            rows.append([str(split), each.estimator, *_figures(readings), *_facts(each, source, chosen)])
    if not rows:
        raise InputError(f"Expected labelled held-out or native films in {source.name}, found none.")
    return to_markdown(HEADER, rows)


def _figures(readings: Sequence[Reading]) -> list[str]:
    read, estimated, *_ = columns(readings).T
    f, sexes = agreement(read, estimated), [reading.film.sex for reading in readings]
    cells = []
    for sex in (Sex.FEMALE, Sex.MALE):
        members = np.array([each is sex for each in sexes])
        cells.append(f"{float(mean_absolute_error(read[members], estimated[members])):.2f}" if members.any() else "–")
    errors = f"{f.rmse:.2f}", percent(f.rmspe), f"{f.ccc:.3f}", percent(f.within_12, 0)
    return [str(f.films), str(refused(readings)), f"{f.mae:.2f}", *cells, *errors]


def _facts(contender: Contender, source: FilmSet, films: Sequence[Film]) -> list[str]:
    time_ms, parameters = contender.milliseconds(source, films), contender.parameters
    return [f"{parameters / 1e6:.1f} M", f"{time_ms:.0f}", contender.trained_on, PRINTED.get(contender.estimator, "–")]
