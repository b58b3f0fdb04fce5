"""Agreement of masks, and the table of systems."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from openboneage.datasets.outlined_films import OutlinedFilm, OutlinedFilms
from openboneage.evaluate.masks import System, finder_systems, mask_comparison, score_mask
from openboneage.weights.registry import ModelSet


def square(left: int, side: int = 20) -> np.ndarray:
    mask = np.zeros((60, 60), bool)
    mask[20 : 20 + side, left : left + side] = True
    return mask


def test_equal_masks_agree() -> None:
    scores = score_mask(square(10), square(10))

    assert (scores.dice, scores.iou, scores.sensitivity, scores.specificity, scores.boundary_px) == (1, 1, 1, 1, 0)


def test_a_shift_by_half() -> None:
    scores = score_mask(square(10), square(20))

    assert scores.dice == 0.5
    assert scores.iou == pytest.approx(1 / 3)
    assert scores.sensitivity == 0.5
    assert scores.specificity == pytest.approx(1 - 200 / 3200)
    assert 3 < scores.boundary_px < 8


def test_a_larger_square_is_away_by_its_margin() -> None:
    larger = np.zeros((60, 60), bool)
    larger[16:44, 6:34] = True

    assert score_mask(square(10), larger).boundary_px == pytest.approx(4, abs=0.3)


def test_an_empty_mask_is_as_far_as_can_be() -> None:
    scores = score_mask(square(10), np.zeros((60, 60), bool))

    assert scores.dice == scores.sensitivity == 0
    assert scores.boundary_px == pytest.approx(60 * np.sqrt(2))


@pytest.fixture(scope="module")
def films(tiny_shared: Path) -> list[OutlinedFilm]:
    outlined = OutlinedFilms(tiny_shared / "rsna")
    return [outlined.read(film_id) for film_id in outlined.test[:3]]


def test_systems_are_compared_on_the_same_films(films: list[OutlinedFilm], tmp_path: Path) -> None:
    nothing = System("nothing", lambda film: np.zeros(film.shape, bool), "0.5")
    systems = [*finder_systems(ModelSet.find().card("hand-finder")), nothing]

    head, _, *rows = mask_comparison(systems, films, tmp_path / "sheets").splitlines()

    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert head.startswith("| 3 films | Dice |")
    assert [row[0] for row in cells] == ["shipped finder", "shipped finder, within its canvas", "nothing"]
    assert 0.6 < float(cells[0][1]) <= float(cells[1][1])
    assert cells[2][1:5] == ["0.000"] * 4
    assert cells[2][-1] == "0.5"
    sheet = np.asarray(cv2.imread(str(tmp_path / "sheets" / "nothing.png")))
    assert sheet.shape == (360, 5 * 360, 3)
    assert sheet[:, :360].any()
    assert not sheet[:, -360:].any()
