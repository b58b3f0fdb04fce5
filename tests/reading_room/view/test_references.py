from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from openboneage.errors import BoneAgeError
from openboneage.reading_room.view.references import ReferenceAtlas
from openboneage.subject import Sex
from tests.hands import bone_age, examined, film, png, shipped
from tools.reference_hands import hand


def write_atlas(folder: Path, rows: str) -> Path:
    (folder / "atlas.csv").write_text("sex,age_months,file\n" + rows, encoding="utf-8")
    (folder / "about.txt").write_text("Films of\nthis site.\n", encoding="utf-8")
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(png(np.zeros((8, 8), np.uint8)))
    return folder


def test_hands_near_the_bone_age_are_found() -> None:
    assessment = examined().assessment

    found = ReferenceAtlas.of_package().nearest(assessment)

    ages = [match.age_months for match in found]
    assert 3 <= len(found) <= 5
    assert ages == sorted(ages)
    assert ages[0] <= bone_age(assessment).mean_months <= ages[-1]
    assert 0.5 < sum(match.probability for match in found) <= 1
    (likeliest,) = (match for match in found if match.is_likeliest)
    assert likeliest.probability == max(match.probability for match in found)


def test_both_sexes_are_shown_where_the_sex_is_unknown() -> None:
    found = ReferenceAtlas.of_package().nearest(shipped().assess(png(film())))

    assert [match.sex for match in found] == [Sex.FEMALE] * 2 + [Sex.MALE] * 2


def test_a_refused_film_has_no_reference_hands() -> None:
    assert ReferenceAtlas.of_package().nearest(shipped().assess(png(np.zeros((300, 200), np.uint8)), Sex.MALE)) == ()


def test_the_atlas_of_the_package_says_that_it_is_synthetic_and_can_be_made_again() -> None:
    atlas = ReferenceAtlas.of_package()

    assert "Synthetic" in atlas.about
    for number in (0, len(atlas.hands) - 1):
        shown = atlas.hands[number]
        picture = cv2.imread(str(shown.path), cv2.IMREAD_GRAYSCALE)
        assert picture is not None
        assert np.abs(picture.astype(float) - hand(shown.sex, shown.age_months)).mean() < 4
        assert shown.media_type == "image/webp"


def test_an_atlas_of_a_site_is_read(tmp_path: Path) -> None:
    atlas = ReferenceAtlas.read(write_atlas(tmp_path, "F,120,a.png\nM,96,b.png\n"))

    assert atlas.about == "Films of this site."
    assert [(each.sex, each.age_months) for each in atlas.hands] == [(Sex.FEMALE, 120), (Sex.MALE, 96)]
    assert [match.number for match in atlas.nearest(examined().assessment)] == [0]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("F,120,../a.png\n", "name of an image"),
        ("F,120,c.png\n", "name of an image"),
        ("F,120,about.txt\n", "name of an image"),
        ("unknown,120,a.png\n", "sex F or M"),
        ("F,ten,a.png\n", "age in months"),
        ("F,9000,a.png\n", "9000"),
    ],
)
def test_wrong_rows_are_refused(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(BoneAgeError, match=message):
        ReferenceAtlas.read(write_atlas(tmp_path, rows))


def test_other_columns_are_refused(tmp_path: Path) -> None:
    (tmp_path / "atlas.csv").write_text("sex,age,file\nF,1,a.png\n", encoding="utf-8")

    with pytest.raises(BoneAgeError, match="Expected the columns sex, age_months, file"):
        ReferenceAtlas.read(tmp_path)


def test_an_atlas_of_one_sex_has_no_hands_of_the_other(tmp_path: Path) -> None:
    assert ReferenceAtlas.read(write_atlas(tmp_path, "M,96,b.png\n")).nearest(examined().assessment) == ()
