"""DICOM pixels: every transfer syntax and depth, exact where the encoding is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom import uid

from openboneage.reading.read import read
from tests.reading.films import (
    DEEP,
    GREY,
    compressed_file,
    file_of,
    film_dataset,
    film_file,
    jpeg_lossless_frame,
    pillow_file,
    pydicom_file,
    ramp_image,
)

COLOUR = np.dstack([GREY, np.roll(GREY, 7, axis=1), np.flipud(GREY)])
LUMINANCE = np.rint(COLOUR @ [0.299, 0.587, 0.114])
ENCODED = sorted((Path(__file__).resolve().parents[2] / "data" / "encodings").glob("*.dcm"))
LOSS = {"baseline": 1, "extended": 1, "jpeg-ls-near": 2}
"""By how much a lossy encoding may differ, by its name; others are exact."""
DEPTHS = [(bits, signed) for bits in (8, 10, 12, 15, 16) for signed in (False, True)]


@pytest.mark.parametrize(("bits", "signed"), DEPTHS)
@pytest.mark.parametrize("syntax", [uid.ExplicitVRLittleEndian, uid.ImplicitVRLittleEndian, uid.DeflatedExplicitVRLittleEndian])
def test_uncompressed_is_exact(bits: int, signed: bool, syntax: uid.UID) -> None:
    pixels = ramp_image(bits, signed=signed)
    radiograph = read(film_file(pixels, bits=bits, syntax=syntax))
    assert np.array_equal(radiograph.pixels, pixels)
    assert radiograph.bits == bits


@pytest.mark.parametrize("representation", ["OB", "OW"])
def test_big_endian_of_8_bit_is_exact(representation: str) -> None:
    """As words (OW) each pair of bytes is turned: PS3.5 7.3."""
    dataset = film_dataset(GREY, bits=8, syntax=uid.ExplicitVRBigEndian)
    stored = GREY.tobytes() if representation == "OB" else GREY.view("u2").byteswap().tobytes()
    dataset.add_new("PixelData", representation, stored)
    assert np.array_equal(read(file_of(dataset)).pixels, GREY)


def test_big_endian_of_12_bit_is_exact() -> None:
    data = film_file(DEEP, syntax=uid.ExplicitVRBigEndian, PixelData=DEEP.byteswap().tobytes())
    assert np.array_equal(read(data).pixels, DEEP)


@pytest.mark.parametrize(("bits", "signed"), DEPTHS)
@pytest.mark.parametrize("syntax", [uid.RLELossless, uid.JPEGLSLossless, uid.JPEG2000Lossless])
def test_lossless_compression_is_exact(bits: int, signed: bool, syntax: uid.UID) -> None:
    pixels = ramp_image(bits, signed=signed)
    assert np.array_equal(read(compressed_file(pixels, syntax, bits=bits)).pixels, pixels)


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_jpeg_lossless_is_exact(bits: int) -> None:
    pixels = ramp_image(bits)
    data = compressed_file(pixels, uid.JPEGLosslessSV1, jpeg_lossless_frame(pixels, bits), bits=bits)
    assert np.array_equal(read(data).pixels, pixels)


def test_jpeg_baseline_is_close() -> None:
    data = compressed_file(GREY, uid.JPEGBaseline8Bit, pillow_file(GREY, "JPEG", quality=95), bits=8)
    assert np.abs(read(data).pixels.astype(int) - GREY).max() <= 6


@pytest.mark.parametrize("bits", [8, 10, 12, 15, 16])
def test_high_throughput_jpeg_2000_is_exact(bits: int) -> None:
    pixels = ramp_image(bits)
    assert np.array_equal(read(compressed_file(pixels, uid.HTJ2KLossless, bits=bits)).pixels, pixels)


@pytest.mark.parametrize("path", ENCODED, ids=lambda path: path.stem)
def test_each_encoding_of_another_program_is_read(path: Path) -> None:
    name, _, bits = path.stem.rpartition("-")
    difference = read(path).pixels.astype(int) - ramp_image(int(bits))
    assert np.abs(difference).max() <= LOSS.get(name, 0)


def test_jpeg_extended_of_a_device() -> None:
    radiograph = read(pydicom_file("JPGExtended.dcm"))
    assert (radiograph.pixels.shape, radiograph.bits) == ((1024, 256), 12)
    assert radiograph.pixels.mean() == pytest.approx(14.38, abs=0.05), "as libjpeg decodes it"


def test_jpeg_2000_in_colour() -> None:
    path = pydicom_file("examples_jpeg2k.dcm")
    expected = pydicom.dcmread(path).pixel_array @ [0.299, 0.587, 0.114]
    assert np.abs(read(path).pixels - expected).max() <= 1


@pytest.mark.parametrize("planar", [0, 1])
def test_rgb_becomes_luminance(planar: int) -> None:
    stored = COLOUR.transpose(2, 0, 1) if planar else COLOUR
    data = film_file(COLOUR, bits=8, PlanarConfiguration=planar, PixelData=stored.tobytes())
    radiograph = read(data)
    assert np.abs(radiograph.pixels - LUMINANCE).max() <= 1
    assert np.array_equal(radiograph.display, radiograph.pixels)


@pytest.mark.parametrize(
    "name",
    ["SC_rgb_jpeg_dcmtk.dcm", "SC_rgb_dcmtk_+eb+cr.dcm", "SC_rgb_dcmtk_+eb+cy+np.dcm", "SC_ybr_full_422_uncompressed.dcm"],
)
def test_ybr_gives_the_luminance_of_its_rgb(name: str) -> None:
    path = pydicom_file(name)
    expected = pydicom.dcmread(path).pixel_array @ [0.299, 0.587, 0.114]
    assert np.abs(read(path).pixels - expected).mean() <= 1


def test_colour_of_16_bit_keeps_its_depth() -> None:
    path = pydicom_file("SC_rgb_rle_16bit.dcm")
    expected = pydicom.dcmread(path).pixel_array @ [0.299, 0.587, 0.114]
    radiograph = read(path)
    assert np.abs(radiograph.pixels - expected).max() <= 2
    assert np.abs(radiograph.display - expected / 257).max() <= 1


def palette_file(bits: int, **changed: Any) -> bytes:
    entries = (np.arange(256) * (257 if bits == 16 else 1)).astype("u2" if bits == 16 else "u1")
    tags: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for colour, plane in (("Red", entries), ("Green", entries), ("Blue", entries)):
        tags[f"{colour}PaletteColorLookupTableDescriptor"] = [256, 0, bits]
        tags[f"{colour}PaletteColorLookupTableData"] = plane.tobytes()
    dataset = film_dataset(GREY, bits=8, **tags)
    for keyword, value in changed.items():
        setattr(dataset, keyword, value)
    return file_of(dataset)


@pytest.mark.parametrize("bits", [8, 16])
def test_grey_palette_gives_its_grey(bits: int) -> None:
    radiograph = read(palette_file(bits))
    assert np.array_equal(radiograph.pixels, GREY.astype(int) * (257 if bits == 16 else 1))
    assert np.array_equal(radiograph.display, GREY)


def test_colour_palette_gives_luminance() -> None:
    entries = np.arange(256, dtype=np.uint8)[::-1].tobytes()
    radiograph = read(palette_file(8, GreenPaletteColorLookupTableData=entries))
    expected = 0.413 * GREY + 0.587 * (255 - GREY.astype(int))
    assert np.abs(radiograph.pixels.astype(float) - expected).max() <= 1


def test_unused_bits_are_cleared() -> None:
    """Overlays were once kept above High Bit (PS3.5 8.1.1)."""
    assert np.array_equal(read(film_file(DEEP | 0xA000, bits=12)).pixels, DEEP)


def test_high_bit_is_honoured() -> None:
    assert np.array_equal(read(film_file(DEEP << 4, bits=12, HighBit=15)).pixels, DEEP)


def test_high_bit_that_does_not_fit_the_data_is_ignored() -> None:
    assert np.array_equal(read(film_file(DEEP, bits=12, HighBit=15)).pixels, DEEP)


def test_sign_is_extended_from_the_high_bit() -> None:
    stored = (ramp_image(12, signed=True).astype(int) & 0x0FFF).astype(np.int16)
    assert np.array_equal(read(film_file(stored, bits=12)).pixels, ramp_image(12, signed=True))


@pytest.mark.parametrize("start", ["meta", "dataset"])
@pytest.mark.parametrize("syntax", [uid.ExplicitVRLittleEndian, uid.ImplicitVRLittleEndian, uid.ExplicitVRBigEndian])
def test_without_preamble_or_file_meta(start: str, syntax: uid.UID) -> None:
    stored = DEEP.byteswap() if syntax == uid.ExplicitVRBigEndian else DEEP
    data = film_file(DEEP, syntax=syntax, PixelData=stored.tobytes())
    meta_bytes = 12 + int.from_bytes(data[140:144], "little")
    assert np.array_equal(read(data[132 if start == "meta" else 132 + meta_bytes :]).pixels, DEEP)


def test_private_attributes_are_passed_over() -> None:
    dataset = film_dataset(DEEP)
    block = dataset.private_block(0x0029, "NONSENSE", create=True)
    block.add_new(0x10, "UN", b"\xfe\xff\x00\xe0" * 7)
    block.add_new(0x11, "SQ", [film_dataset(GREY, bits=8)])
    assert np.array_equal(read(file_of(dataset)).pixels, DEEP)


@pytest.mark.parametrize(
    ("keyword", "pixels", "bits"),
    [
        ("PhotometricInterpretation", DEEP, 12),
        ("PhotometricInterpretation", COLOUR, 8),
        ("SamplesPerPixel", DEEP, 12),
        ("SamplesPerPixel", COLOUR, 8),
        ("PixelRepresentation", DEEP, 12),
        ("BitsStored", DEEP, 12),
        ("PlanarConfiguration", COLOUR, 8),
    ],
)
def test_missing_attribute_is_assumed_and_reported(keyword: str, pixels: np.ndarray, bits: int) -> None:
    radiograph = read(film_file(pixels, bits=bits, **{keyword: None}))
    assert np.abs(radiograph.pixels - (DEEP if pixels is DEEP else LUMINANCE)).max() <= 1
    finding = next(finding for finding in radiograph.findings if finding.code == "attribute-assumed")
    assert keyword in finding.message


def test_missing_high_bit_gives_no_finding() -> None:
    assert read(film_file(DEEP, HighBit=None)).findings == ()
