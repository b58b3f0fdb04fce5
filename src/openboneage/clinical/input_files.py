"""Reading of text and CSV files of users, with errors that name the file and the row."""

from __future__ import annotations

import csv
from pathlib import Path

from openboneage.errors import InputError

CsvRow = dict[str, str]


def read_text(path: Path) -> str:
    """Return the text of a file, UTF-8 with or without a byte order mark.

    Raises:
        InputError: There is no such file, or it is not a text file.
    """
    if not path.exists():
        raise InputError(f"There is no file {path}.")
    if not path.is_file():
        raise InputError(f"{path} is not a regular file.")
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} cannot be read as a text file in UTF-8: {type(error).__name__}.") from error


def csv_rows(text: str, name: str, expected: str) -> tuple[tuple[str, ...], list[CsvRow]]:
    """Split a CSV text into its columns and its rows; lines that are blank or begin with `#` are skipped.

    Args:
        text: The text.
        name: Name of the file, for messages.
        expected: The columns that the file should have, for messages.

    Returns:
        The names of the columns, and for each row its cells by column, without spaces around them.

    Raises:
        InputError: The text is not a CSV with a header, at least one row, and one cell for each column in each row.
    """
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    try:
        header, *rows = list(csv.reader(lines, strict=True)) or [[]]
    except csv.Error as error:
        raise InputError(f"{name} cannot be read as CSV: {error}. Is a quotation mark missing?") from error
    columns = tuple(column.strip() for column in header)
    if not columns:
        raise InputError(f"{name} is empty: expected the columns {expected}, and at least one row.")
    if len({column.lower() for column in columns}) < len(columns):
        raise InputError(f"{name} has a repeated column.")
    if not rows:
        raise InputError(f"{name} has no rows; expected the columns {expected}, and at least one row.")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(columns):
            raise InputError(f"{name}, row {number}: {len(columns)} values were expected, one for each column, got {len(row)}.")
    return columns, [{column: cell.strip() for column, cell in zip(columns, row, strict=True)} for row in rows]
