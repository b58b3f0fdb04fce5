"""`boneage train`: what it says without torch, and that a finished run is only installed, beside the sets there are."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from openboneage.cli import app
from openboneage.errors import InputError
from openboneage.weights import registry
from openboneage.weights.card import read_card
from openboneage.weights.registry import DEFAULT_SET, ModelSet

SHIPPED = ModelSet.find().folder
WITHOUT = (
    "import sys; sys.modules[{name!r}] = None; from openboneage.cli import main; sys.argv = ['boneage', *{args!r}]; main()"
)


def run_without(package: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a fresh interpreter where a package cannot be imported."""
    code = WITHOUT.format(name=package, args=args)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("package", ["torch", "onnx"])
def test_a_missing_package_is_named_with_the_way_to_get_it(tmp_path: Path, package: str) -> None:
    result = run_without(package, "train", "default", "--version", "7.1", "--run", str(tmp_path / "run"))

    assert result.returncode == 2
    assert f"needs the package {package}" in result.stderr
    assert "openboneage[learn]" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "run").exists()


def test_help_needs_no_torch() -> None:
    result = run_without("torch", "train", "--help")

    assert result.returncode == 0
    assert "default" in result.stdout


def train(version: str, run: Path, *words: str) -> Result:
    """`boneage train default`."""
    return CliRunner().invoke(app, ["train", "default", "--version", version, "--run", str(run), *words])


def contents(folder: Path) -> dict[str, bytes]:
    """The bytes of each file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of the one that ships."""
    folder = tmp_path / "package"
    folder.mkdir()
    monkeypatch.setattr(registry, "shipped_folder", lambda: folder)
    return folder


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """The folder of a finished run, whose cards give its models the version of the default set."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "run"))


def test_a_finished_run_is_installed_without_training(package: Path, finished: Path) -> None:
    result = train(DEFAULT_SET, finished, "--install")

    assert result.exit_code == 0, result.output
    assert contents(package / DEFAULT_SET) == contents(finished)
    assert len(contents(package)) == 4
    assert ModelSet.find(DEFAULT_SET).folder == package / DEFAULT_SET


def test_without_install_nothing_is_installed(package: Path, finished: Path) -> None:
    assert train(DEFAULT_SET, finished).exit_code == 0
    assert contents(package) == {}


def test_a_second_install_of_the_same_models_changes_nothing(package: Path, finished: Path) -> None:
    assert [train(DEFAULT_SET, finished, "--install").exit_code for _ in range(2)] == [0, 0]
    assert contents(package / DEFAULT_SET) == contents(finished)


@pytest.mark.parametrize("other", ["hand-finder.onnx", "whole-hand.json"])
def test_models_that_ship_are_never_replaced_by_others(package: Path, finished: Path, other: str) -> None:
    train(DEFAULT_SET, finished, "--install")
    (package / DEFAULT_SET / other).write_bytes(b"other")
    before = contents(package)

    result = train(DEFAULT_SET, finished, "--install")

    assert isinstance(result.exception, InputError)
    assert str(result.exception) == (
        f"The set {DEFAULT_SET} holds other models already and keeps them; give another --version."
    )
    assert contents(package) == before


@pytest.mark.usefixtures("package")
def test_a_version_that_is_taken_is_refused_before_training(finished: Path, tmp_path: Path) -> None:
    train(DEFAULT_SET, finished, "--install")

    result = train(DEFAULT_SET, tmp_path / "new", "--install", "--shared", str(tmp_path))

    assert "give another --version" in str(result.exception)
    assert not (tmp_path / "new").exists()


def test_a_finished_run_takes_another_version_beside_the_first(package: Path, finished: Path) -> None:
    train(DEFAULT_SET, finished, "--install")
    first = contents(package / DEFAULT_SET)

    result = train("7.1", finished, "--install")

    assert result.exit_code == 0, result.output
    assert [read_card(path).version for path in ModelSet.find("7.1").cards.values()] == ["7.1", "7.1"]
    assert contents(package / DEFAULT_SET) == first
    assert read_card(ModelSet.find("7.1").card("hand-finder")) == replace(
        read_card(ModelSet.find(DEFAULT_SET).card("hand-finder")), version="7.1"
    )


def test_a_version_must_be_given_and_be_one(tmp_path: Path) -> None:
    assert "--version" in CliRunner().invoke(app, ["train", "default"]).output
    assert isinstance(train("new", tmp_path / "run").exception, InputError)
    assert not (tmp_path / "run").exists()


def test_without_films_the_missing_file_is_named(tmp_path: Path) -> None:
    result = train("7.1", tmp_path / "run", "--shared", str(tmp_path))

    assert result.exit_code == 1
    assert "train.csv" in str(result.exception)
