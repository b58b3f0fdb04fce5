"""A file of results that grows by one record per film, survives a kill at any moment, and can be continued."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from openboneage.batch.answer import Answer
from openboneage.batch.layouts import CsvLayout, JsonLinesLayout, Kept, Layout
from openboneage.batch.parquet import rows_on_disk
from openboneage.errors import InputError
from openboneage.whole_file import written_whole

CSV, JSON_LINES, PARQUET = ".csv", ".jsonl", ".parquet"
LAYOUTS: dict[str, Layout] = {CSV: CsvLayout(), JSON_LINES: JsonLinesLayout()}


@contextmanager
def open_results(path: Path, models: str, kind: str | None = None) -> Iterator[Results]:
    """Begin or continue a file of results; it is locked for other processes until it is closed.

    Args:
        path: The file.
        models: Models of this run, see `models_cell`.
        kind: `.csv`, `.jsonl` or `.parquet`; None takes the ending of the path.

    Raises:
        InputError: The kind is unknown, another process writes the file, or the file has other content or was made with other
            models.
    """
    kind = kind or path.suffix.lower()
    if kind not in (*LAYOUTS, PARQUET):
        raise InputError(f"Results are written as {CSV}, {JSON_LINES} or {PARQUET}, got {path.name!r}.")
    if not path.parent.is_dir():
        raise InputError(f"There is no folder {path.parent}; create it first.")
    if path.exists() and not path.is_file():
        raise InputError(f"Expected a file for the results, got a folder, device or pipe: {path}.")
    with _locked(path):
        if kind == PARQUET:
            with rows_on_disk(path) as rows, Results(rows, LAYOUTS[CSV], models) as results:
                yield results
        else:
            with Results(path, LAYOUTS[kind], models) as results:
                yield results


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise InputError(f"Another process is writing {path}; wait for it or name another file.") from None
    try:
        yield
    finally:
        with suppress(OSError):  # Windows does not remove a file that is open
            Path(lock.lock_file).unlink()
        lock.release()


class Results:
    """The records of a file, by case. A later record of a case replaces an earlier one."""

    def __init__(self, path: Path, layout: Layout, models: str) -> None:
        """Read the file, and remove an incomplete last record.

        Raises:
            InputError: The file contains something else, or films assessed with other models.
        """
        self._path = path
        self._layout = layout
        self._has_replaced = False
        self._kept: dict[str, Kept] = {}
        if path.exists():
            end = self._read(models)
            if end < path.stat().st_size:
                os.truncate(path, end)
        else:
            path.write_bytes(layout.header)
        self._file = path.open("ab", buffering=0)

    def __enter__(self) -> Self:
        """Return the results."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the file, and remove replaced records."""
        self._file.close()
        if self._has_replaced:
            self._drop_replaced()

    def find(self, case_id: str) -> Kept | None:
        """The record of a case."""
        return self._kept.get(case_id)

    def append(self, answer: Answer) -> None:
        """Write a record; once this returns, a kill of the process does not lose it."""
        record = memoryview(self._layout.encode(answer))
        while record:
            record = record[self._file.write(record) :]
        row = answer.row
        self._add(Kept(row.case_id, row.film_sha256, row.status, row.models))

    def _add(self, kept: Kept) -> None:
        self._has_replaced = self._has_replaced or kept.case_id in self._kept
        self._kept[kept.case_id] = kept

    def _read(self, models: str) -> int:
        """Read the records of the file; return the end of the last complete one."""
        end, others = 0, set()
        for record, kept in self._records():
            end += len(record)
            if kept is not None:
                self._add(kept)
                others.add(kept.models)
        if others := others - {models, ""}:
            raise InputError(
                f"{self._path} contains films assessed with {' and '.join(sorted(others))}, not with {models}; "
                "name another file, or pick its models with --models."
            )
        return end

    def _records(self) -> Iterator[tuple[bytes, Kept | None]]:
        """Every complete record and its key; None for the header."""
        foreign = InputError(f"{self._path} exists and is not a table of this program; name another file or remove it.")
        with self._path.open("rb") as file:
            try:
                yield from self._layout.read(file)
            except (ValueError, KeyError, TypeError, csv.Error):
                raise foreign from None

    def _drop_replaced(self) -> None:
        last = {kept.case_id: number for number, (_, kept) in enumerate(self._records()) if kept}
        with written_whole(self._path) as part, part.open("wb") as file:
            file.writelines(
                record for number, (record, kept) in enumerate(self._records()) if kept is None or last[kept.case_id] == number
            )
