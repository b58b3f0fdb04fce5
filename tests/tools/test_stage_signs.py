"""Signs of levels that were set on films."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from openboneage.bones.criteria import Basis, signs
from openboneage.bones.names import RUS
from openboneage.bones.onset import onset_months
from openboneage.datasets.bone_table import MeasuredBone
from openboneage.datasets.splits import Split
from openboneage.subject import Sex
from tests.bones.test_criteria import MEASURES
from tools.stage_signs import fitted, isotonic


def test_isotonic_values_do_not_fall_and_keep_their_mean() -> None:
    values, weights = np.array([1.0, 3.0, 2.0, 4.0]), np.array([1.0, 1.0, 3.0, 1.0])

    found = isotonic(values, weights)

    assert found == pytest.approx([1, 2.25, 2.25, 4])
    assert found @ weights == pytest.approx(values @ weights)


def test_a_measure_that_steps_at_a_level_is_a_sign_of_it() -> None:
    generator = np.random.default_rng(0)
    ages = generator.uniform(40, 220, 1500)
    step = onset_months(Sex.MALE, "pp3")[8]  # level 9
    bones = [
        MeasuredBone(str(number), Split.TRAIN, Sex.MALE, age, True, replace(MEASURES, gap=0.2 + 0.1 * (age > step) + noise))
        for number, (age, noise) in enumerate(zip(ages, generator.normal(0, 0.02, 1500), strict=True))
    ]

    found = [sign for sign in fitted("pp3", bones) if sign.measure == "gap"]

    best = min(found, key=lambda sign: abs(sign.doubt))
    assert best.level in (8, 9, 10)
    assert best.threshold == pytest.approx(0.25, abs=0.04)


def test_the_table_in_the_package_begins_with_the_ratio_of_widths() -> None:
    for bone in RUS:
        first, second = signs(bone)[:2]
        assert (first.level, first.measure, first.basis) == (2, "width", Basis.OWN)
        assert (second.level, second.measure, second.threshold) == (3, "width", 0.5)
