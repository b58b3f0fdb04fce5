"""Bone age as a distribution over months: calibration, mean and interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import pydantic
from numpy.typing import NDArray
from pydantic import Field, PlainSerializer, PlainValidator

from openboneage.findings import Finding, Severity
from openboneage.quantities import BoneAgeMonths, Positive, Share
from openboneage.weights.strict import STRICT

Probabilities = NDArray[np.float64]

MONTHS = 229
"""Whole months from 0 to 228, the end of the Greulich-Pyle scale."""
WIDE_MONTHS = 60.0
"""An interval wider than this gives a warning: 99.5 % of the held-out films had a narrower one with set 1.0."""
TOO_WIDE_MONTHS = 72.0
"""A film with an interval wider than this is refused. Set on validation films, undamaged and damaged
(`docs/experiments.md`, Refusal)."""


@pydantic.dataclasses.dataclass(frozen=True, config=STRICT)
class Calibration:
    """How distributions are calibrated; a section of a weights card.

    Attributes:
        temperature: Log-probabilities are divided by this, over 0.
        coverage: Share of children whose reading the interval should hold, 0 to 1.
        central_mass: Mass between the ends of an interval of that coverage, found by distributional conformal prediction
            (Chernozhukov et al., PNAS 2021; 118(48)): the quantile of `|2 F(reading) - 1|` over the calibration films.
    """

    temperature: Positive
    coverage: Share
    central_mass: Share


UNCALIBRATED = Calibration(temperature=1.0, coverage=0.9, central_mass=0.9)
"""A calibration that changes nothing."""


def _monthly(values: object) -> Probabilities:
    array = np.array(values, np.float64)
    if array.shape != (MONTHS,):
        raise ValueError(f"Expected {MONTHS} probabilities, got an array of shape {array.shape}.")
    array.setflags(write=False)
    return array


PublishedProbabilities = Annotated[
    Probabilities,
    PlainValidator(_monthly),
    PlainSerializer(
        lambda probabilities: [round(each, 6) for each in probabilities.tolist()],
        return_type=Annotated[list[Share], Field(min_length=MONTHS, max_length=MONTHS)],
    ),
]


@dataclass(frozen=True)
class AgeInterval:
    """The interval around a bone age."""

    low_months: Annotated[BoneAgeMonths, Field(description="Lower end, in months.")]
    high_months: Annotated[BoneAgeMonths, Field(description="Upper end, in months.")]
    coverage: Annotated[Share, Field(description="Share of children whose reading should lie in the interval.")]


@dataclass(frozen=True, eq=False, kw_only=True)
class AgeDistribution:
    """Bone age as a distribution over months."""

    scale: Annotated[Literal["Greulich-Pyle"], Field(description="The standard that the age refers to.")] = "Greulich-Pyle"
    mean_months: Annotated[BoneAgeMonths, Field(description="Mean of the distribution: the bone age, in months.")]
    sd_months: Annotated[BoneAgeMonths, Field(description="Standard deviation of the distribution, in months.")]
    interval: Annotated[AgeInterval, Field(description="The interval around the bone age.")]
    probabilities: Annotated[
        PublishedProbabilities,
        Field(alias="distribution", description="Probability of each whole month from 0 to 228, rounded to six decimals."),
    ]


def softmax(logits: Probabilities) -> Probabilities:
    """Probabilities from logits along the last axis; importing scipy's function takes too long."""
    scaled = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(scaled / scaled.sum(axis=-1, keepdims=True))


def temperature_scaled(probabilities: Probabilities, temperature: float) -> Probabilities:
    """Divide log-probabilities by a temperature, `(..., 229)` (Guo et al., ICML 2017)."""
    return softmax(np.log(np.maximum(probabilities, 1e-12)) / temperature)


def describe(probabilities: Probabilities, calibration: Calibration) -> AgeDistribution:
    """Calibrate a distribution `(229,)` and read mean and interval from it."""
    calibrated = temperature_scaled(probabilities, calibration.temperature)
    calibrated.setflags(write=False)
    months = np.arange(len(calibrated))
    mean = float(calibrated @ months)
    tail = (1 - calibration.central_mass) / 2
    return AgeDistribution(
        probabilities=calibrated,
        mean_months=mean,
        sd_months=float(np.sqrt(calibrated @ (months - mean) ** 2)),
        interval=AgeInterval(quantile(calibrated, tail), quantile(calibrated, 1 - tail), calibration.coverage),
    )


def interval_findings(age: AgeDistribution) -> tuple[Finding, ...]:
    """Findings about the width of the interval: a wide one gives a warning, a very wide one a refusal."""
    width = age.interval.high_months - age.interval.low_months
    if width > TOO_WIDE_MONTHS:
        message = f"Bone age could not be determined: its interval spans {width / 12:.0f} years. Check film, outline and side."
        return (Finding("age-undetermined", Severity.REJECT, message),)
    if width > WIDE_MONTHS:
        message = f"The bone age is uncertain: its interval spans {width / 12:.0f} years. Check film, outline and side."
        return (Finding("age-unsure", Severity.WARNING, message),)
    return ()


def quantile(probabilities: Probabilities, share: float) -> float:
    """Month below which that share of the mass lies; the mass of a month is spread over half a month on both sides."""
    edges = np.arange(len(probabilities) + 1) - 0.5
    cumulated = np.concatenate([[0.0], np.cumsum(probabilities)])
    return float(np.clip(np.interp(share, cumulated / cumulated[-1], edges), 0, len(probabilities) - 1))


def cumulated_at(probabilities: Probabilities, months: float) -> float:
    """Mass below a month, with the spread of `quantile`: the distribution function."""
    edges = np.arange(len(probabilities) + 1) - 0.5
    return float(np.interp(months, edges, np.concatenate([[0.0], np.cumsum(probabilities)])))
