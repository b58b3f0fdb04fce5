"""Tables of predictions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from openboneage.errors import InputError
from openboneage.evaluate.ages import write_readings
from openboneage.evaluate.predictions import YEAR_COLUMNS, read_predictions
from openboneage.hand.quality import Verdict
from openboneage.subject import Sex
from tests.evaluate.made import reading


def table(folder: Path, text: str) -> Path:
    path = folder / "predictions.csv"
    path.write_text(text)
    return path


def test_the_table_of_evaluate_ages_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ages.csv"
    readings = [
        reading("a", 60, Sex.FEMALE, 62),
        reading("b", 100, Sex.MALE, 104),
        reading("c", 90, Sex.MALE, 104, verdict=Verdict.REJECT),
    ]
    write_readings(path, readings)
    predictions = read_predictions(path)

    assert [film.id for film in predictions.films] == ["b", "a"]
    assert predictions.read.tolist() == [100, 60]
    assert predictions.estimated == pytest.approx([104, 62], abs=0.01)
    assert predictions.intervals is not None
    assert (predictions.intervals[:, 0] < predictions.estimated).all()
    assert predictions.left_out == {"refused": 1}


def test_years_and_other_names_are_read(tmp_path: Path) -> None:
    text = "film;BA (years);prediction_years;race;reading_2_months\na;10,5;11;Asian;120\nb;9;;Black;\nc;;9;Black;\n"
    predictions = read_predictions(table(tmp_path, text))

    assert (predictions.read.tolist(), predictions.estimated.tolist()) == ([126], [132])
    assert (predictions.films[0].race, predictions.films[0].second_reading_months) == ("Asian", 120)
    assert predictions.left_out == {"without an estimate": 1, "without a reading": 1}
    assert (predictions.intervals, predictions.year_probabilities) == (None, None)


def test_columns_can_be_named(tmp_path: Path) -> None:
    mapping = {"id": "nr", "bone_age_months": "y", "estimated_months": "f"}

    assert read_predictions(table(tmp_path, "nr,y,f\na,100,-2.5\n"), mapping).estimated.tolist() == [-2.5]


def test_probabilities_of_years_are_read(tmp_path: Path) -> None:
    cells = ",".join("0.5" if year in (9, 10) else "0" for year in range(19))
    predictions = read_predictions(
        table(tmp_path, f"id,read_months,estimated_months,{','.join(YEAR_COLUMNS)}\na,118,120,{cells}\n")
    )

    assert predictions.year_probabilities is not None
    assert np.flatnonzero(predictions.year_probabilities[0]).tolist() == [9, 10]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "id,estimated_months\na,100\n",
            r"column with a bone age as read in predictions.csv; it has id, estimated_months\. Name it",
        ),
        ("id,read_months\na,100\n", "column with an estimate"),
        ("id,read_months,estimated_months\na,100,\n", "films with a reading and an estimate in predictions.csv, found none"),
        ("id,read_months,estimated_months\na,100,ten\n", "line 2: Expected a number in the column estimated_months, got 'ten'"),
        ("id,read_months,estimated_months\na,100,inf\n", "got 'inf'"),
        (
            "id,read_months,estimated_months,low_months,high_months\na,100,90,95,85\n",
            "line 2: Expected both ends of an interval",
        ),
        ("id,read_months,estimated_months,low_months,high_months\na,100,90,,95\n", "line 2: Expected both ends of an interval"),
        (f"id,read_months,estimated_months,{','.join(YEAR_COLUMNS)}\na,100,90{',0.5' * 19}\n", "probabilities that sum to 1"),
        (f"id,read_months,estimated_months,{','.join(YEAR_COLUMNS)}\na,100,90{',x' * 19}\n", "probabilities that sum to 1"),
        ("id,read_months,read_years,estimated_months\na,100,8,90\n", "several columns for one thing"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_predictions(table(tmp_path, text))
