from __future__ import annotations

import io
import struct
import sys
import zlib
from contextlib import suppress
from typing import Literal

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from openboneage.errors import RefusedError, UnreadableError
from openboneage.reading.read import read
from tests.reading.films import GREY, pillow_file, ramp_image

DEEP = ramp_image(16)
COLOUR = np.dstack([GREY, np.roll(GREY, 7, axis=1), np.flipud(GREY)])
LUMINANCE = np.rint(COLOUR @ [0.299, 0.587, 0.114])


def opencv_file(image: np.ndarray, extension: str) -> bytes:
    return cv2.imencode(extension, image)[1].tobytes()


def tiff_of(image: np.ndarray, order: Literal["<", ">"] = "<", **changed: int) -> bytes:
    """An uncompressed grey TIFF, with tags changed by number (`t262=0`)."""
    tags = {256: image.shape[1], 257: image.shape[0], 258: 8 * image.itemsize, 259: 1, 262: 1, 273: 8, 277: 1}
    tags |= {278: image.shape[0], 279: image.nbytes, **{int(name[1:]): value for name, value in changed.items()}}
    pixels = image.astype(image.dtype.newbyteorder(order)).tobytes()
    entries = b"".join(struct.pack(f"{order}HHII", tag, 4, 1, value) for tag, value in sorted(tags.items()))
    head = struct.pack(f"{order}2sHI", b"II" if order == "<" else b"MM", 42, 8 + len(pixels))
    return head + pixels + struct.pack(f"{order}H", len(tags)) + entries + struct.pack(f"{order}I", 0)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "WEBP"])
def test_8_bit_is_exact(kind: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    radiograph = read(pillow_file(GREY, kind, **options))
    assert np.array_equal(radiograph.pixels, GREY)
    assert np.array_equal(radiograph.display, GREY)
    assert radiograph.bits == 8


@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_is_close(progressive: bool) -> None:
    radiograph = read(pillow_file(GREY, "JPEG", quality=95, progressive=progressive))
    assert np.abs(radiograph.pixels.astype(int) - GREY).max() <= 6


@pytest.mark.parametrize("data", [opencv_file(DEEP, ".png"), tiff_of(DEEP), tiff_of(DEEP, ">")], ids=["png", "tiff", "tiff-be"])
def test_16_bit_keeps_its_depth(data: bytes) -> None:
    radiograph = read(data)
    assert np.array_equal(radiograph.pixels, DEEP)
    assert np.abs(radiograph.display - DEEP / 257).max() <= 0.5
    assert radiograph.bits == 16


def test_12_bit_in_16_is_shown_bright() -> None:
    radiograph = read(opencv_file(ramp_image(12), ".png"))
    assert radiograph.pixels.max() == 4095
    assert (radiograph.display.min(), radiograph.display.max()) == (0, 255)


@pytest.mark.parametrize(
    "data",
    [
        pillow_file(COLOUR, "PNG"),
        pillow_file(COLOUR, "TIFF", compression="tiff_deflate"),
        pillow_file(COLOUR, "BMP"),
        pillow_file(COLOUR, "WEBP", lossless=True),
    ],
    ids=["png", "tiff", "bmp", "webp"],
)
def test_colour_becomes_luminance(data: bytes) -> None:
    assert np.abs(read(data).pixels - LUMINANCE).max() <= 1


def test_colour_of_16_bit_keeps_its_depth() -> None:
    deep = opencv_file((COLOUR.astype(np.uint16) * 257)[..., ::-1], ".png")
    pixels = read(deep).pixels
    assert pixels.dtype == np.uint16
    assert np.abs(pixels.astype(float) / 257 - LUMINANCE).max() <= 1


def test_cmyk_jpeg_is_read() -> None:
    data = pillow_file(Image.fromarray(GREY).convert("CMYK"), "JPEG", quality=95)
    assert np.abs(read(data).pixels.astype(int) - GREY).max() <= 8


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_alpha_is_laid_over_black(kind: str) -> None:
    alpha = np.full_like(GREY, 255)
    alpha[:10], alpha[10:20] = 0, 128
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    pixels = read(pillow_file(np.dstack([GREY, GREY, GREY, alpha]), kind, **options)).pixels
    assert not pixels[:10].any()
    assert np.abs(pixels[10:20].astype(float) - GREY[10:20] / 2).max() <= 1
    assert np.array_equal(pixels[20:], GREY[20:])


def test_alpha_of_16_bit_is_laid_over_black() -> None:
    alpha = np.full_like(DEEP, 65535)
    alpha[:, :20] = 0
    pixels = read(opencv_file(cv2.merge([DEEP, DEEP, DEEP, alpha]), ".png")).pixels
    assert not pixels[:, :20].any()
    assert np.array_equal(pixels[:, 20:], DEEP[:, 20:])


@pytest.mark.parametrize("mode", ["P", "1", "LA", "L"])
def test_png_modes(mode: str) -> None:
    image = Image.fromarray(GREY).convert(mode)
    assert np.abs(read(pillow_file(image, "PNG")).pixels.astype(int) - np.asarray(image.convert("L"))).max() <= 1


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_orientation_is_applied(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    extra = {"lossless": True} if kind == "WEBP" else {"quality": 100} if kind == "JPEG" else {}
    smooth = np.add.outer(np.arange(40) * 3, np.arange(48) * 2).astype(np.uint8)
    data = pillow_file(smooth, kind, exif=exif, **extra)
    stored = Image.open(io.BytesIO(pillow_file(smooth, "PNG", exif=exif)))
    upright = np.asarray(ImageOps.exif_transpose(stored)).astype(int)
    assert np.abs(read(data).pixels - upright).max() <= 2


def test_damaged_exif_counts_as_upright() -> None:
    exif = b"Exif\0\0II*\0\xff\xff\xff\x7f"
    assert read(pillow_file(GREY, "JPEG", exif=exif)).pixels.shape == GREY.shape


@pytest.mark.parametrize("image", [GREY, DEEP], ids=["8", "16"])
def test_tiff_white_is_zero_is_turned(image: np.ndarray) -> None:
    inverted = np.invert(image)
    assert np.array_equal(read(tiff_of(inverted, t262=0)).pixels, image)


def test_tiff_thumbnail_is_not_a_page() -> None:
    thumbnail = Image.fromarray(GREY[::2, ::2])
    thumbnail.encoderinfo = {"tiffinfo": {254: 1}}
    data = pillow_file(Image.fromarray(GREY), "TIFF", save_all=True, append_images=[thumbnail])
    assert np.array_equal(read(data).pixels, GREY)


@pytest.mark.parametrize("kind", ["TIFF", "PNG", "WEBP", "GIF"])
def test_several_images_are_refused(kind: str) -> None:
    images = [Image.fromarray(np.roll(GREY, shift)) for shift in (0, 5)]
    data = pillow_file(images[0], kind, save_all=True, append_images=images[1:])
    expected, match = (UnreadableError, "a GIF image") if kind == "GIF" else (RefusedError, "2 pages or frames")
    with pytest.raises(expected, match=match):
        read(data)


def png_claiming(width: int, height: int, *, bits: int = 8, idat: bytes = b"") -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", idat) + chunk(b"IEND", b"")


def webp_claiming(width: int, height: int) -> bytes:
    body = b"\0" * 4 + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunks = b"VP8X" + struct.pack("<I", 10) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


BOMBS = {
    "png": png_claiming(20_000, 20_000),
    "png-one-long-side": png_claiming(100_000, 40),
    "png-2-31": png_claiming(2**31 - 1, 2**31 - 1),
    "jpeg": pillow_file(GREY, "JPEG").replace(struct.pack(">HH", 40, 48), struct.pack(">HH", 20_000, 20_000), 1),
    "tiff": tiff_of(GREY, t256=20_000, t257=20_000),
    "tiff-tile": tiff_of(GREY, t322=1_000_000, t323=1_000_000),
    "bmp": pillow_file(GREY, "BMP").replace(struct.pack("<ii", 48, 40), struct.pack("<ii", 20_000, -20_000), 1),
    "webp": webp_claiming(20_000, 20_000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_refused_before_decoding(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("decoded"))
    with pytest.raises(UnreadableError, match="at most 64 megapixels"):
        read(BOMBS[name])


def test_real_bomb_does_not_take_its_memory() -> None:
    resource = pytest.importorskip("resource")
    rows = zlib.compress(b"\0" * (20_000 * 2_501), 1)  # 400 megapixels of one bit in 0.2 MB
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UnreadableError, match="got 20000 x 20000"):
        read(png_claiming(20_000, 20_000, bits=1, idat=rows))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 20_000


@pytest.mark.parametrize("shape", [(31, 400), (400, 31)])
def test_too_small_an_image_is_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(UnreadableError, match="at least 32 px"):
        read(pillow_file(np.zeros(shape, np.uint8), "PNG"))


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (pillow_file(GREY.astype(np.float32), "TIFF"), "unsigned TIFF samples"),
        (tiff_of(DEEP, t339=2), "unsigned TIFF samples"),
        (tiff_of(GREY, t284=2, t277=3), "interleaved samples"),
        (tiff_of(GREY, t277=5), "interleaved samples"),
        (tiff_of(GREY, t258=12), "got 12"),
        (png_claiming(40, 40, idat=zlib.compress(b"\0" * 41 * 20)), "damaged or truncated"),
    ],
    ids=["float", "signed", "planar", "five-samples", "12-bit", "short-idat"],
)
def test_unsupported_variants_are_refused_clearly(data: bytes, match: str) -> None:
    with pytest.raises(UnreadableError, match=match):
        read(data)


def test_flipped_bit_in_png_pixels_is_noticed(films: dict[str, bytes]) -> None:
    data = bytearray(films["PNG"])
    data[data.index(b"IDAT") + 40] ^= 0x10
    with pytest.raises(UnreadableError, match="damaged"):
        read(bytes(data))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "BMP"])
def test_reading_is_silent(films: dict[str, bytes], kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    read(films[kind])
    with pytest.raises(UnreadableError):
        read(films[kind][:-40])
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("place", "kind", "body"), [(33, b"tRNS", bytes(9)), (33, b"PLTE", bytes(9)), (41, b"oops", b"")])
def test_the_decoder_of_png_files_is_silent(place: int, kind: bytes, body: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    plain = pillow_file(ramp_image(8), "PNG")
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    with suppress(UnreadableError):
        read(plain[:place] + chunk + plain[place:])

    sys.stderr.write("still printed\n")
    assert capfd.readouterr() == ("", "still printed\n")
