"""Errors known from other open transcriptions of the same tables (and from one paper): ours must not have them."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.table_files import Table, load_table
from openboneage.subject import Sex


def cell(table: str, column: str, **where: str) -> float:
    (row,) = load_table(table).where(**where).rows
    return float(row[column])


def test_rus_scores_are_not_the_invented_ones() -> None:
    # jmmana/BoneAgeTW2: radius I = 46; 1000 -> 216 months below 900 -> 240
    for sex in (Sex.FEMALE, Sex.MALE):
        assert scoring_method("tw2-uk").highest_score(sex, "radius") > 200
    assert scoring_method("tw2-uk").range_months(Sex.MALE)[1] == pytest.approx(18.2 * 12)


def test_girls_first_metacarpal_stage_b() -> None:
    # 2023YuJun/BoneAgeServer TRScoreUtils: 6
    assert scoring_method("tw3").scores[Sex.FEMALE]["mc1"]["B"] == 8


def test_tw3_chinese_girls_of_5() -> None:
    # 2023YuJun/BoneAgeServer TRScoreUtils: 44
    assert cell("tw3c_rus_median_score_by_age.csv", "tw3c_rus_score_p50", sex="female", bone_age_years="5.0") == 244


def test_rus_chn_girls_of_12() -> None:
    # 2023YuJun/BoneAgeServer RCScoreUtils: 597
    assert scoring_method("rus-chn").curves[Sex.FEMALE].score_at(144) == pytest.approx(675, abs=0.5)


@pytest.mark.parametrize(
    ("sex", "age", "wrong", "right"),
    [("male", "7.1", 128, 218), ("male", "16.3", 789, 798), ("female", "1.6", 82, 92), ("female", "13.7", 448, 748)],
)
def test_tw2_uk_misprints(sex: str, age: str, wrong: int, right: int) -> None:
    # jshcd/bone-age Constants.kt
    score = cell("tw2_rus_uk1983_score_to_boneage.csv", "rus_score", sex=sex, bone_age_years=age)

    assert score == right != wrong


def test_tanner_boys_of_4_to_8() -> None:
    # eatyourpeas/endocrinologist: 1.29
    assert cell("tanner1975_height_prediction_by_ca.csv", "b_height_cm", sex="male", age_min="4.0") == 1.20


@pytest.mark.parametrize(
    ("months", "column", "wrong", "right"),
    [
        ("27", "beta_skeletal_age_y", -0.623, -0.625),
        ("27", "beta0", 18.908, 18.905),
        ("30", "beta_recumbent_length_cm", 1.192, 1.195),
        ("30", "beta_weight_kg", -0.690, -0.693),
        ("87", "beta0", 23.017, 23.011),
    ],
)
def test_rwt_1975_girls(months: str, column: str, wrong: float, right: float) -> None:
    # eatyourpeas/endocrinologist
    assert cell("rwt_1975.csv", column, sex="female", chronological_age_months=months) == right != wrong


def test_rwt_1975_misprint_of_the_paper() -> None:
    # girls 11-3: beta0 is printed 84.136
    assert cell("rwt_1975.csv", "beta0", sex="female", chronological_age_months="135") == 64.136


@pytest.mark.parametrize(
    ("sex", "group", "label", "wrong", "right"),
    [
        ("male", "retarded", "9-0", 77.8, 78.6),
        ("male", "accelerated", "11-6", 77.8, 78.6),
        ("female", "average", "17-6", 99.9, 99.95),
        ("female", "accelerated", "17-6", 99.9, 99.95),
        ("female", "retarded", "16-9", 99.9, 99.95),
        ("female", "accelerated", "11-3", 89.7, 88.7),
        ("female", "accelerated", "13-6", 96.8, 96.3),
    ],
)
def test_bayley_pinneau(sex: str, group: str, label: str, wrong: float, right: float) -> None:
    # eatyourpeas/endocrinologist: the list of known errors names the values, these are the cells that hold the right ones
    share = cell("bayley_pinneau_pmh.csv", "percent_mature_height", sex=sex, maturity_group=group, skeletal_age_label=label)

    assert share == right != wrong


@pytest.mark.parametrize(("age", "sd"), [("13.0", 3.1), ("14.0", 2.9), ("15.0", 2.5), ("16.0", 2.0), ("17.0", 0.8)])
def test_tanner_residual_sd_of_boys_from_13(age: str, sd: float) -> None:
    # doctor-dom/physis TW3_boys.csv: shifted from 13 years on
    assert cell("tanner1975_height_prediction_by_ca.csv", "residual_sd_cm", sex="male", age_min=age) == sd


@pytest.mark.parametrize("sex", [Sex.FEMALE, Sex.MALE])
def test_rus_chn_is_monotone_where_the_polynomial_is_not(sex: Sex) -> None:
    assert (np.diff(scoring_method("rus-chn").curves[sex].ages_months) > 0).all()


def groups(name: str, *keys: str) -> list[Table]:
    table = load_table(name)
    found = {tuple(row[key] for key in keys) for row in table.rows}
    return [table.where(**dict(zip(keys, values, strict=True))) for values in sorted(found)]


@pytest.mark.parametrize(
    ("name", "keys", "age", "value"),
    [
        ("bayley_pinneau_pmh.csv", ("sex", "maturity_group"), "skeletal_age_months", "percent_mature_height"),
        ("reinehr_2019_cdgp_boys.csv", ("bone_age_delay_group",), "bone_age_years", "percent_adult_height"),
        ("gp_brush_foundation_mean_sd.csv", ("sex",), "chronological_age_months", "mean_skeletal_age_months"),
        ("tw3_rus_score_to_boneage.csv", ("sex",), "bone_age_years", "rus_score"),
        ("tw2_rus_uk1983_score_to_boneage.csv", ("sex",), "bone_age_years", "rus_score"),
        ("tw2_rus_japan_score_to_boneage.csv", ("sex",), "bone_age_years", "rus_score"),
        ("tw2_carpal_japan_score_to_boneage.csv", ("sex",), "bone_age_years", "carpal_score"),
        ("tw2_20bone_japan_score_to_boneage.csv", ("sex",), "bone_age_years", "twenty_bone_score"),
    ],
)
def test_columns_that_grow_with_age_grow_in_the_table(name: str, keys: tuple[str, ...], age: str, value: str) -> None:
    for table in groups(name, *keys):
        assert (np.diff(table.column(age)) > 0).all()
        assert (np.diff(table.column(value)) >= 0).all()


@pytest.mark.parametrize(
    ("name", "age", "step"),
    [
        ("rwt_1975.csv", "chronological_age_months", 3),
        ("rwt_1993_khamis_guo.csv", "age_years", 0.5),
        ("khamis_roche_1995.csv", "age_years", 0.5),
    ],
)
@pytest.mark.parametrize("sex", [Sex.FEMALE, Sex.MALE])
def test_no_row_of_a_regression_table_is_lost(name: str, age: str, step: float, sex: Sex) -> None:
    assert np.diff(load_table(name).where(sex=sex).column(age)) == pytest.approx(step)
