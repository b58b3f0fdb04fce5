"""Boxes of the 13 regions: from drawn hands of known geometry, and from joint boxes."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from openboneage.bones.names import REGION_OF, RUS
from openboneage.bones.places import PLACE_OF, SIZE_OF
from openboneage.datasets.region_boxes import RegionBoxes, read_region_boxes
from openboneage.hand import geometry

Read = Callable[..., RegionBoxes]
SIZE_PX = (1500, 2000)
HALF = 0.06
TO_FILM = geometry.chain(geometry.scaling(500, 500), geometry.translation(900, 1000))


def box_at(name: str) -> list[list[float]]:
    """The square of a joint in film pixels; the wrist is the largest."""
    half = 0.25 if name == "wrist" else HALF
    corners = np.array(PLACE_OF[name]) + np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
    moved: list[list[float]] = geometry.move(corners, TO_FILM).tolist()
    return moved


def from_regions(folder: Path, without: Sequence[str] = ()) -> RegionBoxes:
    joints = [box_at(name) for name in PLACE_OF if name not in without]
    path = folder / "regions.json.gz"
    path.write_bytes(gzip.compress(json.dumps({"a": {"joint": joints, "bone": [], "size": SIZE_PX}}).encode()))
    return read_region_boxes(path, None)["a"]


def from_boxes(folder: Path, without: Sequence[str] = ()) -> RegionBoxes:
    labels = {"mcp": "MCP", "pip": "PIP", "ip1": "PIP", "dip": "DIP", "rad": "Radius", "uln": "Ulna"}
    rows = []
    for name in PLACE_OF:
        if name[:3] in labels and name not in without:
            corners = np.array(box_at(name))
            rows.append(("b", "train", SIZE_PX[1], SIZE_PX[0], labels[name[:3]], *corners.min(0), *corners.max(0)))
    with (folder / "boxes.csv").open("w", newline="") as file:
        header = ("id", "subset", "image_height", "image_width", "label", "xmin", "ymin", "xmax", "ymax")
        csv.writer(file).writerows([header, *rows])
    return read_region_boxes(None, folder / "boxes.csv")["b"]


def in_frame(boxes: RegionBoxes, bone: str) -> list[float]:
    """The box of a bone in frame units."""
    corners = boxes.boxes[RUS.index(bone)].reshape(2, 2) * SIZE_PX
    sides: list[float] = geometry.move(corners, geometry.inverse(TO_FILM)).ravel().tolist()
    return sides


@pytest.mark.parametrize("bone", ["radius", "ulna", "pp1", "mp5", "dp1", "dp3"])
@pytest.mark.parametrize("read", [from_regions, from_boxes])
def test_a_bone_alone_in_its_joint_has_its_box(tmp_path: Path, read: Read, bone: str) -> None:
    boxes = read(tmp_path)

    x, y = PLACE_OF[REGION_OF[bone]]
    assert boxes.drawn[RUS.index(bone)]
    assert in_frame(boxes, bone) == pytest.approx([x - HALF, y - HALF, x + HALF, y + HALF], abs=0.01)


@pytest.mark.parametrize("read", [from_regions, from_boxes])
def test_two_bones_of_a_joint_share_its_box(tmp_path: Path, read: Read) -> None:
    boxes = read(tmp_path)

    x, y = PLACE_OF["mcp3"]
    assert in_frame(boxes, "pp3") == pytest.approx([x - HALF, y - HALF, x + HALF, y + HALF / 3], abs=0.015)
    assert in_frame(boxes, "mc3") == pytest.approx([x - HALF, y - HALF / 3, x + HALF, y + HALF], abs=0.015)


@pytest.mark.parametrize(("read", "bone"), [(from_regions, "radius"), (from_boxes, "mc1")])
def test_a_region_that_was_not_drawn_gets_the_median_place(tmp_path: Path, read: Read, bone: str) -> None:
    boxes = read(tmp_path, without=(REGION_OF[bone],))

    (x, y), (width, height) = PLACE_OF[REGION_OF[bone]], SIZE_OF[REGION_OF[bone]]
    assert [name for name, drawn in zip(RUS, boxes.drawn, strict=True) if not drawn] == [bone]
    expected = [x - width / 2, y - height / 2, x + width / 2, y + height / 2]
    assert in_frame(boxes, bone) == pytest.approx(expected, abs=0.02)


def test_a_film_with_too_few_joint_boxes_is_left_out(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        from_boxes(tmp_path, without=[name for name in PLACE_OF if name[:3] in ("mcp", "pip", "ip1", "dip")])
