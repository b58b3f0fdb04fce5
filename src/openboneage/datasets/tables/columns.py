"""The meaning of a table's columns: given by the caller, or recognised by their names.

An age needs a column whose name contains the unit: whether `boneage` means months or years is never guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openboneage.datasets.splits import Split
from openboneage.datasets.tables.delimited import Row, Table
from openboneage.errors import InputError
from openboneage.subject import MONTHS_PER_YEAR, Sex, checked_age_months, parse_sex

_ESTIMATE = ("estimated", "estimate", "estimatedboneage", "predicted", "prediction", "predictedboneage")
_BONE_AGE = ("boneage", "ba", "read", "reading", "reading1", "firstreading", "groundtruthboneage", "skeletalage")
_SECOND = ("boneage2", "ba2", "reading2", "secondreading", "secondboneage")
_AGE = ("age", "chronologicalage", "ca", "chronage", "patientage", "calendarage")


def _with_unit(names: Sequence[str], *units: str) -> tuple[str, ...]:
    """Names with each unit appended."""
    return tuple(f"{name}{unit}" for name in names for unit in units)


_MONTHS, _YEARS = ("months", "month", "mo", "inmonths", "m"), ("years", "year", "yrs", "yr", "inyears", "y")

FIELDS: dict[str, tuple[str, ...]] = {
    "id": ("id", "imageid", "caseid", "filmid", "imgid", "case", "film", "image", "img", "imagename"),
    "path": ("path", "file", "filename", "filepath", "imagepath", "imgpath", "imagefile", "dicomfile", "dicompath"),
    "sop_instance_uid": ("sopinstanceuid", "sopuid", "instanceuid"),
    "bone_age_months": _with_unit(_BONE_AGE, *_MONTHS),
    "bone_age_years": _with_unit(_BONE_AGE, *_YEARS),
    "second_reading_months": _with_unit(_SECOND, *_MONTHS),
    "second_reading_years": _with_unit(_SECOND, *_YEARS),
    "age_months": _with_unit(_AGE, *_MONTHS),
    "age_years": _with_unit(_AGE, *_YEARS),
    "estimated_months": _with_unit(_ESTIMATE, *_MONTHS),
    "estimated_years": _with_unit(_ESTIMATE, *_YEARS),
    "low_months": _with_unit(("low",), *_MONTHS),
    "high_months": _with_unit(("high",), *_MONTHS),
    "verdict": ("verdict",),
    "sex": ("sex", "gender", "patientsex"),
    "male": ("male", "ismale", "boy"),
    "female": ("female", "isfemale", "girl"),
    "race": ("race", "ethnicity", "ethnicgroup"),
    "patient": ("patient", "patientid", "child", "childid", "subject", "subjectid"),
    "split": ("split", "subset", "fold"),
    "report": ("report", "reporttext", "radiologyreport", "reports"),
}
"""Fields, and the column names recognised for them, without case and punctuation."""

MAX_BONE_AGE_MONTHS = 240.0
"""The limit of all atlases; more is an age in days, or months mistaken for years."""

_ALTERNATIVES = (
    ("bone_age_months", "bone_age_years"),
    ("second_reading_months", "second_reading_years"),
    ("age_months", "age_years"),
    ("estimated_months", "estimated_years"),
    ("sex", "male", "female"),
)
_TRUTH = {"true": True, "1": True, "1.0": True, "yes": True, "false": False, "0": False, "0.0": False, "no": False}
_SPLITS = {
    "train": Split.TRAIN,
    "training": Split.TRAIN,
    "validation": Split.VALIDATION,
    "valid": Split.VALIDATION,
    "val": Split.VALIDATION,
    "held-out": Split.HELD_OUT,
    "test": Split.HELD_OUT,
}


@dataclass(frozen=True)
class Columns:
    """Columns of one table by field of `FIELDS`.

    Attributes:
        by_field: Name of the column of each field that the table has.
        decimal_comma: Whether numbers may have a decimal comma.
    """

    by_field: Mapping[str, str]
    decimal_comma: bool = False

    def __contains__(self, field: str) -> bool:
        """Return whether the table has a column for a field."""
        return field in self.by_field

    def text(self, row: Row, field: str) -> str:
        """Text of a field; empty if the table has no such column."""
        return row.cells[self.by_field[field]] if field in self.by_field else ""

    def months(self, row: Row, field: str) -> float | None:
        """An age in months, from its column in months or in years; None if the cell is empty.

        Args:
            row: The row.
            field: `bone_age`, `second_reading` or `age`.

        Raises:
            InputError: The cell is not an age.
        """
        months = self.estimate_months(row, field)
        if months is None:
            return None
        if field != "age" and months > MAX_BONE_AGE_MONTHS:
            unit = self._unit(field)
            raise InputError(f"A bone age lies between 0 and 20 years, got {self.text(row, unit)} as {unit}; check the unit.")
        return checked_age_months(months)

    def estimate_months(self, row: Row, field: str) -> float | None:
        """A number in months, from its column in months or in years; None if the cell is empty. It may leave the scale of ages.

        Raises:
            InputError: The cell is not a number.
        """
        unit = self._unit(field)
        text = self.text(row, unit)
        if text.lower() in ("", "nan", "na", "n/a"):
            return None
        try:
            number = float(text.replace(",", ".") if self.decimal_comma else text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise InputError(f"Expected a number in the column {self.by_field[unit]}, got {text!r}.")
        return number * (MONTHS_PER_YEAR if unit.endswith("_years") else 1)

    def _unit(self, field: str) -> str:
        return f"{field}_years" if f"{field}_years" in self.by_field else f"{field}_months"

    def sex(self, row: Row) -> Sex:
        """Sex of a row; unknown if the table does not state it.

        Raises:
            InputError: The cell is neither a sex nor, in a column such as `male`, true or false.
        """
        if text := self.text(row, "sex"):
            return parse_sex(text)
        for field, (true, false) in {"male": (Sex.MALE, Sex.FEMALE), "female": (Sex.FEMALE, Sex.MALE)}.items():
            if text := self.text(row, field):
                if text.lower() not in _TRUTH:
                    raise InputError(f"Expected true or false in the column {self.by_field[field]}, got {text!r}.")
                return true if _TRUTH[text.lower()] else false
        return Sex.UNKNOWN

    def split(self, row: Row) -> Split | None:
        """Split that the table assigns to a film; None if it assigns none.

        Raises:
            InputError: The cell names no split.
        """
        text = self.text(row, "split").lower()
        if text and text not in _SPLITS:
            raise InputError(f"Expected a split ({', '.join(_SPLITS)}), got {text!r}.")
        return _SPLITS.get(text)


def parse_mapping(text: str) -> dict[str, str]:
    """Read `id=Image,bone_age_months=BA` into columns by field.

    Raises:
        InputError: A part is not `field=column`, or the field is unknown.
    """
    mapping = {}
    for part in text.split(","):
        field, equals, column = (piece.strip() for piece in part.partition("="))
        if not equals or field not in FIELDS or not column:
            raise InputError(f"Expected FIELD=COLUMN with a field of {', '.join(FIELDS)}, got {part.strip()!r}.")
        mapping[field] = column
    return mapping


def recognise(table: Table, mapping: Mapping[str, str] | None = None) -> Columns:
    """Find the columns of a table: those of the mapping, and for other fields those with a known name.

    Raises:
        InputError: A mapped column is missing, a field has several columns, or a bone age has no unit.
    """
    given = dict(mapping or {})
    missing = [column for column in given.values() if column not in table.columns]
    if missing:
        raise InputError(f"Expected the column {missing[0]!r} in {table.path.name}; it has {', '.join(table.columns)}.")
    answered = {other for field in given for group in _ALTERNATIVES if field in group for other in group}
    for field, names in FIELDS.items():
        found = [column for column in table.columns if column not in given.values() and plain_name(column) in names]
        if field in given or field in answered or not found:
            continue
        if len(found) > 1:
            raise InputError(
                f"{table.path.name} has several columns for {field}: {', '.join(found)}; select one, as {field}=..."
            )
        given[field] = found[0]
    _check(table, given)
    return Columns({field: given[field] for field in FIELDS if field in given}, table.decimal_comma)


def _check(table: Table, given: Mapping[str, str]) -> None:
    """Refuse two columns for one thing, and a bone age without unit."""
    for group in _ALTERNATIVES:
        both = [field for field in group if field in given]
        if len(both) > 1:
            columns = ", ".join(given[field] for field in both)
            raise InputError(f"{table.path.name} has several columns for one thing: {columns}; select one, as {both[0]}=...")
    if "bone_age_months" in given or "bone_age_years" in given:
        return
    for column in table.columns:
        if plain_name(column) in _BONE_AGE:
            raise InputError(
                f"The column {column} of {table.path.name} does not state its unit; "
                f"give --columns bone_age_months={column} or --columns bone_age_years={column}."
            )


def plain_name(column: str) -> str:
    """A column's name without case and punctuation."""
    return re.sub(r"[^a-z0-9]", "", column.lower())
