"""A child's visits, read from a patient file: CSV with a row for each visit, or JSON.

CSV columns and JSON keys are the same. Unknown columns are errors, so that a misspelt column is noticed. There is no
column for a name or an identifier.

- child (in CSV the same in each row, or only in the first): `sex`, `mother_height_cm`, `father_height_cm`, `birth_weight_kg`,
  `menarche_age_months`
- visit: `age` such as `9y3m` or `age_months`; `bone_age` or `bone_age_months`; `bone_age_low_months`, `bone_age_high_months`;
  `tw2_bone_age_months`; `height_cm`; `weight_kg`; `menarche` (yes or no)
"""

from __future__ import annotations

import json
import math
import reprlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openboneage.clinical.height.inputs import (
    checked_birth_weight_kg,
    checked_menarche,
    checked_menarche_age_months,
    checked_parent_cm,
    checked_weight_kg,
)
from openboneage.clinical.input_files import csv_rows, read_text
from openboneage.clinical.stature import checked_bone_age_months, checked_height_cm
from openboneage.clinical.table_files import known_sex
from openboneage.errors import InputError
from openboneage.subject import Sex, checked_age_months, parse_age_months, parse_sex

_CHILD_FIELDS = ("sex", "mother_height_cm", "father_height_cm", "birth_weight_kg", "menarche_age_months")
_NUMBERS = ("bone_age_low_months", "bone_age_high_months", "tw2_bone_age_months", "height_cm", "weight_kg")
_VISIT_FIELDS = ("age", "age_months", "bone_age", "bone_age_months", *_NUMBERS, "menarche")
_ANSWERS = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}


@dataclass(frozen=True)
class Visit:
    """Measurements of one visit.

    Attributes:
        age_months: Chronological age, months.
        bone_age_months: Greulich-Pyle bone age, months.
        bone_age_low_months: Lower end of its interval, months.
        bone_age_high_months: Upper end of its interval, months.
        tw2_bone_age_months: TW2-RUS bone age on the old British norms, months.
        height_cm: Height, cm.
        weight_kg: Weight, kg.
        menarche: Whether a girl has had her menarche.
    """

    age_months: float
    bone_age_months: float | None = None
    bone_age_low_months: float | None = None
    bone_age_high_months: float | None = None
    tw2_bone_age_months: float | None = None
    height_cm: float | None = None
    weight_kg: float | None = None
    menarche: bool | None = None


@dataclass(frozen=True)
class Child:
    """A child's visits, the earliest first.

    Attributes:
        sex: Female or male.
        visits: The visits.
        mother_height_cm: Height of the mother, cm.
        father_height_cm: Height of the father, cm.
        birth_weight_kg: Weight at birth, kg.
        menarche_age_months: Age of a girl at menarche, months.
    """

    sex: Sex
    visits: tuple[Visit, ...]
    mother_height_cm: float | None = None
    father_height_cm: float | None = None
    birth_weight_kg: float | None = None
    menarche_age_months: float | None = None

    def __post_init__(self) -> None:
        """Check the visits and sort them by age.

        Raises:
            InputError: A value is out of range, there are no visits, or two of them are at one age.
        """
        known_sex(self.sex)
        if not self.visits:
            raise InputError("A child needs at least one visit.")
        for parent, height in (("mother", self.mother_height_cm), ("father", self.father_height_cm)):
            if height is not None:
                checked_parent_cm(parent, height)
        if self.birth_weight_kg is not None:
            checked_birth_weight_kg(self.birth_weight_kg)
        if self.menarche_age_months is not None:
            checked_menarche_age_months(self.sex, self.menarche_age_months)
        for visit in self.visits:
            try:
                _check_visit(self.sex, visit)
                self._check_menarche(visit)
            except InputError as error:
                raise InputError(f"Visit at {visit.age_months:g} months: {error}") from error
        ages = [visit.age_months for visit in self.visits]
        if len(set(ages)) < len(ages):
            raise InputError("Two visits have the same age; each visit needs its own.")
        object.__setattr__(self, "visits", tuple(sorted(self.visits, key=lambda visit: visit.age_months)))

    def past_menarche(self, visit: Visit) -> bool | None:
        """Return whether a girl has had her menarche at a visit; her age at menarche implies it too."""
        if self.menarche_age_months is None:
            return visit.menarche
        return visit.age_months >= self.menarche_age_months

    def _check_menarche(self, visit: Visit) -> None:
        if visit.menarche is not None and visit.menarche is not self.past_menarche(visit):
            answer = "yes" if visit.menarche else "no"
            raise InputError(f"Menarche is {answer}, but the age at menarche is {self.menarche_age_months:g} months.")


def read_child(path: Path, sex: Sex | None = None, mother_cm: float | None = None, father_cm: float | None = None) -> Child:
    """Read a patient file.

    Args:
        path: CSV or JSON file.
        sex: Sex of the child, if the file does not have it.
        mother_cm: Height of the mother in cm, if the file does not have it.
        father_cm: Height of the father in cm, if the file does not have it.

    Raises:
        InputError: The file cannot be read, a column is not known, or a value cannot be used; the row is named.
    """
    child, rows = _read(path)
    given = {"sex": sex, "mother_height_cm": mother_cm, "father_height_cm": father_cm}
    for key, value in given.items():
        if value is not None:
            child[key] = _one(key, [child.get(key), value])
    if child.get("sex") is None:
        raise InputError(f"{path.name} does not state the sex: give a column `sex` with F or M, or the option --sex.")
    sex_of_child = child.pop("sex")
    return Child(sex_of_child, tuple(rows), **child)


def _read(path: Path) -> tuple[dict[str, Any], list[Visit]]:
    """Return the child's data in a file, and the visits."""
    text = read_text(path)
    head, rows = _json_visits(text, path.name) if path.suffix.lower() == ".json" else _csv_visits(text, path.name)
    visits, children = [], [_child(head)]
    for number, row in enumerate(rows, start=1):
        try:
            children.append(_child({key: row[key] for key in _CHILD_FIELDS if key in row}))
            visits.append(_visit(row))
        except InputError as error:
            raise InputError(f"{path.name}, visit {number}: {error}") from error
    return {key: _one(key, [item.get(key) for item in children]) for key in _CHILD_FIELDS}, visits


def _csv_visits(text: str, name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    columns, rows = csv_rows(text, name, "sex, age, bone_age, height_cm and others")
    _refuse_unknown(columns, (*_CHILD_FIELDS, *_VISIT_FIELDS), name)
    return {}, [{key: cell for key, cell in row.items() if cell} for row in rows]


def _json_visits(text: str, name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{name} is not valid JSON: line {error.lineno}, column {error.colno}.") from error
    except RecursionError:
        raise InputError(f"{name} is nested too deeply for a file of visits.") from None
    except ValueError as error:  # a whole number of more than 4,300 digits
        raise InputError(f"{name} contains a number that is too long to read.") from error
    rows = content.get("visits") if isinstance(content, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(f'{name} must hold {{"sex": "F", "visits": [{{"age": "9y3m", "height_cm": 131.0}}]}}.')
    _refuse_unknown(content, (*_CHILD_FIELDS, "visits"), name)
    for row in rows:
        _refuse_unknown(row, _VISIT_FIELDS, name)
    head = {key: value for key, value in content.items() if key != "visits"}
    return head, [{key: value for key, value in row.items() if value is not None} for row in rows]


def _refuse_unknown(keys: Iterable[str], known: tuple[str, ...], name: str) -> None:
    unknown = [key for key in keys if key not in known]
    if unknown:
        raise InputError(f"{name} has columns that are not known: {', '.join(unknown)}. Known are {', '.join(known)}.")


def _child(fields: Mapping[str, Any]) -> dict[str, Any]:
    child: dict[str, Any] = {key: _number(value, key) for key, value in fields.items() if key != "sex" and value is not None}
    if fields.get("sex") is not None:
        child["sex"] = parse_sex(str(fields["sex"]))
    return child


def _one(key: str, values: list[Any]) -> Any:
    """Return the one value that is given, if any."""
    given = {value for value in values if value is not None}
    if len(given) > 1:
        raise InputError(f"{key} is given more than once with different values; a file contains the visits of one child.")
    return given.pop() if given else None


def _visit(row: Mapping[str, Any]) -> Visit:
    age = _age(row, "age")
    if age is None:
        raise InputError("Needs `age` such as 9y3m, or `age_months`.")
    numbers: dict[str, Any] = {key: _number(row[key], key) for key in _NUMBERS if key in row}
    return Visit(age, _age(row, "bone_age"), menarche=_answer(row), **numbers)


def _age(row: Mapping[str, Any], key: str) -> float | None:
    text, months = row.get(key), row.get(f"{key}_months")
    if text is not None and months is not None:
        raise InputError(f"Give {key} or {key}_months, not both.")
    if text is not None:
        return parse_age_months(str(text))
    return None if months is None else checked_age_months(_number(months, f"{key}_months"))


def _number(value: Any, key: str) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"{key} must be a number, got {reprlib.repr(value)}.")
    return number


def _answer(row: Mapping[str, Any]) -> bool | None:
    if "menarche" not in row:
        return None
    word = str(row["menarche"]).strip().lower()
    if word not in _ANSWERS:
        raise InputError(f"menarche must be yes or no, got {row['menarche']!r}.")
    return _ANSWERS[word]


def _check_visit(sex: Sex, visit: Visit) -> None:
    age = checked_age_months(visit.age_months)
    low, high = visit.bone_age_low_months, visit.bone_age_high_months
    for bone_age in (visit.bone_age_months, visit.tw2_bone_age_months, low, high):
        if bone_age is not None:
            checked_bone_age_months(bone_age, age)
    if visit.height_cm is not None:
        checked_height_cm(sex, age, visit.height_cm)
    if visit.weight_kg is not None:
        checked_weight_kg(visit.weight_kg, visit.height_cm)
    checked_menarche(sex, visit.menarche)
    if (low is None) != (high is None):
        raise InputError("An interval of bone age needs both ends, bone_age_low_months and bone_age_high_months.")
    if (
        low is not None
        and high is not None
        and not (visit.bone_age_months is not None and low <= visit.bone_age_months <= high)
    ):
        raise InputError(f"A bone age must lie inside its interval, {low:g} to {high:g} months.")
