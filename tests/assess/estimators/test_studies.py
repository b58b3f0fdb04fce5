"""The estimators of studies read the card of their own name from the folder of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from openboneage.assess.assessor import Assessor
from openboneage.assess.estimators.studies import STUDY_ESTIMATORS
from openboneage.errors import WeightsError
from openboneage.subject import Sex
from tests import hands
from tests.toy_model import network, toy_card, write_toy

OUTPUT = {"sexes": ["female", "male"], "months": [0, 228], "unit": "logits", "mirrored": False}


@pytest.mark.parametrize("name", [each.name for each in STUDY_ESTIMATORS])
def test_a_trained_study_assesses_films(name: str, tmp_path: Path) -> None:
    content = network()
    whole_hand = Assessor.load(write_toy(tmp_path))
    (tmp_path / f"{name}.onnx").write_bytes(content)
    toy_card(content, name=name, file=f"{name}.onnx", output=OUTPUT).write(tmp_path / f"{name}.json")
    hand = hands.examined("7043").hand

    study = Assessor.load(tmp_path, estimator=name)

    assert [model.name for model in study.models] == ["hand-finder", name]
    mirrored = whole_hand.estimator.estimate(hand, Sex.FEMALE).mean_months
    picture = study.estimator.picture(hand)  # type: ignore[attr-defined]
    alone = study.estimator.estimate(hand, Sex.FEMALE).mean_months
    assert alone == pytest.approx(60 + 60 * picture[46:60, 38:52].mean(), abs=0.1)
    assert alone != pytest.approx(mirrored, abs=1e-6)


def test_a_folder_without_the_study_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"weights card at lee-2017\.json"):
        Assessor.load(write_toy(tmp_path), estimator="lee-2017")
