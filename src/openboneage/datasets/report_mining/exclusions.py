"""Films that cannot be used, whatever their report says of the bone age: right hands and deformed hands (Lee et al. 2017)."""

from __future__ import annotations

import re

_DENIED = re.compile(r"\b(?:no|not|without|nor|negative\s+for|absence\s+of)\b[^.;:]{0,60}$", re.IGNORECASE)
_SIDE = re.compile(
    r"\b(?P<side>left|right|both|bilateral|rt|lt)\b\.?[\s-]+(?:(?:upper\s+extremity|\w+)\s+){0,1}(?:hands?|wrists?)\b"
    r"|\b(?:hands?|wrists?)(?:\s+and\s+wrists?)?\s*[,(:-]\s*(?P<side_after>left|right|bilateral)\b",
    re.IGNORECASE,
)
_HANDEDNESS = re.compile(r"\b(?:right|left)[\s-]+hand(?:ed|[\s-]+domin\w+)", re.IGNORECASE)
_UNAVAILABLE = re.compile(
    r"\s*(?:and\s+wrist\s+)?(?:is|was|were|could|being)?\s*(?:not\s+(?:be\s+)?(?:available|imaged|obtained|submitted"
    r"|included|used)"
    r"|unavailable|in\s+a\s+cast|casted|amputated|absent)",
    re.IGNORECASE,
)
_DEFORMED = re.compile(
    r"\b(?:deform\w*|malform\w*|madelung|amputat\w*|syndactyl\w*|polydactyl\w*|ectrodactyl\w*|club\s*hand|hypoplastic\s+thumb"
    r"|(?:skeletal|epiphyseal|metaphyseal|spondyloepiphyseal)\s+dysplasia|achondroplasia|congenital\s+anomal\w*"
    r"|absent\s+(?:radius|thumb|digit)|severe\s+contracture\w*|contractures?|burn\w*)\b"
    r"|\b(?:image|film|radiograph|view|study|examination)s?\s+(?:is|are|was|were)\s+(?:severely\s+|markedly\s+|very\s+)?"
    r"(?:non-?diagnostic|distorted|rotated|degraded|limited|suboptimal)",
    re.IGNORECASE,
)


def is_right_hand(text: str) -> bool:
    """Whether the report is of a right hand, and no left hand was imaged."""
    text = _HANDEDNESS.sub(lambda match: "-" * len(match[0]), text)
    sides = set()
    for match in _SIDE.finditer(text):
        side = (match["side"] or match["side_after"]).lower()
        unavailable = _UNAVAILABLE.match(text, match.end()) or _is_denied(text, match)
        sides.add("none" if unavailable else {"rt": "right", "lt": "left"}.get(side, side))
    return "right" in sides and not sides & {"left", "both", "bilateral"}


def is_deformed(text: str) -> bool:
    """Whether the report names a deformity of the hand, or an image that cannot be read."""
    return any(not _is_denied(text, match) for match in _DEFORMED.finditer(text))


def _is_denied(text: str, match: re.Match[str]) -> bool:
    """Whether a negation stands before the words, in the same sentence."""
    return bool(_DENIED.search(text[max(match.start() - 80, 0) : match.start()]))
