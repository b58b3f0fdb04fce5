"""Read size, depth, frames and orientation of an image file before its pixels are decoded.

Implemented here because these numbers must be checked before a decoder runs: some libraries allocate the whole canvas on
opening. Every function takes the file's bytes and raises `UnreadableError` if the file is truncated. Other damage raises
`struct.error`, `IndexError` or `ValueError`, which the caller converts.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from openboneage.errors import UnreadableError
from openboneage.reading.bounds import check_size
from openboneage.reading.jpeg2000 import check_parts

JPEG_START = b"\xff\xd8"
JPEG_END = b"\xff\xd9"
JPEG2000_START = b"\xff\x4f\xff\x51"  # SOC and SIZ markers

MAX_JPEG_SCANS = 100  # progressive encoders write about ten
MAX_JPEG2000_TILES = 4096  # 64 megapixels in tiles of 128 x 128

_EOI, _SOS, _DHP, _EXP, _LSE = 0xD9, 0xDA, 0xDE, 0xDF, 0xF8
_OVERSIZE = b"\x04"  # T.87 C.2.4.1.4
_AFTER_SCAN = re.compile(rb"\xff[\x80-\xcf\xd8-\xfe]")  # neither data of a scan nor a restart marker
_NORMAL = 1
_EXIF_PREFIX = b"Exif\0\0"


@dataclass(frozen=True)
class ImageHeader:
    """Properties known before decoding.

    Attributes:
        width_px: Columns as stored, before `orientation`.
        height_px: Rows as stored, before `orientation`.
        bits: Bits per sample.
        samples: Samples per pixel, once decoded.
        frames: Pages or animation frames.
        orientation: EXIF orientation, 1 to 8 (EXIF 2.32, tag 0x0112).
        white_is_zero: True where the decoder gives inverted brightness (16-bit TIFF with WhiteIsZero).
    """

    width_px: int
    height_px: int
    bits: int
    samples: int
    frames: int = 1
    orientation: int = _NORMAL
    white_is_zero: bool = False


_PNG_IMAGE = frozenset((b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"))
_PNG_SAMPLES = {0: 1, 2: 3, 3: 4, 4: 4, 6: 4}  # once decoded: a palette and grey with alpha become colour with alpha


def png_header(data: bytes) -> ImageHeader:
    """Read IHDR and walk the chunks to IEND (PNG 3rd edition, sections 11.2 and 11.3)."""
    width, height, bits, colour_type = struct.unpack_from(">IIBB", data, 16)
    frames, orientation = 1, _NORMAL
    for kind, start, end in _png_chunks(data):
        if kind == b"acTL":
            frames = struct.unpack_from(">I", data, start + 8)[0]
        elif kind == b"eXIf":
            orientation = exif_orientation(data[start + 8 : end - 4])
    return ImageHeader(width, height, bits, _PNG_SAMPLES[colour_type], frames, orientation)


def png_image(data: bytes) -> bytes:
    """Remove all chunks of a PNG that decoding does not need.

    Compressed text and colour profiles can expand to gigabytes, and damaged ones make the decoder print warnings.
    """
    return data[:8] + b"".join(data[start:end] for kind, start, end in _png_chunks(data) if kind in _PNG_IMAGE)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind, start and end of each chunk, up to IEND."""
    position, kind = 8, b""
    while kind != b"IEND":
        if position >= len(data):
            raise cut_off("PNG")
        length, kind = struct.unpack_from(">I4s", data, position)
        if (kind == b"IHDR") != (position == 8):
            raise ValueError("the header comes first, and once")
        end = position + 12 + length
        if end > len(data):  # a decoder may allocate what the chunk claims
            raise cut_off("PNG")
        yield kind, position, end
        position = end


def jpeg_header(data: bytes) -> ImageHeader:
    """Read the frame header of a JPEG or JPEG-LS stream (ITU-T T.81 B.2.2, T.87 C.2.2) and check that its end is present.

    The whole stream is parsed, as a decoder does: of two frame headers some decoders use the first and some the last, a
    hierarchical stream may contain another size, and each scan of a progressive stream costs a pass over the image.
    """
    header, orientation, scans = None, _NORMAL, 0
    for marker, body in _jpeg_segments(data):
        if (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)) or marker == 0xF7:
            if header is not None:
                raise ValueError("two frame headers")
            bits, height, width, samples = struct.unpack_from(">BHHB", body)
            header = ImageHeader(width, height, bits, samples)
        elif marker in (_DHP, _EXP) or (marker == _LSE and body[:1] == _OVERSIZE):
            raise ValueError("a size outside the frame header")
        elif marker == 0xE1 and body.startswith(_EXIF_PREFIX):
            orientation = exif_orientation(body)
        elif marker == _SOS:
            scans += 1
    if header is None or scans == 0:
        raise cut_off("JPEG")
    if scans > MAX_JPEG_SCANS:
        raise UnreadableError(f"Expected a JPEG of at most {MAX_JPEG_SCANS} scans, got {scans}; export it as baseline JPEG.")
    return replace(header, orientation=orientation)


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the marker and content of each segment up to the end of the image."""
    position = 2
    while True:
        if data[position] != 0xFF:
            raise ValueError("no marker")
        marker = data[position + 1]
        if marker == _EOI:
            return
        if marker == 0xFF or marker == 0x01 or 0xD0 <= marker <= 0xD7:  # fill bytes and markers without a segment
            position += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", data, position + 2)
        yield marker, data[position + 4 : position + 2 + length]
        position += 2 + length
        if marker == _SOS:
            following = _AFTER_SCAN.search(data, position)
            if following is None:
                raise cut_off("JPEG")
            position = following.start()


def jpeg2000_header(data: bytes) -> ImageHeader:
    """Read the SIZ marker of a JPEG 2000 codestream (ITU-T T.800 A.5.1) and check that its end is present."""
    start = _codestream_start(data)
    right, bottom, left, top, tile_width, tile_height = struct.unpack_from(">6I", data, start + 8)
    samples, precision = struct.unpack_from(">HB", data, start + 40)
    if data.rfind(JPEG_END, start) < 0:
        raise cut_off("JPEG 2000")
    tiles = -(-right // tile_width) * -(-bottom // tile_height)
    if tiles > MAX_JPEG2000_TILES:  # a decoder first allocates some kilobytes for each
        raise UnreadableError(f"Expected at most {MAX_JPEG2000_TILES} tiles in a JPEG 2000, got {tiles}; export larger tiles.")
    check_parts(data, start, right, bottom)
    return ImageHeader(right - left, bottom - top, (precision & 0x7F) + 1, samples)


def _codestream_start(data: bytes) -> int:
    """Find the codestream as a decoder does: at the start, or in the first `jp2c` box of a JP2 file (T.800 I.4, I.5)."""
    position = 0
    while not data.startswith(JPEG2000_START, position):
        length, kind = struct.unpack_from(">I4s", data, position)
        if kind == b"jp2c":
            position += 8
        elif length < 8 or b"pclr" in data[position : position + length]:  # a palette multiplies the samples
            raise ValueError("no usable codestream")
        else:
            position += length
    return position


def bmp_header(data: bytes) -> ImageHeader:
    """Read the information header, of OS/2 (12 bytes) or Windows (40 bytes and more)."""
    (size,) = struct.unpack_from("<I", data, 14)
    width, height, _, bits = struct.unpack_from("<HHHH" if size == 12 else "<iiHH", data, 18)
    return ImageHeader(width, abs(height), min(bits, 8), 3)  # a negative height means rows from top to bottom


def webp_header(data: bytes) -> ImageHeader:
    """Read the chunks of a WebP file (RFC 9649); the size is the largest that any of them states."""
    width = height = frames = 0
    orientation, position = _NORMAL, 12
    if len(data) < 8 + struct.unpack_from("<I", data, 4)[0]:
        raise cut_off("WebP")
    while position + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, position)
        body = data[position + 8 : position + 8 + length]
        if kind == b"EXIF":
            orientation = exif_orientation(body)
        elif kind == b"ANMF":
            frames += 1
        claimed = _webp_size(kind, body)
        width, height = max(width, claimed[0]), max(height, claimed[1])
        position += 8 + length + length % 2
    return ImageHeader(width, height, 8, 4, max(frames, 1), orientation)


def _webp_size(kind: bytes, body: bytes) -> tuple[int, int]:
    if kind == b"VP8X":  # canvas, 24 bits each, less one
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if kind == b"VP8 ":  # 14 bits each, above them a scale that decoders ignore
        width, height = struct.unpack_from("<HH", body, 6)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":  # signature byte, then 14 bits each, less one
        (packed,) = struct.unpack_from("<I", body, 1)
        return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    return 0, 0


def exif_orientation(data: bytes) -> int:
    """Read the orientation from EXIF data; damaged EXIF counts as upright and is no reason to refuse a film."""
    data = data.removeprefix(_EXIF_PREFIX)
    try:
        order = _tiff_byte_order(data)
        tags, _ = tiff_directory(data, order, struct.unpack_from(f"{order}I", data, 4)[0])
    except (struct.error, ValueError):
        return _NORMAL
    orientation = tags.get(274, (_NORMAL,))[0]
    return orientation if 1 <= orientation <= 8 else _NORMAL


_TIFF_TYPES = {1: "B", 3: "H", 4: "I"}  # byte, short, long
_TIFF_LAYOUT = frozenset((256, 257, 258, 262, 277, 284, 322, 323, 339))  # those that `_tiff_image` uses
_MAX_TIFF_DIRECTORIES = 64


def tiff_header(data: bytes) -> ImageHeader:
    """Read the directories of a TIFF file (TIFF 6.0, sections 2 and 8); thumbnails and masks are not counted as pages."""
    order = _tiff_byte_order(data)
    (offset,) = struct.unpack_from(f"{order}I", data, 4)
    first: dict[int, tuple[int, ...]] = {}
    frames = 0
    for _ in range(_MAX_TIFF_DIRECTORIES):
        tags, offset = tiff_directory(data, order, offset)
        first = first or tags
        frames += not tags.get(254, (0,))[0] & 0b101
        if offset == 0:
            break
    return _tiff_image(first, max(frames, 1))


def _tiff_image(tags: dict[int, tuple[int, ...]], frames: int) -> ImageHeader:
    bits, photometric, samples = tags.get(258, (1,)), tags.get(262, (1,))[0], tags.get(277, (1,))[0]
    if tags.get(339, (1,))[0] not in (1, 4) or bits[0] > 16:
        raise UnreadableError("Expected unsigned TIFF samples of up to 16 bits, got others; export 8 or 16 bit unsigned.")
    if samples > 4 or (samples > 1 and tags.get(284, (1,))[0] != 1):
        raise UnreadableError("Expected a TIFF in grey, RGB or RGBA with interleaved samples; export it as such, or as PNG.")
    width, height = tags[256][0], tags[257][0]
    # a decoder allocates a whole tile, which may be larger than its image
    tile_width, tile_height = max(width, tags.get(322, (0,))[0]), max(height, tags.get(323, (0,))[0])
    check_size(tile_width, tile_height, samples * -(-bits[0] // 8))
    white_is_zero = photometric == 0 and bits[0] == 16
    return ImageHeader(width, height, bits[0], samples, frames, white_is_zero=white_is_zero)


def tiff_directory(data: bytes, order: str, offset: int) -> tuple[dict[int, tuple[int, ...]], int]:
    """Read one image file directory.

    Returns:
        The unsigned integer tags, at most two values of each, and the offset of the next directory, 0 after the last.

    Raises:
        ValueError: A tag is repeated, or a size tag has an unexpected type: a decoder may read another value.
    """
    (count,) = struct.unpack_from(f"{order}H", data, offset)
    tags: dict[int, tuple[int, ...]] = {}
    seen: set[int] = set()
    for entry in range(offset + 2, offset + 2 + 12 * count, 12):
        tag, kind, length = struct.unpack_from(f"{order}HHI", data, entry)
        if tag in seen or (tag in _TIFF_LAYOUT and kind not in _TIFF_TYPES):
            raise ValueError("a tag that decoders interpret differently")
        seen.add(tag)
        if kind not in _TIFF_TYPES or length == 0:
            continue
        inline = length * struct.calcsize(_TIFF_TYPES[kind]) <= 4
        position = entry + 8 if inline else struct.unpack_from(f"{order}I", data, entry + 8)[0]
        tags[tag] = struct.unpack_from(f"{order}{min(length, 2)}{_TIFF_TYPES[kind]}", data, position)
    return tags, struct.unpack_from(f"{order}I", data, offset + 2 + 12 * count)[0]


def _tiff_byte_order(data: bytes) -> str:
    if data[:2] not in (b"II", b"MM"):
        raise ValueError("no TIFF byte order")
    return "<" if data[:2] == b"II" else ">"


def cut_off(kind: str) -> UnreadableError:
    """Make the error for a file that ends too early."""
    return UnreadableError(f"Expected a whole {kind} image, got one that is cut off; copy or export the file again.")
