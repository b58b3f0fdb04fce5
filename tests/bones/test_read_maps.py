"""Reading of maps: spots, boxes and outlines to a fraction of a pixel."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.bones.maps import BOX_CHANNELS, BOX_UNIT, CELL_PX, CLASSES, REGION, TIGHT
from openboneage.bones.names import JOINTS
from openboneage.bones.read_maps import Maps, Peak
from openboneage.hand.frame import HEIGHT

ROWS, COLUMNS = 64, 48
PX_PER_UNIT = ROWS * CELL_PX / HEIGHT


def maps_with(**parts: np.ndarray) -> Maps:
    channels = {"classes": CELL_PX**2 * len(CLASSES), "joints": len(JOINTS), "boxes": len(BOX_CHANNELS)}
    empty = {
        name: np.full((count, ROWS, COLUMNS), -9.0 if name == "joints" else 0.0, np.float32) for name, count in channels.items()
    }
    return Maps(**{**empty, **parts})


def with_spots(*middles: tuple[float, float]) -> np.ndarray:
    """Logits of Gaussian spots of MCP3 at places in pixels, each less sure than the one before."""
    y, x = (np.mgrid[:ROWS, :COLUMNS] + 0.5) * CELL_PX
    heat = np.max(
        [(0.9 - 0.2 * i) * np.exp(-((x - a) ** 2 + (y - b) ** 2) / (2 * 6.0**2)) for i, (a, b) in enumerate(middles)], axis=0
    )
    joints = np.full((len(JOINTS), ROWS, COLUMNS), -9.0, np.float32)
    joints[JOINTS.index("mcp3")] = np.log(heat.clip(1e-4) / (1 - heat.clip(1e-4)))
    return joints


def test_spots_are_read_best_first_to_a_fraction_of_a_cell() -> None:
    maps = maps_with(joints=with_spots((81.0, 102.5), (150.0, 61.0)))

    first, second = maps.peaks("mcp3", 0.3)

    assert first.middle == pytest.approx([81.0, 102.5], abs=0.7)
    assert second.middle == pytest.approx([150, 61], abs=0.7)
    assert first.score > 0.8 > second.score
    assert not maps.peaks("mcp2", 0.3)
    assert len(maps.peaks("mcp3", 0.8)) == 1


@pytest.mark.parametrize("extent", [REGION, TIGHT])
def test_boxes_are_read_around_the_spot(extent: str) -> None:
    box = np.array([60.0, 80.0, 110.0, 130.0]) if extent == REGION else np.array([70.0, 90.0, 100.0, 120.0])
    y, x = (np.mgrid[:ROWS, :COLUMNS] + 0.5) * CELL_PX
    boxes = np.zeros((len(BOX_CHANNELS), ROWS, COLUMNS), np.float32)
    first = 0 if extent == REGION else 4
    for i, distance in enumerate((x - box[0], y - box[1], box[2] - x, box[3] - y)):
        boxes[first + i] = np.log(distance.clip(0.1) / (BOX_UNIT * PX_PER_UNIT))
    maps = maps_with(joints=with_spots((85.0, 105.0)), boxes=boxes)

    assert maps.box("mcp3", maps.peaks("mcp3", 0.3)[0], extent) == pytest.approx(box, abs=0.05)


def classes_of(name: str, centre: tuple[float, float], radius: float) -> np.ndarray:
    """Logits of a disc of a class on background."""
    y, x = np.mgrid[: ROWS * CELL_PX, : COLUMNS * CELL_PX] + 0.5
    inside = radius - np.hypot(x - centre[0], y - centre[1])
    logits = np.full((len(CLASSES), *inside.shape), -9.0, np.float32)
    logits[0] = 0
    logits[CLASSES.index(name)] = (4 * inside).clip(-9, 9)
    cells = logits.reshape(len(CLASSES), ROWS, CELL_PX, COLUMNS, CELL_PX).transpose(0, 2, 4, 1, 3)
    return cells.reshape(-1, ROWS, COLUMNS)


def test_outlines_run_between_pixels() -> None:
    maps = maps_with(classes=classes_of("capitate", (90.3, 100.6), 14.0))

    (shape,) = maps.shapes("capitate", (60, 70, 120, 130))

    radii = np.hypot(*(shape.polygon - (90.3, 100.6)).T)
    assert radii.mean() == pytest.approx(14, abs=1.5)
    assert shape.polygon.mean(axis=0) == pytest.approx([90.3, 100.6], abs=0.3)
    assert shape.score > 0.5
    assert not maps.shapes("hamate", (60, 70, 120, 130))


@pytest.mark.parametrize("box", [(60, 300, 90, 400), (-80, -80, -20, -20)])
def test_a_box_outside_the_picture_has_no_outlines(box: tuple[float, float, float, float]) -> None:
    assert not maps_with().shapes("base", box)


def test_specks_are_no_outlines() -> None:
    assert not maps_with(classes=classes_of("base", (90.0, 100.0), 1.2)).shapes("base", (60, 70, 120, 130))


def test_a_peak_at_the_edge_is_read() -> None:
    maps = maps_with(joints=with_spots((1.0, 1.0)))

    (peak,) = maps.peaks("mcp3", 0.3)

    assert isinstance(peak, Peak)
    assert peak.cell == (0, 0)
