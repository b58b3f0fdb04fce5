"""Names of drawn regions: right on turned, mirrored and incomplete hands, none where it is doubtful."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from openboneage.bones.places import PLACE_OF
from openboneage.datasets.regions import DrawnRegions, Polygon, read_regions
from openboneage.datasets.skeleton import APART, NamedRegions, name_regions, region_landmarks
from openboneage.hand import geometry

SIZE_PX = (1500, 2000)
BONES = {
    "radius": (0.09, 0.95), "ulna": (-0.17, 0.97), "mc1": (0.335, 0.635),
    "mc3": (0.022, 0.03), "pp3": (0.022, -0.07), "mp3": (0.018, -0.52), "dp3": (0.008, -0.80), "dp1": (0.77, 0.05),
    "lunate": (-0.02, 0.86), "capitate": (0.04, 0.70), "triquetral": (-0.14, 0.80), "trapezium": (0.23, 0.69),
}  # fmt: skip
"""Places of some bones, of which the last has no name."""


def square(place: tuple[float, float], half: tuple[float, float]) -> Polygon:
    return np.array(place) + np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half


def drawn(place: geometry.Affine, without: Sequence[str] = ()) -> tuple[DrawnRegions, dict[str, int]]:
    """A hand of squares through a transform from frame units to pixels, and the number of each joint and bone."""
    joints = {name: square(at, (0.3, 0.2) if name == "wrist" else (0.05, 0.05)) for name, at in PLACE_OF.items()}
    bones = {name: square(at, (0.06, 0.02) if name in APART else (0.02, 0.02)) for name, at in BONES.items()}
    kinds = [
        {name: geometry.move(each, place) for name, each in kind.items() if name not in without} for kind in (joints, bones)
    ]
    numbers = {name: number for kind in kinds for number, name in enumerate(kind)}
    return DrawnRegions(SIZE_PX, *(tuple(kind.values()) for kind in kinds)), numbers


def placed(degrees: float = 0, mirrored: bool = False, scale: float = 500) -> geometry.Affine:
    side = -1 if mirrored else 1
    return geometry.chain(
        geometry.scaling(side * scale, scale), geometry.rotation(degrees), geometry.translation(SIZE_PX[0] / 2, SIZE_PX[1] / 2)
    )


def named(film: DrawnRegions) -> NamedRegions:
    regions = name_regions(film)
    assert regions is not None
    return regions


@pytest.mark.parametrize("degrees", [0, 35, 170, -90])
@pytest.mark.parametrize("mirrored", [False, True])
def test_turned_and_mirrored_hands_get_their_names(degrees: float, mirrored: bool) -> None:
    film, _ = drawn(placed(degrees, mirrored))

    regions = named(film)

    for name, polygon in zip(PLACE_OF, film.joints, strict=True):
        assert regions.joints[name] is polygon
    for name, polygon in zip(BONES, film.bones, strict=True):
        if name == "trapezium":
            assert any(polygon is other for other in regions.others)
        else:
            assert regions.bones[name] is polygon
    assert geometry.move(regions.joints["mcp3"], regions.to_frame).mean(axis=0) == pytest.approx(PLACE_OF["mcp3"], abs=0.01)


@pytest.mark.parametrize("missing", [APART, ("dip5", "pip5"), ("ip1", "radius"), ("radius", "ulna", "lunate")])
def test_missing_regions_shift_no_name(missing: tuple[str, ...]) -> None:
    film, numbers = drawn(placed(20, scale=300), without=missing)

    regions = named(film)

    assert not set(missing) & set(regions.joints)
    for name, polygon in regions.joints.items():
        assert polygon is film.joints[[each for each in PLACE_OF if each not in missing].index(name)]
    assert {name: numbers[name] for name in regions.bones} == {
        name: next(i for i, each in enumerate(film.bones) if each is polygon) for name, polygon in regions.bones.items()
    }


def test_a_wrist_drawn_as_one_with_the_radius_is_the_wrist() -> None:
    film, _ = drawn(placed(), without=APART)
    low = geometry.move(square((0.07, 0.93), (0.3, 0.33)), placed())

    regions = named(DrawnRegions(SIZE_PX, (low, *film.joints[1:]), film.bones))

    assert regions.joints["wrist"] is low


@pytest.mark.parametrize("count", [0, 1, 4])
def test_too_few_joints_have_no_names(count: int) -> None:
    film, _ = drawn(placed())

    assert name_regions(DrawnRegions(SIZE_PX, film.joints[:count], film.bones)) is None


def test_a_hand_without_knuckles_has_no_names() -> None:
    film, _ = drawn(placed(), without=("mcp4",))

    assert name_regions(film) is None


def test_two_hands_have_no_names() -> None:
    first, _ = drawn(placed(scale=250))
    second = tuple(polygon + np.array([500, 0]) for polygon in first.joints)

    assert name_regions(DrawnRegions(SIZE_PX, (*first.joints, *second), first.bones)) is None


def test_landmarks_are_those_of_the_box_table(tmp_path: Path) -> None:
    film, numbers = drawn(placed())
    content = {
        "joint": [each.tolist() for each in film.joints],
        "bone": [each.tolist() for each in film.bones],
        "size": SIZE_PX,
    }
    without_radius = {**content, "bone": content["bone"][numbers["ulna"] :]}
    path = tmp_path / "regions.json.gz"
    path.write_bytes(gzip.compress(json.dumps({"a": content, "b": without_radius}).encode()))

    found = region_landmarks(path, {"a", "b"})

    expected = [
        np.array(place) * 500 + np.array(SIZE_PX) / 2 for place in ((0.072, 0.989), *(PLACE_OF[f"mcp{i}"] for i in (1, 3, 5)))
    ]
    assert found["a"] * SIZE_PX == pytest.approx(np.array(expected), abs=4)
    assert np.isnan(found["b"][0]).all()
    assert not np.isnan(found["b"][1:]).any()


def key_points(path: Path) -> dict[str, dict[str, Polygon]]:
    """Points of the joints of four fingers by film and name, each `(1, 2)` in native pixels."""
    fingers = {"forefinger": 2, "middle_finger": 3, "ring_finger": 4, "pinky_finger": 5}
    columns = {
        f"{joint}{finger}": (f"{name}{number}_x", f"{name}{number}_y")
        for name, finger in fingers.items()
        for number, joint in enumerate(("mcp", "pip", "dip"), start=1)
    }
    with path.open(newline="") as file:
        return {
            row["id"]: {name: np.array([[float(row[x]), float(row[y])]]) for name, (x, y) in columns.items()}
            for row in csv.DictReader(file)
        }


@pytest.mark.slow
def test_names_on_real_films_agree_with_key_points_drawn_by_others(real_rsna: Path) -> None:
    """The points are used for this check alone."""
    drawn_regions, points_of = (
        read_regions(real_rsna / "regions" / "regions.json.gz"),
        key_points(real_rsna / "keypoints21.csv"),
    )
    both = sorted(drawn_regions.keys() & points_of.keys())[::2]
    named = {film_id: film for film_id in both if (film := name_regions(drawn_regions[film_id]))}
    wrong = checked = 0
    for film_id, film in named.items():
        points = points_of[film_id]
        for name in points.keys() & film.joints.keys():
            place, centre = (geometry.move(each, film.to_frame).mean(axis=0) for each in (points[name], film.joints[name]))
            wrong += np.hypot(*(place - centre)) > 0.15
            checked += 1

    assert len(named) >= 0.9 * len(both) > 100
    assert wrong <= 0.004 * checked
