"""The film as acquired, and the child's data in its file: the first value of the pipeline."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from openboneage.findings import Finding
from openboneage.reading.origin import Origin
from openboneage.subject import Laterality, Sex


@dataclass(frozen=True, eq=False)
class Radiograph:
    """One film; its arrays are read-only.

    Attributes:
        pixels: Measured values at full depth after the modality transform, `(height, width)`, any real dtype.
        display: Brightness as a viewer shows the film (window, VOI LUT and MONOCHROME1 applied), `(height, width)` uint8.
        name: File name without its folder, `upload` or `array`; shown to people, never parsed.
        sha256: Checksum of the file's bytes, or of an array's, 64 hexadecimal digits.
        format: Container as read: `DICOM`, `PNG`, `JPEG`, `TIFF`, `BMP`, `WEBP`, or `ARRAY`.
        bits: Bits per sample stored in the file, 1 to 32.
        spacing_mm: Distance between pixel centres `(row, column)` in mm, None if the file does not state it.
        spacing_source: Attribute that the spacing was read from, such as `PixelSpacing`, or `caller` if it was
            entered; None without a spacing.
        sex: Sex as stated in the file.
        age_months: Chronological age in months at the study, None if the file does not state it.
        age_source: Attributes that the age was read from, such as `PatientBirthDate`; None without an age.
        laterality: Side as stated in the file.
        sop_instance_uid: UID of the DICOM object; None without one.
        origin: Patient, study and instance of a DICOM film, for reports; None without one.
        findings: Findings of the reader.
    """

    pixels: NDArray[np.generic]
    display: NDArray[np.uint8]
    name: str
    sha256: str
    format: str
    bits: int
    spacing_mm: tuple[float, float] | None = None
    spacing_source: str | None = None
    sex: Sex = Sex.UNKNOWN
    age_months: float | None = None
    age_source: str | None = None
    laterality: Laterality = Laterality.UNKNOWN
    sop_instance_uid: str | None = None
    origin: Origin | None = None
    findings: tuple[Finding, ...] = field(default=())

    def __post_init__(self) -> None:
        """Check the shapes and make the arrays read-only."""
        if self.pixels.ndim != 2 or self.pixels.shape != self.display.shape or self.display.dtype != np.uint8:
            raise ValueError(
                f"Expected pixels (height, width) and display of the same shape as uint8, got {self.pixels.shape} "
                f"{self.pixels.dtype} and {self.display.shape} {self.display.dtype}."
            )
        self.pixels.setflags(write=False)
        self.display.setflags(write=False)

    @property
    def height_px(self) -> int:
        """Rows of the film."""
        return int(self.display.shape[0])

    @property
    def width_px(self) -> int:
        """Columns of the film."""
        return int(self.display.shape[1])
