"""`boneage evaluate` on data sets of several layouts."""

from __future__ import annotations

from pathlib import Path

import pytest

from openboneage.cli.film_sets import VARIABLE
from openboneage.errors import InputError
from openboneage.weights.registry import DEFAULT_SET
from tests.cli.running import boneage
from tests.datasets.trees import RSNA_TRAIN_IDS, RSNA_VALIDATION_ID, write_table
from tests.reading.films import film_file
from tests.tiny_rsna import EXAMPLES, LABELS, example_film
from tests.toy_model import write_toy

FILMS = ("7036", "7041", "7043")


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("toy")
    write_toy(folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three films and a table that calls its columns its own names."""
    rows = [(f"{film_id}.png", *LABELS[film_id], "A" if i else "B", LABELS[film_id][0] + 6) for i, film_id in enumerate(FILMS)]
    write_table(tmp_path / "my-films.csv", ("Image", "BA", "Gender", "Race", "Reading 2 (months)"), *rows, delimiter=";")
    for film_id in FILMS:
        (tmp_path / f"{film_id}.png").write_bytes((EXAMPLES / f"{film_id}.png").read_bytes())
    return tmp_path


def rows(table: str) -> dict[str, str]:
    """Number of films by row of the first table."""
    cells = [line.strip("| ").split(" | ") for line in table.split("\n\n")[0].splitlines()[2:]]
    return {row[0]: row[1] for row in cells}


def test_a_table_with_its_own_columns(folder: Path, toy: Path) -> None:
    run = boneage(
        "evaluate", "ages", folder / "my-films.csv", "--columns", "bone_age_months=BA", "--models", toy, "--jobs", "1"
    )

    assert run.code == 0, run.err
    found = rows(run.out)
    assert [found[name] for name in ("all", "girls", "boys", "A", "B")] == ["3", "1", "2", "2", "1"]
    assert found["read twice, against the second reading"] == found["read twice, against the mean of both"] == "3"
    assert "The two readings of 3 films differ by 6.00 months on average." in run.out
    assert "Recognised a table with id from 'Image'" in run.err
    assert "Figures come from 3 films of my-films.csv." in run.err


@pytest.mark.parametrize(("table", "said"), [("out.csv", "add --overwrite"), ("my-films.csv", "its own input")])
def test_the_table_of_films_replaces_no_file(folder: Path, toy: Path, table: str, said: str) -> None:
    (folder / "out.csv").write_text("precious")
    before = (folder / table).read_text()
    overwrite = ["--overwrite"] if table == "my-films.csv" else []
    options = ("--columns", "bone_age_months=BA", "--models", toy, "--jobs", "1", "--csv", folder / table)

    run = boneage("evaluate", "ages", folder / "my-films.csv", *options, *overwrite)

    assert (run.code, said in run.err) == (InputError.exit_code, True)
    assert (folder / table).read_text() == before


def test_a_column_without_unit_is_refused(folder: Path) -> None:
    run = boneage("evaluate", "ages", folder / "my-films.csv")

    assert run.code == InputError.exit_code
    assert "--columns bone_age_months=BA or --columns bone_age_years=BA" in run.err


def official_folder(folder: Path, *film_ids: str) -> Path:
    write_table(folder / "train.csv", ("id", "boneage", "male"), *((film_id, 156, "False") for film_id in film_ids))
    (folder / "boneage-training-dataset").mkdir()
    for film_id in film_ids:
        (folder / "boneage-training-dataset" / f"{film_id}.png").write_bytes((EXAMPLES / "7043.png").read_bytes())
    return folder


def test_the_official_folder(tmp_path: Path, toy: Path) -> None:
    source = official_folder(tmp_path, RSNA_VALIDATION_ID)

    run = boneage("evaluate", "ages", source, "--models", toy, "--jobs", "1")

    assert run.code == 0, run.err
    assert rows(run.out)["all"] == "1"
    assert "1 of 1 films of the training set" in run.err


def test_films_of_the_official_folder_that_were_learned_from(tmp_path: Path, toy: Path) -> None:
    source = official_folder(tmp_path, *RSNA_TRAIN_IDS, RSNA_VALIDATION_ID)

    refused = boneage("evaluate", "ages", source, "--split", "train")
    without = boneage("evaluate", "ages", source)
    run = boneage("evaluate", "ages", source, "--split", "validation", "--models", toy, "--jobs", "1")

    assert (refused.code, without.code) == (InputError.exit_code, InputError.exit_code)
    assert "the program was trained on the train split" in refused.err
    assert "found none; it has 2 of train, 1 of validation" in without.err
    assert rows(run.out)["all"] == "1"
    assert "the program was trained on 2 others" in run.err


def test_a_tree_of_dicom_films(tmp_path: Path, toy: Path) -> None:
    write_table(tmp_path / "labels.csv", ("sop_instance_uid", "bone_age_years"), *((f"1.2.{i}", 13) for i in FILMS[:2]))
    for film_id in FILMS:
        (tmp_path / f"IM{film_id}").write_bytes(film_file(example_film(film_id), bits=8, SOPInstanceUID=f"1.2.{film_id}"))

    run = boneage("evaluate", "ages", tmp_path, "--models", toy, "--jobs", "1")

    assert run.code == 0, run.err
    assert rows(run.out) == {"all": "2", "girls": "2", "132-167 months": "2"}
    assert "2 of 3 films are in a table" in run.err
    assert "1 without a bone age are left out" in run.err


def test_a_film_that_cannot_be_read_is_left_out_and_named(folder: Path, toy: Path) -> None:
    (folder / "7041.png").write_bytes(b"no image")
    words = ("evaluate", "ages", folder / "my-films.csv", "--columns", "bone_age_months=BA", "--models", toy, "--jobs", "1")

    run = boneage(*words)
    for film_id in FILMS:
        (folder / f"{film_id}.png").write_bytes(b"no image")
    none = boneage(*words)

    assert run.code == 0, run.err
    assert rows(run.out)["all"] == "2"
    assert "Unreadable and left out: 1 films, such as 7041.png." in run.out
    assert none.code == InputError.exit_code
    assert "none of 3 can, such as 7036.png" in none.err


@pytest.mark.parametrize("figure", ["risk", "stress", "damage", "repeat", "resolution"])
def test_other_figures_leave_out_what_cannot_be_read(folder: Path, toy: Path, figure: str) -> None:
    for film_id in FILMS[:2]:
        (folder / f"{film_id}.png").write_bytes(b"no image")

    run = boneage(
        *("evaluate", figure, folder / "my-films.csv", "--columns", "bone_age_months=BA", "--models", toy, "--jobs", "1")
    )

    assert run.code == 0, run.err
    assert run.out.splitlines()[-1] == "Unreadable and left out: 2 films, such as 7036.png, 7041.png."


def test_films_without_any_bone_age_are_refused(folder: Path) -> None:
    (folder / "my-films.csv").unlink()
    write_table(folder / "names.csv", ("path",), ("7036.png",))

    run = boneage("evaluate", "ages", folder)

    assert run.code == InputError.exit_code
    assert "none of the 1 films of names.csv has one" in run.err


@pytest.mark.parametrize("figure", ["compare", "risk", "stress", "damage", "repeat"])
def test_other_figures_take_any_data_set(folder: Path, toy: Path, figure: str) -> None:
    models = ["--models", str(toy), *(["--models", DEFAULT_SET] if figure == "compare" else [])]

    run = boneage("evaluate", figure, folder / "my-films.csv", "--columns", "bone_age_months=BA", *models, "--jobs", "1")

    assert run.code == 0, run.err
    assert figure == "risk" or "films of my-films.csv" in run.out


def test_a_missing_data_set_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)

    run = boneage("evaluate", "ages")

    assert run.code == InputError.exit_code
    assert "give its path, as FILMS or --data, or set the variable OPENBONEAGE_DATA" in run.err
    assert "Digital Hand Atlas" in run.err


def test_the_variable_names_a_data_set_and_an_argument_overrides_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(folder / "my-films.csv"))

    assert "column BA of my-films.csv" in boneage("evaluate", "ages").err
    assert "no file or folder" in boneage("evaluate", "ages", tmp_path / "none").err


def test_two_data_sets_are_refused(folder: Path) -> None:
    run = boneage("evaluate", "ages", folder, "--data", folder)

    assert run.code == InputError.exit_code
    assert "Expected one data set, got FILMS and --data" in run.err


def test_the_finder_is_measured_on_the_packs_alone(folder: Path) -> None:
    columns = write_table(folder / "my-films.csv", ("path", "bone_age_months"), ("7036.png", 24))

    run = boneage("evaluate", "polarity", "--data", columns)

    assert run.code == InputError.exit_code
    assert "Expected the RSNA packs" in run.err


def test_help_names_no_folder_of_this_checkout() -> None:
    for command in ("ages", "quality", "limits"):
        assert "../shared" not in boneage("evaluate", command, "--help").out
