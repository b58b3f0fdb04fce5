"""Derive the ages at which each bone of a synthetic hand reaches its stages, and write `phantom/tables/stage_ages.csv`.

Run from the root of the repository: `python tools/phantom_stage_ages.py FOLDER`. FOLDER holds `stage_age_by_bone.csv` (ages of
geometric conditions, from the Fels method and atlas texts) and `epiphyseal_fusion_ages.csv`. No source prints the median age of
each TW stage. The ages printed for conditions of a stage are taken as uncertain; ages of the other stages lie between them;
least squares moves all of them so that the mean totals of children with the variation of `phantom.growth` follow the TW3 and
the RUS-CHN median curves.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.rus_chn import tw_stage
from openboneage.clinical.scoring_method import ScoringMethod
from openboneage.phantom.growth import END, FUSION_LEVELS, STAGES, bone_sd_months
from openboneage.subject import MONTHS_PER_YEAR, Sex

Floats = NDArray[np.float64]

TW3, RUS_CHN = scoring_method("tw3"), scoring_method("rus-chn")
TABLES = Path(__file__).resolve().parents[1] / "src" / "openboneage" / "phantom" / "tables"
SEXES = (Sex.FEMALE, Sex.MALE)
PRINTED_SD, BETWEEN_SD, FUSION_SD = 0.6, 1.2, 0.35
"""Uncertainty of an age, years: printed for a condition of the stage, or placed between such ages; from
the beginning of fusion on."""
SCORE_SD = 12.0
"""Tolerated deviation of the total from a curve, points."""
STEP_SD = 0.8
"""Tolerated change of the duration of a stage, years."""
LEVEL_SD = 0.15
"""Tolerated deviation of a RUS-CHN level from its even place inside its stage, stages."""
FIRST_CHECKED_YEARS = 2.25
FIRST_TWO_STAGES_YEARS = 0.5
CROSSING = re.compile(r"crossing (-?[0-9.]+) y")
DP1_SEEN_YEARS = 14 / MONTHS_PER_YEAR
"""First standard of the atlas text that shows it; it is no indicator of the Fels method."""
ULNA_FUSION_YEARS = {Sex.MALE: (16.6, 18.09), Sex.FEMALE: (14.8, 17.14)}
"""Begun: between the capping of the radius and the complete fusion, which is printed."""
FUSING = ("H", "I", END)
SHORTEST_YEARS = 0.25
ROUNDS, DAMPING = 25, 0.6


@dataclass(frozen=True, eq=False)
class Prior:
    """Age of each stage from B on and of the end of one bone and sex, years, `(n,)`, and its uncertainty."""

    ages: Floats
    sds: Floats


def main() -> None:
    """Fit and write the table."""
    folder = Path(sys.argv[1])
    priors = {(sex, bone): prior(folder, sex, bone) for sex in SEXES for bone in TW3.bones}
    estimate = fit(priors)
    write_ages(estimate.ages)
    write_levels(estimate.places)
    for line in deviations(estimate):
        print(line)


def knots(bone: str) -> tuple[str, ...]:
    """The stages of a bone from B on, and the end."""
    return (*TW3.stages(bone)[1:], END)


def prior(folder: Path, sex: Sex, bone: str) -> Prior:
    """Medians of the printed ages, and ages between them."""
    printed = printed_ages(folder, sex, bone)
    names = knots(bone)
    known = [name in printed for name in names]
    places = np.flatnonzero(known)
    ages = np.interp(np.arange(len(names)), places, [np.median(printed[names[place]]) for place in places])
    rising = np.maximum.accumulate(ages + 0.1 * np.arange(len(names)))
    fusing = np.array([name in FUSING for name in names])
    return Prior(rising, np.select([fusing, known], [FUSION_SD, PRINTED_SD], BETWEEN_SD))


def printed_ages(folder: Path, sex: Sex, bone: str) -> Mapping[str, list[float]]:
    """Ages at which conditions of the stages of one bone are met, and of complete fusion, years."""
    found: dict[str, list[float]] = defaultdict(list)
    for row in rows(folder / "stage_age_by_bone.csv"):
        if row["bone"] == bone and row["sex"] == sex and row["tw_stage"] in tuple(STAGES) and row["p50_years"]:
            found[row["tw_stage"]].append(float(row["p50_years"]))
    if bone == "dp1":
        found["B"] = [DP1_SEEN_YEARS]
    if "D" not in found and (crossing := early_crossing(folder, sex, bone)) is not None:
        found["D"] = [max(crossing, found["B"][0] + FIRST_TWO_STAGES_YEARS)]
    fused = [
        float(row["p50_years"])
        for row in rows(folder / "epiphyseal_fusion_ages.csv")
        if row["bone"] == bone and row["sex"] == sex and row["event"].startswith("fusion complete (one") and row["p50_years"]
    ]
    if bone == "ulna":
        begun, complete = ULNA_FUSION_YEARS[sex]
        found["H"], fused = [begun], [complete]
    found[END] = fused or [found["I"][0] + 2.0]
    return found


def early_crossing(folder: Path, sex: Sex, bone: str) -> float | None:
    """Age at which the mean width ratio would reach 0.5 if its line is extended below its range, years."""
    for row in rows(folder / "stage_age_by_bone.csv"):
        if (row["bone"], row["sex"], row["tw_stage"]) == (bone, sex, "D") and (found := CROSSING.search(row["note"])):
            return float(found[1])
    return None


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a table with comments."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


@dataclass(eq=False)
class Estimate:
    """Ages of stages by sex and bone, years, and places of RUS-CHN levels on the stage axis by bone; refined in place."""

    ages: dict[tuple[Sex, str], Floats]
    places: dict[str, Floats]


@dataclass(frozen=True, eq=False)
class Equation:
    """One linearised residual: its value, and its derivatives by the place of the unknown in the vector of all."""

    value: float
    slopes: Floats


def fit(priors: Mapping[tuple[Sex, str], Prior]) -> Estimate:
    """Damped Gauss-Newton steps; ages stay in order."""
    estimate = Estimate({key: each.ages for key, each in priors.items()}, level_places())
    layout = Layout.of(priors)
    for _ in range(ROUNDS):
        equations = [*prior_equations(priors, estimate, layout), *level_equations(estimate, layout)]
        for sex in SEXES:
            equations += [*curve_equations(TW3, sex, estimate, layout), *curve_equations(RUS_CHN, sex, estimate, layout)]
        matrix = np.array([each.slopes for each in equations])
        step = np.linalg.lstsq(matrix, -np.array([each.value for each in equations]), rcond=None)[0]
        move(estimate, layout, DAMPING * step)
    return estimate


@dataclass(frozen=True)
class Layout:
    """Where the unknowns stand in the vector of all: ages of each sex and bone, then levels that begin inside a stage."""

    ages: Mapping[tuple[Sex, str], slice]
    levels: Mapping[tuple[str, int], int]
    size: int

    @classmethod
    def of(cls, priors: Mapping[tuple[Sex, str], Prior]) -> Layout:
        """The layout of these priors."""
        ages, first = {}, 0
        for key, each in priors.items():
            ages[key] = slice(first, first + len(each.ages))
            first += len(each.ages)
        levels = {key: first + number for number, key in enumerate(free_levels())}
        return cls(ages, levels, first + len(levels))

    def zeros(self) -> Floats:
        """Slopes of an equation, to be filled."""
        return np.zeros(self.size)


def prior_equations(priors: Mapping[tuple[Sex, str], Prior], estimate: Estimate, layout: Layout) -> Iterator[Equation]:
    """Ages stay near the printed ones."""
    for key, each in priors.items():
        for number, (age, expected, sd) in enumerate(zip(estimate.ages[key], each.ages, each.sds, strict=True)):
            slopes = layout.zeros()
            slopes[layout.ages[key].start + number] = 1 / sd
            yield Equation((age - expected) / sd, slopes)
            if number:
                slopes = layout.zeros()
                slopes[layout.ages[key].start + number - 1 : layout.ages[key].start + number + 1] = -1 / STEP_SD, 1 / STEP_SD
                step = age - estimate.ages[key][number - 1]
                yield Equation((step - (expected - each.ages[number - 1])) / STEP_SD, slopes)


def level_equations(estimate: Estimate, layout: Layout) -> Iterator[Equation]:
    """Levels inside a stage stay near its middle."""
    for (bone, number), place in layout.levels.items():
        slopes = layout.zeros()
        slopes[place] = 1 / LEVEL_SD
        yield Equation((estimate.places[bone][number] % 1 - 0.5) / LEVEL_SD, slopes)


def curve_equations(standard: ScoringMethod, sex: Sex, estimate: Estimate, layout: Layout) -> Iterator[Equation]:
    """Mean totals follow the median curve."""
    years = checked_years(standard, sex)
    curve = standard.curves[sex]
    values = totals(standard, sex, estimate, years) - [curve.score_at(year * MONTHS_PER_YEAR) for year in years]
    slopes = np.zeros((len(years), layout.size))
    for bone in standard.bones:
        begins, share, knot = begin_ages(standard, sex, bone, estimate)
        by_begin = -density(years, begins) * np.diff(list(standard.scores[sex][bone].values()))
        own, first = estimate.ages[sex, bone], layout.ages[sex, bone].start
        for number in range(len(begins)):
            slopes[:, first + knot[number]] += (1 - share[number]) * by_begin[:, number]
            slopes[:, first + min(knot[number] + 1, len(own) - 1)] += share[number] * by_begin[:, number]
            if standard is RUS_CHN and (bone, number) in layout.levels:
                slopes[:, layout.levels[bone, number]] += by_begin[:, number] * (own[knot[number] + 1] - own[knot[number]])
    for value, row in zip(values, slopes, strict=True):
        yield Equation(value / SCORE_SD, row / SCORE_SD)


def begin_ages(standard: ScoringMethod, sex: Sex, bone: str, estimate: Estimate) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Ages at which the stages or levels of a bone begin, and the share and number of the ages between which they lie."""
    own = estimate.ages[sex, bone]
    places = estimate.places[bone] if standard is RUS_CHN else np.arange(1.0, len(standard.stages(bone)))
    knot = np.clip(places.astype(int) - 1, 0, len(own) - 2)
    share = places - 1 - knot
    return own[knot] + share * (own[knot + 1] - own[knot]), share, knot


def totals(standard: ScoringMethod, sex: Sex, estimate: Estimate, years: Floats) -> Floats:
    """Mean total of children of some ages, years, whose bones vary."""
    total = np.zeros(len(years))
    for bone in standard.bones:
        begins, _, _ = begin_ages(standard, sex, bone, estimate)
        reached = norm.cdf((years[:, None] - begins) / sds(years)[:, None])
        total += reached @ np.diff(list(standard.scores[sex][bone].values()))
    return total


def density(years: Floats, begins: Floats) -> Floats:
    """How likely a stage begins at an age, `(years, stages)`."""
    sd = sds(years)[:, None]
    return np.asarray(norm.pdf((years[:, None] - begins) / sd) / sd)


def sds(years: Floats) -> Floats:
    """Variation of a bone within a hand, years."""
    return bone_sd_months(years * MONTHS_PER_YEAR) / MONTHS_PER_YEAR


def move(estimate: Estimate, layout: Layout, step: Floats) -> None:
    """Change all unknowns; stages stay in order, levels inside their stage."""
    for key, place in layout.ages.items():
        moved = estimate.ages[key] + step[place]
        moved[0] = max(moved[0], SHORTEST_YEARS)
        for number in range(1, len(moved)):
            moved[number] = max(moved[number], moved[number - 1] + SHORTEST_YEARS)
        estimate.ages[key] = moved
    for (bone, number), unknown in layout.levels.items():
        stage = int(estimate.places[bone][number])
        moved_place = estimate.places[bone][number] + step[unknown]
        estimate.places[bone][number] = np.clip(moved_place, stage + 0.15, stage + 0.85)


def free_levels() -> Iterator[tuple[str, int]]:
    """Bone and number of the levels that begin inside a stage, without those that are a share of fusion."""
    for bone in RUS_CHN.bones:
        levels = RUS_CHN.stages(bone)[1:]
        for number in range(1, len(levels)):
            same = tw_stage(bone, levels[number - 1]) == tw_stage(bone, levels[number])
            if same and (bone, levels[number]) not in FUSION_LEVELS:
                yield bone, number


def level_places() -> dict[str, Floats]:
    """Place on the stage axis at which each level of each bone begins, from level 1 on; in the middle where it is free."""
    free = {(bone, number) for bone, number in free_levels()}
    return {
        bone: np.array(
            [
                FUSION_LEVELS.get((bone, level), STAGES.index(tw_stage(bone, level)) + 0.5 * ((bone, number) in free))
                for number, level in enumerate(RUS_CHN.stages(bone)[1:])
            ]
        )
        for bone in RUS_CHN.bones
    }


def checked_years(standard: ScoringMethod, sex: Sex) -> Floats:
    """Ages at which totals are compared with a curve."""
    low, high = standard.range_months(sex)
    return np.arange(max(low / MONTHS_PER_YEAR, FIRST_CHECKED_YEARS), high / MONTHS_PER_YEAR, 0.25)


def write_ages(ages: Mapping[tuple[Sex, str], Floats]) -> None:
    """Write the ages in months."""
    lines = [
        "# Median age at which a bone of a synthetic hand reaches a TW3 stage, months; end: fused, or the line gone.",
        "# Made by tools/phantom_stage_ages.py from ages of geometric conditions (Fels method, atlas texts) and median curves",
        "# of TW3 and RUS-CHN. No source prints these ages: use them for synthetic hands only.",
        "sex,bone,stage,age_months",
    ]
    for (sex, bone), own in ages.items():
        lines += [f"{sex},{bone},{name},{12 * age:.1f}" for name, age in zip(knots(bone), own, strict=True)]
    (TABLES / "stage_ages.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_levels(places: Mapping[str, Floats]) -> None:
    """Write where the levels begin on the stage axis."""
    lines = [
        "# Place on the stage axis (1 = B, 2 = C, ...) at which each RUS-CHN level of a bone begins in a synthetic hand.",
        "# Made by tools/phantom_stage_ages.py; stages of levels from clinical/tables/rus_chn_level_to_tw_stage.csv.",
        "bone,level,stage",
    ]
    for bone, own in places.items():
        lines += [f"{bone},{level},{place:.2f}" for level, place in zip(RUS_CHN.stages(bone)[1:], own, strict=True)]
    (TABLES / "rus_chn_levels.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def deviations(estimate: Estimate) -> Iterator[str]:
    """Mean total minus curve at whole years, in points and in months."""
    for sex in SEXES:
        for standard in (TW3, RUS_CHN):
            curve = standard.curves[sex]
            years = checked_years(standard, sex)[::4]
            reached = totals(standard, sex, estimate, years)
            cells = []
            for year, score in zip(years, reached, strict=True):
                months = curve.read(round(score)).limit_months - year * MONTHS_PER_YEAR
                cells.append(f"{year:.1f}: {score - curve.score_at(year * MONTHS_PER_YEAR):+.0f} ({months:+.1f})")
            yield f"{sex} {standard.name}  {'  '.join(cells)}"


if __name__ == "__main__":
    main()
