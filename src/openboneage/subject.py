"""The child behind a film: sex, side of the hand, chronological age."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from openboneage.errors import InputError

MONTHS_PER_YEAR = 12.0
DAYS_PER_MONTH = 365.25 / MONTHS_PER_YEAR
MAX_AGE_MONTHS = 1440.0  # 120 years: allows films of adults, but not typing errors


class Sex(StrEnum):
    """Sex as used by bone age standards; `unknown` gives answers for both and is never guessed."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


SEX_WORDS = {Sex.FEMALE: "girl", Sex.MALE: "boy", Sex.UNKNOWN: "sex unknown"}


class Laterality(StrEnum):
    """Side of the hand on a film."""

    LEFT = "left"
    RIGHT = "right"
    UNKNOWN = "unknown"


SexSource = Literal["caller", "file", "none"]
ChronologicalMonths = Annotated[float, Field(ge=0, le=MAX_AGE_MONTHS)]


@dataclass(frozen=True)
class Subject:
    """The child's data that bone age needs."""

    sex: Annotated[Sex, Field(description="Sex that was used; with `unknown`, `by_sex` contains the answer for each.")]
    sex_source: Annotated[SexSource, Field(description="Where the sex is from; `caller` means that it was entered.")]
    age_months: Annotated[
        ChronologicalMonths | None, Field(description="Chronological age in months; it does not enter the bone age.")
    ]
    age_source: Annotated[
        str | None, Field(description="Where the age is from: `caller` if it was entered, else the DICOM attributes.")
    ]


_SEXES = {
    "f": Sex.FEMALE,
    "female": Sex.FEMALE,
    "girl": Sex.FEMALE,
    "m": Sex.MALE,
    "male": Sex.MALE,
    "boy": Sex.MALE,
    "u": Sex.UNKNOWN,
    "unknown": Sex.UNKNOWN,
}

_AGE = re.compile(
    r"(?:(?P<years>\d+(?:\.\d+)?)\s*(?:y|yr|yrs|years?))?\s*(?:(?P<months>\d+(?:\.\d+)?)\s*(?:m|mo|mos|months?))?",
    re.IGNORECASE,
)


def parse_sex(text: str) -> Sex:
    """Parse a sex: `F`, `M`, `female`, `boy`, `unknown`.

    Raises:
        InputError: The text is not one of the known words.
    """
    try:
        return _SEXES[text.strip().lower()]
    except KeyError:
        raise InputError(f"Sex must be F, M or unknown, got {text!r}.") from None


def parse_age_months(text: str) -> float:
    """Parse an age such as `9y3m`, `9y`, `111m` or `9.25y`; a number without a unit is refused as ambiguous.

    Returns:
        Age in months, 0 to 1440.

    Raises:
        InputError: The text is not an age, has no unit, has 12 or more months in addition to years, or is out of range.
    """
    match = _AGE.fullmatch(text.strip())
    if match is None or match.group(0).strip() == "":
        raise InputError(f"An age needs units, such as 9y3m or 111m, got {text!r}.")
    if match["years"] and float(match["months"] or 0) >= MONTHS_PER_YEAR:
        raise InputError(f"In addition to years an age has 0 to 11 months, got {text!r}.")
    months = float(match["years"] or 0) * MONTHS_PER_YEAR + float(match["months"] or 0)
    return checked_age_months(months)


def checked_age_months(months: float) -> float:
    """Return the age if it is possible.

    Raises:
        InputError: The age is not a number between 0 and 1440 months.
    """
    if not math.isfinite(months) or not 0 <= months <= MAX_AGE_MONTHS:
        raise InputError(f"An age must lie between 0 and {MAX_AGE_MONTHS:.0f} months, got {months}.")
    return float(months)


def format_age(months: float) -> str:
    """Format an age for people: `9 y 3 m`."""
    years, rest = divmod(round(months), 12)
    return f"{years} y {rest} m"
