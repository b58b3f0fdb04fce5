"""Data cards."""

from __future__ import annotations

from openboneage.datasets.cohort import LEE_2017, Cohort, choose
from openboneage.datasets.film_set import Film, FilmFiles
from openboneage.datasets.splits import Split
from openboneage.evaluate.data_card import data_card
from openboneage.evaluate.page import Page, Table
from openboneage.subject import Sex

FILMS = (
    Film("a", Sex.FEMALE, 59.0, Split.TRAIN, race="Asian", age_months=61.0, patient="1"),
    Film("b", Sex.FEMALE, 126.0, Split.HELD_OUT, race="Black", age_months=130.0, patient="1", second_reading_months=120.0),
    Film("c", Sex.MALE, 228.0, Split.TRAIN, race="Asian"),
    Film("d", Sex.MALE, None, Split.TRAIN),
)
EVERY = Cohort()
SOURCE = FilmFiles("mine", "a table", FILMS, {})


def card(cohort: Cohort = EVERY, films: tuple[Film, ...] = FILMS) -> Page:
    return data_card(SOURCE, choose(films, cohort))


def tables(page: Page) -> dict[str, Table]:
    return {table.title: table for section in page.sections for table in section.tables}


def test_films_are_counted_by_split_and_sex() -> None:
    by_split = tables(card())["By split and sex"]

    assert list(by_split.header) == ["split", "girls", "boys"]
    assert [list(row) for row in by_split.rows] == [["train", "1", "2"], ["held-out", "1", "0"]]
    assert by_split.note == "Children with a key: 1."


def test_bone_ages_are_described() -> None:
    described = tables(card())

    assert list(described["Bone age as read, in months"].rows[0]) == [
        "all",
        "3",
        "137.7",
        "69.5",
        "59",
        "92.5",
        "126",
        "177",
        "228",
    ]
    assert [list(row) for row in described["By completed year, 18 at most"].rows] == [
        ["4", "1", "0"], ["10", "1", "0"], ["18", "0", "1"],
    ]  # fmt: skip


def test_histograms_of_the_papers_are_drawn() -> None:
    titles = [picture.title for section in card().sections for picture in section.pictures]

    assert titles == ["Films by completed year", *(f"Films by half year: {name}" for name in ("all", "girls", "boys"))]


def test_races_are_counted_by_age_and_sex() -> None:
    races = tables(card())["By age, race and sex"]

    assert list(races.header) == ["age", "Asian, girls", "Asian, boys", "Black, girls", "Black, boys"]
    assert [list(row) for row in races.rows] == [
        ["5", "1", "0", "0", "0"],
        ["10", "0", "0", "1", "0"],
        ["19", "0", "1", "0", "0"],
    ]


def test_a_cohort_says_what_it_leaves_out() -> None:
    left_out = tables(card(LEE_2017))["Not in the cohort"]

    assert {tuple(row) for row in left_out.rows} == {("bone age under 60 months", "1"), ("bone age not known", "1")}


def test_films_without_labels_have_a_card() -> None:
    page = card(films=FILMS[-1:])

    assert [section.title for section in page.sections] == ["Films"]
    assert "Films: 1." in page.html()
