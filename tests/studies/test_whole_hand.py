"""The whole-hand study: whom it learns from, and that it learns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from openboneage.errors import InputError
from openboneage.imaging import geometry
from openboneage.imaging.hand import frame_to_canvas
from openboneage.learn.hands import TrainingHand, View
from openboneage.learn.loop import Schedule
from openboneage.studies.whole_hand import SURE_ENOUGH, WholeHandStudy, train_whole_hand

STUDY = WholeHandStudy(batch_size=2, schedule=Schedule(steps=2, bf16=False))


def toy_hand(number: int, score: float = 1.0) -> TrainingHand:
    """A grey canvas as a film, brighter with age."""
    film = np.full((128, 96), 20 + 10 * number, np.uint8)
    mask = np.full((256, 192), 255, np.uint8)
    back = geometry.inverse(frame_to_canvas(128))
    return TrainingHand(str(number), (View(film, 0.0, 255.0),), back, mask, 12.0 * number, number % 2, score)


def test_the_same_hands_give_the_same_network(tmp_path: Path) -> None:
    hands = [toy_hand(number) for number in range(4)]

    first, again = (train_whole_hand(hands, tmp_path / name, STUDY).state_dict() for name in "ab")

    assert all(np.array_equal(first[name], again[name]) for name in first)


def test_doubtful_hands_are_not_learned_from(tmp_path: Path) -> None:
    sure, doubtful = [toy_hand(number) for number in range(4)], toy_hand(9, SURE_ENOUGH - 0.01)

    with_it, without = (
        train_whole_hand(h, tmp_path / n, STUDY).state_dict() for h, n in (([*sure, doubtful], "a"), (sure, "b"))
    )

    assert all(np.array_equal(with_it[name], without[name]) for name in without)


@pytest.mark.parametrize("hands", [[], [toy_hand(1)], [toy_hand(1), toy_hand(2, 0.0)]], ids=len)
def test_fewer_hands_than_a_batch_are_refused(tmp_path: Path, hands: list[TrainingHand]) -> None:
    with pytest.raises(InputError, match="at least 2 "):
        train_whole_hand(hands, tmp_path, replace(STUDY, batch_size=2))
