"""Selection of the films to measure on: labelled films that the models were not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openboneage.datasets.film_set import Film, FilmSet, films_of
from openboneage.datasets.splits import Split
from openboneage.errors import InputError


@dataclass(frozen=True)
class Sample:
    """Films of a data set.

    Attributes:
        source: The data set.
        films: Films with a bone age as read.
        title: Name of the films in tables, such as `held-out films`.
        note: The films used and omitted, in one sentence.
    """

    source: FilmSet
    films: tuple[Film, ...]
    title: str
    note: str

    def every(self, step: int) -> Sample:
        """Every Nth of the films."""
        return Sample(self.source, self.films[::step], self.title, self.note)


def sample_of(source: FilmSet, split: Split | None = None, default: Split = Split.HELD_OUT) -> Sample:
    """Choose the films of a data set to measure on.

    Args:
        source: The data set.
        split: The split to take.
        default: Without one, the split used for a data set that the shipped models were trained on; of other data sets, all
            films.

    Raises:
        InputError: The models were trained on the split, it has no films, or none of them has a bone age.
    """
    if split in source.learned_from:
        others = ", ".join(each for each in Split if each not in source.learned_from)
        raise InputError(f"Figures of {source.name} come from {others}; the program was trained on the {split} split.")
    learned = sum(film.split in source.learned_from for film in source.films)
    chosen = split or (default if learned else None)
    films = films_of(source, *([chosen] if chosen else Split))
    labelled = tuple(film for film in films if film.bone_age_months is not None)
    if not labelled:
        raise InputError(
            f"Expected bone ages to compare with, but none of the {len(films)} films of {source.name} has one; "
            "give a table of labels (--labels) or name the column that contains them (--columns)."
        )
    title = f"{chosen} films" if chosen else f"films of {source.name}"
    return Sample(source, labelled, title, _note(title, len(labelled), len(films) - len(labelled), learned))


def samples_of(source: FilmSet, splits: Sequence[Split], defaults: Sequence[Split]) -> list[Sample]:
    """A sample of each split; without splits, of each default split, or one of all films, as `sample_of` chooses."""
    if splits:
        return [sample_of(source, split) for split in splits]
    if any(film.split in source.learned_from for film in source.films):
        return [sample_of(source, split) for split in defaults]
    return [sample_of(source)]


def _note(title: str, labelled: int, unlabelled: int, learned: int) -> str:
    note = f"Figures come from {labelled} {title}"
    if unlabelled:
        note += f"; {unlabelled} without a bone age are left out"
    if learned:
        note += f"; the program was trained on {learned} others"
    return f"{note}."
