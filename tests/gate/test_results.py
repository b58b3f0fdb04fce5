"""The results of the documentation are outputs of their commands, with the models in the package."""

from __future__ import annotations

import pytest

from tools.results import RESULT, RESULTS, shipped_set, updated

PAGE = """# A page

`boneage evaluate ages --split native` (1 May 2026, set 1.0, two processor cores; native films):

<!-- output -->
| an old table |
<!-- end -->

What it means.
"""


def test_outputs_dates_and_sets_are_replaced_and_the_text_stays() -> None:
    asked = []

    def answer(command: str) -> str:
        asked.append(command)
        return "| a new table |\n"

    new = updated(PAGE, answer, "2 June 2026", "3.1")

    assert asked == ["boneage evaluate ages --split native"]
    assert new == PAGE.replace("1 May", "2 June").replace("set 1.0", "set 3.1").replace("an old", "a new")


@pytest.mark.parametrize("page", ["ages", "intervals", "resolution", "risk", "stress"])
def test_results_are_those_of_the_set_in_the_package(page: str) -> None:
    found = RESULT.findall((RESULTS / f"{page}.md").read_text(encoding="utf-8"))
    assert {models for _, _, models, _ in found} == {shipped_set()}, f"run `python tools/results.py {page}`"
