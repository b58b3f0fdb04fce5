"""The table of measured bones, and weak labels."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from openboneage.bones.names import RUS
from openboneage.datasets.bone_table import MeasuredBone, measure_hand, read_bones, weak_labels, write_bones
from openboneage.datasets.drawn_hands import DrawnHand
from openboneage.datasets.film_set import Film
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.subject import Sex
from tests.bones.drawn_bones import DrawnBone, drawn_film


def measured(film_id: str, bone: DrawnBone, months: float = 100) -> list[MeasuredBone]:
    pixels, outlines = drawn_film(bone)
    return measure_hand(DrawnHand(Film(film_id, Sex.MALE, months, Split.TRAIN), pixels, outlines, True))


def test_a_row_has_the_film_and_its_measures() -> None:
    (row,) = measured("7", DrawnBone(width=0.8))

    assert (row.film_id, row.sex, row.bone_age_months, row.split, row.full_size) == ("7", Sex.MALE, 100, Split.TRAIN, True)
    assert row.measures.bone == "pp3"
    assert row.measures.width == pytest.approx(0.8, abs=0.04)


def test_implausible_measures_are_left_out() -> None:
    pixels, outlines = drawn_film(DrawnBone())
    film = Film("7", Sex.MALE, 100, Split.TRAIN)

    assert measure_hand(DrawnHand(film, np.full_like(pixels, 90), outlines, True)) == []


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    rows = measured("7", DrawnBone(width=0.8)) + measured("8", DrawnBone(width=1.0))
    write_bones(tmp_path / "bones.csv", rows)

    again = read_bones(tmp_path / "bones.csv")

    assert [row.film_id for row in again] == ["7", "8"]
    for old, new in zip(rows, again, strict=True):
        before, after = asdict(old.measures), asdict(new.measures)
        assert before.pop("bone") == after.pop("bone")
        assert [after.pop("spacing_mm"), before.pop("spacing_mm")] == [None, None]
        assert after == pytest.approx(before, abs=1e-4)


@pytest.mark.parametrize("content", [None, "film,bone\n1,pp3\n"])
def test_another_file_is_refused(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "bones.csv"
    if content:
        path.write_text(content)

    with pytest.raises(InputError, match="boneage evaluate epiphyses"):
        read_bones(path)


def test_weak_labels_of_each_film_have_all_13_bones() -> None:
    labels = weak_labels(measured("7", DrawnBone(width=0.7), months=60) + measured("8", DrawnBone(width=1.1), months=160))

    assert set(labels) == {"7", "8"}
    for shares in (labels["7"].levels, labels["7"].levels_at_age):
        assert set(shares) == set(RUS)
    levels = np.arange(13)
    assert labels["7"].levels["pp3"] @ levels < labels["8"].levels["pp3"] @ levels
    assert labels["7"].levels_at_age["ulna"][0] > labels["8"].levels_at_age["ulna"][0]
