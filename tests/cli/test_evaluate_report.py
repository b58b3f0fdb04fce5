"""`boneage evaluate report`: a page from a table of predictions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import boneage


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    rows = (f"film-{i},{'FM'[i % 2]},{100 + i},{104 + 2 * i}" for i in range(12))
    path.write_text("\n".join(("id,sex,BA,predicted_months", *rows)))
    return path


def test_a_table_becomes_one_page(predictions: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    run = boneage("evaluate", "report", predictions, "--columns", "bone_age_months=BA", "--out", page)

    assert (run.code, run.out) == (0, f"12 films: {page}\n")
    html = page.read_text()
    assert "<h1>Bone age: mine</h1>" in html
    assert html.count("<svg") == 4


def test_the_page_never_replaces_the_table(predictions: Path) -> None:
    run = boneage("evaluate", "report", predictions, "--columns", "bone_age_months=BA", "--out", predictions, "--overwrite")

    assert run.code == 2
    assert predictions.read_text().startswith("id,sex,BA")


def test_a_column_without_a_unit_is_asked_for(predictions: Path, tmp_path: Path) -> None:
    run = boneage("evaluate", "report", predictions, "--out", tmp_path / "report.html")

    assert run.code == 2
    assert "column BA of mine.csv does not state its unit" in run.err
