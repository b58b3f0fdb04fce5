"""Layouts are recognised; otherwise the known layouts are listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from openboneage.datasets.layouts.recognise import open_film_set
from openboneage.errors import InputError
from tests.datasets.trees import write_png, write_table


def test_a_folder_with_one_table(tmp_path: Path) -> None:
    write_table(tmp_path / "films.csv", ("path", "BA", "Gender"), ("a.png", 10, "F"))
    write_png(tmp_path / "a.png")

    films = open_film_set(tmp_path, mapping={"bone_age_years": "BA"})

    assert films.name == "films.csv"
    assert [film.bone_age_months for film in films.films] == [120]


def test_a_table_elsewhere_labels_a_folder(tmp_path: Path) -> None:
    labels = write_table(tmp_path / "labels" / "films.csv", ("id", "bone_age_months"), ("a", 10))
    write_png(tmp_path / "films" / "a.png")

    assert [film.bone_age_months for film in open_film_set(tmp_path / "films", labels).films] == [10]


@pytest.mark.parametrize("tables", [0, 2])
def test_an_unknown_layout_lists_the_known_ones(tmp_path: Path, tables: int) -> None:
    write_png(tmp_path / "a.png")
    for number in range(tables):
        write_table(tmp_path / f"{number}.csv", ("path",), ("a.png",))

    with pytest.raises(InputError) as refused:
        open_film_set(tmp_path)

    assert all(word in str(refused.value) for word in ("RSNA", "Digital Hand Atlas", "DICOM files", "column id or path"))
    assert ("2 tables" in str(refused.value)) == (tables == 2)


def test_a_missing_path_or_a_film_is_not_a_data_set(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file or folder"):
        open_film_set(tmp_path / "none")
    with pytest.raises(InputError, match="a single film is for boneage assess"):
        open_film_set(write_png(tmp_path / "a.png"))
