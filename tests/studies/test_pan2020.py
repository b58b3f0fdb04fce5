"""Pan et al. 2020 on a tiny data set: features, tables, figures, and a model that assesses films."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import openboneage
from tests.cli.running import boneage

pytest.importorskip("openboneage.learn.torchvision_ops", reason="torchvision is not installed")

from openboneage.learn.networks.feature_nets import Start
from openboneage.studies import pan2020 as paper

# Warned by torch itself, from inside the exporter.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*LeafSpec.*is deprecated:FutureWarning"),
]


def test_tables_figures_and_model(tiny_shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = paper.PanStudy(("mobilenet-v2",), side_px=64, training=12, others=6, estimators=3, landmarks=(4,))
    monkeypatch.setattr(paper, "SMALL", small)

    run = boneage("study", "pan", tiny_shared / "rsna", "--run", tmp_path, "--jobs", "1")

    assert run.code == 0, run.err
    assert "| mobilenet-v2, weights tf2_mobilenet_v2_1.0_224_ptq.tflite | SVR (linear) | both |" in run.out
    assert run.out.count("| KRR (cubic) | ") == 3 + 1
    assert "| KRR (linear, Nystroem with 4 films) |" in run.out
    assert "| 8.59 / 0.94 |" in run.out
    assert (tmp_path / "figure4-mobilenet-v2.png").read_bytes().startswith(b"\x89PNG")
    with (tmp_path / "figure8.csv").open() as file:
        assert {(row["ensemble"], row["films"]) for row in csv.DictReader(file)} == {
            (kind, group) for kind in ("AdaBoost", "Bagging") for group in ("both", "girls", "boys")
        }
    film = openboneage.assess(tiny_shared / "rsna" / "native" / "7038.png", "F", models=tmp_path, estimator=paper.NAME)
    assert [model.name for model in film.models] == ["hand-finder", paper.NAME]


def test_each_network_starts_from_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "vgg19.pt").write_bytes(b"")

    assert paper.start_of("vgg19", str(tmp_path), None) == Start(str(tmp_path / "vgg19.pt"))
    assert paper.start_of("vgg16", str(tmp_path), None) == Start(None)
    assert paper.start_of("vgg16", "imagenet", None) == Start("imagenet")
    assert paper.start_of("mobilenet-v2", "imagenet", tmp_path / "net.tflite") == Start(str(tmp_path / "net.tflite"))
