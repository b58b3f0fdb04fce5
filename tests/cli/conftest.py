"""A folder of films for the command line: good ones, one without a hand, and a truncated one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import hands
from tests.reading.films import film_file


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """`a.png` and `d.dcm` are good, `b.png` is cut off, `c.png` shows no hand; `notes.txt` is no film."""
    folder = tmp_path / "films"
    folder.mkdir()
    good = hands.png(hands.film("7043", 320))
    (folder / "a.png").write_bytes(good)
    (folder / "b.png").write_bytes(good[: len(good) // 2])
    (folder / "c.png").write_bytes(hands.png(hands.not_hand("noise")))
    (folder / "d.dcm").write_bytes(film_file(hands.film("7041", 320), bits=8))
    (folder / "notes.txt").write_text("seen")
    (folder / ".hidden.png").write_bytes(good)
    return folder
