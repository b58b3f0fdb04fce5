from __future__ import annotations

import json
from pathlib import Path

import pytest

from openboneage.weights import registry
from openboneage.weights.card import Card, read_card
from openboneage.weights.registry import DEFAULT_SET, ModelSet, shipped_sets
from tests.cli.running import boneage
from tests.toy_model import write_toy

NAMES = ("bone-finder", "bone-stager", "hand-finder", "whole-hand")


def card_of(name: str, models: str | None = None) -> Card:
    return read_card(ModelSet.find(models).card(name))


def test_every_set_is_listed_with_its_models_licences_and_checksums() -> None:
    run = boneage("models")
    assert (run.code, run.err) == (0, "")
    assert [line for line in run.out.splitlines() if not line.startswith(" ")] == [
        f"{version} (default)" if version == DEFAULT_SET else version for version in shipped_sets()
    ]
    for card in (card_of(name, version) for version in shipped_sets() for name in NAMES):
        assert f"  {card.name} {card.version}  {card.task}\n    sha256 {card.sha256[:16]}…  CC BY-NC 4.0\n" in run.out


def test_another_set_is_listed_and_not_marked_as_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in (DEFAULT_SET, "999.0"):
        (tmp_path / version).mkdir()
        write_toy(tmp_path / version)
    monkeypatch.setattr(registry, "shipped_folder", lambda: tmp_path)
    lines = boneage("models").out.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == [f"{DEFAULT_SET} (default)", "999.0"]


def test_a_measured_model_is_listed_with_its_errors() -> None:
    lines = boneage("models").out.splitlines()
    figures = card_of("whole-hand").figures
    assert figures
    for split, measured in figures.items():
        mae = measured["groups"]["all"]["mae"]
        assert any(line.startswith(f"    {split}: MAE {mae:.2f} months over ") for line in lines)


def test_a_split_without_an_error_over_all_films_is_left_out(tmp_path: Path) -> None:
    measured = {"films": 3, "groups": {"all": {"films": 2, "mae": 4.567}}}
    refused = {"films": 1, "refused": 1, "groups": {}}
    write_toy(tmp_path, figures={"refused": refused, "another form": {"MAE": 5.0}, "in words": "MAE 5", "measured": measured})
    run = boneage("models", "--models", tmp_path)
    assert (run.code, run.err) == (0, "")
    assert [line for line in run.out.splitlines() if "MAE" in line] == ["    measured: MAE 4.57 months over 2 of 3 films"]


def test_one_set_can_be_listed(tmp_path: Path) -> None:
    write_toy(tmp_path)
    run = boneage("models", "--models", tmp_path)
    assert run.out.splitlines()[0] == str(tmp_path)
    assert "  whole-hand 0.0  Stands in for a model in tests.\n" in run.out


@pytest.mark.parametrize("words", [[], ["--json"], ["--models", DEFAULT_SET]])
def test_one_card_is_shown_whole(words: list[str]) -> None:
    card = json.loads(boneage("models", "whole-hand", *words).out)
    assert card["sha256"] == card_of("whole-hand").sha256
    assert {"preprocessing", "calibration", "training", "licence", "figures"} <= set(card)


def test_the_card_of_a_picked_set_is_shown(tmp_path: Path) -> None:
    write_toy(tmp_path)
    assert json.loads(boneage("models", "whole-hand", "--models", tmp_path).out)["version"] == "0.0"


def test_cards_are_printed_as_json() -> None:
    sets = json.loads(boneage("models", "--json").out)
    assert [each["set"] for each in sets] == shipped_sets()
    assert [each["set"] for each in sets if each["default"]] == [DEFAULT_SET]
    assert all([card["name"] for card in each["models"]] == [*NAMES] for each in sets)


def test_unknown_model_is_one_line() -> None:
    run = boneage("models", "foot")
    assert (run.code, run.out) == (5, "")
    assert run.err == "boneage: Expected one of the models bone-finder, bone-stager, hand-finder, whole-hand, got 'foot'.\n"


@pytest.mark.parametrize("words", [["models"], ["models", "whole-hand"], ["assess", "examples/7036.png"]])
def test_unknown_set_is_one_line(words: list[str]) -> None:
    run = boneage(*words, "--models", "0.9")
    assert (run.code, run.out) == (5, "")
    assert run.err == f"boneage: Expected a model set ({', '.join(shipped_sets())}) or a folder with cards, got '0.9'.\n"


def test_nothing_said_shows_the_commands() -> None:
    run = boneage()
    assert "assess" in run.out + run.err
    assert "Research use only" in run.out + run.err
