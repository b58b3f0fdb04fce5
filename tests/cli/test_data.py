"""`boneage data`: labels from reports, and data cards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import boneage


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    path = tmp_path / "reports.csv"
    path.write_text("id,report\na,Bone age is 10 years.\nb,Bone age is 11 years 6 months.\nc,Right hand. Bone age 9 years.\n")
    return path


def test_reports_become_labels(reports: Path, tmp_path: Path) -> None:
    run = boneage("data", "reports", reports, "--out", tmp_path / "labels.csv")

    assert run.code == 0
    assert run.out == "| reports | n |\n| --- | --- |\n| label, confidence high | 2 |\n| excluded: right hand | 1 |\n"
    assert (tmp_path / "labels.csv").read_text().splitlines()[1].startswith("a,,120,")


def test_labels_in_whole_years(reports: Path, tmp_path: Path) -> None:
    assert boneage("data", "reports", reports, "--out", tmp_path / "labels.csv", "--whole-years").code == 0
    assert (tmp_path / "labels.csv").read_text().splitlines()[2].startswith("b,,11,")


def test_labels_never_replace_the_reports(reports: Path) -> None:
    before = reports.read_text()
    run = boneage("data", "reports", reports, "--out", reports, "--overwrite")

    assert run.code == 2
    assert reports.read_text() == before


def test_a_table_without_reports_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("id,text\na,b\n")
    run = boneage("data", "reports", table, "--out", tmp_path / "labels.csv")

    assert run.code == 2
    assert "Expected a column report in t.csv" in run.err


def test_a_card_describes_a_cohort(tiny_shared: Path, tmp_path: Path) -> None:
    page = tmp_path / "card.html"
    run = boneage("data", "card", tiny_shared / "rsna", "--out", page, "--from", "5y", "--sex", "F")

    assert run.code == 0, run.err
    assert f" films: {page}" in run.out
    html = page.read_text()
    assert "Data card: RSNA 2017" in html
    assert "sex male" in html
    assert "<dt>boys" not in html


def test_an_empty_cohort_is_refused(tiny_shared: Path, tmp_path: Path) -> None:
    run = boneage("data", "card", tiny_shared / "rsna", "--out", tmp_path / "card.html", "--from", "18y", "--to", "5y")

    assert run.code == 2
    assert "from a smaller to a larger one" in run.err


def test_outlines_are_converted(tiny_shared: Path, tmp_path: Path) -> None:
    run = boneage("data", "outlines", tiny_shared / "rsna" / "outlines.json", "--out", tmp_path / "coco.json")

    assert (run.code, run.out.split(":")[0]) == (0, "27 films, 27 outlines")
    assert (tmp_path / "coco.json").is_file()
