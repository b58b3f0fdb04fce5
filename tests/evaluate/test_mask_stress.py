"""Changes move film and drawn hand together, and the table has every family."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from openboneage.batch.choice import executor_of
from openboneage.datasets.outlined_films import OutlinedFilms
from openboneage.evaluate.mask_stress import (
    Scene,
    beside,
    collimated,
    cut,
    families,
    mask_stress_table,
    touched,
    turned,
    with_ring,
)
from openboneage.weights.registry import ModelSet


@pytest.fixture
def scene() -> Scene:
    """A palm with two fingers, 120 on 40."""
    hand = np.zeros((200, 160), np.uint8)
    cv2.rectangle(hand, (50, 90), (110, 199), 255, cv2.FILLED)
    for left in (55, 90):
        cv2.rectangle(hand, (left, 20 if left == 55 else 40), (left + 14, 95), 255, cv2.FILLED)
    return Scene(np.where(hand > 0, 120, 40).astype(np.uint8), (hand,))


def test_every_change_keeps_film_and_hands_together(scene: Scene) -> None:
    for changes in families(scene).values():
        for change in changes:
            changed = change(scene)
            assert all(hand.shape == changed.film.shape for hand in changed.hands)
            assert all((hand > 127).any() for hand in changed.hands)
            assert changed.film.dtype == np.uint8


def test_a_turned_hand_is_where_the_film_shows_it(scene: Scene) -> None:
    changed = turned(scene, 90)

    assert changed.film.shape == (160, 200)
    assert (changed.film[changed.hands[0] > 250] > 100).all()


def test_collimation_spares_the_hand(scene: Scene) -> None:
    changed = collimated(scene, 10)

    assert (changed.film[scene.hands[0] > 0] == 120).all()
    assert (changed.film == 0).any()


def test_a_marker_touches_the_hand_without_covering_it(scene: Scene) -> None:
    changed = touched(scene, 0.7)
    marker = changed.film == 235

    assert marker.any()
    assert not marker[scene.hands[0] > 0].any()
    assert marker[:, 49].any()


def test_a_ring_is_on_one_finger(scene: Scene) -> None:
    ring = np.argwhere(with_ring(scene).film == 250)

    assert ring[:, 1].min() == 55
    assert ring[:, 1].max() == 69


def test_two_hands_are_both_drawn(scene: Scene) -> None:
    both = beside(scene, scene)

    assert both.film.shape == (200, 320)
    assert not both.hands[0][:, 160:].any()
    assert not both.hands[1][:, :160].any()


def test_fingertips_are_cut(scene: Scene) -> None:
    changed = cut(scene, 0.1)

    assert changed.film.shape[0] < 180
    assert changed.hands[0][0].any(), "a finger ends at the edge"


def test_the_table_counts_pictures_by_family(tiny_shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    films = OutlinedFilms(tiny_shared / "rsna")
    films.__dict__["test"] = films.test[:2]
    monkeypatch.setattr("openboneage.evaluate.mask_stress.TURNS_DEGREES", (90,))

    head, _, *rows = mask_stress_table(films, ModelSet.find().card("hand-finder"), executor_of(1)).splitlines()

    cells = {row[0]: row for row in ([cell.strip() for cell in row.strip("|").split("|")] for row in rows)}
    assert head.startswith("| 2 outlined films | pictures |")
    assert list(cells) == list(families(Scene(np.zeros((2, 2), np.uint8), ())))
    assert [cells[name][1] for name in ("rotated", "angled collimation", "two hands")] == ["2", "4", "2"]
    assert float(cells["unchanged"][2]) > 0.7
