from __future__ import annotations

import re
from base64 import b64decode

import numpy as np
import pytest

from openboneage.hand import geometry
from openboneage.reading_room.view.overlays import overlays_of, without_estimate
from tests.hands import filled, film, overlap, png, shipped
from tests.reading_room.view.made import assessment, hand, overlays
from tests.toy_model import toy_bone_assessor


def test_the_outline_stays_that_of_the_hand() -> None:
    (points,) = overlays()["outlines"]
    shape = hand().film.shape

    assert len(points) < len(hand().outline_film[0])
    assert overlap(filled(np.array(points), shape), filled(hand().outline_film[0], shape)) > 0.99


def test_bones_and_joints_are_in_film_pixels() -> None:
    given = overlays()

    (bone,) = given["bones"]
    assert bone["name"] == "radius"
    assert re.fullmatch("RADIUS [A-I]", bone["label"])
    assert geometry.area(np.array(bone["points"])) == pytest.approx(40 * 20)
    assert [joint["name"] for joint in given["joints"]] == ["radius"]
    assert list(given["places"]) == ["radius"]


def test_the_occlusion_map_has_months_and_colours() -> None:
    given = overlays()["occlusion"]
    colours = np.frombuffer(b64decode(given["colours"]), np.uint8).reshape(given["height"], given["width"], 4)
    months = np.array(given["tenths"]).reshape(given["height"], given["width"]) / 10
    a, b, c, d, e, f = given["film_to_map"]

    assert (colours[np.abs(months) < 0.9, 3] == 0).all()
    assert (colours[np.abs(months) > 1.2, 3] > 0).all()
    np.testing.assert_allclose([[a, c, e], [b, d, f]], hand().film_to_canvas(given["height"]))
    assert given["stops"][0][2] > given["stops"][0][0]  # blue for lower ages
    assert given["stops"][-1][0] > given["stops"][-1][2]


def test_a_film_without_a_hand_has_no_overlays() -> None:
    refused = shipped().examine(png(np.zeros((300, 200), np.uint8)))

    given = overlays_of(refused.hand, refused.assessment, None)

    assert given == {"rotation_degrees": 0.0, "outlines": [], "bones": [], "joints": [], "places": {}, "occlusion": None}


def test_the_rotation_is_that_of_the_hand() -> None:
    assert overlays()["rotation_degrees"] == pytest.approx(assessment().pose.rotation_degrees)
    assert geometry.area(np.array(overlays()["outlines"][0])) > 1000


def test_what_tells_the_estimate_is_left_out_for_a_reader_who_decides_first() -> None:
    shown = without_estimate(overlays())

    assert (shown["occlusion"], shown["bones"]) == (None, [])
    assert shown["outlines"] == overlays()["outlines"]


def test_bones_of_a_child_of_unknown_sex_have_no_stage() -> None:
    both = toy_bone_assessor().examine(film("7043", 400))

    labels = [bone["label"] for bone in overlays_of(both.hand, both.assessment, None)["bones"]]

    assert labels
    assert all(" " not in label for label in labels)
