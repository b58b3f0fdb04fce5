"""Hands for the stager whose levels and ages can be seen: the brightness of the lower half of a crop is the level."""

from __future__ import annotations

import numpy as np

from openboneage.bones.crops import CropSpec
from openboneage.learn.stager_hands import CroppedHand, Source, StagerHand
from openboneage.learn.stager_targets import graded_targets
from tests.learn.made_hands import made_hand

SPEC, TRAINING_SPEC = CropSpec(16, 1.5), CropSpec(24, 2.25)


def stager_hand(number: int, source: Source = Source.FILM) -> StagerHand:
    """A hand with levels and an age; a synthetic one has no age."""
    hand = made_hand(number, size_px=24)
    crops = hand.crops.copy()
    crops[:, :12] = 20
    crops[:, 12, 12] = 255
    found = np.ones(13, bool)
    age = None if source is Source.SYNTHETIC else hand.age_months
    return StagerHand(hand.id, source, CroppedHand(crops, found, 100.0), age, number % 2, graded_targets(hand.levels))
