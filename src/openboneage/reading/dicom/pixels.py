"""The stored pixels of a DICOM image: header checked first, then decoded (PS3.3 C.7.6.3, PS3.5 section 8 and annex A)."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.encaps import generate_fragments, parse_basic_offsets
from pydicom.pixels.decoders.base import Decoder, get_decoder
from pydicom.uid import UID, JPEG2000TransferSyntaxes, JPEGLSTransferSyntaxes, JPEGTransferSyntaxes, RLELossless

from openboneage.errors import RefusedError, UnreadableError
from openboneage.reading import display
from openboneage.reading.bounds import check_size
from openboneage.reading.dicom.codecs import decoder_of, is_available
from openboneage.reading.dicom.elements import MAX_ITEMS, Tags
from openboneage.reading.dicom.rle import decode_rle
from openboneage.reading.display import Pixels
from openboneage.reading.guards import unreadable_if_it_fails
from openboneage.reading.headers import JPEG2000_START, JPEG_START, jpeg2000_header, jpeg_header

GREY = ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR")
COLOUR = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_RCT", "YBR_ICT")
_WORDS = "of 8 or 16 bits allocated, 1 or 3 samples per pixel, in monochrome, palette, RGB or YBR"


@dataclass(frozen=True)
class PixelFormat:
    """The Image Pixel module, PS3.3 C.7.6.3, with missing values filled in.

    Attributes:
        rows: Height in px.
        columns: Width in px.
        samples: 1 or 3 per pixel.
        photometric: One of `GREY` or `COLOUR`.
        bits_allocated: 8 or 16.
        bits_stored: 1 to `bits_allocated`.
        high_bit: Position of the most significant bit stored.
        signed: Whether stored values are two's complement.
        planar: Planar Configuration, 0 or 1.
        assumed: Keywords of missing or impossible attributes that got their usual value.
    """

    rows: int
    columns: int
    samples: int
    photometric: str
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    planar: int
    assumed: tuple[str, ...] = ()

    @property
    def frame_bytes(self) -> int:
        """Length of the uncompressed pixel data; YBR_FULL_422 shares colour between two pixels (C.7.6.3.1.2)."""
        samples = 2 if self.photometric == "YBR_FULL_422" else self.samples
        return self.rows * self.columns * samples * self.bits_allocated // 8


def pixel_format(tags: Tags) -> PixelFormat:
    """Read and check the Image Pixel module before anything is decoded.

    Raises:
        RefusedError: The object has several frames.
        UnreadableError: There is no image, or it is too large, too small or of an unsupported format.
    """
    rows, columns = _size(tags)
    assumed: list[str] = []
    photometric, samples = _photometric(tags, assumed)
    allocated = tags.integer("BitsAllocated")
    if allocated not in (8, 16) or not photometric or samples != (3 if photometric in COLOUR else 1):
        raise UnreadableError(
            "Expected an image of 8 or 16 bits allocated, in monochrome, palette colour, RGB or YBR, got another format; "
            "export it as 8 or 16 bit MONOCHROME2."
        )
    check_size(columns, rows, samples * allocated // 8)
    stored = _filled(tags, assumed, "BitsStored", allocated, range(1, allocated + 1))
    high_bit = _filled(tags, [], "HighBit", stored - 1, range(stored - 1, allocated))
    signed = _filled(tags, assumed, "PixelRepresentation", 0, range(2)) == 1 and photometric in GREY
    planar = 0 if samples == 1 else _filled(tags, assumed, "PlanarConfiguration", 0, range(2))
    return PixelFormat(rows, columns, samples, photometric, allocated, stored, high_bit, signed, planar, tuple(assumed))


def _size(tags: Tags) -> tuple[int, int]:
    rows, columns = tags.integer("Rows"), tags.integer("Columns")
    if not rows or not columns or "PixelData" not in tags:
        raise UnreadableError(
            "Expected a DICOM image with pixel data, got an object without (a report, a plan, a directory) or one that is cut "
            "off; send the radiograph itself."
        )
    if (tags.integer("NumberOfFrames") or 1) > 1:
        raise _several_images()
    return rows, columns


def _photometric(tags: Tags, assumed: list[str]) -> tuple[str, int]:
    """Read Photometric Interpretation and Samples per Pixel; if one is missing, infer it from the other."""
    samples = tags.integer("SamplesPerPixel")
    if "PhotometricInterpretation" not in tags:
        assumed.append("PhotometricInterpretation")
        return ("RGB", 3) if samples == 3 else ("MONOCHROME2", 1)
    photometric = tags.code("PhotometricInterpretation", GREY + COLOUR)
    if samples is None:
        assumed.append("SamplesPerPixel")
        samples = 3 if photometric in COLOUR else 1
    return photometric, samples


def _filled(tags: Tags, assumed: list[str], keyword: str, usual: int, allowed: range) -> int:
    value = tags.integer(keyword)
    if value is not None and value in allowed:
        return value
    assumed.append(keyword)
    return usual


def decode(tags: Tags, image: PixelFormat, syntax: UID) -> Pixels:
    """Decode the one frame.

    Returns:
        Stored values `(rows, columns)` as 8 or 16 bit integers, unused bits cleared; of colour images the luminance.

    Raises:
        RefusedError: The pixel data holds several frames.
        UnreadableError: The pixel data is damaged, cut off, or in an unsupported transfer syntax.
    """
    decoder = _decoder(syntax)
    data = tags.value("PixelData")
    if not isinstance(data, bytes):
        raise UnreadableError("Expected pixel data, got none; send or export the film again.")
    with unreadable_if_it_fails("DICOM pixel data"):
        if not syntax.is_encapsulated:
            _check_native(tags, data, image)
        elif syntax == RLELossless:
            return _grey(*_decode_rle(data, image), image)
        else:
            _check_frame(data, image, syntax)
        # YBR is left as it is (raw): its Y is the luminance, and converting to RGB and back costs time and memory
        decoded, found = decoder.as_array(
            data, index=0, raw=True, **_decoder_options(image, syntax, tags.representation("PixelData"))
        )
        return _grey(decoded, str(found["photometric_interpretation"]), image)


def _decoder(syntax: UID) -> Decoder:
    if is_available(syntax):
        return decoder_of(syntax)
    try:
        return get_decoder(syntax)
    except NotImplementedError:
        name = syntax.name if syntax.name != syntax else "an unregistered one"
        raise UnreadableError(f"Expected a transfer syntax for images, got {name}; export the film uncompressed.") from None


def _grey(decoded: NDArray[Any], photometric: str, image: PixelFormat) -> Pixels:
    """Convert decoded values to native byte order and one sample per pixel."""
    decoded = decoded.astype(decoded.dtype.newbyteorder("="), copy=False)
    if image.samples == 1:
        return _used_bits(decoded, image)
    return np.ascontiguousarray(decoded[:, :, 0]) if photometric.startswith("YBR_FULL") else display.luminance(decoded)


def _decode_rle(data: bytes, image: PixelFormat) -> tuple[Pixels, str]:
    fragments = _fragments(data)
    if len(fragments) > 1:  # exactly one fragment a frame: PS3.5 A.4.2
        raise _several_images()
    samples = decode_rle(fragments[0], (image.rows, image.columns, image.samples), image.bits_allocated // 8)
    if image.samples == 1:
        kind = "i" if image.signed else "u"
        return samples[:, :, 0].view(f"{kind}{samples.dtype.itemsize}"), image.photometric
    return samples, image.photometric


_SELF_DESCRIBING = frozenset((*JPEG2000TransferSyntaxes, *JPEGLSTransferSyntaxes))


def _decoder_options(image: PixelFormat, syntax: UID, representation: str) -> dict[str, Any]:
    options = {} if syntax in _SELF_DESCRIBING else {"correct_unused_bits": False}  # `_used_bits` does it, with High Bit
    if not syntax.is_encapsulated:
        options["view_only"] = True  # avoids a copy
    return options | {
        "pixel_keyword": "PixelData",
        "pixel_vr": representation,
        "rows": image.rows,
        "columns": image.columns,
        "samples_per_pixel": image.samples,
        "number_of_frames": 1,
        "photometric_interpretation": image.photometric,
        "bits_allocated": image.bits_allocated,
        "bits_stored": image.bits_stored,
        "pixel_representation": int(image.signed),
        "planar_configuration": image.planar,
    }


def _check_native(tags: Tags, data: bytes, image: PixelFormat) -> None:
    """Compare the length of uncompressed pixel data with the header (PS3.5 8.1.1)."""
    if tags.has_undefined_length("PixelData"):
        raise UnreadableError("Expected uncompressed pixels, got compressed ones; export the film again.")
    if len(data) < image.frame_bytes:
        raise UnreadableError(
            f"Expected {image.frame_bytes} bytes of pixel data, got {len(data)}: it is cut off; send or export the film again."
        )
    if len(data) >= 2 * image.frame_bytes:
        raise _several_images()


def _check_frame(data: bytes, image: PixelFormat, syntax: UID) -> None:
    """Compare the header of a compressed frame with the DICOM header, since a decoder relies on the frame."""
    fragments = _fragments(data)
    if sum(fragment.startswith((JPEG_START, JPEG2000_START)) for fragment in fragments) > 1:
        raise _several_images()
    is_jpeg = syntax in JPEGTransferSyntaxes or syntax in JPEGLSTransferSyntaxes
    frame = (jpeg_header if is_jpeg else jpeg2000_header)(b"".join(fragments))
    if (frame.height_px, frame.width_px, frame.samples) != (image.rows, image.columns, image.samples):
        raise UnreadableError("Expected one size in the DICOM header and its pixels, got two; export the film again.")


def _fragments(data: bytes) -> list[bytes]:
    """Split encapsulated pixel data behind its Basic Offset Table (PS3.5 A.4)."""
    stream = BytesIO(data)
    parse_basic_offsets(stream)
    fragments = list(islice(generate_fragments(stream), MAX_ITEMS + 1))
    if len(fragments) > MAX_ITEMS:
        raise UnreadableError(f"Expected at most {MAX_ITEMS} fragments of pixel data, got more; export the film again.")
    return fragments


def _used_bits(decoded: Pixels, image: PixelFormat) -> Pixels:
    """Extract Bits Stored below High Bit from Bits Allocated and extend the sign (PS3.5 8.1.1).

    Values within Bits Stored are returned unchanged: there are no bits to clear, and a contradicting High Bit is wrong.
    """
    low = -(2 ** (image.bits_stored - 1)) if image.signed else 0
    high = low + 2**image.bits_stored - 1
    if low <= int(decoded.min()) and int(decoded.max()) <= high:
        return decoded
    codes = np.arange(2**image.bits_allocated) >> (image.high_bit + 1 - image.bits_stored)
    values = codes & (2**image.bits_stored - 1)
    values = np.where(values > high, values - 2**image.bits_stored, values)
    return display.through_table(decoded, values.astype(decoded.dtype))


def _several_images() -> RefusedError:
    return RefusedError("Expected one image, got a DICOM object with several frames; send a single frame.")
