"""Five classes of a made film: a hand with bones, a letter, and a field of exposure."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from openboneage.datasets.five_classes import COLOURS, Tissue, five_classes, painted

HEIGHT, WIDTH = 400, 320


@pytest.fixture(scope="module")
def film() -> tuple[np.ndarray, np.ndarray]:
    """A film with an arm of grey 110, a bone of 170 in it, a letter, and a dark field around."""
    pixels = np.full((HEIGHT, WIDTH), 10, np.uint8)
    cv2.rectangle(pixels, (30, 20), (290, 380), 60, cv2.FILLED)
    hand = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.rectangle(hand, (120, 60), (200, 360), 1, cv2.FILLED)
    pixels[hand > 0] = 110
    cv2.rectangle(pixels, (150, 80), (170, 340), 170, cv2.FILLED)
    cv2.rectangle(pixels, (230, 100), (234, 130), 220, cv2.FILLED)
    cv2.rectangle(pixels, (230, 126), (248, 130), 220, cv2.FILLED)
    return pixels, hand > 0


def test_every_class_is_where_it_was_drawn(film: tuple[np.ndarray, np.ndarray]) -> None:
    classes = five_classes(*film)

    places = {(200, 160): Tissue.BONE, (200, 128): Tissue.TISSUE, (200, 70): Tissue.BACKGROUND, (5, 160): Tissue.COLLIMATION}
    assert {place: Tissue(classes[place]) for place in places} == places
    assert classes[128, 240] == Tissue.MARKER
    assert classes[200, 120] == Tissue.NONE, "nobody knows what the rim is"


def test_drawn_bones_are_bone(film: tuple[np.ndarray, np.ndarray]) -> None:
    bone = np.array([[122, 200], [140, 200], [140, 240], [122, 240]], float)

    assert five_classes(*film)[220, 130] == Tissue.TISSUE
    assert five_classes(*film, [bone])[220, 130] == Tissue.BONE


def test_a_film_without_edges_has_no_collimation() -> None:
    pixels, hand = np.full((HEIGHT, WIDTH), 60, np.uint8), np.zeros((HEIGHT, WIDTH), bool)
    hand[100:300, 100:200] = True

    assert set(np.unique(five_classes(pixels, hand))) == {Tissue.NONE, Tissue.BACKGROUND}


def test_classes_have_colours(film: tuple[np.ndarray, np.ndarray]) -> None:
    picture = painted(five_classes(*film))

    assert tuple(picture[200, 160]) == COLOURS[Tissue.BONE]
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) == len(Tissue)
