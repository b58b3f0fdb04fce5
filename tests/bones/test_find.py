"""Finding of bones on a film: positions in film pixels, names, and the reason of what is missing."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from openboneage.bones.find import find_bones
from openboneage.bones.names import CARPALS, EPIPHYSES, JOINTS
from openboneage.bones.outlines import Reason
from openboneage.bones.places import PLACE_OF
from openboneage.hand import geometry
from openboneage.hand.frame import HEIGHT
from openboneage.hand.standard_hand import StandardHand
from tests import hands
from tests.bones.toy_finder import HALF_UNITS, Skeleton
from tests.tiny_regions import BONES


@cache
def hand() -> StandardHand:
    return hands.hand_on(hands.film())


def finder(**moved: tuple[float, float]) -> Skeleton:
    return Skeleton({**PLACE_OF, **moved})


def test_bones_lie_on_the_film_where_they_were_seen() -> None:
    outlines = find_bones(hand(), finder())  # type: ignore[arg-type]

    assert set(outlines.joints) == set(JOINTS)
    assert set(outlines.bones) == set(BONES)
    for name, place in BONES.items():
        assert outlines.in_frame(outlines.bones[name].polygon_px).mean(axis=0) == pytest.approx(place, abs=0.015)
    corners = outlines.in_frame(outlines.joints["pip3"].corners_px)
    assert np.ptp(corners, axis=0) == pytest.approx(2 * HALF_UNITS, abs=0.01)
    assert not outlines.missing_rus


def test_bones_without_an_outline_are_missing() -> None:
    missing = find_bones(hand(), finder()).missing_bones  # type: ignore[arg-type]

    assert set(missing) == {*EPIPHYSES, *CARPALS} - set(BONES)
    assert set(missing.values()) == {Reason.NOT_SEEN}


def test_a_joint_out_of_order_is_missing_with_its_bones() -> None:
    outlines = find_bones(hand(), finder(dip3=PLACE_OF["mcp5"]))  # type: ignore[arg-type]

    assert set(outlines.missing_joints.items()) <= {("dip3", Reason.OUT_OF_ORDER), ("mcp5", Reason.OUT_OF_ORDER)}
    assert len(outlines.missing_joints) == 1


def test_a_joint_beyond_the_film_is_missing_for_that_reason() -> None:
    whole = hand()
    cut = replace(whole, film_to_frame=geometry.chain(geometry.translation(0, whole.film.shape[0]), whole.film_to_frame))

    outlines = find_bones(cut, Skeleton({}))  # type: ignore[arg-type]

    assert Reason.OUTSIDE_FILM in outlines.missing_joints.values()
    assert outlines.missing_bones["dp3"] is outlines.missing_joints["dip3"]


def test_the_resolution_of_outlines_is_finer_than_the_maps() -> None:
    outline = find_bones(hand(), finder()).bones["radius"]  # type: ignore[arg-type]

    steps = np.hypot(*np.diff(outline.polygon_px, axis=0).T)
    assert len(outline.polygon_px) > 30
    assert steps.max() < 320 / HEIGHT * 0.05
