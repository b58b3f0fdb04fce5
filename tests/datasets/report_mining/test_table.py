"""From a table of reports to a table of labels."""

from __future__ import annotations

from pathlib import Path

import pytest

from openboneage.datasets.report_mining.table import mine_table, outcomes, write_labels
from openboneage.datasets.tables.labels import LabelTable
from openboneage.errors import InputError
from openboneage.subject import Sex

REPORTS = """id,gender,report,patient
a.png,F,"CHRONOLOGICAL AGE: 10 years
BONE AGE: 9 years 6 months",1
b.png,M,Bone age is 10-11 years.,2
c.png,M,Radiograph of the right hand. Bone age is 10 years.,3
d.png,F,No bone age was assigned.,4
"""


def reports(folder: Path, text: str = REPORTS) -> Path:
    path = folder / "reports.csv"
    path.write_text(text)
    return path


def test_labels_can_be_read_as_a_data_set(tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    write_labels(labels, mine_table(reports(tmp_path)))
    table = LabelTable.read(labels)
    films = [table.film(row, row.cells["id"]) for row in table.table.rows]

    assert [film.bone_age_months for film in films] == [114, 126, None, None]
    assert [film.age_months for film in films] == [120, None, None, None]
    assert [film.sex for film in films] == [Sex.FEMALE, Sex.MALE, Sex.MALE, Sex.FEMALE]
    assert [film.patient for film in films] == ["1", "2", "3", "4"]


def test_labels_in_completed_years(tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    write_labels(labels, mine_table(reports(tmp_path)), whole_years=True)
    table = LabelTable.read(labels).table

    assert [row.cells["bone_age_years"] for row in table.rows] == ["9", "10", "", ""]
    assert [row.cells["range_high"] for row in table.rows] == ["9.5", "11", "", ""]


def test_words_and_reasons_are_kept(tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    write_labels(labels, mine_table(reports(tmp_path)))
    rows = LabelTable.read(labels).table.rows

    assert [row.cells["words"] for row in rows] == ["9 years 6 months", "10-11 years", "", ""]
    assert [row.cells["excluded"] for row in rows] == ["", "", "right hand", "no bone age found"]
    assert [row.cells["confidence"] for row in rows] == ["high", "medium", "", ""]


def test_every_report_is_counted(tmp_path: Path) -> None:
    assert outcomes(mine_table(reports(tmp_path))) == {
        "label, confidence high": 1,
        "label, confidence medium": 1,
        "excluded: right hand": 1,
        "excluded: no bone age found": 1,
    }


def test_age_of_the_table_counts_before_that_of_the_report(tmp_path: Path) -> None:
    path = reports(tmp_path, "id,age_years,report\na,8,Chronological age 9 years. Bone age 7 years.\n")

    assert mine_table(path)[0].age_months == 96


def test_columns_can_be_named(tmp_path: Path) -> None:
    path = reports(tmp_path, "nr;body\na;Bone age 7 years.\n")

    assert mine_table(path, {"id": "nr", "report": "body"})[0].words == "7 years"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,body\na,b\n", "Expected a column report in reports.csv; it has id, body"),
        ("nr,report\na,b\n", "Expected a column id"),
        ("id,report,sex\na,b,Q\n", "reports.csv, line 2: Sex must be"),
    ],
)
def test_a_table_that_cannot_be_used_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        mine_table(reports(tmp_path, text))
