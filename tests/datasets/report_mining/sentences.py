"""Invented sentences in the phrasing of radiology reports, with the bone age and the child's age that they state, in months.

A range is a pair; a reason stands where there is no label. The sentences are grouped by what makes them difficult.
"""

from __future__ import annotations

from typing import NamedTuple

from openboneage.datasets.report_mining.report import Exclusion

NONE, SEVERAL, RIGHT, DEFORMED = (
    Exclusion.NO_BONE_AGE,
    Exclusion.SEVERAL_BONE_AGES,
    Exclusion.RIGHT_HAND,
    Exclusion.DEFORMED,
)


class Stated(NamedTuple):
    """A text and what it states."""

    text: str
    bone_age: float | tuple[float, float] | Exclusion
    child: float | None = None


PLAIN = [
    Stated("The bone age is 10 years.", 120),
    Stated("Bone age is 10 years 6 months.", 126),
    Stated("BONE AGE: 11 YEARS, 3 MONTHS", 135),
    Stated("Bone age: 9 years and 9 months.", 117),
    Stated("The skeletal age is estimated at 7 years 10 months.", 94),
    Stated("Skeletal maturity corresponds to 13 years 6 months.", 162),
    Stated("Estimated bone age is approximately 12 years.", 144),
    Stated("The patient's bone age is best estimated as 8 years.", 96),
    Stated("Osseous age of 5 years 6 months.", 66),
    Stated("Bone age by Greulich and Pyle: 14 years.", 168),
    Stated("Using the standards of Greulich and Pyle, the bone age is 6 years 10 months.", 82),
    Stated("Per the G&P atlas the skeletal age is 3 years 6 months.", 42),
    Stated("Radiographic age 2 years 8 months.", 32),
    Stated("The skeletal maturation is that of 11 years.", 132),
    Stated("Bone age is slightly advanced at 9 years.", 108),
    Stated("Delayed bone age of 5 years 6 months.", 66),
    Stated("BA 10 years.", 120),
]

NOTATIONS = [
    Stated("Bone age is 10.5 years.", 126),
    Stated("Bone age is 10 1/2 years.", 126),
    Stated("Bone age is 10½ years.", 126),
    Stated("Bone age is 10 and a half years.", 126),
    Stated("Bone age: 10 6/12 years.", 126),
    Stated("Bone age is 7-10/12.", 94),
    Stated("Bone age is 8 years and 10/12.", 106),
    Stated("Bone age 10y6m.", 126),
    Stated("Bone age 10 y 6 m.", 126),
    Stated("Bone age is 10 yrs. 6 mos. by the standards of Greulich and Pyle.", 126),
    Stated("Bone age is 10 yr 6 mo.", 126),
    Stated("Skeletal age is 10-years 6-months.", 126),
    Stated("Bone age is eleven years.", 132),
    Stated("Bone age is eleven and a half years.", 138),
    Stated("The bone age is two years and eight months.", 32),
    Stated("Bone age is 18 months.", 18),
    Stated("Bone age of 9 months.", 9),
    Stated("Bone age is 132 months.", 132),
    Stated("The bone age is six months.", 6),
    Stated("Bone age 12,5 years.", 150),
    Stated("Bone age: 12", 144),
    Stated("Bone age is 13.5.", 162),
    Stated("Bone age is that of a newborn.", 0),
]

RANGES = [
    Stated("Bone age is 10-11 years.", (120, 132)),
    Stated("Bone age is between 10 and 11 years.", (120, 132)),
    Stated("The bone age is 10 to 10 1/2 years.", (120, 126)),
    Stated("Bone age ranges from 10 years 6 months to 11 years.", (126, 132)),
    Stated("The bone age lies between 6 years 10 months and 7 years 10 months.", (82, 94)),
    Stated("Bone age falls between the standards of 10 years and 11 years.", (120, 132)),
    Stated("The appearance lies between the 12 year and 13 year standards.", (144, 156)),
    Stated("Bone age is between the standards for 8 years 10 months (plate 15) and 10 years (plate 16).", (106, 120)),
    Stated("Skeletal age is 15–17 years.", (180, 204)),
    Stated("Bone age is between 1 year and 18 months.", (12, 18)),
    Stated("Bone age between 6 and 9 months.", (6, 9)),
    Stated("Bone age is 11 or 12 years.", (132, 144)),
    Stated("Between the 10- and 11-year-old standards.", (120, 132)),
]

CHILD = [
    Stated("Chronological age is 10 years 2 months. Bone age is 9 years.", 108, 122),
    Stated("Bone age is 9 years; chronological age is 10 years 2 months.", 108, 122),
    Stated("The chronologic age is 8 years 4 months and the bone age is 7 years.", 84, 100),
    Stated("CHRONOLOGICAL AGE: 10 years 3 months\nBONE AGE: 9 years\nSTANDARD DEVIATION: 10.8 months", 108, 123),
    Stated("Bone age of 12 years at a chronological age of 13 years 1 month.", 144, 157),
    Stated("10-year-old girl with short stature. Bone age is 8 years 10 months.", 106, 120),
    Stated("The patient is 7 years 3 months of age. The bone age is 6 years.", 72, 87),
    Stated("Bone age study in a 9-year-old boy. Skeletal age is 10 years.", 120, 108),
    Stated("Bone age examination of an 8 year old male: bone age is 8 years.", 96, 96),
    Stated("Patient's age: 6 years 6 months. Bone age: 5 years.", 60, 78),
    Stated("CA 10 years, BA 11 years.", 132, 120),
    Stated("Chronological and bone ages are 10 years 3 months and 11 years, respectively.", 132, 123),
    Stated("Bone age is 10 years, which is concordant with the chronological age of 10 years 3 months.", 120, 123),
    Stated("Bone age is 14 years by G & P; the boy is 13 years 2 months old.", 168, 158),
    Stated("At the chronological age of 5 years, the bone age is 5 years.", 60, 60),
    Stated("Her stated age is 11 years. Osseous development is compatible with 12 years.", 144, 132),
    Stated("Female, 7 years 11 months old. The closest standard is 7 years 10 months.", 94, 95),
    Stated("Chronological age is 10 years 2 months.", NONE, 122),
    Stated("Bone age is equal to the chronological age.", NONE),
]

STANDARDS = [
    Stated("The hand most closely resembles the 11 year male standard of Greulich and Pyle.", 132),
    Stated("Findings correspond to the standard for a 10-year-old girl.", 120),
    Stated("The closest match in the atlas is 6 years 10 months.", 82),
    Stated("Appearance is most consistent with that of a 13-year-old male.", 156),
    Stated("This matches plate 18, the female standard of 8 years 10 months.", 106),
    Stated("The radiograph approximates the 3 year 6 month standard.", 42),
    Stated("Bone age is as follows. 10 years 6 months.", 126),
]

SPREADS = [
    Stated("Bone age is 10 years ± 12 months.", 120),
    Stated("Bone age is 10 years +/- 1 year.", 120),
    Stated("Bone age is 10 years plus or minus 10 months (1 SD).", 120),
    Stated("Bone age is 10 years with a standard deviation of 10.7 months.", 120),
    Stated("One standard deviation for a chronological age of 9 years is 10.7 months. Bone age is 8 years.", 96, 108),
    Stated("Bone age is 8 years (SD 9.3 months).", 96),
    Stated("Two standard deviations is 20.4 months; bone age 7 years.", 84),
    Stated("Bone age is 12 years, within 2 SD of the chronological age of 12 years 8 months.", 144, 152),
    Stated("The normal range is 8 years 2 months to 11 years 10 months. The bone age is 10 years.", 120),
    Stated("Bone age: 9 years. 2 SD = 22 months.", 108),
    Stated("Bone age is 6 years. The standard deviation for age 7 years is 8.7 months.", 72, 84),
    Stated("The bone age of 5 years is greater than 2 standard deviations below the chronological age of 8 years.", 60, 96),
]

DELAYS = [
    Stated("Bone age is delayed by 2 years.", NONE),
    Stated("Bone age is 8 years, delayed by approximately 2 years.", 96),
    Stated("Bone age is 2 years delayed; it is 8 years.", 96),
    Stated("Bone age of 11 years is 14 months ahead of the chronological age.", 132),
    Stated("There is a delay of 18 months. Bone age is 6 years.", 72),
    Stated("Skeletal age is 1 year older than the chronological age of 9 years 2 months.", NONE, 110),
    Stated("Bone age is advanced 2 years compared with the chronological age of 6 years.", NONE, 72),
    Stated("Bone age is significantly delayed at 6 years.", 72),
    Stated("Bone age lags the chronological age of 10 years by 2 years.", NONE, 120),
    Stated("The discrepancy between bone age and chronological age is 13 months.", NONE),
    Stated("Bone age is 9 years. Follow-up in 12 months is recommended.", 108),
    Stated("On growth hormone for 2 years. Bone age is 9 years.", 108),
    Stated("Recommend repeat in 6-12 months. Bone age 4 years.", 48),
    Stated("Menarche at 11 years. Bone age is 14 years.", 168),
    Stated("Height age is 6 years, bone age is 7 years.", 84),
]

NEGATIONS = [
    Stated("Bone age cannot be determined.", NONE),
    Stated("Bone age is not 8 years but 9 years.", 108),
    Stated("The hand has not reached the 10 year standard.", NONE),
    Stated("The bone age should read 11 years, not 12 years.", 132),
    Stated("No bone age was assigned as the wrist was not included.", NONE),
    Stated("The appearance does not match the 7 year standard; bone age is 6 years.", 72),
    Stated("Bone age is 8 years rather than 9 years.", 96),
    Stated("Not a bone age examination. Distal radius fracture in a 9-year-old.", NONE, 108),
    Stated("There is no significant discrepancy: bone age is 10 years.", 120),
]

SEVERAL_AGES = [
    Stated("Bone age is 10 years, previously 9 years.", 120),
    Stated("The prior bone age was 8 years. The bone age is now 9 years.", 108),
    Stated("Bone age has advanced from 9 years to 10 years since the last examination.", 120),
    Stated("Compared with the prior study of 2013, when bone age was 7 years, the bone age is 8 years 10 months.", 106),
    Stated("Bone age 11 years (10 years on the prior exam).", 132),
    Stated("Carpal bone age is 8 years, phalangeal bone age is 9 years.", (96, 108)),
    Stated("The carpal bones correspond to 6 years and the phalanges to 7 years; overall bone age is 6 years 6 months.", 78),
    Stated("Bone age is 10 years. Bone age is 12 years.", SEVERAL),
    Stated("Bone age is 10 years. In summary, skeletal age is 10 years.", 120),
    Stated("Bone age is 10 years by Greulich and Pyle and 10.4 years by Tanner-Whitehouse.", 120),
    Stated("TW3 bone age: 9.8 years.", NONE),
    Stated("FINDINGS: Bone age 10 years.\nIMPRESSION: Bone age 11 years.", 132),
    Stated("Bone age is 10 years.\n\nADDENDUM: Bone age is 9 years, after discussion.", 108),
    Stated("Bone age is 10 years.\n\nADDENDUM: The chronological age is 11 years 1 month.", 120, 133),
    Stated("INDICATION: Outside bone age 7 years.\nFINDINGS: Skeletal age is 8 years.", 96),
]

LIMITS = [
    Stated("Bone age is greater than 18 years.", 216),
    Stated("Bone age is less than 3 months.", 3),
    Stated("Bone age is at least 17 years.", 204),
    Stated("Bone age >18 years.", 216),
    Stated("The patient is skeletally mature.", 216),
    Stated("All physes are closed.", 216),
    Stated("Skeletal maturity has been reached.", 216),
    Stated("The growth plates are completely fused, consistent with adult bone age.", 216),
    Stated("The patient is not yet skeletally mature.", NONE),
    Stated("The physes are not closed. Bone age is 14 years.", 168),
    Stated("Nearly skeletally mature, bone age 16 years.", 192),
    Stated("Bone age 250 years.", NONE),
]

EXCLUDED = [
    Stated("RIGHT HAND, ONE VIEW. Bone age is 10 years.", RIGHT),
    Stated("Frontal radiograph of the right hand and wrist. Bone age 8 years.", RIGHT),
    Stated("Hand, right: bone age 8 years.", RIGHT),
    Stated("The left hand is in a cast; the right hand was imaged. Bone age is 9 years.", RIGHT),
    Stated("Frontal radiograph of the left hand. The patient is right-handed. Bone age is 9 years.", 108),
    Stated("AP view of both hands. Bone age is 9 years.", 108),
    Stated("Left hand and wrist radiograph. Old fracture of the right wrist. Bone age is 7 years.", 84),
    Stated("Madelung deformity. Bone age is 12 years.", DEFORMED),
    Stated("Syndactyly of the third and fourth digits; bone age is 3 years.", DEFORMED),
    Stated("The image is severely distorted. Bone age is about 7 years.", DEFORMED),
    Stated("No deformity. Bone age is 7 years.", 84),
    Stated("No fracture, dislocation or congenital anomaly. Bone age is 7 years.", 84),
    Stated("Normal radiograph of the hand.", NONE),
    Stated("", NONE),
]

LONGER = [
    Stated(
        "EXAM: BONE AGE\n"
        "HISTORY: 12-year-old male with delayed puberty.\n"
        "TECHNIQUE: Single frontal view of the left hand and wrist.\n"
        "FINDINGS: The patient's chronological age is 12 years 4 months. The bone age, according to the standards of "
        "Greulich and Pyle, is 10 years 6 months. The standard deviation for this age is 10.4 months.\n"
        "IMPRESSION: Bone age is delayed by more than two standard deviations.",
        126,
        148,
    ),
    Stated(
        "Left hand film for bone age: The bone age is felt to be 5 years 9 months. Chronologic age is 6 years 3 "
        "months. Standard deviation is 9.0 months. Bone age is within one standard deviation of the mean.",
        69,
        75,
    ),
    Stated("The patient's bone age most closely matches the male standard of 13 years.", 156),
    Stated(
        "Bone age is estimated to be about 14-1/2 years, which is slightly greater than the chronological age of 14 "
        "years 0 months.",
        174,
        168,
    ),
    Stated("Skeletal age per Greulich & Pyle = 7y10m (chronological 9y1m).", 94, 109),
    Stated(
        "Sex: Female. Chronological age: 6 years 11 months. Bone age according to Greulich and Pyle: 7 years 10 "
        "months. 2 SD at this age: 17 months. Impression: Normal bone age.",
        94,
        83,
    ),
    Stated(
        "The bone age of this patient using the Greulich and Pyle method is 3 years. Expected for chronologic age of 3 "
        "years 8 months with standard deviation of 6 months.",
        36,
        44,
    ),
    Stated("Bone age is 15 years 6 months in this 14 year 3 month old boy.", 186, 171),
    Stated("Based on the phalangeal epiphyses, bone age is 8 years 10 months.", 106),
    Stated("Bone age is markedly advanced, corresponding to 11 years in a 7-year-old girl.", 132, 84),
    Stated(
        "Single AP radiograph of the left hand. Patient age 8 years, 1 month. Bone age 7 years 10 months, within the "
        "range of normal.",
        94,
        97,
    ),
    Stated("The bone age is approximately 2.5 to 3 years.", (30, 36)),
    Stated("Impression: bone age of eight years and ten months, unchanged from prior.", 106),
    Stated(
        "The current bone age is 9 years. On the previous examination dated 3/12/2012 bone age was 7 years 10 months.",
        108,
    ),
    Stated("Interval increase in bone age from 7 years to 8 years 10 months.", 106),
    Stated(
        "Bone age: 10 years (Greulich & Pyle). Chronological age: 10 years 7 months. Difference: 7 months.",
        120,
        127,
    ),
    Stated("Bone age of 16 yrs (male).", 192),
    Stated("The left wrist and hand show skeletal maturation of a 4 year 6 month old child.", 54),
    Stated("Bone age is at the 12 year level.", 144),
    Stated("The findings are in keeping with a bone age of 6-9 months.", (6, 9)),
    Stated("Bone age is estimated at 17 years, close to skeletal maturity.", 204),
    Stated("Epiphyses have fused throughout; bone age is adult.", 216),
    Stated("Chronological age = 11 5/12 years; skeletal age = 10 years.", 120, 137),
    Stated("Bone age assessment: 13 years 0 months.", 156),
    Stated("Patient is 15 years and 7 months old; bone age 15 years.", 180, 187),
    Stated("The skeletal age of this 10-year-old boy is 8 years.", 96, 120),
    Stated("There is a two-year delay in bone age, which is estimated at 6 years.", 72),
    Stated("Bone age is indeterminate owing to metabolic disease.", NONE),
    Stated("The bone age is within normal limits for a chronological age of 5 years 4 months.", NONE, 64),
    Stated("XR BONE AGE RIGHT HAND\nBone age 6 years.", RIGHT),
    Stated("Hypoplastic thumb and absent radius; Bone age approximates 2 years.", DEFORMED),
    Stated("A line through the epiphysis suggests fusion. Skeletal age = 14.0 yrs", 168),
    Stated("Clinical: 5 yo F precocious puberty. Report: BA 7 yrs 10 mo by G&P, CA 5 yrs 2 mo, +3 SD.", 94, 62),
    Stated("Bone age is advanced by 3 years, at 9 years.", 108),
    Stated(
        "The carpals suggest an age of 7 years, the phalanges an age of 8 years. Bone age is therefore reported as 7 "
        "years 6 months.",
        90,
    ),
    Stated("I estimate the bone age as 10 years.", 120),
    Stated("Bone age lies in between the standards of 2 years 6 months and 3 years.", (30, 36)),
    Stated("Bone age of 1 year 3 months versus a chronological age of 2 years 1 month.", 15, 25),
]

ALL = [
    *PLAIN, *NOTATIONS, *RANGES, *CHILD, *STANDARDS, *SPREADS, *DELAYS, *NEGATIONS, *SEVERAL_AGES, *LIMITS, *EXCLUDED,
    *LONGER,
]  # fmt: skip
