"""Small data sets on disk: tables in common formats, and films as PNG and DICOM."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.reading.films import film_file, pillow_file, ramp_image

RSNA_TRAIN_IDS = ("1378", "1379")
RSNA_VALIDATION_ID = "1390"
"""Films of the challenge's training set that the program learned from, and one of its validation split."""


def write_table(
    path: Path, header: Sequence[str], *rows: Sequence[object], delimiter: str = ",", encoding: str = "utf-8"
) -> Path:
    """Write a table; `utf-8-sig` and `utf-16` begin with a byte order mark."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [delimiter.join(map(str, row)) for row in (header, *rows)]
    path.write_bytes("\r\n".join((*lines, "")).encode(encoding))
    return path


def write_png(path: Path) -> Path:
    """Write a film of 40 x 48 px."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pillow_file(ramp_image(8), "PNG"))
    return path


def write_dicom(path: Path, uid: str, **tags: Any) -> Path:
    """Write a film of 40 x 48 px as DICOM; by default of a girl of 111 months."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(film_file(ramp_image(), SOPInstanceUID=uid, **tags))
    return path
