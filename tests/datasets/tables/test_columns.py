"""The meaning of columns: recognised by name or given by the caller; the unit of an age is never guessed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from openboneage.datasets.splits import Split
from openboneage.datasets.tables.columns import Columns, parse_mapping, recognise
from openboneage.datasets.tables.delimited import Row, read_table
from openboneage.errors import InputError
from openboneage.subject import Sex
from tests.datasets.trees import write_table


def recognised(tmp_path: Path, header: str, mapping: dict[str, str] | None = None) -> Columns:
    return recognise(read_table(write_table(tmp_path / "films.csv", header.split(","))), mapping)


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("Image ID,male,Bone Age (months)", {"id": "Image ID", "male": "male", "bone_age_months": "Bone Age (months)"}),
        ("filename,bone_age_years,Gender", {"path": "filename", "bone_age_years": "bone_age_years", "sex": "Gender"}),
        ("SOPInstanceUID,BA_months,note", {"sop_instance_uid": "SOPInstanceUID", "bone_age_months": "BA_months"}),
        ("path,Age (years),Patient ID", {"path": "path", "age_years": "Age (years)", "patient": "Patient ID"}),
        ("id,reading 1 months,reading 2 months", {
            "id": "id", "bone_age_months": "reading 1 months", "second_reading_months": "reading 2 months",
        }),
    ],
)  # fmt: skip
def test_common_names_are_recognised(tmp_path: Path, header: str, fields: dict[str, str]) -> None:
    assert recognised(tmp_path, header).by_field == fields


def test_a_mapping_counts_before_names(tmp_path: Path) -> None:
    columns = recognised(tmp_path, "id,Image,BA,bone age months", {"id": "Image", "bone_age_years": "BA"})

    assert columns.by_field == {"id": "Image", "bone_age_years": "BA"}


@pytest.mark.parametrize("name", ["boneage", "BA", "Bone Age", "Reading 1"])
def test_a_bone_age_without_unit_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(
        InputError, match=rf"{name} of films\.csv does not state its unit; give --columns bone_age_months={name}"
    ):
        recognised(tmp_path, f"id,{name}")


@pytest.mark.parametrize(
    ("header", "mapping", "message"),
    [
        ("id,a", {"id": "Image"}, r"Expected the column 'Image' in films\.csv; it has id, a"),
        ("id,image", None, "several columns for id: id, image"),
        ("id,bone_age_months,bone_age_years", None, "several columns for one thing: bone_age_months, bone_age_years"),
    ],
)
def test_a_doubtful_table_is_refused(tmp_path: Path, header: str, mapping: dict[str, str] | None, message: str) -> None:
    with pytest.raises(InputError, match=message):
        recognised(tmp_path, header, mapping)


def test_a_mapping_is_read() -> None:
    assert parse_mapping("id=Image, bone_age_months=BA (mo)") == {"id": "Image", "bone_age_months": "BA (mo)"}


@pytest.mark.parametrize("text", ["id", "id=", "boneage=BA", "=x", ""])
def test_a_wrong_mapping_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="Expected FIELD=COLUMN with a field of id, path"):
        parse_mapping(text)


def test_values_of_a_row() -> None:
    columns = Columns({name: name for name in ("bone_age_years", "age_months", "male", "split")}, decimal_comma=True)
    row = Row(2, {"bone_age_years": "10,5", "age_months": "", "male": "False", "split": "Test"})

    assert columns.months(row, "bone_age") == 126
    assert columns.months(row, "age") is None
    assert columns.months(row, "second_reading") is None
    assert columns.sex(row) is Sex.FEMALE
    assert columns.split(row) is Split.HELD_OUT


@pytest.mark.parametrize(("field", "text", "sex"), [
    ("sex", "M", Sex.MALE), ("sex", "girl", Sex.FEMALE), ("male", "1", Sex.MALE), ("female", "yes", Sex.FEMALE),
    ("female", "0", Sex.MALE), ("male", "", Sex.UNKNOWN),
])  # fmt: skip
def test_sex_in_several_forms(field: str, text: str, sex: Sex) -> None:
    assert Columns({field: "x"}).sex(Row(2, {"x": text})) is sex


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda columns, row: columns.months(row, "bone_age"), "Expected a number in the column x, got 'ten'"),
        (lambda columns, row: columns.sex(row), "Expected true or false in the column x, got 'ten'"),
        (lambda columns, row: columns.split(row), "Expected a split .* got 'ten'"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused(ask: Callable[[Columns, Row], object], message: str) -> None:
    columns = Columns({"bone_age_months": "x", "male": "x", "split": "x"})

    with pytest.raises(InputError, match=message):
        ask(columns, Row(2, {"x": "ten"}))
