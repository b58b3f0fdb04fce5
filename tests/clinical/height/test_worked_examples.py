"""Worked examples of the papers, computed by this program."""

from __future__ import annotations

import pytest

from openboneage.clinical.height.bayley_pinneau import bayley_pinneau
from openboneage.clinical.height.blum import blum_2022
from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.height.roche import GROWTH_AFTER_18_CM, khamis_guo_1993, rwt_1975
from openboneage.clinical.height.tw_mark2 import tw_mark2_1983
from openboneage.clinical.stature import CM_PER_INCH
from openboneage.subject import Sex


@pytest.mark.parametrize(
    ("sex", "age", "bone_age", "height_in", "group", "printed_in"),
    [
        (Sex.MALE, 13 * 12, 13 * 12 + 3, 60.0, "average", 67.4),
        (Sex.MALE, 14 * 12, 15 * 12 + 6, 67.5, "accelerated", 69.5),
        (Sex.FEMALE, 12 * 12, 10 * 12 + 3, 55.0, "retarded", 62.2),
    ],
)
def test_bayley_pinneau_1952(sex: Sex, age: float, bone_age: float, height_in: float, group: str, printed_in: float) -> None:
    inputs = HeightInputs(sex=sex, age_months=age, height_cm=height_in * CM_PER_INCH, bone_age_months=bone_age)

    prediction = bayley_pinneau(inputs)

    assert prediction.title.endswith(group)
    assert prediction.adult_height_cm / CM_PER_INCH == pytest.approx(printed_in, abs=0.051)


def test_rwt_1975_boy_of_6_years_3_months() -> None:
    inputs = HeightInputs(
        sex=Sex.MALE,
        age_months=75,
        height_cm=107.4,
        recumbent_length_cm=108.7,
        weight_kg=17.4,
        bone_age_months=5.4 * 12,
        father_height_cm=175.0,
        mother_height_cm=163.0,  # mean 169.0
    )

    prediction = rwt_1975(inputs)

    assert prediction.adult_height_cm - GROWTH_AFTER_18_CM[Sex.MALE] == pytest.approx(168.8, abs=0.05)
    assert prediction.error is not None
    assert prediction.error.high_cm - prediction.adult_height_cm == pytest.approx(4.7, abs=0.3)


def test_khamis_guo_1993_boy_of_10() -> None:
    inputs = HeightInputs(
        sex=Sex.MALE,
        age_months=120,
        height_cm=135,
        weight_kg=35,
        bone_age_months=108,
        father_height_cm=175.0,
        mother_height_cm=161.0,  # mean 168.0
    )

    at_18 = khamis_guo_1993(inputs).adult_height_cm - GROWTH_AFTER_18_CM[Sex.MALE]

    assert at_18 == pytest.approx(174.01, abs=0.005)


@pytest.mark.parametrize(
    ("father", "mother", "bone_age", "model", "printed"),
    [
        (180.5, 167.5, 96, "2", 165.9),
        (None, 167.5, 96, "5", 166.8),
        (180.5, None, 96, "8", 168.6),
        (None, None, 96, "10", 165.2),
    ],
)
def test_blum_2022_boy_of_10(father: float | None, mother: float | None, bone_age: float, model: str, printed: float) -> None:
    inputs = HeightInputs(Sex.MALE, 120, 123.0, bone_age_months=bone_age, father_height_cm=father, mother_height_cm=mother)

    prediction = blum_2022(inputs)

    assert prediction.title == f"Blum 2022, model {model}"
    assert prediction.adult_height_cm == pytest.approx(printed, abs=0.05)


def test_tw_mark2_girl_of_16_and_a_half() -> None:
    inputs = HeightInputs(Sex.FEMALE, 198, 165.0, tw2_bone_age_months=186, menarche=True, menarche_age_months=156)

    prediction = tw_mark2_1983(inputs)

    assert prediction.title.startswith("TW Mark II 1983, Table 3.1c")
    assert prediction.adult_height_cm == pytest.approx(168.0, abs=0.06)
