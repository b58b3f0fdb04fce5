from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from openboneage.clinical.table_files import StatusLevel, known_sex, load_table
from openboneage.errors import InputError
from openboneage.findings import Severity
from openboneage.subject import Sex

NAMES = sorted(entry.name for entry in (files("openboneage.clinical") / "tables").iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_every_table_has_rows_a_source_and_a_status_for_both_sexes(name: str) -> None:
    table = load_table(name)

    assert table.rows
    assert len(table.source) > 30
    assert set(table.statuses) == {Sex.FEMALE, Sex.MALE}


def test_the_table_marked_do_not_ship_is_not_shipped() -> None:
    assert not [name for name in NAMES if name.startswith("chn_other")]


def test_a_status_may_differ_between_the_sexes() -> None:
    statuses = load_table("tw3_rus_score_to_boneage.csv").statuses

    assert statuses[Sex.MALE].level is StatusLevel.VERIFIED
    assert statuses[Sex.FEMALE].level is StatusLevel.PARTLY_VERIFIED


@pytest.mark.parametrize(
    ("name", "sex", "severities"),
    [
        ("tw3_rus_stage_scores.csv", Sex.FEMALE, []),
        ("tw3_rus_score_to_boneage.csv", Sex.FEMALE, [Severity.NOTE]),
        ("gp_tableV_VI_sd.csv", Sex.MALE, [Severity.WARNING]),
    ],
)
def test_unverified_tables_give_a_finding(name: str, sex: Sex, severities: list[Severity]) -> None:
    findings = load_table(name).findings(sex)

    assert [finding.severity for finding in findings] == severities
    assert all(name in finding.message for finding in findings)


def test_an_empty_cell_is_nan() -> None:
    table = load_table("tw_mark2_1983_height.csv").where(table="2.1", age_years="10")

    assert np.isnan(table.column("b_menarche")).all()


def test_a_table_without_a_sex_is_refused() -> None:
    with pytest.raises(InputError, match="never guessed"):
        known_sex(Sex.UNKNOWN)
