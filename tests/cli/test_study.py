"""`boneage study`: parts, missing data and missing packages."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.running import boneage
from tests.datasets.made_graded import write_graded
from tests.learn.made_hands import made_hand

WITHOUT = (
    "import sys; sys.modules['torch'] = None; sys.argv = ['boneage', *{words!r}]; from openboneage.cli import main; main()"
)


def without_torch(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", WITHOUT.format(words=words)], capture_output=True, text=True, check=False)


def test_help_needs_no_torch() -> None:
    result = without_torch("study", "precise-baa", "--help")

    assert result.returncode == 0
    assert "--part" in result.stdout


def test_a_missing_package_is_named() -> None:
    result = without_torch("study", "precise-baa", "--part", "age")

    assert result.returncode == 2
    assert "needs the package torch; install openboneage[learn]" in result.stderr


@pytest.fixture
def paper() -> object:
    pytest.importorskip("openboneage.learn.torchvision_ops", reason="torchvision is not installed")
    from openboneage.studies import precise_baa2022

    return precise_baa2022


def test_without_graded_hands_synthetic_ones_are_used(paper: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(paper.SMALL_LEVELS, crop_px=32, film_px=256)  # type: ignore[attr-defined]
    monkeypatch.setattr(paper, "level_report", lambda hands, *_: f"{len(hands)} hands, {hands[0].crops.shape}")
    monkeypatch.setattr(paper, "SMALL_LEVELS", small)

    run = boneage("study", "precise-baa", "--part", "stages", "--synthetic", "2", "--jobs", "1", "--run", tmp_path)

    assert (run.code, run.out) == (0, "2 hands, (13, 32, 32)\n")


def test_the_age_of_graded_hands(paper: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = paper.SMALL_LEVELS  # type: ignore[attr-defined]
    monkeypatch.setattr(paper, "SMALL_LEVELS", replace(small, crop_px=32))
    folder = write_graded(tmp_path / "graded", [made_hand(number) for number in range(12)])

    run = boneage("study", "precise-baa", "--part", "age", "--hands", folder, "--run", tmp_path / "run", "--steps", "2")

    assert run.code == 0, run.err
    assert "levels by densenet121 from random weights:" in run.out
    assert (tmp_path / "run" / "levels" / "densenet121" / "manifest.json").is_file()


@pytest.mark.parametrize("part", ["hands", "regions"])
def test_parts_on_films_are_printed(
    paper: object, part: str, tiny_shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = {"hands": "hand_report", "regions": "region_report"}[part]
    monkeypatch.setattr(paper, report, lambda *given: f"{part} of {len(given)}")

    run = boneage("study", "precise-baa", "--part", part, "--data", tiny_shared / "rsna", "--run", tmp_path)

    assert (run.code, run.out) == (0, {"hands": "hands of 1\n", "regions": "regions of 5\n"}[part])


def test_a_stopped_training_says_how_to_continue(
    paper: object, tiny_shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> str:
        raise KeyboardInterrupt("Stopped at step 3 of 9.")

    monkeypatch.setattr(paper, "region_report", stop)

    run = boneage("study", "precise-baa", "--part", "regions", "--data", tiny_shared / "rsna", "--run", tmp_path)

    assert run.code == 130
    assert "Stopped at step 3 of 9. Run the same command again to continue." in run.err


def test_learning_curves_need_enough_films(tiny_shared: Path, tmp_path: Path) -> None:
    run = boneage("study", "learning-curves", "--data", tiny_shared / "rsna", "--run", tmp_path, "--jobs", "1")

    assert run.code == 2
    assert "Expected at least 64 films in the smallest share of the training films, got " in run.err
