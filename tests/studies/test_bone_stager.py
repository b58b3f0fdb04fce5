"""The bone stager's study: its data, and the run to a model that reads bones."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from openboneage.bones.crops import CropSpec
from openboneage.bones.find import find_bones
from openboneage.bones.finder_card import BONE_FINDER
from openboneage.bones.names import RUS
from openboneage.bones.stager import read_bones
from openboneage.bones.stager_card import BONE_STAGER
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.errors import InputError
from openboneage.learn.hardware import Device, Hardware
from openboneage.learn.schedule import Schedule
from openboneage.learn.stager_hands import Source
from openboneage.studies.bone_stager import BoneStagerStudy
from openboneage.studies.default import DefaultRun, train_default
from openboneage.studies.material import Material
from openboneage.studies.stager_data import StagerData
from openboneage.subject import Sex
from openboneage.weights.card import read_card
from openboneage.weights.registry import ModelSet
from tests import hands
from tests.tiny_bone_finder import write_bone_finder
from tests.tiny_regions import build_regions

# torch's own exporter calls what torch has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:.*LeafSpec.*is deprecated:FutureWarning")

STUDY = BoneStagerStudy(
    batch_size=4,
    spec=CropSpec(32, 1.5),
    synthetic=4,
    synthetic_px=256,
    schedule=Schedule(steps=2, peak_lr=1e-3, bf16=False),
)


@pytest.fixture(scope="module")
def material(tiny_shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Material:
    rsna = tmp_path_factory.mktemp("stager") / "rsna"
    shutil.copytree(tiny_shared / "rsna", rsna)
    build_regions(rsna)
    return Material.beside(RsnaFilms(rsna))


def planned(material: Material, out: Path) -> DefaultRun:
    return DefaultRun(material, out, "7.1", BONE_STAGER.name, 1, Hardware(Device.CPU), bone_stager=STUDY)


@pytest.fixture(scope="module")
def models(material: Material, tmp_path_factory: pytest.TempPathFactory) -> ModelSet:
    out = tmp_path_factory.mktemp("run")
    write_bone_finder(out)
    return train_default(planned(material, out))


@pytest.mark.slow
class TestRun:
    def test_the_model_of_a_run_reads_bones(self, models: ModelSet) -> None:
        hand = hands.examined().hand
        outlines = find_bones(hand, BONE_FINDER.load(models.card(BONE_FINDER.name)))

        found = read_bones(hand, outlines, Sex.FEMALE, BONE_STAGER.load(models.card(BONE_STAGER.name)))

        assert tuple(found) == RUS
        assert all(0 <= reading.age_months <= 228 for reading in found.values())

    def test_the_card_holds_data_calibration_and_figures(self, models: ModelSet) -> None:
        card = read_card(models.card(BONE_STAGER.name))

        assert card.version == "7.1"
        assert card.training["batch_size"] == 4
        assert "nobody staged a film" in card.training["data"]
        assert set(card.figures) >= {"validation", "held-out", "native", "levels of synthetic hands"}
        assert card.figures["held-out"]["hands"] == 6
        assert card.figures["levels of synthetic hands"]["all"]["bones"] == 2 * len(RUS)

    def test_a_second_call_does_nothing(self, material: Material, models: ModelSet) -> None:
        before = {path: path.stat().st_mtime_ns for path in models.folder.rglob("*") if path.is_file()}

        train_default(planned(material, models.folder))

        assert {path: path.stat().st_mtime_ns for path in models.folder.rglob("*") if path.is_file()} == before

    def test_another_bone_finder_is_another_run(self, material: Material, models: ModelSet, tmp_path: Path) -> None:
        out = Path(shutil.copytree(models.folder, tmp_path / "run"))
        card = read_card(out / "bone-finder.json")
        replace(card, sha256="0" * 64).write(out / "bone-finder.json")

        with pytest.raises(InputError, match=r"contains another run, which is kept\. Differences: finders"):
            train_default(planned(material, out))


def test_without_a_bone_finder_there_is_nothing_to_crop(
    material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = ModelSet.find()
    for role in ("hand-finder", "whole-hand"):
        for path in (whole.card(role), whole.card(role).with_suffix(".onnx")):
            shutil.copy2(path, tmp_path)
    monkeypatch.setattr(ModelSet, "find", classmethod(lambda *_: ModelSet(tmp_path)))

    with pytest.raises(InputError, match=r"Expected a bone-finder in .* or in the default set, found none: train it first"):
        train_default(planned(material, tmp_path / "run"))


def test_without_regions_there_are_no_sharp_films(material: Material, tmp_path: Path) -> None:
    alone = replace(material, regions=None)

    with pytest.raises(InputError, match="to train the bone stager: give --regions"):
        StagerData(alone, tmp_path, tmp_path, STUDY, tmp_path, 1).training_hands()


@pytest.mark.slow
def test_training_hands_are_films_and_synthetic_hands(material: Material, models: ModelSet) -> None:
    finders = models.card("hand-finder"), models.card("bone-finder")

    found = StagerData(material, *finders, STUDY, models.folder / "bone-stager", 1).training_hands()

    sources = [hand.source for hand in found]
    assert sources.count(Source.SYNTHETIC) == STUDY.synthetic
    assert 0 < sources.count(Source.SHARP) <= sources.count(Source.FILM)
