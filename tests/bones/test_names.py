"""Names of bones: those of the standards of maturity, and a joint region for each."""

from __future__ import annotations

import pytest

from openboneage.bones.names import CARPALS, EPIPHYSES, JOINTS, REGION_OF, RUS, RUS_REGIONS
from openboneage.clinical.method_registry import scoring_method


@pytest.mark.parametrize("method", ["tw3", "rus-chn"])
def test_the_13_bones_are_those_of_the_standards(method: str) -> None:
    assert scoring_method(method).bones == RUS


def test_names_are_unique_and_every_bone_has_a_region() -> None:
    for names in (EPIPHYSES, CARPALS, JOINTS):
        assert len(set(names)) == len(names)
    assert set(RUS) <= set(EPIPHYSES)
    assert set(REGION_OF) == {*EPIPHYSES, *CARPALS}
    assert set(REGION_OF.values()) == set(JOINTS)


def test_two_of_the_13_bones_share_the_third_and_fifth_knuckle() -> None:
    assert len(RUS_REGIONS) == len(RUS) - 2
    assert REGION_OF["mc3"] == REGION_OF["pp3"] == "mcp3"
