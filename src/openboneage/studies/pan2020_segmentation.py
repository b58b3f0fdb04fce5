"""Pan 2020, hand segmentation: a deepened U-Net, and a committee that asks for the outlines it needs.

Source: Pan et al., "Fully Automated Bone Age Assessment on Large-Scale Hand X-Ray Dataset", Int J Biomed Imaging 2020;
8460493, sections 3 and 5.2. Numbers are as printed unless listed below; `FULL` has the paper's sizes, `SMALL` takes half an
hour on two cores.

As printed: committees of 3, 5 or 7 U-Nets of one architecture with different random seeds; the similarity of two members is
the cosine of their flattened deepest features (Eq. 1), and the films with the lowest one are outlined next; the loss is the
cross-entropy of each pixel (Eq. 2); each film has mean 0 and SD 1, after contrast-limited adaptive histogram equalisation;
films are asked for after each of 20 epochs, then 80 epochs follow; full supervision with as many films; sensitivity,
specificity and Dice (Table 1).

Deviations:

- Figure 3 has the sizes of the U-Net, and its numbers are not in the text: `FULL` has one level more than U-Net, with twice
  the channels there. The deepest map is the vector.
- Films: 100 RSNA films are outlined, not 300. 70 of them may be learned from. The paper starts with 100 films and asks for 10
  in each of 20 rounds; `FULL` starts with 20 and asks for 2, so that 60 are outlined. 23 others are measured on.
- The size of the input is not printed: 512 px, with the film's aspect kept and 0 beside it.
- Of more than two members, the mean similarity of all pairs decides; the paper names two.
- Optimiser, rate and batches are not printed: AdamW with a one-cycle rate for each round, batches of 4. Moments start anew in
  each round. The moving average of the weights is measured and trained on.
- Eq. 2 is a mean over the pixels instead of a sum, which changes the rate only.
- Random choice with the same rounds stands beside full supervision, and all strategies run with several seeds.
- The mask is that of the members' mean probability; the paper does not say which member's mask is measured. Its future work,
  the disagreement of the members as an uncertainty, is reported too.
- The paper's CLAHE has no printed parameters: those of `hand.enhance` are ours.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import nn

from openboneage.datasets.outlined_films import OutlinedFilm
from openboneage.evaluate.masks import Mask, MaskScores, Segment, System, segment_films
from openboneage.evaluate.metrics import to_markdown
from openboneage.learn.active import (
    AtRandom,
    Choose,
    Committee,
    DrawnOracle,
    Oracle,
    Round,
    Rounds,
    active_rounds,
    least_similar,
    prepared,
)
from openboneage.learn.loop import Task, fit
from openboneage.learn.mask_batches import MaskBatches, MaskFilm, MaskInput, hand_probability, pixel_loss
from openboneage.learn.networks.unet import UNet
from openboneage.learn.schedule import Schedule
from openboneage.studies.segmentation_run import SegmentationRun

PRINTED: Mapping[tuple[str, int], tuple[float, float, float]] = {
    ("full supervision", 300): (0.869, 0.854, 0.869),
    ("k = 3", 150): (0.864, 0.845, 0.863), ("k = 3", 200): (0.902, 0.895, 0.905), ("k = 3", 300): (0.903, 0.942, 0.939),
    ("k = 5", 150): (0.896, 0.909, 0.888), ("k = 5", 200): (0.904, 0.925, 0.916), ("k = 5", 300): (0.935, 0.946, 0.931),
    ("k = 7", 150): (0.879, 0.902, 0.899), ("k = 7", 200): (0.932, 0.934, 0.926), ("k = 7", 300): (0.948, 0.960, 0.952),
}  # fmt: skip
"""Table 1: sensitivity, specificity and Dice by strategy and number of outlined films."""


class Strategy(StrEnum):
    """Which films are outlined."""

    ACTIVE = "least similar features"
    RANDOM = "random choice"
    FULL = "full supervision"


@dataclass(frozen=True)
class PanStudy:
    """Settings.

    Attributes:
        widths: Channels of each level of the U-Net.
        how: How a film becomes an input.
        rounds: How many films are outlined when.
        epochs: Passes over the outlined films in a round.
        last_epochs: Passes after the last films were outlined.
        members: Sizes of the committees.
        batch_size: Films a step.
        schedule: Its number of steps is replaced by that of the epochs.
        seeds: Repetitions of every strategy.
    """

    widths: tuple[int, ...] = (64, 128, 256, 512, 1024, 2048)
    how: MaskInput = field(default_factory=lambda: MaskInput(512, equalised=True))
    rounds: Rounds = field(default_factory=lambda: Rounds(start=20, step=2, count=20))
    epochs: int = 1
    last_epochs: int = 80
    members: tuple[int, ...] = (3, 5, 7)
    batch_size: int = 4
    schedule: Schedule = field(default_factory=lambda: Schedule(0, peak_lr=1e-3, ema_decay=0.9, checkpoint_every=100))
    seeds: tuple[int, ...] = (1, 2, 3)


FULL = PanStudy()
SMALL = replace(
    FULL,
    widths=(8, 16, 24, 32, 48, 64),
    how=MaskInput(128, equalised=True),
    rounds=Rounds(start=20, step=8, count=3),
    epochs=4,
    last_epochs=20,
    members=(3,),
    schedule=replace(FULL.schedule, peak_lr=5e-3),
)


def rounds_of(
    strategy: Strategy, members: int, seed: int, study: PanStudy, run: SegmentationRun, oracle: Oracle | None = None
) -> Iterator[Round]:
    """The rounds of a strategy; finished ones of a stopped run are not trained again.

    Args:
        strategy: Which films are outlined. Full supervision outlines all at once, for a single network.
        members: Size of the committee.
        seed: Of the weights, the order and the random choice.
        study: Settings.
        run: Where it runs.
        oracle: Who outlines; by default the outlines that exist.
    """
    films = [prepared(film.film.id, film.pixels, study.how) for film in run.training]
    rounds = study.rounds
    if strategy is Strategy.FULL:
        order = np.random.default_rng(seed).permutation(len(films))
        films, rounds, members = [films[place] for place in order], Rounds(rounds.outlined, 0, 0), 1
    choose: Choose = least_similar if strategy is Strategy.ACTIVE else AtRandom(seed)
    folder = run.folder / "pan" / f"{strategy.name.lower()}-{members}-seed-{seed}"
    train = _Training(study, run, folder, rounds.count, members, seed)
    return active_rounds(films, oracle or DrawnOracle(run.films.drawings), rounds, train, choose)


@dataclass(frozen=True)
class _Training:
    """Trains a committee from round to round.

    Attributes:
        study: Settings.
        run: Where it runs.
        folder: Folder of the strategy.
        last: Number of the last round.
        members: Size of the committee.
        seed: Seed of the strategy.
    """

    study: PanStudy
    run: SegmentationRun
    folder: Path
    last: int
    members: int
    seed: int

    def __call__(self, number: int, films: Sequence[MaskFilm], committee: Committee) -> Committee:
        """Train every member on, each from its own weights and with its own order."""
        study = self.study
        schedule = self.run.schedule(study.schedule, self._epochs(number), len(films), study.batch_size)
        trained = []
        for member in range(self.members):
            own = replace(schedule, seed=1000 * self.seed + member)
            build: Callable[[], nn.Module] = (
                partial(copy.deepcopy, committee[member]) if committee else partial(UNet, study.widths)
            )
            task = Task(build, MaskBatches(films, study.batch_size, 1000 * own.seed + number), pixel_loss)
            trained.append(fit(task, own, self.folder / f"round-{number}" / f"member-{member}", self.run.hardware))
        return trained

    def _epochs(self, number: int) -> int:
        """Full supervision has a single round, with the epochs of all."""
        study = self.study
        if number < self.last:
            return study.epochs
        return study.last_epochs + (0 if self.last else study.epochs * study.rounds.count)


def committee_mask(committee: Committee, how: MaskInput) -> Segment:
    """Segmentation by the members' mean probability."""

    def segment(film: NDArray[np.uint8]) -> Mask:
        return np.asarray(hand_probability(committee, how, film).mean(axis=0) > 0.5)

    return segment


def disagreement(committee: Committee, how: MaskInput, film: OutlinedFilm) -> float:
    """The SD of the members' probabilities, summed over the film, as a share of the hand that they find."""
    maps = hand_probability(committee, how, film.pixels)
    return float(maps.std(axis=0).sum() / max(float(maps.mean(axis=0).sum()), 1.0))


def segmentation(study: PanStudy, run: SegmentationRun) -> Segment:
    """The committee of the first size and seed after its last round, for the table of all systems."""
    *_, last = rounds_of(Strategy.ACTIVE, study.members[0], study.seeds[0], study, run)
    return committee_mask(last.committee, study.how)


def rounds_report(study: PanStudy, run: SegmentationRun) -> str:
    """Table 1 by strategy and number of outlined films, mean and SD over the seeds; and disagreement against Dice."""
    rows, related = [], []
    for strategy, members in [
        (Strategy.FULL, 1),
        *((each, k) for k in study.members for each in (Strategy.RANDOM, Strategy.ACTIVE)),
    ]:
        name = str(strategy) if strategy is Strategy.FULL else f"k = {members}, {strategy}"
        by_number: dict[int, list[list[MaskScores]]] = {}
        for seed in study.seeds:
            for each in rounds_of(strategy, members, seed, study, run):
                segmented = segment_films(System(name, committee_mask(each.committee, study.how)), run.test)
                by_number.setdefault(len(each.outlined), []).append([film.scores for film in segmented])
            if strategy is Strategy.ACTIVE:
                uncertain = [disagreement(each.committee, study.how, film) for film in run.test]
                related.append(_rank_correlation(uncertain, [film.scores.dice for film in segmented]))
        rows += [[name, str(number), *_cells(scores), ""] for number, scores in sorted(by_number.items())]
    rows += [
        [name, str(number), *(f"{value:.3f}" for value in printed), "as printed"] for (name, number), printed in PRINTED.items()
    ]
    header = ("strategy", "outlined films", "sensitivity", "specificity", "Dice", "")
    shown = ", ".join(f"{value:.2f}" for value in related)
    return "\n\n".join(
        (
            f"{len(run.test)} test films; mean ± SD over {len(study.seeds)} seeds; {study.how.size_px} px:",
            to_markdown(header, rows),
            f"Rank correlation of the members' disagreement with 1 - Dice on the test films, by committee: {shown}.",
        )
    )


def _cells(scores: Sequence[Sequence[MaskScores]]) -> list[str]:
    cells = []
    for name in ("sensitivity", "specificity", "dice"):
        means = np.array([np.mean([getattr(film, name) for film in films]) for films in scores])
        cells.append(f"{means.mean():.3f} ± {means.std():.3f}")
    return cells


def _rank_correlation(disagreements: Sequence[float], dices: Sequence[float]) -> float:
    """Spearman's correlation with 1 - Dice."""
    first, second = (np.argsort(np.argsort(values)) for values in (disagreements, [1 - dice for dice in dices]))
    return float(np.corrcoef(first, second)[0, 1])
