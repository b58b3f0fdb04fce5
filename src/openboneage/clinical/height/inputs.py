"""What adult height is predicted from; checked once, here."""

from __future__ import annotations

from dataclasses import dataclass

from openboneage.clinical.stature import CM_PER_INCH, checked_bone_age_months, checked_height_cm
from openboneage.clinical.table_files import known_sex
from openboneage.errors import InputError
from openboneage.subject import MONTHS_PER_YEAR, Sex, checked_age_months

PARENT_CM = (120.0, 220.0)
WEIGHT_KG = (2.0, 250.0)
BODY_MASS_INDEX = (10.0, 40.0)  # kg/m2; beyond, the weight is in pounds or the height in inches: a rule of this program
KG_PER_POUND = 0.45359237


@dataclass(frozen=True)
class HeightInputs:
    """One child at one visit. Only the first three are needed by every method that predicts from the child's own height.

    Attributes:
        sex: Female or male.
        age_months: Chronological age, months.
        height_cm: Standing height, cm; length, lying, under 2 years.
        recumbent_length_cm: Length lying, cm, if it was measured beside the standing height (RWT 1975).
        weight_kg: Weight, kg.
        bone_age_months: Greulich-Pyle bone age, months.
        tw2_bone_age_months: TW2-RUS bone age on the old British norms (`tw2-uk`), months; no TW3 age.
        father_height_cm: Height of the father, cm.
        mother_height_cm: Height of the mother, cm.
        menarche: Whether a girl has had her menarche; `None` if not known.
    """

    sex: Sex
    age_months: float
    height_cm: float
    recumbent_length_cm: float | None = None
    weight_kg: float | None = None
    bone_age_months: float | None = None
    tw2_bone_age_months: float | None = None
    father_height_cm: float | None = None
    mother_height_cm: float | None = None
    menarche: bool | None = None

    def __post_init__(self) -> None:
        """Check every value against what is possible.

        Raises:
            InputError: A value is out of range; the message names the unit, and the likely mistake.
        """
        known_sex(self.sex)
        checked_age_months(self.age_months)
        checked_height_cm(self.sex, self.age_months, self.height_cm)
        if self.recumbent_length_cm is not None:
            _check_recumbent(self.recumbent_length_cm, self.height_cm)
        for age in (self.bone_age_months, self.tw2_bone_age_months):
            if age is not None:
                checked_bone_age_months(age, self.age_months)
        if self.weight_kg is not None:
            checked_weight_kg(self.weight_kg, self.height_cm)
        for parent, height in (("father", self.father_height_cm), ("mother", self.mother_height_cm)):
            if height is not None:
                checked_parent_cm(parent, height)
        checked_menarche(self.sex, self.menarche)

    @property
    def age_years(self) -> float:
        """Chronological age in years, as the equations take it."""
        return self.age_months / MONTHS_PER_YEAR

    @property
    def bone_age_years(self) -> float:
        """Greulich-Pyle bone age in years.

        Raises:
            InputError: No bone age is given.
        """
        return needed(self.bone_age_months, "a Greulich-Pyle bone age") / MONTHS_PER_YEAR

    @property
    def tw2_bone_age_years(self) -> float:
        """TW2-RUS bone age in years.

        Raises:
            InputError: No TW2-RUS bone age is given.
        """
        return needed(self.tw2_bone_age_months, "a TW2-RUS bone age (old British norms)") / MONTHS_PER_YEAR

    @property
    def midparent_cm(self) -> float:
        """Mean height of both parents, without a term for the sex of the child, cm.

        Raises:
            InputError: A parent's height is not given.
        """
        father = needed(self.father_height_cm, "the height of both parents")
        return (father + needed(self.mother_height_cm, "the height of both parents")) / 2


def needed(value: float | None, what: str) -> float:
    """Return a value that a method cannot do without.

    Raises:
        InputError: It is not given.
    """
    if value is None:
        raise InputError(f"Needs {what}.")
    return value


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


def _check_recumbent(length_cm: float, height_cm: float) -> None:
    if not -1.0 <= length_cm - height_cm <= 5.0:
        raise InputError(
            f"A recumbent length is 0 to 3 cm more than the standing height, got {length_cm:g} cm beside {height_cm:g} cm."
        )


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


def checked_menarche(sex: Sex, menarche: bool | None) -> bool | None:
    """Return whether there was a menarche, if the question fits the sex.

    Raises:
        InputError: Menarche is given for a boy.
    """
    if menarche and sex is Sex.MALE:
        raise InputError("Menarche is given for a boy: check the sex.")
    return menarche
