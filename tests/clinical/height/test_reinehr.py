from __future__ import annotations

import pytest

from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.height.reinehr import reinehr_2019
from openboneage.clinical.stature import height_at_sds
from openboneage.errors import InputError, RefusedError
from openboneage.subject import Sex


def child(sex: Sex, age: float, bone_age: float | None) -> HeightInputs:
    return HeightInputs(sex, age, height_at_sds(sex, min(age, 240), -1), bone_age_months=bone_age)


@pytest.mark.parametrize(
    ("age", "bone_age", "share", "delay"),
    [(175, 162, 91.1, "1 to 2 years"), (186, 162, 91.2, "2 years and over"), (163, 150, 87.2, "1 to 2 years")],
)
def test_reinehr_reads_the_table_of_the_delay(age: float, bone_age: float, share: float, delay: str) -> None:
    inputs = child(Sex.MALE, age, bone_age)

    prediction = reinehr_2019(inputs)

    assert prediction.adult_height_cm == pytest.approx(inputs.height_cm * 100 / share)
    assert prediction.title == f"Reinehr 2019, delay {delay}"
    assert [finding.code for finding in prediction.findings] == ["table-partly-verified", "table-partly-verified"]


@pytest.mark.parametrize(
    ("age", "bone_age", "code"),
    [
        (200, 174, "table-extrapolated"),
        (200, 171, "table-extrapolated"),
        (170, 126, "table-borrowed"),
        (170, 129, "table-borrowed"),
    ],
)
def test_reinehr_marks_extrapolated_and_borrowed_values(age: float, bone_age: float, code: str) -> None:
    codes = [finding.code for finding in reinehr_2019(child(Sex.MALE, age, bone_age)).findings]

    assert {code} == {"table-extrapolated", "table-borrowed"} & set(codes)


def test_the_band_of_reinehr_allows_for_overprediction() -> None:
    prediction = reinehr_2019(child(Sex.MALE, 186, 162))

    assert prediction.error is not None
    assert prediction.error.low_cm - prediction.adult_height_cm == pytest.approx(-5.6)
    assert prediction.error.high_cm - prediction.adult_height_cm == pytest.approx(7.1)
    assert "2.9 cm too high on average in the authors' validation" in prediction.notes


@pytest.mark.parametrize(
    ("sex", "age", "bone_age"),
    [
        (Sex.FEMALE, 160, 130),
        (Sex.MALE, 143.9, 128),
        (Sex.MALE, 156, 144),
        (Sex.MALE, 150, 125.9),
        (Sex.MALE, 210, 186.1),
    ],
)
def test_reinehr_refuses_other_children(sex: Sex, age: float, bone_age: float) -> None:
    with pytest.raises(RefusedError, match=r"^Made for untreated boys|^Covers bone ages from 10\.5 to 15\.5 years, got 1"):
        reinehr_2019(child(sex, age, bone_age))


def test_a_bone_age_is_needed() -> None:
    with pytest.raises(InputError, match="Needs a Greulich-Pyle bone age"):
        reinehr_2019(child(Sex.MALE, 160, None))
