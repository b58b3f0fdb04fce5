"""`boneage evaluate bones`: every table, from the packs."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from openboneage.bones.finder_card import BONE_FINDER
from openboneage.cli import application
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.learn.hardware import Device, Hardware
from openboneage.learn.schedule import Schedule
from openboneage.studies.bone_finder import BoneFinderStudy
from openboneage.studies.default import DefaultRun, train_default
from openboneage.studies.material import Material
from tests.tiny_regions import build_regions

pytestmark = pytest.mark.filterwarnings("ignore:.*LeafSpec.*is deprecated:FutureWarning")


def test_every_table_is_printed(tiny_shared: Path, tmp_path: Path) -> None:
    rsna = tmp_path / "rsna"
    shutil.copytree(tiny_shared / "rsna", rsna)
    build_regions(rsna)
    plain = BoneFinderStudy()
    study = replace(plain, batch_size=2, spec=replace(plain.spec, height_px=128), schedule=Schedule(2, bf16=False))
    material = Material.beside(RsnaFilms(rsna))
    run = DefaultRun(material, tmp_path / "run", "7.1", BONE_FINDER.name, 1, Hardware(Device.CPU), bone_finder=study)
    train_default(run)

    command = ["evaluate", "bones", "--data", rsna, "--pixels", "100px", "--models", tmp_path / "run", "--jobs", "1"]
    result = CliRunner().invoke(application(), list(map(str, command)))

    assert result.exit_code == 0, result.exception
    for title in ("Drawn regions", "Outlines, sharp films", "Native films", "Processor time on one core"):
        assert title in result.stdout
