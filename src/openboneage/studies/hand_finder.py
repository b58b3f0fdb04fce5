"""The hand finder that ships: mask, landmarks, number of hands and polarity from one thumbnail.

Truth: 70 outlines (Nguyen Tuan Minh) and 267 boxed films (Koitka et al. 2018) of the training split give mask and landmarks;
every training film, cut out, turned, mirrored, inverted, doubled or shuffled, gives number and polarity; MedNIST slices give
what is no hand. Films of other splits are never seen. No paper is followed here: Lee 2017 segments with LeNet-5 patches, a
study of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from torch import nn

from openboneage.datasets.annotations import read_landmarks, read_outlines
from openboneage.datasets.film_set import films_of
from openboneage.datasets.not_hands import read_not_hands
from openboneage.datasets.rsna import RsnaFilms
from openboneage.datasets.splits import Split
from openboneage.learn.hardware import Hardware
from openboneage.learn.loop import Task, fit
from openboneage.learn.losses import finder_loss
from openboneage.learn.networks.hand_finder import HandFinder
from openboneage.learn.scenes import Kind, Pools, SceneBatches, Source
from openboneage.learn.schedule import Schedule


@dataclass(frozen=True)
class FinderStudy:
    """Settings of the run."""

    batch_size: int = 64
    schedule: Schedule = field(default_factory=lambda: Schedule(steps=1500, peak_lr=3e-3, ema_decay=0.99, checkpoint_every=300))


def scene_pools(films: RsnaFilms, not_hands: Path) -> Pools:
    """The training films and negatives that scenes are made of."""
    train = [film.id for film in films_of(films, Split.TRAIN)]
    outlines = read_outlines(films.root / "outlines.json")
    boxes = films.root / "boxes.csv"
    landmarks = {**read_landmarks(boxes, "train"), **read_landmarks(boxes, "eval/expert")}
    pixels = {film_id: films.point_sampled(film_id) for film_id in train}
    negatives = read_not_hands(not_hands, Split.TRAIN)

    plain = {film_id: Source(pixels[film_id], films.aspects[film_id], None, landmarks.get(film_id)) for film_id in train}
    sources = dict.fromkeys(Kind, plain)
    sources[Kind.OUTLINED] = {
        film_id: replace(source, mask=outlines[film_id]) for film_id, source in plain.items() if film_id in outlines
    }
    sources[Kind.LANDMARKED] = {film_id: source for film_id, source in plain.items() if film_id in landmarks}
    sources[Kind.NO_HAND] = {name: Source(image, 1.0) for name, image in negatives.items()}
    return Pools(sources)


def train_finder(
    films: RsnaFilms, not_hands: Path, run: Path, study: FinderStudy | None = None, hardware: Hardware | None = None
) -> nn.Module:
    """Train the hand finder, or continue a run that was stopped."""
    study = study or FinderStudy()
    batches = SceneBatches(scene_pools(films, not_hands), study.batch_size, study.schedule.seed)
    return fit(Task(HandFinder, batches, finder_loss), study.schedule, run, hardware)
