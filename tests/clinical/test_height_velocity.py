from __future__ import annotations

import pytest

from openboneage.clinical.height_velocity import HeightVelocity, VelocityReference, height_velocity
from openboneage.clinical.lms import Lms
from openboneage.clinical.table_files import load_table
from openboneage.errors import InputError
from openboneage.findings import Finding, Severity
from openboneage.subject import Sex

KELLY, DONALD = VelocityReference.KELLY_2014, VelocityReference.DONALD_2025


def grown(sex: Sex, middle_years: float, cm_per_year: float, months: float = 12) -> HeightVelocity:
    """Return the velocity of a child that grew this fast over an interval around an age."""
    first, last = middle_years * 12 - months / 2, middle_years * 12 + months / 2
    return height_velocity(sex, (first, 120.0), (last, 120.0 + cm_per_year * months / 12))


@pytest.mark.parametrize(("cm_per_year", "expected"), [(6.4, 50), (3.9, 3), (9.3, 97)])
def test_girls_of_10_as_kelly_prints_them(cm_per_year: float, expected: float) -> None:
    velocity = grown(Sex.FEMALE, 10, cm_per_year)

    assert velocity.reference is KELLY
    assert velocity.cm_per_year == pytest.approx(cm_per_year)
    assert velocity.percentile == pytest.approx(expected, abs=1)


def test_every_printed_centile_of_kelly_is_reproduced() -> None:
    for row in load_table("height_velocity_kelly2014.csv").rows:
        lms = Lms(float(row["L"]), float(row["M_cm_per_yr"]), float(row["S"]))
        if lms.median >= 2.1:
            assert lms.value(-1.8808) == pytest.approx(float(row["p3_cm_per_yr"]), abs=0.26)
            assert lms.value(1.8808) == pytest.approx(float(row["p97_cm_per_yr"]), abs=0.26)


def test_girls_of_6_as_donald_prints_them() -> None:
    # L 0.675, M 6.66, S 0.133
    velocity = grown(Sex.FEMALE, 6, 6.66, months=8)

    assert (velocity.reference, velocity.sds) == (DONALD, pytest.approx(0))
    assert grown(Sex.FEMALE, 6, 6.66 * (1 + 0.675 * 0.133 * 2) ** (1 / 0.675), months=8).sds == pytest.approx(2)


@pytest.mark.parametrize(
    ("months", "reference"),
    [(5.9, None), (6, DONALD), (10.9, DONALD), (11, KELLY), (13, KELLY), (13.1, DONALD), (18, DONALD), (18.1, None)],
)
def test_each_reference_has_its_intervals(months: float, reference: VelocityReference | None) -> None:
    velocity = grown(Sex.MALE, 9, 5.5, months)

    assert velocity.reference is reference
    assert velocity.cm_per_year == pytest.approx(5.5)
    assert (velocity.sds is None) == (reference is None)
    assert ["no-velocity-reference" in finding.code for finding in velocity.findings] == (
        [True] if reference is None else [False] * len(velocity.findings)
    )


@pytest.mark.parametrize(("age", "reference"), [(1.9, None), (2.0, DONALD), (5.4, DONALD), (5.5, KELLY)])
def test_young_children_have_the_german_reference(age: float, reference: VelocityReference | None) -> None:
    assert grown(Sex.MALE, age, 7).reference is reference


@pytest.mark.parametrize(("sex", "age"), [(Sex.FEMALE, 16.0), (Sex.MALE, 17.5)])
def test_there_is_no_sds_when_growth_has_nearly_ended(sex: Sex, age: float) -> None:
    velocity = grown(sex, age, 0.4)

    assert velocity.sds is None
    message = "No SDS of height velocity: no growth, or an age without a reference (2 years to the end of growth)."
    assert velocity.findings == (Finding("no-velocity-reference", Severity.NOTE, message),)


@pytest.mark.parametrize(("months", "wrong"), [(5.9, "interval"), (6, "age"), (18, "age"), (18.1, "interval")])
def test_a_missing_sds_states_whether_interval_or_age_is_the_reason(months: float, wrong: str) -> None:
    (finding,) = grown(Sex.FEMALE, 17.5, 0.4, months).findings

    interval = f"No SDS of height velocity over {months:.1f} months: the references need 6 to 18 months between the visits."
    assert (finding.message == interval) is (wrong == "interval")


@pytest.mark.parametrize("cm_per_year", [0.0, -20.0])
def test_a_child_that_does_not_grow_has_no_sds(cm_per_year: float) -> None:
    velocity = grown(Sex.MALE, 9, cm_per_year)

    assert (velocity.cm_per_year, velocity.sds) == (pytest.approx(cm_per_year), None)
    assert (velocity.from_age_months, velocity.to_age_months) == (102, 114)


def test_slow_growth_has_a_low_sds() -> None:
    sds = grown(Sex.MALE, 9, 0.5).sds

    assert sds is not None
    assert sds < -4


def test_the_last_age_of_a_reference_counts() -> None:
    assert grown(Sex.MALE, 17, 1.0, months=8).reference is DONALD
    assert grown(Sex.MALE, 17.1, 1.0, months=8).reference is None


def test_the_later_visit_must_be_later() -> None:
    with pytest.raises(InputError, match="must be after 10 y 0 m"):
        height_velocity(Sex.MALE, (120, 138), (120, 139))
