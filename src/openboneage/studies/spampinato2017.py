"""Spampinato et al. 2017: off-the-shelf features, fine-tuned networks, and BoNet, a network made for hands.

Source: Spampinato C, Palazzo S, Giordano D, et al. "Deep learning for automated skeletal bone age assessment in X-ray images",
Medical Image Analysis 2017; 36:41-51. `FULL` has the printed sizes, `SMALL` is planned for an hour on two cores, which was not
measured.

As printed: features of networks under four regression networks of 128, 128+128, 256 and 256+128 neurons (Table 3); fine-tuning
with 128+128 (Table 4); BoNet with the rows of Table 5: a first convolution of 7 x 7, a second of 5 x 5, further ones of 3 x 3,
each with ReLU and max-pooling, 2,048 neurons and one output; the deformation layer, a spatial transformer whose localisation
network has three convolutions of 20 maps and 5 x 5 on the map at half size, on the picture or before the last convolution;
pictures with a smaller side of 256 px, mean 0 and standard deviation 1; ten evenly spaced crops of 224 px in training, the
whole picture in tests with fully connected layers as convolutions, whose answers are averaged; SGD with momentum 0.9, rate
0.002, decay 0.0002, batches of 4, mean squared error, 150 epochs; both readings, of which the mean is learned; MAE in years by
sex, race and age group (Table 6).

Deviations:

- Films: the Digital Hand Atlas is not at hand; any data set works. The project's split takes the place of five folds. Second
  readings and Table 6 appear where the films have them.
- Hand: the shipped hand finder aligns the hand and removes the background; the paper takes the whole film.
- Weights: ImageNet in the paper. Here networks start from `--weights`, MobileNetV2 (a fourth network) from its file, all
  others from random weights, as the tables say. BoNet's first layer therefore starts from random weights, not from the
  averaged filters of OverFeat, of which no file is at hand.
- OverFeat is the fast one, for a grey picture, with its map reduced to 6 x 6 before the connected layers, so that it takes any
  size. GoogLeNet and OxfordNet (VGG-16) give their pooled last map; the connected layers of VGG need its weights to mean
  something.
- Features are standardised before the regression networks.
- The first convolution has stride 2 and the following pad their borders; neither is printed. 5 x 5 kernels of the localisation
  network are padded, and its maps are averaged over four quarters, so that it takes any size.
- A network for all films of both sexes, as printed; `boneage assess` gets BoNet with five convolutions and the deformation
  layer after the fourth.
- `SMALL` has an eighth of the maps and neurons, crops of 128 px, fewer films and epochs, and one row of Table 5 for each
  number of convolutions and each place of the deformation layer; `--rows` takes others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from openboneage.datasets.film_set import Film
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.evaluate.metrics import Ages, mean_absolute_error, root_mean_squared_error, to_markdown
from openboneage.learn.attention_maps import Map, strongest_feature
from openboneage.learn.features import FeatureBatches, Features, features_of
from openboneage.learn.loop import Task, fit
from openboneage.learn.networks.bonet import BoNet, BoNetShape, OverFeat, standardised
from openboneage.learn.networks.feature_nets import GOOGLENET, MOBILENET, Pooled, Start, feature_maps
from openboneage.learn.networks.study_model import MonthsReadout, StudyModel
from openboneage.learn.paper_schedules import SgdDecay
from openboneage.learn.pictures import CropBatches, Pictures, outputs_of
from openboneage.studies.estimator_run import AgeRegression, EstimatorRun, Standardised, StudyExport
from openboneage.studies.network_attention import MappedFilms, attention_of
from openboneage.subject import MONTHS_PER_YEAR, Sex

NAME = "spampinato-2017"
SMALLER_SIDE, CROP = 256, 224
ASPECT = 4 / 3
HEADS = {"128": (128,), "128+128": (128, 128), "256": (256,), "256+128": (256, 128)}
EXTRACTORS = ("overfeat-fc1", "overfeat-fc2", GOOGLENET, "vgg16", MOBILENET)
FINE_TUNED = (GOOGLENET, "vgg16", MOBILENET)
HALVES = {"0-9": (0, 10), "10-18": (10, 19)}
"""Age groups of Table 6 in years."""
BEST = BoNetShape((96, 2048, 1024, 1024, 1024), 4)
TABLE_5: Mapping[BoNetShape, tuple[float, float, float]] = {
    BoNetShape((96, 1024)): (1.31, 0.90, 1.10),
    BoNetShape((96, 2048)): (1.19, 0.87, 1.03),
    BoNetShape((96, 2048), 0): (2.11, 1.10, 1.60),
    BoNetShape((96, 512, 1024)): (1.10, 0.83, 0.96),
    BoNetShape((96, 2048, 1024)): (1.09, 0.84, 0.96),
    BoNetShape((96, 2048, 2048)): (0.93, 0.90, 0.91),
    BoNetShape((96, 2048, 2048), 0): (0.97, 0.89, 0.93),
    BoNetShape((96, 512, 1024, 1024)): (1.17, 0.86, 1.01),
    BoNetShape((96, 1024, 1024, 1024)): (1.08, 0.84, 0.96),
    BoNetShape((96, 2048, 2048, 2048)): (0.94, 0.78, 0.86),
    BoNetShape((96, 2048, 2048, 2048), 0): (0.92, 0.90, 0.91),
    BoNetShape((96, 2048, 2048, 2048), 3): (0.88, 0.80, 0.84),
    BoNetShape((96, 512, 1024, 1024, 1024)): (1.01, 0.82, 0.91),
    BoNetShape((96, 2048, 1024, 1024, 1024)): (0.91, 0.81, 0.86),
    BoNetShape((96, 2048, 2048, 2048, 2048)): (0.95, 0.80, 0.87),
    BoNetShape((96, 2048, 2048, 2048, 2048), 0): (0.92, 0.89, 0.91),
    BEST: (0.80, 0.79, 0.79),
    BoNetShape((96, 512, 1024, 1024, 1024, 1024)): (1.22, 1.17, 1.19),
    BoNetShape((96, 1024, 1024, 1024, 2048, 2048)): (1.01, 1.14, 1.07),
    BoNetShape((96, 2048, 2048, 2048, 2048, 2048)): (1.07, 1.05, 1.06),
    BoNetShape((96, 2048, 2048, 2048, 2048, 2048), 0): (1.55, 1.06, 1.30),
    BoNetShape((96, 2048, 2048, 2048, 2048, 2048), 5): (0.96, 0.98, 0.97),
}
"""MAE in years against reading 1, reading 2 and their mean figure, on the Digital Hand Atlas."""
PRINTED_TABLE_3 = {
    "overfeat-fc1": (1.26, 1.22, 1.26, 1.25),
    "overfeat-fc2": (1.38, 1.34, 1.38, 1.35),
    GOOGLENET: (1.18, 1.16, 1.19, 1.18),
    "vgg16": (1.30, 1.31, 1.43, 1.29),
}
"""MAE in years against reading 1, for the heads in their order; of OxfordNet the first connected layer."""
PRINTED_TABLE_4 = {GOOGLENET: (0.86, 0.79, 0.82), "vgg16": (0.88, 0.79, 0.83)}


@dataclass(frozen=True)
class BoNetStudy:
    """Settings.

    Attributes:
        crop_px: Side of the crops; the pictures are larger in the proportion of the paper.
        width: Factor of the maps and neurons of BoNet and OverFeat.
        batch_size: Crops a step.
        epochs: Passes over all crops.
        head_epochs: Passes of a regression network over the features.
        rows: Rows of Table 5.
        training: Training films at most; None takes all.
        others: Films of every other split at most.
        schedule: Its number of steps is replaced.
    """

    crop_px: int = CROP
    width: float = 1.0
    batch_size: int = 4
    epochs: int = 150
    head_epochs: int = 150
    rows: tuple[BoNetShape, ...] = tuple(TABLE_5)
    training: int | None = None
    others: int | None = None
    schedule: SgdDecay = field(
        default_factory=lambda: SgdDecay(0, peak_lr=0.002, weight_decay=0.0, ema_decay=0.0, checkpoint_every=500, decay=2e-4)
    )

    @property
    def height_px(self) -> int:
        """Height of the pictures, whose smaller side is to the crop as 256 to 224."""
        return round(self.crop_px * SMALLER_SIDE / CROP * ASPECT)


FULL = BoNetStudy()
SMALL = replace(
    FULL,
    crop_px=128,
    width=0.125,
    batch_size=16,
    epochs=2,
    head_epochs=40,
    rows=tuple(row for row in TABLE_5 if row in {BEST, BoNetShape((96, 2048, 1024, 1024, 1024)), *list(TABLE_5)[1:3]}),
    training=1000,
    others=200,
    schedule=replace(FULL.schedule, peak_lr=0.01),
)


@dataclass(frozen=True, eq=False)
class Read:
    """Pictures and both readings.

    Attributes:
        pictures: Pictures, labelled with the mean of the readings.
        films: Their films.
        readings: Each reading in months, `(n,)`, by name; one where films were read once.
    """

    pictures: Pictures
    films: Sequence[Film]
    readings: Mapping[str, Ages]

    @classmethod
    def of(cls, run: EstimatorRun, split: Split, height_px: int) -> Read:
        """The films of a split."""
        pictures, films = run.pictures(split, height_px, square=False), run.chosen(split)
        first = np.array([film.label_months for film in films])
        seconds = [film.second_reading_months for film in films]
        if any(second is None for second in seconds):
            return cls(pictures, films, {"reading": first})
        second = np.array(seconds, float)
        mean = ((first + second) / 2).astype(np.float32)
        return cls(replace(pictures, age_months=mean), films, {"reading 1": first, "reading 2": second})

    def errors(self, estimated: Ages) -> list[str]:
        """MAE in years against each reading, and their mean, as cells."""
        errors = [float(mean_absolute_error(read, estimated)) / MONTHS_PER_YEAR for read in self.readings.values()]
        return [f"{error:.2f}" for error in (*errors, *([float(np.mean(errors))] if len(errors) > 1 else []))]

    @property
    def header(self) -> list[str]:
        """Names of the cells of `errors`."""
        return [*self.readings, *(["mean"] if len(self.readings) > 1 else [])]


class Tuned(nn.Module):
    """A network under the best regression network, 128+128 (Table 4)."""

    def __init__(self, maps: nn.Module, channels: int) -> None:
        """Take the network and its channels."""
        super().__init__()
        self.pooled = Pooled(maps)
        self.head = regression_network(channels, HEADS["128+128"])

    def forward(self, image: Tensor) -> Tensor:
        """`(batch, 1, height, width)` to ages `(batch, 1)` in standard deviations."""
        answer: Tensor = self.head(self.pooled(image))
        return answer


def regression_network(features: int, neurons: Sequence[int]) -> nn.Sequential:
    """Fully connected layers with ReLU and one output."""
    layers: list[nn.Module] = []
    for count in neurons:
        layers += [nn.Linear(features, count), nn.ReLU()]
        features = count
    return nn.Sequential(*layers, nn.Linear(features, 1))


def scaled(shape: BoNetShape, width: float) -> BoNetShape:
    """A row of Table 5 with another number of maps."""
    return replace(shape, maps=tuple(max(round(count * width), 4) for count in shape.maps))


@dataclass(frozen=True)
class Part:
    """The films of a run and its settings.

    Attributes:
        study: Settings.
        run: Folder and films.
        training: Films to learn from.
        validation: Films for the width of the intervals.
        test: Held-out films.
        backbone: TFLite file of MobileNetV2.
    """

    study: BoNetStudy
    run: EstimatorRun
    training: Read
    validation: Read
    test: Read
    backbone: Path | None = None

    @classmethod
    def of(cls, study: BoNetStudy, run: EstimatorRun, backbone: Path | None = None) -> Part:
        """Prepare the films."""
        splits = (Split.TRAIN, Split.VALIDATION, Split.HELD_OUT)
        training, validation, test = (Read.of(run, split, study.height_px) for split in splits)
        return cls(study, run, training, validation, test, backbone)

    @property
    def scale(self) -> Standardised:
        """Mean and SD of the training ages."""
        return Standardised.of(self.training.pictures)

    def start(self, name: str) -> Start:
        """What a network starts from."""
        if name == MOBILENET:
            return Start(str(self.backbone) if self.backbone else None)
        return Start(self.run.weights if not name.startswith("overfeat") else None)

    def maps(self, name: str) -> tuple[nn.Module, int]:
        """A network and its channels, from what it starts from."""
        images = torch.from_numpy(self.training.pictures.pixels[:16, None] / np.float32(255))
        return feature_maps(name, self.start(name), images)

    def train(self, build: Callable[[], nn.Module], folder: str) -> nn.Module:
        """Train on crops, or continue.

        Raises:
            InputError: There are fewer crops than a batch.
        """
        study = self.study
        batches = CropBatches(self.training.pictures, study.crop_px, study.batch_size, study.schedule.seed)
        if len(batches) < study.batch_size:
            raise InputError(f"Expected at least {study.batch_size} crops for a batch, got {len(batches)}.")
        schedule = study.schedule.with_steps(self.run.steps or study.epochs * (len(batches) // study.batch_size))
        task = Task(build, batches, AgeRegression(self.scale))
        return fit(task, schedule, self.run.folder / folder, self.run.hardware)

    def estimates(self, network: nn.Module, read: Read) -> Ages:
        """Months for whole pictures, `(n,)`."""
        return self.scale.months(outputs_of(network, read.pictures, batch_size=4))


def table3(part: Part) -> str:
    """Off-the-shelf features under four regression networks."""
    rows = []
    for name in EXTRACTORS:
        torch.manual_seed(0)
        network = _extractor(part, name).eval()
        cache = part.run.folder / "features"
        own, test = (features_of(network, each.pictures, cache) for each in (part.training, part.test))
        mean, sd = own.mean(axis=0), own.std(axis=0) + 1e-6
        errors = [_head_errors(part, name, head, (own - mean) / sd, (test - mean) / sd) for head in HEADS]
        printed = " / ".join(f"{value:.2f}" for value in PRINTED_TABLE_3.get(name, ())) or "–"
        rows.append([name, part.start(name).words, *(" / ".join(each) for each in errors), printed])
    return to_markdown(("features", "start", *HEADS, "printed, reading 1"), rows)


def _extractor(part: Part, name: str) -> nn.Module:
    if name.startswith("overfeat"):
        return OverFeat(int(name[-1]), part.study.width)
    return Pooled(part.maps(name)[0])


def _head_errors(part: Part, name: str, head: str, own: Features, test: Features) -> list[str]:
    study, ages = part.study, part.training.pictures.age_months
    batches = FeatureBatches(own, ages, min(study.batch_size, len(own)), study.schedule.seed)
    schedule = study.schedule.with_steps(part.run.steps or study.head_epochs * (len(own) // batches.batch_size))
    task = Task(partial(regression_network, own.shape[1], HEADS[head]), batches, AgeRegression(part.scale))
    network = fit(task, schedule, part.run.folder / "heads" / f"{name}-{head}", part.run.hardware)
    with torch.no_grad():
        return part.test.errors(part.scale.months(network(torch.from_numpy(test.astype(np.float32)))))


def table4(part: Part) -> str:
    """Fine-tuned networks."""
    rows = []
    for name in FINE_TUNED:
        network = part.train(partial(_tuned, part, name), f"tuned-{name}")
        printed = " / ".join(f"{value:.2f}" for value in PRINTED_TABLE_4.get(name, ())) or "–"
        rows.append([name, part.start(name).words, *part.test.errors(part.estimates(network, part.test)), printed])
    return to_markdown(("fine-tuned", "start", *part.test.header, "printed, readings 1 and 2, mean"), rows)


def _tuned(part: Part, name: str) -> nn.Module:
    return Tuned(*part.maps(name))


def bonet(part: Part, shape: BoNetShape) -> nn.Module:
    """BoNet of a row of Table 5, trained."""
    study = part.study
    own = scaled(shape, study.width)
    build = partial(BoNet, own, study.crop_px, round(2048 * study.width))
    return part.train(build, f"bonet-{own.name}")


def table5(part: Part) -> str:
    """The rows of BoNet."""
    rows = []
    for shape in part.study.rows:
        network = bonet(part, shape)
        place = {None: "no", 0: "yes"}.get(shape.deformation, f"yes: {shape.deformation}")
        printed = " / ".join(f"{value:.2f}" for value in TABLE_5.get(shape, ())) or "–"
        maps = ", ".join(map(str, shape.maps))
        rows.append([place, str(len(shape.maps)), maps, *part.test.errors(part.estimates(network, part.test)), printed])
    header = ("deformation", "convolutions", "maps", *part.test.header, "printed, readings 1 and 2, mean")
    return to_markdown(header, rows)


def table6(part: Part, estimated: Ages) -> str:
    """MAE in years by sex, race and age group."""
    films, rows = part.test.films, []
    races = sorted({film.race for film in films if film.race})
    for sex in (Sex.FEMALE, Sex.MALE):
        for race in (None, *races):
            for name, (low, high) in {"0-18": (0, 19), **HALVES}.items():
                members = np.array([_belongs(film, sex, race, low, high) for film in films])
                if members.any():
                    group = replace(part.test, readings={key: read[members] for key, read in part.test.readings.items()})
                    rows.append([f"{sex}, {race or 'all'}, {name}", str(members.sum()), *group.errors(estimated[members])])
    return to_markdown(("group", "films", *part.test.header), rows)


def _belongs(film: Film, sex: Sex, race: str | None, low: int, high: int) -> bool:
    return film.sex is sex and race in (None, film.race) and low <= film.label_months / MONTHS_PER_YEAR < high


def report(part: Part, regions: Path | None = None) -> str:
    """Tables 3 to 6, and Fig. 6 where there are drawn regions; `boneage assess` gets the best BoNet of the paper."""
    study = part.study
    tables = [table3(part), table4(part), table5(part)]
    network = bonet(part, BEST)
    publish(part, network)
    tables.append(table6(part, part.estimates(network, part.test)))
    size = f"{len(part.training.films)} training films, crops of {study.crop_px} px, maps x {study.width:g}"
    titles = (
        "Off-the-shelf features under regression networks (Table 3):",
        "Fine-tuned networks (Table 4):",
        "BoNet (Table 5):",
        f"BoNet with {len(BEST.maps)} convolutions and the deformation layer after the {BEST.deformation}th (Table 6):",
        "Regions of the strongest feature of each convolution, by deconvolution (Fig. 6):",
    )
    if regions:
        tables.append(figure6(part, regions))
    parts = [f"{title}\n\n{table}" for title, table in zip(titles, tables, strict=False)]
    return "\n\n".join((f"MAE in years on {len(part.test.films)} held-out films; {size}.", *parts))


def figure6(part: Part, regions: Path) -> str:
    """Deconvolution of the strongest feature of each convolution of BoNet, and the regions where it lies (Fig. 6)."""
    blocks = list(bonet(part, BEST).get_submodule("blocks").children())
    places = [number for number, block in enumerate(blocks) if isinstance(block, nn.Sequential)]

    def maps_of(image: Tensor, _: int) -> dict[str, Map]:
        layers = {f"convolution {k}": Standardising(nn.Sequential(*blocks[: number + 1])) for k, number in enumerate(places, 1)}
        return {name: strongest_feature(layer, image) for name, layer in layers.items()}

    return attention_of(part.run, MappedFilms(regions, part.study.height_px, square=False), maps_of, "figure6")


class Standardising(nn.Module):
    """The first blocks of BoNet, with its input."""

    def __init__(self, blocks: nn.Module) -> None:
        """Take the blocks."""
        super().__init__()
        self.blocks = blocks

    def forward(self, image: Tensor) -> Tensor:
        """The map of the last block."""
        maps: Tensor = self.blocks(standardised(image))
        return maps


def publish(part: Part, network: nn.Module) -> None:
    """Write BoNet for `boneage assess`."""
    error = float(
        root_mean_squared_error(part.validation.pictures.age_months.astype(float), part.estimates(network, part.validation))
    )
    readout, study = MonthsReadout(part.scale.mean_months, part.scale.sd_months, error), part.study
    settings = {"size": f"{len(part.training.films)} training films, {study.height_px} px, maps x {study.width:g}"}
    model = StudyModel([network], [readout])
    part.run.publish(StudyExport(NAME, model, study.height_px, f"Spampinato et al. 2017: BoNet {BEST.name}.", settings))
