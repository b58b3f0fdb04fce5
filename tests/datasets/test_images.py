from __future__ import annotations

import cv2
import numpy as np
import pytest

from openboneage.datasets.images import decode_grey
from openboneage.errors import UnreadableError


def test_image_is_decoded_to_brightness() -> None:
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8)
    assert (decode_grey(cv2.imencode(".png", pixels)[1].tobytes(), "x") == pixels).all()


def test_damaged_image_is_named() -> None:
    with pytest.raises(UnreadableError, match="Film 7 is not a readable image"):
        decode_grey(b"no image", "Film 7")
