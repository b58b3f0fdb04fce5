"""Adult height by every method that a child's data allow, the reasons for those left out, and their consensus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median

from openboneage.clinical.height.bayley_pinneau import bayley_pinneau, reinehr_2019
from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.height.prediction import HeightPrediction
from openboneage.clinical.height.roche import khamis_guo_1993, khamis_roche_1995, rwt_1975
from openboneage.clinical.height.tanner import tanner_1975, tanner_1975_by_bone_age
from openboneage.clinical.height.target import target_height
from openboneage.clinical.stature import height_findings
from openboneage.errors import InputError, RefusedError
from openboneage.findings import Finding, Severity

METHODS: dict[str, Callable[[HeightInputs], HeightPrediction]] = {
    "bayley-pinneau": bayley_pinneau,
    "reinehr-2019": reinehr_2019,
    "rwt-1975": rwt_1975,
    "khamis-guo-1993": khamis_guo_1993,
    "khamis-roche-1995": khamis_roche_1995,
    "tanner-1975": tanner_1975,
    "tanner-1975-by-bone-age": tanner_1975_by_bone_age,
    "target-height": target_height,
}


@dataclass(frozen=True)
class LeftOut:
    """A method that gives nothing for this child, and why."""

    method: str
    reason: str


@dataclass(frozen=True)
class Consensus:
    """What the methods agree on.

    Attributes:
        median_cm: Median of the predictions that count, cm.
        low_cm: Lowest of them, cm.
        high_cm: Highest of them, cm.
        methods: The methods that count.
    """

    median_cm: float
    low_cm: float
    high_cm: float
    methods: tuple[str, ...]


@dataclass(frozen=True)
class AdultHeight:
    """Adult height by every method that the inputs allow.

    Attributes:
        predictions: One for each method, in the order of `METHODS`.
        left_out: The other methods, with reasons.
        consensus: Median and range; `None` where no method counts.
        findings: What is unusual about the inputs.
    """

    predictions: tuple[HeightPrediction, ...]
    left_out: tuple[LeftOut, ...]
    consensus: Consensus | None
    findings: tuple[Finding, ...]


def predict_adult_height(inputs: HeightInputs) -> AdultHeight:
    """Predict adult height by every method that the inputs allow."""
    predictions, left_out = [], []
    for name, method in METHODS.items():
        try:
            predictions.append(_compared_with_today(method(inputs), inputs))
        except (InputError, RefusedError) as reason:
            left_out.append(LeftOut(name, str(reason)))
    findings = height_findings(inputs.sex, inputs.age_months, inputs.height_cm)
    return AdultHeight(tuple(predictions), tuple(left_out), _consensus(predictions), findings)


def _compared_with_today(prediction: HeightPrediction, inputs: HeightInputs) -> HeightPrediction:
    """Add a finding where a child is taller already than it is predicted to become."""
    if prediction.adult_height_cm >= inputs.height_cm or not prediction.in_consensus:
        return prediction
    message = f"{prediction.title} predicts {prediction.adult_height_cm:.1f} cm, less than the child's height today."
    finding = Finding("prediction-below-height", Severity.WARNING, message)
    return replace(prediction, findings=(*prediction.findings, finding))


def _consensus(predictions: list[HeightPrediction]) -> Consensus | None:
    counting = [item for item in predictions if item.in_consensus]
    if not counting:
        return None
    heights = [item.adult_height_cm for item in counting]
    return Consensus(median(heights), min(heights), max(heights), tuple(item.method for item in counting))
