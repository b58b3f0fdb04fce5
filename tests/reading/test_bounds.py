from __future__ import annotations

import pytest

from openboneage.errors import UnreadableError
from openboneage.reading.bounds import MAX_DECODED_BYTES, MAX_PIXELS, MAX_SIDE_PX, MIN_SIDE_PX, check_size

WIDE = (MAX_SIDE_PX, MAX_PIXELS // MAX_SIDE_PX)


@pytest.mark.parametrize(
    ("size", "bytes_per_pixel"),
    [
        ((MIN_SIDE_PX, MIN_SIDE_PX), 1),
        ((MIN_SIDE_PX, MAX_SIDE_PX), 1),
        (WIDE, 1),
        ((8000, 8000), MAX_DECODED_BYTES // MAX_PIXELS),
    ],
)
def test_sizes_at_the_bounds_are_accepted(size: tuple[int, int], bytes_per_pixel: int) -> None:
    check_size(*size, bytes_per_pixel)
    check_size(*size[::-1], bytes_per_pixel)


@pytest.mark.parametrize(
    ("size", "bytes_per_pixel", "message"),
    [
        ((MIN_SIDE_PX - 1, 400), 1, r"at least 32 px a side, got \d+ x \d+;"),
        ((MIN_SIDE_PX, MAX_SIDE_PX + 1), 1, "at most 64 megapixels, 16384 px a side and 256 MB decoded"),
        ((8000, 8001), 1, "at most 64 megapixels"),
        ((8000, 8000), MAX_DECODED_BYTES // MAX_PIXELS + 1, "got 8000 x 8000 at 5 bytes per pixel"),
    ],
)
def test_sizes_beyond_the_bounds_are_refused(size: tuple[int, int], bytes_per_pixel: int, message: str) -> None:
    for sides in (size, size[::-1]):
        with pytest.raises(UnreadableError, match=message):
            check_size(*sides, bytes_per_pixel)
