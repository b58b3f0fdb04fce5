"""Pan 2020 and precise-BAA segmentation on a tiny folder: rounds, table, and the masks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed")

from openboneage.datasets.outlined_films import OutlinedFilms
from openboneage.errors import InputError
from openboneage.learn.active import Rounds
from openboneage.learn.mask_batches import MaskInput
from openboneage.studies import pan2020_segmentation as pan
from openboneage.studies import precise_baa2022_segmentation as precise
from openboneage.studies.segmentation_run import SegmentationRun

TINY = replace(
    pan.SMALL, widths=(4, 8), how=MaskInput(32), rounds=Rounds(4, 2, 1), members=(2,), batch_size=4, seeds=(1, 2), epochs=1
)


@pytest.fixture(autouse=True)
def few_films(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three test films, for speed."""
    few = property(lambda run: [run.films.read(film_id) for film_id in run.films.test[:3]])
    monkeypatch.setattr(SegmentationRun, "test", few)


def run_in(shared: Path, folder: Path, steps: int | None = 2) -> SegmentationRun:
    return SegmentationRun(OutlinedFilms(shared / "rsna"), folder, steps)


def test_strategies_are_measured_by_number(tiny_shared: Path, tmp_path: Path) -> None:
    report = pan.rounds_report(TINY, run_in(tiny_shared, tmp_path))
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in report.splitlines() if line.startswith("|")][2:]

    assert report.startswith("3 test films; mean ± SD over 2 seeds; 32 px:")
    assert [row[:2] for row in rows[:5]] == [
        ["full supervision", "6"],
        ["k = 2, random choice", "4"],
        ["k = 2, random choice", "6"],
        ["k = 2, least similar features", "4"],
        ["k = 2, least similar features", "6"],
    ]
    assert ["k = 7", "300", "0.948", "0.960", "0.952", "as printed"] in rows
    assert len(report.splitlines()[-1].split(": ")[1].split(", ")) == 2, "one correlation for each seed"


def test_a_second_call_trains_nothing(tiny_shared: Path, tmp_path: Path) -> None:
    film = run_in(tiny_shared, tmp_path).test[0].pixels
    first = pan.segmentation(TINY, run_in(tiny_shared, tmp_path))(film)
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("checkpoint.pt")}

    again = pan.segmentation(TINY, run_in(tiny_shared, tmp_path))(film)

    assert np.array_equal(first, again)
    assert len(files) == 4, "two rounds of two members"
    assert files == {path: path.stat().st_mtime_ns for path in files}


def test_members_and_seeds_differ(tiny_shared: Path, tmp_path: Path) -> None:
    run = run_in(tiny_shared, tmp_path)
    *_, last = pan.rounds_of(pan.Strategy.ACTIVE, 2, 1, TINY, run)

    assert pan.disagreement(last.committee, TINY.how, run.test[0]) > 0


def test_the_epochs_of_full_supervision_are_those_of_all_rounds() -> None:
    study = replace(TINY, epochs=4, last_epochs=20, rounds=Rounds(4, 2, 3))
    parts = {"study": study, "run": None, "folder": Path(), "members": 1, "seed": 1}

    active, full = (pan._Training(last=last, **parts) for last in (3, 0))  # type: ignore[arg-type]

    assert [active._epochs(number) for number in range(4)] == [4, 4, 4, 20]
    assert full._epochs(0) == 32


def test_the_unet_of_precise_baa_learns_hands(tiny_shared: Path, tmp_path: Path) -> None:
    study = replace(precise.SMALL, widths=(8, 16), how=MaskInput(32))
    run = run_in(tiny_shared, tmp_path, steps=60)

    segment = precise.segmentation(study, run)

    film = run.training[0]
    mask = segment(film.pixels)
    truth = film.drawing.mask((film.pixels.shape[1], film.pixels.shape[0])) > 0
    assert mask.shape == film.pixels.shape
    assert 2 * (mask & truth).sum() / (mask.sum() + truth.sum()) > 0.8


def test_masks_are_cleaned() -> None:
    mask = np.zeros((200, 200), bool)
    mask[40:160, 40:160] = True
    mask[80:90, 80:90] = False
    mask[10:30, 10:30] = mask[100, 160:190] = True

    found = precise.cleaned(mask)

    assert found[40:160, 40:160].all()
    assert found.sum() == 120 * 120


def test_too_few_films_for_a_batch_are_refused(tiny_shared: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least 50 films for training, got 12"):
        precise.segmentation(replace(precise.SMALL, batch_size=50), run_in(tiny_shared, tmp_path))
