"""Names of drawn carpal bones: only where they are certain."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.datasets.carpals import CERTAIN, PLACE_OF, name_carpals


def square(place: tuple[float, float], half: float = 0.04) -> np.ndarray:
    return np.asarray(np.array([(-half, -half), (half, -half), (half, half), (-half, half)]) + place)


@pytest.mark.parametrize("shift", [(0.0, 0.0), (0.04, -0.03)])
def test_a_whole_carpus_is_named_but_for_trapezium_and_trapezoid(shift: tuple[float, float]) -> None:
    polygons = [square(place) + shift for place in PLACE_OF.values()]

    assert name_carpals(polygons) == {name: list(PLACE_OF).index(name) for name in CERTAIN}


def test_two_bones_alone_are_capitate_and_hamate() -> None:
    polygons = [square((-0.1, 0.79)), square((0.03, 0.81))]

    assert name_carpals(polygons) == {"hamate": 0, "capitate": 1}


def test_bones_drawn_as_one_have_no_name() -> None:
    polygons = [square(PLACE_OF["capitate"], 0.12), square(PLACE_OF["triquetral"]), square(PLACE_OF["scaphoid"])]

    assert name_carpals(polygons) == {"triquetral": 1, "scaphoid": 2}


def test_a_bone_between_two_places_has_no_name() -> None:
    between = tuple((np.array(PLACE_OF["capitate"]) + PLACE_OF["hamate"]) / 2)
    polygons = [square(between), *(square(PLACE_OF[name]) for name in ("triquetral", "lunate", "scaphoid"))]

    assert set(name_carpals(polygons)) == {"triquetral", "lunate", "scaphoid"}


@pytest.mark.parametrize("polygons", [[], [square((0.0, 0.7), 0.3)]])
def test_without_single_bones_there_are_no_names(polygons: list[np.ndarray]) -> None:
    assert name_carpals(polygons) == {}
