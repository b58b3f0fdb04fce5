from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from openboneage.clinical.visits import Child, Visit, read_child
from openboneage.errors import InputError
from openboneage.subject import Sex

CSV = """# two visits of a girl
sex,age,bone_age,bone_age_low_months,bone_age_high_months,height_cm,weight_kg,mother_height_cm,father_height_cm,menarche

F,8y6m,9y6m,105,123,132.5,28.5,165,178,no
F,7y6m,8y,,,126.0,25,165,178,
"""


def write(folder: Path, text: str, name: str = "visits.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_csv_file_is_read_and_brought_into_the_order_of_age(tmp_path: Path) -> None:
    child = read_child(write(tmp_path, CSV))

    assert (child.sex, child.mother_height_cm, child.father_height_cm) == (Sex.FEMALE, 165, 178)
    assert child.visits == (
        Visit(90, 96, height_cm=126.0, weight_kg=25),
        Visit(102, 114, 105, 123, height_cm=132.5, weight_kg=28.5, menarche=False),
    )


def test_json_has_the_same_content(tmp_path: Path) -> None:
    content = {
        "sex": "girl",
        "mother_height_cm": 165,
        "father_height_cm": 178,
        "visits": [
            {"age_months": 102, "bone_age": "9y6m", "bone_age_low_months": 105, "bone_age_high_months": 123}
            | {"height_cm": 132.5, "weight_kg": 28.5, "menarche": "no"},
            {"age": "7y6m", "bone_age_months": 96, "height_cm": 126, "weight_kg": 25, "menarche": None},
        ],
    }

    assert read_child(write(tmp_path, json.dumps(content), "visits.json")) == read_child(write(tmp_path, CSV))


def test_gaps_of_the_file_are_filled_by_arguments(tmp_path: Path) -> None:
    path = write(tmp_path, "age,height_cm\n9y,133\n")

    child = read_child(path, Sex.MALE, mother_cm=160, father_cm=175)

    assert (child.sex, child.mother_height_cm, child.father_height_cm) == (Sex.MALE, 160, 175)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("age,height_cm\n9y,133\n", "does not state the sex"),
        (
            "sex,age,height_in,hight\nF,9y,52,5\n",
            r"^visits\.csv has columns that are not known: height_in, hight\. Known are sex, ",
        ),
        ("sex,age,mother_height_cm\nF,9y,tall\n", "visit 1: mother_height_cm must be a number, got 'tall'"),
        ("sex,height_cm\nF,133\n", "visit 1: Needs `age`"),
        ("sex,age,age_months\nF,9y,108\n", "visit 1: Give age or age_months, not both"),
        ("sex,age\nF,9\n", "visit 1: An age needs units"),
        ("sex,age_months\nF,nine\n", "visit 1: age_months must be a number, got 'nine'"),
        ("sex,age,height_cm\nF,9y,52.4\n", "Visit at 108 months: .* in inches, give 133.1 cm"),
        ("sex,age_months,height_cm\nF,9,133\n", "If the age is 9 years, give 108 months"),
        ("sex,age,bone_age_months\nF,9y,9.5\n", "given in years"),
        ("sex,age\nF,9y\nM,10y\n", "sex is given more than once with different values"),
        ("sex,age\nF,9y\nF,9y\n", "Two visits have the same age"),
        ("sex,age,menarche\nF,12y,perhaps\n", "menarche must be yes or no, got 'perhaps'"),
        ("sex,age,bone_age_months,bone_age_low_months\nF,9y,100,95\n", "needs both ends"),
        ("sex,age,bone_age_months,bone_age_low_months,bone_age_high_months\nF,9y,100,101,110\n", "inside its interval"),
        ("sex,age,bone_age_low_months,bone_age_high_months\nF,9y,101,110\n", "inside its interval"),
        ("sex,age,mother_height_cm\nF,9y,65\n", "height of the mother .* inches"),
        ("sex,age\nF,9y,3\n", "row 1: 2 values were expected"),
        ("sex,age\nF\n", "row 1: 2 values were expected"),
        ("", r"^visits\.csv is empty: expected the columns sex, age"),
        ("# nothing\n\n", "is empty"),
        ("sex,age\n", "has no rows; expected the columns sex, age"),
        ('sex,age\nF,"9y\n', "cannot be read as CSV: .* quotation mark"),
        pytest.param('sex,age\nF,"' + "9" * 200_000, "cannot be read as CSV: .* quotation mark", id="long quote"),
        ("sex,age,weight_kg\nF,9y,-5\n", "weight must lie between 2 and 250 kg, got -5"),
        ("sex,age,weight_kg\nF,9y,nan\n", "weight_kg must be a number, got 'nan'"),
        ("sex,age,height_cm,weight_kg\nF,9y,133,71\n", r"index 10 to 40\), got 71. If it is in pounds, give 32.2 kg"),
        ("sex,age,menarche\nM,12y,yes\n", "Menarche is given for a boy"),
        ("sex,age,menarche_age_months\nM,12y,140\n", "Menarche is given for a boy"),
        ("sex,age,menarche_age_months\nF,12y,14\n", "age at menarche must lie between 6 y 0 m and 20 y 0 m"),
        ("sex,age,menarche_age_months,menarche\nF,12y,140,no\n", "144 months: Menarche is no, but the age at menarche is 140"),
        (
            "sex,age,menarche_age_months,menarche\nF,11y,140,yes\n",
            "132 months: Menarche is yes, but the age at menarche is 140",
        ),
        ("sex,age,birth_weight_kg\nF,12y,3400\n", "birth weight must lie between 0.3 and 7 kg"),
        ("sex,age\nF,9y12m\n", "In addition to years an age has 0 to 11 months"),
        ("sex,age,height_cm,age\nF,9y,133,9y\n", "has a repeated column"),
        ("sex,age\nX,9y\n", "Sex must be F, M or unknown"),
        ("sex,age\nU,9y\n", "give the sex, F or M"),
    ],
)
def test_mistakes_in_csv_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_child(write(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not valid JSON: line 1, column 2"),
        ("[]", "must hold"),
        ('{"sex": "F", "visits": [3]}', "must hold"),
        ('{"sex": "F", "name": "", "visits": []}', r"^visits\.json has columns that are not known: name"),
        ('{"sex": "F", "visits": [{"age": "9y", "height": 133}]}', r"^visits\.json has columns that are not known: height"),
        ('{"sex": "F", "visits": [{"age": "9y", "height_cm": [133]}]}', "height_cm must be a number"),
        ('{"sex": "F", "visits": []}', "at least one visit"),
        ('{"sex": "F", "visits": [{"age_months": true}]}', "age_months must be a number, got True"),
        ('{"sex": "F", "visits": [{"age_months": 1e999}]}', "age_months must be a number, got inf"),
        pytest.param(
            '{"sex": "F", "visits": [{"age_months": 1' + "0" * 400 + "}]}",
            "age_months must be a number, got 1000",
            id="400 digits",
        ),
        pytest.param(
            '{"sex": "F", "visits": [{"age_months": 1' + "0" * 5000 + "}]}",
            "contains a number that is too long",
            id="5000 digits",
        ),
        pytest.param("[" * 100_000, "nested too deeply", id="nested"),
    ],
)
def test_mistakes_in_json_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_child(write(tmp_path, text, "visits.json"))


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path: Path) -> None:
    binary = tmp_path / "visits.csv"
    binary.write_bytes(b"\xff\xfe\x00")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    for path, message in (
        (tmp_path / "none.csv", r"There is no file .*none\.csv"),
        (binary, r"visits\.csv cannot be read as a text file"),
        (tmp_path, "is not a regular file"),
        (pipe, "is not a regular file"),
    ):
        with pytest.raises(InputError, match=message):
            read_child(path)


def test_a_visit_made_in_python_is_checked_too() -> None:
    for weight in (-5.0, float("nan")):
        with pytest.raises(InputError, match="Visit at 108 months: A weight must lie between"):
            Child(Sex.FEMALE, (Visit(108, weight_kg=weight),))
    with pytest.raises(InputError, match="Menarche is given for a boy"):
        Child(Sex.MALE, (Visit(150, menarche=True),))


def test_an_entered_sex_must_not_contradict_the_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="different values"):
        read_child(write(tmp_path, CSV), Sex.MALE)


def test_a_child_without_visits_is_refused() -> None:
    with pytest.raises(InputError, match="at least one visit"):
        Child(Sex.MALE, ())
