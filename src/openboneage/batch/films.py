"""Assess a batch of films once each, with any executor; a stopped batch can be continued."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from openboneage.assess.assessor import Assessor, Examination, models_used
from openboneage.assess.estimators.registry import DEFAULT_ESTIMATOR
from openboneage.batch.answer import Answer
from openboneage.batch.cases import Case, UnusableCase
from openboneage.batch.executor import Executor
from openboneage.batch.figures import Figures
from openboneage.batch.limits import Limits, within_limits
from openboneage.batch.results import Results
from openboneage.errors import BoneAgeError, InputError, UnreadableError, WorkerLostError
from openboneage.hand.quality import Verdict
from openboneage.report.table import models_cell
from openboneage.weights.registry import ModelSet


@dataclass(frozen=True)
class Method:
    """How each film is assessed.

    Attributes:
        model_set: The models.
        estimator: Name of the estimator of the bone age.
        figures: Paths of the figures; None draws none.
    """

    model_set: ModelSet
    estimator: str = DEFAULT_ESTIMATOR
    figures: Figures | None = None

    @property
    def models(self) -> str:
        """The models, as written in rows.

        Raises:
            InputError: There is no such estimator.
            WeightsError: A card is missing or damaged.
        """
        return models_cell(models_used(self.model_set, self.estimator))


@dataclass(frozen=True)
class Skipped:
    """A film that already has a record.

    Attributes:
        status: Status of its record, see `TableRow`.
    """

    status: str


def assess_films(
    cases: Iterable[Case | UnusableCase], method: Method, executor: Executor, results: Results | None = None
) -> Generator[Answer | Skipped, None, None]:
    """Assess films and yield the answers as they arrive.

    Args:
        cases: Taken as workers become free.
        method: How to assess.
        executor: Where to assess.
        results: File to which every answer is written before it is yielded. A case with a record of the same film is skipped;
            unreadable films have none. A repeated case is assessed once. An unusable case is not written.

    Raises:
        WeightsError: A model is missing or damaged.
    """
    tasks = _tasks(cases, method, results) if results else (_Task(case) for case in cases)
    function = partial(_answer, method, executor.threads)
    if executor.disposable:
        function = partial(within_limits, Limits(), function)
    with closing(executor.run(function, tasks)) as outcomes:
        for outcome in outcomes:
            task, answer = outcome.item, outcome.result
            if isinstance(answer, WorkerLostError):
                answer = Answer.failed(task.case.label, UnreadableError(str(answer)), task.case_id)
            if answer is None:
                yield Skipped(task.status)
                continue
            if results and task.case_id:
                results.append(answer)
            yield answer


@dataclass(frozen=True)
class _Task:
    """A case, with the checksum and status of its existing record."""

    case: Case | UnusableCase
    case_id: str = ""
    film_sha256: str = ""
    status: str = ""


def _tasks(cases: Iterable[Case | UnusableCase], method: Method, results: Results) -> Iterator[_Task]:
    way = [method.estimator, method.models]
    begun = set()
    for case in cases:
        if isinstance(case, UnusableCase):
            yield _Task(case)
            continue
        case_id = _case_id(case, way)
        if case_id not in begun:
            begun.add(case_id)
            kept = results.find(case_id)
            yield _Task(case, case_id, kept.film_sha256, kept.status) if kept else _Task(case, case_id)


def _case_id(case: Case, way: list[str]) -> str:
    """The same for the same resolved path, entered sex and age, estimator and models."""
    identity = [str(case.path.resolve()), case.sex, case.age_months, *way]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:16]


def _answer(method: Method, threads: int, task: _Task) -> Answer | None:
    """The outcome of a case; None if it has a record of the same film, or its film no longer exists."""
    case = task.case
    if isinstance(case, UnusableCase):
        return Answer.failed(case.label, InputError(case.reason), task.case_id)
    if task.film_sha256 and _sha256(case.path) in (task.film_sha256, None):
        return None
    assessor = _assessor(method.model_set, threads, method.estimator)  # outside the try: damaged weights end the run
    try:
        examination = assessor.examine(case.path, case.sex, case.age_months)
        if method.figures:
            _draw(examination, case.path, method.figures, assessor)
    except BoneAgeError as error:
        return Answer.failed(case.label, error, task.case_id)
    except MemoryError:
        lack = UnreadableError("There is not enough memory for this film; export it smaller, or use fewer jobs.")
        return Answer.failed(case.label, lack, task.case_id)
    return Answer.of(case.label, examination.assessment, task.case_id)


def _sha256(film: Path) -> str | None:
    """Checksum of a file; None if it cannot be read."""
    try:
        if not film.is_file():  # opening a pipe would wait for a writer
            return None
        with film.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


@cache
def _assessor(model_set: ModelSet, threads: int, estimator: str) -> Assessor:
    """The assessor of this process."""
    return Assessor.load(model_set, threads, estimator)


def _draw(examination: Examination, film: Path, figures: Figures, assessor: Assessor) -> None:
    from openboneage.explain.occlusion import occlusion_map
    from openboneage.report.figure import draw_figure
    from openboneage.report.phrases import phrases_of
    from openboneage.report.report import Report

    def draw(kind: str) -> bytes:
        attention = None
        if assessment.verdict is not Verdict.REJECT:
            attention = occlusion_map(examination.hand, assessment.subject.sex, assessor.estimator)
        return draw_figure(Report(examination, attention), phrases_of(), kind=kind)

    assessment = examination.assessment
    figures.save(film, assessment.film.sha256, draw)
