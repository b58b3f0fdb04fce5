"""Any bytes give a film or a `BoneAgeError`, nothing else."""

from __future__ import annotations

import random
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import uid

from openboneage.errors import BoneAgeError
from openboneage.reading.read import read
from tests.reading.films import (
    DEEP,
    SECRET_ID,
    SECRET_NAME,
    compressed_file,
    film_file,
    jpeg_lossless_frame,
    pillow_file,
    ramp_image,
)

CORPUS = Path(__file__).parents[1] / "data" / "fuzz" / "corpus.zip"
KINDS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "DICOM")


def survives(data: bytes) -> bool:
    """Read; True where a film came out. Anything but a `BoneAgeError` fails the test."""
    try:
        radiograph = read(data)
    except BoneAgeError as error:
        said = f"{error}{error.__cause__ or ''}"
        assert SECRET_NAME not in said
        assert SECRET_ID not in said
        return False
    assert radiograph.pixels.shape == radiograph.display.shape
    assert min(radiograph.display.shape) >= 32
    return True


def test_the_inputs_of_the_fuzzer_are_read_or_refused() -> None:
    with ZipFile(CORPUS) as corpus:
        films = [survives(corpus.read(name)) for name in corpus.namelist()]
    assert len(films) == 200
    assert sum(films) > 10


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_prefix_is_refused(films: dict[str, bytes], kind: str) -> None:
    data = films[kind]
    lengths = {*range(0, len(data), max(1, len(data) // 60)), *range(len(data) - 12, len(data) - 1)}
    complete = [length for length in lengths if survives(data[:length])]
    assert complete == []


@pytest.mark.parametrize("syntax", [uid.RLELossless, uid.JPEG2000Lossless, uid.JPEGLSLossless, uid.ImplicitVRLittleEndian])
def test_prefixes_of_other_encodings(syntax: uid.UID) -> None:
    is_native = syntax == uid.ImplicitVRLittleEndian
    data = film_file(DEEP, syntax=syntax) if is_native else compressed_file(DEEP, syntax)
    assert not any(survives(data[:length]) for length in range(0, len(data) - 8, len(data) // 40))


def with_flips(data: bytes, generator: random.Random, reach: int) -> bytes:
    flipped = bytearray(data)
    for _ in range(generator.randint(1, 4)):
        flipped[generator.randrange(min(reach, len(data)))] ^= 1 << generator.randrange(8)
    return bytes(flipped)


@pytest.mark.parametrize("kind", KINDS)
def test_flipped_bits_in_the_header(films: dict[str, bytes], kind: str) -> None:
    generator = random.Random(kind)
    reach = 1200 if kind == "DICOM" else 120
    for _ in range(150):
        survives(with_flips(films[kind], generator, reach))


@pytest.mark.parametrize("syntax", [uid.RLELossless, uid.JPEG2000Lossless, uid.JPEGLSLossless, uid.JPEGLosslessSV1])
def test_flipped_bits_in_compressed_pixels(syntax: uid.UID) -> None:
    frame = jpeg_lossless_frame(DEEP, 12) if syntax == uid.JPEGLosslessSV1 else None
    data = compressed_file(DEEP, syntax, frame)
    generator = random.Random(str(syntax))
    for _ in range(60):
        survives(data[:1000] + with_flips(data[1000:], generator, len(data)))


def test_flipped_bits_in_a_directory_of_pages() -> None:
    generator = random.Random(7)
    data = pillow_file(ramp_image(8), "TIFF")
    for _ in range(150):
        flipped = bytearray(data)
        flipped[-generator.randrange(1, 140)] ^= 1 << generator.randrange(8)
        survives(bytes(flipped))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes(data: bytes) -> None:
    assert not survives(data)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"BM" + b"\0" * 12 + b"\x28\0\0\0", b"RIFF\0\0\0\0WEBP"]
    ),
    st.binary(max_size=200),
)
def test_random_bytes_after_a_signature(signature: bytes, data: bytes) -> None:
    assert not survives(signature + data)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([b"\0" * 128 + b"DICM", b"\x08\0\x05\0CS", b"\x08\0\x08\0\x10\0\0\0", b"\0\x08\0\x05CS"]),
    st.binary(max_size=300),
)
def test_random_bytes_as_dicom(start: bytes, data: bytes) -> None:
    assert not survives(start + data)


def test_deeply_nested_sequences() -> None:
    nested = b"\xfe\xff\x00\xe0\xff\xff\xff\xff\x08\x00\x15\x11SQ\0\0\xff\xff\xff\xff" * 20_000
    assert not survives(b"\0" * 128 + b"DICM\x08\x00\x15\x11SQ\0\0\xff\xff\xff\xff" + nested)


def test_film_without_a_single_bright_pixel() -> None:
    assert survives(pillow_file(np.zeros((40, 40), np.uint8), "PNG"))
