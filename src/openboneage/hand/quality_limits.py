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
        second_hand: Probability of a second distal radius and third knuckle that rejects.
        hand_area: A larger area that looks like hand, in squared frame units, rejects.
        mirror_reject: A higher correlation of the hand with its mirror image rejects.
        mirror_warn: A higher correlation is a warning.
        landmark_reject: A lowest landmark score below this rejects.
        landmark_warn: A lowest landmark score below this is a warning.
        small_reject: Fewer film pixels per frame unit (MCP3 to distal radius) reject.
        small_warn: Fewer film pixels per frame unit are a warning.
        cut_reject: Frame units of hand along the film's edge that reject.
        cut_warn: Frame units of hand along the film's edge that are a warning.
        fingers_reject: Fingers that reach fewer frame units beyond the third knuckle reject.
        fingers_warn: Fingers that reach fewer frame units are a warning.
        narrow_warn: A palm of fewer frame units is a warning: the film is stretched, or the hand lies turned.
        wide_warn: A palm of more frame units is a warning.
        wrist_reject: A distal radius fewer frame units from the film's edge rejects.
        wrist_doubtful: The same where the landmarks are doubtful too.
        outline_reject: A smaller share of the outline that follows an edge rejects: it is not the outline of a hand.
        outline_warn: A smaller share is a warning.
        fine_px: Fewer film pixels per frame unit cannot show fine structures.
        fine_warn: A lower contrast of fine structures, over that of coarser ones, is a warning.
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
    second_hand: float
    hand_area: float
    mirror_reject: float
    mirror_warn: float
    landmark_reject: float
    landmark_warn: float
    small_reject: float
    small_warn: float
    cut_reject: float
    cut_warn: float
    fingers_reject: float
    fingers_warn: float
    narrow_warn: float
    wide_warn: float
    wrist_reject: float
    wrist_doubtful: float
    outline_reject: float
    outline_warn: float
    fine_px: float
    fine_warn: float
    contrast_warn: float
    window_cut: float
    white_reject: float
    white_warn: float
    black_warn: float
    detail_reject: float
    detail_warn: float
