"""Other estimates and coverage by group, compared with results computed by hand, on invented readings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from openboneage.assess.distribution import UNCALIBRATED
from openboneage.datasets.film_set import Film
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.evaluate.ages import answered
from openboneage.evaluate.answers import (
    age_table,
    ages_by_way,
    answers_report,
    chance_of_near,
    coverage_interval,
    coverage_table,
    covered,
    group_figures,
    label_preference,
)
from openboneage.evaluate.calibration import UncalibratedReading, calibrate
from openboneage.evaluate.metrics import AgeFigures, age_figures
from openboneage.hand.quality import Verdict
from openboneage.subject import Sex
from tests.evaluate.made import reading, scattered, uncalibrated


def labels(sex: Sex, *months: int) -> list[Film]:
    return [Film(str(i), sex, age, Split.TRAIN) for i, age in enumerate(months)]


def cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]


PLATES = labels(Sex.FEMALE, *[60] * 40, *[72] * 40)
TWO_PEAKED = UncalibratedReading(
    Film("a", Sex.MALE, 64, Split.VALIDATION),
    Verdict.ACCEPT,
    np.where(np.arange(229) == 60, 0.75, np.where(np.arange(229) == 100, 0.25, 0)),
)


def figures_of(films: int, inside: int) -> AgeFigures:
    read, held = np.full(films, 100.0), np.arange(films) < inside
    return age_figures(read, read + 2, np.where(held, 90.0, 101), np.full(films, 110.0))


class TestAge:
    def test_means_and_medians_by_hand(self) -> None:
        ages = [each[0] for each in ages_by_way([TWO_PEAKED], [], temperature=0.5).values()]

        assert ages == pytest.approx([70, 64, 59.5 + 0.5 / 0.9, 59.5 + 0.5 / 0.9])  # halved: 0.9 at 60, 0.1 at 100

    def test_readers_name_whole_years_more_than_the_months_around_them(self) -> None:
        preference = label_preference(PLATES, Sex.FEMALE)
        bell = np.exp(-(np.arange(-20, 21) ** 2) / 50)

        assert preference[60] == pytest.approx(40.05 / (0.05 + 40 * (1 + np.exp(-144 / 50)) / bell.sum()))
        assert (preference[[59, 61, 66, 73]] < 0.02).all()
        assert preference[[0, 150, 228]] == pytest.approx(1)

    def test_a_sex_without_labels_has_no_preference(self) -> None:
        assert label_preference(PLATES, Sex.MALE) == pytest.approx(np.ones(229))

    @pytest.mark.parametrize(("said", "named"), [(61, 60), (65, 60), (67, 72), (71, 72)])
    def test_the_prior_draws_the_median_to_the_nearer_plate(self, said: float, named: float) -> None:
        girl, boy = uncalibrated("a", 60, Sex.FEMALE, said), uncalibrated("b", 60, Sex.MALE, said)

        ages = ages_by_way([girl, boy], PLATES, temperature=1)["median with a prior on atlas plates"]

        assert ages[0] == pytest.approx(named, abs=0.5)
        assert ages[1] == pytest.approx(said), "these are the labels of girls"

    def test_the_table_has_a_row_a_way(self) -> None:
        readings = [uncalibrated("a", 60, Sex.FEMALE, 63), uncalibrated("b", 100, Sex.MALE, 95)]

        head, _, *rows = cells(age_table(readings, [], temperature=1.2))

        assert head == ["age of 2 films", "MAE", "bias", "RMSE"]
        assert [row[1:] for row in rows] == [["4.00", "-1.00", "4.12"]] * 4


class TestCoverage:
    def test_groups_are_of_a_sex_and_a_band(self) -> None:
        readings = [
            reading("a", 50, Sex.FEMALE, 47), reading("b", 94, Sex.FEMALE, 98), reading("c", 170, Sex.MALE, 161)
        ]  # fmt: skip

        groups = group_figures(answered(readings))

        assert {kind: list(figures) for kind, figures in groups.items()} == {
            "estimated": [
                "girls, estimated as 0-59 months", "girls, estimated as 96-131 months", "boys, estimated as 132-161 months",
            ],
            "read": ["girls, read as 48-95 months", "boys, read as 168-228 months"],
        }  # fmt: skip
        assert groups["read"]["girls, read as 48-95 months"].films == 2

    def test_the_table_begins_with_all_films(self) -> None:
        groups = {"estimated": {"girls": figures_of(100, 80)}, "read": {"boys": figures_of(10, 10)}}

        _, _, *rows = cells(coverage_table(figures_of(50, 45), groups))

        assert rows == [
            ["all", "50", "90.0 % (78.6 % to 95.7 %)", "18.9", "2.00", "+2.00"],
            ["girls", "100", "80.0 % (71.1 % to 86.7 %)", "17.8", "2.00", "+2.00"],
            ["boys", "10", "100.0 % (72.2 % to 100.0 %)", "20.0", "2.00", "+2.00"],
        ]

    def test_large_groups_with_the_nominal_coverage_are_counted(self) -> None:
        figures = [figures_of(50, 44), figures_of(100, 92), figures_of(50, 42), figures_of(1000, 860), figures_of(49, 44)]

        assert covered("read", figures, 0.9) == (
            "Groups by age as read with at least 50 films: 4. Coverage is 88 % to 92 % in 2 "
            "(expected with perfect intervals: 2.6), and consistent with 90 % (95 % CI) in 3."
        )


@pytest.mark.parametrize(("inside", "expected"), [(45, (0.7864, 0.9565)), (0, (0, 0.0713)), (50, (0.9287, 1))])
def test_wilsons_interval_by_hand(inside: int, expected: tuple[float, float]) -> None:
    """With z = 1.96 and n = 50: (p + z²/2n ± z √(p (1 - p)/n + z²/4n²)) / (1 + z²/n)."""
    assert coverage_interval(figures_of(50, inside)) == pytest.approx(expected, abs=1e-4)


def test_chance_of_near_is_a_share_of_the_binomial() -> None:
    draws = np.random.default_rng(1).binomial(80, 0.9, 100_000) / 80

    assert chance_of_near(80, 0.9) == pytest.approx((np.abs(draws - 0.9) <= 0.02 + 1e-9).mean(), abs=0.01)
    assert chance_of_near(1, 0.9) == 0


def test_calibration_films_are_named_as_such() -> None:
    readings = scattered(150, 1, 1.0)
    others = [replace(each, film=replace(each.film, split=Split.HELD_OUT)) for each in readings]
    said = "The intervals were calibrated on these films: use other films to test them."

    own, other = (answers_report(films, PLATES, calibrate(readings)).split("\n\n") for films in (readings, others))

    assert own == [*other[:2], said, other[2]]


def test_the_report_has_two_tables_and_counts_both_kinds_of_groups() -> None:
    readings = [replace(each, film=replace(each.film, split=Split.HELD_OUT)) for each in scattered(150, 1, 1.0)]

    *tables, closing = answers_report(readings, PLATES, calibrate(readings)).split("\n\n")

    assert [len({line.count("|") for line in table.splitlines()}) for table in tables] == [1, 1]
    assert closing.startswith("Groups by age as estimated")
    assert closing.count("Groups by age as read") == 1


def test_films_that_are_all_refused_give_no_report() -> None:
    with pytest.raises(InputError, match="all 1 were refused"):
        answers_report([uncalibrated("a", 60, Sex.FEMALE, 60, verdict=Verdict.REJECT)], PLATES, UNCALIBRATED)
