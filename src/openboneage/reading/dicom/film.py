"""Films as DICOM objects: computed and digital radiography, secondary capture, and any other object with one frame.

`pixels` decodes the image, `tones` applies windows and lookup tables, `attributes` reads the child's data. This module combines
the three.
"""

from __future__ import annotations

from openboneage.findings import Finding, Severity
from openboneage.reading.dicom.attributes import (
    check_exposure,
    read_age,
    read_laterality,
    read_pixel_aspect,
    read_sex,
    read_sop_instance_uid,
    read_spacing,
)
from openboneage.reading.dicom.elements import Tags, open_dicom
from openboneage.reading.dicom.identity import read_origin
from openboneage.reading.dicom.pixels import PixelFormat, decode, pixel_format
from openboneage.reading.dicom.square import square_spacing_mm, with_square_pixels
from openboneage.reading.dicom.tones import Tones, grey_tones, palette_tones
from openboneage.reading.display import Pixels, show_unwindowed
from openboneage.reading.guards import quiet_pydicom, unreadable_if_it_fails
from openboneage.reading.radiograph import Radiograph


def read_dicom(data: bytes, *, name: str, sha256: str) -> Radiograph:
    """Read a DICOM file.

    Args:
        data: The file's bytes, with or without preamble.
        name: Name to show.
        sha256: Checksum of `data`.

    Raises:
        RefusedError: The object has several frames.
        UnreadableError: There is no image, or it is damaged, cut off, too large or of an unsupported kind.
    """
    with quiet_pydicom:
        tags, syntax = open_dicom(data)
        image = pixel_format(tags)
        findings: list[Finding] = []
        sex, laterality = read_sex(tags, findings), read_laterality(tags, findings)
        age_months, age_source = read_age(tags, findings)
        spacing_mm, spacing_source = read_spacing(tags, image.rows, image.columns, findings)
        pixel_aspect = read_pixel_aspect(tags, spacing_mm, findings)
        tones = with_square_pixels(_tones(tags, image, decode(tags, image, syntax)), pixel_aspect)
        sop_instance_uid = read_sop_instance_uid(tags)
        origin = read_origin(tags, image.rows, image.columns)
        check_exposure(tags, findings)
        findings = [*tones.findings, *findings, *_attribute_findings(tags, image)]
    return Radiograph(
        pixels=tones.pixels,
        display=tones.display,
        name=name,
        sha256=sha256,
        format="DICOM",
        bits=image.bits_stored,
        spacing_mm=spacing_mm if pixel_aspect == 1 else square_spacing_mm(spacing_mm),
        spacing_source=spacing_source,
        sex=sex,
        age_months=age_months,
        age_source=age_source,
        laterality=laterality,
        sop_instance_uid=sop_instance_uid,
        origin=origin,
        findings=tuple(findings),
    )


def _tones(tags: Tags, image: PixelFormat, stored: Pixels) -> Tones:
    with unreadable_if_it_fails("lookup tables"):
        if image.samples == 3:
            return Tones(stored, show_unwindowed(stored))
        if image.photometric == "PALETTE COLOR":
            return palette_tones(stored, tags)
        return grey_tones(stored, tags, image.photometric)


def _attribute_findings(tags: Tags, image: PixelFormat) -> list[Finding]:
    """Return findings on missing and invalid attributes; keywords belong to the standard, so they may be quoted."""
    findings = []
    if image.assumed:
        message = f"The file does not state {', '.join(image.assumed)}; usual values are assumed."
        findings.append(Finding("attribute-assumed", Severity.WARNING, message))
    if tags.invalid:
        message = f"The file has invalid values in {', '.join(tags.invalid)}; they are not used."
        findings.append(Finding("attribute-invalid", Severity.WARNING, message))
    return findings
