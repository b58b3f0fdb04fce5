"""Usual bone ages of levels, and levels at a bone age."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.bones.ages import tw_shares
from openboneage.bones.names import RUS
from openboneage.bones.onset import level_shares, onset_months
from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.table_files import FloatArray
from openboneage.errors import InputError
from openboneage.subject import Sex

SEXES = (Sex.FEMALE, Sex.MALE)


@pytest.mark.parametrize("sex", SEXES)
@pytest.mark.parametrize("bone", RUS)
def test_levels_follow_each_other_between_birth_and_maturity(sex: Sex, bone: str) -> None:
    months = onset_months(sex, bone)

    assert len(months) == len(scoring_method("rus-chn").stages(bone)) - 1
    assert (np.diff(months) >= 0).all()
    assert 6 < months[0] < 90
    assert 155 < months[-1] < 205


def test_girls_are_ahead_of_boys() -> None:
    assert all((onset_months(Sex.FEMALE, bone) <= onset_months(Sex.MALE, bone)).all() for bone in RUS)


@pytest.mark.parametrize(("months", "stage"), [(6, "A"), (180, "H"), (220, "I")])
def test_likeliest_stage_of_a_boys_third_proximal_phalanx(months: float, stage: str) -> None:
    assert most_likely(level_shares(Sex.MALE, "pp3", months)) == stage


def most_likely(levels: FloatArray) -> str:
    return scoring_method("tw3").stages("pp3")[int(tw_shares("pp3", levels).argmax())]


@pytest.mark.parametrize("sex", SEXES)
def test_shares_are_probabilities_at_every_age(sex: Sex) -> None:
    for bone in RUS:
        for months in range(0, 229, 12):
            shares = level_shares(sex, bone, months)
            assert shares.sum() == pytest.approx(1)
            assert (shares >= 0).all()


def test_an_unknown_sex_is_refused() -> None:
    with pytest.raises(InputError, match="never guessed"):
        onset_months(Sex.UNKNOWN, "pp3")
