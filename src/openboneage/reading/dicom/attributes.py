"""Read sex, age, side, spacing and body part from DICOM attributes; doubtful values give findings.

A message quotes a value only if it is a term of the standard: anything else may be a name in the wrong attribute.
"""

from __future__ import annotations

import re
from datetime import date

from openboneage.findings import Finding, Severity
from openboneage.reading.bounds import SPACING_RANGE_MM
from openboneage.reading.dicom.elements import Tags
from openboneage.subject import DAYS_PER_MONTH, MAX_AGE_MONTHS, MONTHS_PER_YEAR, Laterality, Sex

SPACING_KEYWORDS = ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing")
FIELD_RANGE_MM = (25.0, 1000.0)
# Spacing at the detector divided by spacing in the object is the magnification, 1 to about 1.3 for a hand: PS3.3 10.7.
MAGNIFICATION_RANGE = (0.95, 1.6)
# Height of a pixel over its width: within the first range it counts as square, outside the second the file is wrong.
SQUARE_RANGE = (0.99, 1.01)
PIXEL_ASPECT_RANGE = (1 / 3, 3.0)
MAX_ASPECT_TERM = 2**31 - 1  # of an Integer String, PS3.5 table 6.2-1

_SEX = {"F": Sex.FEMALE, "M": Sex.MALE}
_SIDE = {"L": Laterality.LEFT, "R": Laterality.RIGHT}

# Age String, PS3.5 table 6.2-1: months in one of each unit.
_AGE = re.compile(r"(\d{1,3})([DWMY])", re.IGNORECASE)
_UNIT_MONTHS = {"D": 1 / DAYS_PER_MONTH, "W": 7 / DAYS_PER_MONTH, "M": 1.0, "Y": MONTHS_PER_YEAR}
# In order of preference. The content date of a digitised film is that of the scan, its study date that of the exposure.
_EXPOSURE_DATES = ("StudyDate", "AcquisitionDate", "ContentDate")
_EXPOSURE_DATES_APART_DAYS = 31
_PLACEHOLDER_DATES = frozenset(date(year, 1, 1) for year in (1, 1800, 1900, 1901)) | {date(1111, 11, 11), date(9999, 12, 31)}

_UID = re.compile(r"[0-9.]{1,64}")

# Modality, PS3.3 C.7.3.1.1.1: those used for plain films of a hand, and the others, which may be quoted.
_FILM_MODALITIES = ("CR", "DX", "RG", "RF", "OT", "SC", "DR", "DF", "HC", "XC")
_OTHER_MODALITIES = (
    "AR AU BDUS BI BMD CT DG DOC ECG EPS ES FID GM HD IO IOL IVOCT IVUS KER KO LEN LS MG MR NM OAM OCT OP OPM OPR OPT OPV PR "
    "PT PX REG RESP RTDOSE RTIMAGE RTPLAN RTSTRUCT RWV SEG SM SMR SR SRF STAIN TG US VA XA"
)
# Body Part Examined, PS3.16 annex L, table L-1: the hand and regions that include it, and others that may be quoted.
_HAND_WORDS = ("HAND", "WRIST", "FINGER", "THUMB", "CARP", "BONEAGE", "BONE AGE", "EXTREMITY", "UPPERLIMB", "FOREARM")
_OTHER_BODY_PARTS = (
    "ABDOMEN ANKLE BREAST CALCANEUS CHEST CLAVICLE COCCYX CSPINE ELBOW FEMUR FOOT HEAD HEART HIP HUMERUS JAW KNEE LEG LSPINE "
    "MANDIBLE MAXILLA NECK ORBIT PATELLA PELVIS RIB SACRUM SCAPULA SHOULDER SKULL SPINE SSPINE STERNUM TIBIA TIBIAFIBULA TOE "
    "TSPINE WHOLEBODY ZYGOMA"
)


def read_sex(tags: Tags, findings: list[Finding]) -> Sex:
    """Read Patient's Sex (PS3.3 C.7.1.1): F and M; O, missing and any other value are unknown."""
    text = tags.code("PatientSex", ("F", "M", "O"))
    if text == "O":
        findings.append(_note("sex-other", "Patient's Sex is 'other'; bone age standards exist for female and male only."))
    elif not text:
        findings.append(_note("sex-missing", "Patient's Sex is missing; enter it if it is known."))
    return _SEX.get(text, Sex.UNKNOWN)


def read_laterality(tags: Tags, findings: list[Finding]) -> Laterality:
    """Read Image Laterality, or else Laterality of the series (PS3.3 C.7.3.1, C.8.11.2)."""
    image, series = tags.code("ImageLaterality", ("L", "R", "U", "B")), tags.code("Laterality", ("L", "R", "U", "B"))
    if "B" in (image, series):
        findings.append(_warning("laterality-both", "The file says that both sides are shown; one hand is expected."))
        return Laterality.UNKNOWN
    sides = {_SIDE[text] for text in (image, series) if text in _SIDE}
    if len(sides) > 1:
        findings.append(
            _warning("laterality-contradictory", "Image Laterality and Laterality name different sides; neither is used.")
        )
    return sides.pop() if len(sides) == 1 else Laterality.UNKNOWN


def read_age(tags: Tags, findings: list[Finding]) -> tuple[float | None, str | None]:
    """Read the chronological age: from birth date and study date, else Patient's Age.

    Returns:
        Age in months and its source attributes, or None twice.
    """
    by_dates, dates = _age_by_dates(tags, findings)
    stated = _stated_age(tags)
    if by_dates is not None and stated is not None and not _agree(by_dates, *stated):
        findings.append(
            _warning("age-contradictory", "Patient's Age does not fit the birth and study dates; the dates are used.")
        )
    if by_dates is not None:
        age_months, source = by_dates, dates
    elif stated is not None:
        age_months, source = stated[0], "PatientAge"
        if stated[1] >= MONTHS_PER_YEAR:
            findings.append(_note("age-rounded", "The age is known in whole years only; it may be up to a year too low."))
    else:
        findings.append(_note("age-missing", "The file does not state the chronological age; enter it if it is known."))
        return None, None
    return age_months, source


def _age_by_dates(tags: Tags, findings: list[Finding]) -> tuple[float | None, str]:
    birth = tags.date("PatientBirthDate")
    if birth in _PLACEHOLDER_DATES:
        findings.append(_note("birth-date-placeholder", "The birth date is a placeholder; it is not used."))
        birth = None
    exposures = {keyword: day for keyword in _EXPOSURE_DATES if (day := tags.date(keyword)) and day not in _PLACEHOLDER_DATES}
    if exposures and (max(exposures.values()) - min(exposures.values())).days > _EXPOSURE_DATES_APART_DAYS:
        findings.append(
            _note("study-date-contradictory", f"{', '.join(exposures)} are more than a month apart; the first is used.")
        )
    if birth is None or not exposures:
        return None, ""
    keyword, day = next(iter(exposures.items()))
    age_months = (day - birth).days / DAYS_PER_MONTH
    if not 0 <= age_months <= MAX_AGE_MONTHS:
        findings.append(_warning("age-impossible", f"PatientBirthDate and {keyword} give no possible age; they are not used."))
        return None, ""
    return age_months, f"PatientBirthDate, {keyword}"


def _stated_age(tags: Tags) -> tuple[float, float] | None:
    """Read Patient's Age: months, and the months in its unit; None where it is missing, zero or no age."""
    text = tags.text("PatientAge")
    match = _AGE.fullmatch(text)
    if match is None:
        if text:
            tags.reject("PatientAge")
        return None
    unit_months = _UNIT_MONTHS[match[2].upper()]
    age_months = int(match[1]) * unit_months
    if age_months > MAX_AGE_MONTHS:
        tags.reject("PatientAge")
        return None
    return (age_months, unit_months) if age_months > 0 else None


def _agree(by_dates: float, stated: float, unit_months: float) -> bool:
    """Return whether an age fits one in whole units, rounded down or to the nearest, with a month of tolerance."""
    spare_months = unit_months / 2 + 1
    return stated - spare_months <= by_dates <= stated + unit_months + spare_months


def read_spacing(tags: Tags, rows: int, columns: int, findings: list[Finding]) -> tuple[tuple[float, float] | None, str | None]:
    """Read the distance of pixel centres (PS3.3 10.7): calibrated, else at the detector, else of the scanned film.

    Returns:
        Spacing `(row, column)` in mm and its source attribute, or None twice.
    """
    pairs = {keyword: _pair(tags, keyword, SPACING_RANGE_MM, findings) for keyword in SPACING_KEYWORDS}
    found = {keyword: pair for keyword, pair in pairs.items() if pair}
    if not found:
        return None, None
    source, spacing_mm = next(iter(found.items()))
    at_detector = found.get("ImagerPixelSpacing", spacing_mm)
    if not MAGNIFICATION_RANGE[0] <= at_detector[0] / spacing_mm[0] <= MAGNIFICATION_RANGE[1]:
        findings.append(
            _warning("spacing-contradictory", "PixelSpacing contradicts ImagerPixelSpacing; sizes in mm may be wrong.")
        )
    field_mm = rows * spacing_mm[0], columns * spacing_mm[1]
    if not (min(field_mm) >= FIELD_RANGE_MM[0] and max(field_mm) <= FIELD_RANGE_MM[1]):
        findings.append(
            _warning("spacing-implausible", f"{source} makes the film {field_mm[0]:.0f} x {field_mm[1]:.0f} mm large.")
        )
    return spacing_mm, source


def read_pixel_aspect(tags: Tags, spacing_mm: tuple[float, float] | None, findings: list[Finding]) -> float:
    """Read the height of a pixel over its width: from the spacing, else from Pixel Aspect Ratio (PS3.3 C.7.6.3.1.7).

    Returns:
        The ratio; 1 if pixels are square or the file does not state it.
    """
    pair = spacing_mm or _pair(tags, "PixelAspectRatio", (1, MAX_ASPECT_TERM), findings) or (1.0, 1.0)
    aspect = pair[0] / pair[1]
    return 1.0 if SQUARE_RANGE[0] <= aspect <= SQUARE_RANGE[1] else aspect


def _pair(tags: Tags, keyword: str, bounds: tuple[float, float], findings: list[Finding]) -> tuple[float, float] | None:
    """Read two numbers, down and across, that are in bounds and make a possible pixel; None where there are none."""
    numbers = tags.numbers(keyword)
    if not numbers:
        return None
    possible = len(numbers) == 2 and all(bounds[0] <= number <= bounds[1] for number in numbers)
    if possible and PIXEL_ASPECT_RANGE[0] <= numbers[0] / numbers[1] <= PIXEL_ASPECT_RANGE[1]:
        return numbers[0], numbers[1]
    findings.append(_warning("spacing-invalid", f"{keyword} is impossible; it is not used."))
    return None


def read_sop_instance_uid(tags: Tags) -> str | None:
    """Read the object's UID (PS3.3 C.12.1); text other than the digits and dots of PS3.5 9.1 may be a name."""
    text = tags.text("SOPInstanceUID")
    return text if _UID.fullmatch(text) else None


def check_exposure(tags: Tags, findings: list[Finding]) -> None:
    """Add a finding for a modality or a body part that is not that of a hand radiograph (PS3.3 C.7.3.1)."""
    modality = tags.text("Modality").upper()
    if modality and modality not in _FILM_MODALITIES:
        got = modality if modality in _OTHER_MODALITIES.split() else "another"
        findings.append(_warning("modality-unexpected", f"The modality should be that of a radiograph (CR, DX), but is {got}."))
    body_part = tags.text("BodyPartExamined").upper()
    if body_part and not any(word in body_part for word in _HAND_WORDS):
        got = body_part if body_part in _OTHER_BODY_PARTS.split() else "another"
        findings.append(_warning("body-part-unexpected", f"The body part should be the hand, but is {got}."))


def _note(code: str, message: str) -> Finding:
    return Finding(code, Severity.NOTE, message)


def _warning(code: str, message: str) -> Finding:
    return Finding(code, Severity.WARNING, message)
