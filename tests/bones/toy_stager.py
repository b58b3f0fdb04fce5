"""A bone stager with a known answer: the level of each bone, and its age by sex."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from openboneage.bones.crops import CropSpec
from openboneage.bones.names import RUS
from openboneage.bones.onset import level_counts
from openboneage.bones.stager_card import (
    MONTHS,
    SEXES,
    STEPS,
    UNCALIBRATED,
    StagerCalibration,
    StagerOutput,
    StagerSpecification,
)

SPECIFICATION = StagerSpecification(
    CropSpec(16, 1.5),
    StagerOutput(RUS, level_counts(), SEXES, MONTHS[0], MONTHS[-1], MONTHS[1], "logits"),
    UNCALIBRATED,
)
GIRL_MONTHS, BOY_MONTHS, SD_MONTHS = 100.0, 130.0, 8.0


def calibrated(calibration: StagerCalibration) -> StagerSpecification:
    """The specification with another calibration."""
    return replace(SPECIFICATION, calibration=calibration)


@dataclass
class ToyStager:
    """Stands for a stager: every bone has the level of `levels`, and bells of ages around `GIRL_MONTHS` and `BOY_MONTHS`."""

    levels: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RUS, 5))
    specification: StagerSpecification = SPECIFICATION
    seen: list[np.ndarray] = field(default_factory=list)

    def run(self, batch: np.ndarray) -> dict[str, np.ndarray]:
        """Answer for any crops."""
        assert batch.shape == (1, *self.specification.input_shape)
        self.seen.append(batch)
        steps = np.arange(1, STEPS + 1)
        levels = np.stack([4.0 * (self.levels[bone] + 0.5 - steps) for bone in RUS])
        bells = [-((np.array(MONTHS) - mean) ** 2) / (2 * SD_MONTHS**2) for mean in (GIRL_MONTHS, BOY_MONTHS)]
        ages = np.broadcast_to(np.stack(bells), (len(RUS), 2, len(MONTHS)))
        return {"levels": levels[None].astype(np.float32), "ages": ages[None].astype(np.float32)}
