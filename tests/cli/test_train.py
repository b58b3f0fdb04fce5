"""`boneage train`: what it says without torch, and that a finished run is only installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from openboneage.cli import app
from openboneage.weights.registry import Cards, shipped_folder

WITHOUT = (
    "import sys; sys.modules[{name!r}] = None; from openboneage.cli import main; sys.argv = ['boneage', *{args!r}]; main()"
)


def run_without(package: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a fresh interpreter where a package cannot be imported."""
    code = WITHOUT.format(name=package, args=args)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("package", ["torch", "onnx"])
def test_a_missing_package_is_named_with_the_way_to_get_it(tmp_path: Path, package: str) -> None:
    result = run_without(package, "train", "default", "--run", str(tmp_path / "run"))

    assert result.returncode == 2
    assert f"needs the package {package}" in result.stderr
    assert "openboneage[learn]" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "run").exists()


def test_help_needs_no_torch() -> None:
    result = run_without("torch", "train", "--help")

    assert result.returncode == 0
    assert "default" in result.stdout


def test_a_finished_run_is_installed_without_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, package = tmp_path / "run", tmp_path / "package"
    package.mkdir()
    shutil.copytree(shipped_folder(), run)
    monkeypatch.setattr(sys.modules["openboneage.cli.train"], "shipped_folder", lambda: package)

    result = CliRunner().invoke(app, ["train", "default", "--shared", str(tmp_path), "--run", str(run), "--install"])

    assert result.exit_code == 0, result.output
    for card in (Cards.in_folder(package).finder, Cards.in_folder(package).whole_hand):
        assert card.read_bytes() == (run / card.name).read_bytes()
        assert card.with_suffix(".onnx").is_file()


def test_without_films_the_missing_file_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["train", "default", "--shared", str(tmp_path), "--run", str(tmp_path / "run")])

    assert result.exit_code == 1
    assert "train.csv" in str(result.exception)
