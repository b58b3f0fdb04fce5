"""The inputs of adult height prediction; checked once, here."""

from __future__ import annotations

import math
from dataclasses import dataclass

from openboneage.clinical.stature import CM_PER_INCH, checked_bone_age_months, checked_height_cm
from openboneage.clinical.table_files import known_sex
from openboneage.errors import InputError, RefusedError
from openboneage.findings import Finding, Severity
from openboneage.subject import MONTHS_PER_YEAR, Sex, checked_age_months, format_age

PARENT_CM = (120.0, 220.0)
WEIGHT_KG = (2.0, 250.0)
BIRTH_WEIGHT_KG = (0.3, 7.0)
MENARCHE_MONTHS = (72.0, 240.0)
BODY_MASS_INDEX = (10.0, 40.0)  # kg/m2; beyond, the weight is in pounds or the height in inches: a rule of this program
UNUSUAL_BODY_MASS_INDEX = 30.0  # from here on a weight may be in pounds: a healthy child's in pounds is 30 to 48; our rule
KG_PER_POUND = 0.45359237

ADULT_AGE_MONTHS = 18 * MONTHS_PER_YEAR
MATURE_BONE_AGE_MONTHS = {Sex.MALE: 18 * MONTHS_PER_YEAR, Sex.FEMALE: 17 * MONTHS_PER_YEAR}
"""Beyond 18 years, a bone age below this is refused: no method was made for such adults. A rule of this program."""

_WORDS = {
    "weight_kg": "weight",
    "bone_age_months": "a Greulich-Pyle bone age",
    "tw2_bone_age_months": "a TW2-RUS bone age (old British norms)",
    "father_height_cm": "the father's height",
    "mother_height_cm": "the mother's height",
}


@dataclass(frozen=True)
class EarlierVisit:
    """An earlier visit, from which TW Mark II takes the yearly increments.

    Attributes:
        age_months: Chronological age, months.
        height_cm: Standing height, cm.
        tw2_bone_age_months: TW2-RUS bone age on the old British norms, months.
    """

    age_months: float
    height_cm: float
    tw2_bone_age_months: float | None = None


@dataclass(frozen=True)
class HeightInputs:
    """One child at one visit. Only the first three are needed by every method that predicts from the child's own height.

    Attributes:
        sex: Female or male.
        age_months: Chronological age, months.
        height_cm: Standing height, cm; length, lying, under 2 years.
        recumbent_length_cm: Length lying, cm, if it was measured beside the standing height (RWT 1975).
        weight_kg: Weight, kg.
        birth_weight_kg: Weight at birth, kg (Blum 2022).
        bone_age_months: Greulich-Pyle bone age, months.
        tw2_bone_age_months: TW2-RUS bone age on the old British norms (`tw2-uk`), months; not a TW3 age.
        father_height_cm: Height of the father, cm.
        mother_height_cm: Height of the mother, cm.
        menarche: Whether a girl has had her menarche; `None` if not known.
        menarche_age_months: Age at menarche, months (TW Mark II).
        earlier: A visit about one year earlier (TW Mark II).
    """

    sex: Sex
    age_months: float
    height_cm: float
    recumbent_length_cm: float | None = None
    weight_kg: float | None = None
    birth_weight_kg: float | None = None
    bone_age_months: float | None = None
    tw2_bone_age_months: float | None = None
    father_height_cm: float | None = None
    mother_height_cm: float | None = None
    menarche: bool | None = None
    menarche_age_months: float | None = None
    earlier: EarlierVisit | None = None

    def __post_init__(self) -> None:
        """Check that every value is possible.

        Raises:
            InputError: A value is out of range; the message names the limits, the unit and the likely mistake.
        """
        known_sex(self.sex)
        checked_age_months(self.age_months)
        checked_height_cm(self.sex, self.age_months, self.height_cm)
        self._check_body()
        for age in (self.bone_age_months, self.tw2_bone_age_months):
            if age is not None:
                checked_bone_age_months(age, self.age_months)
        for parent, height in (("father", self.father_height_cm), ("mother", self.mother_height_cm)):
            if height is not None:
                checked_parent_cm(parent, height)
        checked_menarche(self.sex, self.menarche)
        if self.menarche_age_months is not None:
            checked_menarche_age_months(self.sex, self.menarche_age_months, self.age_months)
            if self.menarche is False:
                raise InputError("An age at menarche is given, and menarche is no.")
        if self.earlier is not None:
            _check_earlier(self, self.earlier)

    def _check_body(self) -> None:
        if self.recumbent_length_cm is not None:
            _check_recumbent(self.recumbent_length_cm, self.height_cm)
        if self.weight_kg is not None:
            checked_weight_kg(self.weight_kg, self.height_cm)
        if self.birth_weight_kg is not None:
            checked_birth_weight_kg(self.birth_weight_kg)

    @property
    def age_years(self) -> float:
        """Chronological age in years, as the equations take it."""
        return self.age_months / MONTHS_PER_YEAR

    @property
    def bone_age_years(self) -> float:
        """Greulich-Pyle bone age in years.

        Raises:
            InputError: No bone age is given.
            RefusedError: The child is an adult by age, but not by bone age.
        """
        return self.given("bone_age_months")[0] / MONTHS_PER_YEAR

    @property
    def tw2_bone_age_years(self) -> float:
        """TW2-RUS bone age in years.

        Raises:
            InputError: No TW2-RUS bone age is given.
            RefusedError: The child is an adult by age, but not by bone age.
        """
        return self.given("tw2_bone_age_months")[0] / MONTHS_PER_YEAR

    @property
    def midparent_cm(self) -> float:
        """Mean height of both parents, without a term for the sex of the child, cm.

        Raises:
            InputError: A parent's height is not given.
        """
        father, mother = self.given("father_height_cm", "mother_height_cm")
        return (father + mother) / 2

    @property
    def past_menarche(self) -> bool | None:
        """Whether a girl has had her menarche; an age at menarche says so too."""
        return True if self.menarche_age_months is not None else self.menarche

    def given(self, *names: str) -> tuple[float, ...]:
        """Return the values of fields that a method needs, in the order asked for.

        Raises:
            InputError: Some are not given; the message names every one of them.
            RefusedError: A bone age is asked for, and it is immature in an adult.
        """
        values = {name: getattr(self, name) for name in names}
        missing = [_WORDS[name] for name, value in values.items() if value is None]
        if missing:
            raise InputError(f"Needs {', '.join(missing)}.")
        if self.age_months > ADULT_AGE_MONTHS:
            for name in ("bone_age_months", "tw2_bone_age_months"):
                if values.get(name, ADULT_AGE_MONTHS) < MATURE_BONE_AGE_MONTHS[self.sex]:
                    raise RefusedError(
                        f"The age is over 18 years ({format_age(self.age_months)}), but the bone age "
                        f"({format_age(values[name])}) is not mature: no method was made for this."
                    )
        return tuple(values.values())


def checked_parent_cm(parent: str, height_cm: float) -> float:
    """Return the height of a parent if it is possible, cm.

    Raises:
        InputError: It is not; the message says so where it would be possible in inches.
    """
    low, high = PARENT_CM
    if low <= height_cm <= high:
        return height_cm
    inches = f" If it is in inches, give {height_cm * CM_PER_INCH:.1f} cm." if low <= height_cm * CM_PER_INCH <= high else ""
    raise InputError(f"The height of the {parent} must lie between {low:.0f} and {high:.0f} cm, got {height_cm:g}.{inches}")


def checked_weight_kg(weight_kg: float, height_cm: float | None) -> float:
    """Return a weight if it is possible, alone and beside the height, kg.

    Raises:
        InputError: It is not; the message says so where it would be possible in pounds.
    """
    low, high = WEIGHT_KG
    if not low <= weight_kg <= high:
        raise InputError(f"A weight must lie between {low:g} and {high:g} kg, got {weight_kg:g}.")
    if height_cm is None:
        return weight_kg
    least, most = BODY_MASS_INDEX
    square_metres = (height_cm / 100) ** 2
    if least <= weight_kg / square_metres <= most:
        return weight_kg
    in_kg = weight_kg * KG_PER_POUND
    pounds = f" If it is in pounds, give {in_kg:.1f} kg." if least <= in_kg / square_metres <= most else ""
    raise InputError(
        f"At {height_cm:g} cm a weight of {least * square_metres:.1f} to {most * square_metres:.1f} kg was expected (body mass "
        f"index {least:g} to {most:g}), got {weight_kg:g}.{pounds}"
    )


def weight_findings(weight_kg: float | None, height_cm: float) -> tuple[Finding, ...]:
    """Return a finding where a weight is possible, but so high that it may be in pounds."""
    index = 0.0 if weight_kg is None else weight_kg / (height_cm / 100) ** 2
    if weight_kg is None or index < UNUSUAL_BODY_MASS_INDEX:
        return ()
    message = f"Body mass index {index:.1f}: check the weight. {weight_kg:g} pounds would be {weight_kg * KG_PER_POUND:.1f} kg."
    return (Finding("weight-unusual", Severity.WARNING, message),)


def checked_menarche(sex: Sex, menarche: bool | None) -> bool | None:
    """Return whether there was a menarche, if the question fits the sex.

    Raises:
        InputError: Menarche is given for a boy.
    """
    if menarche and sex is Sex.MALE:
        raise InputError("Menarche is given for a boy: check the sex.")
    return menarche


def checked_menarche_age_months(sex: Sex, menarche_age_months: float, age_months: float = math.inf) -> float:
    """Return the age at menarche if it is possible up to the present age, months.

    Raises:
        InputError: It is not, or it is given for a boy.
    """
    checked_menarche(sex, True)
    low, high = MENARCHE_MONTHS[0], min(MENARCHE_MONTHS[1], age_months)
    if not low <= checked_age_months(menarche_age_months) <= high:
        raise InputError(
            f"An age at menarche must lie between {format_age(low)} and {format_age(high)}, got "
            f"{format_age(menarche_age_months)}."
        )
    return menarche_age_months


def checked_birth_weight_kg(weight_kg: float) -> float:
    """Return a birth weight if it is possible, kg.

    Raises:
        InputError: It is not.
    """
    low, high = BIRTH_WEIGHT_KG
    if not low <= weight_kg <= high:
        raise InputError(f"A birth weight must lie between {low:g} and {high:g} kg, got {weight_kg:g}.")
    return weight_kg


def _check_recumbent(length_cm: float, height_cm: float) -> None:
    if not -1.0 <= length_cm - height_cm <= 5.0:
        raise InputError(
            f"A recumbent length must lie between 1 cm below and 5 cm above the standing height, got {length_cm:g} cm beside "
            f"{height_cm:g} cm."
        )


def _check_earlier(inputs: HeightInputs, earlier: EarlierVisit) -> None:
    if not checked_age_months(earlier.age_months) < inputs.age_months:
        raise InputError(
            f"The earlier visit must lie before {format_age(inputs.age_months)}, got {format_age(earlier.age_months)}."
        )
    checked_height_cm(inputs.sex, earlier.age_months, earlier.height_cm)
    if earlier.tw2_bone_age_months is not None:
        checked_bone_age_months(earlier.tw2_bone_age_months, earlier.age_months)
