"""DICOM objects that are refused: clearly, before memory is spent, and without a patient's data in any message."""

from __future__ import annotations

import logging
import struct
import traceback
import warnings
import zlib
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread, uid
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import Decoder
from pydicom.tag import Tag

from openboneage.errors import BoneAgeError, RefusedError, UnreadableError
from openboneage.reading.read import read
from tests.reading.films import (
    DEEP,
    GREY,
    SECRET_ID,
    SECRET_NAME,
    compressed_file,
    file_of,
    film_dataset,
    film_file,
    jpeg_lossless_frame,
    pillow_file,
    pydicom_file,
)


@pytest.mark.parametrize("name", ["reportsi.dcm", "rtstruct.dcm", "rtplan.dcm", "waveform_ecg.dcm", "DICOMDIR"])
def test_objects_without_an_image(name: str) -> None:
    with pytest.raises(UnreadableError, match="without"):
        read(pydicom_file(name))


@pytest.mark.parametrize("name", ["liver_1frame.dcm", "rtdose_1frame.dcm", "SC_rgb_rle_32bit.dcm"])
def test_unsupported_formats(name: str) -> None:
    with pytest.raises(UnreadableError, match="another format"):
        read(pydicom_file(name))


@pytest.mark.parametrize("name", ["examples_ybr_color.dcm", "SC_rgb_rle_2frame.dcm", "rtdose.dcm"])
def test_several_frames(name: str) -> None:
    with pytest.raises(RefusedError, match="several frames"):
        read(pydicom_file(name))


def test_several_frames_that_the_header_hides() -> None:
    with pytest.raises(RefusedError, match="several frames"):
        read(film_file(DEEP, PixelData=DEEP.tobytes() * 2))


def test_several_compressed_frames_that_the_header_hides() -> None:
    dataset = film_dataset(GREY, bits=8)
    dataset.file_meta.TransferSyntaxUID = uid.JPEGBaseline8Bit
    dataset.PixelData = encapsulate([pillow_file(GREY, "JPEG")] * 2, has_bot=False)
    dataset["PixelData"].is_undefined_length = True
    with pytest.raises(RefusedError, match="several frames"):
        read(file_of(dataset))


@pytest.mark.parametrize(
    "tags",
    [
        {"Rows": 20_000, "Columns": 20_000},
        {"Rows": 65_535, "Columns": 40},
        {"Rows": 8_000, "Columns": 8_000, "SamplesPerPixel": 3, "PhotometricInterpretation": "RGB"},
    ],
)
def test_bomb_is_refused_before_decoding(tags: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Decoder, "as_array", lambda *_, **__: pytest.fail("decoded"))
    with pytest.raises(UnreadableError, match="at most 64 megapixels"):
        read(film_file(DEEP, **tags))


def test_bomb_inside_the_compressed_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """The DICOM header is harmless, but the decoder would believe the frame."""
    monkeypatch.setattr(Decoder, "as_array", lambda *_, **__: pytest.fail("decoded"))
    frame = pillow_file(GREY, "JPEG").replace(struct.pack(">HH", 40, 48), struct.pack(">HH", 60_000, 60_000), 1)
    with pytest.raises(UnreadableError, match="one size"):
        read(compressed_file(GREY, uid.JPEGBaseline8Bit, frame, bits=8))


def test_deflated_bomb_does_not_take_its_memory() -> None:
    resource = pytest.importorskip("resource")
    plain = film_file(DEEP, syntax=uid.DeflatedExplicitVRLittleEndian)
    start = 132 + 12 + int.from_bytes(plain[140:144], "little")
    deflater = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = b"".join(deflater.compress(bytes(2**20)) for _ in range(140)) + deflater.flush()
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UnreadableError, match="at most 128 MiB"):
        read(plain[:start] + body)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 20_000


def test_too_small() -> None:
    with pytest.raises(UnreadableError, match="at least 32 px"):
        read(film_file(DEEP[:20]))


@pytest.mark.parametrize("keyword", ["Rows", "Columns", "PixelData"])
def test_missing_image_attributes(keyword: str) -> None:
    with pytest.raises(UnreadableError, match="without"):
        read(film_file(DEEP, **{keyword: None}))


@pytest.mark.parametrize(
    "tags",
    [
        {"BitsAllocated": 32},
        {"BitsAllocated": 12},
        {"BitsAllocated": None},
        {"SamplesPerPixel": 2},
        {"PhotometricInterpretation": "HSV"},
        {"PhotometricInterpretation": "RGB"},
    ],
)
def test_contradictory_formats(tags: dict[str, Any]) -> None:
    with pytest.raises(UnreadableError, match="another format"):
        read(film_file(DEEP, **tags))


def test_short_pixel_data() -> None:
    with pytest.raises(UnreadableError, match="Expected 3840 bytes of pixel data, got 3838"):
        read(film_file(DEEP, PixelData=DEEP.tobytes()[:-2]))


FRAMES = {
    "jpeg": lambda: compressed_file(GREY, uid.JPEGBaseline8Bit, pillow_file(GREY, "JPEG")[:-200], bits=8),
    "jpeg-lossless": lambda: compressed_file(DEEP, uid.JPEGLosslessSV1, jpeg_lossless_frame(DEEP, 12)[:-200]),
    "jpeg-2000": lambda: shortened(uid.JPEG2000Lossless),
    "jpeg-ls": lambda: shortened(uid.JPEGLSLossless),
    "rle": lambda: shortened(uid.RLELossless),
}


def shortened(syntax: uid.UID) -> bytes:
    dataset = dcmread(BytesIO(compressed_file(DEEP, syntax)))
    dataset.PixelData = encapsulate([dataset.PixelData[16:-200]])
    return file_of(dataset)


@pytest.mark.parametrize("name", FRAMES)
def test_compressed_pixels_cut_off(name: str) -> None:
    with pytest.raises(UnreadableError, match=r"cut off|can be decoded"):
        read(FRAMES[name]())


def test_one_frame_too_small_for_its_header() -> None:
    with pytest.raises(UnreadableError, match="one size"):
        read(compressed_file(np.vstack([GREY, GREY]), uid.JPEGBaseline8Bit, pillow_file(GREY, "JPEG"), bits=8))


@pytest.mark.parametrize("syntax", [uid.MPEG2MPML, "1.2.826.0.1.999.9.9.999"])
def test_unsupported_transfer_syntax(syntax: str) -> None:
    data = compressed_file(GREY, uid.MPEG2MPML, b"\0" * 100, bits=8).replace(uid.MPEG2MPML.encode(), syntax.encode())
    with pytest.raises(UnreadableError, match="Expected a transfer syntax for images"):
        read(data)


def test_compressed_pixels_declared_uncompressed() -> None:
    data = compressed_file(DEEP, uid.JPEG2000Lossless)
    declared = data.replace(b"1.2.840.10008.1.2.4.90", b"1.2.840.10008.1.2.1\0\0\0", 1)
    with pytest.raises(UnreadableError, match="got compressed ones"):
        read(declared)


def test_palette_without_tables() -> None:
    with pytest.raises(UnreadableError, match="three lookup tables"):
        read(film_file(GREY, bits=8, PhotometricInterpretation="PALETTE COLOR"))


def test_deflated_file_cut_off() -> None:
    with pytest.raises(UnreadableError, match="truncated"):
        read(film_file(DEEP, syntax=uid.DeflatedExplicitVRLittleEndian)[:-60])


def with_raw_text(dataset: Dataset, keyword: str, text: str) -> Dataset:
    """Put text where a number belongs, which pydicom would refuse to write."""
    tag = Tag(keyword)
    dataset._dict[tag] = RawDataElement(tag, dictionary_VR(tag), len(text), text.encode(), 0, False, True)
    return dataset


def everything_said(data: bytes, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> str:
    """Collect findings, the error with its causes, warnings, log and standard streams."""
    caplog.set_level(logging.DEBUG)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            said = repr(read(data).findings)
        except BoneAgeError:
            said = traceback.format_exc()
    return " ".join([said, caplog.text, *map(str, caught), *capfd.readouterr()]).upper()


@pytest.mark.parametrize("keyword", ["Rows", "NumberOfFrames", "WindowCenter", "PixelSpacing", "PhotometricInterpretation"])
def test_values_in_wrong_places_do_not_leak(
    keyword: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    said = everything_said(file_of(with_raw_text(film_dataset(DEEP), keyword, "ZWICKY")), caplog, capfd)
    assert "ZWICKY" not in said


def test_wrong_character_set_does_not_leak(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    data = film_file(DEEP, SpecificCharacterSet="ISO_IR 100").replace(b"ISO_IR 100", b"ZWICKY    ")
    assert "ZWICKY" not in everything_said(data, caplog, capfd)


@pytest.mark.parametrize("length", [300, 500, 700, 900, 2_000])
def test_name_and_identifier_do_not_leak(
    length: int, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    said = everything_said(film_file(DEEP)[:length], caplog, capfd)
    assert not any(secret.upper() in said for secret in (*SECRET_NAME.split("^"), SECRET_ID))
