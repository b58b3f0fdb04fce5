from __future__ import annotations

import numpy as np
import pytest

from openboneage.clinical.height.bayley_pinneau import bayley_pinneau, maturity_group
from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.stature import height_at_sds
from openboneage.clinical.table_files import load_table
from openboneage.errors import InputError, RefusedError
from openboneage.subject import Sex


def child(sex: Sex, age: float, bone_age: float | None) -> HeightInputs:
    return HeightInputs(sex, age, height_at_sds(sex, min(age, 240), -1), bone_age_months=bone_age)


@pytest.mark.parametrize(
    ("ahead", "group"),
    [(-12.0, "retarded"), (-11.9, "average"), (0.0, "average"), (11.9, "average"), (12.0, "accelerated")],
)
def test_the_pace_of_maturation_is_a_matter_of_a_year(ahead: float, group: str) -> None:
    assert maturity_group(120 + ahead, 120) == group


ENDS = [
    (Sex.MALE, "average", 84, 222),
    (Sex.MALE, "accelerated", 84, 204),
    (Sex.MALE, "retarded", 72, 156),
    (Sex.FEMALE, "average", 72, 216),
    (Sex.FEMALE, "accelerated", 84, 210),
    (Sex.FEMALE, "retarded", 72, 204),
]


@pytest.mark.parametrize(("sex", "group", "first", "last"), ENDS)
def test_ends_of_every_table(sex: Sex, group: str, first: float, last: float) -> None:
    ahead = {"average": 0, "accelerated": 12, "retarded": -12}[group]
    rows = load_table("bayley_pinneau_pmh.csv").where(sex=sex, maturity_group=group).column("percent_mature_height")
    for bone_age, share in ((first, rows[0]), (last, rows[-1])):
        inputs = child(sex, bone_age - ahead, bone_age)
        assert bayley_pinneau(inputs).adult_height_cm == pytest.approx(inputs.height_cm * 100 / share)
    for bone_age in (first - 0.1, last + 0.1):
        with pytest.raises(RefusedError, match=f"The {group} table \\({sex}\\) covers bone ages"):
            bayley_pinneau(child(sex, bone_age - ahead, bone_age))


def test_rows_are_interpolated_linearly() -> None:
    inputs = child(Sex.MALE, 156, 157.5)  # average boys: 13-0 is 87.6 %, 13-3 is 89.0 %

    assert bayley_pinneau(inputs).adult_height_cm == pytest.approx(inputs.height_cm * 100 / 88.3)


def test_the_error_band_is_that_of_the_validation_sample() -> None:
    error = bayley_pinneau(child(Sex.MALE, 120, 120)).error

    assert error is not None
    assert (error.high_cm - error.low_cm) / 2 == pytest.approx(1.645 * 3.38)


def test_the_error_band_is_shifted_by_the_mean_error() -> None:
    # Girls of 8-0: predictions are 2.18 cm too low on average, 90 % of the errors lie between -9.41 and +5.04 cm.
    prediction = bayley_pinneau(child(Sex.FEMALE, 96, 96))

    assert prediction.error is not None
    assert prediction.error.low_cm - prediction.adult_height_cm == pytest.approx(-5.04, abs=0.01)
    assert prediction.error.high_cm - prediction.adult_height_cm == pytest.approx(9.41, abs=0.01)
    assert "inferred" in prediction.error.source


def test_the_error_band_is_interpolated_within_the_validating_sample() -> None:
    rows = load_table("bayley_pinneau_error.csv").where(sex=Sex.MALE, sample="validating")
    ages, means, sds = (rows.column(name) for name in ("chronological_age_months", "mean_error_in", "sd_error_cm"))
    for age in (ages[0], ages[4] + 3, ages[-1]):
        prediction = bayley_pinneau(child(Sex.MALE, age, age))
        assert prediction.error is not None
        center = prediction.adult_height_cm - 2.54 * np.interp(age, ages, means)
        half_width = 1.645 * np.interp(age, ages, sds)
        assert (prediction.error.low_cm, prediction.error.high_cm) == pytest.approx((center - half_width, center + half_width))
        assert prediction.error.coverage == 0.9
    assert bayley_pinneau(child(Sex.MALE, ages[-1] + 1, ages[-1])).error is None


@pytest.mark.parametrize(
    ("ahead", "counts", "word"),
    [
        (24, True, ""),
        (24.1, False, "2.0 years ahead of age. Beyond two years children tend to become taller"),
        (-24, True, ""),
        (-24.1, False, "2.0 years behind age. Beyond two years children tend to become shorter"),
    ],
)
def test_beyond_two_years_of_difference_a_prediction_does_not_count(ahead: float, counts: bool, word: str) -> None:
    prediction = bayley_pinneau(child(Sex.FEMALE, 132, 132 + ahead))

    assert prediction.in_consensus is counts
    messages = [finding.message for finding in prediction.findings if finding.code == "bone-age-far-from-age"]
    assert len(messages) == (0 if counts else 1)
    assert all(f"{word} than Bayley" in message for message in messages)


def test_there_is_no_error_band_under_8_years() -> None:
    assert bayley_pinneau(child(Sex.FEMALE, 90, 84)).error is None


def test_a_bone_age_is_needed() -> None:
    with pytest.raises(InputError, match="Needs a Greulich-Pyle bone age"):
        bayley_pinneau(child(Sex.MALE, 160, None))
