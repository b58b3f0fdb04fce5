"""Read an image from a path, from bytes or from an array into a `Radiograph`.

The format is detected from the content, not from the name. Messages contain neither the file nor its folder, since
file names are often patients' names.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.errors import InputError, UnreadableError
from openboneage.reading.array import read_array
from openboneage.reading.bounds import MAX_FILE_BYTES
from openboneage.reading.radiograph import Radiograph

UPLOAD_NAME = "upload"
ARRAY_NAME = "array"

Source = str | os.PathLike[str] | bytes | NDArray[np.generic]

_RASTER_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
)
_BMP_HEADER_BYTES = (12, 40, 52, 56, 64, 108, 124)
# Formats that are sent by mistake; the error names them.
_FOREIGN_SIGNATURES = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"GIF8", "a GIF image"),
    (b"II+\0", "a BigTIFF image"),
    (b"MM\0+", "a BigTIFF image"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 image outside DICOM"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL image"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 image outside DICOM"),
    (b"<", "a web page or XML document"),
    (b"{", "a JSON document"),
)
# Value representations, DICOM PS3.5 table 6.2-1: they follow the tag in a DICOM file without preamble.
_VALUE_REPRESENTATIONS = frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV".split()
)
_MAX_FIRST_ELEMENT_BYTES = 1024


def read(source: Source, *, name: str | None = None, spacing_mm: float | None = None) -> Radiograph:
    """Read one film.

    Args:
        source: Path of a file, the bytes of an upload, or grey pixels, `(height, width)`, unsigned with 8 or 16 bits.
        name: Name to show; by default the file's name, `upload` or `array`.
        spacing_mm: Distance between the pixel centres of an array; None where it is not known.

    Returns:
        The film, with the child's data in its file and the reader's findings.

    Raises:
        InputError: The path does not exist, is not a file, or cannot be read; an array has another shape or type; the spacing
            is impossible, or given with a file.
        RefusedError: The file holds several images.
        UnreadableError: The film is not an image, or it is damaged, truncated, too large or of an unsupported kind.
    """
    if isinstance(source, np.ndarray):
        return read_array(source, spacing_mm, name=name or ARRAY_NAME)
    if spacing_mm is not None:
        raise InputError("Expected spacing_mm with an array alone, got it with a file; read its pixels into an array.")
    data = source if isinstance(source, bytes) else _file_bytes(source)
    if name is None:
        name = UPLOAD_NAME if isinstance(source, bytes) else Path(source).name
    if len(data) > MAX_FILE_BYTES:
        raise _too_large(len(data))
    kind = sniff(data)
    sha256 = hashlib.sha256(data).hexdigest()
    if kind == "DICOM":
        from openboneage.reading.dicom.film import read_dicom  # importing pydicom takes 0.2 s

        return read_dicom(data, name=name, sha256=sha256)
    from openboneage.reading.raster import read_raster

    return read_raster(data, kind, name=name, sha256=sha256)


def sniff(data: bytes) -> str:
    """Detect the format of an image from its first bytes: `DICOM`, `PNG`, `JPEG`, `TIFF`, `BMP` or `WEBP`.

    Raises:
        UnreadableError: The bytes are none of these.
    """
    if data[128:132] == b"DICM":
        return "DICOM"
    for signature, kind in _RASTER_SIGNATURES:
        if data.startswith(signature):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in _BMP_HEADER_BYTES:
        return "BMP"
    if _starts_like_dicom(data):
        return "DICOM"
    got = next((what for signature, what in _FOREIGN_SIGNATURES if data.startswith(signature)), "something else")
    raise UnreadableError(
        f"Expected a DICOM, PNG, JPEG, TIFF, BMP or WebP image, got {got if data else 'an empty file'}; "
        "export the film in one of these formats."
    )


def _starts_like_dicom(data: bytes) -> bool:
    """Recognise DICOM without preamble: the first element is in group 0002 or 0008 (PS3.5 7.1, PS3.10 7.1)."""
    if data[:2] == b"\0\x08":  # big endian is always explicit
        return data[4:6] in _VALUE_REPRESENTATIONS
    if data[:2] not in (b"\x02\0", b"\x08\0") or len(data) < 16:
        return False
    return data[4:6] in _VALUE_REPRESENTATIONS or int.from_bytes(data[4:8], "little") <= _MAX_FIRST_ELEMENT_BYTES


def _file_bytes(source: str | os.PathLike[str]) -> bytes:
    try:
        path = Path(source)
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for a writer
            raise InputError("Expected an image file, got a folder, device or pipe; give the path of one file.")
        if status.st_size > MAX_FILE_BYTES:
            raise _too_large(status.st_size)
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise InputError("Expected an image file, but there is no file with this name; check the path.") from None
    except PermissionError:
        raise InputError("Expected an image file, but it cannot be read; check its permissions.") from None
    except (ValueError, TypeError):
        raise InputError("Expected the path of an image file, got an invalid path.") from None
    except OSError as error:
        raise UnreadableError(f"The file could not be read ({type(error).__name__} {error.errno}); try again.") from None


def _too_large(size: int) -> UnreadableError:
    return UnreadableError(
        f"Expected a file of at most {MAX_FILE_BYTES // 2**20} MiB, got {size // 2**20} MiB; export a single film."
    )
