"""Size limits, checked on the header before a decoder allocates memory for the pixels."""

from __future__ import annotations

from openboneage.errors import UnreadableError

MIN_SIDE_PX = 32
MAX_SIDE_PX = 16_384
MAX_PIXELS = 64_000_000  # 64 megapixels; the largest detectors for a single exposure have about 20
MAX_DECODED_BYTES = 4 * MAX_PIXELS
MAX_FILE_BYTES = 512 * 1024 * 1024
SPACING_RANGE_MM = (0.01, 2.0)


def check_size(width_px: int, height_px: int, bytes_per_pixel: int = 1) -> None:
    """Refuse an image that is too large to decode safely or too small to show a hand.

    Raises:
        UnreadableError: A side, the number of pixels or the decoded size is out of bounds.
    """
    got = f"got {width_px} x {height_px}"
    if min(width_px, height_px) < MIN_SIDE_PX:
        raise UnreadableError(f"Expected an image of at least {MIN_SIDE_PX} px a side, {got}; export the film at full size.")
    pixels = width_px * height_px
    if max(width_px, height_px) > MAX_SIDE_PX or pixels > MAX_PIXELS or pixels * bytes_per_pixel > MAX_DECODED_BYTES:
        raise UnreadableError(
            f"Expected an image of at most {MAX_PIXELS // 1_000_000} megapixels, {MAX_SIDE_PX} px a side and "
            f"{MAX_DECODED_BYTES // 1_000_000} MB decoded, {got} at {bytes_per_pixel} bytes per pixel; export the film smaller."
        )
