"""Lee 2017 segmentation on a tiny folder: classes, training, sweep, figures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed")

from openboneage.datasets.five_classes import Tissue
from openboneage.datasets.outlined_films import OutlinedFilms
from openboneage.studies import lee2017_segmentation as lee
from openboneage.studies.segmentation_run import SegmentationRun

TINY = replace(lee.SMALL, side_px=128, patch_px=16, batch_size=50, schedule=replace(lee.SMALL.schedule, peak_lr=0.05))


@pytest.fixture(scope="module")
def run(tiny_shared: Path, tmp_path_factory: pytest.TempPathFactory) -> SegmentationRun:
    return SegmentationRun(OutlinedFilms(tiny_shared / "rsna"), tmp_path_factory.mktemp("lee"), steps=250)


def test_what_lies_beside_the_film_is_collimation(run: SegmentationRun) -> None:
    film = lee.classified_films(TINY, run)[0]

    assert film.square.shape == film.classes.shape == (128, 128)
    assert (film.classes[:, -10:] == Tissue.COLLIMATION).all()
    assert {Tissue.BONE, Tissue.TISSUE, Tissue.BACKGROUND} <= {Tissue(each) for each in np.unique(film.classes)}


def test_hands_are_learned(run: SegmentationRun) -> None:
    segment, film = lee.segmentation(TINY, run), run.training[0]
    mask, truth = segment(film.pixels), film.drawing.mask(film.pixels.shape[::-1]) > 0

    assert mask.shape == film.pixels.shape
    assert 2 * (mask & truth).sum() / (mask.sum() + truth.sum()) > 0.7


def test_the_sweep_has_every_stride_and_the_gain(run: SegmentationRun) -> None:
    run.__dict__["test"] = run.test[:3]

    report = lee.sweep_report(TINY, run, patches=(16,)).splitlines()

    assert report[0] == "mIoU on 3 test films, processor time of a film:"
    assert report[2] == "| patch | stride 2 | stride 4 | stride 8 | stride 16 |"
    assert report[4].startswith("| 16 x 16 | 0.")
    assert "in one pass" in report[-1]


def test_figures_are_drawn(run: SegmentationRun, tmp_path: Path) -> None:
    lee.write_picture(tmp_path / "new" / "labels.png", lee.labels_sheet(TINY, run))

    assert np.asarray(cv2.imread(str(tmp_path / "new" / "labels.png"))).shape == (3 * 256, 8 * 256, 3)
    assert lee.pipeline_figure(TINY, run).shape == (5 * 256, 3 * 256)


def test_the_hand_is_centred_alone() -> None:
    square, mask = np.full((100, 100), 40, np.uint8), np.zeros((100, 100), bool)
    mask[5:45, 50:70] = True
    square[mask] = 200

    found = lee.preprocessed(square, mask) > 60

    rows, columns = (np.flatnonzero(found.any(axis=axis)) for axis in (1, 0))
    assert abs(rows[0] + rows[-1] - 99) <= 3
    assert abs(columns[0] + columns[-1] - 99) <= 3
    assert not lee.preprocessed(square, np.zeros((100, 100), bool)).any()
