"""A DICOM file as far as this program reads it: a short list of attributes, safely taken out, and how the pixels are encoded.

Only the attributes of `KEYWORDS` are ever read: names, identifiers and free text never become values, so no message can quote
them. A value that cannot be understood counts as missing, and its attribute's keyword is kept for a finding.
"""

from __future__ import annotations

import math
import re
import zlib
from contextlib import suppress
from datetime import date
from io import BytesIO
from typing import Any

from pydicom import dcmread
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import _read_command_set_elements, _read_file_meta_info, read_dataset, read_preamble
from pydicom.tag import BaseTag, Tag
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from openboneage.errors import UnreadableError
from openboneage.reading.guards import unreadable_if_it_fails

_IMAGE = (
    "Rows Columns SamplesPerPixel PhotometricInterpretation PlanarConfiguration NumberOfFrames BitsAllocated BitsStored "
    "HighBit PixelRepresentation PixelPaddingValue PixelPaddingRangeLimit PixelData"
)
_TONES = (
    "RescaleSlope RescaleIntercept ModalityLUTSequence WindowCenter WindowWidth VOILUTFunction VOILUTSequence "
    "RedPaletteColorLookupTableDescriptor GreenPaletteColorLookupTableDescriptor BluePaletteColorLookupTableDescriptor "
    "RedPaletteColorLookupTableData GreenPaletteColorLookupTableData BluePaletteColorLookupTableData"
)
_SUBJECT = (
    "Modality BodyPartExamined ImageLaterality Laterality PatientSex PatientBirthDate PatientAge StudyDate AcquisitionDate "
    "ContentDate PixelSpacing ImagerPixelSpacing NominalScannedPixelSpacing SOPInstanceUID"
)
KEYWORDS = tuple(f"{_IMAGE} {_TONES} {_SUBJECT}".split())

MAX_INFLATED_BYTES = 128 * 1024 * 1024
_INFLATE_STEP_BYTES = 1024 * 1024
MAX_ITEMS = 20_000
"""Items of sequences and fragments of pixel data together; fragments of a large film are tens of kilobytes each."""
MAX_VALUE_BYTES = 1024 * 1024
"""Of an attribute that is not the pixels; the largest are sequences of lookup tables of 128 KiB."""
_MAX_TEXT_BYTES = 1024
_TEXTS = frozenset(("AS", "CS", "DA", "DS", "IS", "UI"))
_ITEMS = (b"\xfe\xff\x00\xe0", b"\xff\xfe\xe0\x00")  # the item tag in either byte order (PS3.5 7.5)
_DATE = re.compile(r"(\d{4})[.-]?(\d{2})[.-]?(\d{2})")  # PS3.5 table 6.2-1 (DA); with dots in files older than version 3.0


class Tags:
    """Typed access to one dataset's attributes.

    Attributes:
        invalid: Keywords of the attributes whose values could not be understood, in the order of asking.
    """

    def __init__(self, dataset: Dataset) -> None:
        """Wrap a dataset, or an item of a sequence."""
        self._dataset = dataset
        self.invalid: list[str] = []

    def __contains__(self, keyword: str) -> bool:
        """Tell whether the attribute is there, with or without a value."""
        return keyword in self._dataset

    @property
    def word_type(self) -> str:
        """Type of 16-bit words in raw byte values (OW), for numpy."""
        return ">u2" if self._dataset.original_encoding[1] is False else "<u2"

    def representation(self, keyword: str) -> str:
        """Take the value representation of an attribute that is there, `OB` or `OW` for pixels."""
        return str(self._dataset[keyword].VR)

    def has_undefined_length(self, keyword: str) -> bool:
        """Tell whether an attribute that is there came without a length, as encapsulated pixels do (PS3.5 A.4)."""
        return bool(self._dataset[keyword].is_undefined_length)

    def value(self, keyword: str) -> Any:
        """Take a value as pydicom understands it; None where it is missing or damaged."""
        try:
            if self._is_too_long(keyword):
                raise ValueError(keyword)
            return getattr(self._dataset, keyword, None)
        except Exception:  # pydicom's errors for damaged values have no common base
            self.reject(keyword)
            return None

    def _is_too_long(self, keyword: str) -> bool:
        """Tell whether a value would take too much memory: pydicom makes an object of each number and item, however many."""
        element: Any = self._dataset.get_item(keyword) if keyword in self._dataset else None
        if not isinstance(element, RawDataElement) or element.value is None or keyword == "PixelData":
            return False
        representation = dictionary_VR(keyword) if element.VR in (None, "UN") else element.VR
        return len(element.value) > (_MAX_TEXT_BYTES if representation in _TEXTS else MAX_VALUE_BYTES)

    def values(self, keyword: str) -> list[Any]:
        """Take all values of an attribute, none where it is missing."""
        value = self.value(keyword)
        if value is None or value == "":
            return []
        return [value] if isinstance(value, str | bytes) or not hasattr(value, "__iter__") else list(value)

    def text(self, keyword: str) -> str:
        """Take the first value as text without padding; empty where there is none."""
        values = self.values(keyword)
        return str(values[0]).strip(" \0") if values else ""

    def code(self, keyword: str, allowed: tuple[str, ...]) -> str:
        """Take a value that must be one of `allowed`; empty where it is missing or another."""
        text = self.text(keyword).upper()
        if text and text not in allowed:
            self.reject(keyword)
        return text if text in allowed else ""

    def numbers(self, keyword: str) -> list[float]:
        """Take all values as finite numbers; none where any of them is damaged."""
        try:
            numbers = [float(value) for value in self.values(keyword)]
        except (TypeError, ValueError, OverflowError):
            numbers = [math.nan]
        if all(map(math.isfinite, numbers)):
            return numbers
        self.reject(keyword)
        return []

    def integer(self, keyword: str) -> int | None:
        """Take the first value as an integer; None where it is missing or damaged."""
        numbers = self.numbers(keyword)
        return int(numbers[0]) if numbers else None

    def date(self, keyword: str) -> date | None:
        """Take a calendar date; None where it is missing or none."""
        text = self.text(keyword)
        if not text:
            return None
        match = _DATE.fullmatch(text)
        with suppress(ValueError):  # the 31st of February
            if match:
                return date(int(match[1]), int(match[2]), int(match[3]))
        self.reject(keyword)
        return None

    def item(self, keyword: str) -> Tags | None:
        """Take the first item of a sequence; None where there is none."""
        items = [item for item in self.values(keyword) if isinstance(item, Dataset)]
        return Tags(items[0]) if items else None

    def reject(self, keyword: str) -> None:
        """Remember an attribute whose value could not be understood."""
        if keyword not in self.invalid:
            self.invalid.append(keyword)


def open_dicom(data: bytes) -> tuple[Tags, UID]:
    """Read the attributes of a DICOM file, with or without preamble and file meta information (PS3.10 7.1).

    Returns:
        The attributes of `KEYWORDS`, and the transfer syntax.

    Raises:
        UnreadableError: The file is damaged beyond its attributes.
    """
    with unreadable_if_it_fails("a DICOM header"):
        _check_items(data)
        start = _deflated_start(data)
        if start is not None:
            wanted: list[BaseTag | int] = [Tag(keyword) for keyword in KEYWORDS]
            inflated_data = _inflate(data[start:])
            _check_items(inflated_data)
            inflated = read_dataset(BytesIO(inflated_data), False, True, specific_tags=wanted)
            return Tags(inflated), DeflatedExplicitVRLittleEndian
        dataset = dcmread(BytesIO(data), force=True, specific_tags=list(KEYWORDS))
        syntax = dataset.file_meta.get("TransferSyntaxUID")
        return Tags(dataset), UID(str(syntax)) if syntax else _guessed_syntax(dataset)


def _guessed_syntax(dataset: Dataset) -> UID:
    """Without a transfer syntax, PS3.10 has none: take the uncompressed one in which the header could be read."""
    is_implicit, is_little_endian = dataset.original_encoding
    if not is_little_endian:
        return ExplicitVRBigEndian
    return ImplicitVRLittleEndian if is_implicit else ExplicitVRLittleEndian


def _deflated_start(data: bytes) -> int | None:
    """Find where a deflated dataset (PS3.5 A.5) starts; None if the file is not deflated.

    pydicom would inflate the rest of the file whatever its size, so this has to be known before, and from pydicom's own
    functions: what another parser takes for the end of the file meta information may not be where pydicom ends it.
    """
    stream = BytesIO(data)
    read_preamble(stream, force=True)
    meta = _read_file_meta_info(stream)
    _read_command_set_elements(stream)
    return stream.tell() if meta.get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian else None


def _check_items(data: bytes) -> None:
    """Refuse a file with very many items: pydicom needs a kilobyte for each item of a sequence."""
    items = max(map(data.count, _ITEMS))
    if items > MAX_ITEMS:
        raise UnreadableError(
            f"Expected a DICOM file of at most {MAX_ITEMS} sequence items and fragments, got {items}; export the film again."
        )


def _inflate(data: bytes) -> bytes:
    """Inflate a dataset whose size is measured first, piece by piece, so that a bomb does not take its memory."""
    inflater, rest, size = zlib.decompressobj(-zlib.MAX_WBITS), data, 0
    while rest and size <= MAX_INFLATED_BYTES:
        size += len(inflater.decompress(rest, _INFLATE_STEP_BYTES))
        rest = inflater.unconsumed_tail
    if rest:
        raise UnreadableError(
            f"Expected a deflated DICOM file of at most {MAX_INFLATED_BYTES // 2**20} MiB inflated, got more; "
            "export it uncompressed."
        )
    if not inflater.eof:
        raise UnreadableError("Expected a whole deflated DICOM file, got one that is cut off; send or export it again.")
    return zlib.decompress(data, -zlib.MAX_WBITS, max(size, 1))
