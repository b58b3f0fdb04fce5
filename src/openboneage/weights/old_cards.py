"""Cards of format 1, of sets 1.0 to 1.3, are converted to the present format when they are read.

Such cards lack values that were fixed in the program, and the sets from 1.1 on had an interval mass for each sex and age band.
These masses are dropped; the mass of all children is used.
"""

from __future__ import annotations

from typing import Any

Content = dict[str, Any]

VIEWS: Content = {"diagonal": False, "smooth": 0, "places": [[0.0, 1.0]]}
"""Drawing parameters of the first sets."""
QUALITY_LIMITS = {
    "no_hand": 0.5,
    "two_hands": 0.5,
    "second_hand": 0.4,
    "hand_area": 3.8,
    "mirror_reject": 0.85,
    "mirror_warn": 0.7,
    "landmark_reject": 0.33,
    "landmark_warn": 0.465,
    "small_reject": 20.0,
    "small_warn": 32.0,
    "cut_reject": 0.9,
    "cut_warn": 0.12,
    "fingers_reject": 0.6,
    "fingers_warn": 0.72,
    "narrow_warn": 0.84,
    "wide_warn": 1.23,
    "wrist_reject": 0.15,
    "wrist_doubtful": 0.25,
    "outline_reject": 0.78,
    "outline_warn": 0.88,
    "fine_px": 90.0,
    "fine_warn": 0.55,
    "contrast_warn": 12.0,
    "window_cut": 0.05,
    "white_reject": 0.3,
    "white_warn": 0.10,
    "black_warn": 0.25,
    "detail_reject": 0.6,
    "detail_warn": 0.66,
}
MASSES = ("bands_months", "female", "male")


def from_format_1(content: Content) -> Content:
    """Convert the content of a card of format 1 to the present format."""
    if content.get("name") == "hand-finder":
        return {**content, "calibration": {"quality_limits": QUALITY_LIMITS}}
    calibration = {key: value for key, value in content.get("calibration", {}).items() if key not in MASSES}
    return {**content, "preprocessing": {**VIEWS, **content.get("preprocessing", {})}, "calibration": calibration}
