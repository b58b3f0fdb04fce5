"""Words that tell what an age in a report is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto


class Role(Enum):
    """What an age is."""

    BONE_AGE = auto()
    AGE_OF_CHILD = auto()
    OTHER = auto()
    """A standard deviation, a delay, an interval, an earlier reading, another method."""


class Cue(Enum):
    """How the role was recognised."""

    NAMED = auto()
    """By the words `bone age`, `skeletal age` or `chronological age`."""
    STANDARD = auto()
    """By the standard that fits, without those words."""
    WEAK = auto()
    """By the title of the study, the atlas, a description of the child, or the sentence before."""


@dataclass(frozen=True)
class FoundCue:
    """A cue in a text, with the offsets of its words."""

    role: Role
    cue: Cue
    start: int
    end: int


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_STUDY = r"(?:stud(?:y|ies)|exam\w*|radiograph\w*|films?|x-?rays?|survey|series|evaluation|assessment|determination|standards?)"
_GREULICH_PYLE = r"\bgreulich\b|\bpyle\b|\bG\s?(?:&|and)\s?P\b"
_CUES = (
    (Role.BONE_AGE, Cue.WEAK, _words(rf"\b(?:bone|skeletal)[\s-]+ages?\s+{_STUDY}\b|{_GREULICH_PYLE}|\batlas\b")),
    (Role.BONE_AGE, Cue.NAMED, _words(
        r"\b(?:bone|skeletal|osseous|radiographic|radiological)[\s-]+(?:ages?|maturity|maturation|development)\b"
        r"|\bB\.?A\.?(?=\s*(?:[:=\d]|is\b|of\b))"
    )),
    (Role.BONE_AGE, Cue.STANDARD, _words(
        r"\bstandards?\b(?!\s+deviation)|\bplate\b|\b(?:correspond|conform)\w*|\b(?:consistent|compatible|commensurate)\b"
        r"|\b(?:match|approximat|resembl)\w*|\b(?:comparable|similar|closest|nearest)\b|\bappearance\b|\bthat\s+of\b"
    )),
    (Role.AGE_OF_CHILD, Cue.NAMED, _words(
        r"\bchronolog\w*(?:\s+ages?)?|\b(?:calendar|actual|real|true|stated|current)\s+age\b|\bpatient'?s?\s+age\b"
        r"|\bC\.?A\.?(?=\s*(?:[:=\d]|is\b|of\b))"
    )),
    (Role.AGE_OF_CHILD, Cue.WEAK, _words(
        r"(?<!bone )(?<!skeletal )(?<!height )(?<!dental )\bage\s*:|\baged\b|\b(?:at|for)\s+(?:an?\s+|the\s+)?age(?:\s+of)?\b"
        r"|(?<!old )\b(?:patient|child|girl|boy|he|she)\s+is\b|\bage\s+at\b"
    )),
    (Role.OTHER, Cue.NAMED, _words(
        r"\bstandard\s+deviations?\b|\bstd\.?\s+dev\w*|\bS\.?D\.?s?\b|\bsigma\b|\b(?:normal|expected"
        r"|reference)\s+range\b|\brange\s+of\s+normal\b"
        r"|\bnormal\s+limits\s+(?:are|of)\b|\b(?:height|dental|gestational|corrected|mental)\s+age\b|\bmenarche\b"
        r"|\bdiagnos\w+|\bonset\b"
    )),
)  # fmt: skip
"""Cues; of two at the same place the first counts."""

GREULICH_PYLE = _words(_GREULICH_PYLE)
"""The standard of the labels."""
METHOD = _words(r"\btanner|\bTW[\s-]?[23]\b|\bgilsanz|\bratib\b|\bfels\b|\bbonexpert\b|\bRUS\b")
"""Other methods, whose ages are on other scales."""
METHOD_AFTER = _words(rf"\s*[,(]?\s*(?:by|per|using|with|according\s+to|on)?\s*(?:the\s+)?(?:{METHOD.pattern})")
"""`10.4 years by Tanner-Whitehouse`."""
SPREAD_BEFORE = _words(r"(?:±|\+\s*/\s*-|\+-|\bplus\s+(?:or|/)\s+minus|\bplus/minus)\s*$")
"""`10 years ± 12 months`."""
SPREAD_AFTER = _words(
    r"\s*(?:(?:one|1|two|2)\s+)?(?:standard\s+deviations?|S\.?D)\b(?!\s*(?:[\d=:(]|below|above|from|less|greater))"
)
"""`10.8 months standard deviation`."""
DELAY_BEFORE = _words(
    r"\b(?:delay\w*|advance(?:d|ment)?|differ\w*|discrepan\w*|lag\w*|exceed\w*|retard\w*|ahead|behind|older|younger"
    r"|accelerated)"
    r"(?:(?!\bbone\b|\bage\s+(?:of|is|at)\b)[^.;]){0,40}\b(?:by|of)\s+(?:approximately|about|roughly|nearly|almost"
    r"|some|around|at\s+least|more\s+than|only|~)?\s*(?:the\s+)?$"
    r"|(?:\b(?:delayed|advanced)|^\s*by)\s+(?:approximately\s+|about\s+)?$"
    r"|\b(?:difference|discrepanc\w*|gap)\s+(?:between|of|in)\b[^.;:,]{0,60}\b(?:is|of|=)\s+(?:approximately\s+|about\s+)?$"
)
"""`delayed by 2 years`, `a delay of 18 months`, `the difference between both ages is 13 months`."""
DELAY_AFTER = _words(
    r"\s*(?:\([^)]{0,14}\)\s*)?(?:delay|advance|ahead\b|behind\b|less\s+than\b|greater\s+than\b|more\s+than\b"
    r"|older\s+than\b|younger\s+than\b"
    r"|below\b|above\b|in\s+advance\b|discrepan|difference|lag|beyond\b)"
)
"""`14 months ahead of`, `2 years delayed`."""
TIME_BEFORE = _words(
    r"\b(?:follow[\s-]?up|repeat\w*|recheck\w*|treat\w*|therapy|hormone|interval|since|past|last|over|every|within|another)"
    r"\b(?:(?!\bage\b)[^.;:]){0,30}?\b(?:in|for|of|at|after|x|the)\s+$|\b(?:in|after|past|last"
    r"|every)\s+(?:approximately\s+|about\s+|another\s+)?$"
)
"""`on growth hormone for 2 years`, `follow-up in 12 months`."""
TIME_AFTER = _words(r"\s*-?\s*(?:ago\b|later\b|interval\b|apart\b|follow|of\s+(?:treatment|therapy)|duration|period\b)")
"""`6 months ago`, `12-month interval`."""
EARLIER = _words(
    r"\b(?:prior|previous(?:ly)?|earlier|outside)\b|\b(?:last|old)\s+(?:exam\w*|stud(?:y|ies)|film|bone\s+age)\b"
    r"|\bhad\s+been\b"
    r"|\bin\s+(?:19|20)\d\d\b"
)
"""`the prior bone age was 8 years`."""
NOW = _words(r"\b(?:bone|skeletal)\s+age\s+(?:is|has)\b|\b(?:now|today|current(?:ly)?|present(?:ly)?|on\s+(?:this|today))\b")
"""Ends what `EARLIER` begins."""
EARLIER_AFTER = _words(
    r"\s*,?\s*\(?(?:previously\b(?=\s*(?:[.,;)]|$))|(?:on|at|in)\s+(?:the\s+)?(?:prior|last|previous|earlier)\b"
    r"|on\s+\d{1,4}[/.-]\d|in\s+(?:19|20)\d\d\b)"
)
"""`9 years previously`, `10 years on the prior examination`."""
NOT = _words(r"\b(?:not|never|n't|neither|rather\s+than|instead\s+of)\b(?!\s+(?:only|significantly))[^.;:,]{0,30}$")
"""`not 8 years`, `rather than 9 years`."""
BOUND = _words(
    r"(?:[<>≥≤]|\b(?:greater|more|older|less|younger)\s+than(?:\s+or\s+equal\s+to)?|\b(?:over|under|above|below"
    r"|beyond|at\s+least|exceeds)"
    r"|\b(?:at\s+or\s+)?(?:past))\s*(?:the\s+|that\s+of\s+)?(?:an?\s+)?(?:standards?\s+(?:for|of)\s+)?$"
)
"""`greater than 18 years`, `less than 3 months`."""
PERSON_AFTER = _words(
    r"[\s-]*(?:old\b|of\s+age\b|[\s,-]*(?:(?:caucasian|white|black|hispanic|asian)\s+)?(?:boy|girl|(?:fe)?male|child"
    r"|patient|infant|[MF]\b))"
)
"""`10-year-old girl`."""
PERSON_BEFORE = _words(r"\b(?:boy|girl|(?:fe)?male|child|patient)s?(?:\s+of|\s+aged|,)?\s*$")
"""`a girl of 10 years`."""
IN_THIS = _words(r"\b(?:(?:in|for)\s+(?:this|an?)|of\s+this)\s*$")
"""`bone age in a 9-year-old boy`: the age of the child; but `bone age of a 9-year-old boy` is the bone age."""
STANDARD_AFTER = _words(r"[\s-]*(?:old\b)?[\s-]*(?:(?:(?:fe)?male|boy|girl)'?s?\s+)?(?:standards?\b(?!\s+dev)|plate\b|GP\b)")
"""`the 11 year male standard`."""
SOME_BONES = _words(r"\b(?:carpal|carpus|phalan|metacarp|digit|finger|radius|ulna|thumb)\w*")
"""`the carpal bones correspond to 6 years`."""
UNIT_MISSING = _words(r"\b(?:bone|skeletal)\s+age(?:\s+(?:is|was|of|at|approximately|about|estimated))*\s*[:=–-]?\s*$")
"""`bone age: 12`."""
AFTER_BARE_NUMBER = _words(r"\s*(?:[.,;)]\s|[.,;)]?$|\n|and\b|by\b|per\b|with\b|\()")
"""What may follow a bone age without a unit; not `12 views`."""
PROGRESS = _words(r"\b(?:advanc|progress|increas|chang|matur)\w*[^.;]{0,30}\bfrom\s*$")
"""`has advanced from 9 years to 10 years`."""


def cues_in(text: str, start: int, end: int) -> Iterator[FoundCue]:
    """Find the cues of a sentence; words that are part of an earlier kind of cue are not used again."""
    taken: list[FoundCue] = []
    for role, cue, pattern in _CUES:
        for match in pattern.finditer(text, start, end):
            if all(match.end() <= other.start or other.end <= match.start() for other in taken):
                taken.append(FoundCue(role, cue, match.start(), match.end()))
    yield from sorted(taken, key=lambda found: found.start)
