"""The value of outlines: names found or missing, positions on the film and in the frame."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from openboneage.bones.names import CARPALS, EPIPHYSES, JOINTS
from openboneage.bones.outlines import BoneOutline, HandOutlines, JointBox, Reason
from openboneage.errors import InputError
from openboneage.hand import geometry

CORNERS = np.array([(10.0, 30.0), (20.0, 20.0), (30.0, 30.0), (20.0, 40.0)])


def hand(bones: Mapping[str, BoneOutline], joints: Mapping[str, JointBox], absent: tuple[str, ...] = ()) -> HandOutlines:
    """A hand whose other bones and joints are missing, except those that are `absent` from the value."""
    return HandOutlines(
        film_to_frame=geometry.scaling(0.1, 0.1),
        bones=bones,
        unidentified=(),
        joints=joints,
        missing_bones={name: Reason.NOT_SEEN for name in (*EPIPHYSES, *CARPALS) if name not in (*bones, *absent)},
        missing_joints={name: Reason.OUTSIDE_FILM for name in JOINTS if name not in (*joints, *absent)},
    )


def test_positions_are_on_the_film_and_in_the_frame() -> None:
    outlines = hand({"pp3": BoneOutline("pp3", CORNERS.copy(), 0.9)}, {"mcp3": JointBox("mcp3", CORNERS.copy(), 0.8)})

    assert outlines.joints["mcp3"].bounds_px == pytest.approx((10, 20, 30, 40))
    assert outlines.in_frame(outlines.bones["pp3"].polygon_px) == pytest.approx(CORNERS / 10)


def test_a_bone_of_the_standard_is_missing_without_its_region() -> None:
    found = {name: JointBox(name, CORNERS.copy(), 0.8) for name in JOINTS if name not in ("mcp3", "ulna")}

    assert hand({}, found).missing_rus == ("ulna", "mc3", "pp3")


@pytest.mark.parametrize("absent", ["dp5", "capitate", "cmc1"])
def test_a_name_that_is_neither_found_nor_missing_is_refused(absent: str) -> None:
    with pytest.raises(InputError, match=f"either found or missing, got {absent}"):
        hand({}, {}, absent=(absent,))


def test_a_name_that_is_unknown_is_refused() -> None:
    with pytest.raises(InputError, match="got skull otherwise"):
        hand({"skull": BoneOutline("skull", CORNERS.copy(), 1.0)}, {})


def test_a_name_that_is_found_and_missing_is_refused() -> None:
    plain = hand({}, {})

    with pytest.raises(InputError, match="got mc1 otherwise"):
        HandOutlines(
            plain.film_to_frame,
            {"mc1": BoneOutline("mc1", CORNERS.copy(), 1.0)},
            (),
            {},
            plain.missing_bones,
            plain.missing_joints,
        )


def test_the_value_cannot_be_changed() -> None:
    outlines = hand({"pp3": BoneOutline("pp3", CORNERS.copy(), 0.9)}, {})

    with pytest.raises(TypeError, match="does not support item assignment"):
        outlines.bones["pp5"] = outlines.bones["pp3"]  # type: ignore[index]


def test_polygons_cannot_be_changed() -> None:
    outline = BoneOutline("pp3", CORNERS.copy(), 0.9)

    with pytest.raises(ValueError, match="read-only"):
        outline.polygon_px[0] = 0
