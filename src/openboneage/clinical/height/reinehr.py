"""Reinehr 2019: boys with constitutional delay of growth and puberty.

Reinehr T et al. Horm Res Paediatr 2019; 91:186-194, Table 2: the share of adult height at a Greulich-Pyle bone age, for a
delay of one to two years and of two years and more. It continues where the table of Bayley and Pinneau for retarded boys
ends.
"""

from __future__ import annotations

import numpy as np

from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.height.prediction import (
    CENTRAL_90,
    Cohort,
    ErrorBand,
    HeightPrediction,
    published_error,
    published_error_findings,
)
from openboneage.clinical.table_files import FloatArray, Table, load_table
from openboneage.errors import RefusedError
from openboneage.findings import Finding, Severity
from openboneage.subject import MONTHS_PER_YEAR, Sex

_ONE_YEAR = MONTHS_PER_YEAR
_FROM_MONTHS = 144.0  # Table 2 holds boys of 12 years and over
_METHOD = "Reinehr 2019"


def reinehr_2019(inputs: HeightInputs) -> HeightPrediction:
    """Predict the adult height of an untreated boy with constitutional delay.

    For boys of 12 years and over whose Greulich-Pyle bone age, 10.5 to 15.5 years, is more than a year behind. The share of
    adult height is interpolated linearly between two bone ages.

    Raises:
        InputError: No bone age is given.
        RefusedError: The method is not made for this child.
    """
    bone_age = inputs.bone_age_years
    delay = inputs.age_months - bone_age * MONTHS_PER_YEAR
    if inputs.sex is not Sex.MALE or inputs.age_months < _FROM_MONTHS or delay <= _ONE_YEAR:
        raise RefusedError("Made for untreated boys of 12 years and over whose bone age is more than a year behind.")
    group = "gte2" if delay >= 2 * _ONE_YEAR else "gt1lt2"
    table = load_table("reinehr_2019_cdgp_boys.csv").where(bone_age_delay_group=group)
    ages = table.column("bone_age_years")
    if not ages[0] <= bone_age <= ages[-1]:
        raise RefusedError(f"Covers bone ages from {ages[0]:g} to {ages[-1]:g} years, got {bone_age:.1f}.")
    share = float(np.interp(bone_age, ages, table.column("percent_adult_height")))
    adult_height = inputs.height_cm * 100 / share
    over, _, _ = published_error(_METHOD, Sex.MALE, "mean error in independent validation")
    return HeightPrediction(
        method="reinehr-2019",
        title=f"Reinehr 2019, delay {'2 years and over' if group == 'gte2' else '1 to 2 years'}",
        cohort=Cohort.DELAYED_BOYS,
        adult_height_cm=adult_height,
        error=_error_band(adult_height),
        notes=(f"{share:.1f} % of adult height", f"{over:.1f} cm too high on average in the authors' validation"),
        findings=(*table.findings(inputs.sex), *_row_findings(table, ages, bone_age), *published_error_findings(inputs.sex)),
    )


def _error_band(adult_height_cm: float) -> ErrorBand:
    """Return the band of the error (predicted minus true) around a prediction: a positive error means a lower true height."""
    _, low, high = published_error(_METHOD, Sex.MALE, "5th to 95th percentile")
    source = "5th to 95th percentile of the error in the building cohort, Reinehr et al. 2019"
    return ErrorBand(adult_height_cm - high, adult_height_cm - low, CENTRAL_90, source)


def _row_findings(table: Table, ages: FloatArray, bone_age_years: float) -> tuple[Finding, ...]:
    beside = np.abs(ages - bone_age_years) < 0.5
    findings = []
    if (beside & (table.column("extrapolated") > 0)).any():
        message = "The share of adult height at this bone age was extrapolated by the authors of the table."
        findings.append(Finding("table-extrapolated", Severity.WARNING, message))
    if (beside & (table.column("borrowed") > 0)).any():
        message = "The share of adult height at this bone age comes from the column of all delays together."
        findings.append(Finding("table-borrowed", Severity.NOTE, message))
    return tuple(findings)
