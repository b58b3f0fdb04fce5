"""Results as Parquet.

A Parquet file cannot be appended to row by row and be complete at any moment. So a run writes a CSV file next to it and
converts it at the end; a killed run leaves the CSV file, and the next run continues it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from itertools import islice
from pathlib import Path

from openboneage.errors import InputError
from openboneage.report.table import COLUMNS, TableRow, from_cells, to_cells
from openboneage.whole_file import written_whole

ROWS_IN_GROUP = 50_000


@contextmanager
def rows_on_disk(table: Path) -> Iterator[Path]:
    """The CSV file of a Parquet table, to append to; it is converted if no error is raised.

    Raises:
        InputError: pyarrow is not installed, or the file is not a table of this program.
    """
    try:
        import pyarrow as pa
    except ImportError:
        raise InputError("Parquet needs pyarrow: pip install openboneage[parquet].") from None
    del pa
    rows = table.with_name(f"{table.name}.csv")
    is_restored = table.exists() and not rows.exists()
    if is_restored:
        _write_csv(_read_parquet(table), rows)
        size = rows.stat().st_size
    try:
        yield rows
    except BaseException:
        if is_restored and rows.stat().st_size == size:
            rows.unlink()
        raise
    _write_parquet(_read_csv(rows), table)
    rows.unlink()


def _read_csv(path: Path) -> Iterator[TableRow]:
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        lines = csv.reader(file)
        next(lines)
        yield from map(from_cells, lines)


def _write_csv(rows: Iterator[TableRow], path: Path) -> None:
    with written_whole(path) as part, part.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(map(to_cells, rows))


def _read_parquet(path: Path) -> Iterator[TableRow]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches():
                yield from (TableRow(**row) for row in batch.to_pylist())
    except (pa.ArrowException, TypeError):
        raise InputError(f"{path} exists and is not a table of this program; name another file or remove it.") from None


def _write_parquet(rows: Iterator[TableRow], path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema([(field.name, pa.string() if field.type == "str" else pa.float64()) for field in fields(TableRow)])
    with written_whole(path) as part, parquet.ParquetWriter(part, schema) as writer:
        while group := list(islice(rows, ROWS_IN_GROUP)):
            writer.write_table(pa.Table.from_pylist([_as_utf8(row) for row in group], schema))


def _as_utf8(row: TableRow) -> dict[str, str | float | None]:
    """Values of a row; bytes of a file's name that are not valid text become escapes, since Parquet only stores text."""
    return {
        name: value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
        for name, value in asdict(row).items()
    }
