from __future__ import annotations

from openboneage.assess.assessment import ModelFacts
from openboneage.errors import InputError, RefusedError, UnreadableError
from openboneage.report.table import COLUMNS, models_cell, to_error_row, to_row
from openboneage.subject import Sex
from tests import hands
from tests.toy_model import toy_assessor

FILM = hands.png(hands.film("7043", 400))


def test_columns_are_those_of_the_documentation() -> None:
    assert ",".join(COLUMNS) == "path,status,bone_age_months,low_months,high_months,sex_used,findings,models,seconds"


def test_row_of_an_accepted_film() -> None:
    assessment = toy_assessor().assess(FILM, Sex.MALE)
    row = to_row("a/b.png", assessment)
    assert tuple(row) == COLUMNS
    assert (row["path"], row["status"], row["sex_used"], row["findings"]) == ("a/b.png", "accept", "male", "")
    assert float(row["low_months"]) < float(row["bone_age_months"]) < float(row["high_months"])
    assert float(row["bone_age_months"]) == round(hands.bone_age(assessment).mean_months, 2)
    assert row["models"] == ";".join(f"{m.name} {m.version} ({m.sha256[:8]})" for m in assessment.models)
    assert 0 < float(row["seconds"]) < 60


def test_models_of_one_version_are_told_apart_by_their_weights() -> None:
    first, second = (ModelFacts(name="whole-hand", version="0.0", sha256=digit * 64) for digit in "ab")
    assert models_cell([first]) == "whole-hand 0.0 (aaaaaaaa)"
    assert models_cell([first]) != models_cell([second])


def test_row_of_an_unknown_sex() -> None:
    row = to_row("a.png", toy_assessor().assess(FILM))
    assert (row["status"], row["sex_used"], row["findings"]) == ("accept with findings", "unknown", "sex-unknown")


def test_row_of_a_refused_film_has_no_age() -> None:
    row = to_row("a.png", toy_assessor().assess(hands.png(hands.not_hand("clouds"))))
    assert (row["status"], row["bone_age_months"], row["low_months"], row["high_months"]) == ("reject", "", "", "")
    assert "not-a-hand" in row["findings"].split(";")


def test_rows_of_films_that_could_not_be_assessed() -> None:
    unreadable = to_error_row("a.dcm", UnreadableError("Cut off."))
    assert tuple(unreadable) == COLUMNS
    assert (unreadable["path"], unreadable["status"], unreadable["findings"]) == ("a.dcm", "unreadable", "Cut off.")
    assert unreadable["models"] == ""
    assert to_error_row("a.dcm", RefusedError("Two frames."))["status"] == "reject"
    assert to_error_row("a.dcm", InputError("None of this name."))["status"] == "unreadable"
