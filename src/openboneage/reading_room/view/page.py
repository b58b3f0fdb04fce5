"""The words and figures of the reading page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from openboneage.bones.names import RUS
from openboneage.reading_room.view.axis import Axis, axis_of
from openboneage.reading_room.view.references import Match, ReferenceAtlas
from openboneage.reading_room.view.stages import choices
from openboneage.report.film_panel import attention_ticks
from openboneage.report.phrases import Phrases
from openboneage.report.report import Report
from openboneage.report.sheet import Sheet, sheet_of
from openboneage.report.wording import age as age_text
from openboneage.report.wording import sex as sex_text


@dataclass(frozen=True)
class BoneRow:
    """One of the 13 bones.

    Attributes:
        name: Its name.
        title: Its name for people.
        stage: The stage to show: the reader's, or else that of the program; empty without one.
        proposed: Stage of the program; empty without one.
        percent: Probability of the program's stage in percent.
    """

    name: str
    title: str
    stage: str
    proposed: str = ""
    percent: int = 0


@dataclass(frozen=True)
class Reference:
    """A reference hand: its number in the atlas, its age and sex in words, and its probability in percent."""

    number: int
    label: str
    percent: int
    is_likeliest: bool


@dataclass(frozen=True)
class ReadingPage:
    """What the page shows of an assessment.

    Attributes:
        sheet: The words of the report.
        axis: The axis of years; None without a bone age.
        references: Reference hands, rising by age.
        about_references: What the reference hands are.
        bones: The 13 bones.
        choices: Stages of each bone with criteria, for the browser.
        map_ticks: Names of the left end, the middle and the right end of the scale of the occlusion map.
        bone_age_months: The bone age, if there is exactly one, for the prediction of adult height.
    """

    sheet: Sheet
    axis: Axis | None
    references: tuple[Reference, ...]
    about_references: str
    bones: tuple[BoneRow, ...]
    choices: Mapping[str, list[dict[str, Any]]]
    map_ticks: tuple[str, str, str]
    bone_age_months: float | None


def reading_page(report: Report, atlas: ReferenceAtlas, stages: Mapping[str, Mapping[str, str]], say: Phrases) -> ReadingPage:
    """What the page shows.

    Args:
        report: The assessment, with the decision if it is signed.
        atlas: The reference hands.
        stages: The reader's stages by standard and bone.
        say: The words of a language.
    """
    given = {bone: stage for of_standard in stages.values() for bone, stage in of_standard.items()}
    found = atlas.nearest(report.assessment)
    several = len({match.sex for match in found}) > 1
    ages = report.stated_ages
    return ReadingPage(
        sheet=sheet_of(report, say),
        axis=axis_of(report, say),
        references=tuple(_reference(match, several, say) for match in found),
        about_references=atlas.about,
        bones=tuple(_bone_row(report, bone, given, say) for bone in RUS),
        choices={bone: [asdict(choice) for choice in choices(bone)] for bone in RUS},
        map_ticks=attention_ticks(say),
        bone_age_months=round(ages[0].months, 1) if len(ages) == 1 else None,
    )


def _bone_row(report: Report, bone: str, given: Mapping[str, str], say: Phrases) -> BoneRow:
    """A bone with the reader's stage, or that of the program where no report is signed."""
    title, bones = say.bone_names[bone], report.assessment.bones
    staged = None if bones is None or len(bones.staged) > 1 else bones.staged[0].bones[RUS.index(bone)]
    if staged is None or staged.stage is None:
        return BoneRow(bone, title, given.get(bone, ""))
    shown = given.get(bone, "") if given or report.decision else staged.stage
    return BoneRow(bone, title, shown, staged.stage, round(100 * staged.stage_probabilities[staged.stage]))


def _reference(match: Match, with_sex: bool, say: Phrases) -> Reference:
    label = age_text(match.age_months, say)
    if with_sex:
        label = f"{sex_text(match.sex, say)}, {label}"
    return Reference(match.number, label, round(100 * match.probability), match.is_likeliest)
