"""The reduced RSNA films: reading, sampling, and the resulting radiographs."""

from __future__ import annotations

import csv
import pickle
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from openboneage.datasets.film_set import films_of
from openboneage.datasets.layouts.recognise import open_film_set
from openboneage.datasets.layouts.rsna_packs import FINE_HEIGHT_PX, SAMPLED_HEIGHT_PX, TYPICAL_ASPECT, Pixels, RsnaFilms
from openboneage.datasets.splits import Split
from openboneage.errors import InputError, UnreadableError
from openboneage.subject import Sex
from tests.reading.films import pillow_file
from tests.tiny_rsna import COPIES, NATIVE, example_film, invented_ids, point_sampled


@pytest.fixture
def films(tiny_shared: Path) -> RsnaFilms:
    return RsnaFilms(tiny_shared / "rsna")


def test_a_film_has_the_label_of_its_row(films: RsnaFilms) -> None:
    film = films.by_id["7036"]

    assert (film.bone_age_months, film.sex, film.split) == (24.0, Sex.MALE, Split.NATIVE)
    assert films.aspects["7036"] == pytest.approx(897 / 1015)


def test_a_film_without_size_has_the_typical_aspect(films: RsnaFilms) -> None:
    assert films.aspects[films.films[-1].id] == TYPICAL_ASPECT


@pytest.mark.parametrize("split", COPIES)
def test_films_of_a_split(films: RsnaFilms, split: Split) -> None:
    assert [film.id for film in films_of(films, split)] == invented_ids(split, COPIES[split])


def native_film(films: RsnaFilms, film_id: str) -> np.ndarray:
    return np.asarray(cv2.imread(str(films.native_path(film_id)), cv2.IMREAD_GRAYSCALE))


@pytest.mark.parametrize("film_id", NATIVE)
def test_point_samples_are_native_pixels(films: RsnaFilms, film_id: str) -> None:
    native = native_film(films, film_id)

    np.testing.assert_array_equal(films.point_sampled(film_id), point_sampled(native))


def test_point_samples_of_the_challenge_are_native_pixels(real_rsna: Path) -> None:
    films, same = RsnaFilms(real_rsna), {}
    with (real_rsna / "native.csv").open(newline="") as file:
        untouched = [row["id"] for row in csv.DictReader(file) if row["background_removed"] == "0"]
    for film_id in untouched:
        native = native_film(films, film_id)
        same[film_id] = float((films.point_sampled(film_id) == point_sampled(native)).mean())

    assert len(same) == 33
    assert min(same.values()) > 0.93, "a film was sampled at other places"  # some were re-encoded, with noise of a few levels
    assert sum(share == 1 for share in same.values()) >= 24, "most films are equal to the last pixel"


def test_a_radiograph_has_no_label(films: RsnaFilms) -> None:
    film = films_of(films, Split.HELD_OUT)[0]

    radiograph = films.radiograph(film)

    assert (radiograph.sex, radiograph.age_months, radiograph.name) == (Sex.UNKNOWN, None, f"{film.id}.png")
    assert radiograph.height_px == SAMPLED_HEIGHT_PX
    assert radiograph.width_px / radiograph.height_px == pytest.approx(films.aspects[film.id], abs=0.01)


def test_a_native_film_has_full_size(films: RsnaFilms) -> None:
    np.testing.assert_array_equal(films.radiograph(films.by_id["7036"]).display, example_film("7036"))


def test_the_reduced_film_looks_like_the_native_one(films: RsnaFilms) -> None:
    native = example_film("7036")
    sampled = films.point_sampled("7036")
    shown = cv2.resize(sampled, (120, 150), interpolation=cv2.INTER_CUBIC)

    smooth = cv2.GaussianBlur(cv2.resize(native, shown.shape[::-1], interpolation=cv2.INTER_AREA), (0, 0), 3)

    assert np.corrcoef(smooth.ravel(), cv2.GaussianBlur(shown, (0, 0), 3).ravel())[0, 1] > 0.99


def test_a_pickled_set_opens_its_archives_again(films: RsnaFilms) -> None:
    film = films_of(films, Split.HELD_OUT)[0]
    pixels = films.radiograph(film).display

    again = pickle.loads(pickle.dumps(films))

    assert again == films
    np.testing.assert_array_equal(again.radiograph(film).display, pixels)


@pytest.fixture(scope="module")
def more_pixels(tiny_shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny folder with a pack of 299 px and a further film at full size; one training film has both."""
    root = tmp_path_factory.mktemp("packs") / "rsna"
    shutil.copytree(tiny_shared / "rsna", root)
    film_id, film = invented_ids(Split.TRAIN, 1)[0], example_film("7043")
    with zipfile.ZipFile(root / "train-299px.zip", "w") as archive:
        archive.writestr(f"{film_id}.avif", avif(cv2.resize(film, (299, 299), interpolation=cv2.INTER_AREA)))
    (root / "native-more").mkdir()
    (root / "native-more" / f"{film_id}.avif").write_bytes(avif(film))
    return root


def avif(pixels: np.ndarray) -> bytes:
    return pillow_file(pixels, "AVIF", quality=90)


@pytest.mark.parametrize(
    ("pixels", "height_px", "films"),
    [
        (None, SAMPLED_HEIGHT_PX, 27),
        (Pixels.FINE, FINE_HEIGHT_PX, 4),
        (Pixels.FULL_SIZE, example_film("7043").shape[0], 4),
    ],
)
def test_a_film_has_the_chosen_resolution(more_pixels: Path, pixels: Pixels | None, height_px: int, films: int) -> None:
    source = open_film_set(more_pixels, pixels=pixels)
    film = films_of(source, Split.TRAIN)[0]

    radiograph = source.radiograph(film)

    assert len(source.films) == films, "native films come with any choice"
    assert radiograph.height_px == height_px
    assert f"films ({pixels or Pixels.SAMPLED})" in source.layout


def test_films_of_the_challenge_are_similar_in_all_packs(real_rsna: Path) -> None:
    sampled = RsnaFilms(real_rsna)
    for pixels in (Pixels.FINE, Pixels.FULL_SIZE):
        source = RsnaFilms(real_rsna, pixels)
        film = next(film for film in source.films if film.split is not Split.NATIVE)
        size = sampled.radiograph(film).display.shape[::-1]
        films = (np.asarray(each.radiograph(film).display) for each in (sampled, source))
        shown = [cv2.GaussianBlur(cv2.resize(each, size, interpolation=cv2.INTER_AREA), (0, 0), 3) for each in films]

        assert np.corrcoef(shown[0].ravel(), shown[1].ravel())[0, 1] > 0.99
    assert len(RsnaFilms(real_rsna, Pixels.FINE).films) == 12539 + 72
    assert len(RsnaFilms(real_rsna, Pixels.FULL_SIZE).films) == 139 + 72


@pytest.mark.parametrize("use", [lambda f: f.films, lambda f: f.point_sampled("1")])
def test_a_missing_file_is_named(tmp_path: Path, use: Callable[[RsnaFilms], object]) -> None:
    with pytest.raises(InputError, match=r"Expected the RSNA file \S+ in .* found none.*train\.csv"):
        use(RsnaFilms(tmp_path))


def test_a_damaged_film_is_refused(tiny_shared: Path, tmp_path: Path) -> None:
    shutil.copy2(tiny_shared / "rsna" / "train.csv", tmp_path)
    with zipfile.ZipFile(tmp_path / "train-100px.zip", "w") as archive:
        archive.writestr("7036.png", b"no image")

    with pytest.raises(UnreadableError, match="7036"):
        RsnaFilms(tmp_path).point_sampled("7036")
