"""Spampinato et al. 2017 on a tiny data set: features, fine-tuning, BoNet, both readings, and a model that assesses films."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import openboneage
from openboneage.datasets.film_set import Film
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.subject import Sex
from tests.cli.running import boneage
from tests.learn.made_pictures import growing_pictures, made_pictures

pytest.importorskip("openboneage.learn.torchvision_ops", reason="torchvision is not installed")

from openboneage.learn.networks.bonet import BoNetShape
from openboneage.studies import spampinato2017 as paper
from openboneage.studies.estimator_run import EstimatorRun

# Warned by torch itself, from inside the exporter.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:.*LeafSpec.*is deprecated:FutureWarning")]


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = replace(paper.SMALL.schedule, bf16=False)
    small = replace(paper.SMALL, crop_px=96, width=1 / 128, batch_size=2, rows=(BoNetShape((96, 1024)),), schedule=schedule)
    monkeypatch.setattr(paper, "SMALL", small)
    monkeypatch.setattr(paper, "EXTRACTORS", ("overfeat-fc2", "mobilenet-v2"))
    monkeypatch.setattr(paper, "FINE_TUNED", ("mobilenet-v2",))
    monkeypatch.setattr(paper, "HEADS", {"128+128": (8, 8)})


@pytest.mark.usefixtures("tiny")
def test_tables_and_model(tiny_shared: Path, tmp_path: Path) -> None:
    run = boneage("study", "spampinato", tiny_shared / "rsna", "--run", tmp_path, "--steps", "2", "--jobs", "1")

    assert run.code == 0, run.err
    assert run.out.startswith("MAE in years on 6 held-out films; 12 training films, crops of 96 px, maps x 0.0078125.")
    assert "| mobilenet-v2 | weights tf2_mobilenet_v2_1.0_224_ptq.tflite |" in run.out
    assert "| no | 2 | 96, 1024 |" in run.out
    assert "| 1.31 / 0.90 / 1.10 |" in run.out
    assert "| female, all, 0-18 |" in run.out
    film = openboneage.assess(tiny_shared / "rsna" / "native" / "7038.png", "F", models=tmp_path, estimator=paper.NAME)
    assert film.models[1].name == paper.NAME


@pytest.mark.usefixtures("tiny")
def test_one_row_of_table_5(tiny_shared: Path, tmp_path: Path) -> None:
    words = ("--part", "bonet", "--row", "2", "--row", "3", "--steps", "2", "--jobs", "1", "--training", "4", "--others", "3")

    run = boneage("study", "spampinato", tiny_shared / "rsna", "--run", tmp_path, *words)

    assert run.code == 0, run.err
    assert [line.split(" | ")[:3] for line in run.out.splitlines()[2:]] == [
        ["| no", "2", "96, 2048"],
        ["| yes", "2", "96, 2048"],
    ]


def test_the_printed_table_is_whole() -> None:
    assert len(paper.TABLE_5) == 22
    assert paper.FULL.height_px == 341
    assert min(paper.TABLE_5, key=lambda row: paper.TABLE_5[row][2]) == paper.BEST


def test_both_readings_are_learned_and_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pictures = made_pictures(4)
    films = [
        Film(str(n), (Sex.FEMALE, Sex.MALE)[n % 2], 120.0, Split.HELD_OUT, second_reading_months=144.0, race="asian")
        for n in range(4)
    ]
    monkeypatch.setattr(EstimatorRun, "pictures", lambda *_, **__: pictures)
    monkeypatch.setattr(EstimatorRun, "chosen", lambda *_: films)
    run = EstimatorRun(films=None, folder=tmp_path)  # type: ignore[arg-type]

    read = paper.Read.of(run, Split.HELD_OUT, 64)
    part = paper.Part(paper.SMALL, run, read, read, read)

    assert read.pictures.age_months.tolist() == [132.0] * 4
    assert read.header == ["reading 1", "reading 2", "mean"]
    assert read.errors(np.full(4, 126.0)) == ["0.50", "1.50", "1.00"]
    table = paper.table6(part, np.full(4, 126.0))
    assert "| male, asian, 10-18 | 2 | 0.50 | 1.50 | 1.00 |" in table
    assert "0-9" not in table


def test_too_few_crops_are_refused(tmp_path: Path) -> None:
    pictures = made_pictures(1, side_px=200)
    read = paper.Read(pictures, [], {"reading": pictures.age_months.astype(float)})
    part = paper.Part(paper.SMALL, EstimatorRun(None, tmp_path), read, read, read)  # type: ignore[arg-type]

    with pytest.raises(InputError, match="at least 16 crops for a batch, got 10"):
        paper.bonet(part, paper.BEST)


def test_it_learns_what_can_be_seen(tmp_path: Path) -> None:
    pictures = growing_pictures(24, 40)
    read = paper.Read(pictures, [], {"reading": pictures.age_months.astype(float)})
    schedule = replace(paper.SMALL.schedule, bf16=False, peak_lr=0.02)
    study = replace(paper.SMALL, crop_px=32, width=1 / 64, batch_size=16, schedule=schedule)
    part = paper.Part(study, EstimatorRun(None, tmp_path, steps=150), read, read, read)  # type: ignore[arg-type]

    network = paper.bonet(part, BoNetShape((512, 1024, 1024), 2))

    spread = np.abs(pictures.age_months - pictures.age_months.mean()).mean()
    assert np.abs(part.estimates(network, read) - pictures.age_months).mean() < 0.5 * spread
