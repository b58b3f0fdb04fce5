"""Levels from measures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from openboneage.bones.ages import tw_shares
from openboneage.bones.criteria import Basis, Sign, criteria, hand_levels, level_likelihood, likelihoods, signs
from openboneage.bones.epiphysis import EpiphysisMeasures
from openboneage.bones.names import RUS
from openboneage.bones.onset import level_shares
from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.rus_chn import tw_stage
from openboneage.errors import InputError
from openboneage.subject import Sex

MEASURES = EpiphysisMeasures(
    bone="pp3",
    metaphysis_px=60,
    spacing_mm=None,
    width=0.75,
    height=0.25,
    thumb_overhang=-0.1,
    small_overhang=-0.13,
    thumb_cap=-0.1,
    small_cap=-0.18,
    concavity=0.01,
    thumb_thickness=0.55,
    squareness=0.72,
    gap=0.07,
    plate_depth=0.35,
    open_share=0.95,
    contrast=50,
    turn_degrees=0,
)
"""A third proximal phalanx of stage D."""
FUSED = replace(
    MEASURES, width=1.08, height=0.4, thumb_overhang=0.04, small_overhang=0.03, thumb_cap=-0.06, small_cap=-0.11,
    concavity=0.06, gap=0.12, plate_depth=0.05, open_share=0.05,
)  # fmt: skip


def stage_of(measures: EpiphysisMeasures, sex: Sex = Sex.MALE, bone_age_months: float | None = None) -> str:
    levels = hand_levels([measures], sex, bone_age_months)[measures.bone]
    return scoring_method("tw3").stages(measures.bone)[int(tw_shares(measures.bone, levels).argmax())]


@pytest.mark.parametrize("bone", RUS)
def test_every_level_has_a_criterion_of_its_stage(bone: str) -> None:
    found = criteria(bone)

    assert [each.level for each in found] == list(range(1, len(scoring_method("rus-chn").stages(bone))))
    assert all(each.text and each.stage == tw_stage(bone, str(each.level)) for each in found)


def test_criteria_that_no_measure_stands_for_are_marked() -> None:
    missing = {(bone, each.level) for bone in RUS for each in criteria(bone) if not each.measured}

    assert all((bone, 1) in missing for bone in RUS)  # a centre is a point: there is an outline or none
    assert len(missing) < 40


@pytest.mark.parametrize("bone", RUS)
def test_the_printed_ratio_of_stage_d_is_a_sign(bone: str) -> None:
    printed = {sign.level: sign.threshold for sign in signs(bone) if sign.basis is Basis.PRINTED}

    assert printed[3] == 0.5
    assert set(printed.values()) <= {0.5, 1.0}


@pytest.mark.parametrize("bone", RUS)
def test_thresholds_of_the_ratio_of_widths_rise_with_the_level(bone: str) -> None:
    widths = [sign.threshold for sign in signs(bone) if sign.measure == "width" and sign.basis is not Basis.PRINTED]

    assert widths == sorted(widths)


def test_a_sign_is_as_likely_met_as_not_at_its_threshold() -> None:
    sign = Sign(5, "width", 0.75, 0.05, Basis.FILMS)

    assert sign.met(MEASURES) == pytest.approx(0.5)
    assert sign.met(replace(MEASURES, width=0.9)) > 0.9
    assert sign.met(replace(MEASURES, width=0.6)) < 0.1


def test_a_greater_ratio_of_widths_raises_the_level_continuously() -> None:
    levels = np.arange(13)
    means = []
    for width in np.arange(0.1, 1.2, 0.1):
        shares = level_likelihood(replace(MEASURES, width=float(width)))
        means.append(shares @ levels / shares.sum())

    assert (np.diff(means)[:6] > 0.1).all()
    assert np.abs(np.diff(means)).max() < 0.6


def test_stages_of_typical_measures() -> None:
    assert stage_of(replace(MEASURES, width=0.15, height=0.1), bone_age_months=16) == "B"
    assert stage_of(MEASURES) == "D"
    assert stage_of(FUSED) in ("H", "I")


def test_one_wrong_measure_does_not_decide() -> None:
    assert stage_of(replace(MEASURES, open_share=0.0, plate_depth=0.0)) == "D"


@pytest.mark.parametrize("width", [0.55, 0.6, 0.8])
def test_a_measure_far_from_its_threshold_is_doubted(width: float) -> None:
    (shares,) = likelihoods(np.full((1, 12), width), [Sign(2, "width", 0.5, 0.01, Basis.FILMS)], 4)

    odds = np.exp(-(width - 0.5) / 0.01)
    assert shares[2] == pytest.approx(shares[3])
    assert shares[1] / shares[3] == pytest.approx((0.95 * odds + 0.05 * odds**0.1) ** 0.6)


def test_bones_without_measures_have_what_is_usual_beside_the_others() -> None:
    young, grown = hand_levels([MEASURES], Sex.FEMALE), hand_levels([FUSED], Sex.FEMALE)

    assert set(young) == set(RUS)
    for bone in RUS:
        levels = np.arange(len(young[bone]))
        assert young[bone].sum() == pytest.approx(1)
        assert young[bone] @ levels < grown[bone] @ levels


def test_no_measures_and_an_age_give_the_levels_of_that_age() -> None:
    found = hand_levels([], Sex.MALE, 150)["mc3"]

    assert found.argmax() == level_shares(Sex.MALE, "mc3", 150).argmax()


def test_the_bone_age_counts_where_measures_leave_doubt() -> None:
    levels = np.arange(13)
    unclear = replace(MEASURES, width=1.05, concavity=0.05, open_share=0.75)

    young, old = (hand_levels([unclear], Sex.MALE, months)["pp3"] @ levels for months in (130, 170))

    assert young < old


def test_a_label_that_contradicts_all_bones_is_doubted() -> None:
    measures = [replace(MEASURES, bone=bone) for bone in ("pp1", "pp3", "pp5", "mp3", "mp5", "mc3", "mc5", "dp3", "radius")]
    levels = np.arange(13)

    alone, labelled = hand_levels(measures, Sex.MALE)["pp3"], hand_levels(measures, Sex.MALE, 220)["pp3"]

    assert labelled @ levels == pytest.approx(alone @ levels, abs=1)


def test_bones_that_are_not_staged_do_not_count() -> None:
    found = hand_levels([replace(MEASURES, bone="pp2")], Sex.MALE, 100)

    assert found["pp3"] == pytest.approx(hand_levels([], Sex.MALE, 100)["pp3"])


def test_an_unknown_bone_or_sex_is_refused() -> None:
    with pytest.raises(InputError, match="got 'pp2'"):
        signs("pp2")
    with pytest.raises(InputError, match="never guessed"):
        hand_levels([MEASURES], Sex.UNKNOWN)
