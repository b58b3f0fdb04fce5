"""Codes of the DICOM objects: LOINC, SNOMED CT, DCM, and a private scheme for what has no standard code."""

from __future__ import annotations

from collections.abc import Mapping

from highdicom.coding_schemes import CodingSchemeIdentificationItem
from pydicom.sr.coding import Code

from openboneage.subject import Laterality, Sex

PRIVATE_SCHEME = "99OPENBONEAGE"
"""Designators of private schemes begin with 99 (PS3.16, section 8.2)."""

CODING_SCHEME = CodingSchemeIdentificationItem(
    PRIVATE_SCHEME, name="OpenBoneAge", responsible_organization="OpenBoneAge developers"
)

BONE_AGE = Code("85151-9", "LN", "XR Bone age")
BONE_AGE_METHOD = Code("85150-1", "LN", "Bone age method")
BONE_AGE_VIEWS = Code("24724-7", "LN", "Views bone age XR")
TOTAL_SCORE = Code("93189-9", "LN", "XR Wrist and Hand Total skeletal maturity score")
ULNA_STAGE = Code("93148-5", "LN", "XR Ulna Bone development stage")
BONE_STAGE = Code("STAGE", PRIVATE_SCHEME, "Bone development stage")
"""LOINC has a code for each bone; only that of the ulna is verified."""
GREULICH_PYLE = Code("GP", PRIVATE_SCHEME, "Greulich-Pyle")
ASSESSMENT_RESULT = Code("RESULT", PRIVATE_SCHEME, "Result of bone age assessment")
FILM_REFUSED = Code("REFUSED", PRIVATE_SCHEME, "Film refused, no bone age")
ESTIMATE_REJECTED = Code("REJECTED", PRIVATE_SCHEME, "Estimate rejected by the reader")

MONTH = Code("mo", "UCUM", "month")
SCORE = Code("{score}", "UCUM", "score")
NO_UNITS = Code("1", "UCUM", "no units")

HAND = Code("85562004", "SCT", "Hand")
DISTAL_RADIUS = Code("75129005", "SCT", "Distal Radius")
DISTAL_ULNA = Code("91238003", "SCT", "Distal Ulna")
METACARPAL = Code("36455000", "SCT", "Metacarpal")
ANATOMICAL_STRUCTURE = Code("91723000", "SCT", "Anatomical Structure")

SIDES: Mapping[Laterality, Code] = {
    Laterality.LEFT: Code("7771000", "SCT", "Left"),
    Laterality.RIGHT: Code("24028007", "SCT", "Right"),
}
SEXES: Mapping[Sex, Code] = {Sex.FEMALE: Code("F", "DCM", "Female"), Sex.MALE: Code("M", "DCM", "Male")}


def method_of(standard: str, title: str) -> Code:
    """The code of a standard of skeletal maturity, such as `tw3`."""
    return Code(standard.upper(), PRIVATE_SCHEME, title)


def stage_of(stage: str) -> Code:
    """The code of a stage."""
    return Code(f"STAGE-{stage}", PRIVATE_SCHEME, f"Stage {stage}")


def site_of(bone: str) -> Code:
    """The site of a bone; phalanges and carpal bones are given as the hand, their name stands in the tracking identifier."""
    sites = {"radius": DISTAL_RADIUS, "ulna": DISTAL_ULNA}
    return sites.get(bone, METACARPAL if bone.startswith("mc") else HAND)
