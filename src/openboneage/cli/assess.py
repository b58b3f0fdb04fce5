"""`boneage assess`: films in, bone ages out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import typer

from openboneage.assess.assessment import Assessment, Failure, ModelFacts
from openboneage.assess.assessor import Assessor, models_used
from openboneage.assess.estimators.registry import DEFAULT_ESTIMATOR
from openboneage.cli.cases import Case, collect_cases
from openboneage.cli.options import Estimator, Models
from openboneage.cli.output import err, out
from openboneage.errors import BoneAgeError, InputError, RefusedError, UnreadableError
from openboneage.hand.quality import Verdict
from openboneage.report.table import COLUMNS, models_cell, to_error_row, to_row
from openboneage.report.text import to_text
from openboneage.subject import parse_age_months, parse_sex
from openboneage.weights.registry import Cards

FILM_ENDINGS = frozenset({".bmp", ".dcm", ".dicom", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
"""Endings that a figure's name leaves out; what follows the last dot of a DICOM UID is none."""

EXIT_CODES = {"reject": RefusedError.exit_code, "unreadable": UnreadableError.exit_code}
"""Exit code for the status of a row."""

LoadAssessor = Callable[[int], Assessor]
"""Loads the assessor of a process, with that number of threads."""


@dataclass(frozen=True)
class Answer:
    """What became of one case, small enough to travel between processes."""

    label: str
    row: dict[str, str]
    text: str
    json: dict[str, Any]
    exit_code: int


def assess(
    sources: Annotated[
        list[Path], typer.Argument(metavar="FILE|FOLDER|CASES.csv", help="Films, folders of films, or cases files.")
    ],
    sex: Annotated[str | None, typer.Option(help="F, M or unknown; without it, what the file says.")] = None,
    age: Annotated[str | None, typer.Option(help="Chronological age, such as 9y3m; without it, what the file says.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: one object a film, each on a line.")] = False,
    csv_out: Annotated[
        Path | None, typer.Option("--csv", metavar="OUT", help="Write one row a film; films already in OUT are skipped.")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(metavar="OUT", help="Draw a figure: a .png for one film, else a folder.")
    ] = None,
    models: Models = None,
    estimator: Estimator = DEFAULT_ESTIMATOR,
    jobs: Annotated[int, typer.Option(min=1, help="Films assessed at the same time.")] = 1,
) -> None:
    """Assess films: bone age, interval, findings.

    Ends with 0 where every film was assessed, 2 where an argument cannot be used, 3 where a film was refused, 4 where one could
    not be read, 5 where the models are missing or damaged.
    """
    cases = collect_cases(sources, parse_sex(sex) if sex else None, parse_age_months(age) if age else None)
    _check_figure(figure, cases)
    cards = Cards.of(models)
    used = models_used(cards, estimator)
    done = _rows_done(csv_out, used) if csv_out else {}
    waiting = [case for case in cases if case.label not in done]
    if done:
        err.print(f"{len(cases) - len(waiting)} of {len(cases)} films are in {csv_out} and skipped.")
    worst = max((EXIT_CODES.get(done[case.label], 0) for case in cases if case.label in done), default=0)
    for answer in _with_progress(_answers(waiting, partial(_assessor, cards, estimator), figure, jobs), len(waiting)):
        worst = max(worst, answer.exit_code)
        if csv_out:
            _append_row(csv_out, answer.row)
        if as_json:
            out.print(json.dumps(answer.json))
        elif not csv_out:
            (out if answer.exit_code in (0, RefusedError.exit_code) else err).print(answer.text)
    raise typer.Exit(worst)


def _answers(cases: Sequence[Case], load: LoadAssessor, figure: Path | None, jobs: int) -> Iterator[Answer]:
    """Answers in the order of the cases with one job, as they come with several."""
    if jobs == 1:
        yield from (_answer(case, load, figure, 0) for case in cases)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        waiting = [pool.submit(_answer, case, load, figure, 1) for case in cases]
        try:
            yield from (future.result() for future in as_completed(waiting))
        finally:
            pool.shutdown(cancel_futures=True)


def _answer(case: Case, load: LoadAssessor, figure: Path | None, threads: int) -> Answer:
    assessor = load(threads)  # outside the try: damaged weights end the run
    try:
        examination = assessor.examine(case.path, case.sex, case.age_months)
    except BoneAgeError as error:
        content = Failure.of(case.label, error).to_json()
        return Answer(case.label, to_error_row(case.label, error), f"{case.label}: {error}", content, error.exit_code)
    assessment = examination.assessment
    if figure:
        from openboneage.explain.occlusion import occlusion_map
        from openboneage.report.figure import draw_figure

        attention = None
        if assessment.bone_age is not None:
            attention = occlusion_map(examination.hand, assessment.subject.sex, assessor.estimator)
        _figure_path(figure, case).write_bytes(draw_figure(examination, attention))
    content = assessment.model_copy(update={"path": case.label}).to_json()
    return Answer(case.label, to_row(case.label, assessment), to_text(assessment), content, _exit_code(assessment))


@cache
def _assessor(cards: Cards, estimator: str, threads: int) -> Assessor:
    """The assessor of this process."""
    if threads == 1:
        import cv2

        cv2.setNumThreads(1)
    return Assessor.load(cards, threads, estimator)


def _exit_code(assessment: Assessment) -> int:
    return RefusedError.exit_code if assessment.verdict is Verdict.REJECT else 0


def _check_figure(figure: Path | None, cases: Sequence[Case]) -> None:
    if figure is None:
        return
    if figure.suffix.lower() == ".png":
        if len(cases) > 1:
            raise InputError(f"{len(cases)} films need a folder for their figures, got the file {figure}.")
        figure.parent.mkdir(parents=True, exist_ok=True)
        return
    names = [_figure_path(figure, case) for case in cases]
    if len(set(names)) < len(names):
        raise InputError(
            "Two films have the same file name, so their figures would overwrite each other; "
            "draw them into different folders, one run each."
        )
    figure.mkdir(parents=True, exist_ok=True)


def _figure_path(figure: Path, case: Case) -> Path:
    if figure.suffix.lower() == ".png":
        return figure
    return figure / f"{case.path.stem if case.path.suffix.lower() in FILM_ENDINGS else case.path.name}.png"


def _rows_done(table: Path, used: Iterable[ModelFacts]) -> dict[str, str]:
    """Status of the films that a table of these models already holds; a last line that was cut off by a stop is removed."""
    if not table.exists():
        with table.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerow(COLUMNS)
        return {}
    content = table.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    reader = csv.DictReader(io.StringIO(whole.decode("utf-8", "surrogateescape"), newline=""), restval="")
    try:
        rows = list(reader) if tuple(reader.fieldnames or ()) == COLUMNS else None
    except csv.Error:
        rows = None
    if rows is None:
        raise InputError(f"{table} exists and is no table of this program; name another file or remove it.")
    models = models_cell(used)
    if others := {row["models"] for row in rows} - {models, ""}:
        raise InputError(
            f"{table} holds films assessed with {' and '.join(sorted(others))}, not with {models}; "
            "name another file, or pick its models with --models."
        )
    if len(whole) < len(content):
        table.write_bytes(whole)
    return {row["path"]: row["status"] for row in rows}


def _append_row(table: Path, row: dict[str, str]) -> None:
    with table.open("a", newline="", encoding="utf-8", errors="surrogateescape") as file:
        csv.DictWriter(file, COLUMNS).writerow(row)


def _with_progress(answers: Iterator[Answer], total: int) -> Iterator[Answer]:
    if total < 2:
        yield from answers
        return
    from rich.progress import track

    yield from track(answers, "films", total=total, console=err)
