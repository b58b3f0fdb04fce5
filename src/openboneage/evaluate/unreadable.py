"""Films of a data set that cannot be read are left out and counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from openboneage.datasets.film_set import Film, FilmSet
from openboneage.errors import InputError, RefusedError, UnreadableError
from openboneage.reading.radiograph import Radiograph

Result = TypeVar("Result")


def radiograph_of(source: FilmSet, film: Film) -> Radiograph | None:
    """The radiograph of a film; None if it cannot be read."""
    try:
        return source.radiograph(film)
    except (UnreadableError, RefusedError):
        return None


def without_unreadable(results: Iterable[Result | None], films: Sequence[Film]) -> list[Result]:
    """The results of the films that could be read.

    Args:
        results: A result for each film; None for an unreadable one.
        films: The films.

    Raises:
        InputError: No film could be read.
    """
    kept = [result for result in results if result is not None]
    if not kept:
        raise InputError(f"Expected films that can be read, but none of {len(films)} can, such as {films[0].id}.")
    return kept


def unread(films: Sequence[Film], read: Iterable[Film]) -> str:
    """The number of unreadable films, with some of their ids; empty if there are none."""
    ids = {film.id for film in read}
    missing = [film.id for film in films if film.id not in ids]
    return f"Unreadable and left out: {len(missing)} films, such as {', '.join(missing[:5])}." if missing else ""
