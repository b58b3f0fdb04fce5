"""Boxes of joint regions hold the epiphyses of their bones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from openboneage.bones.names import JOINTS, REGION_OF, RUS
from openboneage.phantom.film import render
from openboneage.subject import Sex
from tests.phantom.hands import film, part, upright


@pytest.mark.parametrize("age_months", [60.0, 120.0, 180.0])
@pytest.mark.parametrize("bone", RUS)
def test_an_epiphysis_lies_in_its_region(bone: str, age_months: float) -> None:
    made = film(Sex.FEMALE, age_months)
    epiphysis = part(made, bone, "epiphysis")
    if epiphysis is None:
        pytest.skip(f"no centre of {bone} at this age")

    left, top, right, bottom = made.joints[REGION_OF[bone]]
    x, y = (epiphysis.box[0] + epiphysis.box[2]) / 2, (epiphysis.box[1] + epiphysis.box[3]) / 2
    assert left < x < right
    assert top < y < bottom


def test_all_joints_of_a_whole_hand_have_boxes() -> None:
    assert tuple(film().joints) == JOINTS


def test_joints_beyond_the_edge_have_none() -> None:
    whole = upright(Sex.MALE, 120.0)
    cut = render(replace(whole, view=replace(whole.view, centre=(0.45, 0.2))))

    assert "dip3" not in cut.joints
    height, width = cut.pixels.shape
    for left, top, right, bottom in cut.joints.values():
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
