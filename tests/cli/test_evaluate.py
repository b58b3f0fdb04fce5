"""`boneage evaluate`: accuracy on splits that were not used for training, as Markdown."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from openboneage.assess.estimators.registry import ESTIMATORS
from openboneage.cli import application, main
from openboneage.errors import InputError, WeightsError
from openboneage.weights.registry import DEFAULT_SET
from tests.estimators import Regressor
from tests.toy_model import write_toy


def evaluate(*args: str | Path) -> Result:
    return CliRunner().invoke(application(), ["evaluate", *map(str, args)])


def test_figures_from_training_films_are_refused(tiny_shared: Path) -> None:
    result = evaluate("ages", "--split", "train", "--data", tiny_shared / "rsna")

    assert isinstance(result.exception, InputError)
    assert "trained on the train split" in str(result.exception)


def test_the_refusal_is_one_sentence_and_an_exit_code(
    tiny_shared: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["boneage", "evaluate", "ages", "--split", "train", "--data", str(tiny_shared / "rsna")])

    with pytest.raises(SystemExit) as stopped:
        main()

    assert stopped.value.code == InputError.exit_code
    assert "boneage: Figures of RSNA 2017 come from validation, held-out, native" in capsys.readouterr().err


@pytest.mark.parametrize("sex", [[], ["--unknown-sex"]], ids=["own sex", "unknown sex"])
def test_ages_prints_a_table_and_writes_rows(tiny_shared: Path, tmp_path: Path, sex: list[str]) -> None:
    table = tmp_path / "ages.csv"

    result = evaluate("ages", "--split", "native", "--data", tiny_shared / "rsna", "--jobs", "1", "--csv", table, *sex)

    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0].startswith("| films | n | MAE")
    with table.open(newline="") as file:
        errors = [abs(float(row["error_months"])) for row in csv.DictReader(file)]
    assert errors == sorted(errors, reverse=True)
    assert len(errors) == 3


@pytest.mark.slow
def test_a_dask_cluster_gives_the_figures_of_one_process(tiny_shared: Path) -> None:
    words = ("ages", "--split", "native", "--data", tiny_shared / "rsna", "--jobs", "1")

    assert evaluate(*words, "--dask", "local").stdout == evaluate(*words).stdout


@pytest.mark.parametrize("figure", ["polarity", "mask", "pose", "quality"])
def test_each_measurement_has_a_command(tiny_shared: Path, figure: str) -> None:
    jobs = [] if figure == "mask" else ["--jobs", "1"]
    negatives: list[str | Path] = ["--not-hands", tiny_shared / "not_hands" / "mednist-64px.zip"] if figure == "quality" else []

    result = evaluate(figure, "--data", tiny_shared / "rsna", *jobs, *negatives)

    assert result.exit_code == 0, result.output
    assert all(line.startswith("| ") and line.endswith(" |") for line in result.stdout.splitlines() if line)


def test_a_set_or_a_folder_is_measured_as_picked(tiny_shared: Path, tmp_path: Path) -> None:
    write_toy(tmp_path)
    words = ("ages", "--split", "native", "--data", tiny_shared / "rsna", "--jobs", "1")

    default, named, toy = (evaluate(*words, *pick).stdout for pick in ((), ("--models", DEFAULT_SET), ("--models", tmp_path)))

    assert named == default != toy
    assert toy.startswith("| films |")


@pytest.mark.parametrize("figure", ["ages", "polarity", "mask", "pose", "quality"])
def test_an_unknown_set_is_refused(tiny_shared: Path, figure: str) -> None:
    result = evaluate(figure, "--data", tiny_shared / "rsna", "--models", "0.9")

    assert isinstance(result.exception, WeightsError)
    assert "a folder with cards, got '0.9'" in str(result.exception)


def test_missing_films_are_named(tmp_path: Path) -> None:
    result = evaluate("ages", "--data", tmp_path, "--jobs", "1")

    assert isinstance(result.exception, InputError)
    assert "train.csv" in str(result.exception)


@pytest.mark.parametrize("figure", ["ages", "risk", "answers", "limits", "stress", "damage", "repeat", "resolution"])
def test_an_unknown_estimator_is_refused(tiny_shared: Path, figure: str) -> None:
    result = evaluate(figure, "--data", tiny_shared / "rsna", "--estimator", "foot")

    assert isinstance(result.exception, InputError)
    assert str(result.exception) == f"Expected one of the estimators {', '.join(ESTIMATORS)}, got 'foot'."


def test_the_default_estimator_is_the_whole_hand(tiny_shared: Path) -> None:
    words = ("ages", "--split", "native", "--data", tiny_shared / "rsna", "--jobs", "1")

    assert evaluate(*words, "--estimator", "whole-hand").stdout == evaluate(*words).stdout


def test_ages_of_another_estimator_are_measured(tiny_shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ESTIMATORS, Regressor.name, Regressor)
    words = ("ages", "--split", "native", "--data", tiny_shared / "rsna", "--jobs", "1", "--estimator")

    shipped, regressor = (evaluate(*words, name).stdout.splitlines()[2] for name in ("whole-hand", Regressor.name))

    assert regressor.startswith("| all | 3 | ")
    assert regressor != shipped


def test_attention_needs_drawn_regions(tiny_shared: Path) -> None:
    result = evaluate("attention", "--data", tiny_shared / "rsna", "--jobs", "1")

    assert result.exit_code != 0
    assert isinstance(result.exception, InputError)
    assert "Expected drawn regions of films (regions.json.gz)" in str(result.exception)
