from __future__ import annotations

import pytest

from openboneage.clinical.method_registry import STANDARD_NAMES, scoring_method
from openboneage.clinical.table_files import load_table
from openboneage.errors import InputError
from openboneage.subject import Sex

SEXES = (Sex.FEMALE, Sex.MALE)
RUS = ("radius", "ulna", "mc1", "mc3", "mc5", "pp1", "pp3", "pp5", "mp3", "mp5", "dp1", "dp3", "dp5")


@pytest.mark.parametrize("name", STANDARD_NAMES)
@pytest.mark.parametrize("sex", SEXES)
def test_the_most_mature_stages_sum_to_1000(name: str, sex: Sex) -> None:
    chosen = scoring_method(name)

    assert sum(chosen.highest_score(sex, bone) for bone in chosen.bones) == 1000


@pytest.mark.parametrize("name", STANDARD_NAMES)
@pytest.mark.parametrize("sex", SEXES)
def test_scores_rise_with_the_stage_from_zero(name: str, sex: Sex) -> None:
    for stages in scoring_method(name).scores[sex].values():
        scores = list(stages.values())
        assert scores[0] == 0
        assert scores == sorted(scores)


@pytest.mark.parametrize("name", STANDARD_NAMES)
def test_both_sexes_have_the_same_bones_and_stages(name: str) -> None:
    girls, boys = (scoring_method(name).scores[sex] for sex in SEXES)

    assert {bone: list(stages) for bone, stages in girls.items()} == {bone: list(stages) for bone, stages in boys.items()}


@pytest.mark.parametrize(
    ("name", "sex", "first", "adult"),
    [
        ("tw3", Sex.MALE, 2.0, 16.5),
        ("tw3", Sex.FEMALE, 2.0, 15.0),
        ("tw2-uk", Sex.MALE, 1.6, 18.2),
        ("tw2-uk", Sex.FEMALE, 1.0, 16.0),
        ("tw-japan", Sex.MALE, 3.2, 16.1),
        ("tw-japan", Sex.FEMALE, 3.3, 14.7),
        ("tw3-chinese", Sex.MALE, 1.0, 16.0),
        ("tw3-chinese", Sex.FEMALE, 1.0, 15.0),
        ("rus-chn", Sex.MALE, 2.6406, 18.5),
        ("rus-chn", Sex.FEMALE, 2.2092, 17.0),
        ("tw2-carpal", Sex.MALE, 3.2, 14.0),
        ("tw2-carpal", Sex.FEMALE, 3.6, 12.9),
        ("tw2-20-bone", Sex.MALE, 3.2, 16.5),
        ("tw2-20-bone", Sex.FEMALE, 3.6, 15.1),
    ],
)
def test_range_of_each_standard(name: str, sex: Sex, first: float, adult: float) -> None:
    assert scoring_method(name).range_months(sex) == pytest.approx((first * 12, adult * 12), abs=0.001)


@pytest.mark.parametrize("name", ["tw3", "rus-chn", "tw2-uk", "tw-japan", "tw3-chinese"])
def test_the_thirteen_bones(name: str) -> None:
    assert scoring_method(name).bones == RUS


def test_levels_of_rus_chn_as_printed() -> None:
    highest = {bone: int(scoring_method("rus-chn").stages(bone)[-1]) for bone in RUS}

    assert highest == {
        **{"radius": 14, "ulna": 12, "mc1": 11, "mc3": 10, "mc5": 10},
        **{"pp1": 12, "pp3": 12, "pp5": 12, "mp3": 12, "mp5": 12, "dp1": 11, "dp3": 11, "dp5": 11},
    }


def test_the_20_bone_table_holds_the_same_rus_scores() -> None:
    rows = load_table("tw2_carpal_and_20bone_scores.csv").where(group="rus")
    words = {"mc": "meta", "pp": "prox", "mp": "mid", "dp": "dist"}
    for row in load_table("tw3_rus_stage_scores.csv").rows:
        bone = words.get(row["bone"][:2], row["bone"][:2]) + row["bone"][2:]
        twin = rows.where(sex=row["sex"], bone=bone, stage=row["stage"]).rows
        assert [item["rus_or_carpal_score"] for item in twin] == [row["score"]]


def test_a_standard_names_source_population_and_status() -> None:
    chosen = scoring_method("tw2-uk")

    assert "Constants.kt" in chosen.source
    assert "British" in chosen.population
    assert {str(status.level) for status in chosen.statuses(Sex.MALE).values()} == {"verified", "unverified"}
    assert [finding.code for finding in chosen.findings(Sex.MALE)] == ["table-unverified"]


def test_names_are_forgiving_about_case() -> None:
    assert scoring_method("tw3").known_bone(" Radius ") == "radius"
    assert scoring_method("tw3").known_stage("radius", "g") == "G"


def test_an_unknown_standard_is_refused_with_those_that_exist() -> None:
    with pytest.raises(InputError, match="'tw4'; there are tw3, rus-chn"):
        scoring_method("tw4")


def test_an_unknown_bone_is_refused_with_those_that_exist() -> None:
    with pytest.raises(InputError, match="'capitate'; its bones are radius, ulna"):
        scoring_method("tw3").stages("capitate")


def test_an_unknown_stage_is_refused_with_those_that_exist() -> None:
    with pytest.raises(InputError, match="ulna has no stage 'I'; its stages are A, B, C, D, E, F, G, H"):
        scoring_method("tw3").known_stage("ulna", "I")
