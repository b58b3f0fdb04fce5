"""Formats of result files: CSV or JSON Lines, one record per film."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from openboneage.assess.assessment import SCHEMA_VERSION
from openboneage.assess.parts import ModelFacts
from openboneage.batch.answer import Answer
from openboneage.errors import InputError, RefusedError
from openboneage.report.table import COLUMNS, UNREADABLE, models_cell, to_cells

FORMER_COLUMNS = COLUMNS[: COLUMNS.index("seconds") + 1]
"""Columns of tables from before rows contained the checksum of the film."""
MOST_LINES_IN_ROW = 1000
"""A path may contain newlines; more lines than this in one row mean an unclosed quote."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The part of a record that a continued run needs.

    Attributes:
        case_id: See `TableRow`.
        film_sha256: Checksum of the film; empty if it could not be read.
        status: See `TableRow`.
        models: See `TableRow`; empty if no model was run.
    """

    case_id: str
    film_sha256: str
    status: str
    models: str


class Layout(Protocol):
    """Format of the records.

    Attributes:
        header: Text before the first record.
    """

    header: bytes

    def encode(self, answer: Answer) -> bytes:
        """The record of an answer."""
        ...

    def read(self, file: BinaryIO) -> Iterator[tuple[bytes, Kept | None]]:
        """Every complete record and its key; None for the header. An incomplete last record is left out.

        Raises:
            ValueError: The file contains something else; KeyError, TypeError and csv.Error mean the same.
        """
        ...


class CsvLayout:
    """A table: a header, then one row per film."""

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
        """Rows with their end positions; a line may end within quotes."""
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
    """One JSON object per film and line, as `--json` prints it."""

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
                content = json.loads(line)
                version = content["schema_version"]
                if version != SCHEMA_VERSION:
                    raise InputError(f"{file.name} has version {version} of the JSON, not {SCHEMA_VERSION}; name another file.")
                yield line, self._kept(content)

    def _kept(self, content: dict[str, Any]) -> Kept:
        if "error" in content:
            status = "reject" if content["error"]["type"] == RefusedError.__name__ else UNREADABLE
            return Kept(content["case_id"], "", status, "")
        models = models_cell(ModelFacts(**model) for model in content["models"])
        return Kept(content["case_id"], content["film"]["sha256"], content["verdict"], models)
