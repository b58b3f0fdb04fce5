"""Which attributes a de-identified film keeps, and which of their values."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from openboneage.reading.guards import unreadable_if_it_fails

COPIED = "-"
ADDED_EMPTY = (
    "PatientBirthDate",
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "ReferringPhysicianName",
    "StudyID",
    "SeriesNumber",
    "InstanceNumber",
    "Manufacturer",
    "BodyPartExamined",
    "ViewPosition",
    "PatientOrientation",
)
"""Attributes of type 2 in the modules of a radiograph: they must be there, with or without a value."""
_TERMS = {
    "BodyPartExamined": r"HAND|WRIST|FINGER|EXTREMITY",
    "ImageType": r"ORIGINAL|DERIVED|PRIMARY|SECONDARY",
    "Modality": r"CR|DX|DR|RG|OT|SC|XC|RF",
    "ViewPosition": r"AP|PA|LL|RL|LLO|RLO",
}
"""Values that may be kept; another one may be a name in the wrong attribute."""


@dataclass(frozen=True)
class Kept:
    """An attribute that is kept.

    Attributes:
        keyword: Its keyword.
        profile: Action of the Basic Profile in PS3.15 Table E.1-1; `-` if the table does not list the attribute.
        option: The option of PS3.15 E.3 that retains it, `replaced`, or `-` (`COPIED`).
    """

    keyword: str
    profile: str
    option: str


@cache
def kept_attributes() -> tuple[Kept, ...]:
    """The table `kept.csv`."""
    text = files("openboneage.deidentify").joinpath("kept.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return tuple(Kept(row["keyword"], row["profile"], row["option"]) for row in rows)


def attributes_of(data: bytes) -> Dataset:
    """The attributes of a DICOM file that are kept with their values, without pixels.

    Raises:
        UnreadableError: The file is damaged.
    """
    keywords = [each.keyword for each in kept_attributes() if each.option == COPIED]
    with unreadable_if_it_fails("a DICOM header"):
        film = dcmread(BytesIO(data), stop_before_pixels=True, force=True, specific_tags=keywords)
        copy = Dataset()
        for keyword in keywords:
            value = film.get(keyword)
            if value not in (None, "") and _may_be_kept(keyword, value):
                setattr(copy, keyword, value)
    return copy


def _may_be_kept(keyword: str, value: object) -> bool:
    terms = _TERMS.get(keyword)
    values = value if isinstance(value, MultiValue) else [value]
    return terms is None or all(re.fullmatch(terms, str(each)) for each in values)
