"""Safe access to the few DICOM attributes that this program reads, and to the encoding of the pixels.

Only the attributes of `KEYWORDS` are read. Names and identifiers are for the film's `Origin` alone; no message may quote them.
An invalid value counts as missing, and its keyword is kept for a finding.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Sequence
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
from pydicom.valuerep import PersonName

from openboneage.errors import UnreadableError
from openboneage.reading.guards import unreadable_if_it_fails
from openboneage.reading.origin import ORIGIN_KEYWORDS

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
    "ContentDate PixelSpacing ImagerPixelSpacing NominalScannedPixelSpacing PixelAspectRatio SOPInstanceUID"
)
KEYWORDS = tuple(dict.fromkeys([*f"{_IMAGE} {_TONES} {_SUBJECT} SpecificCharacterSet".split(), *ORIGIN_KEYWORDS.values()]))

MAX_INFLATED_BYTES = 128 * 1024 * 1024
_INFLATE_STEP_BYTES = 1024 * 1024
MAX_READS = 100_000
"""Reads of pydicom in a file: some for each element and item, and one for each 8 KiB of compressed pixels."""
MAX_ITEMS = 20_000
"""Items of a sequence, and fragments of pixel data; fragments of a large film are tens of kilobytes each."""
MAX_VALUE_BYTES = 1024 * 1024
"""Limit for attributes other than the pixels; the largest are sequences of lookup tables of 128 KiB."""
_MAX_TEXT_BYTES = 1024
_TEXTS = frozenset(("AS", "CS", "DA", "DS", "IS", "LO", "PN", "SH", "TM", "UI"))
_ITEMS = (b"\xfe\xff\x00\xe0", b"\xff\xfe\xe0\x00")  # the item tag in either byte order (PS3.5 7.5)
_CHARSET = (b"\x08\x00\x05\x00", b"\x00\x08\x00\x05")  # the tag of Specific Character Set in either byte order
_HEADER_BYTES = 8  # tag and length, or tag, value representation and length (PS3.5 7.1)
_DATE = re.compile(r"(\d{4})[.-]?(\d{2})[.-]?(\d{2})")  # PS3.5 table 6.2-1 (DA); with dots in files older than version 3.0


class Tags:
    """Typed access to one dataset's attributes.

    Attributes:
        invalid: Keywords of the attributes with invalid values, in the order of access.
    """

    def __init__(self, dataset: Dataset) -> None:
        """Wrap a dataset, or an item of a sequence."""
        self._dataset = dataset
        self.invalid: list[str] = []

    def __contains__(self, keyword: str) -> bool:
        """Return whether the attribute is present, with or without a value."""
        return keyword in self._dataset

    @property
    def word_type(self) -> str:
        """Type of 16-bit words in raw byte values (OW), for numpy."""
        return ">u2" if self._dataset.original_encoding[1] is False else "<u2"

    def representation(self, keyword: str) -> str:
        """Return the value representation of an attribute that is present, `OB` or `OW` for pixels."""
        return str(self._dataset[keyword].VR)

    def has_undefined_length(self, keyword: str) -> bool:
        """Return whether an attribute that is present has undefined length, as encapsulated pixels have (PS3.5 A.4)."""
        return bool(self._dataset[keyword].is_undefined_length)

    def value(self, keyword: str) -> Any:
        """Return a value as parsed by pydicom; None if it is missing or damaged."""
        try:
            if self._is_too_long(keyword):
                raise ValueError(keyword)
            return getattr(self._dataset, keyword, None)
        except Exception:  # pydicom's errors for damaged values have no common base
            self.reject(keyword)
            return None

    def _is_too_long(self, keyword: str) -> bool:
        """Return whether a value would take too much memory: pydicom makes an object for each number and item."""
        element: Any = self._dataset.get_item(keyword) if keyword in self._dataset else None
        if not isinstance(element, RawDataElement) or element.value is None or keyword == "PixelData":
            return False
        representation = dictionary_VR(keyword) if element.VR in (None, "UN") else element.VR
        if len(element.value) > (_MAX_TEXT_BYTES if representation in _TEXTS else MAX_VALUE_BYTES):
            return True
        return representation == "SQ" and max(map(element.value.count, _ITEMS)) > MAX_ITEMS

    def values(self, keyword: str) -> list[Any]:
        """Return all values of an attribute, none if it is missing."""
        value = self.value(keyword)
        if value is None or value == "":
            return []
        return [value] if isinstance(value, str | bytes | PersonName) or not hasattr(value, "__iter__") else list(value)

    def text(self, keyword: str) -> str:
        """Return the first value as text without padding; empty if there is none."""
        values = self.values(keyword)
        return str(values[0]).strip(" \0") if values else ""

    def code(self, keyword: str, allowed: tuple[str, ...]) -> str:
        """Return a value that must be one of `allowed`; empty if it is missing or different."""
        text = self.text(keyword).upper()
        if text and text not in allowed:
            self.reject(keyword)
        return text if text in allowed else ""

    def numbers(self, keyword: str) -> list[float]:
        """Return all values as finite numbers; none if any of them is damaged."""
        try:
            numbers = [float(value) for value in self.values(keyword)]
        except (TypeError, ValueError, OverflowError):
            numbers = [math.nan]
        if all(map(math.isfinite, numbers)):
            return numbers
        self.reject(keyword)
        return []

    def integer(self, keyword: str) -> int | None:
        """Return the first value as an integer; None if it is missing or damaged."""
        numbers = self.numbers(keyword)
        return int(numbers[0]) if numbers else None

    def date(self, keyword: str) -> date | None:
        """Return a calendar date; None if it is missing or invalid."""
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
        """Return the first item of a sequence; None if there is none."""
        items = [item for item in self.values(keyword) if isinstance(item, Dataset)]
        return Tags(items[0]) if items else None

    def reject(self, keyword: str) -> None:
        """Record an attribute with an invalid value."""
        if keyword not in self.invalid:
            self.invalid.append(keyword)


class _Stream(BytesIO):
    """A DICOM file that stops pydicom where it would take too much memory or time.

    pydicom reads the header of each element and item, and makes an object of most of them. It looks up each value of a Specific
    Character Set.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._reads = 0
        self._is_charset = False

    def read(self, size: int | None = -1, /) -> bytes:
        """Read, and count the reads.

        Raises:
            ValueError: There were more than `MAX_READS`, or this would read a very long Specific Character Set.
        """
        self._reads += 1
        if self._reads > MAX_READS or (self._is_charset and (size is None or not 0 <= size <= _MAX_TEXT_BYTES)):
            raise ValueError("very many elements or character sets")
        data = super().read(size)
        if size == _HEADER_BYTES:
            self._is_charset = data[:4] in _CHARSET
        return data


def open_dicom(data: bytes, keywords: Sequence[str] = KEYWORDS) -> tuple[Tags, UID]:
    """Read attributes of a DICOM file, with or without preamble and file meta information (PS3.10 7.1).

    Args:
        data: The file's bytes.
        keywords: The attributes to read.

    Returns:
        The attributes, and the transfer syntax.

    Raises:
        UnreadableError: The file is damaged beyond its attributes.
    """
    with unreadable_if_it_fails("a DICOM header"):
        start = _deflated_start(data)
        if start is not None:
            wanted: list[BaseTag | int] = [Tag(keyword) for keyword in keywords]
            inflated = read_dataset(_Stream(_inflate(data[start:])), False, True, specific_tags=wanted)
            return Tags(inflated), DeflatedExplicitVRLittleEndian
        dataset = dcmread(_Stream(data), force=True, specific_tags=list(keywords))
        syntax = dataset.file_meta.get("TransferSyntaxUID")
        return Tags(dataset), UID(str(syntax)) if syntax else _guessed_syntax(dataset)


def _guessed_syntax(dataset: Dataset) -> UID:
    """Return the uncompressed transfer syntax in which the header could be read, for files that state none."""
    is_implicit, is_little_endian = dataset.original_encoding
    if not is_little_endian:
        return ExplicitVRBigEndian
    return ImplicitVRLittleEndian if is_implicit else ExplicitVRLittleEndian


def _deflated_start(data: bytes) -> int | None:
    """Find where a deflated dataset (PS3.5 A.5) starts; None if the file is not deflated.

    pydicom inflates the rest of the file whatever its size, so this must be known first. pydicom's functions are used because
    another parser may disagree about the end of the file meta information.
    """
    stream = _Stream(data)
    read_preamble(stream, force=True)
    meta = _read_file_meta_info(stream)
    _read_command_set_elements(stream)
    return stream.tell() if meta.get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian else None


def _inflate(data: bytes) -> bytes:
    """Inflate a dataset after measuring its size piece by piece, so that a decompression bomb takes no memory."""
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
        raise UnreadableError("Expected a complete deflated DICOM file, got a truncated one; send or export it again.")
    return zlib.decompress(data, -zlib.MAX_WBITS, max(size, 1))
