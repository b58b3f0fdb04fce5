"""Measures of drawn carpal bones of known size."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.bones.carpals import measure_carpals
from openboneage.bones.names import CARPAL, CARPALS, EPIPHYSES, JOINTS
from openboneage.bones.outlines import BoneOutline, HandOutlines, JointBox, Reason
from openboneage.hand import geometry

UNIT_PX = 400.0
TO_FILM = geometry.chain(geometry.rotation(25), geometry.scaling(UNIT_PX, UNIT_PX), geometry.translation(500, 300))


def ellipse(centre: tuple[float, float], width: float, length: float) -> geometry.Points:
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    return np.array(centre) + np.stack([width / 2 * np.cos(angle), length / 2 * np.sin(angle)], axis=1)


def hand(sizes: dict[str, tuple[float, float]], unidentified: int = 0, wrist: bool = True) -> HandOutlines:
    """Ellipses of some widths and lengths in frame units, on a turned film."""
    bones = {name: BoneOutline(name, geometry.move(ellipse((0.1, 0.7), *size), TO_FILM), 1.0) for name, size in sizes.items()}
    other = BoneOutline(CARPAL, geometry.move(ellipse((0.2, 0.8), 0.1, 0.1), TO_FILM), 1.0)
    corners = np.array([(-0.2, 0.6), (0.3, 0.6), (0.3, 1.0), (-0.2, 1.0)])
    joints = {"wrist": JointBox("wrist", geometry.move(corners, TO_FILM), 1.0)} if wrist else {}
    return HandOutlines(
        geometry.inverse(TO_FILM),
        bones,
        (other,) * unidentified,
        joints,
        {name: Reason.NOT_SEEN for name in (*EPIPHYSES, *CARPALS) if name not in bones},
        {name: Reason.NOT_SEEN for name in JOINTS if name not in joints},
    )


def test_sizes_are_in_units_of_the_hand() -> None:
    size = measure_carpals(hand({"capitate": (0.1, 0.16)})).sizes["capitate"]

    assert size.area == pytest.approx(np.pi * 0.1 * 0.16 / 4, rel=0.01)
    assert size.diameter == pytest.approx(0.16, rel=0.01)
    assert (size.width, size.length) == pytest.approx((0.1, 0.16), rel=0.01)


def test_ratios_of_capitate_and_hamate() -> None:
    measures = measure_carpals(hand({"capitate": (0.1, 0.16), "hamate": (0.1, 0.12)}))

    assert measures.area_ratio == pytest.approx(4 / 3, rel=0.01)
    assert measures.diameter_ratio == pytest.approx(4 / 3, rel=0.01)
    alone = measure_carpals(hand({"capitate": (0.1, 0.16)}))
    assert alone.area_ratio is None
    assert alone.diameter_ratio is None


def test_unidentified_bones_count_for_the_total() -> None:
    area = np.pi * 0.1**2 / 4
    measures = measure_carpals(hand({"capitate": (0.1, 0.1)}, unidentified=2))

    assert measures.total_area == pytest.approx(3 * area, rel=0.01)
    assert measures.ossified_share == pytest.approx(3 * area / 0.2, rel=0.01)
    assert measure_carpals(hand({}, wrist=False)).ossified_share is None


def test_areas_in_square_mm_follow_from_the_spacing() -> None:
    measures = measure_carpals(hand({"capitate": (0.1, 0.1)}), spacing_mm=0.2)

    assert measures.square_millimetres(0.01) == pytest.approx(0.01 * 80**2)
    assert measure_carpals(hand({})).square_millimetres(0.01) is None


def test_the_diameter_is_compared_with_the_shaft_of_the_criterion() -> None:
    measures = measure_carpals(hand({"capitate": (0.1, 0.1), "lunate": (0.05, 0.05), "pisiform": (0.05, 0.05)}))

    assert measures.shaft_ratios({"radius": 80.0, "ulna": 40.0}) == pytest.approx({"capitate": 0.5, "lunate": 0.5}, rel=0.01)
    assert measures.shaft_ratios({"radius": 80.0}).keys() == {"capitate"}
