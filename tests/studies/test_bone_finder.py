"""The bone finder's study: its data, and the run to a model that outlines bones."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from openboneage.bones.find import find_bones
from openboneage.bones.finder_card import BONE_FINDER
from openboneage.datasets.film_set import films_of
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.hand.drawing import PictureSpec
from openboneage.hand.finder_card import HAND_FINDER
from openboneage.learn.hardware import Device, Hardware
from openboneage.learn.schedule import Schedule
from openboneage.studies.bone_finder import BoneFinderStudy, bone_hands
from openboneage.studies.default import DefaultRun, train_default
from openboneage.studies.material import Material
from openboneage.weights.card import read_card
from openboneage.weights.registry import ModelSet
from tests import hands
from tests.tiny_regions import build_regions

# torch's own exporter calls what torch has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:.*LeafSpec.*is deprecated:FutureWarning")

SPEC = PictureSpec(height_px=128, mask_margin=0.06, range_low=0.02, range_high=0.98)
STUDY = BoneFinderStudy(batch_size=2, spec=SPEC, schedule=Schedule(steps=2, peak_lr=1e-3, bf16=False))


@pytest.fixture(scope="module")
def material(tiny_shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Material:
    rsna = tmp_path_factory.mktemp("bones") / "rsna"
    shutil.copytree(tiny_shared / "rsna", rsna)
    build_regions(rsna)
    return Material.beside(RsnaFilms(rsna))


@pytest.fixture(scope="module")
def models(material: Material, tmp_path_factory: pytest.TempPathFactory) -> ModelSet:
    run = DefaultRun(material, tmp_path_factory.mktemp("run"), "7.1", BONE_FINDER.name, 1, Hardware(Device.CPU))
    return train_default(replace(run, bone_finder=STUDY))


def test_hands_are_those_of_the_training_films(material: Material) -> None:
    finder = ModelSet.find().card(HAND_FINDER.name)

    found = bone_hands(material, finder, SPEC, jobs=1)

    train = {film.id for film in films_of(material.films, Split.TRAIN)}
    assert {hand.id for hand in found} <= train
    assert len(found) > len(train), "each film comes sharp and coarse"
    assert any(hand.tight for hand in found) == bool({hand.id for hand in found if not hand.bones})


def test_without_drawn_bones_there_is_nothing_to_learn_from(material: Material) -> None:
    with pytest.raises(InputError, match="Expected drawn bones and joints to train the bone finder: give --regions"):
        bone_hands(replace(material, regions=None), ModelSet.find().card(HAND_FINDER.name), SPEC, jobs=1)


def test_the_model_of_a_run_reads_hands(models: ModelSet) -> None:
    finder = BONE_FINDER.load(models.card(BONE_FINDER.name))

    outlines = find_bones(hands.examined().hand, finder)

    assert set(outlines.joints) | set(outlines.missing_joints)
    assert finder.card.version == "7.1"
    shipped = ModelSet.find().card(HAND_FINDER.name)
    assert read_card(models.card(HAND_FINDER.name)) == read_card(shipped), "a model of another run keeps its version"
    assert finder.card.training["batch_size"] == 2


def test_a_finished_model_is_not_trained_again(material: Material, models: ModelSet) -> None:
    run = DefaultRun(material, models.folder, "7.2", BONE_FINDER.name, 1, Hardware(Device.CPU), bone_finder=STUDY)
    card = models.card(BONE_FINDER.name)
    trained = card.with_suffix(".onnx").stat().st_mtime_ns

    train_default(run)

    assert card.with_suffix(".onnx").stat().st_mtime_ns == trained
    assert '"7.2"' in card.read_text()
