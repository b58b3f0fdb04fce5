from __future__ import annotations

from typing import Any

import pytest

from openboneage.clinical.height.inputs import EarlierVisit, HeightInputs, checked_parent_cm
from openboneage.errors import InputError
from openboneage.subject import Sex

GOOD: dict[str, Any] = {
    "sex": Sex.MALE,
    "age_months": 120.0,
    "height_cm": 138.0,
    "recumbent_length_cm": 139.3,
    "weight_kg": 32.0,
    "bone_age_months": 114.0,
    "tw2_bone_age_months": 116.0,
    "father_height_cm": 178.0,
    "mother_height_cm": 166.0,
}


def test_equations_get_values_in_their_units() -> None:
    inputs = HeightInputs(**GOOD)

    assert (inputs.age_years, inputs.bone_age_years, inputs.midparent_cm) == (10.0, 9.5, 172.0)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("sex", Sex.UNKNOWN, "give the sex"),
        ("height_cm", 54.3, "If it is in inches, give 137.9 cm"),
        ("height_cm", 1.38, "height of 101.9 to 181.0 cm was expected .6 SD around the median., got 1.38"),
        ("age_months", 10.0, "If the age is 10 years, give 120 months"),
        ("age_months", -1.0, "between 0 and 1440"),
        ("bone_age_months", 9.5, "given in years"),
        ("tw2_bone_age_months", 9.5, "given in years"),
        ("father_height_cm", 70.0, "height of the father .* If it is in inches, give 177.8 cm"),
        ("mother_height_cm", 1.66, "height of the mother must lie between 120 and 220 cm, got 1.66.$"),
        ("weight_kg", 0.5, "weight must lie between 2 and 250 kg, got 0.5"),
        ("weight_kg", 300.0, "between 2 and 250 kg, got 300"),
        ("weight_kg", 2.0 / 0.45, "At 138 cm a weight of 19.0 to 76.2 kg was expected .* got 4.44444.$"),
        ("weight_kg", 77.0, r"index 10 to 40\), got 77\. If it is in pounds, give 34\.9 kg\."),
        ("weight_kg", float("nan"), "between 2 and 250 kg, got nan"),
        ("recumbent_length_cm", 54.8, "1 cm below and 5 cm above the standing height, got 54.8"),
        ("birth_weight_kg", 3400.0, "birth weight must lie between 0.3 and 7 kg, got 3400"),
        ("menarche_age_months", 130.0, "Menarche is given for a boy"),
        ("earlier", EarlierVisit(120.0, 132.0), "earlier visit must lie before 10 y 0 m, got 10 y 0 m"),
        ("earlier", EarlierVisit(108.0, 52.0), "in inches, give 132.1 cm"),
        ("earlier", EarlierVisit(108.0, 132.0, 9.0), "given in years"),
        ("menarche", True, "Menarche is given for a boy"),
    ],
)
def test_mistakes_are_caught_and_named(field: str, value: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        HeightInputs(**{**GOOD, field: value})


@pytest.mark.parametrize("parent_cm", [120.0, 220.0])
def test_parents_at_the_ends(parent_cm: float) -> None:
    assert checked_parent_cm("mother", parent_cm) == parent_cm


@pytest.mark.parametrize(
    ("menarche", "age", "message"),
    [(False, 130.0, "and menarche is no"), (None, 151.0, "between 6 y 0 m and 12 y 6 m"), (None, 71.0, "between 6 y 0 m")],
)
def test_an_age_at_menarche_must_fit(menarche: bool | None, age: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        HeightInputs(Sex.FEMALE, 150.0, 152.0, menarche=menarche, menarche_age_months=age)


def test_the_ends_of_birth_weight_and_age_at_menarche_are_possible() -> None:
    for weight in (0.3, 7.0):
        assert HeightInputs(Sex.FEMALE, 150.0, 152.0, birth_weight_kg=weight).birth_weight_kg == weight
    for age, menarche_age in ((72.0, 72.0), (250.0, 240.0)):
        height = 118.0 if age == 72.0 else 163.0
        assert HeightInputs(Sex.FEMALE, age, height, menarche_age_months=menarche_age).past_menarche


def test_every_missing_input_is_named() -> None:
    inputs = HeightInputs(Sex.MALE, 120.0, 138.0, mother_height_cm=165.0)

    with pytest.raises(InputError, match=r"^Needs weight, a Greulich-Pyle bone age, the father's height\.$"):
        inputs.given("weight_kg", "bone_age_months", "father_height_cm", "mother_height_cm")


@pytest.mark.parametrize("missing", ["bone_age_years", "tw2_bone_age_years", "midparent_cm"])
def test_missing_inputs_are_named(missing: str) -> None:
    inputs = HeightInputs(Sex.MALE, 120.0, 138.0)

    with pytest.raises(InputError, match=r"^Needs "):
        getattr(inputs, missing)
