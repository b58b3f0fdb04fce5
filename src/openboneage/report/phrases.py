"""The words of reports in one language. A language is a file in `languages`, with the keys of `Phrases`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from openboneage.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """The words of a language; `languages/en.toml` explains them. Names in braces are filled in by `str.format`."""

    language: str
    title: str
    notice: str
    decimal: str
    age: str
    months: str
    date: str
    year: str
    range: str
    percent: str
    patient: str
    patient_id: str
    birth_date: str
    sex: str
    study_date: str
    accession: str
    film: str
    girl: str
    boy: str
    sex_unknown: str
    entered: str
    not_stated: str
    bone_age: str
    bone_age_label: str
    bone_age_if: str
    entered_by_reader: str
    interval: str
    chronological_age: str
    difference: str
    above: str
    below: str
    sds: str
    normal_range: str
    normal_text: str
    normal_band: str
    normal_band_of: str
    status_normal: str
    status_delayed: str
    status_advanced: str
    possibly: str
    estimate: str
    refused: str
    refused_detail: str
    rejected: str
    rejected_detail: str
    axis_bone_age: str
    axis_chronological: str
    heading: str
    child: str
    child_unknown: str
    from_file: str
    left_hand: str
    right_hand: str
    side_unknown: str
    mirrored: str
    turned: str
    whole_film: str
    map_caption: str
    map_flat: str
    map_lower: str
    map_higher: str
    findings: str
    no_findings: str
    more_findings: str
    note: str
    warning: str
    reject: str
    stages: str
    score: str
    below_age: str
    mature: str
    growth_age: str
    growth_bone_age: str
    growth_height: str
    height: str
    growth_child: str
    growth_equal: str
    growth_mean: str
    growth_at_age: str
    growth_at_bone_age: str
    growth_percentiles: str
    percentiles: Sequence[str]
    adult_height: str
    adult_height_text: str
    adult_height_single: str
    unsigned: str
    unsigned_short: str
    accepted: str
    accepted_short: str
    edited: str
    edited_short: str
    rejected_by: str
    rejected_short: str
    comment: str
    version: str
    program: str
    bone_names: Mapping[str, str]
    finding_texts: Mapping[str, str]


DEFAULT_LANGUAGE = "en"


def languages() -> list[str]:
    """Codes of the languages, sorted."""
    return sorted(file.name.removesuffix(".toml") for file in _FOLDER.iterdir() if file.name.endswith(".toml"))


@cache
def phrases_of(language: str = DEFAULT_LANGUAGE) -> Phrases:
    """The words of a language.

    Args:
        language: ISO 639-1 code, such as `de`.

    Raises:
        InputError: There is no such language.
    """
    if language not in languages():
        raise InputError(f"Expected a language of reports, one of {', '.join(languages())}, got {language!r}.")
    return Phrases(**tomllib.loads(_FOLDER.joinpath(f"{language}.toml").read_text(encoding="utf-8")))


_FOLDER = files("openboneage.report").joinpath("languages")
