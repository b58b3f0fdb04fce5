"""Drawn regions: what a file holds, and what is said of files that hold something else."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from openboneage.datasets.regions import read_regions
from openboneage.errors import InputError

FILM = {
    "size": [1514, 2044],
    "joint": [[[0, 0], [10, 0], [10, 10]]],
    "bone": [[[1, 1], [2, 1], [2, 2.5]], [[5, 5], [6, 6], [6, 5]]],
}


def write(path: Path, content: object) -> Path:
    path.write_bytes(gzip.compress(json.dumps(content).encode()))
    return path


def test_polygons_come_by_film(tmp_path: Path) -> None:
    ((film_id, film),) = read_regions(write(tmp_path / "regions.json.gz", {"1379": FILM})).items()

    assert (film_id, film.size_px) == ("1379", (1514, 2044))
    assert [polygon.tolist() for polygon in film.bones] == FILM["bone"]
    assert len(film.joints) == 1


@pytest.mark.parametrize("content", [[], {"1379": {}}, {"1379": {**FILM, "joint": 3}}, {"1379": {**FILM, "size": [3]}}])
def test_other_content_is_refused(tmp_path: Path, content: object) -> None:
    with pytest.raises(InputError, match=r"Expected drawn regions of films \(regions\.json\.gz\)"):
        read_regions(write(tmp_path / "regions.json.gz", content))


@pytest.mark.parametrize("data", [None, b"", b"no archive", gzip.compress(b"{")[:-4]])
def test_a_missing_or_damaged_file_is_named(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "regions.json.gz"
    if data is not None:
        path.write_bytes(data)

    with pytest.raises(InputError, match="Expected drawn regions"):
        read_regions(path)
