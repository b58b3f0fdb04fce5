"""Written films can be read again, by the product too."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from openboneage.errors import InputError
from openboneage.phantom.files import write_films
from openboneage.phantom.film import render
from openboneage.phantom.parameters import draw_parameters
from openboneage.phantom.truth import truth_of
from openboneage.reading.read import read
from openboneage.subject import Laterality

SEEDS = (2, 3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hands") / "new"
    write_films(((seed, draw_parameters(seed, 256)) for seed in SEEDS), made)
    return made


@pytest.mark.parametrize("seed", SEEDS)
def test_png_and_dicom_hold_the_film(folder: Path, seed: int) -> None:
    film = render(draw_parameters(seed, 256))
    dicom = read(folder / "dicom" / f"{seed:06d}.dcm")

    assert np.array_equal(read(folder / "png" / f"{seed:06d}.png").pixels, film.pixels)
    assert np.array_equal(dicom.pixels, film.pixels)
    child, view = film.parameters.child, film.parameters.view
    assert dicom.sex == child.sex
    assert dicom.laterality is (Laterality.RIGHT if view.mirrored else Laterality.LEFT)
    assert dicom.age_months == pytest.approx(child.age_months, abs=1)
    assert dicom.spacing_mm == pytest.approx((film.parameters.spacing_mm,) * 2, rel=1e-4)


def test_the_table_has_the_truth(folder: Path) -> None:
    with (folder / "films.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))

    assert [int(row["seed"]) for row in rows] == list(SEEDS)
    for row in rows:
        truth = truth_of(draw_parameters(int(row["seed"]), 256).child)
        assert (folder / row["path"]).exists()
        assert int(row["tw3_score"]) == truth.tw3.score
        assert row["tw3_radius"] == truth.tw3_stages["radius"]
        assert row["rus_chn_mp5"] == truth.rus_chn_levels["mp5"]


def test_annotations_of_all_films_are_one_coco_file(folder: Path) -> None:
    coco = json.loads((folder / "coco.json").read_text())

    assert [image["id"] for image in coco["images"]] == [1, 2]
    assert {each["image_id"] for each in coco["annotations"]} == {1, 2}
    numbers = [each["id"] for each in coco["annotations"]]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_folder_with_files_is_kept(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    with pytest.raises(InputError, match="not empty"):
        write_films([], tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]
