from __future__ import annotations

from base64 import b64decode

import numpy as np
import pytest

from openboneage.hand import geometry
from openboneage.reading_room.view.overlays import overlays_of
from tests.hands import filled, overlap, png, shipped
from tests.reading_room.view.made import assessment, hand, outlines, overlays


def test_the_outline_stays_that_of_the_hand() -> None:
    (points,) = overlays()["outlines"]
    shape = hand().film.shape

    assert len(points) < len(hand().outline_film[0])
    assert overlap(filled(np.array(points), shape), filled(hand().outline_film[0], shape)) > 0.99


def test_bones_and_joints_are_in_film_pixels() -> None:
    given = overlays()

    assert [(bone["name"], bone["label"]) for bone in given["bones"]] == [("radius", "RADIUS")]
    np.testing.assert_allclose(given["bones"][0]["points"], outlines().bones["radius"].polygon_px, atol=0.05)
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

    given = overlays_of(refused.hand, refused.assessment, None, None)

    assert given == {"rotation_degrees": 0.0, "outlines": [], "bones": [], "joints": [], "places": {}, "occlusion": None}


def test_the_rotation_is_that_of_the_hand() -> None:
    assert overlays()["rotation_degrees"] == pytest.approx(assessment().pose.rotation_degrees)
    assert geometry.area(np.array(overlays()["outlines"][0])) > 1000
