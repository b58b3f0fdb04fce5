"""`boneage study segmentation`: parts, systems, warnings, missing packages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.running import boneage
from tests.cli.test_study import without_torch


def test_a_missing_package_is_named() -> None:
    result = without_torch("study", "segmentation")

    assert result.returncode == 2
    assert "needs the package torch; install openboneage[learn]" in result.stderr


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes that train in seconds."""
    pytest.importorskip("openboneage.learn.torchvision_ops", reason="torchvision is not installed")
    from openboneage.learn.active import Rounds
    from openboneage.learn.mask_batches import MaskInput
    from openboneage.studies import segmentation

    sizes, how = segmentation.SMALL, MaskInput(32)
    tiny = replace(
        sizes,
        lee=replace(sizes.lee, side_px=128, patch_px=16, batch_size=50),
        pan=replace(sizes.pan, widths=(4, 8), how=how, rounds=Rounds(4, 2, 1), members=(2,), seeds=(1,)),
        precise=replace(sizes.precise, widths=(4, 8), how=how),
        ridgenet=replace(sizes.ridgenet, how=MaskInput(64), proposals=10),
    )
    monkeypatch.setattr(segmentation, "SMALL", tiny)
    few = property(lambda run: [run.films.read(film_id) for film_id in run.films.test[:2]])
    monkeypatch.setattr("openboneage.studies.segmentation_run.SegmentationRun.test", few)


def study(tiny_shared: Path, folder: Path, *words: str) -> tuple[int, str, str]:
    run = boneage("study", "segmentation", "--data", tiny_shared / "rsna", "--run", folder, "--steps", "2", *words)
    return run.code, run.out, run.err


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_all_systems_are_in_one_table(tiny_shared: Path, tmp_path: Path) -> None:
    code, out, err = study(tiny_shared, tmp_path)

    names = [line.strip("|").split("|")[0].strip() for line in out.splitlines() if line.startswith("|")]
    assert code == 0
    assert names == [
        "2 films",
        "---",
        "shipped finder",
        "shipped finder, within its canvas",
        "Lee 2017",
        "Pan 2020, k = 2, 6 outlines",
        "precise-BAA 2022",
        "RidgeNet 2021",
    ]
    assert "WARNING: Mask R-CNN of RidgeNet starts from random weights" in err
    assert len(list((tmp_path / "worst").glob("*.png"))) == 6


@pytest.mark.usefixtures("small")
def test_one_system_needs_no_warning(tiny_shared: Path, tmp_path: Path) -> None:
    code, out, err = study(tiny_shared, tmp_path, "--system", "precise-baa")

    assert code == 0
    assert "Lee 2017" not in out
    assert "WARNING" not in err


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("part", "words"), [("rounds", "least similar features"), ("sweep", "sliding window")])
def test_reports_of_the_papers(
    tiny_shared: Path, tmp_path: Path, part: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from openboneage.studies import lee2017_segmentation as lee

    monkeypatch.setattr(lee.sweep_report, "__defaults__", ((16,),))

    code, out, _ = study(tiny_shared, tmp_path, "--part", part)

    assert code == 0
    assert words in out


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("part", ["labels", "pipeline"])
def test_figures_are_written(tiny_shared: Path, tmp_path: Path, part: str) -> None:
    code, out, _ = study(tiny_shared, tmp_path, "--part", part)

    assert code == 0
    assert Path(out.strip()).is_file()


@pytest.mark.usefixtures("small")
def test_a_stopped_study_says_how_to_continue(tiny_shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt("Stopped at step 1.")

    monkeypatch.setattr("openboneage.studies.pan2020_segmentation.rounds_report", stop)

    code, _, err = study(tiny_shared, tmp_path, "--part", "rounds")

    assert code == 130
    assert "Stopped at step 1. Run the same command again to continue." in err


@pytest.mark.usefixtures("small")
def test_a_person_is_asked(tmp_path: Path, films: Path) -> None:
    run = boneage("study", "ask", films, "--count", "2", "--run", tmp_path / "run", "--steps", "2")

    assert run.code == 0
    assert len(run.out.splitlines()) == 2
    assert "nothing is outlined yet" in run.out
    assert "run the command again with --outlines FILE" in run.err
    assert (tmp_path / "run" / "queue.csv").is_file()
