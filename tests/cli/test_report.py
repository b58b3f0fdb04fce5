from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests import hands
from tests.cli.running import Run, boneage
from tests.gate.test_torch_free import modules_after
from tests.report.reports import dicom_film
from tests.toy_model import write_toy

LIBRARIES = {"fhir", "highdicom", "jinja2", "reportlab"}


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small model, which is fast."""
    folder = tmp_path_factory.mktemp("toy")
    write_toy(folder)
    return folder


def reported(film: Path, toy: Path, *words: str | Path) -> Run:
    """Run `boneage report` with the small model."""
    return boneage("report", film, "--models", toy, *words)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.dcm"
    path.write_bytes(dicom_film())
    return path


def test_a_report_is_a_pdf_named_like_the_film(film: Path, toy: Path, tmp_path: Path) -> None:
    run = reported(film, toy, "--out", tmp_path / "new" / "reports")
    assert (run.code, run.out) == (0, f"{tmp_path}/new/reports/film.pdf\n")
    assert (tmp_path / "new" / "reports" / "film.pdf").read_bytes().startswith(b"%PDF-")


def test_several_formats_and_a_decision(film: Path, toy: Path, tmp_path: Path) -> None:
    words = ("--format", "json", "--format", "text", "--language", "de", "--decision", "edited", "--bone-age", "10y0m")
    run = reported(
        film,
        toy,
        "--out",
        tmp_path,
        *words,
        "--reader",
        "Dr. A",
        "--comment",
        "gut",
        "--report-version",
        "2",
    )
    assert run.code == 0, run.err
    record = json.loads((tmp_path / "film.json").read_text())
    assert (record["version"], record["decision"]["outcome"], record["decision"]["bone_age_months"]) == (2, "edited", 120)
    text = (tmp_path / "film.txt").read_text()
    assert "Knochenalter nach Greulich-Pyle: 10 J 0 M" in text
    assert "Knochenalter eingegeben von Dr. A" in text


def test_nothing_is_overwritten_unless_wanted(film: Path, toy: Path, tmp_path: Path) -> None:
    (tmp_path / "film.txt").write_text("mine")
    words = ("report", film, "--models", toy, "--out", tmp_path, "--format", "json", "--format", "text")
    run = boneage(*words)
    assert (run.code, (tmp_path / "film.txt").read_text()) == (2, "mine")
    assert "exists; name another file, or add --overwrite" in run.err
    assert not (tmp_path / "film.json").exists()
    assert boneage(*words, "--overwrite").code == 0
    assert (tmp_path / "film.txt").read_text() != "mine"


def test_dicom_and_fhir_reports_stand_beside_the_others(film: Path, toy: Path, tmp_path: Path) -> None:
    names = ("sr", "seg", "sc", "dicom-pdf", "fhir")
    words = [word for name in names for word in ("--format", name)]
    run = reported(film, toy, "--out", tmp_path / "out", *words)
    assert run.code == 0, run.err
    endings = (".sr.dcm", ".seg.dcm", ".sc.dcm", ".pdf.dcm", ".fhir.json")
    assert run.out.split() == [f"{tmp_path}/out/film{ending}" for ending in endings]
    assert all(Path(line).stat().st_size > 1000 for line in run.out.split())


def test_a_dicom_report_on_another_file_is_refused_and_nothing_is_written(toy: Path, tmp_path: Path) -> None:
    (tmp_path / "film.png").write_bytes(hands.png(hands.film("7043", 400)))
    run = reported(tmp_path / "film.png", toy, "--out", tmp_path / "out", "--format", "json", "--format", "sr")
    assert run.code == 2
    assert "this film is none" in run.err
    assert not (tmp_path / "out").exists()


def test_a_refused_film_has_reports_that_say_so(toy: Path, tmp_path: Path) -> None:
    (tmp_path / "noise.png").write_bytes(hands.png(hands.not_hand("noise")))
    run = reported(tmp_path / "noise.png", toy, "--out", tmp_path / "out", "--format", "text")
    assert run.code == 3
    assert "the film was refused" in run.err
    assert "Not assessed" in (tmp_path / "out" / "noise.txt").read_text()


def test_visits_and_a_template(film: Path, toy: Path, tmp_path: Path) -> None:
    (tmp_path / "visits.csv").write_text(
        "sex,age,height_cm,mother_height_cm,father_height_cm,weight_kg\nF,9y3m,134,165,180,30\n"
    )
    (tmp_path / "own.txt").write_text("{% for line in sheet.facts %}{{ line.label }};{% endfor %}")
    words = ("--visits", tmp_path / "visits.csv", "--template", tmp_path / "own.txt", "--format", "text")
    run = reported(film, toy, "--out", tmp_path / "out", *words)
    assert run.code == 0, run.err
    assert "Predicted adult height;" in (tmp_path / "out" / "film.txt").read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--format", "docx"], "Expected a format of reports, one of text, json, png, pdf"),
        (["--language", "fr"], "one of de, en, got 'fr'"),
        (["--reader", "Dr. A"], "needs --decision"),
        (["--decision", "accepted"], "add --reader"),
        (["--decision", "edited", "--reader", "A"], "Expected the reader's bone age"),
        (["--decision", "edited", "--reader", "A", "--bone-age", "30y"], "less than or equal to 228"),
        (["--decision", "rejected", "--reader", "A"], "reason of a rejection"),
        (["--template", "missing.txt"], "--format text"),
        (["--template", "missing.txt", "--format", "text"], "There is no file or folder missing.txt"),
        (["--visits", "missing.csv"], "missing.csv"),
    ],
)
def test_wrong_words_are_refused_before_anything_is_written(
    film: Path, toy: Path, tmp_path: Path, words: list[str], message: str
) -> None:
    run = reported(film, toy, "--out", tmp_path / "out", *words)
    assert run.code == 2
    assert message in run.err
    assert not (tmp_path / "out").exists()


def test_no_message_names_the_patient(film: Path, toy: Path, tmp_path: Path) -> None:
    run = reported(film, toy, "--out", tmp_path, "--format", "text", "--format", "pdf", "--format", "png")
    assert "ller" not in run.out + run.err


@pytest.mark.skipif(sys.platform == "win32", reason="starts the interpreter of POSIX")
def test_assess_imports_no_library_of_reports() -> None:
    assert modules_after("import openboneage, openboneage.cli; openboneage.cli.application('assess')") & LIBRARIES == set()
