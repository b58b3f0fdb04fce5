"""Films listed in a table."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from openboneage.datasets.layouts.labelled_csv import open_csv
from openboneage.datasets.splits import split_of
from openboneage.errors import InputError, UnreadableError
from openboneage.subject import Sex
from tests.datasets.trees import write_dicom, write_png, write_table

HEADER = ("id", "bone_age_months", "sex", "race", "second_reading_months", "patient", "remark")


def test_films_are_found_by_name_below_the_table(tmp_path: Path) -> None:
    table = write_table(tmp_path / "films.csv", HEADER, ("a", 60, "F", "x", 66, "", "-"), ("b.png", 72, "M", "", "", "", ""))
    write_png(tmp_path / "images" / "deep" / "a.png")
    write_png(tmp_path / "b.png")

    films = open_csv(table)

    first, second = films.films
    assert (first.id, first.bone_age_months, first.second_reading_months, first.race) == ("a", 60, 66, "x")
    assert (second.id, second.sex, second.second_reading_months, second.race) == ("b.png", Sex.MALE, None, None)
    assert films.radiograph(first).height_px == 40
    assert "2 of its 2 films are there" in films.layout
    assert "bone_age_months from 'bone_age_months'" in films.layout


def test_films_of_one_patient_share_a_split(tmp_path: Path) -> None:
    rows = [(f"{i}", 60, "F", "", "", "child", "") for i in range(20)]
    for row in rows:
        write_png(tmp_path / f"{row[0]}.png")

    films = open_csv(write_table(tmp_path / "films.csv", HEADER, *rows)).films

    assert {film.split for film in films} == {split_of("child")}
    assert len({split_of(film.id) for film in films}) > 1, "by their ids they would be in several splits"


def test_a_film_without_a_file_is_left_out_and_counted(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png")

    films = open_csv(write_table(tmp_path / "films.csv", ("path",), ("a.png",), ("b.png",)))

    assert [film.id for film in films.films] == ["a.png"]
    assert "1 of its 2 films are there" in films.layout


def test_a_dicom_header_fills_gaps_of_the_table(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a.dcm", "1.2.3")

    film = open_csv(write_table(tmp_path / "films.csv", ("path", "bone_age_years"), ("a.dcm", 9))).films[0]

    assert (film.sex, film.bone_age_months) == (Sex.FEMALE, 108)
    assert film.age_months == pytest.approx(111, abs=0.1)
    assert film.patient is not None
    assert film.split is split_of(film.patient)


def test_a_set_can_be_sent_to_processes(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png")

    films = pickle.loads(pickle.dumps(open_csv(write_table(tmp_path / "films.csv", ("path",), ("a.png",)))))

    assert films.radiograph(films.films[0]).width_px == 48


def test_an_unreadable_film_is_named_by_its_id(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no image")
    films = open_csv(write_table(tmp_path / "films.csv", ("path",), ("a.png",)))

    with pytest.raises(UnreadableError, match=r"Film a\.png: Expected a DICOM, PNG"):
        films.radiograph(films.films[0])


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        (("bone_age_months",), (60,), "Expected a column with the films in films.csv, such as path, id"),
        (("path", "bone_age_months"), ("a.png", "old"), r"films\.csv, line 2: Expected a number .* got 'old'"),
        (("path", "bone_age_months"), ("a.png", -1), r"films\.csv, line 2: An age must lie between 0 and 1440"),
        (
            ("path", "bone_age_years"),
            ("a.png", 120),
            r"A bone age lies between 0 and 20 years, got 120 as bone_age_years",
        ),
        (("path", "sex"), ("a.png", "x"), r"films\.csv, line 2: Sex must be F, M or unknown"),
        (("path",), ("b.png",), r"Expected films in films\.csv, found none"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(
    tmp_path: Path, header: tuple[str, ...], row: tuple[object, ...], message: str
) -> None:
    write_png(tmp_path / "a.png")

    with pytest.raises(InputError, match=message):
        open_csv(write_table(tmp_path / "films.csv", header, row))


def test_a_film_of_two_files_is_refused(tmp_path: Path) -> None:
    write_png(tmp_path / "x" / "a.png")
    write_png(tmp_path / "y" / "a.png")

    with pytest.raises(InputError, match=r"one file for the film a, found x/a\.png, y/a\.png"):
        open_csv(write_table(tmp_path / "films.csv", ("id",), ("a",)))


def test_a_film_has_one_row(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png")

    with pytest.raises(InputError, match=r"films\.csv, line 3: the film 'a' is already in line 2"):
        open_csv(write_table(tmp_path / "films.csv", ("id", "bone_age_months"), ("a", 60), ("a", 72)))


def test_an_id_is_unique(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        write_png(tmp_path / name)

    with pytest.raises(InputError, match="the id 7 occurs 2 times"):
        open_csv(write_table(tmp_path / "films.csv", ("path", "id"), ("a.png", 7), ("b.png", 7)))
