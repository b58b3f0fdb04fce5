"""Estimators of other kinds work with the assessor, the occlusion map and the figures like the default one."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest

import openboneage
from openboneage.assess.assessor import Assessor
from openboneage.assess.estimators.registry import DEFAULT_ESTIMATOR, ESTIMATORS
from openboneage.batch.choice import executor_of
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.evaluate.ages import figures_by_group, read_films
from openboneage.evaluate.calibration import calibrated_estimator
from openboneage.evaluate.sample import sample_of
from openboneage.explain.occlusion import OcclusionSpec, occlusion_map
from openboneage.subject import Sex
from tests import hands
from tests.estimators import FORMS, KNUCKLE, WRIST, Bones, Regressor, load_assessor

FORM = pytest.mark.parametrize("form", FORMS, ids=[form.name for form in FORMS])


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    for form in FORMS:
        monkeypatch.setitem(ESTIMATORS, form.name, form)


@FORM
def test_a_film_is_assessed(form: type[Regressor]) -> None:
    assessor = Assessor.load(estimator=form.name)
    assessment = assessor.assess(hands.png(hands.film("7043")), Sex.FEMALE)
    assert assessment.bone_age is not None
    assert (
        60
        < assessment.bone_age.interval.low_months
        < assessment.bone_age.mean_months
        < assessment.bone_age.interval.high_months
        < 180
    )
    stages = ["read", "standardize", "quality", form.name.replace("-", "_"), "bones"]
    assert list(assessment.seconds) == list(dict.fromkeys(stages))
    ran = ["hand-finder", "bone-finder", "bone-stager"]
    assert [model.name for model in assessment.models] == ran, "the models that were run, no others"


def test_the_regressors_interval_is_that_of_its_residuals() -> None:
    age = Regressor().estimate(hands.examined().hand, Sex.MALE)
    assert age.interval.high_months - age.interval.low_months == pytest.approx(2 * 1.645 * 9, rel=0.01)


@FORM
def test_the_occlusion_map_finds_the_region_that_the_estimator_uses(form: type[Regressor]) -> None:
    hand = hands.examined("7043").hand
    attention = occlusion_map(hand, Sex.FEMALE, form(), OcclusionSpec(patch=0.14, stride=0.07))
    change = np.abs(attention.change_months)
    places = (KNUCKLE, WRIST) if form is Bones else (KNUCKLE,)
    assert change.shape == (128, 96)
    assert max(change[place].max() for place in places) == change.max()
    assert all(change[place].mean() > 0.1 * change.max() for place in places)
    assert change[:25].max() < 0.05 * change.max(), "no estimator looks at the fingertips"


@FORM
def test_figures_are_measured(tiny_shared: Path, form: type[Regressor]) -> None:
    sample = sample_of(RsnaFilms(tiny_shared / "rsna"), Split.NATIVE)
    readings = read_films(sample.source, sample.films, partial(load_assessor, form), executor_of(1))
    figures = figures_by_group(readings)
    assert figures["all"].films == 3
    assert figures["all"].width > 20


def test_distributions_before_calibration_are_asked_of_those_that_have_them() -> None:
    assert calibrated_estimator(hands.shipped()) is hands.shipped().estimator
    with pytest.raises(InputError, match=r"such as whole-hand, got bones\."):
        calibrated_estimator(Assessor.load(estimator="bones"))


def test_the_whole_hand_is_the_default() -> None:
    assert DEFAULT_ESTIMATOR == "whole-hand"
    assert Assessor.load().estimator.name == "whole-hand"


def test_an_unknown_estimator_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r"Expected one of the estimators whole-hand, .*, got 'foot'"):
        openboneage.assess(hands.EXAMPLES / "7036.png", "F", estimator="foot")
