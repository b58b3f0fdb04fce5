"""The fit of stage ages keeps stages in order and follows the curves."""

from __future__ import annotations

import numpy as np

from openboneage.phantom.growth import FUSION_LEVELS
from openboneage.subject import Sex
from tools.phantom_stage_ages import (
    SEXES,
    SHORTEST_YEARS,
    TW3,
    Estimate,
    Layout,
    Prior,
    checked_years,
    fit,
    free_levels,
    knots,
    level_places,
    move,
    totals,
)


def even() -> dict[tuple[Sex, str], Prior]:
    """Every stage takes two years."""
    return {
        (sex, bone): Prior(2.0 * np.arange(1.0, len(knots(bone)) + 1), np.ones(len(knots(bone))))
        for sex in SEXES
        for bone in TW3.bones
    }


def test_levels_begin_in_order() -> None:
    for places in level_places().values():
        assert (np.diff(places) > 0).all()
    assert not set(free_levels()) & set(FUSION_LEVELS)


def test_a_step_keeps_stages_in_order() -> None:
    priors = even()
    layout = Layout.of(priors)
    estimate = Estimate({key: each.ages for key, each in priors.items()}, level_places())

    move(estimate, layout, np.random.default_rng(0).normal(0, 3, layout.size))

    for ages in estimate.ages.values():
        assert (np.diff(ages) >= SHORTEST_YEARS - 1e-9).all()


def test_the_fit_brings_the_totals_to_the_curve() -> None:
    priors = even()
    start = Estimate({key: each.ages for key, each in priors.items()}, level_places())
    years = checked_years(TW3, Sex.FEMALE)
    curve = np.array([TW3.curves[Sex.FEMALE].score_at(12 * year) for year in years])

    before, after = (np.abs(totals(TW3, Sex.FEMALE, each, years) - curve).mean() for each in (start, fit(priors)))

    assert after < before / 5
