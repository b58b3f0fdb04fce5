"""Differences between two runs, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from openboneage.errors import InputError
from openboneage.learn.identity import refuse_another

HERE = {"stages": [{"steps": 4, "rate": 0.1}, {"steps": 8, "rate": 0.1}], "data": "0" * 64, "smoke": False}


def refusal(found: dict[str, object]) -> str:
    with pytest.raises(InputError) as refused:
        refuse_another(Path("runs"), found, HERE)
    return str(refused.value).partition("Differences: ")[2].partition(". ")[0]


def test_a_setting_is_named_with_both_values() -> None:
    assert (
        refusal({**HERE, "stages": [{"steps": 4, "rate": 0.1}, {"steps": 9, "rate": 0.1}]})
        == "stages.2.steps (9 there, 8 here)"
    )


def test_checksums_are_not_shown() -> None:
    assert refusal({**HERE, "data": "1" * 64}) == "data"


def test_only_the_first_of_many_differences_are_shown() -> None:
    text = refusal({**HERE, "stages": [{"steps": step, "rate": 0.2} for step in range(5)]})

    assert text.endswith("; 5 more")
    assert text.count(";") == 5


def test_equal_runs_are_one() -> None:
    refuse_another(Path("runs"), dict(HERE), HERE)
