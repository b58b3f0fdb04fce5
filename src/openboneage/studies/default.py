"""The shipped models, made end to end from public films by one command: `boneage train default`.

1. The hand finder is trained (`studies.hand_finder`).
2. Every training film is found and laid straight with it.
3. The whole-hand age networks are trained on those hands (`studies.whole_hand`).
4. Temperature and interval mass are fitted on the validation films, through the program as a clinic runs it.
5. Their figures on films used for none of this, held-out and native, are measured and written to the card.

A run that was stopped goes on where it was; a finished step is not done again.
"""

from __future__ import annotations

import datetime
import filecmp
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from openboneage.datasets.film_set import films_of, trainable
from openboneage.datasets.rsna import RsnaFilms
from openboneage.datasets.splits import SPLIT_SALT, Split
from openboneage.errors import InputError
from openboneage.evaluate.ages import assessor_loader, card_figures, read_films
from openboneage.evaluate.calibration import UNCALIBRATED, calibrate, read_uncalibrated
from openboneage.hand.finder import HEAD_OUTPUTS, MAP_CHANNELS, THUMBNAIL_CHANNELS, THUMBNAIL_PX
from openboneage.hand.finder_card import HAND_FINDER
from openboneage.hand.frame import canvas_size
from openboneage.learn.export import export_onnx
from openboneage.learn.hands import prepare_hands
from openboneage.studies.hand_finder import FinderStudy, train_finder
from openboneage.studies.whole_hand import WholeHandStudy, train_whole_hand
from openboneage.weights.card import Card, read_card
from openboneage.weights.registry import ModelSet

COMMAND = "boneage train default"
WHOLE_HAND = "whole-hand"
"""Role of the age model."""
LICENCE = {
    "name": "CC BY-NC 4.0",
    "link": "https://creativecommons.org/licenses/by-nc/4.0/",
    "data": "https://www.rsna.org/education/ai-resources-and-training/ai-image-challenge/RSNA-Pediatric-Bone-Age-Challenge-2017",
    "citation": (
        "Halabi SS, Prevedello LM, Kalpathy-Cramer J, et al. The RSNA Pediatric Bone Age Machine Learning Challenge. "
        "Radiology 2018; 290(2):498-503."
    ),
}

BACKBONE = "MobileNetV2 1.0 of Keras, learned on ImageNet, quantised after training (Apache-2.0)"


@dataclass(frozen=True)
class DefaultRun:
    """Where the run reads and writes.

    Attributes:
        shared: Folder with `rsna/`, `not_hands/` and `backbones/`.
        out: Folder of the run: checkpoints, ONNX files, cards.
        version: Version of the models, for their cards.
        jobs: Processes that prepare films.
    """

    shared: Path
    out: Path
    version: str
    jobs: int = 2

    @property
    def films(self) -> RsnaFilms:
        """The RSNA films."""
        return RsnaFilms(self.shared / "rsna")

    @property
    def not_hands(self) -> Path:
        """Archive of images that are no hands."""
        return self.shared / "not_hands" / "mednist-64px.zip"

    @property
    def backbone(self) -> Path:
        """MobileNetV2 as learned on ImageNet, in 8 bits."""
        return self.shared / "backbones" / "tf2_mobilenet_v2_1.0_224_ptq.tflite"

    @property
    def models(self) -> ModelSet:
        """The models that the run makes."""
        return ModelSet(self.out)

    @property
    def finder(self) -> Path:
        """Card of the hand finder."""
        return self.models.card(HAND_FINDER.name)

    @property
    def whole_hand(self) -> Path:
        """Card of the whole-hand model."""
        return self.models.card(WHOLE_HAND)


def train_default(run: DefaultRun, finder: FinderStudy | None = None, whole_hand: WholeHandStudy | None = None) -> ModelSet:
    """Make both shipped models; returns their set."""
    finder, whole_hand = finder or FinderStudy(), whole_hand or WholeHandStudy()
    run.out.mkdir(parents=True, exist_ok=True)
    if not run.finder.is_file():
        network = train_finder(run.films, run.not_hands, run.out / HAND_FINDER.name, finder)
        example = _example(2, THUMBNAIL_PX, THUMBNAIL_PX)
        _write(run, network, example, _finder_card(finder))
    if not _is_measured(run.whole_hand):
        hands = prepare_hands(run.films, trainable(run.films), run.finder, run.out / "hands", run.jobs)
        network = train_whole_hand(hands, run.backbone, run.out / WHOLE_HAND, whole_hand)
        example = _example(1, *canvas_size(whole_hand.spec.height_px))
        card = _write(run, network, example, _whole_hand_card(run, whole_hand))
        load = assessor_loader(run.models)
        calibration = calibrate(read_uncalibrated(run.films, films_of(run.films, Split.VALIDATION), load, run.jobs))
        card = replace(card, calibration=asdict(calibration))
        card.write(run.whole_hand)
        splits = (Split.HELD_OUT, Split.NATIVE)
        chosen = {str(split): films_of(run.films, split) for split in splits}
        figures = {name: card_figures(read_films(run.films, films, load, run.jobs)) for name, films in chosen.items()}
        replace(card, figures=figures).write(run.whole_hand)
    for path in run.models.cards.values():
        _give_version(path, run.version)
    return run.models


def _give_version(path: Path, version: str) -> None:
    """Write a version to a card that has another: a finished run may get its version when its figures are known."""
    card = read_card(path)
    if card.version != version:
        replace(card, version=version).write(path)


def _example(*shape: int) -> torch.Tensor:
    """A batch of two inputs on which an exported network is checked, the same on every run."""
    return torch.zeros(2, *shape).uniform_(generator=torch.Generator().manual_seed(0))


def _is_measured(card: Path) -> bool:
    """Whether the last step was done: the card has no figures while films are read for it."""
    return card.is_file() and bool(read_card(card).figures)


def check_free(folder: Path, models: ModelSet) -> None:
    """Check that a folder holds no models but those of a run.

    Raises:
        InputError: It does: models that have a version are never replaced.
    """
    for place in _files(ModelSet(folder)):
        path = models.folder / place.name
        if not (path.exists() and filecmp.cmp(path, place, shallow=False)):
            raise InputError(f"The set {folder.name} holds other models already and keeps them; give another --version.")


def install(models: ModelSet, folder: Path) -> None:
    """Copy the models of a run to the folder that the program loads their set from.

    Raises:
        InputError: Other models are there; see `check_free`.
    """
    check_free(folder, models)
    folder.mkdir(exist_ok=True)
    for path in _files(models):
        shutil.copy2(path, folder)


def _files(models: ModelSet) -> list[Path]:
    return [path for card in models.cards.values() for path in (card, card.with_suffix(".onnx"))]


def _write(run: DefaultRun, network: nn.Module, example: torch.Tensor, card: dict[str, Any]) -> Card:
    path = run.out / f"{card['name']}.onnx"
    finished = Card(**card, version=run.version, file=path.name, sha256=export_onnx(network, example, path), licence=LICENCE)
    finished.write(path.with_suffix(".json"))
    return finished


def _finder_card(study: FinderStudy) -> dict[str, Any]:
    return {
        "name": HAND_FINDER.name,
        "task": "Finds the hand on a film: mask, four landmarks, number of hands, polarity.",
        "preprocessing": {"thumbnail_px": THUMBNAIL_PX, "channels": list(THUMBNAIL_CHANNELS)},
        "output": {"maps": list(MAP_CHANNELS), "head": list(HEAD_OUTPUTS), "unit": "logits"},
        "calibration": read_card(ModelSet.find().card(HAND_FINDER.name)).calibration,  # until limits are set with this finder
        "training": {
            "data": "RSNA 2017 films at 100 px; 70 outlines (minhnt33/gr-bone-age, MIT); 267 boxed films (Koitka et al. "
            "2018, MIT); MedNIST chest, CT and MR slices (CC BY-SA 4.0)",
            "stages": [asdict(study.schedule)],
            **_provenance(study.batch_size),
        },
    }


def _whole_hand_card(run: DefaultRun, study: WholeHandStudy) -> dict[str, Any]:
    return {
        "name": WHOLE_HAND,
        "task": "Gives bone age on the Greulich-Pyle scale as a distribution over months, for a girl and for a boy.",
        "preprocessing": asdict(study.spec),
        "output": {"sexes": ["female", "male"], "months": [0, 228], "unit": "logits"},
        "calibration": asdict(UNCALIBRATED),
        "training": {
            "data": f"{len(trainable(run.films))} RSNA 2017 films at 100 px, part also at 64 px; single readings",
            "variation": asdict(study.variation),
            "loss": asdict(study.loss),
            "later_dropout": study.later_dropout,
            "easing": study.easing,
            "counted_twice_under_months": study.infant_months,
            "networks": [
                {"start": "random weights", "stages": [asdict(stage) for stage in study.stages]},
                {"start": BACKBONE, "stages": [asdict(stage) for stage in study.pretrained_stages]},
            ],
            **_provenance(study.batch_size),
        },
    }


def _provenance(batch_size: int) -> Mapping[str, Any]:
    return {
        "split": f"sha256('{SPLIT_SALT}:<id>'): 80 % train, 10 % validation (calibration), 10 % held out; native.csv in none",
        "command": COMMAND,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "batch_size": batch_size,
        "torch": torch.__version__,
    }
