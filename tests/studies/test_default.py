"""The shipped models' command, end to end on a tiny folder: trained for a few steps, exported, calibrated, described."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from openboneage.assess.assessor import Assessor
from openboneage.assess.distribution import UNCALIBRATED
from openboneage.assess.estimators.whole_hand import WHOLE_HAND as WHOLE_HAND_ROLE
from openboneage.assess.estimators.whole_hand import WholeHandSpecification
from openboneage.datasets.splits import Split
from openboneage.findings import Severity
from openboneage.learn.schedule import Schedule
from openboneage.studies import default
from openboneage.studies.default import DefaultRun, install, train_default
from openboneage.studies.hand_finder import FinderStudy
from openboneage.studies.whole_hand import WholeHandStudy
from openboneage.subject import Sex
from openboneage.weights.card import Card, read_card
from openboneage.weights.registry import ModelSet
from openboneage.weights.specification import parse_specification
from tests.tiny_rsna import COPIES, EXAMPLES

# torch's own exporter calls what torch has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:.*LeafSpec.*is deprecated:FutureWarning")

FINDER = FinderStudy(batch_size=2, schedule=Schedule(steps=2, peak_lr=1e-3, bf16=False))
STAGES = (Schedule(steps=2, peak_lr=1e-3, bf16=False), Schedule(steps=2, peak_lr=1e-4, bf16=False))
WHOLE_HAND = WholeHandStudy(batch_size=2, stages=STAGES, pretrained_stages=STAGES[::-1])


@pytest.fixture(scope="module")
def run(tiny_shared: Path, tmp_path_factory: pytest.TempPathFactory) -> DefaultRun:
    """A finished run."""
    run = DefaultRun(tiny_shared, tmp_path_factory.mktemp("run"), jobs=2, version="7.1")
    train_default(run, FINDER, WHOLE_HAND)
    return run


def cards_of(run: DefaultRun) -> list[Card]:
    return [read_card(run.finder), read_card(run.whole_hand)]


def files_of(folder: Path) -> dict[str, tuple[int, str]]:
    """Time of change and checksum of each file below a folder."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.name: (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest()) for path in paths}


@pytest.mark.slow
class TestRun:
    def test_cards_name_their_files_and_checksums(self, run: DefaultRun) -> None:
        for card in cards_of(run):
            data = (run.out / card.file).read_bytes()
            assert card.sha256 == hashlib.sha256(data).hexdigest()
            assert (card.version, card.training["command"]) == ("7.1", "boneage train default")
            assert "CC BY-NC 4.0" in card.licence["name"]

    def test_cards_tell_the_settings_of_the_run(self, run: DefaultRun) -> None:
        finder, whole_hand = cards_of(run)

        assert finder.training["stages"] == [asdict(FINDER.schedule)]
        assert [network["start"][:11] for network in whole_hand.training["networks"]] == ["random weig", "MobileNetV2"]
        for network, stages in zip(whole_hand.training["networks"], (STAGES, STAGES[::-1]), strict=True):
            assert network["stages"] == [asdict(stage) for stage in stages]
        assert str(COPIES[Split.TRAIN]) in whole_hand.training["data"]
        assert parse_specification(WholeHandSpecification, whole_hand).preprocessing == WHOLE_HAND.spec

    def test_the_age_card_holds_calibration_and_figures(self, run: DefaultRun) -> None:
        card = cards_of(run)[1]

        calibration = parse_specification(WholeHandSpecification, card).calibration

        assert calibration != UNCALIBRATED
        assert 0.4 <= calibration.temperature <= 1.6
        assert calibration.coverage == 0.9
        assert card.figures["held-out"]["films"] == COPIES[Split.HELD_OUT]
        assert card.figures["native"]["films"] == 3

    def test_a_second_call_does_nothing(self, run: DefaultRun) -> None:
        before = files_of(run.out)

        assert train_default(run, FINDER, WHOLE_HAND) == run.models

        assert files_of(run.out) == before

    def test_a_run_stopped_before_calibration_is_calibrated_when_it_goes_on(
        self, run: DefaultRun, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        finished = read_card(run.whole_hand)
        run.whole_hand.unlink()
        with monkeypatch.context() as patch:
            patch.setattr(default, "calibrate", raise_stop)
            with pytest.raises(KeyboardInterrupt):
                train_default(run, FINDER, WHOLE_HAND)

        train_default(run, FINDER, WHOLE_HAND)

        assert read_card(run.whole_hand) == finished

    def test_installed_models_assess_a_film(self, run: DefaultRun, tmp_path: Path) -> None:
        install(run.models, tmp_path)

        assessor = Assessor.load(ModelSet(tmp_path), threads=1)
        assessment = assessor.assess(EXAMPLES / "7036.png", Sex.MALE)

        assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
            f"{name}.{kind}" for name in ("hand-finder", "whole-hand") for kind in ("json", "onnx")
        )
        assert [model.version for model in assessment.models] == ["7.1", "7.1"]
        assert (assessment.bone_age is None) == any(f.severity is Severity.REJECT for f in assessment.findings)

    def test_the_age_model_gives_distributions(self, run: DefaultRun) -> None:
        logits = WHOLE_HAND_ROLE.load(run.whole_hand, threads=1).run(np.zeros((3, 1, 128, 96), np.float32))["ages"]

        assert logits.shape == (3, 2, 229)
        assert np.isfinite(logits).all()


def raise_stop(*_: object) -> None:
    raise KeyboardInterrupt
