"""Read the origin of a film: the attributes that its reports copy."""

from __future__ import annotations

import re

from pydicom.datadict import dictionary_VR

from openboneage.reading.dicom.elements import Tags
from openboneage.reading.origin import ORIGIN_KEYWORDS, Origin

_UID = re.compile(r"(?=.{1,64}$)(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))+")  # PS3.5 9.1
_TIME = re.compile(r"\d{2}(?:[0-5]\d(?:[0-5]\d(?:\.\d{1,6})?)?)?")  # PS3.5 table 6.2-1


def read_origin(tags: Tags, rows: int, columns: int) -> Origin:
    """Read the origin of a film.

    Args:
        tags: The attributes of the file.
        rows: Rows of the stored image.
        columns: Columns of the stored image.
    """
    texts = {name: _text(tags, keyword) for name, keyword in ORIGIN_KEYWORDS.items()}
    return Origin(rows=rows, columns=columns, **texts)


def _text(tags: Tags, keyword: str) -> str:
    """A value as text; empty if it is missing, or no value of its kind."""
    kind = dictionary_VR(keyword)
    if kind == "DA":
        day = tags.date(keyword)
        return day.isoformat().replace("-", "") if day else ""
    text = "".join(c for c in tags.text(keyword) if c.isprintable())
    pattern = {"UI": _UID, "TM": _TIME}.get(kind)
    return text if pattern is None or pattern.fullmatch(text) else ""
