"""Which split a film belongs to: a fixed hash of its id, so that every study and every run agrees."""

from __future__ import annotations

import hashlib
from enum import StrEnum

SPLIT_SALT = "openboneage-split-1"


class Split(StrEnum):
    """Train 80 %, validation 10 % (calibration of the intervals), held out 10 % (figures only)."""

    TRAIN = "train"
    VALIDATION = "validation"
    HELD_OUT = "held-out"
    NATIVE = "native"


def split_of(film_id: str, native_ids: frozenset[str] = frozenset()) -> Split:
    """Assign a film by the first 32 bits of sha256(`openboneage-split-1:<id>`), modulo 10.

    Args:
        film_id: Identifier of the film in its data set.
        native_ids: Films kept for the high-resolution check; they belong to no other split.
    """
    if film_id in native_ids:
        return Split.NATIVE
    digest = hashlib.sha256(f"{SPLIT_SALT}:{film_id}".encode()).digest()
    bucket = int.from_bytes(digest[:4], "big") % 10
    return {8: Split.VALIDATION, 9: Split.HELD_OUT}.get(bucket, Split.TRAIN)
