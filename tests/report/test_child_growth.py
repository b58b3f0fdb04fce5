from __future__ import annotations

import pytest

from openboneage.clinical.visits import Child, Visit
from openboneage.errors import InputError
from openboneage.report.child_growth import growth_with
from openboneage.subject import Sex
from tests.report.reports import decided, examined, report_of

EARLIER, NOW = Visit(99.0, 98.0, height_cm=128.0), Visit(111.2, height_cm=134.0)


def test_the_bone_age_of_the_film_stands_at_its_visit() -> None:
    report = report_of()
    visits = growth_with(Child(Sex.FEMALE, (EARLIER, NOW)), report).child.visits
    assert [visit.height_cm for visit in visits] == [128.0, 134.0]
    assert (visits[0].bone_age_months, visits[1].bone_age_months) == (98.0, report.stated_ages[0].months)
    assert visits[1].bone_age_low_months is not None


def test_a_film_between_visits_is_a_visit_of_its_own() -> None:
    visits = growth_with(Child(Sex.FEMALE, (EARLIER,)), report_of(decided("edited", bone_age_months=120.0))).child.visits
    assert [visit.bone_age_months for visit in visits] == [98.0, 120.0]
    assert visits[1].bone_age_low_months is None


def test_without_an_age_or_a_bone_age_the_visits_stay() -> None:
    child = Child(Sex.FEMALE, (EARLIER,))
    for report in (report_of(None, examined(PatientBirthDate=None)), report_of(decided("rejected", comment="Turned."))):
        assert growth_with(child, report).child == child


def test_visits_of_another_sex_are_refused() -> None:
    with pytest.raises(InputError, match="The sex of the visits is male, that of the film is female"):
        growth_with(Child(Sex.MALE, (EARLIER,)), report_of())
