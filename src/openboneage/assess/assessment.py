"""The assessment: the immutable value behind every report, and its JSON.

The models below and in `parts` are the only definition of the JSON: `tools/schema.py` writes its schema and `docs/json.md`
from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from operator import not_
from typing import Annotated, Literal, Self, get_args

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from openboneage.assess.bone_records import Bones
from openboneage.assess.distribution import AgeDistribution, AgeInterval
from openboneage.assess.parts import BySex, FilmFacts, ModelFacts, NormalComparison, Pose, Program, Record, SexAnswer
from openboneage.assess.words import age_text, answer_text, bone_rows, comparison_text, interval_text, subject_text
from openboneage.errors import BoneAgeError
from openboneage.findings import Finding, finding_lines
from openboneage.hand.measures import Measures
from openboneage.hand.quality import Verdict
from openboneage.quantities import FourDecimals, NotNegative, Text
from openboneage.subject import SEX_WORDS, Sex, Subject

SchemaVersion = Literal[2]
SCHEMA_VERSION: SchemaVersion = 2
Notice = Literal["Research use only, not a medical device."]
RESEARCH_USE: Notice = get_args(Notice)[0]


_REFUSED: JsonDict = {"properties": {"verdict": {"const": "reject"}, "bone_age": {"type": "null"}, "by_sex": {"type": "null"}}}
_ANSWERED: JsonDict = {"verdict": {"enum": [verdict for verdict in Verdict if verdict is not Verdict.REJECT]}}
_KNOWN_SEX: JsonDict = {
    "properties": {
        **_ANSWERED,
        "subject": {"properties": {"sex": {"enum": [Sex.FEMALE, Sex.MALE]}}},
        "bone_age": {"type": "object"},
        "by_sex": {"type": "null"},
    }
}
_UNKNOWN_SEX: JsonDict = {
    "properties": {
        **_ANSWERED,
        "subject": {"properties": {"sex": {"const": Sex.UNKNOWN}}},
        "bone_age": {"type": "null"},
        "by_sex": {"type": "object"},
    }
}


class Assessment(Record):
    """A film that was read."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [_REFUSED, _KNOWN_SEX, _UNKNOWN_SEX]})

    case_id: str = Field(
        default="",
        exclude_if=not_,
        description="The same for the same path, entered sex and age, estimator and models; "
        "only where results are written to a file.",
    )
    path: str = Field(default="", exclude_if=not_, description="The path as it was given; on the command line only.")
    schema_version: SchemaVersion = Field(
        default=SCHEMA_VERSION, description="Version of this schema, increased when a field changes its meaning or is removed."
    )
    program: Program = Field(description="The program that made the assessment.")
    notice: Notice = Field(default=RESEARCH_USE, description="What the assessment may be used for.")
    verdict: Verdict = Field(description="Whether the film can be assessed; `reject` gives no bone age.")
    bone_age: AgeDistribution | None = Field(
        description="The bone age; null where the film was rejected, and where the sex is unknown: see `by_sex`."
    )
    by_sex: BySex | None = Field(
        default=None, description="Both answers where the sex is unknown; null where it is known, or the film was rejected."
    )
    comparison: NormalComparison | None = Field(
        description="The bone age compared with the normal range; null where sex or age is not known, "
        "or the range does not cover the age."
    )
    bones: Bones | None = Field(
        default=None, description="The bones; null where the film was rejected, or the models cannot find bones."
    )
    findings: tuple[Finding, ...] = Field(description="Findings to check, including the reasons of a rejection.")
    film: FilmFacts = Field(description="The file.")
    subject: Subject = Field(description="The child.")
    pose: Pose = Field(description="Pose of the hand on the film.")
    quality: Measures = Field(description="Measures behind the verdict.")
    models: tuple[ModelFacts, ...] = Field(min_length=1, description="Models used.")
    seconds: Mapping[str, Annotated[NotNegative, FourDecimals]] = Field(
        description="Time in seconds of each stage that was run: `read`, `standardize`, `quality`, the estimator and `bones`. "
        "Only these values differ from run to run."
    )

    @model_validator(mode="after")
    def _answers_fit(self) -> Self:
        unknown = self.subject.sex is Sex.UNKNOWN
        expected = (False, False) if self.verdict is Verdict.REJECT else (not unknown, unknown)
        if (self.bone_age is not None, self.by_sex is not None) != expected:
            raise ValueError(
                "Expected a bone age where the sex is known, answers by sex where it is unknown, and neither where the film "
                f"was rejected; got others with the verdict {self.verdict} and the sex {self.subject.sex}."
            )
        return self

    @property
    def answers(self) -> dict[Sex, SexAnswer]:
        """The answer for the child's sex, or for both if it is unknown; none if the film was refused."""
        if self.by_sex is not None:
            return {Sex.FEMALE: self.by_sex.female, Sex.MALE: self.by_sex.male}
        if self.bone_age is not None:
            return {self.subject.sex: SexAnswer(bone_age=self.bone_age, comparison=self.comparison)}
        return {}

    @property
    def interval(self) -> AgeInterval | None:
        """The interval of the bone age, or the union of both where the sex is unknown; None where the film was refused."""
        if self.by_sex is not None:
            return self.by_sex.interval
        return None if self.bone_age is None else self.bone_age.interval

    def rows(self) -> Iterator[tuple[str, str]]:
        """Details below the headline: the name of each row, and its text."""
        if self.interval is not None:
            yield "scale", "Greulich-Pyle"
            yield "interval", interval_text(self.interval) + (", girl or boy" if self.by_sex else "")
        yield "child", subject_text(self.subject)
        for sex, answer in self.answers.items():
            if self.by_sex is not None:
                age = answer_text(answer, self.subject.age_months)
                yield SEX_WORDS[sex], f"{age}; {interval_text(answer.bone_age.interval)}"
            if answer.comparison is not None:
                yield "compared", comparison_text(answer.comparison)
        yield from bone_rows(self.bones)
        for line in finding_lines(self.findings):
            yield "finding", line

    def __repr__(self) -> str:
        """Age, interval, sex and verdict in one line."""
        interval = "" if self.interval is None else f", {interval_text(self.interval)}"
        return f"Assessment({age_text(self.answers)}{interval}, {SEX_WORDS[self.subject.sex]}, {self.verdict})"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """The table that a notebook shows."""
        headline = age_text(self.answers, self.subject.age_months)
        rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in self.rows())
        return (
            f"<table><thead><tr><th>{escape(self.film.name)}</th><th>{escape(headline)}</th></tr></thead>"
            f'<tbody>{rows}</tbody><tfoot><tr><td colspan="2">{RESEARCH_USE}</td></tr></tfoot></table>'
        )


class FailureReason(Record):
    """Why a film could not be assessed."""

    type: Literal["InputError", "RefusedError", "UnreadableError"] = Field(
        description="`InputError`: missing or not allowed; `RefusedError`: several images; "
        "`UnreadableError`: not a readable image."
    )
    message: Text = Field(description="One or two sentences for a person.")


class Failure(Record):
    """A film that could not be assessed."""

    case_id: str = Field(
        default="",
        exclude_if=not_,
        description="The same for the same path, entered sex and age, estimator and models; "
        "only where results are written to a file.",
    )
    schema_version: SchemaVersion = Field(
        default=SCHEMA_VERSION, description="Version of this schema, increased when a field changes its meaning or is removed."
    )
    path: str = Field(description="The path as it was given.")
    error: FailureReason = Field(description="Why the film could not be assessed.")

    @classmethod
    def of(cls, path: str, error: BoneAgeError) -> Self:
        """Return the failure for an error on the film of that path."""
        return cls.model_validate({"path": path, "error": {"type": type(error).__name__, "message": str(error)}})
