"""Height for age: SDS, percentile, and a check that catches inches given as centimetres and years given as months.

Under 24 months the WHO standard for length (2006), from there to 20 years the CDC 2000 reference for stature. L, M and S are
interpolated linearly. The two meet with a small step at 24 months: children under 2 are measured lying.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from openboneage.clinical.lms import Lms, percentile
from openboneage.clinical.table_files import known_sex, load_table
from openboneage.errors import InputError, RefusedError
from openboneage.findings import Finding, Severity
from openboneage.subject import MONTHS_PER_YEAR, Sex, checked_age_months, format_age

CM_PER_INCH = 2.54
LAST_MONTHS = 240.0
"""The last age of the CDC 2000 reference, used for adults."""

IMPOSSIBLE_SDS = 6.0
"""A height further than this from the median is refused; a rule of this program. Heights in inches are far beyond it."""

UNUSUAL_SDS = 4.0
"""A height further than this from the median gets a warning; a rule of this program."""

_WHO_UNTIL_MONTHS = 24.0


class HeightReference(StrEnum):
    """The reference that a height is compared with."""

    CDC_2000 = "cdc-2000"
    WHO_2006 = "who-2006"


_TABLES = {
    HeightReference.CDC_2000: "cdc_stature_for_age_lms.csv",
    HeightReference.WHO_2006: "who_height_for_age_lms.csv",
}


@dataclass(frozen=True)
class HeightForAge:
    """A height compared with children of one age and sex.

    Attributes:
        age_months: Age compared with, months: chronological age or bone age.
        height_cm: Height, cm.
        sds: Standard deviation score (z-score).
        percentile: Percentile, 0 to 100, from the SDS.
        reference: The children compared with.
        findings: What to know about the table.
    """

    age_months: float
    height_cm: float
    sds: float
    percentile: float
    reference: HeightReference
    findings: tuple[Finding, ...]


def height_for_age(sex: Sex, age_months: float, height_cm: float) -> HeightForAge:
    """Compare a height with children of an age.

    Args:
        sex: Sex of the child.
        age_months: Age in months, 0 to 240.
        height_cm: Height in cm; length, lying, under 24 months.

    Raises:
        InputError: The sex is unknown, or the height is invalid.
        RefusedError: There is no reference at this age.
    """
    if not (math.isfinite(height_cm) and height_cm > 0):
        raise InputError(f"A height must be a positive number of centimetres, got {height_cm}.")
    reference, lms = _lms(sex, age_months)
    sds = lms.sds(height_cm)
    return HeightForAge(age_months, height_cm, sds, percentile(sds), reference, load_table(_TABLES[reference]).findings(sex))


def height_at_sds(sex: Sex, age_months: float, sds: float) -> float:
    """Return the height in cm at an SDS: the inverse of `height_for_age`.

    Raises:
        InputError: The sex is unknown.
        RefusedError: There is no reference at this age.
    """
    _, lms = _lms(sex, age_months)
    return lms.value(sds)


def checked_height_cm(sex: Sex, age_months: float, height_cm: float) -> float:
    """Return a height if it is possible at an age; beyond 20 years it is compared with 20 years.

    Raises:
        InputError: The sex is unknown, or the height is not possible; the message says so where inches, or years instead of
            months, would make it possible.
    """
    compared = min(checked_age_months(age_months), LAST_MONTHS)
    sds = height_for_age(sex, compared, height_cm).sds
    if abs(sds) <= IMPOSSIBLE_SDS:
        return height_cm
    low, high = (height_at_sds(sex, compared, limit) for limit in (-IMPOSSIBLE_SDS, IMPOSSIBLE_SDS))
    hints = [
        f"At {format_age(age_months)} a height of {low:.1f} to {high:.1f} cm was expected ({IMPOSSIBLE_SDS:g} SD around the "
        f"median), got {height_cm:g}."
    ]
    if low <= height_cm * CM_PER_INCH <= high:
        hints.append(f"If it is in inches, give {height_cm * CM_PER_INCH:.1f} cm.")
    in_years = age_months * MONTHS_PER_YEAR
    if in_years <= LAST_MONTHS and abs(height_for_age(sex, in_years, height_cm).sds) <= UNUSUAL_SDS:
        hints.append(f"If the age is {age_months:g} years, give {in_years:g} months.")
    raise InputError(" ".join(hints))


def checked_bone_age_months(bone_age_months: float, age_months: float) -> float:
    """Return a bone age if it is possible at a chronological age.

    Raises:
        InputError: The bone age is impossible, or one age is more than four times the other and more than 18 months away:
            most likely one of them is in years.
    """
    bone_age = checked_age_months(bone_age_months)
    young, old = sorted((bone_age, checked_age_months(age_months)))
    if old > 4 * young and old - young > 18:
        raise InputError(
            f"A bone age of {bone_age:g} months at a chronological age of {age_months:g} months is not possible: both are in "
            "months; has one of them been given in years?"
        )
    return bone_age


def height_findings(sex: Sex, age_months: float, height_cm: float) -> tuple[Finding, ...]:
    """Return a finding where a height is possible, but unusual at an age; beyond 20 years it is compared with 20 years."""
    sds = height_for_age(sex, min(age_months, LAST_MONTHS), height_cm).sds
    if abs(sds) <= UNUSUAL_SDS:
        return ()
    message = f"The height is {abs(sds):.1f} SD {'above' if sds > 0 else 'below'} the median: check height, age and sex."
    return (Finding("height-unusual", Severity.WARNING, message),)


def _lms(sex: Sex, age_months: float) -> tuple[HeightReference, Lms]:
    """Return the reference for an age, and its distribution of heights, cm."""
    if not 0 <= age_months <= LAST_MONTHS:
        raise RefusedError(f"There is a height reference from birth to 20 years, got {age_months:.1f} months.")
    reference = HeightReference.WHO_2006 if age_months < _WHO_UNTIL_MONTHS else HeightReference.CDC_2000
    table = load_table(_TABLES[reference]).where(sex=known_sex(sex))
    if reference is HeightReference.WHO_2006:
        table = table.where(file="who_infants")  # lengths; at 24 months the file holds the standing height too
    return reference, Lms.at(table, "age_months", age_months, "M_cm")
