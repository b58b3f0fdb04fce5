"""A child's growth over time: bone age against chronological age and its pace, height and height velocity, adult height."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from openboneage.clinical.greulich_pyle import Comparison, Reference, checked_sd_limit, compare
from openboneage.clinical.height.adult_height import AdultHeight, predict_adult_height
from openboneage.clinical.height.inputs import EarlierVisit, HeightInputs
from openboneage.clinical.height_velocity import WANTED_INTERVAL_MONTHS, HeightVelocity, height_velocity
from openboneage.clinical.stature import HeightForAge, height_for_age
from openboneage.clinical.visits import Child, Visit
from openboneage.errors import RefusedError
from openboneage.findings import Finding, Severity
from openboneage.subject import format_age

SHORT_INTERVAL_MONTHS = 6.0
"""Below this, the reading error of two films exceeds the maturation of the bones; a rule of this program."""

FAST_PACE = 2.0
"""A bone age that advances faster than this, in years per year, gets a warning; a rule of this program."""

FALLING_HEIGHT_CM = 1.0
"""A height that falls by more than this gets a warning: smaller falls are measurement error. A rule of this program."""


@dataclass(frozen=True)
class VisitGrowth:
    """One visit, compared with its norms.

    Attributes:
        visit: What was measured.
        bone_age: Bone age against chronological age; `None` without a bone age or outside the table.
        bone_age_sds_interval: SDS of the ends of the bone age's interval; `None` without a comparison or an interval.
        height_for_age: Height for chronological age; `None` without a height or after 20 years.
        height_for_bone_age: The same height for bone age; `None` without a bone age.
        adult_height: Predictions of adult height; `None` without a height.
        findings: Why something is missing.
    """

    visit: Visit
    bone_age: Comparison | None
    bone_age_sds_interval: tuple[float, float] | None
    height_for_age: HeightForAge | None
    height_for_bone_age: HeightForAge | None
    adult_height: AdultHeight | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class BoneAgePace:
    """The pace of bone age from one film to the next.

    Attributes:
        from_age_months: Chronological age at the earlier film, months.
        to_age_months: Chronological age at the later film, months.
        ratio: Months of bone age for each month of chronological age; 1 is the pace of a healthy child on average.
        findings: Why it is doubtful.
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
        reference: The reference that bone ages are compared with.
        sd_limit: Standard deviations from which a bone age is delayed or advanced.
        visits: One for each visit.
        paces: One for each two consecutive films.
        velocities: Height velocity up to each visit with a height but the first, from the visit nearest to a year before.
        findings: Contradictions between visits.
    """

    child: Child
    reference: Reference
    sd_limit: float
    visits: tuple[VisitGrowth, ...]
    paces: tuple[BoneAgePace, ...]
    velocities: tuple[HeightVelocity, ...]
    findings: tuple[Finding, ...]


def assess_growth(child: Child, reference: Reference = Reference.BRUSH_FOUNDATION, sd_limit: float = 2.0) -> Growth:
    """Compare each visit of a child with its norms, and films with each other.

    Args:
        child: The child's visits.
        reference: The children that bone age is compared with.
        sd_limit: Standard deviations from which a bone age is delayed or advanced, over 0.

    Raises:
        InputError: A value is out of range.
    """
    checked_sd_limit(sd_limit)
    visits = tuple(_visit_growth(child, visit, reference, sd_limit) for visit in child.visits)
    films = [(visit.age_months, visit.bone_age_months) for visit in child.visits if visit.bone_age_months is not None]
    paces = tuple(_pace(earlier, later) for earlier, later in pairwise(films))
    return Growth(child, reference, sd_limit, visits, paces, _velocities(child), _contradictions(child))


def _velocities(child: Child) -> tuple[HeightVelocity, ...]:
    found = []
    for visit in child.visits:
        earlier = _a_year_before(child, visit)
        if earlier is not None and earlier.height_cm is not None and visit.height_cm is not None:
            before, now = (earlier.age_months, earlier.height_cm), (visit.age_months, visit.height_cm)
            found.append(height_velocity(child.sex, before, now))
    return tuple(found)


def _a_year_before(child: Child, visit: Visit) -> Visit | None:
    """Return the visit with a height that is closest to one year before another one."""
    earlier = [item for item in child.visits if item.age_months < visit.age_months and item.height_cm is not None]
    return min(earlier, key=lambda item: abs(visit.age_months - item.age_months - WANTED_INTERVAL_MONTHS), default=None)


def _contradictions(child: Child) -> tuple[Finding, ...]:
    findings = []
    measured = [(visit.age_months, visit.height_cm) for visit in child.visits if visit.height_cm is not None]
    for (from_age, before), (to_age, after) in pairwise(measured):
        if before - after > FALLING_HEIGHT_CM:
            ages = f"{format_age(from_age)} and {format_age(to_age)}"
            message = f"Height falls by {before - after:.1f} cm between {ages}: measure again."
            findings.append(Finding("height-falls", Severity.WARNING, message))
    answers = [(visit.age_months, visit.menarche) for visit in child.visits if visit.menarche is not None]
    for (from_age, yes), (to_age, still) in pairwise(answers):
        if yes and not still:
            message = f"Menarche is yes at {format_age(from_age)} and no at {format_age(to_age)}: check both."
            findings.append(Finding("menarche-goes-back", Severity.WARNING, message))
    return tuple(findings)


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
    interval = _sds_interval(visit, comparison)
    return VisitGrowth(visit, comparison, interval, for_age, for_bone_age, adult_height, tuple(findings))


def _sds_interval(visit: Visit, comparison: Comparison | None) -> tuple[float, float] | None:
    low, high = visit.bone_age_low_months, visit.bone_age_high_months
    if comparison is None or low is None or high is None:
        return None
    return comparison.normal.sds(low), comparison.normal.sds(high)


def _height_for(child: Child, age_months: float, height_cm: float, findings: list[Finding]) -> HeightForAge | None:
    try:
        return height_for_age(child.sex, age_months, height_cm)
    except RefusedError as reason:
        findings.append(Finding("no-height-reference", Severity.NOTE, str(reason)))
        return None


def _height_inputs(child: Child, visit: Visit, height_cm: float) -> HeightInputs:
    past_menarche = child.past_menarche(visit)
    return HeightInputs(
        sex=child.sex,
        age_months=visit.age_months,
        height_cm=height_cm,
        weight_kg=visit.weight_kg,
        bone_age_months=visit.bone_age_months,
        tw2_bone_age_months=visit.tw2_bone_age_months,
        father_height_cm=child.father_height_cm,
        mother_height_cm=child.mother_height_cm,
        birth_weight_kg=child.birth_weight_kg,
        menarche=past_menarche,
        menarche_age_months=child.menarche_age_months if past_menarche else None,
        earlier=_earlier_visit(child, visit),
    )


def _earlier_visit(child: Child, visit: Visit) -> EarlierVisit | None:
    earlier = _a_year_before(child, visit)
    if earlier is None or earlier.height_cm is None:
        return None
    return EarlierVisit(earlier.age_months, earlier.height_cm, earlier.tw2_bone_age_months)


def _pace(earlier: tuple[float, float], later: tuple[float, float]) -> BoneAgePace:
    """Compare two films, each with its chronological age and bone age in months."""
    (from_age, from_bone_age), (to_age, to_bone_age) = earlier, later
    elapsed = to_age - from_age
    ratio = (to_bone_age - from_bone_age) / elapsed
    findings = []
    if elapsed < SHORT_INTERVAL_MONTHS:
        message = f"Only {elapsed:.1f} months lie between the films: the pace of bone age is uncertain."
        findings.append(Finding("short-interval", Severity.WARNING, message))
    if ratio < 0:
        message = f"Bone age decreases between {format_age(from_age)} and {format_age(to_age)}: read both films again."
        findings.append(Finding("bone-age-goes-back", Severity.WARNING, message))
    if ratio > FAST_PACE:
        ages = f"{format_age(from_age)} and {format_age(to_age)}"
        message = f"Bone age advances {ratio:.1f} years per year between {ages}: read both films again."
        findings.append(Finding("bone-age-fast", Severity.WARNING, message))
    return BoneAgePace(from_age, to_age, ratio, tuple(findings))
