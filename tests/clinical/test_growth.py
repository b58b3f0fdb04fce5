from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from openboneage.clinical.greulich_pyle import BoneAgeStatus, Reference
from openboneage.clinical.growth import assess_growth
from openboneage.clinical.visits import Child, Visit
from openboneage.errors import InputError
from openboneage.findings import Finding, Severity
from openboneage.subject import Sex

GIRL = Child(
    Sex.FEMALE,
    (
        Visit(74, 94, 86, 102, height_cm=124.5, weight_kg=25),
        Visit(86, 112, 103, 121, height_cm=132.0, weight_kg=29),
        Visit(90, height_cm=134.0),
        Visit(98, 118, 109, 127, height_cm=137.0, weight_kg=32),
    ),
    mother_height_cm=164,
    father_height_cm=178,
)


def test_each_visit_is_compared_with_its_norms() -> None:
    first, second, third, _ = assess_growth(GIRL).visits

    assert first.bone_age is not None
    assert first.bone_age.verdict is BoneAgeStatus.NORMAL
    assert second.bone_age is not None
    assert second.bone_age.verdict is BoneAgeStatus.ADVANCED
    assert third.bone_age is None
    assert third.height_for_bone_age is None


def test_the_interval_of_the_bone_age_has_an_sds() -> None:
    _, second, third, _ = assess_growth(GIRL).visits

    assert second.bone_age is not None
    assert second.bone_age_sds_interval is not None
    normal = second.bone_age.normal
    ends = [normal.mean_months + sds * normal.sd_months for sds in second.bone_age_sds_interval]
    assert ends == pytest.approx([103, 121])
    assert third.bone_age_sds_interval is None


def test_a_tall_child_with_an_advanced_bone_age_is_less_tall_for_bone_age() -> None:
    first = assess_growth(GIRL).visits[0]

    assert first.height_for_age is not None
    assert first.height_for_bone_age is not None
    assert first.height_for_age.sds > 1 > first.height_for_bone_age.sds
    assert first.height_for_bone_age.age_months == 94


def test_the_pace_is_computed_between_films() -> None:
    paces = assess_growth(GIRL).paces

    assert [(pace.from_age_months, pace.to_age_months, pace.ratio) for pace in paces] == [(74, 86, 1.5), (86, 98, 0.5)]


def test_a_short_interval_and_a_decreasing_bone_age_are_findings() -> None:
    (pace,) = assess_growth(Child(Sex.MALE, (Visit(100, 98), Visit(103, 96)))).paces

    assert [finding.code for finding in pace.findings] == ["short-interval", "bone-age-goes-back"]


@pytest.mark.parametrize(("to_bone_age", "codes"), [(124, []), (125, ["bone-age-fast"])])
def test_a_bone_age_that_advances_faster_than_two_years_a_year_is_a_finding(to_bone_age: float, codes: list[str]) -> None:
    (pace,) = assess_growth(Child(Sex.MALE, (Visit(100, 100), Visit(112, to_bone_age)))).paces

    assert [finding.code for finding in pace.findings] == codes
    message = "Bone age advances 2.1 years per year between 8 y 4 m and 9 y 4 m: read both films again."
    assert [finding.message for finding in pace.findings] == ([message] if codes else [])


def test_a_bone_age_without_progress_gives_no_finding() -> None:
    (pace,) = assess_growth(Child(Sex.MALE, (Visit(100, 100), Visit(112, 100)))).paces

    assert (pace.ratio, pace.findings) == (0, ())


@pytest.mark.parametrize(("later_cm", "codes"), [(134.0, []), (133.9, ["height-falls"]), (115.0, ["height-falls"])])
def test_a_height_that_falls_is_a_finding(later_cm: float, codes: list[str]) -> None:
    growth = assess_growth(Child(Sex.FEMALE, (Visit(108, height_cm=135.0), Visit(114), Visit(120, height_cm=later_cm))))

    assert [finding.code for finding in growth.findings] == codes
    assert all(finding.severity is Severity.WARNING for finding in growth.findings)
    assert all(f"falls by {135 - later_cm:.1f} cm between 9 y 0 m and 10 y 0 m" in item.message for item in growth.findings)


def test_a_contradictory_menarche_is_a_finding() -> None:
    visits = (Visit(140, menarche=False), Visit(150, menarche=True), Visit(155), Visit(160, menarche=False))

    message = "Menarche is yes at 12 y 6 m and no at 13 y 4 m: check both."
    assert assess_growth(Child(Sex.FEMALE, visits)).findings == (Finding("menarche-goes-back", Severity.WARNING, message),)


def test_the_birth_weight_reaches_blum() -> None:
    (visit,) = assess_growth(
        Child(Sex.MALE, (Visit(120, 96, height_cm=123.0),), mother_height_cm=160, father_height_cm=170, birth_weight_kg=2.9)
    ).visits

    assert visit.adult_height is not None
    assert "Blum 2022, model 1" in [item.title for item in visit.adult_height.predictions]


def test_velocity_is_measured_from_the_visit_nearest_to_a_year_before() -> None:
    velocities = assess_growth(GIRL).velocities

    assert [(item.from_age_months, item.to_age_months) for item in velocities] == [(74, 86), (74, 90), (86, 98)]
    assert velocities[0].cm_per_year == pytest.approx(7.5)
    assert velocities[0].sds is not None


def test_last_years_growth_reaches_tw_mark2() -> None:
    boy = Child(
        Sex.MALE, (Visit(144, tw2_bone_age_months=138, height_cm=149), Visit(156, tw2_bone_age_months=150, height_cm=155))
    )

    titles = [
        next(item.title for item in visit.adult_height.predictions if item.method == "tw-mark2-1983")
        for visit in assess_growth(boy).visits
        if visit.adult_height
    ]
    assert titles == ["TW Mark II 1983, Table 2.1", "TW Mark II 1983, Table 2.2"]


def test_the_age_at_menarche_determines_which_visits_are_after_it() -> None:
    girl = Child(
        Sex.FEMALE,
        (Visit(150, tw2_bone_age_months=150, height_cm=152), Visit(168, tw2_bone_age_months=168, height_cm=158)),
        menarche_age_months=156,
    )

    tables = [
        next(item.title for item in visit.adult_height.predictions if item.method == "tw-mark2-1983")
        for visit in assess_growth(girl).visits
        if visit.adult_height
    ]
    assert ["3.1a" in tables[0], "3.1c" in tables[1]] == [True, True]


def test_the_reference_and_the_limit_are_the_callers() -> None:
    growth = assess_growth(GIRL, Reference.TABLE_V_VI, sd_limit=3.5)

    assert growth.sd_limit == 3.5
    assert growth.visits[1].bone_age is not None
    assert growth.visits[1].bone_age.normal.reference is Reference.TABLE_V_VI
    assert growth.visits[1].bone_age.verdict is BoneAgeStatus.NORMAL


def test_beyond_the_tables_a_visit_gives_the_reason() -> None:
    (visit,) = assess_growth(Child(Sex.FEMALE, (Visit(250, 216, height_cm=165),))).visits

    assert visit.bone_age is None
    assert visit.height_for_age is None
    assert [(finding.code, finding.severity) for finding in visit.findings] == [
        ("no-normal-range", Severity.NOTE),
        ("no-height-reference", Severity.NOTE),
    ]


def test_predictions_at_each_visit_with_a_height() -> None:
    growth = assess_growth(GIRL)

    methods = [[item.method for item in visit.adult_height.predictions] for visit in growth.visits if visit.adult_height]
    targets = ["target-height", "target-height-luo", "target-height-conditional"]
    assert methods[0] == ["bayley-pinneau", "rwt-1975", "khamis-guo-1993", "khamis-roche-1995", *targets]
    assert methods[2] == targets


@pytest.mark.parametrize("limit", [0.0, -1.0, 10.1, float("inf"), float("nan")])
@pytest.mark.parametrize("child", [GIRL, Child(Sex.FEMALE, (Visit(100, height_cm=128),))])
def test_an_impossible_limit_is_refused(child: Child, limit: float) -> None:
    with pytest.raises(InputError, match="over 0 SD and at most 10 SD"):
        assess_growth(child, sd_limit=limit)


def test_growth_is_json() -> None:
    again = json.loads(json.dumps(asdict(assess_growth(GIRL))))

    assert again["visits"][0]["bone_age"]["verdict"] == "normal"
