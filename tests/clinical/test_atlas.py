from __future__ import annotations

import numpy as np
import pytest

from openboneage.clinical.atlas import Atlas, nearest_plates, plate_findings, plates
from openboneage.errors import InputError, RefusedError
from openboneage.subject import Sex


@pytest.mark.parametrize(("sex", "count", "last"), [(Sex.MALE, 31, 228), (Sex.FEMALE, 27, 216)])
def test_plates_of_the_atlas(sex: Sex, count: int, last: float) -> None:
    ages = plates(sex)

    assert (len(ages), ages[0], ages[-1]) == (count, 0, last)
    assert list(ages) == sorted(set(ages))


def test_the_second_edition_has_13_0_and_13_6_for_boys() -> None:
    assert {156.0, 162.0} <= set(plates(Sex.MALE))
    assert 159.0 not in plates(Sex.MALE)


@pytest.mark.parametrize("sex", [Sex.MALE, Sex.FEMALE])
def test_an_age_on_a_plate_is_that_plate(sex: Sex) -> None:
    for age in plates(sex):
        (match,) = nearest_plates(sex, np.array([age]), np.array([2.0]))
        assert (match.age_months, match.probability) == (age, 1.0)


def test_a_distribution_is_shared_among_the_plates_around_it() -> None:
    months = np.arange(229.0)
    shares = np.exp(-(((months - 141) / 8) ** 2) / 2)

    matches = nearest_plates(Sex.MALE, months, shares, count=5)

    assert matches[0].age_months == 138
    assert nearest_plates(Sex.MALE, months, shares) == matches[:3]
    assert [match.probability for match in matches] == sorted((match.probability for match in matches), reverse=True)
    assert sum(match.probability for match in nearest_plates(Sex.MALE, months, shares, count=31)) == pytest.approx(1)


def test_ages_without_probability_do_not_count() -> None:
    ages, shares = np.array([0.0, 1.0, 2.0, 20.0]), np.array([0.01, 0.0, 0.0, 0.99])

    matches = nearest_plates(Sex.MALE, ages, shares, atlas=Atlas.GILSANZ_RATIB)

    assert [(match.age_months, match.probability) for match in matches] == [(20, 0.99), (8, 0.01)]


@pytest.mark.parametrize("shares", [[0.0, 0.0], [0.5, -0.5], [1.0]])
def test_invalid_distributions_are_refused(shares: list[float]) -> None:
    with pytest.raises(InputError, match="one probability for each age"):
        nearest_plates(Sex.MALE, np.array([100.0, 101.0]), np.array(shares))


@pytest.mark.parametrize(("sex", "last"), [(Sex.MALE, 216), (Sex.FEMALE, 216)])
def test_the_29_plates_of_gilsanz_and_ratib(sex: Sex, last: float) -> None:
    ages = plates(sex, Atlas.GILSANZ_RATIB)

    assert (len(ages), ages[0], ages[-1]) == (29, 8, last)
    assert list(ages) == sorted(set(ages))


def test_below_its_first_plate_an_atlas_is_not_used() -> None:
    age = np.array([7.9])

    assert nearest_plates(Sex.MALE, age, np.ones(1))[0].age_months == 9
    with pytest.raises(RefusedError, match="first plate of gilsanz-ratib is 0 y 8 m"):
        nearest_plates(Sex.MALE, age, np.ones(1), atlas=Atlas.GILSANZ_RATIB)


@pytest.mark.parametrize(
    ("sex", "atlas", "codes"),
    [
        (Sex.FEMALE, Atlas.GREULICH_PYLE, []),
        (Sex.MALE, Atlas.GREULICH_PYLE, ["table-partly-verified"]),
        (Sex.FEMALE, Atlas.GILSANZ_RATIB, ["table-partly-verified"]),
    ],
)
def test_unverified_plates_have_a_finding(sex: Sex, atlas: Atlas, codes: list[str]) -> None:
    assert [finding.code for finding in plate_findings(sex, atlas)] == codes
