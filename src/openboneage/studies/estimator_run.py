"""What the studies of whole-hand estimators share: pictures of the films, training, and the model for `boneage assess`.

Every study is measured by its own tables on pictures, and once more through the whole program: the exported network is
calibrated on validation films, and its accuracy on held-out and native films stands in its card.
"""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from openboneage.batch.choice import executor_of
from openboneage.datasets.film_set import Film, FilmSet, films_of
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.evaluate.ages import assessor_loader, card_figures, read_films
from openboneage.evaluate.calibration import UNCALIBRATED, calibrate, read_uncalibrated
from openboneage.evaluate.metrics import Ages, agreement, to_markdown
from openboneage.hand.drawing import DEFAULT_PICTURE, PictureSpec
from openboneage.hand.finder_card import HAND_FINDER
from openboneage.hand.frame import canvas_size
from openboneage.learn.batches import Batch
from openboneage.learn.export import export_onnx
from openboneage.learn.hands import prepare_hands
from openboneage.learn.hardware import Hardware
from openboneage.learn.pictures import Pictures, hand_pictures
from openboneage.studies.default_cards import data_of, licence_of
from openboneage.subject import Sex
from openboneage.weights.card import Card
from openboneage.weights.registry import ModelSet

GROUPS = {"both": (0, 1), "girls": (0,), "boys": (1,)}
"""Sexes of the films of a model, as numbers of pictures."""
VERSION = "0.1"


@dataclass(frozen=True)
class EstimatorRun:
    """Films, folder and size of a study.

    Attributes:
        films: The films.
        folder: Checkpoints, logs, tables and the exported model; a stopped run continues.
        training: Training films at most; None takes all.
        others: Validation, held-out and native films at most, of each split; None takes all.
        steps: Length of each training, instead of that of the epochs.
        weights: Weights of backbones, see `feature_nets.Start`.
        hardware: Where networks are trained.
        jobs: Processes that prepare films.
    """

    films: FilmSet
    folder: Path
    training: int | None = None
    others: int | None = None
    steps: int | None = None
    weights: str | None = None
    hardware: Hardware = field(default_factory=Hardware)
    jobs: int = 1

    def chosen(self, split: Split) -> list[Film]:
        """The films of a split, at most as many as the run takes: a share that is the same in every run.

        Raises:
            InputError: The split has no film with a bone age and a sex.
        """
        films = [f for f in films_of(self.films, split) if f.bone_age_months is not None and f.sex is not Sex.UNKNOWN]
        if not films:
            raise InputError(f"Expected {split} films with a bone age and a sex in {self.films.name}, found none.")
        most = self.training if split is Split.TRAIN else self.others
        order = np.random.default_rng(0).permutation(len(films))
        return [films[number] for number in sorted(order[:most])]

    def pictures(self, split: Split, side_px: int, square: bool = True) -> Pictures:
        """Pictures of the hands of a split, of that height."""
        spec, finder = picture_spec(side_px), ModelSet.find().card(HAND_FINDER.name)
        hands = prepare_hands(self.films, self.chosen(split), finder, spec, self.folder / "hands", executor_of(self.jobs))
        return hand_pictures(hands, spec, square)

    def publish(self, model: StudyExport) -> ModelSet:
        """Export a model of the study, calibrate it on validation films and measure it on held-out and native films."""
        name, path = model.name, self.folder / f"{model.name}.onnx"
        models, height_px = ModelSet(self.folder), model.side_px
        example = torch.zeros(2, 1, *canvas_size(height_px)).uniform_(generator=torch.Generator().manual_seed(0))
        finder, copy = ModelSet.find().card(HAND_FINDER.name), models.card(HAND_FINDER.name)
        for suffix in (".json", ".onnx"):
            shutil.copy2(finder.with_suffix(suffix), copy.with_suffix(suffix))
        card = Card(
            name=name,
            version=VERSION,
            task=model.task,
            file=path.name,
            sha256=export_onnx(model.network, example, path, model.in_bytes),
            preprocessing=asdict(picture_spec(height_px)),
            output={"sexes": ["female", "male"], "months": [0, 228], "unit": "logits", "mirrored": False},
            calibration=asdict(UNCALIBRATED),
            training={
                "data": data_of(self.films),
                **model.training,
                "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            },
            licence=licence_of(self.films),
        )
        card.write(models.card(name))
        load, executor = assessor_loader(models, name), executor_of(self.jobs)
        calibration = calibrate(read_uncalibrated(self.films, self.chosen(Split.VALIDATION), load, executor))
        card = replace(card, calibration=asdict(calibration))
        card.write(models.card(name))
        there = {film.split for film in self.films.films}
        splits = [split for split in (Split.HELD_OUT, Split.NATIVE) if split in there]
        measured = {str(split): card_figures(read_films(self.films, self.chosen(split), load, executor)) for split in splits}
        replace(card, figures=measured).write(models.card(name))
        return models


@dataclass(frozen=True, eq=False)
class StudyExport:
    """A trained model of a study, for `EstimatorRun.publish`.

    Attributes:
        name: Estimator and role, such as `lee-2017`.
        network: From the picture of the standard hand to logits for a girl and a boy; see `StudyModel`.
        side_px: Side of the square pictures.
        task: What the model does, for its card.
        training: Settings, for its card.
        in_bytes: Whether weights may be stored in 8 bits.
    """

    name: str
    network: nn.Module
    side_px: int
    task: str
    training: Mapping[str, Any]
    in_bytes: bool = True


def picture_spec(side_px: int) -> PictureSpec:
    """How hands are drawn for a study: as for the shipped model, at another size."""
    return replace(DEFAULT_PICTURE, height_px=side_px)


def square_padding(side_px: int) -> tuple[int, int]:
    """Columns on both sides that make the picture of a hand square."""
    height, width = canvas_size(side_px)
    left = (height - width) // 2
    return left, height - width - left


def of_group(pictures: Pictures, group: str) -> Pictures:
    """The pictures of a model: of girls, of boys, or all.

    Raises:
        InputError: There is none.
    """
    found = pictures.chosen(np.isin(pictures.sex, GROUPS[group]))
    if not len(found):
        raise InputError(f"Expected films of {group} in the sample of {len(pictures)}, found none; take more films.")
    return found


@dataclass(frozen=True)
class AgeRegression:
    """Mean squared error of ages in standard deviations.

    Attributes:
        scale: The ages that the network learns.
    """

    scale: Standardised

    def __call__(self, model: nn.Module, batch: Batch) -> Tensor:
        """The loss of a batch."""
        return F.mse_loss(model(batch["image"]).float(), self.scale.target(batch["age_months"]))


@dataclass(frozen=True)
class Standardised:
    """Ages in standard deviations from their mean, as networks learn them.

    Attributes:
        mean_months: Mean of the training ages.
        sd_months: Their standard deviation.
    """

    mean_months: float
    sd_months: float

    @classmethod
    def of(cls, pictures: Pictures) -> Standardised:
        """The scale of training pictures."""
        return cls(float(pictures.age_months.mean()), max(float(pictures.age_months.std()), 1.0))

    def target(self, age_months: Tensor) -> Tensor:
        """Ages as targets, `(batch, 1)`."""
        return ((age_months - self.mean_months) / self.sd_months)[:, None]

    def months(self, answer: Tensor) -> Ages:
        """Months of answers `(n, 1)`, `(n,)`."""
        return np.asarray(answer[:, 0].numpy().astype(np.float64) * self.sd_months + self.mean_months)


def error_rows(name: str, read: NDArray[np.floating], estimated: Ages) -> list[str]:
    """Films, MAE, RMSE, RMSPE, CCC and the share within 12 months, in months, as cells of a table."""
    f = agreement(np.asarray(read, float), estimated)
    figures = (f"{f.mae:.2f}", f"{f.rmse:.2f}", f"{100 * f.rmspe:.1f} %", f"{f.ccc:.3f}", f"{100 * f.within_12:.0f} %")
    return [name, str(f.films), *figures]


ERROR_HEADER = ("model", "films", "MAE (months)", "RMSE", "RMSPE", "CCC", "within 12 months")


def error_table(rows: Sequence[Sequence[str]], *more: str) -> str:
    """A table of `error_rows`, with further columns."""
    return to_markdown((*ERROR_HEADER, *more), rows)
