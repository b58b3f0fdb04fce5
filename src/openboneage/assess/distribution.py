"""Bone age as a distribution over months, and what is read from it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openboneage.errors import WeightsError
from openboneage.findings import Finding, Severity
from openboneage.subject import Sex

Probabilities = NDArray[np.float64]

WIDE_MONTHS = 60.0
"""An interval wider than this is a finding: 99.5 % of the held-out films have a narrower one with set 1.0."""
TOO_WIDE_MONTHS = 72.0
"""An interval wider than this is no answer: the film is refused. Set on validation films, undamaged and damaged
(`docs/experiments.md`, Refusal)."""


@dataclass(frozen=True)
class Calibration:
    """How raw distributions become honest ones; from the weights card.

    Attributes:
        temperature: Logarithms of probabilities are divided by this, over 0.
        coverage: Share of children whose reading the interval is to hold, 0 to 1.
        central_mass: Mass between the ends of an interval of that coverage, found by distributional conformal prediction
            (Chernozhukov et al., PNAS 2021; 118(48)): the quantile of `|2 F(reading) - 1|` over the calibration films.
        bands_months: Inner edges of the bands of estimated age within which girls and boys have a mass of their own
            (Mondrian conformal prediction; Vovk et al., Algorithmic Learning in a Random World, 2005); empty for none.
        female: Girls' mass in each band, one more than there are edges.
        male: Boys' mass in each band.
    """

    temperature: float = 1.0
    coverage: float = 0.9
    central_mass: float = 0.9
    bands_months: tuple[float, ...] = ()
    female: tuple[float, ...] = ()
    male: tuple[float, ...] = ()

    @classmethod
    def from_card(cls, calibration: Mapping[str, Any]) -> Calibration:
        """Read the calibration that a weights card holds; cards of version 1.0 know no bands.

        Raises:
            WeightsError: The masses by sex are not one to each band.
        """
        rows = {key: tuple(map(float, calibration.get(key, ()))) for key in ("bands_months", "female", "male")}
        bands = len(rows["bands_months"]) + bool(rows["female"])
        if not len(rows["female"]) == len(rows["male"]) == bands:
            raise WeightsError(f"Expected one mass for each sex and band, got {rows} in the card's calibration.")
        temperature, coverage, central = (float(calibration[key]) for key in ("temperature", "coverage", "central_mass"))
        return cls(temperature, coverage, central, **rows)

    def mass_for(self, sex: Sex, mean_months: float) -> float:
        """Mass of the interval of a child: of its sex and band, or of all films where the sex is not known."""
        rows = {Sex.FEMALE: self.female, Sex.MALE: self.male}
        if sex not in rows or not rows[sex]:
            return self.central_mass
        return rows[sex][bisect_right(self.bands_months, mean_months)]


@dataclass(frozen=True, eq=False)
class AgeDistribution:
    """Bone age on the Greulich-Pyle scale.

    Attributes:
        probabilities: Probability of each month from 0 to 228, `(229,)`.
        mean_months: Mean, the bone age that is reported.
        sd_months: Standard deviation.
        low_months: Lower end of the interval.
        high_months: Upper end of the interval.
        coverage: Share of children whose reading the interval was measured to hold, 0 to 1.
    """

    probabilities: Probabilities
    mean_months: float
    sd_months: float
    low_months: float
    high_months: float
    coverage: float


def sharpen(probabilities: Probabilities, temperature: float) -> Probabilities:
    """Divide log-probabilities by a temperature, `(..., 229)`."""
    logs = np.log(np.maximum(probabilities, 1e-12)) / temperature
    scaled = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(scaled / scaled.sum(axis=-1, keepdims=True))


def describe(probabilities: Probabilities, calibration: Calibration, sex: Sex = Sex.UNKNOWN) -> AgeDistribution:
    """Calibrate a raw distribution `(229,)` of a child of that sex and read mean and interval from it."""
    honest = sharpen(probabilities, calibration.temperature)
    months = np.arange(len(honest))
    mean = float(honest @ months)
    tail = (1 - calibration.mass_for(sex, mean)) / 2
    honest.setflags(write=False)
    return AgeDistribution(
        probabilities=honest,
        mean_months=mean,
        sd_months=float(np.sqrt(honest @ (months - mean) ** 2)),
        low_months=quantile(honest, tail),
        high_months=quantile(honest, 1 - tail),
        coverage=calibration.coverage,
    )


def doubts(age: AgeDistribution) -> tuple[Finding, ...]:
    """What a wide interval says of the answer: a warning, or that there is none."""
    width = age.high_months - age.low_months
    if width > TOO_WIDE_MONTHS:
        message = f"The bone age cannot be told: its interval would span {width / 12:.0f} years. Check film, outline and side."
        return (Finding("age-not-told", Severity.REJECT, message),)
    if width > WIDE_MONTHS:
        message = f"The bone age is unsure: its interval spans {width / 12:.0f} years. Check film, outline and side."
        return (Finding("age-unsure", Severity.WARNING, message),)
    return ()


def quantile(probabilities: Probabilities, share: float) -> float:
    """Month below which that share of the mass lies; each month's mass is spread from half a month before to half after."""
    edges = np.arange(len(probabilities) + 1) - 0.5
    cumulated = np.concatenate([[0.0], np.cumsum(probabilities)])
    return float(np.clip(np.interp(share, cumulated / cumulated[-1], edges), 0, len(probabilities) - 1))


def cumulated_at(probabilities: Probabilities, months: float) -> float:
    """Mass below a month, with the spread of `quantile`: the distribution function."""
    edges = np.arange(len(probabilities) + 1) - 0.5
    return float(np.interp(months, edges, np.concatenate([[0.0], np.cumsum(probabilities)])))
