"""`boneage remove`: a patient's data."""

from __future__ import annotations

from pathlib import Path

from openboneage.errors import InputError
from openboneage.store.store import StoreSettings, open_store
from tests.cli.running import boneage
from tests.node.nodes import counts
from tests.report.reports import CHILD
from tests.store.stores import film_of_child, received


def test_patient_is_removed_after_a_question(tmp_path: Path) -> None:
    with open_store(StoreSettings(tmp_path)) as store:
        for number in (1, 2):
            received(store, film_of_child(number))
        received(store, film_of_child(3, PatientID="OTHER", StudyInstanceUID="1.2.3.4"))
    words = ["remove", "--data", tmp_path, "--patient-id", CHILD["PatientID"]]
    refused = boneage(*words)  # no terminal to answer on
    assert refused.code != 0
    removed = boneage(*words, "--yes")
    assert (removed.code, "2 films were removed" in removed.out) == (0, True), removed.err
    with open_store(StoreSettings(tmp_path)) as store:
        assert counts(store).films == 1
        assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 1


def test_unknown_patient_is_said_without_quoting_the_identifier(tmp_path: Path) -> None:
    run = boneage("remove", "--data", tmp_path, "--patient-id", "SECRET-1", "--yes")
    assert (run.code, "SECRET-1" in run.err, "no patient" in run.err) == (InputError.exit_code, False, True)
