"""Lee et al. 2017 on a tiny data set: the models, the depth of fine-tuning, the grid, and the plates of the atlas."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import openboneage
from openboneage.errors import InputError
from openboneage.subject import Sex
from tests.cli.running import boneage
from tests.learn.made_pictures import growing_pictures

pytest.importorskip("openboneage.learn.torchvision_ops", reason="torchvision is not installed")

from openboneage.learn.networks.feature_nets import Start
from openboneage.learn.pictures import unchanged
from openboneage.studies import lee2017 as paper
from openboneage.studies.estimator_run import EstimatorRun

# Warned by torch itself, from inside the exporter.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:.*LeafSpec.*is deprecated:FutureWarning")]


class Small(paper.LeeNet):
    """The network with its last blocks cut short, so that tests are fast."""

    def __init__(self, classes: int, start: Start, depth: str = "conv1") -> None:
        super().__init__(classes, start, depth)
        for number in (3, 4):
            setattr(self.blocks, str(number), torch.nn.Identity())
        self.fc = torch.nn.Linear(480, classes)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    schedules = {name: replace(getattr(paper.SMALL, name), bf16=False) for name in ("tuning", "scratch")}
    monkeypatch.setattr(paper, "SMALL", replace(paper.SMALL, side_px=32, batch_size=2, search_epochs=1, **schedules))
    monkeypatch.setattr(paper, "LeeNet", Small)


@pytest.mark.usefixtures("tiny")
def test_models_plates_and_an_assessment(tiny_shared: Path, tmp_path: Path) -> None:
    run = boneage("study", "lee", tiny_shared / "rsna", "--run", tmp_path, "--steps", "2", "--jobs", "1", "--all-ages")

    assert run.code == 0, run.err
    assert "Held-out films, years 0 to 18, 32 px" in run.out
    for model in ("M1", "M2", "M3", "M4"):
        assert run.out.count(f"| {model} | random weights |") == 2
    assert "39.1 / 75.6 / 90.1 %" in run.out
    assert " years 2" in run.out or " years 1" in run.out, "a plate has a probability"
    film = openboneage.assess(tiny_shared / "rsna" / "native" / "7038.png", "F", models=tmp_path, estimator=paper.NAME)
    assert film.models[1].name == paper.NAME


@pytest.mark.usefixtures("tiny")
def test_the_depth_of_fine_tuning_and_the_grid(tiny_shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "DEPTHS", ("fc", "conv1"))
    monkeypatch.setattr(paper, "RATES", (0.005,))
    monkeypatch.setattr(paper, "GAMMAS", (0.5,))
    words = (tiny_shared / "rsna", "--run", tmp_path, "--steps", "2", "--jobs", "1")

    depth, grid = (boneage("study", "lee", *words, "--part", part) for part in ("depth", "grid"))

    assert depth.code == 0, depth.err
    assert [line.split(" | ")[0] for line in depth.out.splitlines()[4:]] == ["| fc", "| conv1", "| scratch"]
    assert grid.code == 0, grid.err
    assert grid.out.count("| 0.005 | ") == 2
    assert "–" not in grid.out.splitlines()[-1]
    assert (tmp_path / "search.db").is_file()


def test_frozen_blocks_are_not_trained() -> None:
    network = paper.LeeNet(14, Start(), "inception5")
    before = {name: value.clone() for name, value in network.state_dict().items()}
    optimizer = paper.SMALL.tuning.with_steps(1).optimizer(network)

    network.train()
    network(torch.rand(2, 1, 64, 64)).square().sum().backward()
    optimizer.step()

    changed = {name.split(".")[1] for name, value in network.state_dict().items() if not torch.equal(value, before[name])}
    assert changed == {"4", "weight", "bias"}
    assert len(list(network.blocks.children())) + 1 == len(paper.DEPTHS)


def test_augmentation_is_table_2() -> None:
    drawn = [paper.augment(np.random.default_rng(seed)) for seed in range(300)]
    places = np.array([change.placement for change in drawn])

    angles = np.degrees(np.arctan2(places[:, 1, 0], places[:, 0, 0]))
    sizes = np.sqrt(np.abs(np.linalg.det(places[:, :, :2])))
    assert np.abs(angles).max() < 36
    assert np.abs(angles).max() > 25
    assert 0.85 < sizes.min() < 0.95
    assert sizes.max() <= 1.01
    assert (places[:, :, 2] == 0).all(), "no shift"
    assert (np.linalg.det(places[:, :, :2]) > 0).all(), "no flip"
    assert {change.gain for change in drawn} <= {1.0, *(number / 100 for number in range(90, 100))}
    assert 0 < max(change.offset for change in drawn) <= 10 / 255
    assert 0.3 < np.mean([change.gain == 1 for change in drawn]) < 0.7


def test_plates_are_those_of_the_best_years() -> None:
    years = np.zeros(19)
    years[[9, 10, 11]] = 0.2, 0.5, 0.3

    plates = paper.plates_of(years, Sex.MALE)

    assert 3 <= len(plates) <= 5
    assert plates[0].age_months in (120, 126, 132)
    assert sum(plate.probability for plate in plates) == pytest.approx(1)


def test_too_few_films_are_refused(tiny_shared: Path, tmp_path: Path) -> None:
    run = boneage("study", "lee", tiny_shared / "rsna", "--run", tmp_path, "--jobs", "1")

    assert run.code == InputError.exit_code
    assert "Expected at least 32 films of girls, got " in run.err


@pytest.mark.usefixtures("tiny")
def test_it_learns_what_can_be_seen(tmp_path: Path) -> None:
    pictures, run = growing_pictures(32, 32), EstimatorRun(None, tmp_path, steps=60)  # type: ignore[arg-type]
    study = replace(paper.SMALL, first_year=0, batch_size=16)
    model = paper.Model("M2", unchanged, Start(), study.scratch)

    network = paper.train(study, run, model, paper.Films("girls", pictures, pictures, pictures), 1)

    found = paper.probabilities(network, pictures, 0)
    assert found.shape == (32, 19)
    apart = np.abs(found.argmax(axis=1) - np.floor(pictures.age_months / 12))
    assert (apart <= 2).mean() > 0.7
