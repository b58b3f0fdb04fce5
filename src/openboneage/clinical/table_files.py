"""Read `tables/*.csv`: the rows as text, the source, and the verification.

The first lines of a table begin with `#`. A line `# status: verified: reason` gives the status of the table, or of one sex
with `# status (male): ...`; all other such lines are the source.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from openboneage.errors import InputError
from openboneage.findings import Finding, Severity
from openboneage.subject import Sex

FloatArray = NDArray[np.float64]
Row = Mapping[str, str]

_STATUS = re.compile(r"# status(?: \((?P<sex>male|female)\))?: (?P<level>[a-z ]+): (?P<reason>.+)")


class StatusLevel(StrEnum):
    """To what extent the values of a table were checked against a second source."""

    VERIFIED = "verified"
    PARTLY_VERIFIED = "partly verified"
    UNVERIFIED = "unverified"


@dataclass(frozen=True)
class Status:
    """To what extent a table was checked, and how."""

    level: StatusLevel
    reason: str


@dataclass(frozen=True)
class Table:
    """A table of `tables/`, or some of its rows.

    Attributes:
        name: File name.
        source: The lines that name paper, table, page and the ways it was checked.
        statuses: Status for each sex.
        rows: Cells as text, by the name of the column.
    """

    name: str
    source: str
    statuses: Mapping[Sex, Status]
    rows: tuple[Row, ...]

    def where(self, **cells: str) -> Table:
        """Return the rows whose cells have these values."""
        kept = tuple(row for row in self.rows if all(row[column] == value for column, value in cells.items()))
        return Table(self.name, self.source, self.statuses, kept)

    def column(self, name: str) -> FloatArray:
        """Return a column as numbers, `(rows,)`; an empty cell is NaN."""
        return np.array([float(row[name] or "nan") for row in self.rows])

    def findings(self, sex: Sex, title: str = "") -> tuple[Finding, ...]:
        """Return a finding where the table was not verified, or only in part, for this sex; `title` replaces the file name."""
        status = self.statuses[sex]
        if status.level is StatusLevel.VERIFIED:
            return ()
        unverified = status.level is StatusLevel.UNVERIFIED
        severity = Severity.WARNING if unverified else Severity.NOTE
        subject = f"The table of {title}" if title else f"Table {self.name}"
        code = "table-unverified" if unverified else "table-partly-verified"
        return (Finding(code, severity, f"{subject} is {status.level}: {status.reason}."),)


@cache
def load_table(name: str) -> Table:
    """Read a table of `tables/` once.

    Args:
        name: File name, such as `tw3_rus_stage_scores.csv`.
    """
    lines = (files("openboneage.clinical") / "tables" / name).read_text(encoding="utf-8").splitlines()
    comments = [line for line in lines if line.startswith("#")]
    rows = tuple(csv.DictReader(line for line in lines if not line.startswith("#")))
    found = [match for line in comments if (match := _STATUS.fullmatch(line))]
    sources = [line.removeprefix("#").strip() for line in comments if _STATUS.fullmatch(line) is None]
    return Table(name, "\n".join(sources), _statuses(found), rows)


def known_sex(sex: Sex) -> Sex:
    """Return the sex if it is known; all tables need it.

    Raises:
        InputError: The sex is unknown. Without a sex, use `either_sex` for both results.
    """
    if sex is Sex.UNKNOWN:
        raise InputError("Clinical tables are made for girls or for boys: give the sex, F or M; it is never guessed.")
    return sex


def _statuses(found: list[re.Match[str]]) -> dict[Sex, Status]:
    statuses = {}
    for match in found:
        status = Status(StatusLevel(match["level"]), match["reason"])
        for sex in [Sex(match["sex"])] if match["sex"] else [Sex.FEMALE, Sex.MALE]:
            statuses[sex] = status
    return statuses
