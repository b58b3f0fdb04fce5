"""Drawn joints and bones of the films of `tiny_rsna`: squares at the median places of a skeleton, on each film's own hand."""

from __future__ import annotations

import csv
import gzip
import json
import zipfile
from pathlib import Path

import cv2
import numpy as np

from openboneage.bones.places import PLACE_OF
from openboneage.hand import geometry
from openboneage.hand.locate import film_to_frame
from tests.tiny_rsna import LANDMARKS, example_film, sources

BONES = {
    "radius": (0.09, 0.95), "mc1": (0.335, 0.635), "mc3": (0.022, 0.03), "pp3": (0.022, -0.07), "mp3": (0.018, -0.50),
    "dp3": (0.008, -0.79), "dp1": (0.77, 0.05), "capitate": (0.04, 0.70), "hamate": (-0.095, 0.69),
}  # fmt: skip
"""Places of the bones."""
WIDE = {"wrist": (0.3, 0.22), "radius": (0.1, 0.05)}


def box(place: tuple[float, float], half: tuple[float, float]) -> np.ndarray:
    """Corners of a box in the frame, `(4, 2)`."""
    return np.asarray(np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half + place)


def joints_in_frame() -> dict[str, np.ndarray]:
    """Joint regions."""
    return {name: box(place, WIDE.get(name, (0.06, 0.06))) for name, place in PLACE_OF.items()}


def bones_in_frame() -> dict[str, np.ndarray]:
    """Epiphyses and carpal bones."""
    return {name: box(place, (0.1, 0.04) if name == "radius" else (0.04, 0.03)) for name, place in BONES.items()}


def build_regions(rsna: Path) -> Path:
    """Write `regions/regions.json.gz` and `grey-1280px.zip` for every film of the folder, and boxes of one film by experts."""
    folder = rsna / "regions"
    folder.mkdir()
    drawn, experts = {}, []
    with zipfile.ZipFile(folder / "grey-1280px.zip", "w") as archive:
        for film_id, source, _ in sources():
            film = example_film(source)
            size = np.array(film.shape[::-1])
            to_film = geometry.inverse(film_to_frame(np.array(LANDMARKS[source]) * size))
            joints, bones = (
                {name: geometry.move(each, to_film) for name, each in part.items()}
                for part in (joints_in_frame(), bones_in_frame())
            )
            drawn[film_id] = {
                "size": size.tolist(),
                "joint": [each.tolist() for each in joints.values()],
                "bone": [each.tolist() for each in bones.values()],
            }
            archive.writestr(f"{film_id}.avif", cv2.imencode(".png", film)[1].tobytes())
            experts.append((film_id, joints, film.shape))
    boxed = experts.pop()
    del drawn[boxed[0]]
    (folder / "regions.json.gz").write_bytes(gzip.compress(json.dumps(drawn).encode()))
    with (rsna / "boxes.csv").open("a", newline="") as file:
        for corners in boxed[1].values():
            left, top, right, bottom = geometry.bounds(corners)
            csv.writer(file).writerow((boxed[0], "eval/expert", *boxed[2], "MCP", left, top, right, bottom))
    return folder / "regions.json.gz"
