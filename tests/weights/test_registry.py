"""Model sets: the installed ones are complete; a version or a folder selects one."""

from __future__ import annotations

from pathlib import Path

import pytest

from openboneage.errors import InputError, WeightsError
from openboneage.weights import registry
from openboneage.weights.card import read_card
from openboneage.weights.registry import DEFAULT_SET, ModelSet, set_folder, shipped_folder, shipped_sets
from tests.toy_model import write_toy

NAMES = ("hand-finder", "whole-hand")
SHIPPED = [(version, name) for version in shipped_sets() for name in NAMES]


def plant(root: Path, *names: str) -> None:
    """Folders that look like sets."""
    for name in names:
        (root / name).mkdir(parents=True)
        for kind in ("json", "onnx"):
            (root / name / f"whole-hand.{kind}").touch()


@pytest.mark.parametrize(("version", "name"), SHIPPED)
def test_shipped_cards_name_the_origin_of_the_weights(version: str, name: str) -> None:
    card = read_card(ModelSet.find(version).card(name))

    assert (card.name, card.file) == (name, f"{name}.onnx")
    assert {"data", "split", "command", "date"} <= set(card.training)
    assert {"name", "link", "data", "citation"} <= set(card.licence)
    assert "CC BY-NC 4.0" in card.licence["name"]
    assert "Halabi" in card.licence["citation"]


@pytest.mark.parametrize("version", shipped_sets())
def test_a_shipped_set_is_named_by_its_newest_model_and_is_small(version: str) -> None:
    versions = [read_card(path).version for path in ModelSet.find(version).cards.values()]
    assert max(versions, key=lambda name: tuple(map(int, name.split(".")))) == version
    assert sum(path.stat().st_size for path in set_folder(version).glob("*.onnx")) < 12e6


def test_one_set_ships_and_was_measured() -> None:
    assert shipped_sets() == [DEFAULT_SET]
    assert {"held-out", "native"} == set(read_card(ModelSet.find().card("whole-hand")).figures)


def test_nothing_ships_outside_the_sets() -> None:
    sets = {path.parent for path in shipped_folder().rglob("*") if path.suffix in (".json", ".onnx")}

    assert sets == {set_folder(version) for version in shipped_sets()}


def test_without_a_pick_the_default_set_answers() -> None:
    assert ModelSet.find() == ModelSet.find(None) == ModelSet.find(DEFAULT_SET) == ModelSet(shipped_folder() / DEFAULT_SET)


def test_the_default_set_is_the_one_named_not_the_newest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(tmp_path, DEFAULT_SET, "999.0")
    monkeypatch.setattr(registry, "shipped_folder", lambda: tmp_path)

    assert ModelSet.find() == ModelSet(tmp_path / DEFAULT_SET)


def test_sets_are_sorted_as_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(tmp_path, "2.0", "1.10", "1.9", "10.0", "draft", "1.2.3")
    (tmp_path / "3.0").mkdir()
    monkeypatch.setattr(registry, "shipped_folder", lambda: tmp_path)

    assert shipped_sets() == ["1.9", "1.10", "2.0", "10.0"]


def test_a_folder_with_cards_is_a_set(tmp_path: Path) -> None:
    made = write_toy(tmp_path)
    (tmp_path / "run.json").write_text("{}")  # no model: no network lies beside it

    assert ModelSet.find(tmp_path) == ModelSet.find(str(tmp_path)) == made
    assert made.cards == {name: tmp_path / f"{name}.json" for name in NAMES}


def test_the_name_of_a_set_is_not_a_folder_of_this_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / DEFAULT_SET).mkdir()
    write_toy(tmp_path / DEFAULT_SET)
    monkeypatch.chdir(tmp_path)

    assert ModelSet.find(DEFAULT_SET) == ModelSet.find()
    assert ModelSet.find(Path.cwd() / DEFAULT_SET).folder == tmp_path / DEFAULT_SET


@pytest.mark.parametrize("models", ["", "0.9", "no-such-folder", "../files", "1.0/", "whole-hand"])
def test_an_unknown_set_is_refused_with_the_available_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models: str
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(WeightsError) as refused:
        ModelSet.find(models)

    assert str(refused.value) == f"Expected a model set ({', '.join(shipped_sets())}) or a folder with cards, got {models!r}."


@pytest.mark.parametrize("version", ["", "1", "v1.0", "1.0.1", "1.0-draft", "../1.0", "1.0\n"])
def test_a_version_is_two_numbers(version: str) -> None:
    with pytest.raises(InputError, match=r"must be two numbers, such as 1\.0, got"):
        set_folder(version)
