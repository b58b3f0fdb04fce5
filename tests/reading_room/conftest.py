from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reading_room.rooms import TestRoom, opened_room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[TestRoom]:
    """An empty reading room."""
    with opened_room(tmp_path / "store") as opened:
        yield opened
