"""A file of results that grows by one record a film, survives a kill at any moment, and can be continued."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self

from filelock import FileLock, Timeout

from openboneage.assess.assessment import ModelFacts
from openboneage.batch.answer import Answer
from openboneage.batch.parquet import rows_on_disk
from openboneage.batch.whole_file import written_whole
from openboneage.errors import InputError, RefusedError
from openboneage.report.table import COLUMNS, UNREADABLE, models_cell, to_cells

FORMER_COLUMNS = COLUMNS[: COLUMNS.index("seconds") + 1]
"""Columns of the tables that this program wrote before rows named their film's checksum."""
MOST_LINES_IN_ROW = 1000
"""A path may hold newlines; more lines than this in one row are a quote that somebody left open."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a continued run needs to know of a record.

    Attributes:
        case_id: See `TableRow`.
        film_sha256: Checksum of the film; empty where it could not be read.
        status: See `TableRow`.
        models: See `TableRow`; empty where no model saw the film.
    """

    case_id: str
    film_sha256: str
    status: str
    models: str


class Layout(Protocol):
    """How records are written.

    Attributes:
        header: What stands before the first record.
    """

    header: bytes

    def encode(self, answer: Answer) -> bytes:
        """The record of an answer."""
        ...

    def read(self, file: BinaryIO) -> Iterator[tuple[bytes, Kept | None]]:
        """Every record that is whole, and what it says; None for the header. A last record that was cut off is left out.

        Raises:
            ValueError: The file holds something else; so do KeyError, TypeError and csv.Error.
        """
        ...


class CsvLayout:
    """A table: a header, then a row a film."""

    header = (",".join(COLUMNS) + "\r\n").encode()

    def encode(self, answer: Answer) -> bytes:
        """See `Layout`."""
        line = io.StringIO()
        csv.writer(line).writerow(to_cells(answer.row))
        return line.getvalue().encode("utf-8", "surrogateescape")

    def read(self, file: BinaryIO) -> Iterator[tuple[bytes, Kept | None]]:
        """See `Layout`."""
        records = self._records(file)
        header = next(records, b"")
        columns = tuple(_cells(header))
        if columns == FORMER_COLUMNS:
            raise InputError(
                f"{file.name} is a table of an earlier version of this program: its rows do not name their films' checksums. "
                "Name another file."
            )
        if columns != COLUMNS:
            raise ValueError(columns)
        yield header, None
        for record in records:
            row = dict(zip(COLUMNS, _cells(record), strict=True))
            yield record, Kept(row["case_id"], row["film_sha256"], row["status"], row["models"])

    def _records(self, file: BinaryIO) -> Iterator[bytes]:
        """Rows with their ends; a line may end within quotes."""
        lines: list[bytes] = []
        quotes = 0
        for line in file:
            lines.append(line)
            quotes += line.count(b'"')
            if len(lines) > MOST_LINES_IN_ROW:
                raise ValueError("a quote is not closed")
            if line.endswith(b"\n") and quotes % 2 == 0:
                yield b"".join(lines)
                lines.clear()


def _cells(record: bytes) -> list[str]:
    return next(csv.reader(io.StringIO(record.decode("utf-8", "surrogateescape"), newline="")), [])


class JsonLinesLayout:
    """An object a film, each on a line, as `--json` prints it."""

    header = b""
    _BEGINNING = b'{"case_id": "'

    def encode(self, answer: Answer) -> bytes:
        """See `Layout`."""
        return json.dumps(answer.json).encode() + b"\n"

    def read(self, file: BinaryIO) -> Iterator[tuple[bytes, Kept | None]]:
        """See `Layout`."""
        for line in file:
            if line[: len(self._BEGINNING)] != self._BEGINNING[: len(line)]:
                raise ValueError(line)
            if line.endswith(b"\n"):
                yield line, self._kept(json.loads(line))

    def _kept(self, content: dict[str, Any]) -> Kept:
        if "error" in content:
            status = "reject" if content["error"]["type"] == RefusedError.__name__ else UNREADABLE
            return Kept(content["case_id"], "", status, "")
        models = models_cell(ModelFacts(**model) for model in content["models"])
        return Kept(content["case_id"], content["film"]["sha256"], content["verdict"], models)


CSV, JSON_LINES, PARQUET = ".csv", ".jsonl", ".parquet"
LAYOUTS: dict[str, Layout] = {CSV: CsvLayout(), JSON_LINES: JsonLinesLayout()}


@contextmanager
def open_results(path: Path, models: str, kind: str | None = None) -> Iterator[Results]:
    """Begin or continue a file of results; no other process can until it is closed.

    Args:
        path: The file.
        models: Models of this run, see `models_cell`.
        kind: `.csv`, `.jsonl` or `.parquet`; None takes the ending of the path.

    Raises:
        InputError: The kind is none of these, another process writes the file, or the file is no such file or one of
            other models.
    """
    kind = kind or path.suffix.lower()
    if kind not in (*LAYOUTS, PARQUET):
        raise InputError(f"Results are written as {CSV}, {JSON_LINES} or {PARQUET}, got {path.name!r}.")
    if not path.parent.is_dir():
        raise InputError(f"There is no folder {path.parent}; make it first.")
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
        """Read what the file holds, and remove a last record that was cut off.

        Raises:
            InputError: The file holds something else, or films assessed with other models.
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
        """Close the file, and remove the records that were replaced."""
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
        """Read the records of the file; return where the last whole one ends."""
        end, others = 0, set()
        for record, kept in self._records():
            end += len(record)
            if kept is not None:
                self._add(kept)
                others.add(kept.models)
        if others := others - {models, ""}:
            raise InputError(
                f"{self._path} holds films assessed with {' and '.join(sorted(others))}, not with {models}; "
                "name another file, or pick its models with --models."
            )
        return end

    def _records(self) -> Iterator[tuple[bytes, Kept | None]]:
        """Every whole record and what it says; the header says nothing."""
        foreign = InputError(f"{self._path} exists and is no table of this program; name another file or remove it.")
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
