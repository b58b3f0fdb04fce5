"""All words of a report in one language: what the page, the plain text and a site's own template print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from openboneage.clinical.maturity import Maturity
from openboneage.clinical.method_registry import scoring_method
from openboneage.findings import Severity
from openboneage.report import wording
from openboneage.report.phrases import Phrases
from openboneage.report.report import Decision, Outcome, Report, StatedAge
from openboneage.report.text import printable
from openboneage.subject import Sex


@dataclass(frozen=True)
class Line:
    """A label and its text."""

    label: str
    text: str


@dataclass(frozen=True)
class Headline:
    """A bone age, or why there is none.

    Attributes:
        label: `Bone age`, `Bone age if a girl`.
        text: `10 y 4 m`.
        detail: `9 y 0 m to 11 y 7 m (90 % interval)`.
    """

    label: str
    text: str
    detail: str


@dataclass(frozen=True)
class StageTable:
    """Stages of the bones by one standard.

    Attributes:
        standard: `TW3-RUS`.
        title: `Stages, TW3-RUS`.
        rows: Bone, stage, and age of the bone.
        result: Total score, and its age.
    """

    standard: str
    title: str
    rows: tuple[tuple[str, str, str], ...]
    result: Line


@dataclass(frozen=True)
class Sheet:
    """The words of a report.

    Attributes:
        title: `Bone age report`.
        institution: Institution of the film; empty where the file does not state it.
        child: Patient, identifiers and dates as the film states them.
        headlines: Bone ages: one, one for each sex, or the reason why there is none.
        facts: Chronological age, difference, SDS, normal range, adult height.
        findings: One for each finding, the most severe first.
        stages: A table for each standard that the bones were staged by.
        status: `preliminary`, `accepted`, `edited` or `rejected`.
        signature: Who signed and when.
        comment: The reader's comment; empty without one.
        provenance: Version and time of the report, program, models, film.
        notice: What the report may be used for.
    """

    title: str
    institution: str
    child: tuple[Line, ...]
    headlines: tuple[Headline, ...]
    facts: tuple[Line, ...]
    findings: tuple[str, ...]
    stages: tuple[StageTable, ...]
    status: str
    signature: str
    comment: str
    provenance: tuple[str, ...]
    notice: str


def sheet_of(report: Report, say: Phrases) -> Sheet:
    """The words of a report in a language."""
    origin, decision = report.origin, report.decision
    return Sheet(
        title=say.title,
        institution=origin.institution_name if origin else "",
        child=tuple(_child(report, say)),
        headlines=_headlines(report, say),
        facts=tuple(_facts(report, say)),
        findings=_findings(report, say),
        stages=tuple(_stages(maturity, say) for maturity in report.stages),
        status=wording.status(decision, say),
        signature=wording.signature(decision, say),
        comment=decision.comment if decision else "",
        provenance=_provenance(report, say),
        notice=say.notice,
    )


def _child(report: Report, say: Phrases) -> Iterator[Line]:
    origin, subject = report.origin, report.assessment.subject
    sex = wording.sex(subject.sex, say)
    if subject.sex_source == "caller" and subject.sex is not Sex.UNKNOWN:
        sex = f"{sex} ({say.entered})"
    if origin is None:
        yield Line(say.film, printable(report.assessment.film.name))
        yield Line(say.sex, sex)
        return
    yield Line(say.patient, wording.person(origin.patient_name) or say.not_stated)
    yield Line(say.patient_id, origin.patient_id or say.not_stated)
    yield Line(say.birth_date, wording.date(origin.patient_birth_date, say) or say.not_stated)
    yield Line(say.sex, sex)
    yield Line(say.study_date, wording.date(origin.study_date, say) or say.not_stated)
    yield Line(say.accession, origin.accession_number or say.not_stated)


def _headlines(report: Report, say: Phrases) -> tuple[Headline, ...]:
    if report.decision and report.decision.outcome is Outcome.REJECTED:
        return (Headline(say.bone_age_label, say.rejected, say.rejected_detail),)
    ages = report.stated_ages
    if not ages:
        return (Headline(say.bone_age_label, say.refused, say.refused_detail),)
    return tuple(Headline(_age_label(stated, len(ages), say), *_age_texts(stated, say)) for stated in ages)


def _age_label(stated: StatedAge, count: int, say: Phrases) -> str:
    return say.bone_age_label if count == 1 else say.bone_age_if.format(sex=wording.sex(stated.sex, say))


def _age_texts(stated: StatedAge, say: Phrases) -> tuple[str, str]:
    if stated.interval is None:
        return wording.age(stated.months, say), say.entered_by_reader
    return wording.age(stated.months, say), wording.covered(stated.interval, say)


def _facts(report: Report, say: Phrases) -> Iterator[Line]:
    chronological = report.assessment.subject.age_months
    ages = report.stated_ages
    age = say.not_stated if chronological is None else wording.age(chronological, say)
    if report.assessment.subject.age_source == "caller":
        age = f"{age} ({say.entered})"
    yield Line(say.chronological_age, age)
    for stated in ages:
        of = "" if len(ages) == 1 else f", {wording.sex(stated.sex, say)}"
        if chronological is not None:
            yield Line(say.difference + of, wording.difference(stated.months - chronological, say))
        if stated.comparison is not None:
            yield Line(say.sds + of, wording.sds(stated, say))
            yield Line(say.normal_range + of, wording.normal_range(stated, say))
    if _differs(report.decision):
        estimates = [wording.age(answer.bone_age.mean_months, say) for answer in report.assessment.answers.values()]
        yield Line(say.estimate, " / ".join(estimates) or say.refused)
    height = _adult_height(report, say)
    if height:
        yield Line(say.adult_height, height)


def _differs(decision: Decision | None) -> bool:
    """Whether the report states something else than the program's estimate."""
    return decision is not None and decision.outcome is not Outcome.ACCEPTED


def _adult_height(report: Report, say: Phrases) -> str:
    """The adult height predicted at the last visit."""
    prediction = report.growth.visits[-1].adult_height if report.growth else None
    return wording.adult_height(prediction, say) if prediction else ""


def _findings(report: Report, say: Phrases) -> tuple[str, ...]:
    order = (Severity.REJECT, Severity.WARNING, Severity.NOTE)
    findings = sorted(report.assessment.findings, key=lambda finding: order.index(finding.severity))
    return tuple(wording.finding(finding, say) for finding in findings)


def _stages(maturity: Maturity, say: Phrases) -> StageTable:
    rows = tuple(
        (say.bone_names.get(bone.bone, bone.bone), bone.stage, wording.reading(bone.age, say)) for bone in maturity.bones
    )
    result = Line(say.score, f"{maturity.score}: {wording.reading(maturity.age, say)}")
    standard = scoring_method(maturity.standard).title
    return StageTable(standard, say.stages.format(standard=standard), rows, result)


def _provenance(report: Report, say: Phrases) -> tuple[str, ...]:
    assessment = report.assessment
    return (
        say.version.format(version=report.version, time=wording.moment(report.made, say)),
        say.program.format(version=assessment.program.version),
        ", ".join(map(str, assessment.models)),
        f"{say.film} {printable(assessment.film.name)}, sha256 {assessment.film.sha256[:16]}",
    )
