from __future__ import annotations

from pathlib import Path

import pytest

from openboneage.errors import InputError
from tests.cli.running import boneage


def test_hands_are_written(tmp_path: Path) -> None:
    run = boneage("phantom", "--count", "2", "--out", tmp_path / "hands", "--height", "256", "--sex", "F", "--age", "9y")

    assert run.code == 0, run.err
    assert "2 films" in run.out
    assert sorted(each.name for each in (tmp_path / "hands" / "png").iterdir()) == ["000000.png", "000001.png"]
    assert (tmp_path / "hands" / "films.csv").read_text().count("female") == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [(["--height", "100"], "256 to 2048 rows"), (["--age", "40y"], "6 to 228 months"), (["--sex", "X"], "F, M or unknown")],
)
def test_wrong_values_are_refused(tmp_path: Path, words: list[str], message: str) -> None:
    run = boneage("phantom", "--count", "1", "--out", tmp_path / "hands", *words)

    assert run.code == InputError.exit_code
    assert message in run.err
