"""A child's growth in time: bone age against chronological age, its pace, height SDS, and adult height at each visit."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from openboneage.clinical.greulich_pyle import Comparison, Reference, checked_sd_limit, compare
from openboneage.clinical.height.all_methods import AdultHeight, predict_adult_height
from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.stature import HeightForAge, height_for_age
from openboneage.clinical.visits import Child, Visit
from openboneage.errors import RefusedError
from openboneage.findings import Finding, Severity
from openboneage.subject import format_age

SHORT_INTERVAL_MONTHS = 6.0
"""Below this, the reading error of two films outweighs what the bones can have matured; a rule of this program."""


@dataclass(frozen=True)
class VisitGrowth:
    """One visit, compared with its norms.

    Attributes:
        visit: What was measured.
        bone_age: Bone age against chronological age; `None` without a bone age or outside the table.
        height_for_age: Height for chronological age; `None` without a height or after 20 years.
        height_for_bone_age: The same height for bone age; `None` without a bone age.
        adult_height: Predictions of adult height; `None` without a height.
        findings: Why something is missing.
    """

    visit: Visit
    bone_age: Comparison | None
    height_for_age: HeightForAge | None
    height_for_bone_age: HeightForAge | None
    adult_height: AdultHeight | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class BoneAgePace:
    """How fast bone age went from one film to the next.

    Attributes:
        from_age_months: Chronological age at the earlier film, months.
        to_age_months: Chronological age at the later film, months.
        ratio: Months of bone age for each month of chronological age; 1 is the pace of the clock.
        findings: What makes it doubtful.
    """

    from_age_months: float
    to_age_months: float
    ratio: float
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Growth:
    """A child's growth, the earliest visit first.

    Attributes:
        child: What was measured.
        reference: Whose children the bone ages are compared with.
        sd_limit: Standard deviations from which a bone age is delayed or advanced.
        visits: One for each visit.
        paces: One for each two films that follow on one another.
    """

    child: Child
    reference: Reference
    sd_limit: float
    visits: tuple[VisitGrowth, ...]
    paces: tuple[BoneAgePace, ...]


def assess_growth(child: Child, reference: Reference = Reference.BRUSH_FOUNDATION, sd_limit: float = 2.0) -> Growth:
    """Compare each visit of a child with its norms, and films with one another.

    Args:
        child: The child's visits.
        reference: Whose children bone age is compared with.
        sd_limit: Standard deviations from which a bone age is delayed or advanced, over 0.

    Raises:
        InputError: A value is out of range.
    """
    checked_sd_limit(sd_limit)
    visits = tuple(_visit_growth(child, visit, reference, sd_limit) for visit in child.visits)
    films = [(visit.age_months, visit.bone_age_months) for visit in child.visits if visit.bone_age_months is not None]
    paces = tuple(_pace(earlier, later) for earlier, later in pairwise(films))
    return Growth(child, reference, sd_limit, visits, paces)


def _visit_growth(child: Child, visit: Visit, reference: Reference, sd_limit: float) -> VisitGrowth:
    findings: list[Finding] = []
    bone_age, height = visit.bone_age_months, visit.height_cm
    comparison = for_age = for_bone_age = adult_height = None
    if bone_age is not None:
        try:
            comparison = compare(child.sex, bone_age, visit.age_months, reference, sd_limit)
        except RefusedError as reason:
            findings.append(Finding("no-normal-range", Severity.NOTE, str(reason)))
    if height is not None:
        adult_height = predict_adult_height(_height_inputs(child, visit, height))
        for_age = _height_for(child, visit.age_months, height, findings)
        for_bone_age = None if bone_age is None else _height_for(child, bone_age, height, findings)
    return VisitGrowth(visit, comparison, for_age, for_bone_age, adult_height, tuple(findings))


def _height_for(child: Child, age_months: float, height_cm: float, findings: list[Finding]) -> HeightForAge | None:
    try:
        return height_for_age(child.sex, age_months, height_cm)
    except RefusedError as reason:
        findings.append(Finding("no-height-reference", Severity.NOTE, str(reason)))
        return None


def _height_inputs(child: Child, visit: Visit, height_cm: float) -> HeightInputs:
    return HeightInputs(
        sex=child.sex,
        age_months=visit.age_months,
        height_cm=height_cm,
        weight_kg=visit.weight_kg,
        bone_age_months=visit.bone_age_months,
        tw2_bone_age_months=visit.tw2_bone_age_months,
        father_height_cm=child.father_height_cm,
        mother_height_cm=child.mother_height_cm,
        menarche=visit.menarche,
    )


def _pace(earlier: tuple[float, float], later: tuple[float, float]) -> BoneAgePace:
    """Compare two films, each with its chronological age and bone age in months."""
    (from_age, from_bone_age), (to_age, to_bone_age) = earlier, later
    elapsed = to_age - from_age
    ratio = (to_bone_age - from_bone_age) / elapsed
    findings = []
    if elapsed < SHORT_INTERVAL_MONTHS:
        message = f"Only {elapsed:.1f} months lie between the films: the pace of bone age says little."
        findings.append(Finding("short-interval", Severity.WARNING, message))
    if ratio < 0:
        message = f"Bone age goes back between {format_age(from_age)} and {format_age(to_age)}: read both films again."
        findings.append(Finding("bone-age-goes-back", Severity.WARNING, message))
    return BoneAgePace(from_age, to_age, ratio, tuple(findings))
