"""Adult height by every method that a child's data allow, the reasons for those left out, and their consensus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median

from openboneage.clinical.height.bayley_pinneau import bayley_pinneau
from openboneage.clinical.height.blum import blum_2022
from openboneage.clinical.height.inputs import HeightInputs, weight_findings
from openboneage.clinical.height.prediction import Cohort, HeightPrediction
from openboneage.clinical.height.reinehr import reinehr_2019
from openboneage.clinical.height.roche import khamis_guo_1993, khamis_roche_1995, rwt_1975
from openboneage.clinical.height.tanner import tanner_1975, tanner_1975_by_bone_age
from openboneage.clinical.height.target import target_height, target_height_conditional, target_height_luo
from openboneage.clinical.height.tw_mark2 import tw_mark2_1983
from openboneage.clinical.stature import IMPOSSIBLE_SDS, LAST_MONTHS, height_findings, height_for_age
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
    "tw-mark2-1983": tw_mark2_1983,
    "blum-2022": blum_2022,
    "target-height": target_height,
    "target-height-luo": target_height_luo,
    "target-height-conditional": target_height_conditional,
}


@dataclass(frozen=True)
class LeftOut:
    """A method that makes no prediction for this child, and why."""

    method: str
    reason: str


@dataclass(frozen=True)
class Consensus:
    """The median of the methods that count, one vote for each cohort.

    Methods fitted on the same children make the same errors: the median of their predictions is one vote.

    Attributes:
        median_cm: Median of the votes, cm.
        spread_cm: Lowest and highest prediction of the methods that count, cm; `None` with one method. It is the disagreement
        of
            methods, not an error band.
        methods: The methods that count.
    """

    median_cm: float
    spread_cm: tuple[float, float] | None
    methods: tuple[str, ...]


@dataclass(frozen=True)
class AdultHeight:
    """Adult height by every method that the inputs allow.

    Attributes:
        predictions: One for each method, in the order of `METHODS`.
        left_out: The other methods, with reasons.
        consensus: Median and spread; `None` where no method counts.
        findings: Unusual inputs.
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
            predictions.append(_checked(method(inputs), inputs))
        except (InputError, RefusedError) as reason:
            left_out.append(LeftOut(name, str(reason)))
    findings = (
        *height_findings(inputs.sex, inputs.age_months, inputs.height_cm),
        *weight_findings(inputs.weight_kg, inputs.height_cm),
    )
    return AdultHeight(tuple(predictions), tuple(left_out), _consensus(predictions), findings)


def _checked(prediction: HeightPrediction, inputs: HeightInputs) -> HeightPrediction:
    """Raise a prediction to the present height, and refuse an impossible one.

    Raises:
        RefusedError: The prediction lies beyond 6 SD of the heights of adults.
    """
    height = prediction.adult_height_cm
    sds = height_for_age(inputs.sex, LAST_MONTHS, max(height, 1.0)).sds
    if abs(sds) > IMPOSSIBLE_SDS and height > inputs.height_cm:
        raise RefusedError(
            f"Predicts {height:.0f} cm, beyond {IMPOSSIBLE_SDS:g} SD of the heights of adults: check the inputs."
        )
    if prediction.cohort is Cohort.PARENTS or height >= inputs.height_cm:
        return prediction
    message = f"{prediction.title} predicts {height:.1f} cm, less than the present height: raised to it, and not counted."
    finding = Finding("prediction-below-height", Severity.WARNING, message)
    return replace(
        prediction, adult_height_cm=inputs.height_cm, in_consensus=False, findings=(*prediction.findings, finding), error=None
    )


def _consensus(predictions: list[HeightPrediction]) -> Consensus | None:
    counting = [item for item in predictions if item.in_consensus]
    if not counting:
        return None
    heights = [item.adult_height_cm for item in counting]
    votes = [median(item.adult_height_cm for item in counting if item.cohort is cohort) for cohort in _cohorts(counting)]
    spread = (min(heights), max(heights)) if len(heights) > 1 else None
    return Consensus(median(votes), spread, tuple(item.method for item in counting))


def _cohorts(predictions: list[HeightPrediction]) -> list[Cohort]:
    return sorted({item.cohort for item in predictions})
