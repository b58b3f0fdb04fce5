"""The node is killed under load; see `benchmarks.node_kills`, which does it thirty times."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.node_kills import run

pytestmark = pytest.mark.usefixtures("unclosed_sockets_collected")


@pytest.mark.slow
def test_killed_node_loses_and_doubles_nothing(tmp_path: Path) -> None:
    outcome = run(tmp_path, kills=3, films=9)
    assert outcome.is_good, outcome
    assert outcome.acknowledged == 9
