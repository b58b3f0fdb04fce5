"""Set the thresholds of signs that separate the levels of the 13 bones, and write `clinical/tables/stage_signs.csv`.

Run from the root of the repository: `python tools/stage_signs.py BONES`, where BONES is the table that `boneage evaluate
epiphyses --table BONES` writes. Only films of the training split are used.

The levels of these films are not known. They are estimated in rounds, starting from the levels that are usual at the bone age
of the film: the mean of each measure at each level (not falling, or not rising: isotonic regression), its threshold between
neighbouring levels, and with these the probability of each level of each bone. Printed thresholds of the ratio of widths stay
as they are.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.bones.criteria import MEASURES, Basis, Sign, likelihoods
from openboneage.bones.names import RUS
from openboneage.bones.onset import level_shares
from openboneage.clinical.rus_chn import rus_chn_levels
from openboneage.datasets.bone_table import MeasuredBone, read_bones
from openboneage.datasets.splits import Split

TABLE = Path(__file__).resolve().parents[1] / "src" / "openboneage" / "clinical" / "tables" / "stage_signs.csv"
PRINTED: Mapping[str, Mapping[str, float]] = {
    **{bone: {"G": 1.0} for bone in ("ulna", "mc3", "mc5")},
    **{bone: {"F": 1.0} for bone in ("pp1", "pp3", "pp5", "mp3", "mp5")},
    **{bone: {"E": 1.0} for bone in ("dp1", "dp3", "dp5")},
}
"""Ratio of widths that the criterion of a later stage prints. That of the first metacarpal, 1.0 at stage E, is left out: by all
three sources of `bones.onset` it begins two years before the ratio reaches 1.0 on these films."""
DISC, HALF = 0.25, 0.5
"""Ratio of widths from which a centre is a disc (stage C) and not a point, our own choice; and that of stage D, as printed."""
EARLY_DOUBT = 0.04
"""Doubt of the signs of stages C and D: the error of a measured ratio of widths has a standard deviation of about 0.07."""
FIRST_ON_FILMS = 4
"""First level whose signs are set on films: before, the ratio of widths is the criterion."""
LEAST_STEP = 0.25
"""Smallest step of a measure between two levels that becomes a sign, in standard deviations."""
ROUNDS = 3
HEADER = """\
# status: unverified: thresholds without a printed number were set on RSNA training films by their bone age, not on staged films
# Signs that separate the levels of the 13 RUS bones: from `level` (RUS-CHN) on, `measure` lies beyond `threshold`; `doubt` is
# the change of the measure that changes the logarithm of the odds by one, negative where the measure falls. Written by
# tools/stage_signs.py. basis: printed = number of the criterion in rus_stage_criteria.csv; own = set without a source; films =
# set on drawn RSNA training films (Halabi et al., Radiology 2018; 290(2):498-503; regions: Deng et al., Math Biosci Eng 2023;
# 20(7):13133). All lengths are in widths of the metaphysis.
bone,level,measure,threshold,doubt,basis
"""
Array = NDArray[np.float64]


def main() -> None:
    """Write the table."""
    bones = [bone for bone in read_bones(Path(sys.argv[1])) if bone.split is Split.TRAIN and bone.measures.bone in RUS]
    lines = []
    for name in RUS:
        for sign in fitted(name, [bone for bone in bones if bone.measures.bone == name]):
            lines.append(f"{name},{sign.level},{sign.measure},{sign.threshold:.3f},{sign.doubt:.3f},{sign.basis}\n")
    TABLE.write_text(HEADER + "".join(lines))
    print(f"{len(lines)} signs of {len(RUS)} bones, from {len(bones)} bones of training films.")


def fitted(name: str, bones: Sequence[MeasuredBone]) -> list[Sign]:
    """The signs of one bone."""
    values = np.array([[getattr(bone.measures, measure) for measure in MEASURES] for bone in bones])
    values = np.clip(values, *np.percentile(values, [1, 99], axis=0))
    before = np.array([level_shares(bone.sex, name, bone.bone_age_months) for bone in bones])
    shares = before / before.sum(axis=1, keepdims=True)
    printed = {int(rus_chn_levels(name, stage)[0]): ratio for stage, ratio in PRINTED.get(name, {}).items()}
    early = [Sign(2, "width", DISC, EARLY_DOUBT, Basis.OWN), Sign(3, "width", HALF, EARLY_DOUBT, Basis.PRINTED)]
    signs = early
    for _ in range(ROUNDS):
        later = [measure_signs(column, values[:, column], shares, printed) for column in range(len(MEASURES))]
        signs = early + [sign for found in later for sign in found]
        shares = likelihoods(values, signs, before.shape[1]) * before
        shares /= shares.sum(axis=1, keepdims=True)
    return sorted(signs, key=lambda sign: (sign.level, MEASURES.index(sign.measure)))


def measure_signs(column: int, values: Array, shares: Array, printed: Mapping[int, float]) -> list[Sign]:
    """The signs that one measure gives, from the probabilities of the levels."""
    weights = shares[:, 1:].sum(axis=0) + 1e-9
    means = shares[:, 1:].T @ values / weights
    rising = np.sign(np.cov(values, shares @ np.arange(shares.shape[1]))[0, 1]) or 1.0
    means = rising * isotonic(rising * means, weights)
    deviation = float(np.sqrt((shares[:, 1:] * (values[:, None] - means) ** 2).sum() / weights.sum()))
    signs = []
    for level in range(FIRST_ON_FILMS, shares.shape[1]):
        step = means[level - 1] - means[level - 2]
        if abs(step) < LEAST_STEP * deviation:
            continue
        is_printed = MEASURES[column] == "width" and level in printed
        threshold = printed[level] if is_printed else float(means[level - 1] + means[level - 2]) / 2
        basis = Basis.PRINTED if is_printed else Basis.FILMS
        signs.append(Sign(level, MEASURES[column], threshold, deviation**2 / step, basis))
    return signs


def isotonic(values: Array, weights: Array) -> Array:
    """The closest values that do not fall (pool adjacent violators; Barlow et al. 1972)."""
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights, strict=True):
        blocks.append((float(value), float(weight), 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (first, heavy, count), (second, light, more) = blocks[-2:]
            blocks[-2:] = [((first * heavy + second * light) / (heavy + light), heavy + light, count + more)]
    return np.repeat([value for value, _, _ in blocks], [count for _, _, count in blocks])


if __name__ == "__main__":
    main()
