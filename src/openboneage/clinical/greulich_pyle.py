"""The Greulich-Pyle normal range: which bone ages are normal at a chronological age.

There are two normal ranges from two samples; they are not mixed. The Brush Foundation sample has a mean and an SD at each
age. Tables V (boys) and VI (girls) of the atlas have only an SD; the mean is the chronological age itself. Between two ages
of a table, mean and SD are interpolated linearly; outside of it there is no normal range.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from openboneage.clinical.table_files import known_sex, load_table
from openboneage.errors import InputError, RefusedError
from openboneage.findings import Finding
from openboneage.subject import Sex, checked_age_months, format_age

MAX_SD_LIMIT = 10.0


class Reference(StrEnum):
    """The reference that a bone age is compared with."""

    BRUSH_FOUNDATION = "brush-foundation"
    TABLE_V_VI = "table-v-vi"

    @property
    def label(self) -> str:
        """Name for people."""
        return _LABELS[self]


class BoneAgeStatus(StrEnum):
    """Bone age compared with chronological age."""

    DELAYED = "delayed"
    NORMAL = "normal"
    ADVANCED = "advanced"


_LABELS = {Reference.BRUSH_FOUNDATION: "Brush Foundation", Reference.TABLE_V_VI: "Greulich-Pyle Tables V and VI"}
_TABLES = {Reference.BRUSH_FOUNDATION: "gp_brush_foundation_mean_sd.csv", Reference.TABLE_V_VI: "gp_tableV_VI_sd.csv"}


@dataclass(frozen=True)
class NormalRange:
    """Bone age of healthy children of one age and sex.

    Attributes:
        reference: The children compared with.
        mean_months: Mean bone age, months.
        sd_months: Standard deviation of bone age, months.
    """

    reference: Reference
    mean_months: float
    sd_months: float

    def sds(self, bone_age_months: float) -> float:
        """SDS (z-score) of a bone age in months."""
        return (bone_age_months - self.mean_months) / self.sd_months


@dataclass(frozen=True)
class Comparison:
    """A bone age compared with the normal range.

    Attributes:
        normal: The range for the child's age and sex.
        sds: Bone age SDS (z-score): bone age minus mean, over SD.
        verdict: `delayed` below, `advanced` above `sd_limit` standard deviations, else `normal`.
        sd_limit: The limit, in standard deviations.
        low_months: Mean minus that many SD, months.
        high_months: Mean plus that many SD, months.
        findings: Findings on the table.
    """

    normal: NormalRange
    sds: float
    verdict: BoneAgeStatus
    sd_limit: float
    low_months: float
    high_months: float
    findings: tuple[Finding, ...]


def normal_range(sex: Sex, age_months: float, reference: Reference = Reference.BRUSH_FOUNDATION) -> NormalRange:
    """Return mean and SD of bone age at a chronological age.

    Args:
        sex: Sex of the child.
        age_months: Chronological age in months. Brush Foundation: boys 3 to 204, girls 3 to 192. Table V/VI: boys 12 to 204,
            girls 12 to 180.
        reference: The children compared with.

    Raises:
        InputError: The sex is unknown.
        RefusedError: The table does not cover this age.
    """
    table = load_table(_TABLES[reference]).where(sex=known_sex(sex))
    ages = table.column("chronological_age_months")
    if not ages[0] <= age_months <= ages[-1]:
        raise RefusedError(
            f"The normal range ({reference.label}) covers {sex} ages from {format_age(ages[0])} to {format_age(ages[-1])}, "
            f"got {format_age(age_months)} ({age_months:.1f} months)."
        )
    has_means = reference is Reference.BRUSH_FOUNDATION
    mean = float(np.interp(age_months, ages, table.column("mean_skeletal_age_months"))) if has_means else age_months
    return NormalRange(reference, mean, float(np.interp(age_months, ages, table.column("sd_months"))))


def checked_sd_limit(sd_limit: float) -> float:
    """Return the number of standard deviations from which a bone age is delayed or advanced, if it can be one.

    Raises:
        InputError: It is not over 0 and at most 10.
    """
    if not 0 < sd_limit <= MAX_SD_LIMIT:
        raise InputError(f"The limit of the normal range must be over 0 SD and at most {MAX_SD_LIMIT:g} SD, got {sd_limit}.")
    return sd_limit


def compare(
    sex: Sex,
    bone_age_months: float,
    age_months: float,
    reference: Reference = Reference.BRUSH_FOUNDATION,
    sd_limit: float = 2.0,
) -> Comparison:
    """Compare a Greulich-Pyle bone age with what is normal at a chronological age.

    Args:
        sex: Sex of the child.
        bone_age_months: Bone age in months.
        age_months: Chronological age in months; its range is that of `normal_range`.
        reference: The children compared with.
        sd_limit: Standard deviations from which a bone age is delayed or advanced, over 0.

    Raises:
        InputError: The sex is unknown, an age is impossible, or the limit is not positive.
        RefusedError: The table does not cover the chronological age.
    """
    checked_sd_limit(sd_limit)
    normal = normal_range(sex, checked_age_months(age_months), reference)
    sds = normal.sds(checked_age_months(bone_age_months))
    return Comparison(
        normal=normal,
        sds=sds,
        verdict=_status(sds, sd_limit),
        sd_limit=sd_limit,
        low_months=normal.mean_months - sd_limit * normal.sd_months,
        high_months=normal.mean_months + sd_limit * normal.sd_months,
        findings=load_table(_TABLES[reference]).findings(sex, reference.label),
    )


def status_text(status: BoneAgeStatus, sds_low: float, sds_high: float, sd_limit: float) -> str:
    """`advanced` or `delayed` if the interval of the bone age lies outside the normal range, else `possibly advanced`.

    Args:
        status: The bone age itself against the normal range.
        sds_low: SDS of the lower end of its interval.
        sds_high: SDS of the upper end.
        sd_limit: The limit of the normal range, in standard deviations.
    """
    return f"possibly {status}" if reaches_normal(status, sds_low, sds_high, sd_limit) else str(status)


def reaches_normal(status: BoneAgeStatus, sds_low: float, sds_high: float, sd_limit: float) -> bool:
    """Whether a bone age lies outside the normal range and its interval reaches into it; arguments of `status_text`."""
    return status is not BoneAgeStatus.NORMAL and sds_low <= sd_limit and sds_high >= -sd_limit


def _status(sds: float, sd_limit: float) -> BoneAgeStatus:
    if abs(sds) <= sd_limit:
        return BoneAgeStatus.NORMAL
    return BoneAgeStatus.DELAYED if sds < 0 else BoneAgeStatus.ADVANCED
