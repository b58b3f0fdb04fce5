"""The table on ways to reduce a big film."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from openboneage.evaluate.sampling import PHASES, _ways, sampling_table
from openboneage.imaging.read import read
from openboneage.imaging.samples import SampleSpec
from openboneage.imaging.standardize import standardize
from openboneage.weights.registry import Cards
from openboneage.weights.runtime import load_model
from tests.tiny_rsna import EXAMPLES


def test_the_table_has_a_row_a_way(tiny_shared: Path) -> None:
    head, rule, *rows = sampling_table(tiny_shared / "rsna", Cards.of(), jobs=1).splitlines()

    assert head == "| views of 3 native films | MAE | bias | RMSE |"
    assert rule == "| --- | --- | --- | --- |"
    assert len(rows) == 4 + sum(n > 1 for n in PHASES)
    for row in rows:
        mae, bias, rmse = (float(cell) for cell in row.strip("| ").split(" | ")[1:])
        assert abs(bias) <= mae + 0.01
        assert mae <= rmse + 0.01


def test_ways_differ_in_their_pixels_and_share_the_hand() -> None:
    hand = standardize(read(EXAMPLES / "7041.png"), load_model(Cards.of().finder, threads=1))

    bilinear, area, one, *many = _ways(hand, SampleSpec())

    assert [len(views) for views in (bilinear, area, one, *many)] == [1, 1, 1, *(n * n for n in PHASES if n > 1)]
    assert {views.shape[1:] for views in (bilinear, area, one, *many)} == {(1, 128, 96)}
    assert np.abs(np.diff(area[0, 0])).mean() < np.abs(np.diff(one[0, 0])).mean(), "averaging is smoother than point samples"
    assert np.corrcoef(area.ravel(), one.ravel())[0, 1] > 0.9
