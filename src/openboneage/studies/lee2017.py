"""Lee et al. 2017: GoogLeNet, fine-tuned to classes of years, for girls and for boys.

Source: Lee H, Tajmir S, Lee J, et al. "Fully automated deep learning system for bone age assessment", Journal of Digital
Imaging 2017; 30:427-441. `FULL` has the printed sizes, `SMALL` is planned for an hour on two cores, which was not measured.

As printed: completed years from 5 to 18 as classes, 18 for mature hands; one model for girls, one for boys; GoogLeNet whose
first filters are averaged over the colours; 224 x 224 pictures; rotation, resizing, shearing and pixel transform of Table 2 at
random, in their steps, each switched on at random, no flip and no shift; SGD with momentum 0.9, weight decay 0.005, batches of
96, 100 epochs, a rate that is multiplied by gamma in three steps; the grid of three rates and three gammas; fine-tuning from
the last layer up to all layers (Fig. 8); models M1 to M4 (Fig. 9); accuracy, shares within one and two years, RMSE of the
years and mAP; the three to five best years as plates of the atlas, with their probabilities.

Deviations:

- Hand: the shipped hand finder and its upright, centred picture, with contrast normalised within the hand, in place of the
  paper's engine. `studies` has the paper's segmentation as a study of its own, where it is.
- Weights: ImageNet in the paper. Without `--weights` all models start from random weights: M4 is then M3 trained again with
  the rate of fine-tuning, and the tables say so. GoogLeNet here is torchvision's, with batch normalisation and without
  auxiliary classifiers.
- `--all-ages` has the classes 0 to 18, since the films at hand include young children; the paper left them out for their small
  number.
- Films are divided by the project's split, not 70:15:15. The best epoch is not chosen on validation films: the last one is
  taken.
- The gamma that is used by default is 0.1 for fine-tuning: the best one is not printed. The printed rates are: 0.005 for
  fine-tuning, 0.01 from random weights.
- M1 sees the whole film, stretched to 224 x 224, with bright bones; films of the smaller packs are smaller than the paper's.
- The grid is measured by the accuracy on validation films, with Optuna; `SMALL` takes fewer epochs.
- mAP is not defined in the paper; `evaluate.years` says how it is computed.
- Table 2 counts 61 rotations, so steps of 1 degree; the text says steps of 5 degrees, which would be 13. Steps of 1 degree are
  taken.
- The model for `boneage assess` spreads the probability of a year evenly over its months; its age is the mean of all years,
  not the best year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import optuna
import torch
from numpy.random import Generator
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from openboneage.clinical.atlas import PlateMatch, nearest_plates
from openboneage.datasets.cohort import LEE_2017, Cohort
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.evaluate.metrics import Ages, percent, to_markdown
from openboneage.evaluate.years import LAST_YEAR, completed_years, year_figures
from openboneage.hand import geometry
from openboneage.learn.batches import Batch
from openboneage.learn.loop import Task, fit
from openboneage.learn.networks.feature_nets import IMAGENET_MEAN, IMAGENET_STD, Start, googlenet_body, grey_first_layer
from openboneage.learn.networks.study_model import GreyPhotograph, StudyModel, YearsReadout
from openboneage.learn.paper_schedules import SgdThirds
from openboneage.learn.pictures import Change, DrawChange, PictureBatches, Pictures, outputs_of, unchanged
from openboneage.studies.estimator_run import EstimatorRun, StudyExport, of_group, square_padding
from openboneage.subject import MONTHS_PER_YEAR, Sex

NAME = "lee-2017"
FIRST_YEAR = 5
DROPOUT = 0.4
DEPTHS = ("fc", "inception5", "inception4", "inception3", "conv2", "conv1")
"""The earliest block that is trained, from the fewest trained layers to all (Fig. 8)."""
RATES, GAMMAS = (0.001, 0.005, 0.01), (0.1, 0.5, 0.75)
SEXES = {"girls": Sex.FEMALE, "boys": Sex.MALE}
PRINTED = {
    ("M1", "girls"): "39.1 / 75.6 / 90.1 %",
    ("M1", "boys"): "40.6 / 75.5 / 92.4 %",
    ("M4", "girls"): "57.3 / 90.4 / 98.1 %; RMSE 0.93; mAP 53.3 %",
    ("M4", "boys"): "61.4 / 94.2 / 99.0 %; RMSE 0.82; mAP 55.8 %",
}
"""Exact, within 1 and within 2 years on films of Massachusetts General Hospital (section "Test Accuracy")."""


@dataclass(frozen=True)
class LeeStudy:
    """Settings.

    Attributes:
        side_px: Side of the pictures.
        batch_size: Films a step.
        epochs: Passes over the training films.
        search_epochs: Passes of a model of the grid and of Fig. 8.
        first_year: First class; the last is 18.
        training: Training films at most; None takes all.
        others: Films of every other split at most.
        tuning: Schedule from pretrained weights; its number of steps is replaced.
        scratch: Schedule from random weights.
    """

    side_px: int = 224
    batch_size: int = 96
    epochs: int = 100
    search_epochs: int = 100
    first_year: int = FIRST_YEAR
    training: int | None = None
    others: int | None = None
    tuning: SgdThirds = field(
        default_factory=lambda: SgdThirds(0, peak_lr=0.005, weight_decay=0.005, ema_decay=0.0, checkpoint_every=100, gamma=0.1)
    )
    scratch: SgdThirds = field(
        default_factory=lambda: SgdThirds(0, peak_lr=0.01, weight_decay=0.005, ema_decay=0.0, checkpoint_every=100, gamma=0.1)
    )

    @property
    def cohort(self) -> Cohort:
        """The films of the classes."""
        return LEE_2017 if self.first_year == FIRST_YEAR else replace(LEE_2017, bone_age=Cohort().bone_age)


FULL = LeeStudy()
SMALL = replace(FULL, side_px=128, batch_size=32, epochs=8, search_epochs=2, training=1500, others=200)


class LeeNet(nn.Module):
    """GoogLeNet for a grey picture: its blocks, pooling, dropout and a layer of classes.

    Attributes:
        blocks: conv1, conv2, inception3, inception4 and inception5, as in the paper's figure.
        frozen: Number of first blocks that are not trained; their statistics are not, either.
    """

    def __init__(self, classes: int, start: Start, depth: str = "conv1") -> None:
        """Build the network; `depth` is the earliest of `DEPTHS` that is trained.

        Raises:
            InputError: The weights cannot be read.
        """
        super().__init__()
        body = googlenet_body(start)
        first = body[0][0]  # type: ignore[index]
        first.conv = grey_first_layer(first.conv)
        self.photograph = GreyPhotograph(IMAGENET_MEAN, IMAGENET_STD, channels=1)
        self.blocks = body
        self.dropout, self.fc = nn.Dropout(DROPOUT), nn.Linear(1024, classes)
        self.frozen = len(DEPTHS) - 1 - DEPTHS.index(depth)
        for block in list(self.blocks.children())[: self.frozen]:
            block.requires_grad_(False)

    def extra_repr(self) -> str:
        """The setting that is not visible in the layers."""
        return f"frozen={self.frozen}"

    def train(self, mode: bool = True) -> LeeNet:
        """Set the mode; frozen blocks stay in evaluation mode."""
        super().train(mode)
        for block in list(self.blocks.children())[: self.frozen]:
            block.eval()
        return self

    def forward(self, image: Tensor) -> Tensor:
        """`(batch, 1, height, width)`, 0 to 1, to logits `(batch, classes)`."""
        features = self.blocks(self.photograph(image))
        answer: Tensor = self.fc(self.dropout(features.mean(dim=(2, 3))))
        return answer


@dataclass(frozen=True)
class YearLoss:
    """Cross-entropy of completed years.

    Attributes:
        first_year: First class.
    """

    first_year: int

    def __call__(self, model: nn.Module, batch: Batch) -> Tensor:
        """The loss of a batch."""
        logits = model(batch["image"].to(memory_format=torch.channels_last)).float()
        years = (batch["age_months"] / MONTHS_PER_YEAR).floor().long()
        return F.cross_entropy(logits, years.clamp(self.first_year, LAST_YEAR) - self.first_year)


def augment(rng: Generator) -> Change:
    """Table 2: each transformation is switched on with probability 1/2 and drawn in its steps."""
    on = rng.random(4) < 0.5
    degrees = float(rng.integers(-30, 31)) if on[0] else 0.0
    size = (float(rng.integers(85, 100)) / 100, float(rng.integers(90, 100)) / 100) if on[1] else (1.0, 1.0)
    x, y = np.tan(np.deg2rad(rng.integers(-5, 6, 2))) if on[2] else np.zeros(2)
    gain, offset = (float(rng.integers(90, 100)) / 100, float(rng.integers(1, 11)) / 255) if on[3] else (1.0, 0.0)
    shear = np.array([[1.0, x, 0.0], [y, 1.0, 0.0]])
    return Change.of(geometry.rotation(degrees), geometry.scaling(*size), shear, gain=gain, offset=offset)


@dataclass(frozen=True)
class Model:
    """How one of the models is trained.

    Attributes:
        name: M1 to M4, or another name for its folder.
        change: Its augmentation.
        start: What it starts from.
        schedule: Rate; its number of steps is replaced.
        depth: The earliest block that is trained.
    """

    name: str
    change: DrawChange
    start: Start
    schedule: SgdThirds
    depth: str = "conv1"


@dataclass(frozen=True, eq=False)
class Films:
    """Pictures of one group.

    Attributes:
        group: `girls` or `boys`.
        training: To learn from.
        validation: To choose by.
        test: To measure on.
    """

    group: str
    training: Pictures
    validation: Pictures
    test: Pictures


def films_of_groups(study: LeeStudy, run: EstimatorRun, whole: bool = False) -> list[Films]:
    """The films of girls and of boys in the cohort, as pictures of the hand or, for M1, as whole films."""
    draw = partial(_whole_films, run, study.side_px) if whole else partial(_hand_pictures, run, study.side_px)
    splits = [_of_cohort(draw(split), study) for split in (Split.TRAIN, Split.VALIDATION, Split.HELD_OUT)]
    return [Films(group, *(of_group(split, group) for split in splits)) for group in SEXES]


def _hand_pictures(run: EstimatorRun, side_px: int, split: Split) -> Pictures:
    return run.pictures(split, side_px)


def _whole_films(run: EstimatorRun, side_px: int, split: Split) -> Pictures:
    """Films with bright bones, stretched to a square."""
    films = run.chosen(split)
    shown = [cv2.resize(run.films.radiograph(film).display, (side_px, side_px), interpolation=cv2.INTER_AREA) for film in films]
    return Pictures(
        tuple(film.id for film in films),
        np.stack(shown).astype(np.uint8),
        np.array([film.label_months for film in films], np.float32),
        np.array([int(film.sex is Sex.MALE) for film in films]),
    )


def _of_cohort(pictures: Pictures, study: LeeStudy) -> Pictures:
    ages = study.cohort.bone_age
    return pictures.chosen((pictures.age_months >= ages.from_months) & (pictures.age_months < ages.to_months))


def train(study: LeeStudy, run: EstimatorRun, model: Model, films: Films, epochs: int) -> nn.Module:
    """Train a model, or continue.

    Raises:
        InputError: There are fewer films than a batch.
    """
    if len(films.training) < study.batch_size:
        raise InputError(f"Expected at least {study.batch_size} films of {films.group}, got {len(films.training)}.")
    schedule = model.schedule.with_steps(run.steps or epochs * (len(films.training) // study.batch_size))
    build = partial(LeeNet, LAST_YEAR + 1 - study.first_year, model.start, model.depth)
    batches = PictureBatches(films.training, model.change, study.batch_size, schedule.seed)
    return fit(Task(build, batches, YearLoss(study.first_year)), schedule, run.folder / model.name / films.group, run.hardware)


def probabilities(network: nn.Module, pictures: Pictures, first_year: int) -> Ages:
    """Probability of each completed year from 0 to 18, `(n, 19)`."""
    known = np.asarray(outputs_of(network, pictures).softmax(dim=-1).numpy(), np.float64)
    return np.pad(known, ((0, 0), (first_year, 0)))


def models_of(study: LeeStudy, run: EstimatorRun) -> list[Model]:
    """M1 to M4 (Fig. 9)."""
    random, pretrained = Start(), Start(run.weights)
    return [
        Model("M1", unchanged, random, study.scratch),
        Model("M2", unchanged, random, study.scratch),
        Model("M3", augment, random, study.scratch),
        Model("M4", augment, pretrained, study.tuning),
    ]


def report(study: LeeStudy, run: EstimatorRun) -> str:
    """Fig. 9 and the plates of some films; the model for `boneage assess` is M4, or M3 without pretrained weights."""
    rows, published = [], {}
    for model in models_of(study, run):
        for films in films_of_groups(study, run, whole=model.name == "M1"):
            network = train(study, run, model, films, study.epochs)
            cells = _cells(network, films.test, study.first_year)
            rows.append([model.name, model.start.words, films.group, *cells, PRINTED.get((model.name, films.group), "–")])
            if model.name == ("M4" if run.weights else "M3"):
                published[films.group] = (network, films.test)
    networks = [network for network, _ in published.values()]
    readout = YearsReadout(study.first_year, LAST_YEAR)
    exported = StudyModel(networks, [readout, readout], square_padding(study.side_px))
    years = f"years {study.first_year} to {LAST_YEAR}"
    settings = {"size": f"{study.training or 'all'} training films at most, {study.side_px} px", "classes": years}
    run.publish(StudyExport(NAME, exported, study.side_px, f"Lee et al. 2017: GoogLeNet, {years}.", settings))
    plates = [row for group, (network, test) in published.items() for row in plate_rows(network, test, study, group)]
    header = ("model", "start", "films", "n", "exact", "within 1 year", "within 2 years", "RMSE (years)", "mAP")
    return "\n\n".join(
        (
            f"Held-out films, {years}, {study.side_px} px (Fig. 9; printed: exact / within 1 / within 2 years):",
            to_markdown((*header, "printed"), rows),
            "The most probable plates of Greulich and Pyle for some held-out films:",
            to_markdown(("film", "sex", "read", "plates"), plates),
        )
    )


def _cells(network: nn.Module, test: Pictures, first_year: int) -> list[str]:
    found, read = probabilities(network, test, first_year), test.age_months.astype(float)
    figures = year_figures(read, found.argmax(axis=1) * MONTHS_PER_YEAR, found)
    apart = found.argmax(axis=1) - completed_years(read)
    shares = (figures.exact, figures.within_1, figures.within_2)
    rmse = float(np.sqrt((apart**2).mean()))
    return [str(len(test)), *map(percent, shares), f"{rmse:.2f}", percent(figures.mean_average_precision)]


def plates_of(years: Ages, sex: Sex, count: int = 5) -> tuple[PlateMatch, ...]:
    """The plates of the atlas nearest to the most probable years of a film, three to five, with their probabilities.

    Args:
        years: Probability of each completed year, `(19,)`.
        sex: Sex of the child.
        count: Number of years, and of plates at most.
    """
    best = np.argsort(-years)[:count]
    ages = np.asarray((best + 0.5) * MONTHS_PER_YEAR, np.float64)
    return nearest_plates(sex, ages, years[best], count)


def plate_rows(network: nn.Module, test: Pictures, study: LeeStudy, group: str, films: int = 3) -> list[list[str]]:
    """Rows of a table: the film, its bone age as read, and its plates."""
    few = test.chosen(range(min(films, len(test))))
    rows = []
    for film_id, months, years in zip(few.ids, few.age_months, probabilities(network, few, study.first_year), strict=True):
        matches = plates_of(years, SEXES[group])
        text = "; ".join(f"{match.age_months / 12:.3g} years {percent(match.probability, 0)}" for match in matches)
        rows.append([film_id, str(SEXES[group]), f"{months / 12:.1f} years", text])
    return rows


def depth_report(study: LeeStudy, run: EstimatorRun) -> str:
    """Fig. 8: exact years when more and more layers are trained, and when all start from random weights."""
    pretrained, rows = Start(run.weights), []
    models = [Model(f"depth-{depth}", augment, pretrained, study.tuning, depth) for depth in DEPTHS]
    for model in (*models, Model("depth-scratch", augment, Start(), study.scratch)):
        row = [model.name.removeprefix("depth-"), model.start.words]
        for films in films_of_groups(study, run):
            network = train(study, run, model, films, study.search_epochs)
            row += _cells(network, films.test, study.first_year)[1:3]
        rows.append(row)
    header = ("trained from", "start", *(f"{group}, {what}" for group in SEXES for what in ("exact", "within 1 year")))
    return f"Held-out films, {study.search_epochs} epochs (Fig. 8):\n\n{to_markdown(header, rows)}"


def grid_report(study: LeeStudy, run: EstimatorRun, storage: str | None = None) -> str:
    """The grid of rates and gammas, by the share of exact years on validation films.

    Args:
        study: Settings.
        run: Films and folder.
        storage: Database of the search, such as `postgresql://…`, for several machines; None keeps it in the folder.
    """
    run.folder.mkdir(parents=True, exist_ok=True)
    grid: Mapping[str, Sequence[float]] = {"rate": RATES, "gamma": GAMMAS}
    parts = []
    for films in films_of_groups(study, run):

        def measure(trial: optuna.Trial, films: Films = films) -> float:
            rate, gamma = (trial.suggest_categorical(name, values) for name, values in grid.items())
            schedule = replace(study.tuning, peak_lr=rate, gamma=gamma)
            model = Model(f"grid-{rate:g}-{gamma:g}", augment, Start(run.weights), schedule)
            network = train(study, run, model, films, study.search_epochs)
            found = probabilities(network, films.validation, study.first_year)
            read = films.validation.age_months.astype(float)
            return year_figures(read, found.argmax(axis=1) * MONTHS_PER_YEAR, found).exact

        search = optuna.create_study(
            study_name=f"{NAME}-{films.group}",
            storage=storage or f"sqlite:///{Path(run.folder).absolute() / 'search.db'}",
            sampler=optuna.samplers.GridSampler(grid, seed=0),
            direction="maximize",
            load_if_exists=True,
        )
        search.optimize(measure)
        rows = [[f"{rate:g}", *(_best(search, rate, gamma) for gamma in GAMMAS)] for rate in RATES]
        parts.append(f"{films.group}:\n\n" + to_markdown(("rate", *(f"gamma {gamma:g}" for gamma in GAMMAS)), rows))
    return f"Exact years on validation films, {study.search_epochs} epochs, {Start(run.weights).words}.\n\n" + "\n\n".join(
        parts
    )


def _best(search: optuna.Study, rate: float, gamma: float) -> str:
    values = [
        trial.value for trial in search.trials if trial.params == {"rate": rate, "gamma": gamma} and trial.value is not None
    ]
    return percent(max(values)) if values else "–"
