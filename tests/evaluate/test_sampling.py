"""The table on ways to reduce a big film."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from openboneage.batch.choice import executor_of
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.evaluate.sampling import NATIVE_WAYS, PHASES, REDUCED_WAYS, _ways, sampling_table
from openboneage.hand.drawing import DEFAULT_VIEWS
from openboneage.weights.registry import ModelSet
from tests import hands


def test_the_tables_have_a_row_a_way(tiny_shared: Path) -> None:
    tables = sampling_table(RsnaFilms(tiny_shared / "rsna"), ModelSet.find(), executor_of(1)).split("\n\n")

    heads = ("views of 3 native films", "views of 3 validation films with two reductions")
    for table, head, names in zip(tables, heads, (NATIVE_WAYS, REDUCED_WAYS), strict=True):
        first, rule, *rows = table.splitlines()
        assert first == f"| {head} | MAE | bias | RMSE |"
        assert rule == "| --- | --- | --- | --- |"
        assert [row.strip("| ").split(" | ")[0] for row in rows] == list(names)
        for row in rows:
            mae, bias, rmse = (float(cell) for cell in row.strip("| ").split(" | ")[1:])
            assert abs(bias) <= mae + 0.01
            assert mae <= rmse + 0.01


def test_the_mean_of_both_reductions_lies_between_them(tiny_shared: Path) -> None:
    rows = sampling_table(RsnaFilms(tiny_shared / "rsna"), ModelSet.find(), executor_of(1)).split("\n\n")[1].splitlines()[2:]

    bias = np.array([float(row.strip("| ").split(" | ")[2]) for row in rows]).reshape(-1, 3)

    assert bias[:, 2] == pytest.approx(bias[:, :2].mean(axis=1), abs=0.011)
    assert len(np.unique(bias[:, 0])) > 1, "other places, other answers"


def test_ways_differ_in_their_pixels_and_share_the_hand() -> None:
    hand = hands.examined("7041").hand

    ways = _ways(hand, DEFAULT_VIEWS)
    bilinear, area, one = ways[:3]

    assert [len(views) for views in ways] == [1, 1, 1, *(n * n for n in PHASES), 4]
    assert {views.shape[1:] for views in ways} == {(1, 128, 96)}
    assert np.abs(np.diff(area[0, 0])).mean() < np.abs(np.diff(one[0, 0])).mean(), "averaging is smoother than point samples"
    assert np.corrcoef(area.ravel(), one.ravel())[0, 1] > 0.9
    assert not np.array_equal(bilinear, area)
