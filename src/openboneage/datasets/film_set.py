"""The interface of a data set: films with their labels, and pixels on demand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from openboneage.datasets.splits import Split
from openboneage.errors import BoneAgeError, InputError
from openboneage.reading.radiograph import Radiograph
from openboneage.reading.read import read
from openboneage.subject import Sex


@dataclass(frozen=True)
class Film:
    """One film and its labels.

    Attributes:
        id: Identifier, unique in its set.
        sex: Sex of the child.
        bone_age_months: Bone age as read, None without a label.
        split: Split the film belongs to.
        second_reading_months: Bone age as read by a second reader.
        age_months: Chronological age.
        race: Race or ethnicity, in the words of the data set.
        patient: Key of the child, where one child may have several films.
    """

    id: str
    sex: Sex
    bone_age_months: float | None
    split: Split
    second_reading_months: float | None = None
    age_months: float | None = None
    race: str | None = None
    patient: str | None = None

    @property
    def label_months(self) -> float:
        """Bone age as read, for code that needs one.

        Raises:
            InputError: The film has no label.
        """
        if self.bone_age_months is None:
            raise InputError(f"Expected a bone age as read for the film {self.id}, found none.")
        return self.bone_age_months


class FilmSet(Protocol):
    """A data set. It must be picklable: processes get a copy and read pixels themselves."""

    @property
    def name(self) -> str:
        """Name for tables."""

    @property
    def layout(self) -> str:
        """What was recognised, in one sentence."""

    @property
    def films(self) -> Sequence[Film]:
        """All films, in the order of the data set."""

    @property
    def learned_from(self) -> frozenset[Split]:
        """Splits that the shipped models were trained on."""

    def radiograph(self, film: Film) -> Radiograph:
        """Read a film's pixels.

        Raises:
            UnreadableError: The film is damaged.
        """


@dataclass(frozen=True)
class FilmFiles:
    """A data set whose films are files.

    Attributes:
        name: Name for tables.
        layout: What was recognised, in one sentence.
        films: All films.
        paths: File of each film, by id.
        learned_from: Splits that the shipped models were trained on.
    """

    name: str
    layout: str
    films: tuple[Film, ...]
    paths: Mapping[str, Path]
    learned_from: frozenset[Split] = frozenset()

    def __post_init__(self) -> None:
        """Check that there are films and that no two share an id.

        Raises:
            InputError: There is no film, or an id is repeated.
        """
        if not self.films:
            raise InputError(f"Expected films in {self.name}, found none ({self.layout}).")
        film_id, count = Counter(film.id for film in self.films).most_common(1)[0]
        if count > 1:
            raise InputError(f"Expected each film of {self.name} once, but the id {film_id} occurs {count} times.")

    def radiograph(self, film: Film) -> Radiograph:
        """Read a film's file.

        Raises:
            BoneAgeError: The file cannot be read; the message names the film's id.
        """
        try:
            return read(self.paths[film.id])
        except BoneAgeError as error:
            raise type(error)(f"Film {film.id}: {error}") from None


def trainable(films: FilmSet) -> list[Film]:
    """Films of the training split that have a bone age and a sex.

    Raises:
        InputError: The set has no such film.
    """
    chosen = [film for film in films_of(films, Split.TRAIN) if film.bone_age_months is not None and film.sex is not Sex.UNKNOWN]
    if not chosen:
        raise InputError(f"Expected training films with a bone age and a sex in {films.name}, found none.")
    return chosen


def films_of(films: FilmSet, *splits: Split) -> list[Film]:
    """Films of some splits.

    Raises:
        InputError: The set has no such film.
    """
    chosen = [film for film in films.films if film.split in splits]
    if not chosen:
        there = ", ".join(f"{count} of {split}" for split, count in Counter(film.split for film in films.films).items())
        raise InputError(f"Expected films of the split {' or '.join(splits)} in {films.name}, found none; it has {there}.")
    return chosen
