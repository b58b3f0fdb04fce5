"""Chest films in the NIH layout, and with short names; folds by patient."""

from __future__ import annotations

import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from openboneage.datasets.chest import ChestFilms
from openboneage.errors import InputError, UnreadableError
from tests.datasets.trees import write_table

NIH = ("Image Index", "Finding Labels", "Patient ID", "Patient Age", "Patient Gender")


def image(height: int = 20, width: int = 10, value: int = 200) -> bytes:
    return cv2.imencode(".png", np.full((height, width), value, np.uint8))[1].tobytes()


def test_the_nih_layout_is_read(tmp_path: Path) -> None:
    write_table(
        tmp_path / "Data_Entry_2017.csv",
        NIH,
        ("00000001_000.png", "-", 1, "058Y", "M"),
        ("00000001_001.png", "-", 1, 59, "M"),
        ("00000002_000.png", "-", 2, "7", "F"),
        ("00000003_000.png", "-", 3, "7", "F"),  # it has no image
        ("00000004_000.png", "-", 4, "", "F"),
    )
    (tmp_path / "images").mkdir()
    for name in ("00000001_000", "00000001_001", "00000002_000", "00000004_000"):
        (tmp_path / "images" / f"{name}.png").write_bytes(image())

    films = ChestFilms.open(tmp_path)

    assert [(film.id, film.patient, film.age_months, film.sex) for film in films.films] == [
        ("00000001_000", "1", 696.0, 1),
        ("00000001_001", "1", 708.0, 1),
        ("00000002_000", "2", 84.0, 0),
    ]
    assert films.patients == 2
    folds = films.folds(5)
    assert folds[0] == folds[1]
    assert [film.id for film in ChestFilms.open(tmp_path, oldest_years=20).films] == ["00000002_000"]


def test_images_of_an_archive_lie_in_a_black_square(tmp_path: Path) -> None:
    write_table(tmp_path / "chest.csv", ("id", "patient", "age_years", "sex"), ("a", 1, 40, "F"), ("b", 2, 41, "male"))
    with zipfile.ZipFile(tmp_path / "films.zip", "w") as archive:
        archive.writestr("a.png", image())
        archive.writestr("b.png", b"no image")

    films = ChestFilms.open(tmp_path)
    square = films.square(films.films[0], 8)

    assert square.shape == (8, 8)
    assert (square[:, 2:6] == 200).all()
    assert not square[:, :2].any()
    assert films.square(films.films[0], 40).shape == (40, 40)
    with pytest.raises(UnreadableError, match="b is not a readable image"):
        films.square(films.films[1], 8)


def test_folders_without_films_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"one table .* found 0"):
        ChestFilms.open(tmp_path)
    write_table(tmp_path / "chest.csv", ("id", "age_years", "sex"), ("a", 40, "F"))
    with pytest.raises(InputError, match=r"column Patient ID in chest\.csv; it has id, age_years, sex"):
        ChestFilms.open(tmp_path)
    write_table(tmp_path / "chest.csv", ("id", "patient", "age_years", "sex"), ("a", 1, 40, "F"))
    with pytest.raises(InputError, match=r"an image, an age and a sex in .*, found none"):
        ChestFilms.open(tmp_path)
