"""The signs of a bone meet the published criteria of its stage."""

from __future__ import annotations

import pytest

from openboneage.bones.names import EPIPHYSES, RUS
from openboneage.phantom.signs import signs

AS_WIDE_AS_SHAFT = {
    "mc1": 4,
    "dp1": 4,
    "dp3": 4,
    "dp5": 4,
    "pp3": 5,
    "pp5": 5,
    "mp3": 5,
    "mp5": 5,
    "mc3": 6,
    "mc5": 6,
    "ulna": 6,
}
"""Stage at which the epiphysis is as wide as the shaft: E, F or G."""
FUSION_BEGINS = {"radius": 8, "ulna": 7}


@pytest.mark.parametrize("bone", EPIPHYSES)
def test_a_centre_appears_at_stage_b(bone: str) -> None:
    assert not signs(bone, 0.99).present
    assert signs(bone, 1.0).present


@pytest.mark.parametrize("bone", EPIPHYSES)
def test_half_as_wide_as_the_shaft_from_stage_d(bone: str) -> None:
    assert signs(bone, 2.95).width_ratio < 0.5 <= signs(bone, 3.0).width_ratio + 1e-9


@pytest.mark.parametrize(("bone", "stage"), AS_WIDE_AS_SHAFT.items())
def test_as_wide_as_the_shaft_from_its_stage(bone: str, stage: int) -> None:
    assert signs(bone, stage - 0.05).width_ratio < 1.0 <= signs(bone, stage).width_ratio + 1e-9


@pytest.mark.parametrize("bone", RUS)
def test_fusion_begins_and_ends_with_its_stages(bone: str) -> None:
    begins = FUSION_BEGINS.get(bone, 7)

    assert signs(bone, begins + 1.0).fused == pytest.approx(1.0)
    if bone in ("mc3", "mc5"):
        assert signs(bone, begins).fused == pytest.approx(0.25, abs=0.02)
    else:
        assert signs(bone, begins).fused == 0 < signs(bone, begins + 0.05).fused


@pytest.mark.parametrize("bone", ["pp3", "mp5", "dp1", "mc1", "radius"])
def test_capping_is_plain_within_its_stage(bone: str) -> None:
    cap = 7 if bone == "radius" else 6

    assert max(signs(bone, cap - 0.5).caps) == 0
    assert max(signs(bone, cap + 0.4).caps) == 1
    assert min(signs(bone, cap + 0.1).caps) == 0


@pytest.mark.parametrize("bone", EPIPHYSES)
def test_the_growth_plate_narrows(bone: str) -> None:
    gaps = [signs(bone, place / 4).gap for place in range(12, 28)]

    assert gaps == sorted(gaps, reverse=True)
