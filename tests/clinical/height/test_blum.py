from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from openboneage.clinical.height.blum import blum_2022
from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.stature import height_at_sds
from openboneage.errors import InputError, RefusedError
from openboneage.subject import Sex

GIRL = HeightInputs(
    sex=Sex.FEMALE,
    age_months=120,
    height_cm=124.0,
    bone_age_months=100,
    birth_weight_kg=2.9,
    father_height_cm=170.0,
    mother_height_cm=155.0,
)


@pytest.mark.parametrize(
    ("missing", "model"),
    [
        ((), "1"),
        (("birth_weight_kg",), "2"),
        (("bone_age_months",), "3"),
        (("father_height_cm",), "4"),
        (("father_height_cm", "birth_weight_kg"), "5"),
        (("father_height_cm", "bone_age_months"), "6"),
        (("mother_height_cm",), "7"),
        (("mother_height_cm", "birth_weight_kg"), "8"),
        (("mother_height_cm", "bone_age_months"), "9"),
        (("father_height_cm", "mother_height_cm"), "10"),
    ],
)
def test_the_model_with_the_most_variables_is_used(missing: tuple[str, ...], model: str) -> None:
    fewer: dict[str, Any] = dict.fromkeys(missing)

    prediction = blum_2022(replace(GIRL, **fewer))

    assert prediction.title == f"Blum 2022, model {model}"
    assert prediction.adult_height_cm == pytest.approx(153, abs=5)


def test_model_1_by_hand() -> None:
    expected = 63.3339 - 2.9595 * 10 + 0.7256 * 124 + 0.3173 * 162.5 - 13.0399 * 100 / 120 + 1.2695 * 2.9 - 6.2213 * 2

    prediction = blum_2022(GIRL)

    assert prediction.adult_height_cm == pytest.approx(expected)
    assert [finding.code for finding in prediction.findings] == ["table-partly-verified"]
    assert prediction.error is not None
    assert prediction.error.high_cm - expected == pytest.approx(1.645 * 3.16)


@pytest.mark.parametrize(("sds", "refused"), [(-1.27, True), (-1.29, False), (0.0, True)])
def test_only_short_children(sds: float, refused: bool) -> None:
    child = replace(GIRL, height_cm=height_at_sds(Sex.FEMALE, 120, sds))

    if refused:
        with pytest.raises(RefusedError, match=r"a height SDS of -1\.28 or less"):
            blum_2022(child)
    else:
        assert blum_2022(child).adult_height_cm > child.height_cm


@pytest.mark.parametrize("age", [47.9, 204.1])
def test_only_from_4_to_17_years(age: float) -> None:
    with pytest.raises(RefusedError, match="Covers ages from 4 to 17 years"):
        blum_2022(HeightInputs(Sex.MALE, age, height_at_sds(Sex.MALE, age, -2), bone_age_months=age))


def test_a_parent_or_a_bone_age_is_needed() -> None:
    with pytest.raises(InputError, match=r"^Needs a parent's height or a Greulich-Pyle bone age\.$"):
        blum_2022(HeightInputs(Sex.MALE, 120, 123.0, birth_weight_kg=3.0))
