"""A folder like `../shared`, made of the six example films: enough to train, calibrate and measure on within seconds.

Example films stand in it under their own ids as native films; toned copies of them under invented ids fill the other splits.
"""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from openboneage.datasets.splits import Split, split_of
from tests.tiny_backbone import mobilenet_kernels, write_backbone

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SHARED_RSNA = Path(__file__).resolve().parents[2] / "shared" / "rsna"

LABELS = {"7036": (24, "M"), "7038": (46, "F"), "7041": (168, "M"), "7043": (156, "F"), "14750": (120, "F"), "14931": (84, "M")}
"""Bone age in months and sex of the example films, as `examples/README.md` gives them."""
LANDMARKS = {
    "7036": ((0.609, 0.819), (0.784, 0.510), (0.527, 0.415), (0.367, 0.518)),
    "7038": ((0.405, 0.751), (0.720, 0.628), (0.534, 0.442), (0.332, 0.454)),
    "7041": ((0.509, 0.790), (0.748, 0.598), (0.529, 0.449), (0.364, 0.517)),
    "7043": ((0.562, 0.822), (0.740, 0.576), (0.475, 0.435), (0.304, 0.509)),
    "14750": ((0.464, 0.643), (0.696, 0.466), (0.433, 0.337), (0.288, 0.410)),
    "14931": ((0.451, 0.809), (0.724, 0.604), (0.483, 0.462), (0.320, 0.529)),
}
"""Distal radius, MCP1, MCP3 and MCP5 of the example films, in film fractions."""
COPIES = {Split.TRAIN: 12, Split.VALIDATION: 6, Split.HELD_OUT: 6}
NATIVE = ("7036", "7038", "14931")
NOT_HANDS = 60


def example_film(film_id: str) -> np.ndarray:
    """Pixels of an example film, `(height, width)` uint8."""
    return np.asarray(cv2.imread(str(EXAMPLES / f"{film_id}.png"), cv2.IMREAD_GRAYSCALE))


def point_sampled(film: np.ndarray) -> np.ndarray:
    """A film reduced to 100 x 100 px the way the RSNA training films were."""
    rows, columns = (np.floor((np.arange(100) + 0.5) * side / 100).astype(int) for side in film.shape)
    return film[np.ix_(rows, columns)]


def invented_ids(split: Split, count: int) -> list[str]:
    """Ids that no RSNA film has and whose hash puts them into a split."""
    chosen = (str(number) for number in range(900_000, 901_000) if split_of(str(number)) is split)
    return [film_id for film_id, _ in zip(chosen, range(count), strict=False)]


def sources() -> Iterator[tuple[str, str, Split]]:
    """Every film of the folder: its id, the example film it is a copy of, its split."""
    examples = list(LABELS)
    yield from ((film_id, film_id, Split.NATIVE) for film_id in NATIVE)
    for split, count in COPIES.items():
        for i, film_id in enumerate(invented_ids(split, count)):
            yield film_id, examples[i % len(examples)], split


def build_shared(folder: Path) -> Path:
    """Write `rsna/`, `not_hands/` and `backbones/` below a folder."""
    rsna = folder / "rsna"
    (rsna / "native").mkdir(parents=True)
    films = {film_id: example_film(film_id) for film_id in LABELS}
    _write_tables(rsna, films)
    _write_drawings(rsna, films)
    with zipfile.ZipFile(rsna / "train-100px.zip", "w") as sampled:
        for number, (film_id, source, split) in enumerate(sources()):
            film = films[source] if split is Split.NATIVE else _toned(films[source], number)
            sampled.writestr(f"{film_id}.png", _encoded(point_sampled(film), ".png"))
            if split is Split.NATIVE:
                (rsna / "native" / f"{film_id}.png").write_bytes((EXAMPLES / f"{film_id}.png").read_bytes())
    (folder / "not_hands").mkdir()
    with zipfile.ZipFile(folder / "not_hands" / "mednist-64px.zip", "w") as archive:
        for i in range(NOT_HANDS):
            archive.writestr(f"Noise/{i:06d}.jpeg", _encoded(_no_hand(i), ".jpeg"))
    (folder / "backbones").mkdir()
    write_backbone(folder / "backbones" / "tf2_mobilenet_v2_1.0_224_ptq.tflite", mobilenet_kernels())
    return folder


def _write_tables(rsna: Path, films: dict[str, np.ndarray]) -> None:
    rows = [(film_id, *LABELS[source], *films[source].shape) for film_id, source, _ in sources()]
    header = ("id", "boneage_months", "sex", "native_height_px", "native_width_px")
    _write_csv(rsna / "train.csv", header, [*rows[:-1], (*rows[-1][:3], "", "")])  # one film whose size is not known
    header = ("id", "boneage_months", "sex", "source", "background_removed")
    _write_csv(rsna / "native.csv", header, [(film_id, *LABELS[film_id], "examples", 0) for film_id in NATIVE])


def _write_drawings(rsna: Path, films: dict[str, np.ndarray]) -> None:
    outlines, boxes = {}, []
    for film_id, source, _ in sources():
        height, width = films[source].shape
        outlines[film_id] = {
            "height": height,
            "width": width,
            "polygons": [{"exterior": _outline(films[source]), "interior": []}],
        }
        radius, mcp1, mcp3, mcp5 = (np.array(point) for point in LANDMARKS[source])
        knuckles = (mcp1, (mcp1 + mcp3) / 2, mcp3, (mcp3 + mcp5) / 2, mcp5)
        for label, (x, y) in (("Radius", radius), *(("MCP", point) for point in knuckles)):
            corners = (f"{v:.2f}" for v in (x * width - 20, y * height - 20, x * width + 20, y * height + 20))
            boxes.append((film_id, "train", height, width, label, *corners))
    (rsna / "outlines.json").write_text(json.dumps(outlines))
    header = ("id", "subset", "image_height", "image_width", "label", "xmin", "ymin", "xmax", "ymax")
    _write_csv(rsna / "boxes.csv", header, boxes)


def _outline(film: np.ndarray) -> list[list[float]]:
    """The largest bright part of a film: a rough mask of the hand."""
    _, bright = cv2.threshold(cv2.GaussianBlur(film, (0, 0), 5), 0, 255, cv2.THRESH_OTSU)
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return cv2.approxPolyDP(max(contours, key=cv2.contourArea), 3, True).reshape(-1, 2).tolist()


def _toned(film: np.ndarray, number: int) -> np.ndarray:
    gamma = 0.8 + 0.4 * (number % 7) / 6
    return np.rint(255 * (film / 255) ** gamma).astype(np.uint8)


def _no_hand(number: int) -> np.ndarray:
    rng = np.random.default_rng(number)
    gradient = np.add.outer(np.linspace(0, rng.uniform(0, 120), 64), np.linspace(0, rng.uniform(0, 120), 64))
    return np.clip(gradient + rng.normal(0, rng.uniform(0, 30), (64, 64)), 0, 255).astype(np.uint8)


def _encoded(pixels: np.ndarray, kind: str) -> bytes:
    return cv2.imencode(kind, pixels)[1].tobytes()


def _write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
