"""A folder of RSNA packs with drawn hands: films of plain grey with the squares of `test_skeleton`."""

from __future__ import annotations

import csv
import gzip
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.datasets.regions import DrawnRegions
from tests.datasets.test_skeleton import SIZE_PX, drawn, placed

SHARP, COARSE, FULL = 200, 100, 150
"""Grey of the three kinds of pixels."""
FILMS = {"900001": "M", "900002": "F", "900003": "F"}
"""Film and sex: composed, at full size, without names."""


def build_drawn(root: Path, films: Mapping[str, str] = FILMS) -> Path:
    """Write the folder, with a film at full size and one without names among `FILMS`."""
    (root / "regions").mkdir(parents=True)
    (root / "native-more").mkdir()
    hand, _ = drawn(placed())
    content = {film: _content(hand) for film in films}
    if films is FILMS:
        content["900003"]["joint"] = []
    (root / "regions" / "regions.json.gz").write_bytes(gzip.compress(json.dumps(content).encode()))
    half = (SIZE_PX[1] // 2, SIZE_PX[0] // 2)
    with zipfile.ZipFile(root / "regions" / "grey-1280px.zip", "w") as sharp:
        for film in films:
            sharp.writestr(f"{film}.avif", _image(half, SHARP))
    with zipfile.ZipFile(root / "train-299px.zip", "w") as coarse:
        for film in films:
            coarse.writestr(f"{film}.avif", _image((299, 299), COARSE))
    (root / "native-more" / "900002.avif").write_bytes(_image((SIZE_PX[1], SIZE_PX[0]), FULL))
    with (root / "train.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "boneage_months", "sex", "native_height_px", "native_width_px"])
        writer.writerows([film, 100, sex, SIZE_PX[1], SIZE_PX[0]] for film, sex in films.items())
    return root


def _content(hand: DrawnRegions) -> dict[str, list[list[list[float]]] | tuple[int, int]]:
    return {
        "size": SIZE_PX,
        "joint": [polygon.tolist() for polygon in hand.joints],
        "bone": [polygon.tolist() for polygon in hand.bones],
    }


def _image(size: tuple[int, int], grey: int) -> bytes:
    pixels: NDArray[np.uint8] = np.full(size, grey, np.uint8)
    return bytes(cv2.imencode(".png", pixels)[1])
