"""The split of a film: a fixed hash of its id, the same in every study and every run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from enum import StrEnum

SPLIT_SALT = "openboneage-split-1"
ACTIVE_SALT = "openboneage-active-1"

RSNA_NATIVE_IDS = frozenset(map(str, (
    1377, 1380, 1418, 1437, 1440, 1452, 1472, 1489, 1511, 1512, 1513, 1514, 1515, 1516, 1517, 1518, 1519, 1520, 1541, 1578,
    1638, 1685, 1706, 1708, 1785, 1959, 2104, 2107, 2110, 2130, 2142, 2171, 2182, 2249, 2258, 2374, 2391, 2464, 2496, 2498,
    2503, 2550, 2565, 2587, 2608, 2621, 2661, 2670, 2687, 2732, 2768, 2783, 2798, 2815, 2838, 2859, 7034, 7035, 7036, 7037,
    7038, 7040, 7041, 7042, 7043, 7047, 7256, 14717, 14729, 14735, 14750, 14931,
)))  # fmt: skip
"""RSNA training films of the full-size test: never used for training or tuning."""


class Split(StrEnum):
    """Train 80 %, validation 10 % (calibration of the intervals), held out 10 % (figures only)."""

    TRAIN = "train"
    VALIDATION = "validation"
    HELD_OUT = "held-out"
    NATIVE = "native"


def split_of(key: str) -> Split:
    """Assign a split by the first 32 bits of sha256(`openboneage-split-1:<key>`), modulo 10.

    Args:
        key: The patient, so that all films of one child share a split; the film's id where patients are not known.
    """
    digest = hashlib.sha256(f"{SPLIT_SALT}:{key}".encode()).digest()
    bucket = int.from_bytes(digest[:4], "big") % 10
    return {8: Split.VALIDATION, 9: Split.HELD_OUT}.get(bucket, Split.TRAIN)


def rsna_split(film_id: str) -> Split:
    """Assign a training film of the RSNA challenge: native where it is one of those, else by the hash of its id."""
    return Split.NATIVE if film_id in RSNA_NATIVE_IDS else split_of(film_id)


def asking_order(ids: Iterable[str]) -> tuple[str, ...]:
    """The fixed order in which films start active learning: by sha256(`openboneage-active-1:<id>`).

    A study takes its first films from the front; the rest is the pool from which it asks.
    """
    return tuple(sorted(ids, key=lambda film_id: hashlib.sha256(f"{ACTIVE_SALT}:{film_id}".encode()).hexdigest()))
