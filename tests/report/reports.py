"""Reports for tests: one hand with the toy model, as a DICOM film of a named child or as a PNG."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

import numpy as np

from openboneage.assess.assessor import Examination
from openboneage.explain.occlusion import AttentionMap
from openboneage.report.report import Decision, Outcome, Report
from tests import hands
from tests.reading.films import film_file
from tests.toy_model import toy_assessor

MADE = datetime(2026, 11, 21, 23, 40, tzinfo=UTC)
STUDY_UID, SERIES_UID = "1.2.826.0.1.3680043.10.1.1", "1.2.826.0.1.3680043.10.1.1.1"
CHILD: dict[str, Any] = {
    "SpecificCharacterSet": "ISO_IR 192",
    "PatientName": "Müller^Åsa^^Dr.",
    "PatientID": "ID-77-4711",
    "IssuerOfPatientID": "Clinic",
    "StudyInstanceUID": STUDY_UID,
    "SeriesInstanceUID": SERIES_UID,
    "StudyTime": "101500",
    "StudyID": "S1",
    "AccessionNumber": "A-1",
    "ReferringPhysicianName": "Rossi^Anna",
    "InstitutionName": "Children's Hospital",
    "PixelSpacing": [0.5, 0.5],
}


def dicom_film(pixels: np.ndarray | None = None, **tags: Any) -> bytes:
    """A film of a child of 9 y 3 m; `tags` replace attributes, None removes one."""
    shown = hands.film("7043", 400) if pixels is None else pixels
    return film_file(shown, bits=8, **{**CHILD, **tags})


@cache
def examined(sex: str | None = None, pixels: str = "hand", **tags: Any) -> Examination:
    """The examination of `dicom_film`; `pixels` is `hand` or a name of `hands.not_hand`."""
    shown = None if pixels == "hand" else hands.not_hand(pixels)
    values = {key: list(value) if isinstance(value, tuple) else value for key, value in tags.items()}
    return toy_assessor().examine(dicom_film(shown, **values), sex)


def decided(outcome: str, **fields: Any) -> Decision:
    """A decision of one reader."""
    return Decision(outcome=Outcome(outcome), reader="Dr. Zoë Reader", time=MADE, **fields)


def report_of(decision: Decision | None = None, examination: Examination | None = None, **fields: Any) -> Report:
    """A report, with a map that marks one place."""
    change = np.zeros((256, 192), np.float32)
    change[100:140, 80:110] = 9.0
    examination = examination or examined()
    attention = AttentionMap(change, examination.hand.film_to_canvas(len(change)), "occlusion")
    return Report(examination, decision=decision, **{"attention": attention, "made": MADE, **fields})


def png_report(sex: str | None = "F", **fields: Any) -> Report:
    """A report on a film that is no DICOM object."""
    return report_of(None, toy_assessor().examine(hands.png(hands.film("7043", 400)), sex, 111.0), **fields)
