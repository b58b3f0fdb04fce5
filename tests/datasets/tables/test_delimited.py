"""Tables in common formats."""

from __future__ import annotations

from pathlib import Path

import pytest

from openboneage.datasets.tables.delimited import read_table
from openboneage.errors import InputError
from tests.datasets.trees import write_table


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_and_encodings(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = write_table(tmp_path / "t.csv", ("id", "größe"), ("a", "1"), ("b", "ü"), delimiter=delimiter, encoding=encoding)

    table = read_table(path)

    assert table.columns == ("id", "größe")
    assert [row.cells for row in table.rows] == [{"id": "a", "größe": "1"}, {"id": "b", "größe": "ü"}]
    assert [row.line for row in table.rows] == [2, 3]
    assert table.decimal_comma is (delimiter != ",")


def test_empty_rows_short_rows_and_empty_columns_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(' id ,"a, b",,\n1, x ,,\n\n,,,\n2\n')

    table = read_table(tmp_path / "t.csv")

    assert [row.cells for row in table.rows] == [{"id": "1", "a, b": "x"}, {"id": "2", "a, b": ""}]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04rest", r"t\.csv is a spreadsheet; save it as CSV"),
        (b"\xd0\xcf\x11\xe0rest", "is a spreadsheet"),
        (b"id,na\xefve\n", "text in UTF-8"),
        (b"", "got an empty file"),
        (b"id,id\n1,2\n", "a unique name for each column"),
    ],
)
def test_files_that_are_not_tables_are_refused(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "t.csv").write_bytes(data)

    with pytest.raises(InputError, match=message):
        read_table(tmp_path / "t.csv")


def test_a_missing_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_table(tmp_path / "none.csv")
