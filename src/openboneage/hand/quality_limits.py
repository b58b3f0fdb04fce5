"""Limits beyond which a measure of a film becomes a finding; part of the card of the finder that they were set with."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from openboneage.weights.strict import STRICT


@dataclass(frozen=True, config=STRICT)
class QualityLimits:
    """Limits of the measures in `measures.Measures`.

    Those of the shipped finder were set on training films: a landmark or an outline below the lowest 0.1 % of them is refused,
    and bone detail below that of all of them.

    Attributes:
        no_hand: Probability of no hand that rejects.
        two_hands: Probability of several hands that rejects.
        landmark_reject: A lowest landmark score below this rejects.
        landmark_warn: A lowest landmark score below this is a warning.
        small_reject: Fewer film pixels per frame unit (MCP3 to distal radius) reject.
        small_warn: Fewer film pixels per frame unit are a warning.
        cut_reject: Frame units of hand along the film's edge that reject.
        cut_warn: Frame units of hand along the film's edge that are a warning.
        wrist_reject: Fewer frame units of film below the distal radius reject: the wrist is cut off.
        wrist_doubtful: The same where the landmarks are doubtful too.
        outline_reject: A smaller share of the outline that follows an edge rejects: it is not the outline of a hand.
        outline_warn: A smaller share is a warning.
        contrast_warn: Fewer grey levels between the 2nd and 98th percentile within the hand are a warning.
        window_cut: If the display clips a larger share of the hand's grey levels, the hand's own range is displayed.
        white_reject: A larger share of the hand at full white rejects.
        white_warn: A larger share of the hand at full white is a warning.
        black_warn: A larger share of the hand at full black is a warning.
        detail_reject: A smaller share of the hand with bone detail rejects.
        detail_warn: A smaller share of the hand with bone detail is a warning.
    """

    no_hand: float
    two_hands: float
    landmark_reject: float
    landmark_warn: float
    small_reject: float
    small_warn: float
    cut_reject: float
    cut_warn: float
    wrist_reject: float
    wrist_doubtful: float
    outline_reject: float
    outline_warn: float
    contrast_warn: float
    window_cut: float
    white_reject: float
    white_warn: float
    black_warn: float
    detail_reject: float
    detail_warn: float
