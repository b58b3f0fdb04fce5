from __future__ import annotations

import pytest
from pydantic import ValidationError

from openboneage.errors import InputError
from openboneage.reading_room.view.heights import HeightRequest, heights_of
from openboneage.report.phrases import phrases_of
from openboneage.subject import Sex, Subject

SAY = phrases_of()
GIRL = Subject(Sex.FEMALE, "caller", 111.0, "caller")


def test_heights_are_predicted_by_the_methods_that_the_inputs_allow() -> None:
    request = HeightRequest(height_cm=138, bone_age_months=123, mother_height_cm=165, father_height_cm=178, weight_kg=32)

    found = heights_of(GIRL, request, SAY)

    assert " cm (" in found.headline
    target = next(method for method in found.methods if method.title.startswith("Mid-parental"))
    assert (target.height, target.counts) == ("165.0 cm", False)
    assert target.band.endswith(" cm")
    assert any(line.startswith("tw-mark2-1983: ") for line in found.left_out)


def test_unusual_inputs_are_reported() -> None:
    assert heights_of(GIRL, HeightRequest(height_cm=108), SAY).findings


def test_a_height_without_a_bone_age_has_no_headline() -> None:
    assert heights_of(GIRL, HeightRequest(height_cm=138), SAY).headline == ""


@pytest.mark.parametrize(
    ("subject", "height", "message"),
    [
        (GIRL, 13.8, "height"),
        (Subject(Sex.FEMALE, "caller", None, None), 138, "age of the child is not known"),
        (Subject(Sex.UNKNOWN, "none", 111.0, "caller"), 138, "sex"),
    ],
)
def test_impossible_inputs_are_refused(subject: Subject, height: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        heights_of(subject, HeightRequest(height_cm=height), SAY)


@pytest.mark.parametrize("content", [{}, {"height_cm": "nan"}, {"height_cm": 138, "name": "x"}])
def test_requests_are_strict(content: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        HeightRequest.model_validate(content)
