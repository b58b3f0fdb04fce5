"""Files of annotation programs in, COCO out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from openboneage.datasets.drawing_files import read_drawings, via_corners, write_coco
from openboneage.errors import InputError

POLYGON = {"name": "polygon", "all_points_x": [10, 60, 60, 10], "all_points_y": [5, 5, 85, 85]}
SHAPES: list[tuple[dict[str, Any], float]] = [
    (POLYGON, 50 * 80),
    ({**POLYGON, "name": "polyline"}, 50 * 80),
    ({"name": "rect", "x": 10, "y": 20, "width": 30, "height": 40}, 30 * 40),
    ({"name": "circle", "cx": 40, "cy": 50, "r": 20}, np.pi * 20**2),
    ({"name": "ellipse", "cx": 40, "cy": 50, "rx": 30, "ry": 15}, np.pi * 30 * 15),
    ({"name": "ellipse", "cx": 40, "cy": 50, "rx": 30, "ry": 15, "theta": 1.2}, np.pi * 30 * 15),
]
HOLED = {"exterior": [[10, 5], [60, 5], [60, 85], [10, 85]], "interior": [[[20, 20], [30, 20], [30, 40], [20, 40]]]}


def written(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content))
    return path


def via(path: Path, regions: object, project: bool = True) -> Path:
    cv2.imwrite(str(path.parent / "hand.png"), np.zeros((100, 80), np.uint8))
    films = {"hand.png123": {"filename": "hand.png", "size": 123, "regions": regions, "file_attributes": {}}}
    return written(path, {"_via_settings": {}, "_via_img_metadata": films} if project else films)


def region(shape: dict[str, Any], **attributes: str) -> dict[str, Any]:
    return {"shape_attributes": shape, "region_attributes": attributes}


@pytest.mark.parametrize(("shape", "area"), SHAPES)
def test_shapes_of_via_have_their_area(shape: dict[str, Any], area: float) -> None:
    corners = via_corners(shape)

    assert cv2.contourArea(corners.astype(np.float32)) == pytest.approx(area, rel=0.01)


def test_a_turned_ellipse_points_along_its_angle() -> None:
    corners = via_corners({"name": "ellipse", "cx": 40, "cy": 50, "rx": 30, "ry": 15, "theta": np.pi / 2})

    assert np.ptp(corners[:, 1]) == pytest.approx(60)
    assert np.ptp(corners[:, 0]) == pytest.approx(30, abs=0.1)


@pytest.mark.parametrize("project", [True, False])
def test_a_via_project_gets_its_sizes_from_the_films(tmp_path: Path, project: bool) -> None:
    path = via(tmp_path / "via.json", [region(POLYGON, type="wrist"), region(SHAPES[3][0])], project)

    drawing = read_drawings(path)["hand"]

    assert drawing.size_px == (80, 100)
    assert [outline.label for outline in drawing.outlines] == ["wrist", "hand"]


def test_regions_of_via_1_are_numbered(tmp_path: Path) -> None:
    assert len(read_drawings(via(tmp_path / "via.json", {"0": region(POLYGON)}))["hand"].outlines) == 1


def test_via_needs_the_films(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    path = via(tmp_path / "via.json", [])

    with pytest.raises(InputError, match=r"film hand\.png in .*empty.*--images"):
        read_drawings(path, tmp_path / "empty")


def test_points_have_no_area(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="shape point, which has no area"):
        read_drawings(via(tmp_path / "via.json", [region({"name": "point", "cx": 1, "cy": 2})]))


def test_outlines_with_holes_go_through_coco(tmp_path: Path) -> None:
    films = {"7": {"width": 80, "height": 100, "polygons": [HOLED]}, "8": {"width": 80, "height": 100, "polygons": []}}
    before = read_drawings(written(tmp_path / "outlines.json", films))

    write_coco(tmp_path / "coco.json", list(before.values()))
    after = read_drawings(tmp_path / "coco.json")

    assert list(after) == ["7", "8"]
    assert np.array_equal(after["7"].mask(), before["7"].mask())
    assert not after["8"].outlines


def test_polygons_go_through_coco_unchanged(tmp_path: Path) -> None:
    before = read_drawings(via(tmp_path / "via.json", [region(POLYGON, type="wrist")]))

    write_coco(tmp_path / "coco.json", list(before.values()))
    after, content = read_drawings(tmp_path / "coco.json"), json.loads((tmp_path / "coco.json").read_text())

    assert after["hand"].outlines[0].label == "wrist"
    np.testing.assert_array_equal(after["hand"].outlines[0].exterior, before["hand"].outlines[0].exterior)
    assert content["annotations"][0]["bbox"] == [10, 5, 50, 80]
    assert content["annotations"][0]["area"] == 4000


def test_a_film_of_supervisely(tmp_path: Path) -> None:
    points = {"classTitle": "hand", "geometryType": "polygon", "points": HOLED}
    bitmap = {"classTitle": "hand", "geometryType": "bitmap"}
    content = {"size": {"height": 100, "width": 80}, "objects": [points, bitmap]}

    drawing = read_drawings(written(tmp_path / "17.png.json", content))["17"]

    assert len(drawing.outlines) == 1
    assert drawing.mask()[30, 25] == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({}, "Expected a VIA project"),
        ([], "Expected a VIA project"),
        ({"images": [], "annotations": [{"image_id": 1}], "categories": []}, "KeyError"),
        (
            {
                "images": [{"id": 1, "file_name": "a", "width": 4, "height": 4}],
                "annotations": [{"image_id": 1, "category_id": 1, "segmentation": {"size": [4, 4], "counts": "abc"}}],
                "categories": [{"id": 1, "name": "hand"}],
            },
            "uncompressed run lengths",
        ),
        (
            {
                "images": [{"id": n, "file_name": "a", "width": 4, "height": 4} for n in (1, 2)],
                "annotations": [],
                "categories": [],
            },
            "twice",
        ),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_drawings(written(tmp_path / "x.json", content))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"at .*none\.json"):
        read_drawings(tmp_path / "none.json")
