"""The report as FHIR R4: a transaction bundle with a DiagnosticReport and its Observations.

The patient, the study and the order are referred to by the identifiers that the film states; nothing is created for them. The
models are those of R4B: in these resources R4 and R4B are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.diagnosticreport import DiagnosticReport
from fhir.resources.R4B.observation import Observation

from openboneage.assess.parts import NormalComparison
from openboneage.clinical.greulich_pyle import BoneAgeStatus
from openboneage.clinical.maturity import BoneMaturity, Maturity
from openboneage.clinical.method_registry import scoring_method
from openboneage.reading.origin import Origin
from openboneage.report import wording
from openboneage.report.identifiers import uuid_of
from openboneage.report.phrases import Phrases
from openboneage.report.plain_text import to_plain_text
from openboneage.report.report import Outcome, Report, StatedAge
from openboneage.report.sheet import sheet_of

Json = dict[str, Any]

LOINC, SNOMED, DCM = "http://loinc.org", "http://snomed.info/sct", "http://dicom.nema.org/resources/ontology/DCM"
UCUM, RFC3986, DICOM_UID = "http://unitsofmeasure.org", "urn:ietf:rfc3986", "urn:dicom:uid"
HL7 = "http://terminology.hl7.org/CodeSystem"
DECIMALS = 1
_INTERPRETATIONS = {BoneAgeStatus.NORMAL: "N", BoneAgeStatus.DELAYED: "L", BoneAgeStatus.ADVANCED: "H"}


def to_fhir(report: Report, say: Phrases) -> bytes:
    """The report as JSON of a bundle, which a server accepts as it is; posting it again adds nothing.

    Args:
        report: The report.
        say: The words of its language.
    """
    observations = [(name, _checked(Observation, content)) for name, content in _observations(report, say)]
    urls = [_url(report, name) for name, _ in observations]
    conclusion = _checked(DiagnosticReport, _diagnostic_report(report, say, urls))
    resources = [("report", conclusion), *observations]
    bundle = Bundle.model_validate(
        {
            "resourceType": "Bundle",
            "type": "transaction",
            "timestamp": _instant(report),
            "entry": [_entry(report, name, resource) for name, resource in resources],
        }
    )
    return bundle.model_dump_json(indent=2).encode()


def _checked(model: type[Observation] | type[DiagnosticReport], content: Json) -> Json:
    """The resource as its model writes it; absent values are left out."""
    present = {key: value for key, value in content.items() if value not in (None, [], "")}
    return dict(model.model_validate(present).model_dump(mode="json"))


def _entry(report: Report, name: str, resource: Json) -> Json:
    url = _url(report, name)
    request = {"method": "POST", "url": resource["resourceType"], "ifNoneExist": f"identifier={RFC3986}|{url}"}
    return {"fullUrl": url, "resource": resource, "request": request}


def _url(report: Report, name: str) -> str:
    return uuid_of(report, "fhir", name).urn


def _instant(report: Report) -> str:
    return report.made.isoformat(timespec="seconds")


def _common(report: Report, say: Phrases, name: str) -> Json:
    """What all resources state: identifier, status, subject, times."""
    origin = report.origin
    day = origin.study_date if origin else ""
    return {
        "identifier": [{"system": RFC3986, "value": _url(report, name)}],
        "language": say.language,
        "status": _status(report),
        "subject": _subject(origin),
        "effectiveDateTime": f"{day[:4]}-{day[4:6]}-{day[6:]}" if day else None,
        "issued": _instant(report),
    }


def _status(report: Report) -> str:
    """Status of the report and of its observations; both have these codes."""
    if not report.stated_ages:
        return "cancelled"
    if report.decision is None:
        return "preliminary"
    return "final" if report.version == 1 else "amended"


def _subject(origin: Origin | None) -> Json | None:
    if origin is None or not origin.patient_id:
        return None
    identifier: Json = {"value": origin.patient_id}
    if origin.issuer_of_patient_id:
        identifier["assigner"] = {"display": origin.issuer_of_patient_id}
    name = wording.person(origin.patient_name)
    return {"type": "Patient", "identifier": identifier, **({"display": name} if name else {})}


def _study(origin: Origin | None) -> Json | None:
    if origin is None or not origin.study_instance_uid:
        return None
    return {"type": "ImagingStudy", "identifier": {"system": DICOM_UID, "value": f"urn:oid:{origin.study_instance_uid}"}}


def _order(origin: Origin | None) -> Json | None:
    if origin is None or not origin.accession_number:
        return None
    kind = _concept(f"{HL7}/v2-0203", "ACSN", "Accession ID")
    return {"type": "ServiceRequest", "identifier": {"type": kind, "value": origin.accession_number}}


def _diagnostic_report(report: Report, say: Phrases, results: list[str]) -> Json:
    origin, decision, sheet = report.origin, report.decision, sheet_of(report, say)
    ages = [f"{headline.label}: {headline.text}, {headline.detail}" for headline in sheet.headlines]
    sentences = [*ages, sheet.signature, *([sheet.comment] if sheet.comment else []), sheet.notice]
    text = escape(to_plain_text(report, say).decode())
    return {
        **_common(report, say, "report"),
        "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><pre>{text}</pre></div>'},
        "basedOn": _some(_order(origin)),
        "category": [_concept(f"{HL7}/v2-0074", "RAD", "Radiology")],
        "code": _concept(LOINC, "24724-7", "Views bone age XR"),
        "performer": _some({"display": decision.organization} if decision and decision.organization else None),
        "resultsInterpreter": _some({"display": decision.reader} if decision else None),
        "result": [{"reference": url} for url in results],
        "imagingStudy": _some(_study(origin)),
        "conclusion": " ".join(f"{sentence.rstrip('.')}." for sentence in sentences),
    }


def _observations(report: Report, say: Phrases) -> Iterator[tuple[str, Json]]:
    """Each observation with a name that is unique in the report."""
    if not report.stated_ages:
        yield "bone-age", _absent(report, say)
    for stated in report.stated_ages:
        name = f"bone-age-{stated.sex}"
        yield name, _bone_age(report, say, stated, name)
    for maturity in report.stages:
        bones = [(f"{maturity.standard}-{bone.bone}", bone) for bone in maturity.bones]
        yield maturity.standard, _score(report, say, maturity, [name for name, _ in bones])
        for name, bone in bones:
            yield name, _stage(report, say, maturity, bone, name)


def _observation(report: Report, say: Phrases, name: str) -> Json:
    decision = report.decision
    return {
        **_common(report, say, name),
        "category": [_concept(f"{HL7}/observation-category", "imaging", "Imaging")],
        "performer": _some({"display": decision.reader} if decision else None),
        "bodySite": _concept(SNOMED, "85562004", "Hand"),
        "derivedFrom": _some(_study(report.origin)),
    }


def _absent(report: Report, say: Phrases) -> Json:
    """The bone age of a refused film or a rejected estimate."""
    rejected = report.decision is not None and report.decision.outcome is Outcome.REJECTED
    return {
        **_observation(report, say, "bone-age"),
        "code": _concept(LOINC, "85151-9", "XR Bone age"),
        "dataAbsentReason": {
            **_concept(f"{HL7}/data-absent-reason", "not-performed", "Not Performed"),
            "text": say.rejected_detail if rejected else say.refused_detail,
        },
        "note": [{"text": finding} for finding in sheet_of(report, say).findings],
    }


def _bone_age(report: Report, say: Phrases, stated: StatedAge, name: str) -> Json:
    comparison = stated.comparison
    return {
        **_observation(report, say, name),
        "code": _concept(LOINC, "85151-9", "XR Bone age"),
        "valueQuantity": _months(stated.months),
        "interpretation": [] if comparison is None else [_interpretation(comparison, say, stated)],
        "device": None if stated.interval is None else {"display": _program(report)},
        "referenceRange": [] if comparison is None else [_reference_range(comparison, say)],
        "component": list(_components(report, say, stated)),
        "note": [{"text": finding} for finding in sheet_of(report, say).findings],
    }


def _components(report: Report, say: Phrases, stated: StatedAge) -> Iterator[Json]:
    """Method, interval, SDS, chronological age, and the sex if it is not known."""
    yield _method("Greulich-Pyle")
    if stated.interval is not None:
        low, high = _months(stated.interval.low_months), _months(stated.interval.high_months)
        yield {"code": {"text": wording.coverage(stated.interval, say)}, "valueRange": {"low": low, "high": high}}
    if stated.comparison is not None:
        sds = {"value": round(stated.comparison.sds, 2), "unit": "SD", "system": UCUM, "code": "1"}
        yield {"code": _concept(DCM, "121416", "Z-Score of measurement"), "valueQuantity": sds}
    chronological = report.assessment.subject.age_months
    if chronological is not None:
        yield {"code": _concept(DCM, "121033", "Subject Age"), "valueQuantity": _months(chronological)}
    if len(report.stated_ages) > 1:
        sex = _concept(DCM, "F" if stated.sex == "female" else "M", stated.sex.title())
        yield {"code": _concept(DCM, "121032", "Subject Sex"), "valueCodeableConcept": sex}


def _score(report: Report, say: Phrases, maturity: Maturity, bones: list[str]) -> Json:
    return {
        **_observation(report, say, maturity.standard),
        "code": _concept(LOINC, "93189-9", "XR Wrist and Hand Total skeletal maturity score"),
        "valueQuantity": {"value": maturity.score, "unit": "score", "system": UCUM, "code": "{score}"},
        "component": [_method(scoring_method(maturity.standard).title)],
        "hasMember": [{"reference": _url(report, name)} for name in bones],
    }


def _stage(report: Report, say: Phrases, maturity: Maturity, bone: BoneMaturity, name: str) -> Json:
    """The stage of a bone; LOINC has a code for each bone, only that of the ulna is verified."""
    text = say.bone_names.get(bone.bone, bone.bone)
    ulna = _concept(LOINC, "93148-5", "XR Ulna Bone development stage")
    return {
        **_observation(report, say, name),
        "code": ulna if bone.bone == "ulna" else {"text": f"{text}: bone development stage"},
        "valueCodeableConcept": {"text": bone.stage},
        "component": [_method(scoring_method(maturity.standard).title)],
    }


def _method(text: str) -> Json:
    return {"code": _concept(LOINC, "85150-1", "Bone age method"), "valueCodeableConcept": {"text": text}}


def _interpretation(comparison: NormalComparison, say: Phrases, stated: StatedAge) -> Json:
    code = _INTERPRETATIONS[comparison.verdict]
    return {**_concept(f"{HL7}/v3-ObservationInterpretation", code), "text": wording.sds(stated, say)}


def _reference_range(comparison: NormalComparison, say: Phrases) -> Json:
    text = say.normal_band.format(limit=f"{comparison.sd_limit:g}", reference=comparison.reference.label)
    return {"low": _months(comparison.low_months), "high": _months(comparison.high_months), "text": text}


def _program(report: Report) -> str:
    return f"openboneage {report.assessment.program.version}: {', '.join(map(str, report.assessment.models))}"


def _months(value: float) -> Json:
    return {"value": round(value, DECIMALS), "unit": "month", "system": UCUM, "code": "mo"}


def _concept(system: str, code: str, display: str | None = None) -> Json:
    return {"coding": [{"system": system, "code": code, **({"display": display} if display else {})}]}


def _some(item: Json | None) -> list[Json]:
    return [] if item is None else [item]
