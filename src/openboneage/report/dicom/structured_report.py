"""The report as a structured report: DICOM PS3.16 TID 1500 (Measurement Report), in Enhanced SR.

One measurement group (TID 1501) states the bone age; with an unknown sex, one group for each sex. A refused film and a rejected
estimate have a group without a measurement. Stages and scores of the bones follow, where they are known.
"""

from __future__ import annotations

from collections.abc import Iterator

from highdicom.sr import (
    AlgorithmIdentification,
    CodedConcept,
    EnhancedSR,
    FindingSite,
    Measurement,
    MeasurementProperties,
    MeasurementReport,
    MeasurementsAndQualitativeEvaluations,
    MeasurementStatisticalProperties,
    NormalRangeProperties,
    NumContentItem,
    ObservationContext,
    ObserverContext,
    PersonObserverIdentifyingAttributes,
    QualitativeEvaluation,
    RelationshipTypeValues,
    SourceImageForMeasurementGroup,
    TextContentItem,
    TrackingIdentifier,
)
from highdicom.sr.templates import DeviceObserverIdentifyingAttributes
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from openboneage.assess.distribution import AgeInterval
from openboneage.assess.parts import NormalComparison
from openboneage.clinical.maturity import BoneMaturity, Maturity
from openboneage.clinical.method_registry import scoring_method
from openboneage.findings import finding_lines
from openboneage.report.dicom import codes as own
from openboneage.report.dicom.instance import MANUFACTURER, MODEL, NewInstance, film_of, finished, origin_of, uid_from, uid_of
from openboneage.report.identifiers import program_uuid
from openboneage.report.phrases import phrases_of
from openboneage.report.report import Decision, Outcome, Report, StatedAge
from openboneage.subject import Laterality

NUMBER, DESCRIPTION = 9001, "Bone age report"
DECIMALS = 1
LONGEST = 64
"""Characters of a Person Name's group and of a Long String (PS3.5 table 6.2-1)."""


def to_structured_report(report: Report) -> bytes:
    """The report as a DICOM file.

    Raises:
        InputError: The film is no DICOM object, or does not state what the report must refer to.
    """
    film = film_of(report)
    content = MeasurementReport(
        observation_context=_observers(report),
        procedure_reported=own.BONE_AGE_VIEWS,
        imaging_measurements=list(_groups(report)),
    )
    document = EnhancedSR(
        evidence=[film],
        content=content[0],
        is_complete=True,
        is_final=report.decision is not None,
        coding_schemes=[own.CODING_SCHEME],
        **NewInstance.of(report, NUMBER, DESCRIPTION).arguments(report),
    )
    _verify(document, report)
    return finished(document, report)


def _verify(document: Dataset, report: Report) -> None:
    """State who verified the document; that needs an organisation (PS3.3 C.17.2, type 1): the reader's, or the film's."""
    decision = report.decision
    if decision is None:
        return
    organization = (decision.organization or origin_of(report).institution_name)[:LONGEST]
    if not organization:
        return
    observer = Dataset()
    observer.VerifyingObserverName = _person_name(decision)
    observer.VerifyingOrganization = organization.replace("\\", "/")
    observer.VerificationDateTime = f"{decision.time:%Y%m%d%H%M%S%z}"
    observer.VerifyingObserverIdentificationCodeSequence = []
    document.VerificationFlag = "VERIFIED"
    document.VerifyingObserverSequence = [observer]


def _person_name(decision: Decision) -> str:
    """The reader's name as the family name of a Person Name (PS3.5 6.2.1): how it divides is not known."""
    return f"{decision.reader.translate(_NOT_IN_NAMES)[: LONGEST - 1]}^"


_NOT_IN_NAMES = str.maketrans(dict.fromkeys("^=\\", " "))


def _observers(report: Report) -> ObservationContext:
    """The program, and the reader who signed."""
    version = report.assessment.program.version
    device = ObserverContext(
        codes.DCM.Device,
        DeviceObserverIdentifyingAttributes(
            uid=uid_from(program_uuid(version)), name=MODEL, manufacturer_name=MANUFACTURER, model_name=f"{MODEL} {version}"
        ),
    )
    decision = report.decision
    if decision is None:
        return ObservationContext(observer_device_context=device)
    person = ObserverContext(
        codes.DCM.Person,
        PersonObserverIdentifyingAttributes(name=_person_name(decision), organization_name=decision.organization or None),
    )
    return ObservationContext(observer_person_context=person, observer_device_context=device)


def _groups(report: Report) -> Iterator[MeasurementsAndQualitativeEvaluations]:
    ages = report.stated_ages
    if not ages:
        rejected = report.decision is not None and report.decision.outcome is Outcome.REJECTED
        result = own.ESTIMATE_REJECTED if rejected else own.FILM_REFUSED
        yield _group(report, "Bone age", own.HAND, [], [QualitativeEvaluation(own.ASSESSMENT_RESULT, result)], remarks=True)
    for stated in ages:
        yield _age_group(report, stated, len(ages) > 1)
    for maturity in report.stages:
        yield _score_group(report, maturity)
        yield from (_bone_group(report, maturity, bone) for bone in maturity.bones)


def _group(
    report: Report,
    name: str,
    site: Code,
    measurements: list[Measurement],
    evaluations: list[QualitativeEvaluation],
    remarks: bool = False,
) -> MeasurementsAndQualitativeEvaluations:
    """A measurement group on the film; with remarks, the findings and the reader's comment are in it."""
    origin, side = origin_of(report), report.assessment.pose.laterality
    group = MeasurementsAndQualitativeEvaluations(
        tracking_identifier=TrackingIdentifier(uid_of(report, "group", name), name),
        finding_sites=[FindingSite(site, laterality=own.SIDES.get(side) if side is not Laterality.UNKNOWN else None)],
        measurements=measurements,
        qualitative_evaluations=evaluations,
        source_images=[SourceImageForMeasurementGroup(origin.sop_class_uid, origin.sop_instance_uid)],
    )
    for text in _remarks(report) if remarks else ():
        group[0].ContentSequence.append(
            TextContentItem(codes.DCM.Comment, text, relationship_type=RelationshipTypeValues.CONTAINS)
        )
    return group


def _remarks(report: Report) -> list[str]:
    comment = report.decision.comment if report.decision else ""
    return [*finding_lines(report.assessment.findings), *([comment] if comment else []), report.assessment.notice]


def _age_group(report: Report, stated: StatedAge, is_one_of_two: bool) -> MeasurementsAndQualitativeEvaluations:
    evaluations = [QualitativeEvaluation(own.BONE_AGE_METHOD, own.GREULICH_PYLE)]
    if is_one_of_two:
        evaluations.append(QualitativeEvaluation(codes.DCM.SubjectSex, own.SEXES[stated.sex]))
    bone_age = Measurement(
        name=own.BONE_AGE,
        value=round(stated.months, DECIMALS),
        unit=own.MONTH,
        method=own.GREULICH_PYLE,
        properties=_properties(stated),
        algorithm_id=None if stated.interval is None else _algorithm(report, stated.interval),
    )
    measurements = [bone_age]
    chronological = report.assessment.subject.age_months
    if chronological is not None:
        measurements.append(Measurement(codes.DCM.SubjectAge, round(chronological, DECIMALS), own.MONTH))
    name = f"Bone age if {stated.sex}" if is_one_of_two else "Bone age"
    return _group(report, name, own.HAND, measurements, evaluations, remarks=True)


def _properties(stated: StatedAge) -> MeasurementProperties:
    """Interval, SDS and normal range (TID 310, 311, 312)."""
    comparison = stated.comparison
    properties = MeasurementProperties(
        measurement_statistical_properties=None if comparison is None else _population(comparison),
        normal_range_properties=None if comparison is None else _normal_range(comparison),
    )
    if stated.interval is not None:
        above, below = stated.interval.high_months - stated.months, stated.months - stated.interval.low_months
        properties.append(_number(codes.SCT.RangeOfUpperMeasurementUncertainty, above, own.MONTH))
        properties.append(_number(codes.SCT.RangeOfLowerMeasurementUncertainty, below, own.MONTH))
    return properties


def _population(comparison: NormalComparison) -> MeasurementStatisticalProperties:
    return MeasurementStatisticalProperties(
        values=[
            _number(codes.SCT.Mean, comparison.mean_months, own.MONTH),
            _number(codes.DCM.StandardDeviationOfPopulation, comparison.sd_months, own.MONTH),
            _number(codes.DCM.ZScoreOfMeasurement, comparison.sds, own.NO_UNITS, 2),
        ],
        description="Healthy children of this sex and chronological age",
        authority=comparison.reference.label,
    )


def _normal_range(comparison: NormalComparison) -> NormalRangeProperties:
    return NormalRangeProperties(
        values=[
            _number(codes.SCT.NormalRangeLowerLimit, comparison.low_months, own.MONTH),
            _number(codes.SCT.NormalRangeUpperLimit, comparison.high_months, own.MONTH),
        ],
        description=f"Mean plus and minus {comparison.sd_limit:g} SD",
        authority=comparison.reference.label,
    )


def _number(name: Code, value: float, unit: Code, decimals: int = DECIMALS) -> NumContentItem:
    return NumContentItem(
        CodedConcept.from_code(name), round(value, decimals), unit, relationship_type=RelationshipTypeValues.HAS_PROPERTIES
    )


def _algorithm(report: Report, interval: AgeInterval) -> AlgorithmIdentification:
    """The program with its models, and the nominal coverage of the interval."""
    models = [f"{model.name} {model.version} sha256 {model.sha256}" for model in report.assessment.models]
    return AlgorithmIdentification(
        name=MODEL,
        version=report.assessment.program.version,
        parameters=[*models, f"measurement uncertainty is the {interval.coverage:.0%} interval"],
    )


def _score_group(report: Report, maturity: Maturity) -> MeasurementsAndQualitativeEvaluations:
    method = own.method_of(maturity.standard, scoring_method(maturity.standard).title)
    measurements = [Measurement(own.TOTAL_SCORE, maturity.score, own.SCORE, method=method)]
    if maturity.age.age_months is not None:
        measurements.append(Measurement(own.BONE_AGE, round(maturity.age.age_months, DECIMALS), own.MONTH, method=method))
    return _group(report, method.meaning, own.HAND, measurements, [QualitativeEvaluation(own.BONE_AGE_METHOD, method)])


def _bone_group(report: Report, maturity: Maturity, bone: BoneMaturity) -> MeasurementsAndQualitativeEvaluations:
    """The stage of a bone."""
    method = own.method_of(maturity.standard, scoring_method(maturity.standard).title)
    name = phrases_of().bone_names.get(bone.bone, bone.bone)
    stage = QualitativeEvaluation(own.ULNA_STAGE if bone.bone == "ulna" else own.BONE_STAGE, own.stage_of(bone.stage))
    evaluations = [QualitativeEvaluation(own.BONE_AGE_METHOD, method), stage]
    return _group(report, f"{method.meaning} {name}", own.site_of(bone.bone), [], evaluations)
