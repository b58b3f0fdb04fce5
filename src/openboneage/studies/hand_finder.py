"""The hand finder that ships: mask, landmarks, number of hands and polarity from one thumbnail.

Truth: 70 outlines (Nguyen Tuan Minh) and 267 boxed films (Koitka et al. 2018) of the training split give mask and landmarks;
every training film, cut out, turned, mirrored, inverted, doubled or shuffled, gives number and polarity; MedNIST slices give
what is no hand. Films of other splits are never seen. No paper is followed here: Lee 2017 segments with LeNet-5 patches, a
study of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from torch import nn

from openboneage.datasets.annotations import read_landmarks, read_outlines
from openboneage.datasets.not_hands import read_not_hands
from openboneage.datasets.rsna import RsnaFilms
from openboneage.datasets.splits import Split
from openboneage.learn.loop import Schedule, fit
from openboneage.learn.losses import finder_loss
from openboneage.learn.networks.hand_finder import HandFinder
from openboneage.learn.scenes import Kind, Pools, Source, scene_batch


@dataclass(frozen=True)
class FinderStudy:
    """Settings of the run."""

    batch_size: int = 64
    schedule: Schedule = field(default_factory=lambda: Schedule(steps=1500, peak_lr=3e-3, ema_decay=0.99, checkpoint_every=300))


def scene_pools(films: RsnaFilms, not_hands: Path) -> Pools:
    """The training films and negatives that scenes are made of."""
    train = [film.id for film in films.of(Split.TRAIN)]
    outlines = read_outlines(films.root / "outlines.json")
    boxes = films.root / "boxes.csv"
    landmarks = {**read_landmarks(boxes, "train"), **read_landmarks(boxes, "eval/expert")}
    pixels = {film_id: films.point_sampled(film_id) for film_id in train}
    negatives = read_not_hands(not_hands, Split.TRAIN)

    def load(kind: Kind, name: str) -> Source:
        if kind is Kind.NO_HAND:
            return Source(negatives[name], 1.0)
        mask = outlines.get(name) if kind is Kind.OUTLINED else None
        return Source(pixels[name], films.films[name].aspect, mask, landmarks.get(name))

    names = dict.fromkeys(Kind, train)
    names[Kind.OUTLINED] = [film_id for film_id in train if film_id in outlines]
    names[Kind.LANDMARKED] = [film_id for film_id in train if film_id in landmarks]
    names[Kind.NO_HAND] = list(negatives)
    return Pools(names, load)


def train_finder(films: RsnaFilms, not_hands: Path, run: Path, study: FinderStudy | None = None) -> nn.Module:
    """Train the hand finder, or continue a run that was stopped."""
    study = study or FinderStudy()
    pools = scene_pools(films, not_hands)
    make_batch = partial(scene_batch, pools, study.batch_size, study.schedule.seed)
    return fit(HandFinder, make_batch, finder_loss, study.schedule, run)
