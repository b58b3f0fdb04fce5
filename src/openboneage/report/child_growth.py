"""The growth of a child, with the bone age of a report at the visit of the film."""

from __future__ import annotations

from dataclasses import replace

from openboneage.clinical.growth import Growth, assess_growth
from openboneage.clinical.visits import Child, Visit
from openboneage.errors import InputError
from openboneage.report.report import Report

SAME_VISIT_MONTHS = 0.5
"""A visit this close to the age on the film is the visit of the film."""


def growth_with(child: Child, report: Report) -> Growth:
    """Compare a child's visits with their norms; the bone age of the report replaces that of the same visit.

    Args:
        child: The child's visits.
        report: The report; if it states no age or no single bone age, the visits stay as they are.

    Raises:
        InputError: The sex of the visits is not that of the film.
    """
    subject, ages = report.assessment.subject, report.stated_ages
    if child.sex is not subject.sex:
        raise InputError(f"The sex of the visits is {child.sex}, that of the film is {subject.sex}; check both.")
    if subject.age_months is None or len(ages) != 1:
        return assess_growth(child)
    film_months, interval = subject.age_months, ages[0].interval
    nearest = min(child.visits, key=lambda visit: abs(visit.age_months - film_months))
    same = abs(nearest.age_months - film_months) <= SAME_VISIT_MONTHS
    now = replace(
        nearest if same else Visit(film_months),
        bone_age_months=ages[0].months,
        bone_age_low_months=interval.low_months if interval else None,
        bone_age_high_months=interval.high_months if interval else None,
    )
    others = tuple(visit for visit in child.visits if not (same and visit is nearest))
    return assess_growth(replace(child, visits=(*others, now)))
