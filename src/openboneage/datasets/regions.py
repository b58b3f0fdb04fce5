"""Manually drawn regions of 1,045 RSNA films: every joint, epiphysis and carpal bone, as unnamed polygons.

Source: Deng et al., Math Biosci Eng 2023; 20(7):13133 (Zenodo 7947924). `datasets.skeleton` names them.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.errors import InputError

Polygon = NDArray[np.float64]
"""Corners `(n, 2)` in native pixels, x then y."""


@dataclass(frozen=True, eq=False)
class DrawnRegions:
    """Annotations of one film.

    Attributes:
        size_px: Native width and height of the film.
        joints: Joints; the wrist is one.
        bones: Epiphyses and carpal bones. Where two touch, as in older hands, they are one polygon.
    """

    size_px: tuple[int, int]
    joints: tuple[Polygon, ...]
    bones: tuple[Polygon, ...]


def read_regions(path: Path) -> dict[str, DrawnRegions]:
    """Read `regions.json.gz`, by film id.

    Raises:
        InputError: The file is missing or contains something else.
    """
    try:
        films = json.loads(gzip.decompress(path.read_bytes()))
        return {film_id: _drawn(film) for film_id, film in films.items()}
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"Expected drawn regions of films (regions.json.gz) at {path}: {error}.") from None


def _drawn(film: dict[str, list[list[list[float]]]]) -> DrawnRegions:
    joints, bones = (tuple(np.array(polygon, float).reshape(-1, 2) for polygon in film[kind]) for kind in ("joint", "bone"))
    width, height = film["size"]
    return DrawnRegions((int(width), int(height)), joints, bones)  # type: ignore[call-overload]
