from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openboneage.errors import InputError
from openboneage.subject import MAX_AGE_MONTHS, Sex, checked_age_months, format_age, parse_age_months, parse_sex


@pytest.mark.parametrize(
    ("text", "sex"),
    [("F", "female"), (" female ", "female"), ("Girl", "female"), ("m", "male"), ("boy", "male"), ("U", "unknown")],
)
def test_sex_is_read_as_people_write_it(text: str, sex: str) -> None:
    assert parse_sex(text) is Sex(sex)


@pytest.mark.parametrize("sex", Sex)
def test_sex_parses_its_own_words(sex: Sex) -> None:
    assert parse_sex(sex) is sex


@pytest.mark.parametrize("text", ["", "x", "femal", "F M", "0"])
def test_no_sex_is_guessed(text: str) -> None:
    with pytest.raises(InputError, match="must be F, M or unknown, got"):
        parse_sex(text)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("9y3m", 111),
        ("9y", 108),
        ("111m", 111),
        ("9.25y", 111),
        ("9 years 3 months", 111),
        ("9 Y 3 MO", 111),
        (" 0m ", 0),
        ("120y", 1440),
    ],
)
def test_age_is_read_as_people_write_it(text: str, months: int) -> None:
    assert parse_age_months(text) == months


@pytest.mark.parametrize("text", ["9", "9.25", "", " ", "y", "9y3", "3m9y", "-9y", "9d", "nine years", "1e2m", "9y3m1d"])
def test_age_without_clear_units_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="An age needs units, such as 9y3m or 111m, got"):
        parse_age_months(text)


@pytest.mark.parametrize("text", ["121y", "1441m", "9" * 400 + "y"])
def test_impossible_age_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="between 0 and 1440 months"):
        parse_age_months(text)


@pytest.mark.parametrize("months", [-0.1, 1440.1, math.nan, math.inf, -math.inf])
def test_invalid_ages_are_refused(months: float) -> None:
    with pytest.raises(InputError, match="between 0 and 1440 months"):
        checked_age_months(months)


@pytest.mark.parametrize(("months", "text"), [(0, "0 y 0 m"), (11.6, "1 y 0 m"), (111.4, "9 y 3 m"), (228, "19 y 0 m")])
def test_age_is_written_for_a_person(months: float, text: str) -> None:
    assert format_age(months) == text


@given(st.floats(0, MAX_AGE_MONTHS))
def test_written_age_reads_back_within_half_a_month(months: float) -> None:
    assert parse_age_months(format_age(months).replace(" ", "")) == pytest.approx(months, abs=0.5)
