"""The estimators by name. To add one, write a class in this package and register it here."""

from __future__ import annotations

from openboneage.assess.estimators.estimator import AgeEstimator
from openboneage.assess.estimators.studies import STUDY_ESTIMATORS
from openboneage.assess.estimators.whole_hand import WholeHandEstimator
from openboneage.errors import InputError

DEFAULT_ESTIMATOR = WholeHandEstimator.name
ESTIMATORS: dict[str, type[AgeEstimator]] = {each.name: each for each in (WholeHandEstimator, *STUDY_ESTIMATORS)}


def find_estimator(name: str) -> type[AgeEstimator]:
    """The estimator of that name.

    Raises:
        InputError: There is no such estimator; the text lists the names.
    """
    if name not in ESTIMATORS:
        raise InputError(f"Expected one of the estimators {', '.join(ESTIMATORS)}, got {name!r}.")
    return ESTIMATORS[name]
