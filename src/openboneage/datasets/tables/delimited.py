"""Tables with comma, semicolon or tab, in UTF-8 with or without byte order mark, or UTF-16."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from pathlib import Path

from openboneage.errors import InputError

DELIMITERS = ",;\t"
TABLE_ENDINGS = (".csv", ".tsv")
SPREADSHEET_ENDINGS = (".xlsx", ".xls", ".ods")


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        line: Line of the file that the row ends on.
        cells: Stripped text by column; a short row has empty cells.
    """

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """A table with a header.

    Attributes:
        path: Its file.
        columns: Names of the columns, as in the file.
        rows: The rows that are not empty.
        decimal_comma: Whether a comma in a number is a decimal mark; not if commas separate the cells.
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    decimal_comma: bool


def read_table(path: Path) -> Table:
    """Read a table.

    Raises:
        InputError: The file is missing, not text, a spreadsheet, or has no header or a repeated column.
    """
    text = _text_of(path)
    header = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns = tuple(name.strip() for name in next(reader, []))
    while columns and not columns[-1]:
        columns = columns[:-1]
    if len(set(columns)) < len(columns) or not all(columns[1:]):  # the first may be the unnamed index that pandas writes
        raise InputError(f"Expected a header with a unique name for each column in {path.name}, got {', '.join(columns)}.")
    if not columns:
        raise InputError(f"Expected a table with a header in {path.name}, got an empty file.")
    rows = tuple(Row(reader.line_num, _cells(columns, cells)) for cells in reader if any(map(str.strip, cells)))
    return Table(path, columns, rows, decimal_comma=delimiter != ",")


def _cells(columns: tuple[str, ...], cells: list[str]) -> dict[str, str]:
    filled = [cell.strip() for cell in cells] + [""] * (len(columns) - len(cells))
    return dict(zip(columns, filled, strict=False))


def _text_of(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError:
        raise InputError(f"Expected a table at {path}, but it cannot be read; check the path.") from None
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise InputError(f"{path.name} is a spreadsheet; save it as CSV (UTF-8) and give that file.")
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"Expected {path.name} to be text in UTF-8, got another encoding; save it as CSV UTF-8.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
