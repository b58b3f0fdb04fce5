"""Graded hands whose levels can be seen: the brightness of a crop is its level."""

from __future__ import annotations

import numpy as np

from openboneage.bones.onset import level_counts
from openboneage.datasets.graded_hands import GradedHand
from openboneage.datasets.splits import Split
from openboneage.subject import Sex


def made_hand(number: int, split: Split = Split.TRAIN, size_px: int = 16) -> GradedHand:
    """A hand whose bones mature together, with a little noise."""
    rng = np.random.default_rng(number)
    maturity = rng.uniform(0.1, 0.95)
    levels = np.array([round(maturity * (count - 1)) for count in level_counts()])
    shades = 20 + 200 * levels / np.array(level_counts())
    crops = np.clip(shades[:, None, None] + rng.normal(0, 3, (13, size_px, size_px)), 0, 255).astype(np.uint8)
    return GradedHand(str(number), (Sex.FEMALE, Sex.MALE)[number % 2], 24 + 180 * maturity, crops, split, levels)
