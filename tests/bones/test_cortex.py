"""Indices of drawn metacarpals with cortices of known thickness."""

from __future__ import annotations

import pickle

import cv2
import numpy as np
import pytest

from openboneage.bones.cortex import CortexMeasures, measure_cortex
from openboneage.bones.names import CARPALS, EPIPHYSES, JOINTS
from openboneage.bones.outlines import BoneOutline, HandOutlines, Reason
from openboneage.bones.view import CARPAL_ENDS
from openboneage.hand import geometry

SIZE_PX = (900, 900)


def measured(
    thickness: float = 0.2, width: float = 0.1, unit_px: float = 800, spacing_mm: float | None = None, degrees: float = 0
) -> CortexMeasures | None:
    """A third metacarpal with a cortex of a share of the width of its shaft, the width in frame units."""
    to_film = geometry.chain(
        geometry.scaling(unit_px, unit_px), geometry.rotation(degrees), geometry.translation(450 * unit_px / 800, 80)
    )
    head, base = (0.02, 0.0), CARPAL_ENDS["mc3"]
    film = np.full(SIZE_PX, 70, np.uint8)
    for share, grey in ((1.0, 200), (1 - 2 * thickness, 130)):
        half = share * width / 2
        corners = np.array([(head[0] - half, 0.0), (head[0] + half, 0.0), (base[0] + half, 0.62), (base[0] - half, 0.62)])
        points = np.rint((geometry.move(corners, to_film) - 0.5) * 256).astype(np.int32)
        cv2.fillPoly(film, [points], grey, shift=8)
    film = np.asarray(cv2.GaussianBlur(film, (0, 0), 1.0), np.uint8)
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    circle = np.array(head) + 0.06 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    outline = BoneOutline("mc3", geometry.move(circle, to_film), 1.0)
    return measure_cortex(film, outlined(outline, to_film), spacing_mm)


def outlined(outline: BoneOutline, to_film: geometry.Affine) -> HandOutlines:
    return HandOutlines(
        geometry.inverse(to_film),
        {outline.name: outline},
        (),
        {},
        {name: Reason.NOT_SEEN for name in (*EPIPHYSES, *CARPALS) if name != outline.name},
        dict.fromkeys(JOINTS, Reason.NOT_SEEN),
    )


@pytest.mark.parametrize("thickness", [0.12, 0.2, 0.28])
@pytest.mark.parametrize("degrees", [0, 15])
def test_the_metacarpal_index_is_that_of_the_drawn_bone(thickness: float, degrees: float) -> None:
    found = measured(thickness, degrees=degrees)

    assert found is not None
    assert found.thickness_index == pytest.approx(2 * thickness, abs=0.03)
    assert found.area_index == pytest.approx(np.pi * thickness * (1 - thickness), rel=0.07)


def test_the_bone_health_index_needs_the_spacing() -> None:
    plain, spaced = measured(), measured(spacing_mm=0.1)
    assert plain is not None
    assert spaced is not None

    # W = 8.0 mm, T = 1.6 mm, L = (0.62 + 0.06) * 80 = 54.4 mm
    assert plain.bone_health_index is None
    assert spaced.bone_health_index == pytest.approx(np.pi * 1.6 * 0.8 / (54.4 * 8.0) ** 0.33, rel=0.07)
    assert spaced.metacarpals["mc3"].width_px == pytest.approx(80, rel=0.03)


def test_measures_can_be_sent_to_another_process() -> None:
    found = measured()

    assert pickle.loads(pickle.dumps(found)) == found


def test_a_coarse_film_is_not_measured() -> None:
    assert measured(unit_px=200) is None


def test_without_an_outlined_metacarpal_nothing_is_measured() -> None:
    radius = BoneOutline("radius", np.array([(0, 0), (9, 0), (9, 9)], float), 1.0)

    assert measure_cortex(np.zeros(SIZE_PX, np.uint8), outlined(radius, geometry.scaling(100, 100)), 0.1) is None
