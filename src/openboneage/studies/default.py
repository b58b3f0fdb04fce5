"""The shipped models, made end to end by one command: `boneage train default`.

1. The hand finder is trained (`studies.hand_finder`), or that of the default set is taken.
2. The hand is found on every training film and put into its standard frame.
3. The whole-hand age networks are trained on those hands (`studies.whole_hand`).
4. Temperature and interval mass are fitted on the validation films, through the program as a clinic runs it.
5. Accuracy is measured on films used for none of this, held-out and native, and written to the card.
6. If there are drawn regions, the bone finder is trained on the hands that have some (`studies.bone_finder`).
7. With it, the bones of all films are found, and the bone stager is trained on their crops, calibrated and measured
   (`studies.bone_stager`).

A stopped run continues; finished steps are not repeated. All processes that `torchrun` started train, and the first one does
everything else.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import nn

from openboneage.batch.choice import executor_of
from openboneage.bones.finder_card import BONE_FINDER
from openboneage.bones.names import RUS
from openboneage.bones.stager_card import BONE_STAGER
from openboneage.datasets.film_set import Film, FilmSet, films_of
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.evaluate.ages import assessor_loader, card_figures, read_films
from openboneage.evaluate.calibration import calibrate, read_uncalibrated
from openboneage.hand.finder import THUMBNAIL_PX
from openboneage.hand.finder_card import HAND_FINDER
from openboneage.hand.frame import canvas_size
from openboneage.learn.export import export_onnx
from openboneage.learn.hands import TrainingHand, prepare_hands
from openboneage.learn.hardware import Hardware
from openboneage.learn.identity import as_identity, identity_digest, refuse_another, settings_of
from openboneage.learn.loop import CHECKPOINT
from openboneage.learn.manifest import versions, write_manifest
from openboneage.studies.bone_finder import BoneFinderStudy, bone_hands, train_bone_finder
from openboneage.studies.bone_stager import BoneStagerStudy, train_bone_stager
from openboneage.studies.default_cards import WHOLE_HAND, bone_finder_card, bone_stager_card, finder_card, whole_hand_card
from openboneage.studies.hand_finder import FinderStudy, train_finder
from openboneage.studies.material import Material
from openboneage.studies.stager_data import StagerData
from openboneage.studies.whole_hand import AgeTraining, WholeHandStudy
from openboneage.subject import Sex
from openboneage.weights.card import Card, read_card
from openboneage.weights.registry import ModelSet

RECORD = "run.json"
"""Identity of the content of a role's folder."""
SMOKE_FILMS, SMOKE_STEPS, SMOKE_BATCH = 24, 4, 8


@dataclass(frozen=True)
class DefaultRun:
    """The models to train, the data and the output folder.

    Attributes:
        material: Films and further files.
        out: Folder of the run: checkpoints, ONNX files, cards.
        version: Version of the models, for their cards.
        only: The only role to train; None trains all. Other models in the folder keep their version. A missing finder is that
            of the default set.
        jobs: Processes that prepare and measure films.
        hardware: Where networks are trained.
        finder: Settings of the hand finder.
        whole_hand: Settings of the age model.
        bone_finder: Settings of the bone finder.
        bone_stager: Settings of the bone stager.
        smoke: Whether this is only a test of every step.
    """

    material: Material
    out: Path
    version: str
    only: str | None = None
    jobs: int = 2
    hardware: Hardware = field(default_factory=Hardware)
    finder: FinderStudy = field(default_factory=FinderStudy)
    whole_hand: WholeHandStudy = field(default_factory=WholeHandStudy)
    bone_finder: BoneFinderStudy = field(default_factory=BoneFinderStudy)
    bone_stager: BoneStagerStudy = field(default_factory=BoneStagerStudy)
    smoke: bool = False

    @property
    def models(self) -> ModelSet:
        """The models that the run makes."""
        return ModelSet(self.out)

    def card(self, role: str) -> Path:
        """The card of a role."""
        return self.models.card(role)

    def trains(self, role: str) -> bool:
        """Whether a role is trained."""
        return self.only in (None, role)

    def with_steps(self, steps: int) -> DefaultRun:
        """The run with another length of every training stage."""
        return replace(
            self,
            finder=self.finder.with_steps(steps),
            whole_hand=self.whole_hand.with_steps(steps),
            bone_finder=self.bone_finder.with_steps(steps),
            bone_stager=self.bone_stager.with_steps(steps),
        )

    def as_smoke(self) -> DefaultRun:
        """A run of a few steps on a few films."""
        short = self.with_steps(SMOKE_STEPS)
        return replace(
            short,
            material=replace(self.material, films=self.material.few(SMOKE_FILMS)),
            finder=replace(short.finder, batch_size=SMOKE_BATCH),
            whole_hand=replace(short.whole_hand, batch_size=SMOKE_BATCH),
            bone_finder=replace(short.bone_finder, batch_size=SMOKE_BATCH // 4),
            bone_stager=replace(short.bone_stager, batch_size=SMOKE_BATCH, synthetic=SMOKE_BATCH),
            smoke=True,
        )


def train_default(run: DefaultRun) -> ModelSet:
    """Make the models of a run, or continue it.

    Raises:
        InputError: Films or files are missing, or the folder holds another run.
    """
    fabric = run.hardware.fabric()
    if run.trains(WHOLE_HAND):
        for split in (Split.TRAIN, Split.VALIDATION, Split.HELD_OUT):
            labelled(run.material.films, split)  # fail on missing films before the training
    run.out.mkdir(parents=True, exist_ok=True)
    if run.trains(HAND_FINDER.name):
        _make_finder(run, fabric)
    if run.trains(WHOLE_HAND):
        _make_whole_hand(run, fabric)
    if run.only == BONE_FINDER.name or (run.only is None and run.material.regions):
        _make_bone_finder(run, fabric)
    if run.only == BONE_STAGER.name or (run.only is None and run.material.regions):
        _make_bone_stager(run, fabric)
    with fabric.rank_zero_first():
        for role, path in run.models.cards.items():
            if run.trains(role):
                _give_version(path, run.version)
    return run.models


def _make_finder(run: DefaultRun, fabric: Fabric) -> None:
    card, folder = run.card(HAND_FINDER.name), run.out / HAND_FINDER.name
    _claim(run, HAND_FINDER.name, {"study": settings_of(run.finder)}, fabric)
    if card.is_file():
        return
    network = train_finder(run.material, folder, run.finder, run.hardware)
    with fabric.rank_zero_first():
        if not card.is_file():
            _write(run, network, _example(2, THUMBNAIL_PX, THUMBNAIL_PX), finder_card(run.material, run.finder, run.smoke))


def _make_whole_hand(run: DefaultRun, fabric: Fabric) -> None:
    card, folder = run.card(WHOLE_HAND), run.out / WHOLE_HAND
    with fabric.rank_zero_first():
        _take_finder(run)
    finder = read_card(run.card(HAND_FINDER.name)).sha256
    _claim(run, WHOLE_HAND, {"study": settings_of(run.whole_hand), "finder": finder}, fabric)
    if _is_measured(card):
        return
    with fabric.rank_zero_first():  # the others read the results of the first
        hands, validation = _hands(run, Split.TRAIN), _hands(run, Split.VALIDATION)
    training = AgeTraining(hands, run.whole_hand, validation, run.hardware)
    network = training.networks(run.material.backbone, folder)
    with fabric.rank_zero_first():
        if not _is_measured(card):
            example = _example(1, *canvas_size(run.whole_hand.spec.height_px))
            _measure(run, _write(run, network, example, whole_hand_card(run.material, run.whole_hand, run.smoke)))


def _make_bone_finder(run: DefaultRun, fabric: Fabric) -> None:
    card, folder, study = run.card(BONE_FINDER.name), run.out / BONE_FINDER.name, run.bone_finder
    with fabric.rank_zero_first():
        _take_finder(run)
    finder = run.card(HAND_FINDER.name)
    _claim(run, BONE_FINDER.name, {"study": settings_of(study), "finder": read_card(finder).sha256}, fabric)
    if card.is_file():
        return
    hands = bone_hands(run.material, finder, study.spec, run.jobs)
    network = train_bone_finder(hands, folder, study, run.hardware)
    with fabric.rank_zero_first():
        if not card.is_file():
            example = _example(1, *canvas_size(study.spec.height_px))
            _write(run, network, example, bone_finder_card(run.material, study, run.smoke))


def _make_bone_stager(run: DefaultRun, fabric: Fabric) -> None:
    card, folder, study = run.card(BONE_STAGER.name), run.out / BONE_STAGER.name, run.bone_stager
    with fabric.rank_zero_first():
        for role in (HAND_FINDER.name, BONE_FINDER.name):
            _take_finder(run, role)
    finders = run.card(HAND_FINDER.name), run.card(BONE_FINDER.name)
    digests = [read_card(finder).sha256 for finder in finders]
    _claim(run, BONE_STAGER.name, {"study": settings_of(study), "finders": digests}, fabric)
    if _is_measured(card):
        return
    data = StagerData(run.material, *finders, study, folder, run.jobs)
    with fabric.rank_zero_first():
        hands = data.training_hands()
    network = train_bone_stager(hands, folder, study, run.hardware)
    with fabric.rank_zero_first():
        if not _is_measured(card):
            example = _example(len(RUS), study.spec.crop_px, study.spec.crop_px)
            _write(run, network, example, bone_stager_card(run.material, study, run.smoke))
            data.measure(card)


def _take_finder(run: DefaultRun, role: str = HAND_FINDER.name) -> None:
    """Copy a finder of the default set to a folder without it, unless the run trains it.

    Raises:
        InputError: The default set has none.
    """
    card = run.card(role)
    if not card.is_file():
        shipped = ModelSet.find().card(role)
        if not shipped.is_file():
            raise InputError(f"Expected a {role} in {run.out} or in the default set, found none: train it first.")
        shutil.copy2(shipped.with_suffix(".onnx"), card.with_suffix(".onnx"))
        shutil.copy2(shipped, card)


def _claim(run: DefaultRun, role: str, settings: Mapping[str, Any], fabric: Fabric) -> None:
    """Check that the folder of a role contains this run, and record it in an empty folder.

    Raises:
        InputError: It holds another run.
    """
    path = run.out / role / RECORD
    identity = as_identity({**settings, "material": run.material.digests(), "smoke": run.smoke})
    with fabric.rank_zero_first():
        has_card = run.card(role).is_file()
        if path.is_file() and (has_card or any(path.parent.rglob(CHECKPOINT))):
            refuse_another(run.out, json.loads(path.read_text(encoding="utf-8"))["identity"], identity)
            return
        if has_card:
            raise InputError(f"The folder {run.out} contains a model {role} that this run did not train; give another folder.")
        path.parent.mkdir(exist_ok=True)
        write_manifest(path, {"run": identity_digest(identity), "identity": identity, "versions": versions()})


def _hands(run: DefaultRun, split: Split) -> list[TrainingHand]:
    films = labelled(run.material.films, split)
    finder, spec = run.card(HAND_FINDER.name), run.whole_hand.spec
    return prepare_hands(run.material.films, films, finder, spec, run.out / "hands", executor_of(run.jobs))


def labelled(films: FilmSet, split: Split) -> list[Film]:
    """Films of a split that have a bone age and a sex.

    Raises:
        InputError: There is none.
    """
    chosen = [film for film in films_of(films, split) if film.bone_age_months is not None and film.sex is not Sex.UNKNOWN]
    if not chosen:
        raise InputError(f"Expected {split} films with a bone age and a sex in {films.name}, found none.")
    return chosen


def _write(run: DefaultRun, network: nn.Module, example: torch.Tensor, content: dict[str, Any]) -> Card:
    path = run.out / f"{content['name']}.onnx"
    card = Card(**content, version=run.version, file=path.name, sha256=export_onnx(network, example, path))
    card.write(path.with_suffix(".json"))
    return card


def _measure(run: DefaultRun, card: Card) -> None:
    """Calibrate the age model and write its accuracy to its card."""
    films, load, path = run.material.films, assessor_loader(run.models), run.card(WHOLE_HAND)
    calibration = calibrate(read_uncalibrated(films, labelled(films, Split.VALIDATION), load, executor_of(run.jobs)))
    card = replace(card, calibration=asdict(calibration))
    card.write(path)
    there = {film.split for film in films.films}
    splits = [split for split in (Split.HELD_OUT, Split.NATIVE) if split in there]
    figures = {
        str(split): card_figures(read_films(films, labelled(films, split), load, executor_of(run.jobs))) for split in splits
    }
    replace(card, figures=figures).write(path)


def _is_measured(card: Path) -> bool:
    """Whether the last step is done; until then the card has no figures."""
    return card.is_file() and bool(read_card(card).figures)


def _give_version(path: Path, version: str) -> None:
    """Write a version to a card that has another: a finished run may get its version when its figures are known."""
    card = read_card(path)
    if card.version != version:
        replace(card, version=version).write(path)


def _example(*shape: int) -> torch.Tensor:
    """A batch of two inputs on which an exported network is checked, the same on every run."""
    return torch.zeros(2, *shape).uniform_(generator=torch.Generator().manual_seed(0))
