"""Bone ages of whole splits, on the tiny folder."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from openboneage.assess.assessor import Assessor
from openboneage.batch.choice import executor_of
from openboneage.batch.executor import Executor
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.datasets.splits import Split
from openboneage.evaluate.ages import (
    LoadAssessor,
    Reading,
    bias_table,
    card_figures,
    figures_by_group,
    figures_table,
    read_films,
    readers_difference,
    write_readings,
)
from openboneage.evaluate.sample import sample_of
from openboneage.hand.quality import Verdict
from openboneage.reading.read import read
from openboneage.subject import Sex
from tests.evaluate.made import reading
from tests.tiny_rsna import COPIES, EXAMPLES, NATIVE
from tests.toy_model import BOYS_LATER_MONTHS, write_toy

SHIPPED = partial(Assessor.load, None, 1)


@pytest.fixture(scope="module")
def native(tiny_shared: Path) -> list[Reading]:
    return read_split(tiny_shared, Split.NATIVE, executor_of(2))


def read_split(
    shared: Path, split: Split, executor: Executor, load: LoadAssessor = SHIPPED, sex: Sex | None = None
) -> list[Reading]:
    sample = sample_of(RsnaFilms(shared / "rsna"), split)
    return read_films(sample.source, sample.films, load, executor, sex)


READINGS = [reading("a", 60, Sex.FEMALE, 62), reading("b", 100, Sex.MALE, 104), reading("c", 180, Sex.MALE, 174)]


def test_films_come_in_the_order_of_the_table(native: list[Reading]) -> None:
    assert [reading.film.id for reading in native] == list(NATIVE)


def test_a_native_film_is_read_as_a_clinics_film(native: list[Reading]) -> None:
    assessor = Assessor.load(threads=1)
    for each in native:
        assessed = assessor.examine_radiograph(read(EXAMPLES / f"{each.film.id}.png"), each.film.sex).assessment
        assert each.verdict is assessed.verdict
        assert assessed.bone_age is not None
        assert each.age.mean_months == pytest.approx(assessed.bone_age.mean_months, abs=1e-3)


@pytest.mark.parametrize("split", [Split.VALIDATION, Split.HELD_OUT])
def test_a_reduced_split_is_read_whole(tiny_shared: Path, split: Split) -> None:
    readings = read_split(tiny_shared, split, executor_of(1))

    assert len(readings) == COPIES[split]
    assert all(each.age.probabilities.sum() == pytest.approx(1) for each in readings)


def test_figures_use_each_childs_own_sex() -> None:
    figures = figures_by_group(READINGS)

    assert figures["all"].mae == pytest.approx((2 + 4 + 6) / 3, abs=0.01)
    assert figures["girls"].bias == pytest.approx(2, abs=0.01)
    assert figures["boys"].bias == pytest.approx((4 - 6) / 2, abs=0.01)
    assert [figures["girls"].films, figures["boys"].films] == [1, 2]


def test_the_sex_can_be_withheld(tiny_shared: Path, tmp_path: Path) -> None:
    load = partial(Assessor.load, write_toy(tmp_path), 1)

    girl, boy, unknown = (
        [each.age.mean_months for each in read_split(tiny_shared, Split.NATIVE, executor_of(1), load, sex)]
        for sex in (Sex.FEMALE, Sex.MALE, Sex.UNKNOWN)
    )

    assert unknown == pytest.approx(np.mean([girl, boy], axis=0))
    assert np.subtract(boy, girl) == pytest.approx(np.full(3, BOYS_LATER_MONTHS), abs=0.1)


def test_groups_are_bands_of_the_reading_that_hold_films() -> None:
    assert list(figures_by_group(READINGS)) == [
        "all",
        "girls",
        "boys",
        "48-95 months",
        "96-131 months",
        "168-228 months",
    ]


def test_the_table_has_a_row_a_group() -> None:
    lines = figures_table(figures_by_group(READINGS)).splitlines()

    assert len({line.count("|") for line in lines}) == 1
    assert lines[1].replace("|", "").replace("-", "").strip() == ""
    assert lines[2].startswith("| all | 3 | 4.00 ± 1.63 | ")
    assert "100 %" in lines[2]


def test_figures_of_a_card_are_plain_numbers() -> None:
    groups = card_figures(READINGS)["groups"]

    assert groups["all"]["mae"] == round(groups["all"]["mae"], 4)
    assert {type(value) for group in groups.values() for value in group.values()} == {int, float}


def test_a_refused_film_has_no_error_and_is_counted() -> None:
    wrong = reading("d", 18, Sex.MALE, 140, verdict=Verdict.REJECT)

    figures = card_figures([*READINGS, wrong])

    assert (figures["films"], figures["refused"]) == (4, 1)
    assert figures["groups"] == card_figures(READINGS)["groups"]


def test_written_readings_begin_with_the_worst(tmp_path: Path) -> None:
    write_readings(tmp_path / "ages.csv", READINGS)

    with (tmp_path / "ages.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))

    assert [row["id"] for row in rows] == ["c", "b", "a"]
    assert [float(row["error_months"]) for row in rows] == pytest.approx([-6, 4, 2], abs=0.02)
    assert rows[0]["verdict"] == "accept"
    assert (rows[0]["second_reading_months"], rows[0]["race"]) == ("", "")


def test_films_that_were_read_twice_and_races_have_rows() -> None:
    second_readings = (66, "x"), (90, "y"), (None, None)
    readings = [
        replace(each, film=replace(each.film, second_reading_months=second, race=race))
        for each, (second, race) in zip(READINGS, second_readings, strict=True)
    ]

    figures = figures_by_group(readings)

    assert [figures[race].films for race in ("x", "y")] == [1, 1]
    assert figures["read twice, against the second reading"].mae == pytest.approx((4 + 14) / 2, abs=0.01)
    assert figures["read twice, against the mean of both"].mae == pytest.approx((1 + 9) / 2, abs=0.01)
    assert readers_difference(readings) == "The two readings of 2 films differ by 8.00 months on average."
    assert readers_difference(READINGS) == ""


def test_a_child_of_unknown_sex_is_not_a_boy() -> None:
    unknown = reading("d", 100, Sex.UNKNOWN, 110)

    figures = figures_by_group([*READINGS, unknown])

    assert (figures["boys"].films, figures["sex unknown"].films) == (2, 1)


def test_the_bias_is_listed_by_sex_and_estimated_age() -> None:
    readings = [
        reading("1", 100, Sex.FEMALE, 104),
        reading("2", 100, Sex.FEMALE, 102),
        reading("3", 100, Sex.FEMALE, 20),
        reading("4", 20, Sex.MALE, 100),
        reading("5", 20, Sex.MALE, 110, verdict=Verdict.REJECT),
    ]

    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in bias_table(readings).splitlines()]

    assert rows[0] == ["estimated months", "girls", "bias (95 % CI)", "boys", "bias (95 % CI)"]
    assert rows[2] == ["0-47", "1", "", "0", ""]
    assert rows[4] == ["96-131", "2", "+3.0 (+1.0 to +5.0)", "1", ""]
