"""Fixtures of the reading tests, made with `films`."""

from __future__ import annotations

import pytest

from tests.reading.films import film_file, pillow_file, ramp_image


@pytest.fixture(scope="session")
def films() -> dict[str, bytes]:
    """One sound file of each kind, 40 x 48 px."""
    grey = ramp_image(8)
    return {
        "PNG": pillow_file(grey, "PNG"),
        "JPEG": pillow_file(grey, "JPEG"),
        "TIFF": pillow_file(grey, "TIFF", compression="tiff_lzw"),
        "BMP": pillow_file(grey, "BMP"),
        "WEBP": pillow_file(grey, "WEBP", lossless=True),
        "DICOM": film_file(ramp_image(12)),
    }
