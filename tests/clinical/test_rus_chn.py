from __future__ import annotations

import pytest

from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.rus_chn import assess_levels, polynomial_age_months, rus_chn_levels, tw_stage
from openboneage.clinical.table_files import load_table
from openboneage.errors import InputError
from openboneage.subject import Sex

BONES = scoring_method("rus-chn").bones


@pytest.mark.parametrize(("sex", "first"), [(Sex.MALE, 1.0), (Sex.FEMALE, 1.0)])
def test_the_median_table_is_read_back_at_each_of_its_ages(sex: Sex, first: float) -> None:
    curve = scoring_method("rus-chn").curves[sex]
    for row in load_table("rus_chn_median_score_by_age.csv").where(sex=sex).rows:
        if row["rus_chn_score_p50"] and float(row["bone_age_years"]) >= first:
            age = curve.read(int(row["rus_chn_score_p50"])).limit_months
            assert age == pytest.approx(float(row["bone_age_years"]) * 12)


def test_the_blank_median_of_girls_at_12_is_interpolated() -> None:
    # The header expects 697 to 707; the polynomial gives 704.
    assert 697 <= scoring_method("rus-chn").curves[Sex.FEMALE].score_at(144) <= 707


@pytest.mark.parametrize(("sex", "from_score"), [(Sex.MALE, 27), (Sex.FEMALE, 64)])
def test_median_table_and_polynomial_agree_above_low_scores(sex: Sex, from_score: int) -> None:
    curve = scoring_method("rus-chn").curves[sex]

    differences = [abs(curve.read(score).limit_months - polynomial_age_months(sex, score)) for score in range(from_score, 1000)]

    assert max(differences) < 0.36 * 12


def test_the_polynomial_column_of_the_median_table_comes_from_the_polynomial() -> None:
    for row in load_table("rus_chn_median_score_by_age.csv").rows:
        if row["polynomial_age_at_score"]:
            years = polynomial_age_months(Sex(row["sex"]), int(row["rus_chn_score_p50"])) / 12
            assert years == pytest.approx(float(row["polynomial_age_at_score"]), abs=0.0051)


@pytest.mark.parametrize("bone", BONES)
def test_levels_map_onto_rising_stages_and_back(bone: str) -> None:
    stages = [tw_stage(bone, level) for level in scoring_method("rus-chn").stages(bone)]

    assert stages == sorted(stages)
    assert (stages[0], stages[-1]) == ("A", scoring_method("tw3").stages(bone)[-1])
    assert set(stages) == set(scoring_method("tw3").stages(bone))
    for stage in scoring_method("tw3").stages(bone):
        assert {tw_stage(bone, level) for level in rus_chn_levels(bone, stage)} == {stage}


def test_the_levels_of_a_grown_hand_are_mature_by_tw3() -> None:
    levels = {bone: scoring_method("rus-chn").stages(bone)[-1] for bone in BONES}

    maturity = assess_levels(scoring_method("tw3"), Sex.MALE, levels)

    assert maturity.score == 1000
    assert ["rus_chn_level_to_tw_stage.csv" in finding.message for finding in maturity.findings] == [True]


@pytest.mark.parametrize(("bone", "level"), [("radius", "15"), ("ulna", "13"), ("mc3", "-1")])
def test_a_level_that_does_not_exist_is_refused(bone: str, level: str) -> None:
    with pytest.raises(InputError, match=f"{bone} has no stage '{level}'; its stages are 0, 1"):
        tw_stage(bone, level)


def test_a_score_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="between 0 and 1000"):
        polynomial_age_months(Sex.MALE, 1001)
