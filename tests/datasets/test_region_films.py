"""Films with drawn regions or boxes by experts: their kinds, pixels and labels."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.datasets.region_films import Kind, LabelledFilm, RegionFilms, composite
from openboneage.datasets.regions import DrawnRegions
from openboneage.datasets.splits import Split
from tests.tiny_regions import BONES, build_regions


@pytest.fixture(scope="module")
def films(tiny_shared: Path, tmp_path_factory: pytest.TempPathFactory) -> RegionFilms:
    rsna = tmp_path_factory.mktemp("regions") / "rsna"
    shutil.copytree(tiny_shared / "rsna", rsna)
    return RegionFilms(RsnaFilms(rsna), build_regions(rsna), rsna / "boxes.csv")


def of_kind(films: RegionFilms, kind: Kind) -> LabelledFilm:
    film = next(film for film in films.films.films if film.split is not Split.NATIVE and kind in films.kinds(film))
    labelled = films.labelled(film, kind)
    assert labelled is not None
    return labelled


def test_a_film_with_drawn_regions_is_sharp_and_coarse(films: RegionFilms) -> None:
    sharp, coarse = of_kind(films, Kind.COMPOSITE), of_kind(films, Kind.COARSE)

    assert sharp.radiograph.display.shape > coarse.radiograph.display.shape
    for film in (sharp, coarse):
        height, width = film.radiograph.display.shape
        assert set(BONES) == set(film.bones)
        assert all((polygon >= 0).all() and (polygon <= (width, height)).all() for polygon in film.bones.values())


def test_regions_are_labels_only_where_their_edges_are_invisible(films: RegionFilms) -> None:
    assert not of_kind(films, Kind.COMPOSITE).regions
    assert {"wrist", "mcp3", "dip5"} <= set(of_kind(films, Kind.COARSE).regions)


def test_a_film_with_boxes_has_no_bones(films: RegionFilms) -> None:
    boxed = of_kind(films, Kind.BOXED)

    assert not boxed.bones
    assert {"mcp1", "pip3", "dip2", "radius"} <= set(boxed.tight)
    assert set(boxed.regions) == {"radius", "ulna"}


def test_films_can_be_pickled_after_use(films: RegionFilms) -> None:
    films.kinds(films.films.films[0])

    assert pickle.loads(pickle.dumps(films)) == films


def test_a_composite_is_sharp_inside_and_coarse_outside() -> None:
    square = np.array([(40, 40), (160, 40), (160, 160), (40, 160)], float) * 2
    drawn = DrawnRegions((400, 400), (square,), ())

    pixels = composite(np.full((200, 200), 200, np.uint8), np.full((50, 50), 100, np.uint8), drawn)

    assert pixels[100, 100] == 200
    assert pixels[10, 10] == 100
    assert pixels[100, 42] == 100, "the archive's own edge is not used"
