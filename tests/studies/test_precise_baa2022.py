"""precise-BAA 2022 on a tiny data set: every part trains for a few steps, is measured, and continues."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from openboneage.bones.names import RUS
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.datasets.splits import Split, split_of
from openboneage.errors import InputError
from openboneage.learn.bone_crops import drawn_crops
from openboneage.subject import Sex
from tests.datasets.drawn_folder import build_drawn
from tests.learn.made_hands import made_hand

pytest.importorskip("openboneage.learn.torchvision_ops", reason="torchvision is not installed")

from openboneage.learn.networks.detectors import DetectorKind, DetectorSize
from openboneage.studies import precise_baa2022 as paper

TINY_REGIONS = replace(
    paper.FULL_REGIONS,
    size=DetectorSize("resnet18", 64, channels=16, hidden=16, samples=8, proposals=20),
    batch_size=2,
    kinds=(DetectorKind.RECURSIVE, DetectorKind.ONE_STAGE),
)
TINY_LEVELS = replace(paper.FULL_LEVELS, backbone="resnet18", crop_px=16)
HANDS = [made_hand(number, Split.HELD_OUT if number % 4 == 0 else Split.TRAIN) for number in range(12)]


def test_detectors_are_trained_and_compared(tiny_shared: Path, tmp_path: Path) -> None:
    films, boxes = RsnaFilms(tiny_shared / "rsna"), tiny_shared / "rsna" / "boxes.csv"

    report = paper.region_report(films, None, boxes, TINY_REGIONS, paper.Run(tmp_path, steps=2)).splitlines()

    assert report[0] == "6 held-out films; resnet18 from random weights, 64 px, 2 steps on 12 films:"
    assert report[2].count("AP as printed") == report[2].count("COCO AP50") == 2
    assert [line.split(" | ")[0] for line in report[4:-2]] == [f"| {bone}" for bone in RUS]
    assert "nan" in next(line for line in report if line.startswith("| mp3 "))  # it is drawn on no film
    assert sorted(path.name for path in (tmp_path / "regions").iterdir()) == ["recursive-cascade", "retinanet"]


def test_films_without_boxes_are_refused(tiny_shared: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="boxes of regions on train films of RSNA 2017, found none"):
        paper.region_report(RsnaFilms(tiny_shared / "rsna"), None, None, TINY_REGIONS, paper.Run(tmp_path))


def test_levels_and_ages_come_from_one_run(tmp_path: Path) -> None:
    run = paper.Run(tmp_path, steps=2)

    levels, ages = (report(HANDS, TINY_LEVELS, run) for report in (paper.level_report, paper.age_report))

    assert levels.startswith("resnet18 from random weights; levels of held-out hands:\n\n| 3 hands | accuracy")
    assert levels.count("\n| radius |") == 3
    assert "levels as graded:" in ages
    assert ages.count("| all, 0–18 years | 3 |") == 2
    assert [path.name for path in (tmp_path / "levels").iterdir()] == ["resnet18"]


def test_ages_of_real_films_are_measured_too(tmp_path: Path) -> None:
    root = build_drawn(tmp_path / "rsna")
    split = split_of("900001")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paper, "drawn_crops", lambda root, _, *given: drawn_crops(root, split, *given))
        ages = paper.age_report(HANDS, TINY_LEVELS, paper.Run(tmp_path / "run", steps=2), root)

    assert "levels by resnet18 from random weights, on RSNA films:\n\n| age as read" in ages
    assert "| 8–11 years |" in ages.split("RSNA")[1]


def test_one_hand_is_too_few_for_a_batch(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least 2 hands for training, got 1"):
        paper.level_report(HANDS[:2], TINY_LEVELS, paper.Run(tmp_path))


def test_the_epochs_of_the_paper_decide_the_steps() -> None:
    run = paper.Run(Path("unused"))

    assert run.schedule(paper.FULL_REGIONS.schedule, paper.FULL_REGIONS.epochs, 1000, 4).steps == 6000
    assert run.schedule(paper.FULL_LEVELS.schedule, paper.FULL_LEVELS.epochs, 698, 2).steps == 34900


def test_ages_rise_with_levels_and_end_with_the_curve() -> None:
    levels = np.array([np.zeros(13, int), np.full(13, 5), np.full(13, 8), [14, 12, 11, 10, 10, 12, 12, 12, 12, 12, 11, 11, 11]])

    ages = paper.ages_of([Sex.FEMALE] * 4, levels)

    assert (np.diff(ages) > 0).all()
    assert ages[0] < 36
    assert ages[-1] > 15 * 12
