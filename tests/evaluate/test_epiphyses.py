"""Measures of drawn epiphyses against published trends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from openboneage.batch.executor import InProcess
from openboneage.bones.names import RUS
from openboneage.cli import application
from openboneage.clinical.table_files import load_table
from openboneage.datasets.bone_table import MeasuredBone, read_bones, write_bones
from openboneage.datasets.splits import Split
from openboneage.evaluate.epiphyses import age_table, agreement_table, measure_table, measured_bones, width_table
from openboneage.subject import Sex
from tests.bones.test_criteria import FUSED, MEASURES
from tests.datasets.drawn_folder import build_drawn


def fels_bones(excess: float = 0.0) -> list[MeasuredBone]:
    """Bones whose ratio of widths exceeds the published median by a constant: films of many ages."""
    bones = []
    for row in load_table("epiphysis_width_ratio_by_age.csv").rows:
        measures = replace(MEASURES, bone=row["bone"], width=float(row["ratio_p50"]) + excess)
        months = 12 * float(row["age_years"])
        bones += [MeasuredBone(f"{row['sex']}{months}", Split.HELD_OUT, Sex(row["sex"]), months, False, measures)] * 3
    return bones


def test_measured_and_published_widths_stand_side_by_side() -> None:
    (line,) = [line for line in width_table(fels_bones()).splitlines() if line.startswith("| pp3 | male")]

    assert "0.81 (0.81)" in line  # 6 years, and 3 films at 5 and at 7 years


def test_agreement_is_the_median_difference() -> None:
    lines = agreement_table(fels_bones(0.05)).splitlines()

    assert len(lines) == 2 + len(RUS)
    assert all("| +0.050 | 0.000 |" in line for line in lines[2:])


def test_medians_of_other_measures_by_age() -> None:
    (line,) = [line for line in measure_table(fels_bones()).splitlines() if line.startswith("| pp3 | height | female")]

    assert "0.25" in line


def test_ages_of_stages_against_the_label() -> None:
    bones = []
    for number, (measures, months) in enumerate([(MEASURES, 60), (FUSED, 200)] * 4):
        bones += [
            MeasuredBone(str(number), Split.VALIDATION, Sex.MALE, months, False, replace(measures, bone=bone)) for bone in RUS
        ]

    lines = age_table(bones).splitlines()

    assert len(lines) == 6
    assert all("| 8 |" in line for line in lines[2:])
    assert age_table([replace(bone, split=Split.TRAIN) for bone in bones]).count("\n") == 1


def test_bones_are_measured_once_and_then_read(tmp_path: Path) -> None:
    root, table = build_drawn(tmp_path / "packs"), tmp_path / "bones.csv"

    measured = measured_bones(root, table, InProcess())
    assert {bone.film_id for bone in measured} <= {"900001", "900002"}
    assert len(read_bones(table)) == len(measured)
    write_bones(table, fels_bones()[:4])
    assert len(measured_bones(root, table, InProcess())) == 4


def test_the_command_prints_all_tables(tmp_path: Path) -> None:
    table = tmp_path / "bones.csv"
    write_bones(table, fels_bones())
    words = ["evaluate", "epiphyses", "--data", str(build_drawn(tmp_path / "packs")), "--table", str(table), "--jobs", "1"]

    result = CliRunner().invoke(application(), words)

    assert result.exit_code == 0, result.output
    assert result.stdout.count("\n| --- |") == 4


@pytest.mark.slow
def test_ratios_of_real_films_agree_with_published_ones(real_rsna: Path) -> None:
    from openboneage.datasets.bone_table import measure_hand
    from openboneage.datasets.drawn_hands import DrawnHands

    hands = DrawnHands(real_rsna)
    read = [hand for film in hands.films[::60] if (hand := hands.read(film))]
    rows = [line.split("|") for line in agreement_table([bone for hand in read for bone in measure_hand(hand)]).splitlines()]

    differences = np.array([float(row[3]) for row in rows[2:]])
    assert len(differences) > 8
    assert np.abs(np.median(differences)) < 0.08
