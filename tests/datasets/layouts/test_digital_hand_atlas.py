"""The Digital Hand Atlas, as a generated tree of its layout."""

from __future__ import annotations

from pathlib import Path

import pytest

from openboneage.datasets.layouts.recognise import open_film_set
from openboneage.errors import InputError
from openboneage.subject import Sex
from tests.datasets.trees import write_dicom, write_png, write_table

HEADER = ("Image", "Chronological Age", "Reading 1", "Reading 2")
ROWS = (
    ("JPEGimages/ASIF/ASIF05/5262.jpg", 5.5, 5.25, 5.75),
    ("JPEGimages/BLKM/BLKM13/7101.jpg", 13.2, 14, 13.5),
)


@pytest.fixture
def atlas(tmp_path: Path) -> Path:
    for path, *_ in ROWS:
        write_png(tmp_path / path)
    return tmp_path


def page(path: Path) -> Path:
    """The table as a saved page, where the film is a picture and a link."""
    header = "".join(f"<th>{name}</th>" for name in HEADER)
    rows = [f'<td><a href="x"><img src="{link}"></a></td>' + "".join(f"<td> {c} </td>" for c in rest) for link, *rest in ROWS]
    lines = "\n".join(f"<tr>{cells}</tr>" for cells in (header, *rows))
    path.write_text(f"<html><table><tr><td>Digital Hand Atlas</td></tr>\n{lines}\n</table></html>")
    return path


@pytest.mark.parametrize("kind", ["csv", "html"])
def test_films_have_both_readings_in_months(atlas: Path, kind: str) -> None:
    page(atlas / "dha.html") if kind == "html" else write_table(atlas / "meta.csv", HEADER, *ROWS)

    girl, boy = open_film_set(atlas).films

    assert (girl.id, girl.sex, girl.race, girl.age_months) == ("5262", Sex.FEMALE, "Asian", 66)
    assert (girl.bone_age_months, girl.second_reading_months) == (63, 69)
    assert (boy.id, boy.sex, boy.race, boy.bone_age_months) == ("7101", Sex.MALE, "Black", 168)


def test_without_a_table_the_folder_gives_sex_race_and_age(atlas: Path) -> None:
    films = open_film_set(atlas)

    girl, boy = films.films
    assert (girl.bone_age_months, girl.age_months, girl.race) == (None, 60, "Asian")
    assert (boy.sex, boy.age_months) == (Sex.MALE, 156)
    assert films.layout == "the Digital Hand Atlas; no table of readings"


def test_of_two_files_the_dicom_file_is_read(atlas: Path) -> None:
    write_dicom(atlas / "DICOM" / "ASIF" / "ASIF05" / "5262.dcm", "1.2.3")

    films = open_film_set(atlas)

    assert [films.radiograph(film).format for film in films.films] == ["DICOM", "PNG"]


def test_columns_can_be_mapped_and_months_given(atlas: Path) -> None:
    write_table(atlas / "meta.csv", ("file", "A", "B"), *((path, 12 * a, 12 * b) for path, _, a, b in ROWS))

    films = open_film_set(atlas, mapping={"path": "file", "bone_age_months": "A", "second_reading_months": "B"})

    assert [film.bone_age_months for film in films.films] == [63, 168]


def test_a_table_without_header_is_refused(atlas: Path) -> None:
    write_table(atlas / "meta.csv", [str(cell) for cell in ROWS[0]], *ROWS[1:])

    with pytest.raises(InputError, match=r"meta\.csv has no header; name its columns"):
        open_film_set(atlas)


def test_two_tables_are_refused(atlas: Path) -> None:
    write_table(atlas / "meta.csv", HEADER, *ROWS)
    page(atlas / "dha.html")

    with pytest.raises(InputError, match=r"one table of readings .* found meta\.csv, dha\.html; give one with --labels"):
        open_film_set(atlas)
