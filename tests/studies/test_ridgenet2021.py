"""RidgeNet 2021 on a tiny data set: it is trained, measured and exported; its output is that of a ridge regression."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
import torch
from torch import nn

import openboneage
from openboneage.errors import InputError
from openboneage.weights.card import read_card
from tests.cli.running import boneage
from tests.datasets.trees import write_png, write_table
from tests.learn.made_pictures import growing_pictures, made_pictures
from tests.tiny_regions import build_regions

pytest.importorskip("openboneage.learn.torchvision_ops", reason="torchvision is not installed")

from openboneage.learn.batches import Batch
from openboneage.learn.networks.feature_nets import Start
from openboneage.learn.pictures import changed, unchanged
from openboneage.studies import ridgenet2021 as paper
from openboneage.studies.estimator_run import EstimatorRun, Standardised, of_group

# Warned by torch itself, from inside the exporter.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*LeafSpec.*is deprecated:FutureWarning"),
]


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "BLOCKS", ((8, 1), (8, 1)))
    study = replace(paper.SMALL, side_px=32, width=1.0, batch_size=2, schedule=replace(paper.SMALL.schedule, bf16=False))
    monkeypatch.setattr(paper, "SMALL", study)


def test_the_output_is_the_closed_form_of_ridge_regression() -> None:
    torch.manual_seed(0)
    features, ages = torch.randn(60, 5), torch.rand(60) * 200

    class Output(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.ridge = nn.Linear(5, 1)

        def forward(self, image: torch.Tensor) -> torch.Tensor:
            answer: torch.Tensor = self.ridge(image[:, :, 0, 0])
            return answer

    model, scale, penalty = Output(), Standardised(100.0, 50.0), 0.05
    loss = paper.RidgeLoss(scale, penalty)
    batch: Batch = {"image": features[:, :, None, None], "age_months": ages}
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=200, tolerance_grad=1e-9, tolerance_change=1e-12)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        value = loss(model, batch)
        value.backward()
        return value

    optimizer.step(closure)

    x, y = features.double().numpy(), scale.target(ages).double().numpy()
    centred, target = x - x.mean(0), y - y.mean(0)
    closed = np.linalg.solve(centred.T @ centred + 60 * penalty * np.eye(5), centred.T @ target)  # Eq. 2
    np.testing.assert_allclose(model.ridge.weight.detach().numpy().T, closed, atol=1e-4)


def test_the_printed_network_has_the_blocks_of_vgg19() -> None:
    network = paper.RidgeNet(0.125)
    convolutions = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d)]

    assert [layer.out_channels * 8 for layer in convolutions] == [
        *(64, 64, 128, 128),
        *(256,) * 4,
        *(512,) * 8,
    ]
    assert network.neurons.out_features == 128
    with pytest.raises(InputError, match="need all filters; give --full"):
        paper.RidgeNet(0.5, Start("vgg19.pt"))


def test_augmentation_keeps_the_picture_in_range() -> None:
    picture = made_pictures(1).pixels[0]
    drawn = [changed(picture, paper.augment(np.random.default_rng(seed))) for seed in range(20)]

    assert all(0 <= each.min() <= each.max() <= 1 for each in drawn)
    assert len({each.tobytes() for each in drawn}) == 20
    flips = {tuple(np.sign(np.diag(np.array(paper.augment(np.random.default_rng(s)).placement)))) for s in range(20)}
    assert flips == {(1, 1), (1, -1), (-1, 1), (-1, -1)}


@pytest.mark.usefixtures("tiny")
def test_a_trained_model_is_measured_and_assesses_films(tiny_shared: Path, tmp_path: Path) -> None:
    rsna = build_regions(Path(copytree(tiny_shared / "rsna", tmp_path / "rsna"))).parents[1]
    words = ("study", "ridgenet", rsna, "--run", tmp_path, "--steps", "4", "--jobs", "1", "--others", "4")

    run = boneage(*words)
    again = boneage(*words)
    film = openboneage.assess(tiny_shared / "rsna" / "native" / "7038.png", "F", models=tmp_path, estimator=paper.NAME)

    assert run.code == 0, run.err
    assert "12 training films, 32 px, filters x 1, random weights:" in run.out
    assert [line.split(" | ")[0] for line in run.out.splitlines()[4:7]] == ["| both", "| girls", "| boys"]
    assert "| 6.38 | 8.70 | 2.71 |" in run.out
    assert "| Smooth Grad-CAM++ |" in run.out.split("(Fig. 15)")[1]
    assert (tmp_path / "figure15.png").is_file()
    assert again.out == run.out == (tmp_path / "tables-all.md").read_text()
    with (tmp_path / "both" / "validation.csv").open() as file:
        assert next(csv.reader(file)) == ["step", "mae_months", "training_mae_months", "mse"]
    assert [model.name for model in film.models] == ["hand-finder", paper.NAME]
    assert {"held-out", "native"} == set(read_card(tmp_path / f"{paper.NAME}.json").figures)


@pytest.mark.usefixtures("tiny")
def test_ages_from_chest_films(tmp_path: Path) -> None:
    rows = [(f"c{number}", number // 2, 20 + number, "MF"[number % 2]) for number in range(24)]
    write_table(tmp_path / "chest.csv", ("id", "patient", "age_years", "sex"), *rows)
    for name, *_ in rows:
        write_png(tmp_path / f"{name}.png")

    run = boneage("study", "ridgenet", "--chest", tmp_path, "--run", tmp_path / "run", "--steps", "2")

    assert run.code == 0, run.err
    assert run.out.startswith("24 chest films of 12 patients, 20 to 43 years; 5 folds by patient, 32 px, random weights:")
    assert "| the mean age, for comparison | 24 |" in run.out


def test_too_few_films_are_refused(tiny_shared: Path, tmp_path: Path) -> None:
    run = boneage("study", "ridgenet", tiny_shared / "rsna", "--run", tmp_path, "--training", "4", "--jobs", "1")
    both = boneage("study", "ridgenet", tiny_shared / "rsna", "--chest", tmp_path)

    assert "Expected at least 32 films for a batch, got 4" in run.err
    assert both.code == 2
    assert "Expected hands or chest films, got both" in both.err
    with pytest.raises(InputError, match="films of boys in the sample of 1, found none"):
        of_group(made_pictures(1), "boys")


@pytest.mark.usefixtures("tiny")
def test_it_learns_what_can_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "augment", unchanged)
    study = replace(paper.SMALL, batch_size=16, schedule=replace(paper.SMALL.schedule, peak_lr=3e-3))
    pictures, run = growing_pictures(32, 32), EstimatorRun(None, tmp_path, steps=80)  # type: ignore[arg-type]

    trained = paper.train(study, run, Path("girls"), pictures, pictures)

    spread = np.abs(pictures.age_months - pictures.age_months.mean()).mean()
    assert np.abs(trained.months(pictures) - pictures.age_months).mean() < 0.5 * spread
