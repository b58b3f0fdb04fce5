from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

import openboneage
from openboneage.assess.assessment import RESEARCH_USE, Assessment
from openboneage.assess.assessor import Assessor
from openboneage.assess.parts import ModelFacts
from openboneage.clinical.greulich_pyle import normal_range
from openboneage.errors import InputError, RefusedError, UnreadableError, WeightsError
from openboneage.findings import Severity
from openboneage.hand.quality import Verdict
from openboneage.reading.read import read
from openboneage.subject import Laterality, Sex
from openboneage.weights.card import read_card
from openboneage.weights.registry import DEFAULT_SET, ModelSet
from tests import hands
from tests.reading.films import SECRET_ID, SECRET_NAME, film_file, pillow_file
from tests.toy_model import toy_assessor, write_toy

PIXELS = hands.film("7043", 400)


def toy(source: bytes | Path, sex: Sex | str | None = None, age_months: float | str | None = None) -> Assessment:
    return toy_assessor().assess(source, sex, age_months)


def numbers(assessment: Assessment) -> dict[str, Any]:
    """Everything but the times."""
    return {**assessment.to_json(), "seconds": None}


@pytest.mark.parametrize("name", hands.NAMES)
def test_examples_are_read_near_their_labels(name: str) -> None:
    assessment = hands.shipped().assess(hands.EXAMPLES / f"{name}.png", Sex(hands.SEXES[name]))
    assert assessment.verdict is Verdict.ACCEPT
    assert hands.bone_age(assessment).mean_months == pytest.approx(hands.LABEL_MONTHS[name], abs=24)


def test_examples_are_read_in_the_order_of_their_labels() -> None:
    ages = [hands.bone_age(hands.examined(name).assessment).mean_months for name in ("7036", "7038", "14931", "14750", "7041")]
    assert ages == sorted(ages)
    assert ages[-1] - ages[0] > 96


@pytest.mark.parametrize("name", ["7038", "7041"])
@pytest.mark.parametrize(
    "change",
    [hands.mirrored, hands.inverted, hands.framed, lambda film: hands.turned(film, 75)],
    ids=["mirrored", "inverted", "framed", "turned"],
)
def test_age_does_not_depend_on_the_orientation_of_the_film(name: str, change: Callable[[np.ndarray], np.ndarray]) -> None:
    plain = hands.examined(name).assessment
    changed = hands.shipped().assess(hands.png(change(hands.film(name))), plain.subject.sex)
    assert hands.bone_age(changed).mean_months == pytest.approx(hands.bone_age(plain).mean_months, abs=12)


@pytest.mark.parametrize("name", ["7038", "7041"])
def test_age_hardly_depends_on_resolution(name: str) -> None:
    large, small = (hands.bone_age(hands.examined(name, height).assessment).mean_months for height in (640, 240))
    assert small == pytest.approx(large, abs=18)


@pytest.mark.parametrize("assessor", [hands.shipped, toy_assessor], ids=["shipped", "toy"])
def test_same_bytes_same_numbers(assessor: Callable[[], Assessor]) -> None:
    data = hands.png(hands.turned(PIXELS, 20))
    assert numbers(assessor().assess(data, Sex.MALE)) == numbers(assessor().assess(data, Sex.MALE))


def test_path_and_bytes_are_the_same_film(tmp_path: Path) -> None:
    path = tmp_path / "film.png"
    path.write_bytes(hands.png(PIXELS))
    from_path, from_bytes = toy_assessor().assess(path), toy(path.read_bytes())
    assert (from_path.film.name, from_bytes.film.name) == ("film.png", "upload")
    assert from_path.film.sha256 == from_bytes.film.sha256
    assert from_path.to_json()["bone_age"] == from_bytes.to_json()["bone_age"]


@pytest.mark.parametrize(
    "file",
    [
        lambda: pillow_file(PIXELS, "TIFF", compression="tiff_lzw"),
        lambda: pillow_file(PIXELS, "BMP"),
        lambda: pillow_file(PIXELS.astype(np.uint16) * 257, "PNG"),
        lambda: film_file(PIXELS.astype(np.uint16) << 4, bits=12, WindowCenter=2048, WindowWidth=4096),
        lambda: film_file(4080 - (PIXELS.astype(np.uint16) << 4), bits=12, PhotometricInterpretation="MONOCHROME1"),
    ],
    ids=["TIFF", "BMP", "PNG of 16 bit", "DICOM", "MONOCHROME1"],
)
def test_container_does_not_change_the_age(file: Callable[[], bytes]) -> None:
    expected, got = toy(hands.png(PIXELS), Sex.FEMALE), toy(file(), Sex.FEMALE)
    assert hands.bone_age(got).mean_months == pytest.approx(hands.bone_age(expected).mean_months, abs=1)
    assert got.pose.inverted is False


def test_an_array_is_assessed_as_the_file_of_its_pixels() -> None:
    array = toy_assessor().assess(PIXELS, Sex.FEMALE, spacing_mm=0.2)
    assert array.bone_age is not None
    assert array.bone_age.mean_months == hands.bone_age(toy(hands.png(PIXELS), Sex.FEMALE)).mean_months
    assert (array.film.format, array.film.spacing_mm, array.film.spacing_source) == ("ARRAY", (0.2, 0.2), "caller")


def test_the_file_provides_sex_and_age() -> None:
    subject = toy(film_file(PIXELS, bits=8)).subject
    assert (subject.sex, subject.sex_source) == (Sex.FEMALE, "file")
    assert subject.age_months == pytest.approx(111, abs=0.1)
    assert subject.age_source == "PatientBirthDate, StudyDate"


def test_entered_sex_and_age_are_used_before_those_of_the_file() -> None:
    subject = toy(film_file(PIXELS, bits=8), Sex.MALE, 100.0).subject
    assert (subject.sex, subject.sex_source, subject.age_months, subject.age_source) == ("male", "caller", 100, "caller")


def test_film_without_data_of_the_child() -> None:
    assessment = toy(hands.png(PIXELS))
    assert assessment.subject == dataclasses.replace(assessment.subject, sex=Sex.UNKNOWN, sex_source="none", age_months=None)
    assert hands.codes(assessment) == {"sex-unknown"}
    assert assessment.verdict is Verdict.ACCEPT_WITH_FINDINGS


@pytest.mark.parametrize("sex", [Sex.FEMALE, Sex.MALE])
def test_known_sex_leaves_no_finding(sex: Sex) -> None:
    assessment = toy(hands.png(PIXELS), sex)
    assert (assessment.verdict, assessment.findings) == (Verdict.ACCEPT, ())


def test_unknown_sex_gives_the_answer_for_each() -> None:
    girl, boy, unknown = (toy(hands.png(PIXELS), sex, 111.0) for sex in (Sex.FEMALE, Sex.MALE, Sex.UNKNOWN))
    assert unknown.by_sex is not None
    for answer, known in ((unknown.by_sex.female, girl), (unknown.by_sex.male, boy)):
        assert answer.bone_age.probabilities == pytest.approx(hands.bone_age(known).probabilities)
        assert answer.comparison == known.comparison
        assert known.by_sex is None
    assert (unknown.bone_age, unknown.comparison) == (None, None)
    interval = unknown.by_sex.interval
    assert interval.low_months == hands.bone_age(girl).interval.low_months
    assert interval.high_months == hands.bone_age(boy).interval.high_months


@pytest.mark.parametrize("sex", Sex)
def test_an_adult_is_refused(sex: Sex) -> None:
    assessment = toy(hands.png(PIXELS), sex, "44y")
    assert (assessment.verdict, assessment.bone_age, assessment.by_sex) == (Verdict.REJECT, None, None)
    (finding,) = [finding for finding in assessment.findings if finding.severity is Severity.REJECT]
    assert finding.message == "The age of 44 y 0 m is that of an adult; bone age is determined up to 20 years."


@pytest.mark.parametrize("kind", ["black", "noise", "text"])
def test_without_a_hand_there_is_no_side(kind: str) -> None:
    pose = toy(hands.png(hands.not_hand(kind)), Sex.MALE).pose
    assert (pose.laterality, pose.mirrored, pose.rotation_degrees) == (Laterality.UNKNOWN, False, 0)


def test_without_a_hand_the_side_is_that_of_the_file() -> None:
    pose = toy(film_file(hands.not_hand("noise"), bits=8, ImageLaterality="R"), Sex.MALE).pose
    assert (pose.laterality, pose.laterality_source, pose.mirrored) == (Laterality.RIGHT, "file", False)


def test_entered_sex_and_age_resolve_findings_of_the_file() -> None:
    silent = film_file(PIXELS, bits=8, PatientSex=None, PatientBirthDate=None)
    assert {"sex-missing", "age-missing", "sex-unknown"} <= hands.codes(toy(silent))
    assert hands.codes(toy(silent, Sex.MALE, 100.0)) == {"table-unverified"}


def test_side_of_the_file_is_used() -> None:
    pose = toy(film_file(hands.mirrored(PIXELS), bits=8, ImageLaterality="R")).pose
    assert (pose.mirrored, pose.laterality, pose.laterality_source) == (True, Laterality.RIGHT, "file")


def test_refused_film_has_no_age_but_reasons() -> None:
    examination = toy_assessor().examine(hands.png(hands.not_hand("noise")), Sex.MALE)
    assessment = examination.assessment
    assert (assessment.verdict, assessment.bone_age) == (Verdict.REJECT, None)
    assert any(finding.severity is Severity.REJECT for finding in assessment.findings)
    assert list(assessment.seconds) == ["read", "standardize", "quality"]
    assert examination.hand.film.shape == (320, 256)


def test_assessment_names_program_models_and_times() -> None:
    assessment = hands.shipped().assess(hands.png(PIXELS))
    cards = [read_card(ModelSet.find().card(role)) for role in ("hand-finder", "whole-hand", "bone-finder", "bone-stager")]
    assert [(model.name, model.sha256) for model in assessment.models] == [(card.name, card.sha256) for card in cards]
    assert list(assessment.seconds) == ["read", "standardize", "quality", "whole_hand", "bones"]
    assert all(seconds > 0 for seconds in assessment.seconds.values())
    assert assessment.to_json()["notice"] == RESEARCH_USE
    assert (assessment.film.height_px, assessment.film.width_px, assessment.film.bits) == (*PIXELS.shape, 8)


def test_assessment_holds_no_name_of_the_patient() -> None:
    text = json.dumps(toy(film_file(PIXELS, bits=8)).to_json())
    assert SECRET_NAME.split("^")[0] not in text
    assert SECRET_ID not in text
    assert "2010" not in text


def test_assessment_is_a_value() -> None:
    with pytest.raises(ValidationError, match="Instance is frozen"):
        toy(hands.png(PIXELS)).bone_age = None


def test_radiograph_may_be_read_before() -> None:
    assessment = toy_assessor().examine_radiograph(read(hands.png(PIXELS)), Sex.MALE).assessment
    assert list(assessment.seconds) == ["standardize", "quality", "whole_hand"]


@pytest.mark.parametrize("age_months", [-1.0, 1441.0, float("nan")])
def test_impossible_age_is_an_input_error(age_months: float) -> None:
    with pytest.raises(InputError, match="between 0 and 1440 months"):
        toy(hands.png(PIXELS), age_months=age_months)


def test_errors_of_reading_come_through(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file with this name"):
        toy_assessor().assess(tmp_path / "none.png")
    with pytest.raises(UnreadableError):
        toy(b"no film")
    with pytest.raises(RefusedError):
        toy(film_file(PIXELS, bits=8, NumberOfFrames=2))


def test_one_call_assesses_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(hands.png(PIXELS))
    assessment = openboneage.assess(tmp_path / "a.png", sex="F", age_months="8y4m")
    assert (assessment.subject.sex, assessment.subject.age_months) == (Sex.FEMALE, 100)


def test_one_call_takes_other_models(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(hands.png(PIXELS))
    write_toy(tmp_path)
    default, toyed = (openboneage.assess(tmp_path / "a.png", "F", models=models) for models in (None, tmp_path))
    named = openboneage.assess(tmp_path / "a.png", "F", models=DEFAULT_SET)
    assert numbers(named) == numbers(default) != numbers(toyed) == numbers(toy(tmp_path / "a.png", Sex.FEMALE))


def test_one_call_refuses_models_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"Expected a model set \(.*\) or a folder with cards, got"):
        openboneage.assess(hands.EXAMPLES / "7036.png", models=tmp_path)


@pytest.mark.parametrize("models", [lambda folder: folder, str, ModelSet], ids=["folder", "text", "set"])
def test_an_assessor_loads_a_folder_or_its_set(tmp_path: Path, models: Callable[[Path], Path | str | ModelSet]) -> None:
    found = write_toy(tmp_path)
    assessor = Assessor.load(models(tmp_path), threads=1)
    assert assessor.finder.card == read_card(found.card("hand-finder"))
    assert assessor.models == tuple(ModelFacts.of(read_card(path)) for path in found.cards.values())


def test_an_assessor_loads_a_set_by_its_name() -> None:
    assert Assessor.load(DEFAULT_SET).models == hands.shipped().models


def test_one_call_refuses_an_invalid_sex(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(hands.png(PIXELS))
    with pytest.raises(InputError, match="F, M or unknown, got 'lady'"):
        openboneage.assess(tmp_path / "a.png", sex="lady")


def test_bone_age_is_compared_with_the_normal_range_at_the_childs_age() -> None:
    assessment = toy(hands.png(PIXELS), Sex.FEMALE, 96.0)
    normal = normal_range(Sex.FEMALE, 96.0)
    sds = (hands.bone_age(assessment).mean_months - normal.mean_months) / normal.sd_months
    assert assessment.comparison is not None
    assert assessment.comparison.sds == pytest.approx(sds)
    assert assessment.to_json()["comparison"]["reference"] == "brush-foundation"
    interval = hands.bone_age(assessment).interval
    ends = [(end - normal.mean_months) / normal.sd_months for end in (interval.low_months, interval.high_months)]
    assert [assessment.comparison.sds_low, assessment.comparison.sds_high] == pytest.approx(ends)


def test_an_unverified_table_is_a_note_and_no_finding_on_the_film() -> None:
    assessment = toy(hands.png(PIXELS), Sex.FEMALE, 96.0)
    (finding,) = [finding for finding in assessment.findings if finding.code.startswith("table-")]
    assert finding.severity is Severity.NOTE
    assert assessment.verdict is Verdict.ACCEPT


@pytest.mark.parametrize(("sex", "age_months"), [(Sex.FEMALE, None), (Sex.UNKNOWN, 96.0), (Sex.FEMALE, 400.0)])
def test_nothing_is_compared_without_sex_age_or_a_table_that_holds_it(sex: Sex, age_months: float | None) -> None:
    assessment = toy(hands.png(PIXELS), sex, age_months)
    assert assessment.comparison is None
    assert assessment.to_json()["comparison"] is None


def test_a_refused_film_is_not_compared() -> None:
    assert toy(hands.png(hands.not_hand("noise")), Sex.MALE, 96.0).comparison is None


@pytest.mark.parametrize(
    ("entered", "code"), [({"sex": Sex.MALE}, "sex-contradictory"), ({"age_months": 30.0}, "age-contradictory")]
)
def test_entered_values_that_contradict_the_file_are_used_and_reported(entered: dict[str, Any], code: str) -> None:
    assessment = toy(film_file(PIXELS, bits=8), **entered)
    assert {"sex": assessment.subject.sex, "age_months": assessment.subject.age_months}.items() >= entered.items()
    assert code in hands.codes(assessment)
    assert assessment.verdict is Verdict.ACCEPT_WITH_FINDINGS


@pytest.mark.parametrize(("word", "sex"), [("F", Sex.FEMALE), ("boy", Sex.MALE), ("unknown", Sex.UNKNOWN)])
def test_an_assessor_reads_sex_and_age_as_people_write_them(word: str, sex: Sex) -> None:
    assessment = toy(hands.png(PIXELS), word, "9y3m")
    assert (assessment.subject.sex, assessment.subject.age_months) == (sex, 111.0)
    assert numbers(assessment) == numbers(toy(hands.png(PIXELS), sex, 111.0))


@pytest.mark.parametrize(
    ("entered", "expected"),
    [({"sex": "lady"}, "F, M or unknown, got 'lady'"), ({"age_months": "nine"}, "An age needs units, such as 9y3m")],
)
def test_an_assessor_refuses_invalid_words(entered: dict[str, Any], expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        toy(hands.png(PIXELS), **entered)


def test_an_age_far_from_the_bone_age_is_doubted() -> None:
    bone_age = hands.bone_age(toy(hands.png(PIXELS), Sex.FEMALE)).mean_months
    near, far = (toy(hands.png(PIXELS), Sex.FEMALE, age) for age in (bone_age, 24.0 if bone_age > 100 else 190.0))
    assert "age-implausible" not in hands.codes(near)
    assert "age-implausible" in hands.codes(far)
    assert far.verdict is Verdict.ACCEPT_WITH_FINDINGS
