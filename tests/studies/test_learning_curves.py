"""The learning curves: each training differs in one setting, and a stopped run continues."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from openboneage.learn.schedule import Schedule
from openboneage.studies.learning_curves import SETTINGS, LearningCurves, Setting
from openboneage.studies.whole_hand import WholeHandStudy
from tests.studies.test_whole_hand import toy_hand

TINY = Setting(height_px=64, width=0.25, steps=2)
FEW = replace(TINY, films=0.5)


@pytest.fixture
def curves() -> LearningCurves:
    study = WholeHandStudy(batch_size=2, schedule=Schedule(steps=3, bf16=False))
    hands = [toy_hand(number) for number in range(8)]
    return LearningCurves(hands[:6], hands[6:], study, (TINY, FEW))


def test_each_training_is_a_row(curves: LearningCurves, tmp_path: Path) -> None:
    header, _, first, second = curves.table(tmp_path).splitlines()
    assert header == "| films | input | width | steps | parameters | MAE ± SE | difference (95 %) |"
    assert first.startswith("| 6 | 64 px | 0.25 | 2 | 0.4 M | ")
    assert first.endswith(" |  |")
    assert second.startswith("| 3 | 64 px | 0.25 | 2 | 0.4 M | ")
    assert second.count("(") == 1


def test_finished_trainings_are_not_repeated(curves: LearningCurves, tmp_path: Path) -> None:
    first = curves.table(tmp_path)
    checkpoints = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("checkpoint.pt")}
    assert curves.table(tmp_path) == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("checkpoint.pt")} == checkpoints
    assert {path.parent.name for path in checkpoints} == {TINY.name, FEW.name}


def test_settings_differ_from_the_first_in_one_value() -> None:
    first, *others = SETTINGS
    for other in others:
        changed = [name for name in ("films", "height_px", "width", "steps") if getattr(first, name) != getattr(other, name)]
        assert len(changed) == 1
