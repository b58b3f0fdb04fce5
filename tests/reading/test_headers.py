"""Headers of files written by Pillow, OpenCV and imagecodecs, and headers written by hand."""

from __future__ import annotations

import struct
from typing import Literal

import cv2
import imagecodecs
import numpy as np
import pytest
from PIL import Image
from pydicom.uid import JPEG2000Lossless

from openboneage.errors import UnreadableError
from openboneage.reading import headers
from openboneage.reading.headers import ImageHeader
from tests.reading.films import GREY, lossless_frame, pillow_file, ramp_image

DEEP = ramp_image(16)
COLOUR = np.dstack([GREY, GREY, GREY])
ALPHA = np.dstack([GREY, GREY, GREY, GREY])
LYING = Image.Exif()
LYING[274] = 6
Order = Literal["<", ">"]


def opencv_file(image: np.ndarray, extension: str) -> bytes:
    return bytes(cv2.imencode(extension, image)[1])


def directory(order: Order, *tags: tuple[int, str, tuple[int, ...]], following: int = 0, start: int = 8) -> bytes:
    """One directory of a TIFF file that begins at a place, with the values that do not fit behind it."""
    behind, entries = b"", b""
    for number, kind, values in tags:
        packed = struct.pack(f"{order}{len(values)}{kind}", *values)
        if len(packed) > 4:
            place = start + 6 + 12 * len(tags) + len(behind)
            behind, packed = behind + packed, struct.pack(f"{order}I", place)
        code = {"B": 1, "H": 3, "I": 4, "b": 6}[kind]
        entries += struct.pack(f"{order}HHI", number, code, len(values)) + packed.ljust(4, b"\0")
    return struct.pack(f"{order}H", len(tags)) + entries + struct.pack(f"{order}I", following) + behind


def tiff(*tags: tuple[int, str, tuple[int, ...]], order: Order = "<") -> bytes:
    """A TIFF file of one directory: 40 x 48 px of one sample of 8 bits, but for the tags given."""
    usual = {256: ("I", (48,)), 257: ("I", (40,)), 258: ("H", (8,)), 262: ("H", (1,)), 277: ("H", (1,))}
    changed = usual | {number: (kind, values) for number, kind, values in tags}
    head = struct.pack(f"{order}2sHI", b"II" if order == "<" else b"MM", 42, 8)
    return head + directory(order, *((number, kind, values) for number, (kind, values) in sorted(changed.items())))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (pillow_file(GREY, "PNG"), ImageHeader(48, 40, 8, 1)),
        (pillow_file(COLOUR, "PNG"), ImageHeader(48, 40, 8, 3)),
        (pillow_file(ALPHA, "PNG"), ImageHeader(48, 40, 8, 4)),
        (pillow_file(Image.fromarray(GREY).convert("P"), "PNG"), ImageHeader(48, 40, 8, 4)),
        (pillow_file(Image.fromarray(GREY).convert("LA"), "PNG"), ImageHeader(48, 40, 8, 4)),
        (pillow_file(Image.fromarray(GREY).convert("1"), "PNG"), ImageHeader(48, 40, 1, 1)),
        (opencv_file(DEEP, ".png"), ImageHeader(48, 40, 16, 1)),
        (pillow_file(GREY, "PNG", exif=LYING), ImageHeader(48, 40, 8, 1, orientation=6)),
        (
            pillow_file(Image.fromarray(GREY), "PNG", save_all=True, append_images=[Image.fromarray(GREY[::-1])] * 2),
            ImageHeader(48, 40, 8, 1, frames=3),
        ),
    ],
    ids=["grey", "colour", "alpha", "palette", "grey with alpha", "one bit", "16 bit", "EXIF", "three frames"],
)
def test_png(data: bytes, expected: ImageHeader) -> None:
    assert headers.png_header(data) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (pillow_file(GREY, "JPEG"), ImageHeader(48, 40, 8, 1)),
        (pillow_file(COLOUR, "JPEG", progressive=True), ImageHeader(48, 40, 8, 3)),
        (pillow_file(GREY, "JPEG", exif=LYING), ImageHeader(48, 40, 8, 1, orientation=6)),
        (imagecodecs.jpeg8_encode(DEEP, lossless=True, bitspersample=16), ImageHeader(48, 40, 16, 1)),
        (imagecodecs.jpeg8_encode(ramp_image(12), bitspersample=12), ImageHeader(48, 40, 12, 1)),
        (imagecodecs.jpegls_encode(COLOUR), ImageHeader(48, 40, 8, 3)),
    ],
    ids=["grey", "progressive", "EXIF", "lossless", "12 bit", "JPEG-LS"],
)
def test_jpeg(data: bytes, expected: ImageHeader) -> None:
    assert headers.jpeg_header(data) == expected


def test_jpeg_may_have_fill_bytes_and_markers_without_a_segment() -> None:
    plain = pillow_file(GREY, "JPEG")

    for filler in (b"\xff", b"\xff\x01", b"\xff\xd0", b"\xff\xd7", b"\xff\xff\xff\xd3\xff"):
        assert headers.jpeg_header(plain[:2] + filler + plain[2:]) == ImageHeader(48, 40, 8, 1)


@pytest.mark.parametrize("filler", [b"\x00", b"\xfe"])
def test_jpeg_without_a_marker_where_one_belongs_is_refused(filler: bytes) -> None:
    plain = pillow_file(GREY, "JPEG")

    with pytest.raises(ValueError, match="no marker"):
        headers.jpeg_header(plain[:2] + filler + plain[2:])


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg_of(*segments: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(segments) + segment(0xDA, b"") + b"\xff\xd9"


@pytest.mark.parametrize("marker", [0xC0, 0xC3, 0xC9, 0xCB, 0xCF, 0xF7])
def test_jpeg_frame_headers_of_every_process(marker: int) -> None:
    frame = struct.pack(">BHHB", 8, 40_000, 50_000, 200)

    assert headers.jpeg_header(jpeg_of(segment(marker, frame))) == ImageHeader(50_000, 40_000, 8, 200)


@pytest.mark.parametrize("marker", [0xBF, 0xC4, 0xC8, 0xCC, 0xDB, 0xE0, 0xF6, 0xF8])
def test_jpeg_segments_other_than_frame_headers(marker: int) -> None:
    frame, other = (struct.pack(">BHHB", 8, side, side, 1) for side in (40, 99))
    long_tail = other + bytes(40_000)

    assert headers.jpeg_header(jpeg_of(segment(0xC0, frame), segment(marker, long_tail))) == ImageHeader(40, 40, 8, 1)


def test_jpeg_orientation_is_read_from_its_own_segment() -> None:
    frame, exif = segment(0xC0, struct.pack(">BHHB", 8, 40, 48, 1)), b"Exif\0\0" + tiff((274, "H", (6,)))

    assert headers.jpeg_header(jpeg_of(segment(0xE1, exif), frame)).orientation == 6
    assert headers.jpeg_header(jpeg_of(segment(0xE2, exif), frame)).orientation == 1
    assert headers.jpeg_header(jpeg_of(segment(0xE1, exif.replace(b"Exif", b"Xmp:")), frame)).orientation == 1


def test_an_end_before_the_scan_is_not_the_end() -> None:
    plain = pillow_file(GREY, "JPEG")[:-2]

    with pytest.raises(UnreadableError, match="Expected a whole JPEG image"):
        headers.jpeg_header(plain[:2] + segment(0xFE, b"\xff\xd9") + plain[2:])


def test_png_without_an_end_is_cut_off() -> None:
    plain = pillow_file(GREY, "PNG")

    with pytest.raises(UnreadableError, match="Expected a whole PNG image"):
        headers.png_header(plain[:-12])


def test_png_numbers_have_no_sign() -> None:
    plain = pillow_file(GREY, "PNG")
    vast = plain[:16] + struct.pack(">II", 2**32 - 1, 2**31) + plain[24:]

    assert (headers.png_header(vast).width_px, headers.png_header(vast).height_px) == (2**32 - 1, 2**31)
    with pytest.raises(UnreadableError, match="Expected a whole PNG image"):
        headers.png_header(plain[:33] + struct.pack(">I4s", 2**32 - 4, b"IDAT") + plain[41:])


def test_jpeg_without_a_frame_header_or_an_end_is_cut_off() -> None:
    scan = b"\xff\xd8\xff\xda\x00\x02"

    for data in (scan + b"\xff\xd9", pillow_file(GREY, "JPEG")[:-2]):
        with pytest.raises(UnreadableError, match="Expected a whole JPEG image"):
            headers.jpeg_header(data)


@pytest.mark.parametrize(("bits", "samples"), [(8, 1), (8, 3), (12, 1), (16, 1)])
def test_jpeg_2000(bits: int, samples: int) -> None:
    pixels = ramp_image(bits) if samples == 1 else COLOUR
    data = bytes(imagecodecs.jpeg2k_encode(pixels, level=0, codecformat="J2K", bitspersample=bits))

    assert headers.jpeg2000_header(data) == ImageHeader(48, 40, bits, samples)
    with pytest.raises(UnreadableError, match="Expected a whole JPEG 2000 image"):
        headers.jpeg2000_header(data[:-2])


def test_jpeg_2000_of_signed_samples_off_the_origin() -> None:
    size = struct.pack(">HH8IHB", 41, 0, 60, 50, 12, 10, 48, 40, 12, 10, 1, 0x80 | 11)

    stream = headers.JPEG2000_START + size + b"\xff\xd9"
    boxes = struct.pack(">I4s", 12, b"free") + bytes(4) + struct.pack(">I4s", 0, b"jp2c")

    assert headers.jpeg2000_header(boxes + stream) == headers.jpeg2000_header(stream) == ImageHeader(48, 40, 12, 1)


def test_jpeg_2000_with_a_palette_is_refused() -> None:
    palette = struct.pack(">I4s", 16, b"jp2h") + struct.pack(">I4s", 8, b"pclr")

    with pytest.raises(ValueError, match="no usable codestream"):
        headers.jpeg2000_header(palette + lossless_frame(GREY, JPEG2000Lossless, 8))


@pytest.mark.parametrize("extra", [segment(0xC0, bytes(6)), segment(0xDE, bytes(6)), segment(0xDF, b"0"), segment(0xF8, b"\4")])
@pytest.mark.parametrize("place", ["before the frame header", "after the scan"])
def test_jpeg_with_a_second_size_is_refused(extra: bytes, place: str) -> None:
    plain = pillow_file(GREY, "JPEG")
    data = plain[:2] + extra + plain[2:] if place == "before the frame header" else plain[:-2] + extra + plain[-2:]

    with pytest.raises(ValueError, match="frame header"):
        headers.jpeg_header(data)


@pytest.mark.parametrize("tags", [[(256, "H", (48,)), (256, "H", (49,))], [(277, "b", (1,))]], ids=["twice", "signed"])
def test_tiff_tags_that_decoders_interpret_differently_are_refused(tags: list[tuple[int, str, tuple[int, ...]]]) -> None:
    with pytest.raises(ValueError, match="interpret differently"):
        headers.tiff_directory(b"II*\0" + bytes(4) + directory("<", *tags), "<", 8)


@pytest.mark.parametrize("rows", [40, -40], ids=["from below", "from above"])
@pytest.mark.parametrize(("bits", "expected"), [(1, 1), (8, 8), (24, 8), (32, 8)])
def test_bmp(rows: int, bits: int, expected: int) -> None:
    data = b"BM" + bytes(12) + struct.pack("<IiiHH", 40, 48, rows, 1, bits)

    assert headers.bmp_header(data) == ImageHeader(48, 40, expected, 3)


def test_bmp_of_os_2() -> None:
    data = b"BM" + bytes(12) + struct.pack("<IHHHH", 12, 48, 40, 1, 24)

    assert headers.bmp_header(data) == ImageHeader(48, 40, 8, 3)


@pytest.mark.parametrize(
    ("options", "frames", "orientation"),
    [
        ({"lossless": True}, 1, 1),
        ({"quality": 80}, 1, 1),
        ({"quality": 80, "exif": LYING}, 1, 6),
        ({"save_all": True, "append_images": [Image.fromarray(COLOUR[::-1]), Image.fromarray(255 - COLOUR)]}, 3, 1),
    ],
    ids=["lossless", "lossy", "EXIF", "three frames"],
)
def test_webp(options: dict[str, object], frames: int, orientation: int) -> None:
    data = pillow_file(COLOUR, "WEBP", **options)

    assert headers.webp_header(data) == ImageHeader(48, 40, 8, 4, frames, orientation)
    with pytest.raises(UnreadableError, match="Expected a whole WebP image"):
        headers.webp_header(data[:-1])


def test_webp_is_as_large_as_its_largest_claim() -> None:
    canvas = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (99).to_bytes(3, "little") + (999).to_bytes(3, "little")
    image = pillow_file(COLOUR, "WEBP", lossless=True)[12:]
    data = b"RIFF" + struct.pack("<I", 4 + len(canvas) + len(image)) + b"WEBP" + canvas + image

    assert headers.webp_header(data) == ImageHeader(100, 1000, 8, 4)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([], ImageHeader(48, 40, 8, 1)),
        ([(258, "H", (16,))], ImageHeader(48, 40, 16, 1)),
        ([(258, "H", (16,)), (262, "H", (0,))], ImageHeader(48, 40, 16, 1, white_is_zero=True)),
        ([(262, "H", (0,))], ImageHeader(48, 40, 8, 1)),
        ([(258, "H", (8, 8, 8)), (262, "H", (2,)), (277, "H", (3,))], ImageHeader(48, 40, 8, 3)),
        ([(258, "H", (8, 8, 8, 8)), (277, "H", (4,))], ImageHeader(48, 40, 8, 4)),
        ([(339, "H", (4,))], ImageHeader(48, 40, 8, 1)),
        ([(322, "I", (64,)), (323, "I", (64,))], ImageHeader(48, 40, 8, 1)),
    ],
    ids=["grey", "16 bit", "16 bit, white is zero", "8 bit, white is zero", "colour", "alpha", "undefined samples", "tiles"],
)
def test_tiff(order: Order, tags: list[tuple[int, str, tuple[int, ...]]], expected: ImageHeader) -> None:
    assert headers.tiff_header(tiff(*tags, order=order)) == expected


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ([(258, "H", (17,))], "up to 16 bits"),
        ([(339, "H", (2,))], "unsigned TIFF samples"),
        ([(339, "H", (3,))], "unsigned TIFF samples"),
        ([(277, "H", (5,))], "in grey, RGB or RGBA"),
        ([(277, "H", (2,)), (284, "H", (2,))], "interleaved samples"),
        ([(322, "I", (20_000,))], "at most 64 megapixels"),
        ([(323, "I", (20_000,))], "at most 64 megapixels"),
        ([(256, "I", (20_000,))], "at most 64 megapixels"),
        ([(257, "I", (31,))], "at least 32 px"),
    ],
)
def test_tiff_of_another_form_is_refused(tags: list[tuple[int, str, tuple[int, ...]]], message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        headers.tiff_header(tiff(*tags))


def test_tiff_without_a_format_is_of_one_bit() -> None:
    data = b"II" + struct.pack("<HI", 42, 8) + directory("<", (256, "I", (48,)), (257, "I", (40,)))

    assert headers.tiff_header(data) == ImageHeader(48, 40, 1, 1)


def test_planar_configuration_of_a_single_sample_is_ignored() -> None:
    assert headers.tiff_header(tiff((284, "H", (2,)))).samples == 1


@pytest.mark.parametrize(("kinds", "frames"), [([0], 1), ([0, 0], 2), ([0, 1], 1), ([0, 4], 1), ([0, 2], 2), ([1], 1)])
def test_thumbnails_and_masks_are_not_pages(kinds: list[int], frames: int) -> None:
    tags = [(254, "I"), (256, "I"), (257, "I")]
    data = b"II" + struct.pack("<HI", 42, 8)
    for place, kind in enumerate(kinds, start=1):
        values = zip(tags, (kind, 48, 40), strict=True)
        following = len(data) + 42 if place < len(kinds) else 0
        data += directory("<", *((number, form, (value,)) for (number, form), value in values), following=following)

    assert headers.tiff_header(data).frames == frames


def test_a_ring_of_directories_ends() -> None:
    ring = b"II" + struct.pack("<HI", 42, 8) + directory("<", (256, "I", (48,)), (257, "I", (40,)), following=8)

    assert headers.tiff_header(ring).frames == 64


@pytest.mark.parametrize("prefix", [b"", b"Exif\0\0"])
@pytest.mark.parametrize(("stored", "orientation"), [(1, 1), (6, 6), (8, 8), (0, 1), (9, 1)])
def test_orientation(prefix: bytes, stored: int, orientation: int) -> None:
    assert headers.exif_orientation(prefix + tiff((274, "H", (stored,)))) == orientation


@pytest.mark.parametrize("data", [b"", b"II*\0", b"XX*\0\x08\0\0\0", tiff()[:20], tiff()])
def test_no_or_damaged_orientation_counts_as_upright(data: bytes) -> None:
    assert headers.exif_orientation(data) == 1


def test_a_directory_gives_two_values_at_most_and_leaves_out_other_types() -> None:
    tags = directory("<", (1, "B", (7,)), (2, "H", (1, 2, 3)), (3, "I", (9,)), (4, "H", ()), following=77, start=0)
    text = tags.replace(struct.pack("<HHI", 3, 4, 1), struct.pack("<HHI", 3, 2, 1))

    assert headers.tiff_directory(tags, "<", 0) == ({1: (7,), 2: (1, 2), 3: (9,)}, 77)
    assert headers.tiff_directory(text, "<", 0) == ({1: (7,), 2: (1, 2)}, 77)
