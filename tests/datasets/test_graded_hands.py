"""Graded hands: read from a folder, refused where they do not fit the standard."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from openboneage.bones.names import RUS
from openboneage.bones.onset import level_counts
from openboneage.datasets.graded_hands import hands_of, read_graded_hands
from openboneage.datasets.splits import Split, split_of
from openboneage.errors import InputError
from openboneage.subject import Sex


def graded_folder(folder: Path, *ids: str, radius: str = "9") -> Path:
    (folder / "crops").mkdir()
    with (folder / "levels.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "sex", "age_months", *RUS))
        for film_id in ids:
            writer.writerow((film_id, "F", "100.5", radius, *("3" for _ in RUS[1:])))
            for number, bone in enumerate(RUS):
                cv2.imwrite(str(folder / "crops" / f"{film_id}-{bone}.png"), np.full((20, 20), 10 * number, np.uint8))
    return folder


def test_a_hand_has_13_crops_and_levels(tmp_path: Path) -> None:
    hand = read_graded_hands(graded_folder(tmp_path, "7"), size_px=8)[0]

    assert (hand.id, hand.sex, hand.age_months, hand.split) == ("7", Sex.FEMALE, 100.5, split_of("7"))
    assert hand.levels.tolist() == [9] + 12 * [3]
    assert hand.crops.shape == (13, 8, 8)
    assert hand.crops[:, 4, 4].tolist() == [10 * number for number in range(13)]


def test_the_levels_are_those_of_the_paper() -> None:
    counts = dict(zip(RUS, level_counts(), strict=True))

    assert (counts["radius"], counts["ulna"], counts["pp1"], counts["mp5"]) == (15, 13, 13, 13)
    assert (counts["mc1"], counts["dp1"], counts["mc3"], counts["mc5"]) == (12, 12, 11, 11)


def test_a_level_that_the_standard_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="level from 0 to 14 of the radius of hand 7, got 15"):
        read_graded_hands(graded_folder(tmp_path, "7", radius="15"), 8)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"table of levels .*levels\.csv, found none"):
        read_graded_hands(tmp_path, 8)
    (graded_folder(tmp_path, "7") / "crops" / "7-mc3.png").unlink()
    with pytest.raises(InputError, match=r"crop .*7-mc3\.png, found none"):
        read_graded_hands(tmp_path, 8)


def test_a_word_for_a_level_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="13 levels in each row"):
        read_graded_hands(graded_folder(tmp_path, "7", radius="late"), 8)


def test_hands_of_a_split(tmp_path: Path) -> None:
    ids = [str(number) for number in range(40)]
    hands = read_graded_hands(graded_folder(tmp_path, *ids), 4)

    assert [hand.id for hand in hands_of(hands, Split.TRAIN)] == [each for each in ids if split_of(each) is Split.TRAIN]
    with pytest.raises(InputError, match="graded hands of the split native"):
        hands_of(hands, Split.NATIVE)
