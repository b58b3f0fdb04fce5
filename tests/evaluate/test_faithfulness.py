"""Deletion and insertion curves of maps of a model with a known answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from openboneage.evaluate.faithfulness import SHARES, Curves, faithfulness
from openboneage.explain.occlusion import occlusion_map
from openboneage.subject import Sex
from tests import hands
from tests.toy_model import SLOPE_MONTHS, toy_estimator

TOY = toy_estimator()
HAND = hands.examined("7043").hand
MAP = occlusion_map(HAND, Sex.FEMALE, TOY)
CURVES = faithfulness(HAND, Sex.FEMALE, TOY, MAP)


def test_curves_begin_and_end_alike() -> None:
    for curves in (CURVES.of_map, CURVES.of_chance):
        assert curves.deletion[0] == pytest.approx(0, abs=1e-3)
        assert curves.insertion[-1] == pytest.approx(0, abs=1e-3)
        assert curves.deletion[-1] == pytest.approx(curves.insertion[0], abs=1e-3)
    assert 0 < CURVES.of_map.deletion[-1] < SLOPE_MONTHS


def test_a_true_map_is_better_than_chance() -> None:
    assert CURVES.of_map.deletion_months > 1.3 * CURVES.of_chance.deletion_months
    assert CURVES.of_map.insertion_months < 0.7 * CURVES.of_chance.insertion_months
    assert CURVES.of_map.deletion[1] == pytest.approx(CURVES.of_map.deletion[-1], rel=0.1)  # a tenth of the hand is enough


def test_a_wrong_map_is_worse_than_chance() -> None:
    wrong = replace(MAP, change_months=np.abs(MAP.change_months).max() - np.abs(MAP.change_months))
    curves = faithfulness(HAND, Sex.FEMALE, TOY, wrong)

    assert curves.of_map.deletion_months < 0.7 * curves.of_chance.deletion_months
    assert curves.of_map.insertion_months > 1.3 * curves.of_chance.insertion_months


def test_the_seed_determines_the_random_maps() -> None:
    again, other = (faithfulness(HAND, Sex.FEMALE, TOY, MAP, seed).of_chance.deletion for seed in (0, 1))

    assert np.array_equal(again, CURVES.of_chance.deletion)
    assert not np.array_equal(other, again)


def test_areas_are_means_over_the_curve() -> None:
    curves = Curves(np.linspace(0, 10, len(SHARES)), np.full(len(SHARES), 3.0))

    assert (curves.deletion_months, curves.insertion_months) == pytest.approx((5, 3))
