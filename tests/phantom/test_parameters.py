"""Parameters are drawn before pixels, from one seed."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from openboneage.errors import InputError
from openboneage.phantom.parameters import draw_parameters
from openboneage.subject import Sex


def test_a_seed_draws_the_same_film_again() -> None:
    assert draw_parameters(3) == draw_parameters(3)
    assert draw_parameters(3) != draw_parameters(4)


def test_size_changes_nothing_else() -> None:
    small, large = draw_parameters(3, 256), draw_parameters(3, 2048)

    assert (small.child, small.pose, small.exposure, small.markers) == (large.child, large.pose, large.exposure, large.markers)
    assert large.spacing_mm == pytest.approx(small.spacing_mm / 8)


def test_parameters_can_be_stored_as_json() -> None:
    stored = json.loads(json.dumps(asdict(draw_parameters(5))))

    assert stored["child"]["sex"] in ("female", "male")


def test_sex_and_age_can_be_chosen() -> None:
    child = draw_parameters(8, sex=Sex.FEMALE, age_months=100.0).child

    assert (child.sex, child.age_months) == (Sex.FEMALE, 100.0)


def test_ages_sexes_and_sides_vary() -> None:
    drawn = [draw_parameters(seed) for seed in range(60)]

    assert {each.child.sex for each in drawn} == {Sex.FEMALE, Sex.MALE}
    assert {each.view.mirrored for each in drawn} == {False, True}
    ages = [each.child.age_months for each in drawn]
    assert min(ages) < 40
    assert max(ages) > 190
    assert all(each.markers[0].text[0] == ("R" if each.view.mirrored else "L") for each in drawn if each.markers)


@pytest.mark.parametrize("height_px", [255, 2049])
def test_other_sizes_are_refused(height_px: int) -> None:
    with pytest.raises(InputError, match=f"256 to 2048 rows, got {height_px}"):
        draw_parameters(1, height_px)


@pytest.mark.parametrize("age_months", [5.0, 240.0])
def test_other_ages_are_refused(age_months: float) -> None:
    with pytest.raises(InputError, match="6 to 228 months old"):
        draw_parameters(1, age_months=age_months)
