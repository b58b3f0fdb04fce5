"""Maps of networks are counted on drawn regions and drawn on a sheet."""

from __future__ import annotations

import gzip
from pathlib import Path
from shutil import copytree

import cv2
import numpy as np
import pytest
import torch

from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.errors import InputError
from tests.tiny_regions import build_regions

pytest.importorskip("openboneage.learn.torchvision_ops", reason="torchvision is not installed")

from openboneage.learn.networks.bonet import BoNet, BoNetShape
from openboneage.studies import spampinato2017
from openboneage.studies.estimator_run import EstimatorRun
from openboneage.studies.network_attention import MappedFilms, attention_of


@pytest.fixture
def regions(tiny_shared: Path, tmp_path: Path) -> Path:
    return build_regions(Path(copytree(tiny_shared / "rsna", tmp_path / "rsna")))


def test_shares_of_maps_are_counted_and_drawn(regions: Path, tmp_path: Path) -> None:
    run, seen = EstimatorRun(RsnaFilms(regions.parents[1]), tmp_path / "run"), []

    def maps_of(image: torch.Tensor, sex: int) -> dict[str, np.ndarray]:
        seen.append((tuple(image.shape), sex))
        flat = np.ones((64, 64), np.float32)
        corner = np.zeros((64, 64), np.float32)
        corner[:6, 8:14] = -1.0
        return {"flat": flat, "corner": corner}

    table = attention_of(run, MappedFilms(regions, 64, square=True, per_stage=1), maps_of, "maps")

    assert {shape for shape, _ in seen} == {(1, 1, 64, 64)}
    flat, corner = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:])
    assert flat[:2] == ["flat", str(len(seen))]
    assert float(flat[2].split(" %")[0]) > 0.1, "some of the flat map lies on epiphyses"
    assert float(corner[7].split(" %")[0]) > 90, "the corner is background"
    sheet = cv2.imread(str(tmp_path / "run" / "maps.png"))
    assert sheet is not None
    assert sheet.shape[0] > 100


def test_strongest_features_of_bonet(regions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shape = BoNetShape((4, 4, 4, 4), 3)
    monkeypatch.setattr(spampinato2017, "bonet", lambda *_: BoNet(shape, crop_px=96, neurons=4))
    study = spampinato2017.BoNetStudy(crop_px=96)
    run = EstimatorRun(RsnaFilms(regions.parents[1]), tmp_path / "run")
    part = spampinato2017.Part(study, run, None, None, None)  # type: ignore[arg-type]

    table = spampinato2017.figure6(part, regions)

    assert [line.split(" | ")[0] for line in table.splitlines()[2:]] == [f"| convolution {k}" for k in (1, 2, 3, 4)]
    assert (tmp_path / "run" / "figure6.png").is_file()


def test_films_without_drawn_regions_are_refused(tmp_path: Path, tiny_shared: Path) -> None:
    other = RsnaFilms(tiny_shared / "rsna")
    empty = tmp_path / "none.json.gz"

    empty.write_bytes(gzip.compress(b"{}"))
    how = MappedFilms(empty, 64, square=True)

    with pytest.raises(InputError, match="with drawn regions"):
        attention_of(EstimatorRun(other, tmp_path / "run"), how, lambda *_: {}, "maps")
