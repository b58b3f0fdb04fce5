"""Active learning: rounds, similarity, oracles."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from openboneage.datasets.drawings import HAND, Drawing, Outline
from openboneage.errors import InputError
from openboneage.learn.active import (
    AtRandom,
    Committee,
    DrawnOracle,
    Rounds,
    active_rounds,
    least_similar,
    mask_on_square,
    prepared,
    similarity,
)
from openboneage.learn.mask_batches import MaskFilm, MaskInput

BOX = Outline(HAND, np.array([[10, 10], [30, 10], [30, 50], [10, 50]], float))
FILMS = [MaskFilm(str(number), np.full((8, 8), 1 + number, np.float32)) for number in range(10)]
ORACLE = DrawnOracle({film.id: Drawing(film.id, (40, 60), (BOX,)) for film in FILMS})


class Member(nn.Module):
    """Its features of a film are the film's level and a number of its own."""

    def __init__(self, own: float) -> None:
        super().__init__()
        self.own = own

    def vector(self, image: Tensor) -> Tensor:
        return torch.stack([image.mean(), torch.tensor(self.own)])[None]


def trained(number: int, films: Sequence[MaskFilm], committee: Committee) -> Committee:
    assert all(film.mask is not None for film in films)
    assert bool(committee) == (number > 0)
    return [Member(0.0), Member(3.0)]


def test_similarity_is_the_cosine_of_the_features() -> None:
    found = similarity([Member(0.0), Member(3.0)], FILMS[:3])

    np.testing.assert_allclose(found, [level / np.hypot(level, 3) for level in (1, 2, 3)], rtol=1e-6)


def test_similarity_of_more_members_is_the_mean_of_the_pairs() -> None:
    found = similarity([Member(0.0), Member(3.0), Member(0.0)], FILMS[:1])

    np.testing.assert_allclose(found, [(2 / np.hypot(1, 3) + 1) / 3], rtol=1e-6)


def test_one_network_is_no_committee() -> None:
    with pytest.raises(InputError, match="at least two networks, got 1"):
        similarity([Member(0.0)], FILMS)


def test_the_least_similar_are_asked_for() -> None:
    rounds = list(active_rounds(FILMS[::-1], ORACLE, Rounds(2, 3, 2), trained, least_similar))

    assert [each.outlined for each in rounds] == [
        ("9", "8"),
        ("9", "8", "2", "1", "0"),
        ("9", "8", "2", "1", "0", "5", "4", "3"),
    ]
    assert [set(each.asked) for each in rounds] == [{"0", "1", "2"}, {"3", "4", "5"}, set()]


def test_a_random_choice_repeats_with_its_seed() -> None:
    def asked(seed: int) -> list[tuple[str, ...]]:
        return [each.asked for each in active_rounds(FILMS, ORACLE, Rounds(2, 3, 2), trained, AtRandom(seed))]

    assert asked(1) == asked(1) != asked(2)


def test_what_a_person_did_not_outline_is_left_out() -> None:
    lazy = DrawnOracle({name: drawing for name, drawing in ORACLE.drawings.items() if name != "1"})

    last = list(active_rounds(FILMS, lazy, Rounds(2, 3, 1), trained, least_similar))[-1]

    assert last.outlined == ("0", "2", "3", "4")


def test_nothing_outlined_is_an_error() -> None:
    with pytest.raises(InputError, match="outlines of at least one of 2 films, got none"):
        next(active_rounds(FILMS, DrawnOracle({}), Rounds(2, 3, 1), trained, least_similar))


def test_the_pool_must_suffice() -> None:
    with pytest.raises(InputError, match="at least 11 films to outline, got 10"):
        next(active_rounds(FILMS, ORACLE, Rounds(2, 3, 3), trained, least_similar))


def test_film_and_mask_lie_alike_on_the_square() -> None:
    pixels = np.full((60, 40), 20, np.uint8)
    pixels[10:50, 10:30] = 220

    film = prepared("a", pixels, MaskInput(30))
    mask = mask_on_square(ORACLE.drawings["0"], 30) > 0

    assert mask.shape == film.image.shape
    inner = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert (film.image[inner] > 0).all()
    assert (film.image[:, :20][~mask[:, :20]] < 0).all()
