"""The check of the wheel finds errors; `make wheel` checks the real wheel."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools import wheel

ASSESSMENTS: list[dict[str, object]] = [
    {"film": {"name": "a.png"}, "verdict": "accept"},
    {"film": {"name": "b.png"}, "verdict": "reject"},
]


@pytest.mark.parametrize(("size_mb", "faults"), [(wheel.WHEEL_MB_MAX, 0), (wheel.WHEEL_MB_MAX + 0.1, 1)])
def test_a_wheel_over_its_budget_is_a_fault(tmp_path: Path, size_mb: float, faults: int) -> None:
    path = tmp_path / "a.whl"
    with path.open("wb") as file:
        file.truncate(int(size_mb * 1e6))

    assert len(wheel.size_faults(path)) == faults


@pytest.mark.parametrize(("films", "named"), [(["a.png"], []), (["a.png", "b.png"], ["b.png"]), (["c.png"], ["c.png"])])
def test_a_film_without_an_answer_is_a_fault(films: list[str], named: list[str]) -> None:
    assert [fault.split()[4] for fault in wheel.assessment_faults(ASSESSMENTS, films)] == named


def test_a_failing_program_answers_no_film(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "boneage"
    program.write_text("#!/bin/sh\necho broken >&2\nexit 5\n")
    program.chmod(0o755)

    assert wheel.assess_examples(tmp_path / "python") == []
    assert "broken" in capsys.readouterr().err


def test_a_package_that_the_core_must_not_need_is_a_fault() -> None:
    assert "pytest" in " ".join(wheel.unwanted_faults(Path(sys.executable)))


def test_every_example_film_is_wanted() -> None:
    examples = Path(__file__).resolve().parents[2] / "examples"

    assert sorted(wheel.wanted_films(examples / "cases.csv")) == sorted(path.name for path in examples.glob("*.png"))
