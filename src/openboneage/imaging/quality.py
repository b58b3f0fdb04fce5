"""Can this film be assessed? Accept, accept with findings, or reject with reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.findings import Finding, Severity
from openboneage.imaging import geometry
from openboneage.imaging.hand import HEIGHT, MASK_HEIGHT_PX, MASK_THRESHOLD, TOP, StandardHand, canvas_size
from openboneage.subject import Laterality

EDGE_UNITS = 0.02
"""Hand this close to the film's edge counts as touching it."""
WRIST_Y = 0.75
"""Below this the forearm may leave the film; above it the hand may not. The distal radius lies at 1."""


class Verdict(StrEnum):
    """What becomes of the film."""

    ACCEPT = "accept"
    ACCEPT_WITH_FINDINGS = "accept with findings"
    REJECT = "reject"


@dataclass(frozen=True)
class Limits:
    """Where a measure becomes a finding; the landmark limits are the lowest 0.1 % and 2 % of the training films.

    Attributes:
        no_hand: Probability of no hand that rejects.
        two_hands: Probability of several hands that rejects.
        landmark_reject: The least sure landmark below this rejects.
        landmark_warn: The least sure landmark below this is a finding.
        small_reject: Fewer film pixels to a frame unit (MCP3 to distal radius) reject.
        small_warn: Fewer film pixels to a frame unit are a finding.
        cut_reject: Frame units of hand along the film's edge that reject.
        cut_warn: Frame units of hand along the film's edge that are a finding.
        wrist_reject: Frame units of film below the distal radius under which the wrist counts as cut off: where the radius is
            off the film, the finder sees it 0.08 to 0.14 from the edge; of 600 training films the least has 0.20.
        contrast_warn: Grey levels between the 2nd and 98th percentile within the hand that are too few.
        white_warn: Share of the hand at full white that is too much.
        black_warn: Share of the hand at full black that is too much.
    """

    no_hand: float = 0.5
    two_hands: float = 0.5
    landmark_reject: float = 0.33
    landmark_warn: float = 0.465
    small_reject: float = 20.0
    small_warn: float = 32.0
    cut_reject: float = 0.9
    cut_warn: float = 0.12
    wrist_reject: float = 0.15
    contrast_warn: float = 12.0
    white_warn: float = 0.10
    black_warn: float = 0.25


@dataclass(frozen=True)
class Measures:
    """What was measured, in the units of `Limits`."""

    no_hand: float
    two_hands: float
    landmark: float
    pixels_per_unit: float
    cut_units: float
    wrist_units: float
    contrast: float
    white_share: float
    black_share: float


@dataclass(frozen=True)
class QualityReport:
    """Verdict, reasons and measures."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    measures: Measures


def judge(hand: StandardHand, limits: Limits | None = None) -> QualityReport:
    """Judge a film by the hand that was found on it."""
    limits = limits or Limits()
    measures = measure(hand)
    findings = (*hand.radiograph.findings, *(_presence(measures, limits) or _of_hand(hand, measures, limits)))
    return QualityReport(verdict_of(findings), findings, measures)


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """What becomes of a film with these findings; notes change nothing."""
    severities = {finding.severity for finding in findings}
    if Severity.REJECT in severities:
        return Verdict.REJECT
    return Verdict.ACCEPT_WITH_FINDINGS if Severity.WARNING in severities else Verdict.ACCEPT


def measure(hand: StandardHand) -> Measures:
    """Measure what the limits are set on."""
    inside = hand.mask > MASK_THRESHOLD
    values = hand.canvas(MASK_HEIGHT_PX)[inside]
    low, high = np.percentile(values, (2, 98)) if values.size else (0.0, 0.0)
    return Measures(
        no_hand=float(hand.sighting.hand_count[0]),
        two_hands=float(hand.sighting.hand_count[2]),
        landmark=float(hand.landmark_scores.min()),
        pixels_per_unit=hand.pixels_per_unit,
        cut_units=_cut_units(hand, inside),
        wrist_units=_wrist_units(hand),
        contrast=float(high - low),
        white_share=float((values >= 254).mean()) if values.size else 0.0,
        black_share=float((values <= 1).mean()) if values.size else 0.0,
    )


def _cut_units(hand: StandardHand, inside: NDArray[np.bool_]) -> float:
    """Length of the film's edge, above the wrist, that the hand touches, in frame units."""
    film = np.full(hand.film.shape, 255, np.uint8)
    covered = geometry.warp(film, hand.film_to_canvas(MASK_HEIGHT_PX), canvas_size(MASK_HEIGHT_PX), cv2.INTER_NEAREST)
    margin = max(round(EDGE_UNITS * MASK_HEIGHT_PX / HEIGHT), 1)
    square = np.ones((2 * margin + 1, 2 * margin + 1), np.uint8)
    safe = cv2.erode(covered, square, borderType=cv2.BORDER_CONSTANT, borderValue=255) > 0
    rows = TOP + (np.arange(MASK_HEIGHT_PX) + 0.5) * HEIGHT / MASK_HEIGHT_PX
    touching = inside & (covered > 0) & ~safe & (rows[:, None] < WRIST_Y)
    return float(touching.sum()) / margin * HEIGHT / MASK_HEIGHT_PX


def _wrist_units(hand: StandardHand) -> float:
    """Distance from the distal radius to the nearest edge of the film, in frame units; negative where it lies outside."""
    x, y = geometry.move(np.array([[0.0, 1.0]]), geometry.inverse(hand.film_to_frame))[0]
    height, width = hand.film.shape
    return float(min(x, y, width - x, height - y)) / hand.pixels_per_unit


def _of_hand(hand: StandardHand, measures: Measures, limits: Limits) -> list[Finding]:
    """What there is to say where one hand was found."""
    return [*_landmarks(measures, limits), *_field(measures, limits), *_exposure(measures, limits), *_side(hand)]


def _presence(measures: Measures, limits: Limits) -> list[Finding]:
    """Why there is not one hand; nothing more can be said then."""
    if measures.no_hand > limits.no_hand:
        return [_reject("not-a-hand", f"No hand was found on this image (probability of none {measures.no_hand:.2f}).")]
    if measures.two_hands > limits.two_hands:
        return [_reject("several-hands", "More than one hand was found; give one hand a film, or crop to the left hand.")]
    return []


def _landmarks(measures: Measures, limits: Limits) -> list[Finding]:
    if measures.landmark < limits.landmark_reject:
        return [_reject("landmarks-missing", "Wrist or knuckles were not found; the whole hand and wrist must be in view.")]
    if measures.landmark < limits.landmark_warn:
        return [_warn("landmarks-doubtful", "Wrist or knuckles were found with doubt; check the outline on the figure.")]
    return []


def _field(measures: Measures, limits: Limits) -> list[Finding]:
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
    if measures.wrist_units < limits.wrist_reject:
        findings.append(_reject("wrist-cut-off", "The distal radius is not on the film; the wrist must be in view."))
    return findings


def _exposure(measures: Measures, limits: Limits) -> list[Finding]:
    findings = []
    if measures.contrast < limits.contrast_warn:
        findings.append(_warn("low-contrast", f"The hand spans only {measures.contrast:.0f} of 255 grey levels."))
    if measures.white_share > limits.white_warn:
        findings.append(_warn("overexposed", f"{measures.white_share:.0%} of the hand is at full white."))
    if measures.black_share > limits.black_warn:
        findings.append(_warn("underexposed", f"{measures.black_share:.0%} of the hand is at full black."))
    return findings


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
                "The hand was taken for a right one (thumb on the left) and mirrored, since the standards are of left hands.",
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
