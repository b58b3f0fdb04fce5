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


NOT_LOCATED = frozenset({"not-a-hand", "several-hands", "landmarks-missing"})
"""Findings without which a film shows one hand, with wrist and knuckles."""


@dataclass(frozen=True)
class QualityReport:
    """Verdict, reasons and measures."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    measures: Measures


def judge(hand: StandardHand, limits: QualityLimits) -> QualityReport:
    """Judge a film by the hand that was found on it, with the limits of the finder that found it."""
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
    findings = [*_landmarks(measures, limits), *_field(measures, limits), *_outline(measures, limits)]
    findings += [*_exposure(measures, limits), *_detail(measures, limits)]
    return [*findings, *(_side(hand) if located(findings) else ())]


def _presence(measures: Measures, limits: QualityLimits) -> list[Finding]:
    """Findings on a film without exactly one hand; nothing else is judged then."""
    if measures.no_hand > limits.no_hand:
        return [_reject("not-a-hand", f"No hand was found on this image (probability of none {measures.no_hand:.2f}).")]
    if measures.two_hands > limits.two_hands:
        return [_reject("several-hands", "More than one hand was found; use a film of one hand, or crop to the left hand.")]
    return []


def _landmarks(measures: Measures, limits: QualityLimits) -> list[Finding]:
    if measures.landmark < limits.landmark_reject:
        return [_reject("landmarks-missing", "Wrist or knuckles were not found; the whole hand and wrist must be in view.")]
    if measures.landmark < limits.landmark_warn:
        return [
            _warn("landmarks-doubtful", "Wrist or knuckles were found with low certainty; check the outline on the figure.")
        ]
    return []


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
    if measures.cut_units > limits.cut_reject:
        findings.append(_reject("hand-cut-off", "A large part of the hand lies outside the film."))
    elif measures.cut_units > limits.cut_warn:
        findings.append(_warn("hand-touches-edge", "The hand reaches the film's edge; fingers or thumb may be cut off."))
    wrist_limit = limits.wrist_doubtful if measures.landmark < limits.landmark_warn else limits.wrist_reject
    if measures.wrist_units < wrist_limit:
        findings.append(_reject("wrist-cut-off", "The film seems to end at the wrist; the distal radius must be in view."))
    return findings


def _outline(measures: Measures, limits: QualityLimits) -> list[Finding]:
    lost = 1 - measures.outline_share
    if measures.outline_share < limits.outline_reject:
        message = f"The outline does not look like a hand: {lost:.0%} of it follows no edge. Are the fingers on the film?"
        return [_reject("outline-missing", message)]
    if measures.outline_share < limits.outline_warn:
        return [_warn("outline-doubtful", f"{lost:.0%} of the hand's outline follows no edge; check it on the figure.")]
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
                f"The file says {hand.laterality} hand, the image shows a {seen} hand or a mirrored film.",
            )
        )
    elif hand.mirrored:
        findings.append(
            _note(
                "mirrored",
                "The hand looks like a right hand (thumb on the left) and was mirrored, since the standards show left hands.",
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
