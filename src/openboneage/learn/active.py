"""Active learning: a committee of networks asks for outlines of the films on which its members differ most.

Source of the query by committee and of the similarity: Pan et al., 2020, section 3.1, Eq. 1 and Algorithm 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from openboneage.datasets.drawings import Drawing
from openboneage.errors import InputError
from openboneage.learn.mask_batches import MaskFilm, MaskInput

Committee = Sequence[nn.Module]
Train = Callable[[int, Sequence[MaskFilm], Committee], Committee]
"""From the number of the round, the outlined films and the committee so far (empty in round 0) to the next committee."""
Choose = Callable[[int, Committee, Sequence[MaskFilm], int], Sequence[int]]
"""From the number of the round, the committee and films without outline to the places of those to ask for, as many as told."""


class Oracle(Protocol):
    """Who outlines: a person, or drawings that exist already."""

    def outline(self, film_ids: Sequence[str]) -> Mapping[str, Drawing]:
        """Drawn hands of films; those that were not drawn are left out."""


@dataclass(frozen=True)
class DrawnOracle:
    """The simulated oracle: it knows all outlines, and gives those asked for.

    Attributes:
        drawings: Drawn hands by film id.
    """

    drawings: Mapping[str, Drawing]

    def outline(self, film_ids: Sequence[str]) -> Mapping[str, Drawing]:
        """The drawn hands of these films."""
        return {film_id: self.drawings[film_id] for film_id in film_ids if film_id in self.drawings}


@dataclass(frozen=True)
class Rounds:
    """How many films are outlined when.

    Attributes:
        start: Films outlined before the first training.
        step: Films asked for after each round but the last.
        count: Rounds in which films are asked for.
    """

    start: int
    step: int
    count: int

    @property
    def outlined(self) -> int:
        """Films that are outlined at the end."""
        return self.start + self.step * self.count


@dataclass(frozen=True, eq=False)
class Round:
    """A round: a committee was trained, then films were asked for.

    Attributes:
        number: 0 for the first.
        outlined: Ids of the films it was trained on.
        committee: The trained networks.
        asked: Ids of the films that it asks for next; none in the last round.
    """

    number: int
    outlined: tuple[str, ...]
    committee: Committee
    asked: tuple[str, ...]


def active_rounds(films: Sequence[MaskFilm], oracle: Oracle, rounds: Rounds, train: Train, choose: Choose) -> Iterator[Round]:
    """Train, ask, and train on.

    Args:
        films: All films without masks; the first are outlined before the first training.
        oracle: Who outlines.
        rounds: How many films when.
        train: Trains the committee on.
        choose: Chooses the films to ask for.

    Raises:
        InputError: There are fewer films than are to be outlined, or the oracle outlined none of those asked for.
    """
    if len(films) < rounds.outlined:
        raise InputError(f"Expected at least {rounds.outlined} films to outline, got {len(films)}.")
    known = outlined_films(films[: rounds.start], oracle)
    unknown, committee = list(films[rounds.start :]), list[nn.Module]()
    for number in range(rounds.count + 1):
        committee = list(train(number, known, committee))
        asks = number < rounds.count
        places = set(choose(number, committee, unknown, rounds.step)) if asks else set[int]()
        asked = [film for place, film in enumerate(unknown) if place in places]
        yield Round(number, tuple(film.id for film in known), committee, tuple(film.id for film in asked))
        if asks:
            known = [*known, *outlined_films(asked, oracle)]
            unknown = [film for place, film in enumerate(unknown) if place not in places]


def outlined_films(films: Sequence[MaskFilm], oracle: Oracle) -> list[MaskFilm]:
    """The films that the oracle outlined, with masks.

    Raises:
        InputError: It outlined none.
    """
    drawn = oracle.outline([film.id for film in films])
    found = [film.drawn(mask_on_square(drawn[film.id], film.image.shape[0])) for film in films if film.id in drawn]
    if not found:
        raise InputError(f"Expected outlines of at least one of {len(films)} films, got none; outline some and continue.")
    return found


def mask_on_square(drawing: Drawing, size_px: int) -> NDArray[np.uint8]:
    """A drawn hand as `MaskInput` puts its film on a square, `(size_px, size_px)` of 0 and 255."""
    width, height = drawing.size_px
    scale = size_px / max(width, height)
    covered = max(round(width * scale), 1), max(round(height * scale), 1)
    square = np.zeros((size_px, size_px), np.uint8)
    square[: covered[1], : covered[0]] = drawing.mask(covered)
    return square


def similarity(committee: Committee, films: Sequence[MaskFilm]) -> NDArray[np.float64]:
    """Cosine similarity of the members' feature vectors (Eq. 1) for each film, `(films,)`: the mean over pairs of members.

    The networks have a method `vector`, as `UNet` has.

    Raises:
        InputError: There are fewer than two members.
    """
    if len(committee) < 2:
        raise InputError(f"Expected a committee of at least two networks, got {len(committee)}.")
    found = []
    for film in films:
        with torch.no_grad():
            image = torch.from_numpy(film.image)[None, None]
            vectors = [member.vector(image)[0] for member in committee]  # type: ignore[operator]
        pairs = [torch.cosine_similarity(first, second, dim=0) for first, second in combinations(vectors, 2)]
        found.append(float(torch.stack(pairs).mean()))
    return np.array(found)


def least_similar(number: int, committee: Committee, films: Sequence[MaskFilm], count: int) -> Sequence[int]:
    """The films on which the members' features differ most."""
    del number
    return [int(place) for place in np.argsort(similarity(committee, films), kind="stable")[:count]]


@dataclass(frozen=True)
class AtRandom:
    """Films chosen at random, for comparison.

    Attributes:
        seed: Seed of the choice.
    """

    seed: int

    def __call__(self, number: int, committee: Committee, films: Sequence[MaskFilm], count: int) -> Sequence[int]:
        """Places of films."""
        del committee
        return [int(place) for place in np.random.default_rng([self.seed, number]).permutation(len(films))[:count]]


def prepared(film_id: str, pixels: NDArray[np.uint8], how: MaskInput) -> MaskFilm:
    """A film as input, without a mask."""
    return MaskFilm(film_id, how.image(pixels)[0])
