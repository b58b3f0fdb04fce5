"""Images inside the archives of the data sets."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.errors import UnreadableError


def decode_grey(data: bytes, name: str) -> NDArray[np.uint8]:
    """Decode an image of an archive to brightness, `(height, width)` uint8; `name` is used in errors.

    Raises:
        UnreadableError: The bytes are not an image.
    """
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise UnreadableError(f"{name} is not a readable image.")
    return np.asarray(image, np.uint8)
