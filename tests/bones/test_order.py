"""The order of the skeleton: spots that contradict surer ones are not accepted."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.bones.names import JOINTS
from openboneage.bones.order import Spot, in_order
from openboneage.bones.places import PLACE_OF


def spot(place: tuple[float, float], score: float = 0.9) -> Spot:
    return Spot(np.array(place), score)


def skeleton() -> dict[str, list[Spot]]:
    return {name: [spot(PLACE_OF[name])] for name in JOINTS}


def test_the_median_skeleton_is_in_order() -> None:
    assert list(in_order(skeleton())) == list(JOINTS)


@pytest.mark.parametrize(
    ("joint", "of"),
    [("dip3", "dip4"), ("dip3", "mcp3"), ("pip5", "pip4"), ("radius", "ulna"), ("mcp2", "mcp4"), ("ulna", "capitate")],
)
def test_a_less_certain_spot_in_the_place_of_another_joint_is_not_accepted(joint: str, of: str) -> None:
    place = PLACE_OF.get(of, (0.04, 0.70))

    found = in_order({**skeleton(), joint: [spot((place[0] + 0.01, place[1]), 0.5)]})

    assert set(JOINTS) - set(found) == {joint}


def test_the_next_spot_of_the_joint_takes_its_place() -> None:
    wrong, right = spot(PLACE_OF["dip4"], 0.6), spot(PLACE_OF["dip3"], 0.4)

    assert in_order({**skeleton(), "dip3": [wrong, right]})["dip3"] is right


@pytest.mark.parametrize("pair", [("mcp2", "mcp3"), ("pip4", "pip5"), ("dip2", "dip3"), ("radius", "ulna"), ("mcp3", "pip3")])
def test_of_two_exchanged_joints_the_surer_one_remains(pair: tuple[str, str]) -> None:
    first, second = pair
    exchanged = {first: [spot(PLACE_OF[second], 0.95)], second: [spot(PLACE_OF[first], 0.5)]}

    found = in_order(exchanged)

    assert set(found) == {first}


def test_nothing_is_found_without_spots() -> None:
    assert in_order({}) == {}
