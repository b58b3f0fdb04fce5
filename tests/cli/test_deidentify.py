"""`boneage deidentify`: copies and their table."""

from __future__ import annotations

import csv
from pathlib import Path

from openboneage.errors import InputError, RefusedError
from tests import hands
from tests.cli.running import boneage
from tests.report.reports import dicom_film


def test_films_are_copied_with_a_table(tmp_path: Path) -> None:
    films, copies = tmp_path / "films", tmp_path / "copies"
    films.mkdir()
    (films / "mueller.dcm").write_bytes(dicom_film())
    (films / "nothing.png").write_bytes(hands.png(hands.not_hand("noise")))
    run = boneage("deidentify", films, "--out", copies, "--key", tmp_path / "key")
    assert run.code == RefusedError.exit_code, run.err
    assert "nothing.png is left out" in run.err
    (row,) = csv.DictReader((copies / "films.csv").read_text().splitlines())
    assert (row["sex"], row["age_months"]) == ("female", "111")
    assert sorted(path.name for path in copies.iterdir()) == sorted([row["file"], "films.csv"])
    assert boneage("deidentify", films / "mueller.dcm", "--out", copies, "--key", tmp_path / "key").code == 0
    assert len(list(copies.iterdir())) == 2


def test_key_among_the_copies_is_refused(tmp_path: Path) -> None:
    (tmp_path / "film.dcm").write_bytes(dicom_film())
    run = boneage("deidentify", tmp_path / "film.dcm", "--out", tmp_path / "copies", "--key", tmp_path / "copies" / "key")
    assert (run.code, "outside the folder" in run.err) == (InputError.exit_code, True)
