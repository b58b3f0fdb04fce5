"""Quality control: accept a film, accept it with findings, or reject it with reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from openboneage.findings import Finding, Severity
from openboneage.hand.measures import Measures, measure
from openboneage.hand.quality_limits import QualityLimits
from openboneage.hand.standard_hand import StandardHand
from openboneage.subject import Laterality


class Verdict(StrEnum):
    """Verdict on a film."""

    ACCEPT = "accept"
    ACCEPT_WITH_FINDINGS = "accept with findings"
    REJECT = "reject"


LANDMARKS = ("distal radius", "knuckle of the thumb", "knuckle of the middle finger", "knuckle of the little finger")
NOT_LOCATED = frozenset({"not-a-hand", "several-hands", "hand-unclear", "landmarks-missing"})
"""Findings whose absence means that one hand with wrist and knuckles was located."""


@dataclass(frozen=True)
class QualityReport:
    """Verdict, findings and measures."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    measures: Measures


def judge(hand: StandardHand, limits: QualityLimits) -> QualityReport:
    """Judge a film by its hand, with the limits of the finder."""
    measures = measure(hand)
    findings = (*hand.radiograph.findings, *(_presence(measures, limits) or _of_hand(hand, measures, limits)))
    return QualityReport(verdict_of(findings), findings, measures)


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """The verdict that follows from findings; notes do not count."""
    severities = {finding.severity for finding in findings}
    if Severity.REJECT in severities:
        return Verdict.REJECT
    return Verdict.ACCEPT_WITH_FINDINGS if Severity.WARNING in severities else Verdict.ACCEPT


def located(findings: Iterable[Finding]) -> bool:
    """Whether one hand with wrist and knuckles was found, so that it has an outline, a side and a rotation."""
    return NOT_LOCATED.isdisjoint(finding.code for finding in findings)


def _of_hand(hand: StandardHand, measures: Measures, limits: QualityLimits) -> list[Finding]:
    """Findings on a film with one hand."""
    findings = [*_landmarks(hand, measures, limits), *_field(measures, limits), *_outline(measures, limits)]
    findings += [*_shape(measures, limits), *_exposure(measures, limits), *_detail(measures, limits)]
    return [*findings, *(_side(hand) if located(findings) else ())]


def _presence(measures: Measures, limits: QualityLimits) -> list[Finding]:
    """Findings on a film without exactly one hand; nothing else is judged then."""
    if measures.no_hand > limits.no_hand:
        return [_reject("not-a-hand", f"No hand was found on this image (probability of none {measures.no_hand:.2f}).")]
    if measures.two_hands > limits.two_hands or measures.second_hand > limits.second_hand:
        return [_reject("several-hands", "The film seems to show more than one hand. Crop it to one hand.")]
    if measures.hand_area > limits.hand_area:
        message = (
            "More of the film looks like a hand than was found: several hands, or a bent one. Use a film of one flat hand."
        )
        return [_reject("hand-unclear", message)]
    return []


def _landmarks(hand: StandardHand, measures: Measures, limits: QualityLimits) -> list[Finding]:
    if measures.landmark < limits.landmark_reject:
        names = _uncertain(hand, limits.landmark_reject)
        return [
            _reject("landmarks-missing", f"Not found: {names}. Is the whole hand with its wrist on the film, and clearly seen?")
        ]
    if measures.landmark < limits.landmark_warn:
        names = _uncertain(hand, limits.landmark_warn)
        return [_warn("landmarks-doubtful", f"Found with low certainty: {names}. Check the outline on the figure.")]
    return []


def _uncertain(hand: StandardHand, limit: float) -> str:
    """Names of the landmarks with a score below a limit."""
    return ", ".join(name for name, score in zip(LANDMARKS, hand.landmark_scores, strict=True) if score < limit)


def _field(measures: Measures, limits: QualityLimits) -> list[Finding]:
    findings = []
    if measures.pixels_per_unit < limits.small_reject:
        findings.append(
            _reject(
                "hand-too-small",
                f"The hand is too small: {measures.pixels_per_unit:.0f} px from wrist to knuckle, "
                f"at least {limits.small_reject:.0f} are needed.",
            )
        )
    elif measures.pixels_per_unit < limits.small_warn:
        findings.append(_warn("hand-small", f"The hand is small: {measures.pixels_per_unit:.0f} px from wrist to knuckle."))
    wrist_limit = limits.wrist_doubtful if measures.landmark < limits.landmark_warn else limits.wrist_reject
    if measures.wrist_units < wrist_limit:
        message = "The film ends at the wrist or close to it: the distal radius and some of its shaft must be in view."
        findings.append(_reject("wrist-near-edge", message))
    return [*_edge(measures, limits), *findings]


def _edge(measures: Measures, limits: QualityLimits) -> list[Finding]:
    """Findings on parts cut off by the film's edge, and on fingers missing for another reason."""
    findings = []
    if measures.cut_units > limits.cut_reject:
        findings.append(_reject("hand-cut-off", "A large part of the hand lies outside the film."))
    if measures.fingers_at_edge:
        names = ", ".join(measures.fingers_at_edge)
        findings.append(
            _warn("fingers-at-edge", f"The film's edge cuts off or touches: {names}. Use a film of the whole hand.")
        )
    elif limits.cut_reject >= measures.cut_units > limits.cut_warn:
        findings.append(_warn("hand-touches-edge", "The hand reaches the film's edge; a part of it may be cut off."))
    if measures.finger_units < limits.fingers_reject:
        findings.append(
            _reject("fingers-missing", "The fingers are mostly not visible. Use a film of the whole hand, uncovered.")
        )
    elif measures.finger_units < limits.fingers_warn:
        findings.append(_warn("fingers-short", "The fingers look short. Are they cut off, covered or bent?"))
    return findings


def _shape(measures: Measures, limits: QualityLimits) -> list[Finding]:
    findings = []
    if measures.mirror_likeness > limits.mirror_reject:
        findings.append(_reject("hand-symmetric", "The film shows half a hand and its mirror image. Use the original film."))
    elif measures.mirror_likeness > limits.mirror_warn:
        findings.append(_warn("symmetry-doubtful", "Parts of the hand look like mirror images of others. Check the film."))
    if not limits.narrow_warn <= measures.width_units <= limits.wide_warn:
        how = "narrow" if measures.width_units < limits.narrow_warn else "wide"
        message = f"The palm is unusually {how} for its length. Is the film stretched, or the hand turned on its side?"
        findings.append(_warn("proportions-unusual", message))
    if measures.pixels_per_unit >= limits.fine_px and measures.fine_ratio < limits.fine_warn:
        message = "Fine structures are missing: the film was filtered, enlarged or out of focus. Use the original film."
        findings.append(_warn("fine-structure-missing", message))
    return findings


def _outline(measures: Measures, limits: QualityLimits) -> list[Finding]:
    lost = 1 - measures.outline_share
    if measures.outline_share < limits.outline_reject:
        message = (
            f"No clear hand outline: along {lost:.0%} of it the hand is no brighter than the background. "
            "Is the whole hand on the film, with its soft tissue visible?"
        )
        return [_reject("outline-missing", message)]
    if measures.outline_share < limits.outline_warn:
        return [
            _warn(
                "outline-doubtful",
                f"Along {lost:.0%} of the outline the hand is no brighter than the background. Check it on the figure.",
            )
        ]
    return []


def _exposure(measures: Measures, limits: QualityLimits) -> list[Finding]:
    findings = []
    if measures.contrast < limits.contrast_warn:
        findings.append(_warn("low-contrast", f"The hand spans only {measures.contrast:.0f} of 255 grey levels."))
    if measures.white_share > limits.white_reject:
        message = f"The hand is saturated: {measures.white_share:.0%} of it is white. Export the film with less contrast."
        findings.append(_reject("saturated", message))
    elif measures.white_share > limits.white_warn:
        findings.append(_warn("overexposed", f"{measures.white_share:.0%} of the hand is at full white."))
    if measures.black_share > limits.black_warn:
        findings.append(_warn("underexposed", f"{measures.black_share:.0%} of the hand is at full black."))
    return findings


def _detail(measures: Measures, limits: QualityLimits) -> list[Finding]:
    if measures.detail_share >= limits.detail_warn:
        return []
    seen = f"Bone detail is seen in only {measures.detail_share:.0%} of the hand."
    if measures.detail_share >= limits.detail_reject:
        return [_warn("detail-doubtful", f"{seen} Check the film.")]
    return [_reject("detail-missing", f"{seen} Export the original film, with less contrast and without filters.")]


def _side(hand: StandardHand) -> list[Finding]:
    findings = []
    seen = Laterality.RIGHT if hand.mirrored else Laterality.LEFT
    if hand.laterality is not seen:
        findings.append(
            _warn(
                "side-contradicts-image",
                f"The file states a {hand.laterality} hand, the image shows a {seen} hand or a mirrored film.",
            )
        )
    elif hand.mirrored:
        findings.append(
            _note(
                "mirrored",
                "The hand looks like a right hand (thumb on the left); it was mirrored, since the standards show left hands.",
            )
        )
    if hand.inverted:
        findings.append(_note("inverted", "The film showed dark bones; its brightness was inverted."))
    return findings


def _reject(code: str, message: str) -> Finding:
    return Finding(code, Severity.REJECT, message)


def _warn(code: str, message: str) -> Finding:
    return Finding(code, Severity.WARNING, message)


def _note(code: str, message: str) -> Finding:
    return Finding(code, Severity.NOTE, message)
