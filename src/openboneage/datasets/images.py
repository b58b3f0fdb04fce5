"""Images inside the archives of the data sets."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.errors import UnreadableError


def decode_grey(data: bytes, name: str) -> NDArray[np.uint8]:
    """Decode an image of an archive to brightness, `(height, width)` uint8; `name` is what an error calls it.

    Raises:
        UnreadableError: The bytes are no image.
    """
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise UnreadableError(f"{name} is not a readable image.")
    return np.asarray(image, np.uint8)
