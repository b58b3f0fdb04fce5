"""The published form of the assessment: strict, documented, and what the program really gives."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from openboneage.assess.assessment import RESEARCH_USE, SCHEMA_VERSION
from openboneage.assess.assessor import Assessor
from openboneage.errors import BoneAgeError
from openboneage.hand.quality import Verdict
from openboneage.subject import Sex
from tests import hands
from tests.reading.films import film_file
from tests.toy_model import toy_assessor

SCHEMA = json.loads(files("openboneage.report").joinpath("assessment.schema.json").read_text(encoding="utf-8"))
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
VALIDATOR = Draft202012Validator(SCHEMA)
PIXELS = hands.film("7043", 400)
ACCEPTED = toy_assessor().assess(hands.png(PIXELS), Sex.FEMALE, 96.0).to_json()


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


@pytest.mark.parametrize("kind", ["InputError", "RefusedError", "UnreadableError"])
def test_failure_follows_the_schema(kind: str) -> None:
    failure = {"schema_version": 1, "path": "a.png", "error": {"type": kind, "message": "Cut off."}}
    assert faults(failure) == []
    assert kind in {error.__name__ for error in BoneAgeError.__subclasses__()}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("schema_version", 2),
        ("patient_name", "Zwicky"),
        ("subject.name", "Zwicky"),
        ("verdict", "perhaps"),
        ("verdict", "reject"),
        ("bone_age", None),
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
        ("seconds.dreaming", 1.0),
        ("models", []),
    ],
)
def test_schema_refuses(path: str, value: object) -> None:
    assert faults(changed(path, value))


@pytest.mark.parametrize("name", sorted(ACCEPTED))
def test_every_part_is_required(name: str) -> None:
    assert faults({key: value for key, value in ACCEPTED.items() if key != name})


def test_rejected_film_may_not_have_an_age() -> None:
    rejected = toy_assessor().assess(hands.png(hands.not_hand("noise"))).to_json()
    assert faults({**rejected, "bone_age": ACCEPTED["bone_age"]})


def test_schema_is_strict_everywhere() -> None:
    everything = list(objects(SCHEMA))
    assert len(everything) > 8
    for node in everything:
        assert node["additionalProperties"] is False
        assert set(node["required"]) <= set(node["properties"])


def test_schema_says_what_the_program_says() -> None:
    properties = SCHEMA["$defs"]["assessment"]["properties"]
    assert SCHEMA["$defs"]["schema_version"]["const"] == SCHEMA_VERSION
    assert properties["notice"]["const"] == RESEARCH_USE
    assert properties["verdict"]["enum"] == [str(verdict) for verdict in Verdict]
    assert SCHEMA["$defs"]["subject"]["properties"]["sex"]["enum"] == [str(sex) for sex in Sex]


NAMES = sorted({name for node in objects(SCHEMA) for name in node["properties"]})


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_documented(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_documentation_names_no_other_fields() -> None:
    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_field_has_a_description(name: str) -> None:
    places = [node["properties"][name] for node in objects(SCHEMA) if name in node["properties"]]
    for place in places:
        target = SCHEMA["$defs"].get(name, {}) if "description" not in place else place
        assert target.get("description")
