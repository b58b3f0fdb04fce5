"""The estimators of published papers, from the folder of a trained study: `--models FOLDER --estimator lee-2017`.

A study exports its networks with the interface of the whole-hand model, so that everything that works with the shipped
estimator works with these.
"""

from __future__ import annotations

from typing import Any, ClassVar

from openboneage.assess.estimators.whole_hand import WholeHandEstimator, WholeHandSpecification
from openboneage.weights.role import Role


class Lee2017Estimator(WholeHandEstimator):
    """Lee et al. 2017: GoogLeNet, classes of years."""

    name: ClassVar[str] = "lee-2017"
    roles: ClassVar[tuple[Role[Any], ...]] = (Role("lee-2017", WholeHandSpecification),)


class Spampinato2017Estimator(WholeHandEstimator):
    """Spampinato et al. 2017: BoNet."""

    name: ClassVar[str] = "spampinato-2017"
    roles: ClassVar[tuple[Role[Any], ...]] = (Role("spampinato-2017", WholeHandSpecification),)


class Pan2020Estimator(WholeHandEstimator):
    """Pan et al. 2020: features of a network and kernel ridge regression."""

    name: ClassVar[str] = "pan-2020"
    roles: ClassVar[tuple[Role[Any], ...]] = (Role("pan-2020", WholeHandSpecification),)


class RidgeNet2021Estimator(WholeHandEstimator):
    """RidgeNet 2021: VGG-19 with a ridge regression output."""

    name: ClassVar[str] = "ridgenet-2021"
    roles: ClassVar[tuple[Role[Any], ...]] = (Role("ridgenet-2021", WholeHandSpecification),)


STUDY_ESTIMATORS = (Lee2017Estimator, Spampinato2017Estimator, Pan2020Estimator, RidgeNet2021Estimator)
