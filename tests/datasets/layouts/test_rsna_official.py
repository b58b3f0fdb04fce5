"""The RSNA challenge as downloaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from openboneage.datasets.layouts.recognise import open_film_set
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.subject import Sex
from tests.datasets.trees import RSNA_TRAIN_IDS, RSNA_VALIDATION_ID, write_png, write_table

TRAIN_HEADER = ("id", "boneage", "male")


def write_training(folder: Path, name: str = "boneage-training-dataset.csv") -> Path:
    """Four films of the training set, one of them native."""
    ids = (*RSNA_TRAIN_IDS, RSNA_VALIDATION_ID, "1377")
    write_table(folder / name, TRAIN_HEADER, *((film_id, 100 + i, i % 2 == 0) for i, film_id in enumerate(ids)))
    for film_id in ids:
        write_png(folder / "boneage-training-dataset" / "boneage-training-dataset" / f"{film_id}.png")
    return folder


def write_validation(folder: Path) -> Path:
    write_table(
        folder / "Validation Dataset.csv", ("Image ID", "male", "Bone Age (months)"), (1386, "TRUE", 30), (1392, "FALSE", 162)
    )
    write_png(folder / "boneage-validation-dataset-1" / "1386.png")
    write_png(folder / "boneage-validation-dataset-2" / "1392.png")
    return folder


def write_test(folder: Path) -> Path:
    header = ("Case ID", "Sex", "Ground truth bone age (months)")
    write_table(folder / "Bone age ground truth.csv", header, (4360, "M", 168.93), (4361, "F", 70.1), delimiter=";")
    for film_id in ("4360", "4361"):
        write_png(folder / "Test Set Images" / f"{film_id}.png")
    return folder


@pytest.mark.parametrize("name", ["boneage-training-dataset.csv", "train.csv"])
def test_the_training_set_is_split_as_the_shipped_models_were(tmp_path: Path, name: str) -> None:
    films = open_film_set(write_training(tmp_path, name))

    assert [film.split for film in films.films] == [Split.TRAIN, Split.TRAIN, Split.VALIDATION, Split.NATIVE]
    assert [film.bone_age_months for film in films.films] == [100, 101, 102, 103]
    assert [film.sex for film in films.films] == [Sex.MALE, Sex.FEMALE] * 2
    assert films.learned_from == {Split.TRAIN}
    assert films.layout == "the RSNA challenge: 4 of 4 films of the training set"
    assert films.radiograph(films.films[0]).height_px == 40


def test_the_validation_set_is_the_validation_split(tmp_path: Path) -> None:
    films = open_film_set(write_validation(tmp_path / "Bone Age Validation Set"))

    assert [(film.id, film.sex, film.bone_age_months) for film in films.films] == [
        ("1386", Sex.MALE, 30), ("1392", Sex.FEMALE, 162),
    ]  # fmt: skip
    assert {film.split for film in films.films} == {Split.VALIDATION}


def test_the_test_set_is_held_out(tmp_path: Path) -> None:
    films = open_film_set(write_test(tmp_path / "Bone Age Test Set"))

    assert [(film.sex, film.bone_age_months) for film in films.films] == [(Sex.MALE, 168.93), (Sex.FEMALE, 70.1)]
    assert {film.split for film in films.films} == {Split.HELD_OUT}


def test_all_three_side_by_side_are_one_set(tmp_path: Path) -> None:
    write_training(tmp_path)
    write_validation(tmp_path / "Bone Age Validation Set")
    write_test(tmp_path / "Bone Age Test Set")

    films = open_film_set(tmp_path)

    assert len(films.films) == 8
    assert "4 of 4 films of the training set" in films.layout
    assert "2 of 2 films of the test set" in films.layout


def test_a_table_or_a_folder_of_films_will_do(tmp_path: Path) -> None:
    write_training(tmp_path)

    by_table = open_film_set(tmp_path / "boneage-training-dataset.csv")
    by_films = open_film_set(tmp_path / "boneage-training-dataset")

    assert by_table.films == by_films.films
    assert by_films.learned_from == {Split.TRAIN}


def test_a_part_of_the_films_will_do(tmp_path: Path) -> None:
    write_training(tmp_path)
    (tmp_path / "boneage-training-dataset" / "boneage-training-dataset" / "1378.png").unlink()

    films = open_film_set(tmp_path)

    assert len(films.films) == 3
    assert films.layout.endswith("3 of 4 films of the training set")


def test_other_ids_are_another_data_set(tmp_path: Path) -> None:
    write_table(tmp_path / "films.csv", TRAIN_HEADER, ("hand-1", 100, "True"))
    write_png(tmp_path / "hand-1.png")

    with pytest.raises(InputError, match=r"boneage of films\.csv does not state its unit"):
        open_film_set(tmp_path)


def test_a_spreadsheet_of_the_test_set_must_be_saved_as_csv(tmp_path: Path) -> None:
    (tmp_path / "Bone age ground truth.xlsx").write_bytes(b"PK\x03\x04...")
    write_png(tmp_path / "Test Set Images" / "4360.png")

    for place in (tmp_path, tmp_path / "Bone age ground truth.xlsx"):
        with pytest.raises(InputError, match=r"save.* as CSV"):
            open_film_set(place)


def test_other_tables_are_ignored(tmp_path: Path) -> None:
    write_training(tmp_path)
    (tmp_path / "notes.csv").write_bytes(b"PK\x03\x04")
    write_table(tmp_path / "my-results.csv", ("id", "estimate"), (1378, 99))

    assert len(open_film_set(tmp_path).films) == 4


def test_the_challenge_next_to_another_folder_is_not_mistaken_for_it(tmp_path: Path) -> None:
    write_training(tmp_path)
    write_table(tmp_path / "mine" / "films.csv", ("path", "bone_age_months"), ("a.png", 60))
    write_png(tmp_path / "mine" / "a.png")

    assert open_film_set(tmp_path / "mine").name == "films.csv"
