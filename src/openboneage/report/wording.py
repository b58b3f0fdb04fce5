"""Ages, intervals, comparisons and findings in the words of a language."""

from __future__ import annotations

from datetime import datetime

from openboneage.assess.distribution import AgeInterval
from openboneage.clinical.curve import AgeReading, AgeState
from openboneage.clinical.greulich_pyle import BoneAgeStatus
from openboneage.clinical.height.adult_height import AdultHeight
from openboneage.findings import Finding, Severity
from openboneage.report.phrases import Phrases
from openboneage.report.report import Decision, Outcome, StatedAge
from openboneage.subject import MONTHS_PER_YEAR, Sex, Subject


def number(value: float, decimals: int, say: Phrases, sign: str = "") -> str:
    """`+1.8`; `sign` is `+` where positive numbers have one."""
    return f"{value:{sign}.{decimals}f}".replace("-", "−").replace(".", say.decimal)


def age(months: float, say: Phrases) -> str:
    """`9 y 3 m`."""
    years, rest = divmod(round(months), round(MONTHS_PER_YEAR))
    return say.age.format(years=years, months=rest)


def interval(value: AgeInterval, say: Phrases) -> str:
    """`9 y 0 m to 11 y 7 m`."""
    return say.range.format(low=age(value.low_months, say), high=age(value.high_months, say))


def coverage(value: AgeInterval, say: Phrases) -> str:
    """`90 % interval`."""
    return say.interval.format(coverage=say.percent.format(percent=round(100 * value.coverage)))


def covered(value: AgeInterval, say: Phrases) -> str:
    """`9 y 0 m to 11 y 7 m (90 % interval)`."""
    return f"{interval(value, say)} ({coverage(value, say)})"


def difference(months: float, say: Phrases) -> str:
    """`0 y 11 m above chronological age`."""
    return (say.below if months < 0 else say.above).format(age=age(abs(months), say))


def sds(stated: StatedAge, say: Phrases) -> str:
    """`+2.3 (−0.1 to +4.5), possibly advanced`; empty without a comparison."""
    found = stated.comparison
    if found is None:
        return ""
    status = {
        BoneAgeStatus.NORMAL: say.status_normal,
        BoneAgeStatus.DELAYED: say.status_delayed,
        BoneAgeStatus.ADVANCED: say.status_advanced,
    }[found.verdict]
    text = number(found.sds, 1, say, "+")
    if stated.interval is not None:
        ends = say.range.format(low=number(found.sds_low, 1, say, "+"), high=number(found.sds_high, 1, say, "+"))
        text = f"{text} ({ends})"
    return f"{text}, {say.possibly.format(status=status) if found.is_doubtful else status}"


def normal_range(stated: StatedAge, say: Phrases) -> str:
    """`8 y 9 m ± 10 months (SD), Brush Foundation`; empty without a comparison."""
    found = stated.comparison
    if found is None:
        return ""
    sd = say.months.format(months=round(found.sd_months))
    return say.normal_text.format(mean=age(found.mean_months, say), sd=sd, reference=found.reference.label)


def sex(value: Sex, say: Phrases) -> str:
    """`girl`."""
    return {Sex.FEMALE: say.girl, Sex.MALE: say.boy, Sex.UNKNOWN: say.sex_unknown}[value]


def child(subject: Subject, say: Phrases) -> str:
    """`girl (entered), chronological age 9 y 3 m`."""
    months = say.not_stated if subject.age_months is None else age(subject.age_months, say)
    if subject.sex is Sex.UNKNOWN:
        return say.child_unknown.format(age=months)
    source = say.entered if subject.sex_source == "caller" else say.from_file
    return say.child.format(sex=sex(subject.sex, say), source=source, age=months)


def finding(value: Finding, say: Phrases) -> str:
    """The severity and the message: `warning: The hand is small`."""
    severity = {Severity.NOTE: say.note, Severity.WARNING: say.warning, Severity.REJECT: say.reject}[value.severity]
    return f"{severity}: {say.finding_texts.get(value.code, value.message)}"


def date(text: str, say: Phrases) -> str:
    """A DICOM date, `20190615`, as the language writes it; empty for an empty one."""
    return say.date.format(year=text[:4], month=text[4:6], day=text[6:]) if text else ""


def moment(value: datetime, say: Phrases) -> str:
    """`2026-11-21 23:40 UTC`."""
    return f"{date(f'{value:%Y%m%d}', say)} {value:%H:%M %Z}"


def person(name: str) -> str:
    """`Zwicky^Fritz^^Dr.` is `Zwicky, Fritz` (PS3.5 6.2.1); of several component groups, the first that is not empty."""
    group = next((part for part in name.split("=") if part.strip("^ ")), "")
    family, *others = (part.strip() for part in group.split("^"))
    given = " ".join(part for part in others[:2] if part)
    return ", ".join(part for part in (family, given) if part)


def signature(decision: Decision | None, say: Phrases) -> str:
    """`Accepted by Dr. Example, Children's Hospital, 2026-11-21 23:40 UTC`."""
    if decision is None:
        return say.unsigned
    sentence = {Outcome.ACCEPTED: say.accepted, Outcome.EDITED: say.edited, Outcome.REJECTED: say.rejected_by}[decision.outcome]
    reader = ", ".join(part for part in (decision.reader, decision.organization) if part)
    return sentence.format(reader=reader, time=moment(decision.time, say))


def status(decision: Decision | None, say: Phrases) -> str:
    """`accepted`."""
    if decision is None:
        return say.unsigned_short
    words = {Outcome.ACCEPTED: say.accepted_short, Outcome.EDITED: say.edited_short, Outcome.REJECTED: say.rejected_short}
    return words[decision.outcome]


def reading(value: AgeReading, say: Phrases) -> str:
    """The age of a score: `9 y 3 m`, `below 2 y 0 m`, `mature (from 16 y 6 m)`."""
    text = age(value.limit_months, say)
    forms = {AgeState.BELOW: say.below_age, AgeState.AGE: "{age}", AgeState.MATURE: say.mature}
    return forms[value.state].format(age=text)


def adult_height(value: AdultHeight, say: Phrases) -> str:
    """`162.3 cm (median of 5 methods, 158.0 to 166.1 cm)`; empty if no method could be used."""
    found = value.consensus
    if found is None:
        return ""
    cm = number(found.median_cm, 1, say)
    if found.spread_cm is None:
        (title,) = (item.title for item in value.predictions if item.in_consensus)
        return say.adult_height_single.format(cm=cm, method=title)
    low, high = (number(end, 1, say) for end in found.spread_cm)
    return say.adult_height_text.format(cm=cm, count=len(found.methods), range=say.range.format(low=low, high=high))
