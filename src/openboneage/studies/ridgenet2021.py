"""RidgeNet 2021: VGG-19 under a ridge regression output.

Source: Salim I, Ben Hamza A. "Ridge regression neural network for pediatric bone age assessment", Multimedia Tools and
Applications 2021. The text is followed where it is definite; `FULL` has the printed sizes, `SMALL` is planned for an hour on
two cores, which was not measured.

As printed: five blocks of VGG-19 (2, 2, 4, 4 and 4 convolutions of 64, 128, 256, 512, 512 filters), global average pooling, a
layer of 1,024 neurons, dropout, a ridge regression output with lambda 1e-4 (Eq. 1 to 3), 512 x 512 x 3 pictures, Adam at 1e-4,
batches of 32, 160 epochs, the rate times 0.8 when the validation loss stays for 3 epochs; horizontal and vertical flips,
brightness, zoom, shifts and rotation; models of girls, of boys and of both; MAE, RMSE and RMSPE (Eq. 4 to 6); the curves of
the MAE over the epochs (Fig. 7); the same network on chest films with ages, in 70 % training, 10 % validation and 20 % test
films.

Deviations:

- Hand: the shipped hand finder segments, not Mask R-CNN, and the background is removed outside the hand. The hand is upright.
- Weights: ImageNet in the paper; random here unless `--weights` names a file of torchvision's VGG-19 or `imagenet`. With
  random weights each convolution is followed by a normalisation: without one, 16 layers do not learn from few films.
- `SMALL` has a quarter of the filters, 128 px and fewer films and epochs.
- Convolutions have stride 1. The text says "stride 2", which would leave nothing of the picture after the second block; VGG-19
  has no such strides.
- The rate of dropout is not printed: 0.5, as in VGG-19. The ranges of the augmentations are not printed: see `augment`.
- The penalty is lambda times the sum of the squared coefficients, added to the mean squared error, as a layer of Keras does
  it; Eq. 1 adds it to the sum over the films. So lambda of Eq. 1 is 1e-4 times the number of films.
- The network learns ages in standard deviations from the mean of the training ages, which does not change the solution of the
  ridge regression, but lets the output start near the ages.
- The paper's RMSPE is in percent points of an unknown base (2.71 for both sexes cannot be a share or a percentage of its
  RMSE); here it is a percentage by Eq. 6.
- The films are those of the project's split; the paper tests on the 200 films of the challenge.
- Chest films: cross-validated by patient where there are few.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.random import Generator
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from openboneage.datasets.chest import ChestFilms
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.evaluate.metrics import root_mean_squared_error
from openboneage.hand import geometry
from openboneage.learn.attention_maps import Map, grad_cam, occlusion, smooth_grad_cam_pp
from openboneage.learn.batches import Batch
from openboneage.learn.loop import Task, Validation, fit
from openboneage.learn.networks.feature_nets import IMAGENET_MEAN, IMAGENET_STD, Start, feature_maps
from openboneage.learn.networks.study_model import GreyPhotograph, MonthsReadout, StudyModel
from openboneage.learn.paper_schedules import AdamPlateau
from openboneage.learn.pictures import Change, PictureBatches, Pictures, outputs_of
from openboneage.studies.estimator_run import (
    GROUPS,
    AgeRegression,
    EstimatorRun,
    Standardised,
    StudyExport,
    error_rows,
    error_table,
    of_group,
    square_padding,
)
from openboneage.studies.network_attention import MappedFilms, attention_of

NAME = "ridgenet-2021"
BLOCKS = ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4))
"""Filters and convolutions of the blocks of VGG-19."""
NEURONS = 1024
DROPOUT = 0.5
RIDGE = 1e-4
FOLDS = 5
PRINTED = {"both": (6.38, 8.70, 2.71), "boys": (3.75, 7.00, 3.06), "girls": (5.27, 7.49, 3.08)}
"""MAE, RMSE and RMSPE on the 200 test films of the challenge (section 4.1, Table 1)."""
PRINTED_CHEST = {"both": (52.21, 61.03, 2.56), "boys": (46.61, 55.96, 2.75), "girls": (44.20, 53.79, 2.13)}
"""The same on 7,240 patients of 0 to 20 years of NIH ChestX-ray14 (Table 2)."""


@dataclass(frozen=True)
class RidgeStudy:
    """Settings.

    Attributes:
        side_px: Side of the pictures.
        width: Factor of the number of filters and neurons.
        batch_size: Films a step.
        epochs: Passes over the training films.
        training: Training films at most; None takes all.
        others: Films of every other split at most.
        schedule: Its number of steps is replaced by that of the epochs.
    """

    side_px: int = 512
    width: float = 1.0
    batch_size: int = 32
    epochs: int = 160
    training: int | None = None
    others: int | None = None
    schedule: AdamPlateau = field(
        default_factory=lambda: AdamPlateau(0, peak_lr=1e-4, weight_decay=0.0, ema_decay=0.0, checkpoint_every=100)
    )


FULL = RidgeStudy()
SMALL = replace(
    FULL,
    side_px=128,
    width=0.25,
    epochs=10,
    training=1500,
    others=200,
    schedule=replace(FULL.schedule, peak_lr=1e-3),
)


class RidgeNet(nn.Module):
    """Five blocks, pooling, 1,024 neurons, dropout and a linear output, whose coefficients `ridge_loss` shrinks."""

    def __init__(self, width: float = 1.0, start: Start | None = None) -> None:
        """Build the network.

        Args:
            width: Factor of the filters; 1 where it starts from weights.
            start: What it starts from.

        Raises:
            InputError: The weights do not fit.
        """
        super().__init__()
        if start and start.weights:
            if width != 1:
                raise InputError("Weights of VGG-19 need all filters; give --full.")
            found: tuple[nn.Module, int] = feature_maps("vgg19", start)
        else:
            found = _blocks(width)
        self.maps, channels = found
        neurons = round(NEURONS * width)
        self.neurons, self.dropout = nn.Linear(channels, neurons), nn.Dropout(DROPOUT)
        self.ridge = nn.Linear(neurons, 1)

    def forward(self, image: Tensor) -> Tensor:
        """`(batch, 1, height, width)`, 0 to 1, to ages `(batch, 1)` in standard deviations."""
        pooled = self.maps(image).mean(dim=(2, 3))
        answer: Tensor = self.ridge(self.dropout(F.relu(self.neurons(pooled))))
        return answer


def _blocks(width: float) -> tuple[nn.Module, int]:
    """The blocks with random weights and normalisations, and their channels."""
    layers: list[nn.Module] = [GreyPhotograph(IMAGENET_MEAN, IMAGENET_STD)]
    channels = 3
    for filters, convolutions in BLOCKS:
        for _ in range(convolutions):
            convolution = nn.Conv2d(channels, round(filters * width), 3, padding=1)
            nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
            layers += [convolution, nn.BatchNorm2d(convolution.out_channels), nn.ReLU()]
            channels = convolution.out_channels
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers), channels


@dataclass(frozen=True)
class RidgeLoss:
    """Mean squared error, and lambda times the squared coefficients of the output (Eq. 1 and 3).

    Attributes:
        scale: The ages that the network learns.
        penalty: Lambda, per film.
    """

    scale: Standardised
    penalty: float = RIDGE

    def __call__(self, model: nn.Module, batch: Batch) -> Tensor:
        """The loss of a batch."""
        coefficients: Tensor = model.ridge.weight  # type: ignore[assignment, union-attr]
        return AgeRegression(self.scale)(model, batch) + self.penalty * coefficients.square().sum()


def augment(rng: Generator) -> Change:
    """Flips, rotation by up to 15 degrees, shifts of 10 %, zoom of 10 % and brightness of 20 %."""
    mirror, upside_down = rng.choice([-1.0, 1.0], 2)
    zoom, shift = rng.uniform(0.9, 1.1), rng.uniform(-0.1, 0.1, 2)
    return Change.of(
        geometry.scaling(mirror * zoom, upside_down * zoom),
        geometry.rotation(float(rng.uniform(-15, 15))),
        geometry.translation(*map(float, shift)),
        gain=float(rng.uniform(0.8, 1.2)),
    )


@dataclass(frozen=True, eq=False)
class Trained:
    """A network and the ages that it learned."""

    network: nn.Module
    scale: Standardised

    def months(self, pictures: Pictures) -> np.ndarray:
        """Estimates for pictures, `(n,)` months."""
        return self.scale.months(outputs_of(self.network, pictures))


def train(study: RidgeStudy, run: EstimatorRun, folder: Path, training: Pictures, validation: Pictures) -> Trained:
    """Train a network, or continue; the curves of Fig. 7 are `validation.csv` in its folder.

    Raises:
        InputError: There are fewer films than a batch.
    """
    if len(training) < study.batch_size:
        raise InputError(f"Expected at least {study.batch_size} films for a batch, got {len(training)}.")
    scale, per_epoch = Standardised.of(training), len(training) // study.batch_size
    schedule = study.schedule.with_steps(run.steps or study.epochs * per_epoch)
    few = training.chosen(range(min(len(training), len(validation))))

    def measure(network: nn.Module, _: int) -> Mapping[str, float]:
        found = {"mae_months": validation, "training_mae_months": few}
        errors = {name: scale.months(outputs_of(network, films)) - films.age_months for name, films in found.items()}
        maes = {name: float(np.abs(error).mean()) for name, error in errors.items()}
        return {**maes, "mse": float((errors["mae_months"] ** 2).mean())}

    task = Task(
        partial(RidgeNet, study.width, Start(run.weights)),
        PictureBatches(training, augment, study.batch_size, schedule.seed),
        RidgeLoss(scale),
        Validation(measure, per_epoch, loss="mse"),
    )
    return Trained(fit(task, schedule, run.folder / folder, run.hardware), scale)


def report(study: RidgeStudy, run: EstimatorRun, regions: Path | None = None) -> str:
    """Train the models of girls, boys and both, measure them on held-out films, and write the model for `boneage assess`.

    Args:
        study: Settings.
        run: Films and folder.
        regions: Drawn regions, for the maps of Fig. 15 and their shares by region; `figure15.png` in the folder shows them.
    """
    training, validation, held_out = (
        run.pictures(each, study.side_px) for each in (Split.TRAIN, Split.VALIDATION, Split.HELD_OUT)
    )
    rows, readouts, trained = [], {}, {}
    for group in GROUPS:
        ours, others, test = (of_group(each, group) for each in (training, validation, held_out))
        model = trained[group] = train(study, run, Path(group), ours, others)
        error = float(root_mean_squared_error(others.age_months.astype(float), model.months(others)))
        readouts[group] = MonthsReadout(model.scale.mean_months, model.scale.sd_months, error)
        rows.append([*error_rows(group, test.age_months, model.months(test)), *_printed(PRINTED[group])])
    networks = StudyModel(
        [trained[each].network for each in ("girls", "boys")],
        [readouts[each] for each in ("girls", "boys")],
        square_padding(study.side_px),
    )
    size = f"{len(training)} training films, {study.side_px} px, filters x {study.width:g}, {Start(run.weights).words}"
    run.publish(
        StudyExport(NAME, networks, study.side_px, "RidgeNet 2021, a model for girls and one for boys.", {"size": size})
    )
    table = f"Held-out films; {size}:\n\n{error_table(rows, *PRINTED_HEADER)}"
    if not regions:
        return table

    def maps_of(image: Tensor, sex: int) -> dict[str, Map]:
        network = trained[("girls", "boys")[sex]].network
        layer: nn.Module = network.maps  # type: ignore[assignment]
        return {
            "Smooth Grad-CAM++": smooth_grad_cam_pp(network, layer, image, 0),
            "Grad-CAM": grad_cam(network, layer, image, 0),
            "occlusion": occlusion(network, image, 0),
        }

    attention = attention_of(run, MappedFilms(regions, study.side_px, square=True), maps_of, "figure15")
    return f"{table}\n\nShares of the maps by region (Fig. 15):\n\n{attention}"


PRINTED_HEADER = ("printed MAE", "printed RMSE", "printed RMSPE")


def _printed(figures: tuple[float, float, float]) -> list[str]:
    return [f"{value:.2f}" for value in figures]


def chest_report(study: RidgeStudy, run: EstimatorRun, films: ChestFilms) -> str:
    """Table 2: ages of patients from chest films, cross-validated by patient."""
    pictures = chest_pictures(films, study.side_px)
    folds = np.array(films.folds(FOLDS))
    estimated = np.zeros(len(pictures))
    for fold in range(FOLDS):
        training = pictures.chosen((folds != fold) & (folds != (fold + 1) % FOLDS))
        validation, test = pictures.chosen(folds == (fold + 1) % FOLDS), pictures.chosen(folds == fold)
        batch = replace(study, batch_size=min(study.batch_size, max(len(training) // 4, 2)))
        estimated[folds == fold] = train(batch, run, Path(f"chest-{fold}"), training, validation).months(test)
    rows = []
    for group, sexes in GROUPS.items():
        members = np.isin(pictures.sex, sexes)
        rows.append([*error_rows(group, pictures.age_months[members], estimated[members]), *_printed(PRINTED_CHEST[group])])
    constant = np.full(len(pictures), pictures.age_months.mean())
    rows.append([*error_rows("the mean age, for comparison", pictures.age_months, constant), "", "", ""])
    years = pictures.age_months / 12
    what = f"{len(pictures)} chest films of {films.patients} patients, {years.min():.0f} to {years.max():.0f} years"
    how = f"{FOLDS} folds by patient, {study.side_px} px, {Start(run.weights).words}"
    return f"{what}; {how}:\n\n{error_table(rows, *PRINTED_HEADER)}"


def chest_pictures(films: ChestFilms, side_px: int) -> Pictures:
    """Chest films as square pictures, with ages in months."""
    return Pictures(
        tuple(film.id for film in films.films),
        np.stack([films.square(film, side_px) for film in films.films]),
        np.array([film.age_months for film in films.films], np.float32),
        np.array([film.sex for film in films.films], np.int64),
    )
