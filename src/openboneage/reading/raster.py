"""Read films as PNG, JPEG, TIFF, BMP or WebP.

- `pixels` are the stored samples; of a colour image, their luminance at full depth. Transparent parts are drawn over black, the
  colour of unexposed film on a viewer.
- `display` equals 8-bit pixels; for 16 bit see `display.show_unwindowed`.
- EXIF and TIFF orientation is applied, so both arrays are oriented as in a viewer.
- The resolution in dots per inch is ignored: in exported images it describes a printer or a screen, not the film.
- Animations and files with several pages are refused, since the right page is unknown. Additional pictures after a JPEG
  (previews, gain maps) are not pages; the first picture is read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.errors import RefusedError, UnreadableError
from openboneage.reading import display
from openboneage.reading.bounds import check_size
from openboneage.reading.display import Pixels
from openboneage.reading.guards import quiet_opencv, unreadable_if_it_fails
from openboneage.reading.headers import ImageHeader, bmp_header, jpeg_header, png_header, png_image, tiff_header, webp_header
from openboneage.reading.radiograph import Radiograph

_HEADERS: dict[str, Callable[[bytes], ImageHeader]] = {
    "PNG": png_header,
    "JPEG": jpeg_header,
    "TIFF": tiff_header,
    "BMP": bmp_header,
    "WEBP": webp_header,
}
_BYTES_PER_SAMPLE = {1: 1, 2: 1, 4: 1, 8: 1, 16: 2}

# EXIF 2.32, tag 0x0112: the transform of stored rows and columns that makes the image upright.
_UPRIGHT: dict[int, Callable[[Pixels], Pixels]] = {
    2: np.fliplr,
    3: lambda stored: np.rot90(stored, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: np.rot90(stored, 2).T,
    8: np.rot90,
}


def read_raster(data: bytes, kind: str, *, name: str, sha256: str) -> Radiograph:
    """Read a raster image.

    Args:
        data: The file's bytes.
        kind: `PNG`, `JPEG`, `TIFF`, `BMP` or `WEBP`.
        name: Name to show.
        sha256: Checksum of `data`.

    Raises:
        RefusedError: The file holds several images.
        UnreadableError: The file is damaged, cut off, too large or of an unsupported variant.
    """
    with unreadable_if_it_fails(f"a {kind} header"):
        header = _HEADERS[kind](data)
    _check(header, kind)
    with quiet_opencv, unreadable_if_it_fails(f"{kind} pixels"):
        image = png_image(data) if kind == "PNG" else data
        decoded = cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None or decoded.dtype not in (np.uint8, np.uint16):
        raise UnreadableError(f"Expected intact {kind} pixels, got damaged or truncated data; export the film again.")
    if sorted(decoded.shape[:2]) != sorted((header.height_px, header.width_px)):
        raise UnreadableError(f"Expected one size in the {kind} header and its pixels, got two; export the film again.")
    pixels = _upright(_grey(decoded), header)
    return Radiograph(
        pixels=pixels,
        display=display.show_unwindowed(pixels),
        name=name,
        sha256=sha256,
        format=kind,
        bits=header.bits,
    )


def _check(header: ImageHeader, kind: str) -> None:
    """Refuse images that must not or cannot be decoded."""
    if header.frames > 1:
        raise RefusedError(f"Expected one image, got a {kind} with {header.frames} pages or frames; export a single image.")
    if header.bits not in _BYTES_PER_SAMPLE:
        raise UnreadableError(f"Expected 8 or 16 bits per sample, got {header.bits} in a {kind}; export as 8 or 16 bit PNG.")
    check_size(header.width_px, header.height_px, header.samples * _BYTES_PER_SAMPLE[header.bits])


def _grey(decoded: NDArray[Any]) -> Pixels:
    """Reduce OpenCV's grey, BGR or BGRA to luminance over black."""
    if decoded.ndim == 2:
        return decoded
    conversion = cv2.COLOR_BGR2GRAY if decoded.shape[2] == 3 else cv2.COLOR_BGRA2GRAY
    grey = np.asarray(cv2.cvtColor(decoded, conversion), decoded.dtype)
    if decoded.shape[2] == 3:
        return grey
    alpha = np.ascontiguousarray(decoded[:, :, 3])
    opaque = np.iinfo(alpha.dtype).max
    return grey if alpha.min() == opaque else np.asarray(cv2.multiply(grey, alpha, scale=1 / opaque), decoded.dtype)


def _upright(grey: Pixels, header: ImageHeader) -> Pixels:
    if header.white_is_zero:
        grey = np.invert(grey)
    turn = _UPRIGHT.get(header.orientation)
    return grey if turn is None else np.ascontiguousarray(turn(grey))
