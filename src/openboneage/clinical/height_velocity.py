"""Height velocity: growth in cm per year between two visits, and its SDS.

Kelly et al. 2014 (United States) is made for intervals of 11 to 13 months, Duran et al. 2025 (DONALD, Germany) for 6 to 18
months; the first is preferred. The age of a velocity is the middle of its interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from openboneage.clinical.lms import Lms, percentile
from openboneage.clinical.table_files import Table, known_sex, load_table
from openboneage.errors import InputError
from openboneage.findings import Finding, Severity
from openboneage.subject import MONTHS_PER_YEAR, Sex, checked_age_months, format_age

WANTED_INTERVAL_MONTHS = 12.0
COARSE_CM_PER_YEAR = 1.0
"""Below this median the tables are printed too coarsely for an SDS (girls from 15, boys from 17 years)."""


class VelocityReference(StrEnum):
    """The reference that a height velocity is compared with."""

    KELLY_2014 = "kelly-2014"
    DONALD_2025 = "donald-2025"


INTERVALS_MONTHS = {VelocityReference.KELLY_2014: (11.0, 13.0), VelocityReference.DONALD_2025: (6.0, 18.0)}


@dataclass(frozen=True)
class HeightVelocity:
    """The growth of a child between two visits.

    Attributes:
        from_age_months: Age at the earlier visit, months.
        to_age_months: Age at the later visit, months.
        cm_per_year: Height velocity, cm a year.
        sds: Standard deviation score; `None` where no reference fits the interval and the age.
        percentile: Percentile, 0 to 100, from the SDS.
        reference: The children compared with; `None` without an SDS.
        findings: Why there is no SDS, and findings on the table.
    """

    from_age_months: float
    to_age_months: float
    cm_per_year: float
    sds: float | None
    percentile: float | None
    reference: VelocityReference | None
    findings: tuple[Finding, ...]


def height_velocity(sex: Sex, earlier: tuple[float, float], later: tuple[float, float]) -> HeightVelocity:
    """Compare the growth between two visits with children of the same age.

    Args:
        sex: Sex of the child.
        earlier: Age in months and height in cm at the earlier visit.
        later: Age in months and height in cm at the later visit.

    Raises:
        InputError: The sex is unknown, or the later visit is not later.
    """
    known_sex(sex)
    (from_age, from_cm), (to_age, to_cm) = earlier, later
    if not checked_age_months(from_age) < checked_age_months(to_age):
        raise InputError(f"The later visit must be after {format_age(from_age)}, got {format_age(to_age)}.")
    interval = to_age - from_age
    velocity = (to_cm - from_cm) / interval * MONTHS_PER_YEAR
    middle_years = (from_age + to_age) / 2 / MONTHS_PER_YEAR
    for reference in VelocityReference:
        low, high = INTERVALS_MONTHS[reference]
        table = _table(reference, sex)
        lms = _lms(table, middle_years)
        if velocity > 0 and low <= interval <= high and lms is not None:
            sds = lms.sds(velocity)
            return HeightVelocity(from_age, to_age, velocity, sds, percentile(sds), reference, table.findings(sex))
    return HeightVelocity(from_age, to_age, velocity, None, None, None, (_no_sds(interval),))


def _table(reference: VelocityReference, sex: Sex) -> Table:
    if reference is VelocityReference.KELLY_2014:
        return load_table("height_velocity_kelly2014.csv").where(sex=sex, group="all")
    return load_table("height_velocity_donald2025.csv").where(sex=sex)


def _lms(table: Table, age_years: float) -> Lms | None:
    """Return L, M and S at an age; `None` where the table ends or is too coarse."""
    ages = table.column("age_years")
    if not ages[0] <= age_years <= ages[-1]:
        return None
    lms = Lms.at(table, "age_years", age_years, "M_cm_per_yr")
    return lms if lms.median >= COARSE_CM_PER_YEAR else None


def _no_sds(interval_months: float) -> Finding:
    low, high = INTERVALS_MONTHS[VelocityReference.DONALD_2025]
    if low <= interval_months <= high:
        message = "No SDS of height velocity: no growth, or an age without a reference (2 years to the end of growth)."
    else:
        message = (
            f"No SDS of height velocity over {interval_months:.1f} months: the references need {low:g} to {high:g} months "
            "between the visits."
        )
    return Finding("no-velocity-reference", Severity.NOTE, message)
