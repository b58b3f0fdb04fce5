"""`boneage train`: errors without torch or films, a stopped run, and the installation of models."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from openboneage.cli import application
from openboneage.errors import InputError
from openboneage.studies import default
from openboneage.weights import registry
from openboneage.weights.card import read_card
from openboneage.weights.registry import DEFAULT_SET, ModelSet

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ModelSet.find().folder
WITHOUT = (
    "import sys; sys.modules[{name!r}] = None; from openboneage.cli import main; sys.argv = ['boneage', *{args!r}]; main()"
)
COMMAND = [sys.executable, "-W", "ignore", "-c", "from openboneage.cli import main; main()", "train", "default"]


def run_without(package: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a fresh interpreter where a package cannot be imported."""
    code = WITHOUT.format(name=package, args=args)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("package", ["torch", "onnx", "lightning_fabric"])
def test_a_missing_package_is_named_with_the_way_to_get_it(tmp_path: Path, package: str) -> None:
    result = run_without(package, "train", "default", "--version", "7.1", "--run", str(tmp_path / "run"))

    assert result.returncode == 2
    assert f"needs the package {package}" in result.stderr
    assert "openboneage[learn]" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "run").exists()


def test_help_needs_no_torch() -> None:
    result = run_without("torch", "train", "default", "--help")

    assert result.returncode == 0
    assert "--smoke" in result.stdout


def train(version: str, run: Path, *words: str) -> Result:
    """`boneage train default`."""
    return CliRunner().invoke(application(), ["train", "default", "--version", version, "--run", str(run), *words])


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
def finished(tmp_path: Path, tiny_shared: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a run that is finished as soon as it starts: the models of the default set under the run's version."""
    run = Path(shutil.copytree(SHIPPED, tmp_path / "run"))

    def finish(planned: default.DefaultRun) -> ModelSet:
        for path in planned.models.cards.values():
            replace(read_card(path), version=planned.version).write(path)
        return planned.models

    monkeypatch.setattr(default, "train_default", finish)
    monkeypatch.setenv("OPENBONEAGE_DATA", str(tiny_shared / "rsna"))
    return run


def test_a_finished_run_is_installed(package: Path, finished: Path) -> None:
    result = train(DEFAULT_SET, finished, "--install")

    assert result.exit_code == 0, result.output
    assert contents(package / DEFAULT_SET) == contents(finished)
    assert len(contents(package)) == 2 * len(ModelSet.find(DEFAULT_SET).cards)
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
        f"The set {DEFAULT_SET} already contains other models, which are kept; give another --version."
    )
    assert contents(package) == before


@pytest.mark.usefixtures("package")
def test_a_version_that_is_taken_is_refused_before_training(finished: Path, tmp_path: Path) -> None:
    train(DEFAULT_SET, finished, "--install")

    result = train(DEFAULT_SET, tmp_path / "new", "--install")

    assert "give another --version" in str(result.exception)
    assert not (tmp_path / "new").exists()


def test_a_finished_run_can_get_another_version(package: Path, finished: Path) -> None:
    train(DEFAULT_SET, finished, "--install")
    first = contents(package / DEFAULT_SET)

    result = train("7.1", finished, "--install")

    assert result.exit_code == 0, result.output
    assert {read_card(path).version for path in ModelSet.find("7.1").cards.values()} == {"7.1"}
    assert contents(package / DEFAULT_SET) == first


def test_a_smoke_run_is_not_installed(tmp_path: Path) -> None:
    result = train("7.1", tmp_path / "run", "--smoke", "--install")

    assert "smoke run are not installed" in str(result.exception)
    assert not (tmp_path / "run").exists()


def test_a_version_must_be_given_and_be_one(tmp_path: Path) -> None:
    assert "--version" in CliRunner().invoke(application(), ["train", "default"]).output
    assert isinstance(train("new", tmp_path / "run").exception, InputError)
    assert not (tmp_path / "run").exists()


def test_films_must_be_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBONEAGE_DATA", raising=False)

    result = train("7.1", tmp_path / "run")

    assert result.exit_code == 1
    assert "Expected a data set" in str(result.exception)
    assert not (tmp_path / "run").exists()


def start(run: Path, packs: Path, words: Sequence[str]) -> subprocess.Popen[str]:
    command = [*COMMAND, str(packs), "--version", "7.1", "--run", str(run), "--device", "cpu", "--jobs", "1", *words]
    paths = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": paths}
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True)


@pytest.mark.slow
def test_a_stopped_run_reports_what_was_saved_and_continues(tiny_shared: Path, tmp_path: Path) -> None:
    words, run = ("--smoke", "--only", "hand-finder", "--steps", "24"), tmp_path / "run"
    process = start(run, tiny_shared / "rsna", words)
    checkpoint = run / "hand-finder" / "checkpoint.pt"
    end = time.monotonic() + 100
    while not checkpoint.is_file() and time.monotonic() < end:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 130, said
    assert "of 24 in" in said
    assert re.search(r"step [1-9]\d* is saved. Run the same command again to continue.", said)
    assert "Traceback" not in said

    _, said = start(run, tiny_shared / "rsna", words).communicate(timeout=100)
    manifest = json.loads((run / "hand-finder" / "manifest.json").read_text())
    assert manifest["step"] == 24, said
    assert read_card(run / "hand-finder.json").task.startswith("Smoke run, not for use")
