"""Files of annotation programs: VIA projects, COCO, and outlines with holes as Supervisely has them.

Formats: VGG Image Annotator 1 and 2 (https://www.robots.ox.ac.uk/~vgg/software/via/), COCO (https://cocodataset.org/#format-data),
Supervisely (https://docs.supervisely.com/data-organization/00_ann_format_navi).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from openboneage.datasets.drawings import HAND, Drawing, Outline, drawing_of_mask
from openboneage.datasets.regions import Polygon
from openboneage.errors import BoneAgeError, InputError
from openboneage.hand.run_lengths import mask_of_runs, run_lengths
from openboneage.reading.read import read
from openboneage.whole_file import written_whole

KNOWN = "a VIA project, COCO, or outlines as Supervisely has them (JSON)"
CURVE_POINTS = 64
"""Corners that a circle or an ellipse gets."""
Json = Mapping[str, Any]


def read_drawings(path: Path, images: Path | None = None) -> dict[str, Drawing]:
    """Read the drawings of a file, by the name of the film without its ending.

    Args:
        path: The file; its format is recognised.
        images: Folder of the films, by default that of the file. Only VIA needs them: it does not store their size.

    Raises:
        InputError: The file is missing, has another format or a damaged entry, or two entries have the same film.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        drawings = _reader_of(content)(content, path, images or path.parent)
    except BoneAgeError as error:
        raise InputError(f"{path.name}: {error}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise InputError(f"Expected {KNOWN} at {path}: {type(error).__name__} {error}.") from None
    named = {Path(drawing.name).stem: drawing for drawing in drawings}
    if len(named) < len(drawings):
        raise InputError(f"Expected each film of {path.name} once, but a name occurs twice.")
    return named


def _reader_of(content: Any) -> Callable[[Any, Path, Path], list[Drawing]]:
    if "annotations" in content and "images" in content:
        return _coco
    if "objects" in content:
        return _supervisely
    first = next(iter(content.values()), None)
    if "_via_img_metadata" in content or (isinstance(first, dict) and "regions" in first):
        return _via
    if isinstance(first, dict) and "polygons" in first:
        return _outlines
    raise InputError(f"Expected {KNOWN}.")


def _via(content: Json, path: Path, images: Path) -> list[Drawing]:
    del path
    entries = content.get("_via_img_metadata", content).values()
    return [_via_film(entry, images) for entry in entries]


def _via_film(entry: Json, images: Path) -> Drawing:
    regions = entry["regions"].values() if isinstance(entry["regions"], dict) else entry["regions"]  # VIA 1 numbers them
    name = Path(entry["filename"]).name
    file = images / name
    if not file.is_file():
        raise InputError(f"Expected the film {name} in {images}, for its size, which VIA does not store; give --images.")
    height, width = read(file).display.shape
    return Drawing(name, (width, height), tuple(_via_region(region) for region in regions))


def _via_region(region: Json) -> Outline:
    words = [str(value) for value in region.get("region_attributes", {}).values() if isinstance(value, str) and value]
    return Outline(words[0] if words else HAND, via_corners(region["shape_attributes"]))


def via_corners(shape: Json) -> Polygon:
    """Corners of a shape of VIA: polygon, polyline (closed), rectangle, circle or ellipse.

    Raises:
        InputError: Another shape, which has no inside.
    """
    kind = shape["name"]
    if kind in ("polygon", "polyline"):
        return np.array([shape["all_points_x"], shape["all_points_y"]], float).T
    if kind == "rect":
        x, y, width, height = (float(shape[name]) for name in ("x", "y", "width", "height"))
        return np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])
    if kind not in ("circle", "ellipse"):
        raise InputError(
            f"Expected polygons, polylines, rectangles, circles or ellipses, got the shape {kind}, which has no area."
        )
    radii = [float(shape["r"])] * 2 if kind == "circle" else [float(shape["rx"]), float(shape["ry"])]
    turn, angles = float(shape.get("theta", 0.0)), np.arange(CURVE_POINTS) * 2 * np.pi / CURVE_POINTS
    along, across = radii[0] * np.cos(angles), radii[1] * np.sin(angles)
    x, y = along * np.cos(turn) - across * np.sin(turn), along * np.sin(turn) + across * np.cos(turn)
    return np.stack([float(shape["cx"]) + x, float(shape["cy"]) + y], axis=1)


def _coco(content: Json, path: Path, images: Path) -> list[Drawing]:
    del path, images
    labels = {category["id"]: str(category["name"]) for category in content["categories"]}
    outlines: dict[int, list[Outline]] = {image["id"]: [] for image in content["images"]}
    for item in content["annotations"]:
        outlines[item["image_id"]] += _coco_outlines(item["segmentation"], labels[item["category_id"]])
    return [
        Drawing(Path(image["file_name"]).name, (int(image["width"]), int(image["height"])), tuple(outlines[image["id"]]))
        for image in content["images"]
    ]


def _coco_outlines(segmentation: Any, label: str) -> Sequence[Outline]:
    if isinstance(segmentation, list):
        return [Outline(label, np.array(polygon, float).reshape(-1, 2)) for polygon in segmentation]
    if not isinstance(segmentation["counts"], list):
        raise InputError("Expected polygons or uncompressed run lengths, got compressed ones; export polygons.")
    height, width = segmentation["size"]
    return drawing_of_mask("", mask_of_runs(segmentation["counts"], (int(height), int(width))), label).outlines


def _supervisely(content: Json, path: Path, images: Path) -> list[Drawing]:
    del images
    polygons = [item for item in content["objects"] if item["geometryType"] == "polygon"]
    outlines = tuple(_with_holes(item["points"], item["classTitle"]) for item in polygons)
    return [Drawing(path.stem, (int(content["size"]["width"]), int(content["size"]["height"])), outlines)]


def _outlines(content: Json, path: Path, images: Path) -> list[Drawing]:
    del path, images
    return [
        Drawing(name, (int(film["width"]), int(film["height"])), tuple(_with_holes(each, HAND) for each in film["polygons"]))
        for name, film in content.items()
    ]


def _with_holes(points: Json, label: str) -> Outline:
    return Outline(label, np.array(points["exterior"], float), tuple(np.array(hole, float) for hole in points["interior"]))


def write_coco(path: Path, drawings: Sequence[Drawing]) -> None:
    """Write drawings as a COCO file: outlines as polygons, those with holes as run lengths."""
    labels = sorted({outline.label for drawing in drawings for outline in drawing.outlines})
    images: list[Json] = []
    annotations: list[Json] = []
    for image_id, drawing in enumerate(drawings, start=1):
        width, height = drawing.size_px
        images.append({"id": image_id, "file_name": drawing.name, "width": width, "height": height})
        for outline in drawing.outlines:
            number = {"id": len(annotations) + 1, "image_id": image_id, "category_id": labels.index(outline.label) + 1}
            annotations.append({**number, **_coco_item(outline, drawing.size_px)})
    categories = [{"id": number, "name": label} for number, label in enumerate(labels, start=1)]
    with written_whole(path) as part:
        part.write_text(json.dumps({"images": images, "annotations": annotations, "categories": categories}), encoding="utf-8")


def _coco_item(outline: Outline, size_px: tuple[int, int]) -> dict[str, Any]:
    (left, top), (right, bottom) = outline.exterior.min(axis=0), outline.exterior.max(axis=0)
    area = sum(sign * float(cv2.contourArea(each.astype(np.float32))) for sign, each in _signed(outline))
    runs = {"size": [size_px[1], size_px[0]], "counts": run_lengths(Drawing("", size_px, (outline,)).mask() > 0)}
    segmentation = runs if outline.holes else [outline.exterior.ravel().tolist()]
    box = [float(left), float(top), float(right - left), float(bottom - top)]
    return {"segmentation": segmentation, "bbox": box, "area": area, "iscrowd": 0}


def _signed(outline: Outline) -> list[tuple[int, Polygon]]:
    return [(1, outline.exterior), *((-1, hole) for hole in outline.holes)]
