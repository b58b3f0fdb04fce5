"""Folders of graded hands, made for a test."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import cv2

from openboneage.bones.names import RUS
from openboneage.datasets.graded_hands import GradedHand


def write_graded(folder: Path, hands: Sequence[GradedHand]) -> Path:
    """Write hands as `read_graded_hands` reads them."""
    (folder / "crops").mkdir(parents=True)
    with (folder / "levels.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "sex", "age_months", *RUS))
        for hand in hands:
            writer.writerow((hand.id, hand.sex.value[0].upper(), hand.age_months, *hand.levels))
            for bone, crop in zip(RUS, hand.crops, strict=True):
                cv2.imwrite(str(folder / "crops" / f"{hand.id}-{bone}.png"), crop)
    return folder
