"""Whether bones are bright or dark: the rule of Lee 2017, and the decision of the program."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CORNER_PX = 10


def corner_rule_inverted(film: NDArray[np.uint8 | np.uint16], maximum: int = 255) -> bool:
    """The corner rule as printed: the mean of the four corners' 10 x 10 patches against half the maximum value.

    It mistakes a white collimation border for a white background, so the program does not use it; `boneage evaluate polarity`
    compares both.

    Source: Lee et al. 2017, "Preprocessing Engine", Normalization.

    Args:
        film: `(height, width)`.
        maximum: Largest value of the film's depth, such as 255 for 8 bits.

    Returns:
        Whether the background is white, so that the film must be inverted.
    """
    near, far = slice(None, CORNER_PX), slice(-CORNER_PX, None)
    patches = [film[rows, columns] for rows in (near, far) for columns in (near, far)]
    return bool(np.mean([patch.mean() for patch in patches]) > maximum / 2)


def bright_bones(film: NDArray[np.uint8], inverted: bool) -> NDArray[np.uint8]:
    """The film with bright bones on a dark background."""
    return np.subtract(255, film, dtype=np.uint8) if inverted else film
