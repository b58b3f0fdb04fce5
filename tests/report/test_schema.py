"""The published schema of the assessment: strict, documented, and equal to the program's output."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from openboneage.assess.assessment import Assessment, Failure
from openboneage.assess.assessor import Assessor
from openboneage.errors import BoneAgeError, InputError, RefusedError, UnreadableError
from openboneage.subject import Sex
from tests import hands
from tests.reading.films import film_file
from tests.toy_model import toy_assessor
from tools.schema import PAGE_FILE, SCHEMA_FILE, page_text, schema_text

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads(files("openboneage.report").joinpath("assessment.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
PIXELS = hands.film("7043", 400)
ACCEPTED = toy_assessor().assess(hands.png(PIXELS), Sex.FEMALE, 96.0).to_json()

REFUSED: list[tuple[str, Any]] = [
    ("schema_version", 1),
    ("patient_name", "Zwicky"),
    ("subject.name", "Zwicky"),
    ("verdict", "perhaps"),
    ("verdict", "reject"),
    ("bone_age", None),
    ("subject.sex", "unknown"),
    ("bone_age.mean_months", 229),
    ("bone_age.mean_months", "111"),
    ("bone_age.distribution", [0.5, 0.5]),
    ("bone_age.interval.coverage", 90),
    ("subject.sex", "F"),
    ("subject.age_months", -1),
    ("film.sha256", "abc"),
    ("film.spacing_mm", [0.1]),
    ("pose.rotation_degrees", 270),
    ("findings", [{"code": "A code", "severity": "note", "message": "x"}]),
    ("seconds.read", -1.0),
    ("models", []),
]


def faults(content: Any) -> list[str]:
    """What is wrong with an object, after a way through text."""
    return [error.message for error in VALIDATOR.iter_errors(json.loads(json.dumps(content, allow_nan=False)))]


def objects(node: Any) -> Iterator[dict[str, Any]]:
    """Every object type of the schema."""
    if isinstance(node, dict):
        if node.get("type") == "object" and "properties" in node:
            yield node
        node = list(node.values())
    for child in node if isinstance(node, list) else []:
        yield from objects(child)


def changed(path: str, value: Any) -> dict[str, Any]:
    """The accepted film with one value replaced; `path` has dots."""
    content = copy.deepcopy(ACCEPTED)
    *parents, last = path.split(".")
    place = content
    for name in parents:
        place = place[name]
    place[last] = value
    return content


def test_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "film",
    [
        lambda: hands.png(PIXELS),
        lambda: hands.png(hands.inverted(hands.mirrored(PIXELS))),
        lambda: hands.png(hands.not_hand("noise")),
        lambda: hands.png(hands.not_hand("black", (33, 900))),
        lambda: hands.png(hands.without(PIXELS, top=0.25)),
        lambda: film_file(PIXELS, bits=8),
        lambda: film_file(PIXELS, bits=8, PatientSex=None, PatientBirthDate=None, PixelSpacing=None),
    ],
    ids=["plain", "mirrored", "refused", "strip", "cut", "DICOM", "silent DICOM"],
)
@pytest.mark.parametrize("assessor", [hands.shipped, toy_assessor], ids=["shipped", "toy"])
def test_assessments_follow_the_schema(assessor: Callable[[], Assessor], film: Callable[[], bytes]) -> None:
    assert faults(assessor().assess(film()).to_json()) == []


@pytest.mark.parametrize("age_months", [0.0, 111.5, 1440.0])
def test_chronological_age_follows_the_schema(age_months: float) -> None:
    assert faults(toy_assessor().assess(hands.png(PIXELS), Sex.MALE, age_months).to_json()) == []


@pytest.mark.parametrize("kind", [InputError, RefusedError, UnreadableError])
def test_failure_follows_the_schema(kind: type[BoneAgeError]) -> None:
    assert faults(Failure.of("a.png", kind("Cut off.")).to_json()) == []


@pytest.mark.parametrize(("path", "value"), REFUSED)
def test_schema_refuses(path: str, value: object) -> None:
    assert faults(changed(path, value))


@pytest.mark.parametrize("name", sorted(ACCEPTED))
def test_every_part_is_required(name: str) -> None:
    assert faults({key: value for key, value in ACCEPTED.items() if key != name})


def test_rejected_film_may_not_have_an_age() -> None:
    rejected = toy_assessor().assess(hands.png(hands.not_hand("noise"))).to_json()
    assert faults({**rejected, "bone_age": ACCEPTED["bone_age"]})


def test_a_film_of_unknown_sex_has_answers_by_sex_and_no_other_age() -> None:
    unknown = toy_assessor().assess(hands.png(PIXELS)).to_json()
    assert faults(unknown) == []
    assert unknown["bone_age"] is None
    assert faults({**unknown, "bone_age": ACCEPTED["bone_age"]})
    assert faults({**unknown, "by_sex": None})
    assert faults({**ACCEPTED, "by_sex": unknown["by_sex"]})


def test_schema_is_strict_everywhere() -> None:
    everything = list(objects(SCHEMA))
    assert len(everything) > 8
    for node in everything:
        assert node["additionalProperties"] is False
        assert set(node["required"]) <= set(node["properties"])


def test_the_committed_schema_and_page_are_those_of_the_models() -> None:
    assert (ROOT / SCHEMA_FILE).read_text(encoding="utf-8") == schema_text(), "run python tools/schema.py"
    assert (ROOT / PAGE_FILE).read_text(encoding="utf-8") == page_text(), "run python tools/schema.py"


def test_every_field_is_documented_with_its_range() -> None:
    page = page_text()
    for node in objects(SCHEMA):
        assert all(f"\n| `{name}` | " in page for name in node["properties"])
    assert "| `mean_months` | number, 0 to 228 | Mean of the distribution: the bone age, in months. |" in page
    assert "\n### `bone_age.interval`\n" in page


@pytest.mark.parametrize("film", [hands.png(PIXELS), hands.png(hands.not_hand("noise"))], ids=["plain", "refused"])
def test_an_assessment_is_read_back_from_its_json(film: bytes) -> None:
    content = toy_assessor().assess(film, Sex.FEMALE, 96.0).to_json()
    assert Assessment.model_validate_json(json.dumps(content)).to_json() == content


def test_a_failure_is_read_back_from_its_json() -> None:
    content = Failure.of("a.png", UnreadableError("Cut off.")).to_json()
    assert content == {"schema_version": 2, "path": "a.png", "error": {"type": "UnreadableError", "message": "Cut off."}}
    assert Failure.model_validate(content).to_json() == content


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("patient_name", "Zwicky"),
        ("schema_version", 1),
        ("bone_age", None),
        ("subject.sex", "unknown"),
        ("verdict", "reject"),
        ("bone_age.distribution", [1]),
    ],
)
def test_invalid_assessments_are_refused(path: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        Assessment.model_validate(changed(path, value))


def test_names_that_are_not_unicode_pass_through() -> None:
    """A file system may hold such names; Python reads them with lone surrogates."""
    assessment = Assessment.model_validate(changed("film.name", "f\udcfc.png"))
    assert json.loads(json.dumps(assessment.to_json()))["film"]["name"] == "f\udcfc.png"
    assert Failure.of("f\udcfc.png", UnreadableError("Cut off.")).to_json()["path"] == "f\udcfc.png"
