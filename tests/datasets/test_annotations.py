"""Manual annotations: outlines become masks, boxes become landmarks."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from openboneage.datasets.annotations import LANDMARKS, read_landmarks, read_outlines
from tests.tiny_rsna import LANDMARKS as DRAWN

HEADER = ("id", "subset", "image_height", "image_width", "label", "xmin", "ymin", "xmax", "ymax")


def box(film_id: str, label: str, x: float, y: float, subset: str = "train") -> tuple[object, ...]:
    """A box of 10 x 10 px around a point of a film of 100 x 200 px."""
    return film_id, subset, 200, 100, label, x - 5, y - 5, x + 5, y + 5


def hand(film_id: str, subset: str = "train") -> list[tuple[object, ...]]:
    """The boxes of a whole hand, in no order."""
    knuckles = [(30, 100), (60, 90), (80, 120), (45, 92), (52, 88)]
    return [*(box(film_id, "MCP", x, y, subset) for x, y in knuckles), box(film_id, "Radius", 50, 160, subset)]


def boxes_file(folder: Path, rows: Sequence[tuple[object, ...]]) -> Path:
    with (folder / "boxes.csv").open("w", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return folder / "boxes.csv"


def test_landmarks_are_box_centres_from_thumb_to_little_finger(tmp_path: Path) -> None:
    found = read_landmarks(boxes_file(tmp_path, hand("1")), "train")

    assert LANDMARKS == ("radius", "mcp1", "mcp3", "mcp5")
    np.testing.assert_allclose(found["1"], [(0.5, 0.8), (0.8, 0.6), (0.52, 0.44), (0.3, 0.5)])


def test_incomplete_hands_and_other_subsets_are_left_out(tmp_path: Path) -> None:
    rows = [
        *hand("whole"),
        *hand("no radius")[:-1],
        *hand("no thumb")[1:],
        *hand("two radii"),
        box("two radii", "Radius", 1, 1),
    ]

    found = read_landmarks(boxes_file(tmp_path, [*rows, *hand("other", "eval/expert")]), "train")

    assert list(found) == ["whole"]


def test_outlines_are_squashed_to_a_square_with_holes(tmp_path: Path) -> None:
    drawing = {"exterior": [[10, 20], [90, 20], [90, 180], [10, 180]], "interior": [[[40, 80], [60, 80], [60, 120], [40, 120]]]}
    (tmp_path / "outlines.json").write_text(json.dumps({"1": {"width": 100, "height": 200, "polygons": [drawing]}}))

    mask = read_outlines(tmp_path / "outlines.json", 100)["1"]

    assert set(np.unique(mask)) == {0, 255}
    assert mask[50, 20] == 255
    assert mask[50, 50] == mask[5, 50] == mask[50, 95] == 0
    assert (mask > 0).mean() == pytest.approx(0.8 * 0.8 - 0.2 * 0.2, abs=0.02)


def test_tiny_folder_has_both(tiny_shared: Path) -> None:
    masks = read_outlines(tiny_shared / "rsna" / "outlines.json")
    landmarks = read_landmarks(tiny_shared / "rsna" / "boxes.csv", "train")

    np.testing.assert_allclose(landmarks["7036"], DRAWN["7036"], atol=1e-4)
    for film_id, points in landmarks.items():
        assert all(masks[film_id][int(y * 512), int(x * 512)] for x, y in points[2:])


def test_drawings_of_the_challenge(real_rsna: Path) -> None:
    masks = read_outlines(real_rsna / "outlines.json", 64)
    landmarks = read_landmarks(real_rsna / "boxes.csv", "train")

    assert len(masks) == 100
    assert len(landmarks) > 200
    assert all(((points > 0) & (points < 1)).all() for points in landmarks.values())
    radius, thumb, middle, little = np.stack(list(landmarks.values())).mean(axis=0)
    assert little[0] < middle[0] < thumb[0], "upright left hands have the thumb on the right"
    assert middle[1] < radius[1], "the wrist lies below"
