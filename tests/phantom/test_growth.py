"""Maturity rises with age, and the totals of drawn children follow the curves of both standards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from openboneage.bones.names import CARPALS, EPIPHYSES, RUS, SESAMOID
from openboneage.clinical.method_registry import scoring_method
from openboneage.phantom.child import draw_child
from openboneage.phantom.growth import (
    carpal_ages,
    carpal_growth,
    level_places,
    median_stage,
    rus_chn_level,
    stage_ages,
    tw3_stage,
)
from openboneage.phantom.truth import truth_of
from openboneage.subject import Sex

SEXES = (Sex.FEMALE, Sex.MALE)


@pytest.mark.parametrize("sex", SEXES)
@pytest.mark.parametrize("bone", EPIPHYSES)
def test_bones_mature_with_age(bone: str, sex: Sex) -> None:
    places = [median_stage(bone, sex, age) for age in range(0, 240, 3)]

    assert places[0] < 1
    assert places[-1] > 7
    assert all(np.diff(places) > 0) or places[-1] == places[-2]


@pytest.mark.parametrize("bone", RUS)
def test_girls_are_ahead_of_boys(bone: str) -> None:
    assert median_stage(bone, Sex.FEMALE, 130) > median_stage(bone, Sex.MALE, 130)


@pytest.mark.parametrize("bone", RUS)
def test_the_axis_has_every_stage_and_level(bone: str) -> None:
    tw3, rus_chn = scoring_method("tw3").stages(bone), scoring_method("rus-chn").stages(bone)
    places = np.arange(0, 10, 0.01)

    assert tuple(dict.fromkeys(tw3_stage(bone, place) for place in places)) == tw3
    assert tuple(dict.fromkeys(rus_chn_level(bone, place) for place in places)) == rus_chn


def test_tables_are_whole() -> None:
    assert set(stage_ages()) == {(sex, bone) for sex in SEXES for bone in RUS}
    assert set(level_places()) == set(RUS)
    assert set(carpal_ages()) == {(sex, bone) for sex in SEXES for bone in (*CARPALS, SESAMOID)}


def test_carpal_bones_appear_in_their_order() -> None:
    appear = [carpal_ages()[Sex.FEMALE, bone][0] for bone in ("hamate", "capitate", "triquetral", "lunate", "trapezoid")]

    assert appear == sorted(appear)
    assert carpal_growth("lunate", Sex.FEMALE, appear[3] - 1) < 0 < carpal_growth("lunate", Sex.FEMALE, appear[3] + 1)
    assert carpal_growth("lunate", Sex.FEMALE, 230) == 1


@pytest.mark.parametrize("sex", SEXES)
@pytest.mark.parametrize("years", [4, 7, 10, 13])
def test_totals_follow_the_median_curves(sex: Sex, years: int) -> None:
    random = np.random.default_rng(years)
    truths = [truth_of(replace(draw_child(random, sex, 12.0 * years), tempo_months=0.0)) for _ in range(30)]

    tw3 = np.median([each.tw3.age.limit_months for each in truths])
    rus_chn = np.median([each.rus_chn.age.limit_months for each in truths])

    assert tw3 == pytest.approx(12 * years, abs=9)
    assert rus_chn == pytest.approx(12 * years, abs=9)
