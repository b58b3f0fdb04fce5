"""Spread of ages under small changes."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from openboneage.assess.assessor import Assessor
from openboneage.batch.choice import executor_of
from openboneage.datasets.film_set import Film
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.datasets.splits import Split
from openboneage.evaluate.repeat import harmless, repeat_table, spread_cells
from openboneage.evaluate.sample import sample_of
from openboneage.evaluate.stress import PLAIN
from openboneage.subject import Sex
from tests.tiny_rsna import example_film
from tests.toy_model import write_toy


def test_the_changes_are_small_and_eight() -> None:
    shown = example_film("14931")

    made = {name: change(shown) for name, change in harmless(Film("1", Sex.MALE, 60, Split.NATIVE)).items()}

    np.testing.assert_array_equal(made.pop(PLAIN), shown)
    assert len(made) == 8
    for name, pixels in made.items():
        assert abs(pixels.mean() - shown.mean()) < 0.06 * 255, name
        assert np.abs(np.array(pixels.shape) / shown.shape - 1).max() < 0.06, name
        assert pixels.shape != shown.shape or (pixels != shown).any(), name


def test_figures_by_hand() -> None:
    months = np.array([[100.0, 101, 102], [50, 50, 50], [70, 73, 76]])  # SD 1, 0 and 3

    assert spread_cells(months) == ["3", "1.33", "1.83", "2.80", "66.7 %"]


def test_no_film_gives_no_figures() -> None:
    assert spread_cells(np.empty((0, 9))) == ["0", "", "", "", ""]


def test_the_table_is_markdown(tiny_shared: Path, tmp_path: Path) -> None:
    sample = sample_of(RsnaFilms(tiny_shared / "rsna")).every(3)
    table, sentence = repeat_table(sample, partial(Assessor.load, write_toy(tmp_path), 1), executor_of(1)).split("\n\n")
    head, _, row = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines())

    assert len(head) == len(row)
    assert row[:2] == ["2", "2"]
    assert 0 < float(row[2]) <= float(row[3])
    assert "over 9 readings" in sentence
