"""Ages of reduced films against the same films at full size."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from openboneage.assess.assessor import Assessor
from openboneage.batch.choice import executor_of
from openboneage.datasets.film_set import Film
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.datasets.splits import Split
from openboneage.evaluate.resolution import resolution_table, size_row, sizes
from openboneage.evaluate.sample import sample_of
from openboneage.evaluate.stress import PLAIN
from openboneage.subject import Sex
from tests.tiny_rsna import example_film
from tests.toy_model import write_toy

FILM = Film("1", Sex.MALE, 60, Split.NATIVE)


def test_the_longer_side_gets_each_size() -> None:
    made = {name: change(example_film("14931")) for name, change in sizes(FILM).items()}

    assert max(made.pop(PLAIN).shape) == 1441
    assert [max(pixels.shape) for pixels in made.values()] == [600, 299, 150, 100, 100]
    assert not np.array_equal(made["100 px"], made["100 px, point samples"])


def test_a_small_film_is_not_enlarged() -> None:
    small = np.zeros((120, 90), np.uint8)

    assert [change(small).shape for change in sizes(FILM).values()] == [(120, 90)] * 4 + [(100, 75)] * 2


def test_figures_by_hand() -> None:
    read, plain, reduced = np.array([100.0, 50, 70]), np.array([104.0, 50, 80]), np.array([106.0, 48, np.nan])

    assert size_row("100 px", read, plain, reduced) == ["100 px", "2", "4.00", "+2.00", "+0.00", "2.00"]


@pytest.mark.parametrize("refused", ["reduced", "both"])
def test_without_films_answered_twice_there_are_no_figures(refused: str) -> None:
    plain = np.array([np.nan if refused == "both" else 50.0])

    assert size_row("100 px", np.array([50.0]), plain, np.array([np.nan])) == ["100 px", "0", "", "", "", ""]


def test_the_table_has_a_row_for_each_size(tiny_shared: Path, tmp_path: Path) -> None:
    sample = sample_of(RsnaFilms(tiny_shared / "rsna"), Split.NATIVE)

    table = resolution_table(sample, partial(Assessor.load, write_toy(tmp_path), 1), executor_of(1))

    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    assert rows[0][0] == "3 native films"
    assert [row[0] for row in rows[2:]] == list(sizes(FILM))
    assert rows[2][4:] == ["+0.00", "0.00"]
