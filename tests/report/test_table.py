from __future__ import annotations

import pytest

from openboneage.assess.parts import ModelFacts
from openboneage.errors import InputError, RefusedError, UnreadableError
from openboneage.report.table import COLUMNS, TableRow, from_cells, models_cell, to_cells, to_error_row, to_row
from openboneage.subject import Sex
from tests import hands
from tests.toy_model import toy_assessor

FILM = hands.png(hands.film("7043", 400))


def test_columns_are_those_of_the_documentation() -> None:
    assert ",".join(COLUMNS) == (
        "path,status,bone_age_months,low_months,high_months,sex_used,findings,models,seconds,"
        "age_months,sds,messages,film_sha256,sop_instance_uid,program_version,case_id,girl_months,boy_months,"
        "tw3_score,tw3_months,tw3_low_months,tw3_high_months,rus_chn_score,rus_chn_months,rus_chn_low_months,"
        "rus_chn_high_months,rus_chn_percentile,carpal_months,"
        "radius_stage,ulna_stage,mc1_stage,mc3_stage,mc5_stage,pp1_stage,pp3_stage,pp5_stage,mp3_stage,mp5_stage,"
        "dp1_stage,dp3_stage,dp5_stage,radius_months,ulna_months,mc1_months,mc3_months,mc5_months,pp1_months,"
        "pp3_months,pp5_months,mp3_months,mp5_months,dp1_months,dp3_months,dp5_months"
    )


def test_row_of_an_accepted_film() -> None:
    assessment = toy_assessor().assess(FILM, Sex.MALE)
    row = to_row("a/b.png", assessment, "17")
    assert (row.path, row.status, row.sex_used, row.findings) == ("a/b.png", "accept", "male", "")
    age = hands.bone_age(assessment)
    assert (row.low_months, row.bone_age_months, row.high_months) == (
        age.interval.low_months,
        age.mean_months,
        age.interval.high_months,
    )
    assert (row.age_months, row.sds, row.case_id) == (None, None, "17")
    assert (row.girl_months, row.boy_months) == (None, None)
    assert (row.film_sha256, row.program_version) == (assessment.film.sha256, assessment.program.version)
    assert row.models == ";".join(f"{m.name} {m.version} ({m.sha256[:8]})" for m in assessment.models)
    assert row.seconds is not None
    assert 0 < row.seconds < 60


def test_models_of_one_version_are_distinguished_by_their_weights() -> None:
    first, second = (ModelFacts(name="whole-hand", version="0.0", sha256=digit * 64) for digit in "ab")
    assert models_cell([first]) == "whole-hand 0.0 (aaaaaaaa)"
    assert models_cell([first]) != models_cell([second])


def test_row_of_an_unknown_sex() -> None:
    row = to_row("a.png", toy_assessor().assess(FILM))
    girl, boy = (hands.bone_age(toy_assessor().assess(FILM, sex)) for sex in (Sex.FEMALE, Sex.MALE))
    assert (row.status, row.sex_used, row.findings) == ("accept with findings", "unknown", "sex-unknown")
    assert row.bone_age_months is None
    assert (row.girl_months, row.boy_months) == (girl.mean_months, boy.mean_months)
    assert (row.low_months, row.high_months) == (girl.interval.low_months, boy.interval.high_months)


def test_row_of_a_refused_film_has_no_age() -> None:
    row = to_row("a.png", toy_assessor().assess(hands.png(hands.not_hand("clouds"))))
    assert (row.status, row.bone_age_months, row.low_months, row.high_months) == ("reject", None, None, None)
    assert "not-a-hand" in row.findings.split(";")
    assert row.messages.endswith(".")


def test_row_of_a_child_of_known_age_has_an_sds() -> None:
    assessment = toy_assessor().assess(FILM, Sex.MALE, 96)
    row = to_row("a.png", assessment)
    assert assessment.comparison is not None
    assert (row.age_months, row.sds) == (96, assessment.comparison.sds)


def test_rows_of_films_that_could_not_be_assessed() -> None:
    unreadable = to_error_row("a.dcm", UnreadableError("Cut off."))
    assert (unreadable.path, unreadable.status, unreadable.findings) == ("a.dcm", "unreadable", "Cut off.")
    assert unreadable.messages == "Cut off."
    assert unreadable.models == ""
    assert to_error_row("a.dcm", RefusedError("Two frames.")).status == "reject"
    assert to_error_row("a.dcm", InputError("None of this name.")).status == "unreadable"


@pytest.mark.parametrize("path", ["=1+1.png", "+a.png", "-a.png", "@a.png", "\ta.png", "\ra.png", "'=a.png", "''@a.png"])
def test_no_cell_of_text_is_a_formula(path: str) -> None:
    cells = to_cells(TableRow(path, "accept"))
    assert cells[0] == f"'{path}"
    assert from_cells(cells).path == path


@pytest.mark.parametrize("path", ["'quoted'.png", "a=b.png", "a.png", "", "'"])
def test_other_text_is_unchanged(path: str) -> None:
    cells = to_cells(TableRow(path, "accept"))
    assert cells[0] == path
    assert from_cells(cells).path == path


def test_numbers_are_written_with_their_sign_and_decimals() -> None:
    row = TableRow("a.png", "accept", bone_age_months=100.126, sds=-1.5, seconds=0.12345)
    cells = dict(zip(COLUMNS, to_cells(row), strict=True))
    assert (cells["bone_age_months"], cells["sds"], cells["seconds"]) == ("100.13", "-1.50", "0.123")
    assert from_cells(cells.values()) == TableRow("a.png", "accept", bone_age_months=100.13, sds=-1.5, seconds=0.123)


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        from_cells(["a.png", "accept"])
