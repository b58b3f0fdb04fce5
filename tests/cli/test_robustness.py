"""`boneage evaluate` stress, repeat, risk, compare, answers and limits, on the tiny folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from openboneage.errors import InputError
from openboneage.weights.registry import DEFAULT_SET
from tests.cli.running import boneage
from tests.toy_model import write_toy

FIGURES = ("stress", "repeat", "risk", "compare", "answers")


@pytest.mark.parametrize("figure", ["stress", "repeat", "risk"])
def test_each_measurement_prints_a_table_and_a_sentence(tiny_shared: Path, tmp_path: Path, figure: str) -> None:
    write_toy(tmp_path)
    every = [] if figure == "risk" else ["--every", "5"]

    run = boneage("evaluate", figure, "--models", tmp_path, "--data", tiny_shared / "rsna", "--jobs", "1", *every)

    assert run.code == 0, run.err
    head, rule, first, *_, last = run.out.splitlines()
    assert figure != "stress" or head.startswith("| 2 held-out films |")
    assert figure != "repeat" or first.startswith("| 2 |")
    assert set(rule) == set("| -")
    assert last.endswith(".")


def test_native_films_are_all_stressed(tiny_shared: Path, tmp_path: Path) -> None:
    write_toy(tmp_path)

    run = boneage(
        "evaluate", "repeat", "--models", tmp_path, "--data", tiny_shared / "rsna", "--jobs", "1", "--split", "native"
    )

    assert run.code == 0, run.err
    assert run.out.splitlines()[2].startswith("| 3 |")


def test_sets_are_compared_on_each_split(tiny_shared: Path, tmp_path: Path) -> None:
    write_toy(tmp_path)

    run = boneage(
        "evaluate", "compare", "--models", DEFAULT_SET, "--models", tmp_path, "--data", tiny_shared / "rsna", "--jobs", "1"
    )

    assert run.code == 0, run.err
    assert [line for line in run.out.splitlines() if line.endswith("films:")] == ["held-out films:", "native films:"]
    assert {line.split(" | ")[1] for line in run.out.splitlines() if line.startswith("| all")} == {DEFAULT_SET, str(tmp_path)}


def test_answers_are_compared_and_groups_counted(tiny_shared: Path, tmp_path: Path) -> None:
    write_toy(tmp_path)

    run = boneage("evaluate", "answers", "--models", tmp_path, "--data", tiny_shared / "rsna", "--jobs", "1")

    assert run.code == 0, run.err
    ages, coverage, own, closing = run.out.strip().split("\n\n")
    assert len(ages.splitlines()) == 2 + 4
    assert coverage.splitlines()[2].startswith("| all | ")
    assert own.startswith("The intervals were calibrated on these films"), "validation films are the default"
    assert closing.count("with at least 50 films: 0") == 2, "six films are too few to tell"


def test_limits_set_learned_films_apart(tiny_shared: Path, tmp_path: Path) -> None:
    write_toy(tmp_path)

    run = boneage("evaluate", "limits", "--models", tmp_path, "--data", tiny_shared / "rsna", "--jobs", "1")

    assert run.code == 0, run.err
    habits, learned, archive, closing = run.out.strip().split("\n\n")
    assert [line.split(" | ")[:2] for line in habits.splitlines()[2:]] == [
        ["| all", "27"], ["| train", "12"], ["| validation", "6"], ["| held-out", "6"], ["| native", "3"],
    ]  # fmt: skip
    assert "every 8th: the program was trained on them | 2 |" in learned
    assert {line.split(" | ")[0] for line in archive.splitlines()[2:]} == {"| 4000-7999", "| from 12000"}
    assert closing.startswith("Held-out films, weighted by the 1 native films in each range")


def test_one_set_has_nothing_to_be_compared_with() -> None:
    run = boneage("evaluate", "compare", "--models", DEFAULT_SET, "--models", DEFAULT_SET)

    assert run.code == InputError.exit_code
    assert "at least two sets" in run.err


@pytest.mark.parametrize("figure", FIGURES)
def test_training_films_are_never_measured(tiny_shared: Path, tmp_path: Path, figure: str) -> None:
    write_toy(tmp_path)
    models = ["--models", str(tmp_path), *(["--models", DEFAULT_SET] if figure == "compare" else [])]

    run = boneage("evaluate", figure, "--split", "train", "--data", tiny_shared / "rsna", *models)

    assert run.code == InputError.exit_code
    assert "trained on the train split" in run.err


@pytest.mark.parametrize("figure", [*FIGURES, "limits"])
def test_an_unknown_set_is_refused(figure: str) -> None:
    run = boneage("evaluate", figure, "--models", "0.9")

    assert run.code != 0
    assert "got '0.9'" in run.err
