"""`boneage assess`: assess films."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Annotated

import typer

from openboneage.assess.estimators.registry import DEFAULT_ESTIMATOR
from openboneage.batch.answer import Answer
from openboneage.batch.cases import Case, UnusableCase, stream_cases
from openboneage.batch.choice import executor_of
from openboneage.batch.executor import InProcess
from openboneage.batch.figures import Figures
from openboneage.batch.films import Method, assess_films
from openboneage.batch.limits import Limits, limited_memory, limited_time
from openboneage.batch.results import CSV, Results, open_results
from openboneage.batch.summary import Summary
from openboneage.cli.options import Dask, Estimator, Models
from openboneage.cli.output import err, out
from openboneage.errors import InputError, RefusedError, UnreadableError
from openboneage.report.text import printable
from openboneage.subject import parse_age_months, parse_sex
from openboneage.weights.registry import ModelSet

Cases = Iterator[Case | UnusableCase]


def assess(
    sources: Annotated[
        list[str], typer.Argument(metavar="FILE|FOLDER|CASES.csv", help="Films, folders of films, or cases files.")
    ],
    sex: Annotated[str | None, typer.Option(help="F, M or unknown. Default: the sex in the file.")] = None,
    age: Annotated[str | None, typer.Option(help="Chronological age, such as 9y3m. Default: the age in the file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: one object per film, one per line.")] = False,
    csv_out: Annotated[
        Path | None, typer.Option("--csv", metavar="OUT", help="Write a CSV table, one row per film; see --out.")
    ] = None,
    table_out: Annotated[
        Path | None,
        typer.Option("--out", metavar="OUT", help="Write .csv, .jsonl or .parquet; films that OUT contains are skipped."),
    ] = None,
    figure: Annotated[
        Path | None,
        typer.Option(metavar="OUT", help="Draw figures: a .png, .pdf or .svg file for one film, a folder for several."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Let figures replace files of other films.")] = False,
    models: Models = None,
    estimator: Estimator = DEFAULT_ESTIMATOR,
    jobs: Annotated[int, typer.Option(min=1, help="Number of processes.")] = 1,
    dask: Dask = None,
) -> None:
    """Assess films: bone age, interval, findings.

    Exit codes: 0 all films were assessed, 2 invalid argument, 3 a film was refused, 4 a film could not be read, 5 models are
    missing or damaged.
    """
    if csv_out and table_out:
        raise InputError("Results can be written to one file only: give either --csv or --out.")
    figures = Figures.of(figure, sources, overwrite) if figure else None
    find_cases = partial(
        stream_cases,
        sources,
        parse_sex(sex) if sex else None,
        parse_age_months(age) if age else None,
        skip=figures.out if figures and figures.films else None,
    )
    cases = find_cases()
    first = list(islice(cases, 2))
    several = len(first) > 1
    if figures and not figures.films and several:
        raise InputError(f"Several films need a folder for their figures, got the file {figure}.")
    method, executor, summary = Method(ModelSet.find(models), estimator, figures), executor_of(jobs, dask), Summary()
    with ExitStack() as stack:
        watched: Iterable[Case | UnusableCase] = chain(first, cases)
        if isinstance(executor, InProcess):
            watched = stack.enter_context(_within_limits(watched))
        results = stack.enter_context(_results(csv_out, table_out, method.models))
        if several or results:
            stack.callback(lambda: err.print(str(summary)) if summary else None)
        advance = stack.enter_context(_progress(find_cases if several else None))
        for answer in stack.enter_context(closing(assess_films(watched, method, executor, results))):
            summary.count(answer)
            if isinstance(answer, Answer):
                _print(answer, as_json, quiet=results is not None)
            advance()
    raise typer.Exit(summary.worst)


def _results(csv_out: Path | None, table_out: Path | None, models: str) -> AbstractContextManager[Results | None]:
    if csv_out:
        return open_results(csv_out, models, CSV)
    return open_results(table_out, models) if table_out else nullcontext()


def _print(answer: Answer, as_json: bool, quiet: bool) -> None:
    if as_json:
        out.print(json.dumps(answer.json))
    elif not quiet or not answer.row.case_id:  # report what is in no record
        (out if answer.exit_code in (0, RefusedError.exit_code) else err).print(answer.text)


@contextmanager
def _within_limits(cases: Iterable[Case | UnusableCase]) -> Iterator[Cases]:
    """Cases that are assessed in this process; a film that takes too long ends it."""
    limits = Limits()
    terminal = _copy_of_standard_error()

    def end(film: str) -> None:
        reason = f"boneage: {printable(film)} took more than {limits.cpu_seconds} s of processor time, so the run was ended."
        os.write(terminal, f"{reason} Leave the film out, or use --jobs 2, which continues after such a film.\n".encode())
        os._exit(UnreadableError.exit_code)

    def started(start: Callable[[str], None]) -> Cases:
        for case in cases:
            start(case.label)
            yield case

    try:
        with limited_memory(limits), limited_time(limits, end) as start:
            yield started(start)
    finally:
        os.close(terminal)


def _copy_of_standard_error() -> int:
    """A copy of standard error that works while a decoder runs and standard error is silenced."""
    try:
        return os.dup(2)
    except OSError:  # standard error is closed
        return os.open(os.devnull, os.O_WRONLY)


@contextmanager
def _progress(find_cases: Callable[[], Cases] | None) -> Iterator[Callable[[], None]]:
    """A progress bar on a terminal. Films are counted while the run proceeds."""
    if find_cases is None or not err.is_terminal:
        yield lambda: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(TextColumn("films"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=err) as progress:
        bar = progress.add_task("films", total=None)

        def count() -> None:
            progress.update(bar, total=sum(1 for _ in find_cases()))

        threading.Thread(target=count, daemon=True).start()
        yield lambda: progress.advance(bar)
