"""What is known of the levels of bones: from measures, from synthetic hands, from the bone age."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.bones.names import RUS
from openboneage.bones.onset import level_counts, onset_months
from openboneage.learn.stager_targets import NEIGHBOUR, WRONG_AGE, graded_targets, measured_targets, targets_at_age
from openboneage.subject import Sex
from tests.bones.drawn_bones import DrawnBone
from tests.datasets.test_bone_table import measured

RADIUS = RUS.index("radius")


def test_an_age_is_evidence_of_the_levels_that_are_usual_then() -> None:
    targets = targets_at_age(Sex.MALE, 150.0)

    evidence, onset = targets.age_given_level[RADIUS], onset_months(Sex.MALE, "radius")
    assert not targets.known.any()
    assert onset[evidence.argmax() - 1] < 150 + 20
    assert evidence.max() == pytest.approx(1)
    assert evidence[2] == pytest.approx(WRONG_AGE)
    assert np.count_nonzero(evidence > 0.3) > 1, "an age does not say which of several levels a bone has"


def test_girls_are_ahead_of_boys() -> None:
    girl, boy = (targets_at_age(sex, 130.0).age_given_level for sex in (Sex.FEMALE, Sex.MALE))

    assert (girl.argmax(axis=1) >= boy.argmax(axis=1)).all()
    assert (girl.argmax(axis=1) > boy.argmax(axis=1)).sum() > 4


def test_levels_that_a_bone_does_not_have_are_impossible() -> None:
    for count, row in zip(level_counts(), targets_at_age(Sex.FEMALE, 60.0).age_given_level, strict=True):
        assert not row[count:].any()


def test_a_known_level_has_soft_edges() -> None:
    levels = np.array([0, *(count - 1 for count in level_counts()[1:])])

    targets = graded_targets(levels)

    assert targets.known.all()
    assert targets.levels.sum(axis=1) == pytest.approx(np.ones(13))
    assert targets.levels[0, :3] == pytest.approx([1 - NEIGHBOUR, NEIGHBOUR, 0])
    assert (targets.levels.argmax(axis=1) == levels).all()


def test_measured_bones_are_known_and_the_others_have_the_age() -> None:
    targets = measured_targets(measured("7", DrawnBone(width=0.8), months=120))["7"]

    assert [bone for bone, known in zip(RUS, targets.known, strict=True) if known] == ["pp3"]
    assert targets.levels.sum(axis=1) == pytest.approx(np.ones(13), abs=1e-5)
    assert (targets.age_given_level == targets_at_age(Sex.MALE, 120.0).age_given_level).all()


def test_a_wider_epiphysis_is_more_mature_at_the_same_age() -> None:
    narrow, wide = (measured_targets(measured("7", DrawnBone(width=width), months=110))["7"].levels for width in (0.6, 1.05))

    own, levels = RUS.index("pp3"), np.arange(narrow.shape[1])
    assert wide[own] @ levels > narrow[own] @ levels + 0.3
