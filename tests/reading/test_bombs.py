"""Small files that would take gigabytes or minutes are refused before their pixels are decoded.

Each is read in a process of its own: its peak memory is measured, and a limit protects the machine that runs the tests.
"""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import uid

from openboneage.errors import UnreadableError
from openboneage.reading.dicom.elements import MAX_ITEMS
from openboneage.reading.headers import MAX_JPEG2000_TILES, MAX_JPEG_SCANS
from openboneage.reading.read import read
from tests.reading.films import DEEP, GREY, compressed_file, film_file, lossless_frame, pillow_file, ramp_image

pytest.importorskip("resource")

HOSTILE = Path(__file__).parents[1] / "data" / "hostile"
READ_AND_MEASURE = """
import resource, sys
from openboneage.errors import UnreadableError
from openboneage.reading.dicom import film
from openboneage.reading import raster
from openboneage.reading.read import read
resource.setrlimit(resource.RLIMIT_DATA, (2 * 2**30, 2 * 2**30))
resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
data = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF)
try:
    read(data)
except UnreadableError as error:
    print(error)
after = resource.getrusage(resource.RUSAGE_SELF)
print((after.ru_maxrss - before.ru_maxrss) // 1024, after.ru_utime - before.ru_utime)
"""


def deflated(element: bytes) -> bytes:
    """A deflated film of 200 MiB, with an element in its file meta information that parsers read differently."""
    plain = film_file(DEEP, syntax=uid.DeflatedExplicitVRLittleEndian)
    end = 144 + int.from_bytes(plain[140:144], "little")
    deflater = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = b"".join(deflater.compress(bytes(2**20)) for _ in range(200)) + deflater.flush()
    return plain[:end] + element + body


def with_long_text() -> bytes:
    """A film with two million window centres, in a text of 4 MB."""
    plain = film_file(DEEP, syntax=uid.ImplicitVRLittleEndian)
    pixels = plain.index(struct.pack("<HH", 0x7FE0, 0x0010))
    text = b"1\\" * 2_000_000
    return plain[:pixels] + struct.pack("<HHI", 0x0028, 0x1050, len(text)) + text + plain[pixels:]


def with_items(count: int) -> bytes:
    """A film with a sequence of empty items."""
    plain = film_file(DEEP)
    pixels = plain.index(struct.pack("<HH", 0x7FE0, 0x0010))
    sequence = struct.pack("<HH2sHI", 0x0028, 0x3000, b"SQ", 0, 0xFFFFFFFF)
    items = struct.pack("<HHI", 0xFFFE, 0xE000, 0) * count + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    return plain[:pixels] + sequence + items + plain[pixels:]


def with_elements(count: int) -> bytes:
    """A film with an item of undefined length that holds empty elements."""
    plain = film_file(DEEP, syntax=uid.ImplicitVRLittleEndian)
    pixels = plain.index(struct.pack("<HH", 0x7FE0, 0x0010))
    sequence = struct.pack("<HHI", 0x0028, 0x3000, 0xFFFFFFFF) + struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    elements = b"".join(struct.pack("<HHI", 0x0029 + (i >> 16), i & 0xFFFF, 0) for i in range(count))
    ends = struct.pack("<HHI", 0xFFFE, 0xE00D, 0) + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    return plain[:pixels] + sequence + elements + ends + plain[pixels:]


def with_character_sets(count: int) -> bytes:
    """A film in very many character sets."""
    plain = film_file(DEEP, syntax=uid.ImplicitVRLittleEndian)
    first = plain.index(struct.pack("<HH", 0x0008, 0x0016))
    text = b"a\\" * count
    return plain[:first] + struct.pack("<HHI", 0x0008, 0x0005, len(text)) + text + plain[first:]


def progressive(scans: int) -> bytes:
    """A progressive JPEG that repeats its last scan."""
    plain = pillow_file(np.tile(GREY, (20, 20)), "JPEG", progressive=True)
    last = plain.rindex(b"\xff\xda")
    return plain[:last] + plain[last:-2] * scans + plain[-2:]


def png_text(chunks: int) -> bytes:
    """A PNG with compressed texts of 7 MiB each."""
    plain = pillow_file(GREY, "PNG")
    body = b"zTXtkey\0\0" + zlib.compress(b"x" * (7 * 2**20), 9)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return plain[:33] + chunk * chunks + plain[33:]


def png_end() -> bytes:
    """A PNG of 41 bytes whose last chunk claims 1.5 GB."""
    return pillow_file(GREY, "PNG")[:33] + struct.pack(">I", 1_500_000_000) + b"IEND"


def tiff_twice() -> bytes:
    """A TIFF that gives its width twice: 16,000 pixels, then 48."""
    tags = [(256, 16_000), (256, 48), (257, 3_999), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, 3_999), (279, 99)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(1000)


def tiled_jpeg2000() -> bytes:
    """A JPEG 2000 whose header claims tiles of one pixel."""
    pixels = ramp_image(8, shape=(200, 200))
    frame = bytearray(lossless_frame(pixels, uid.JPEG2000Lossless, 8))
    struct.pack_into(">II", frame, 8 + 16, 1, 1)
    return compressed_file(pixels, uid.JPEG2000Lossless, bytes(frame), bits=8)


def finely_divided_jpeg2000(blocks: int | None = None, precincts: int | None = None) -> bytes:
    """A JPEG 2000 of 36 megapixels with code-blocks or precincts of a few pixels; both are exponents of two."""
    pixels = np.zeros((6000, 6000), np.uint8)
    frame = lossless_frame(pixels, uid.JPEG2000Lossless, 8)
    start = frame.index(b"\xff\x52")
    (length,) = struct.unpack_from(">H", frame, start + 2)
    coding = bytearray(frame[start + 4 : start + 2 + length])
    if blocks is not None:
        coding[6:8] = blocks - 2, blocks - 2
    if precincts is not None:
        coding[0] |= 1
        coding += bytes([precincts << 4 | precincts]) * (coding[5] + 1)
    marked = struct.pack(">HH", 0xFF52, len(coding) + 2) + coding
    return compressed_file(pixels, uid.JPEG2000Lossless, frame[:start] + marked + frame[start + 2 + length :], bits=8)


def many_fragments() -> bytes:
    plain = compressed_file(GREY, uid.JPEGLSLossless, bits=8)
    end = plain.rindex(struct.pack("<HHI", 0xFFFE, 0xE0DD, 0))
    return plain[:end] + struct.pack("<HHI", 0xFFFE, 0xE000, 0) * (MAX_ITEMS + 1) + plain[end:]


UC = struct.pack("<HH2sHI", 0x0002, 0x0102, b"UC", 0, 70_000) + b"x" * 70_000
BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "JPEG-LS with two frame headers": (
        (HOSTILE / "jls_sof_twice.dcm").read_bytes,
        r"pixel data that can be decoded.*\(ValueError\)",
    ),
    "hierarchical JPEG": ((HOSTILE / "jpg_dhp.dcm").read_bytes, r"pixel data that can be decoded.*\(ValueError\)"),
    "JP2 of 30,000 px": ((HOSTILE / "jp2_30000.dcm").read_bytes, "one size"),
    "JP2 of 20,000 px": ((HOSTILE / "jp2_fakefree.dcm").read_bytes, "one size"),
    "JP2 of 16,000 px": ((HOSTILE / "jp2_16k_real.dcm").read_bytes, "one size"),
    "JPEG 2000 with many tiles": (tiled_jpeg2000, f"at most {MAX_JPEG2000_TILES} tiles"),
    "JPEG 2000 with small precincts": (lambda: finely_divided_jpeg2000(precincts=1), "at most 400000 precincts"),
    "JPEG 2000 with small code-blocks": (lambda: finely_divided_jpeg2000(blocks=2), "at most 400000 precincts"),
    "deflated, UC in the meta information": (lambda: deflated(UC), "at most 128 MiB inflated"),
    "many items": (lambda: with_items(500_000), r"DICOM header.*\(OSError\)"),
    "an item of many elements": (lambda: with_elements(1_000_000), r"DICOM header.*\(ValueError\)"),
    "many fragments": (many_fragments, f"at most {MAX_ITEMS} fragments"),
    "long character set": (lambda: with_character_sets(1_000_000), r"DICOM header.*\(ValueError\)"),
    "progressive JPEG": (lambda: progressive(20 * MAX_JPEG_SCANS), f"at most {MAX_JPEG_SCANS} scans"),
    "PNG with a long last chunk": (png_end, "a whole PNG"),
    "TIFF with two widths": (tiff_twice, r"a TIFF header that can be decoded.*\(ValueError\)"),
}


def read_and_measure(data: bytes, folder: Path) -> tuple[str, int, float]:
    """The error, and how many MiB and seconds of a processor reading took."""
    film = folder / "film"
    film.write_bytes(data)
    run = subprocess.run([sys.executable, "-c", READ_AND_MEASURE, film], capture_output=True, text=True)
    *message, cost = run.stdout.splitlines()
    assert (run.returncode, run.stderr) == (0, "")
    memory_mib, seconds = cost.split()
    return "".join(message), int(memory_mib), float(seconds)


def test_long_values_are_not_read(tmp_path: Path) -> None:
    data = with_long_text()

    error, memory_mib, seconds = read_and_measure(data, tmp_path)

    assert error == ""
    assert memory_mib < 50
    assert seconds < 2
    assert [finding.code for finding in read(data).findings] == ["attribute-invalid"]


def test_texts_of_a_png_are_not_decoded(tmp_path: Path) -> None:
    data = png_text(100)

    error, memory_mib, seconds = read_and_measure(data, tmp_path)

    assert error == ""
    assert memory_mib < 50
    assert seconds < 2
    assert np.array_equal(read(data).pixels, GREY)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_little_cost(name: str, tmp_path: Path) -> None:
    make, message = BOMBS[name]
    data = make()

    error, memory_mib, seconds = read_and_measure(data, tmp_path)

    with pytest.raises(UnreadableError, match=message):
        raise UnreadableError(error)
    assert memory_mib < 50
    assert seconds < 2
