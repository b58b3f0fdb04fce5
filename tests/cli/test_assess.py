from __future__ import annotations

import csv
import errno
import io
import json
import os
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from PIL import Image
from rich.console import Console

from openboneage.assess.estimators.registry import ESTIMATORS
from openboneage.batch.results import open_results
from openboneage.errors import InputError
from openboneage.report.table import COLUMNS
from openboneage.weights.card import read_card
from openboneage.weights.registry import DEFAULT_SET, ModelSet
from tests.cli.running import boneage
from tests.estimators import Regressor
from tests.report.test_schema import SCHEMA
from tests.toy_model import write_toy


def rows_of(table: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.read_bytes().decode("utf-8"), newline="")))


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_one_film_ends_with_0(films: Path) -> None:
    run = boneage("assess", films / "a.png", "--sex", "F", "--age", "9y3m")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("a.png: bone age ")
    assert "girl (entered), chronological age 9 y 3 m" in run.out
    assert "Research use only, not a medical device." in run.out


def test_refused_film_ends_with_3(films: Path) -> None:
    run = boneage("assess", films / "c.png")
    assert run.code == 3
    assert run.out.startswith("c.png: refused\n")
    assert "reject: " in run.out


def test_unreadable_film_ends_with_4(films: Path) -> None:
    run = boneage("assess", films / "b.png")
    assert (run.code, run.out) == (4, "")
    assert run.err.startswith(f"{films / 'b.png'}: ")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--age", "9"], "An age needs units, such as 9y3m or 111m, got '9'."),
        (["--age", "150y"], "An age must lie between 0 and 1440 months"),
        (["--sex", "lady"], "Sex must be F, M or unknown, got 'lady'."),
        (["no-such-film.png"], "There is no file or folder no-such-film.png."),
    ],
)
def test_bad_argument_ends_with_2_and_one_line(films: Path, words: list[str], message: str) -> None:
    run = boneage("assess", films / "a.png", *words)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"boneage: {message}")
    assert run.err.count("\n") == 1


@pytest.mark.parametrize(
    "words", [["assess"], ["assess", "--jobs", "0", "a.png"], ["asses", "a.png"], ["assess", "--colour", "a"]]
)
def test_bad_usage_ends_with_2(words: list[str]) -> None:
    run = boneage(*words)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("Usage: ")
    assert "for help" in run.err


def test_folder_without_films_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("none")
    run = boneage("assess", tmp_path)
    assert (run.code, run.err.startswith("boneage: Expected films in the folder")) == (2, True)


def test_a_folder_run_continues_after_bad_files(films: Path) -> None:
    run = boneage("assess", films)
    assert run.code == 4
    assert re.findall(r"^(\S+): (?:bone age|refused)", run.out, re.MULTILINE) == ["a.png", "c.png", "d.dcm"]
    assert f"{films / 'b.png'}: " in run.err


def test_folders_within_folders_are_entered(films: Path) -> None:
    deeper = films / "2019" / "june"
    deeper.mkdir(parents=True)
    (films / "a.png").rename(deeper / "e.PNG")
    labels = [json.loads(line).get("film", {}).get("name") for line in boneage("assess", films, "--json").out.splitlines()]
    assert labels == ["e.PNG", None, "c.png", "d.dcm"]


def test_json_lines_follow_the_schema(films: Path) -> None:
    lines = boneage("assess", films, "--json").out.splitlines()
    assert len(lines) == 4
    for line in lines:
        assert list(Draft202012Validator(SCHEMA).iter_errors(json.loads(line))) == []
    assert [json.loads(line).get("verdict") for line in lines] == ["accept with findings", None, "reject", "accept"]
    assert json.loads(lines[1])["error"]["type"] == "UnreadableError"


def test_json_keeps_names_as_they_are(films: Path) -> None:
    odd = films / "scan:heart:[bold]1\t.png"
    (films / "b.png").rename(odd)
    run = boneage("assess", odd, "--json")
    assert json.loads(run.out)["path"] == str(odd)
    assert boneage("assess", odd).err.startswith(str(odd).replace("\t", "\\t"))


def test_missing_film_of_a_cases_file_does_not_stop_the_others(films: Path) -> None:
    (films / "cases.csv").write_text("path,sex\nnone.png,F\na.png,F\n")
    run = boneage("assess", films / "cases.csv", "--json")
    assert run.code == InputError.exit_code
    first, second = (json.loads(line) for line in run.out.splitlines())
    assert (first["error"]["type"], second["subject"]["sex"]) == ("InputError", "female")


# ------------------------------------------------------------------------------------------------------------------- table


def test_table_has_a_row_a_film(films: Path, tmp_path: Path) -> None:
    run = boneage("assess", films, "--csv", tmp_path / "out.csv")
    assert (run.code, run.out) == (4, "")
    assert (tmp_path / "out.csv").read_text().splitlines()[0] == ",".join(COLUMNS)
    rows = rows_of(tmp_path / "out.csv")
    assert [row["path"] for row in rows] == [str(films / name) for name in ("a.png", "b.png", "c.png", "d.dcm")]
    assert [row["status"] for row in rows] == ["accept with findings", "unreadable", "reject", "accept"]
    names = ("low_months", "girl_months", "boy_months", "high_months")
    assert rows[0]["bone_age_months"] == ""
    assert [float(rows[0][name]) for name in names] == sorted(float(rows[0][name]) for name in names)
    assert float(rows[3]["low_months"]) < float(rows[3]["bone_age_months"]) < float(rows[3]["high_months"])
    assert [bool(row["sop_instance_uid"]) for row in rows] == [False, False, False, True]


def test_second_run_skips_existing_records(films: Path, tmp_path: Path) -> None:
    table = tmp_path / "out.csv"
    boneage("assess", films / "a.png", "--csv", table)
    before = table.read_text()
    run = boneage("assess", films / "a.png", films / "d.dcm", "--csv", table, "--json")
    assert "1 film in " in run.err
    assert "1 skipped because they have a record." in run.err
    assert [json.loads(line)["film"]["name"] for line in run.out.splitlines()] == ["d.dcm"]
    assert table.read_text().startswith(before)
    assert len(rows_of(table)) == 2


def test_continued_run_ends_like_an_uninterrupted_one(films: Path, tmp_path: Path) -> None:
    first = boneage("assess", films, "--csv", tmp_path / "out.csv").code
    assert boneage("assess", films, "--csv", tmp_path / "out.csv").code == first == 4


def test_same_names_are_distinguished_by_path(films: Path) -> None:
    lines = boneage("assess", films, "--json").out.splitlines()
    assert [Path(json.loads(line)["path"]).parent for line in lines] == [films] * 4


@pytest.mark.parametrize("keep", [1, 20, -1])
def test_cut_last_line_is_repaired(films: Path, tmp_path: Path, keep: int) -> None:
    table = tmp_path / "out.csv"
    boneage("assess", films, "--csv", table)
    *whole, last = table.read_bytes().splitlines(keepends=True)
    table.write_bytes(b"".join(whole) + last[:keep])
    boneage("assess", films, "--csv", table)
    rows = rows_of(table)
    assert sorted(Path(row["path"]).name for row in rows) == ["a.png", "b.png", "c.png", "d.dcm"]
    assert all(None not in row.values() for row in rows)


def test_finished_table_is_left_alone(films: Path, tmp_path: Path) -> None:
    table = tmp_path / "out.csv"
    boneage("assess", films / "a.png", "--csv", table)
    before = table.read_bytes()
    assert boneage("assess", films / "a.png", "--csv", table).code == 0
    assert table.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [b"", b"name,age\nA,7\n", b"path,status\na.png,accept\n", b"no newline at all", b"\x89PNG\r\n\x1a\n\0\xff\xfe", b"a\nb\nc"],
)
def test_foreign_file_is_refused_and_not_touched(films: Path, tmp_path: Path, content: bytes) -> None:
    table = tmp_path / "out.csv"
    table.write_bytes(content)
    run = boneage("assess", films / "a.png", "--csv", table)
    assert run.code == 2
    assert "is not a table of this program" in run.err
    assert table.read_bytes() == content


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A folder with the cards of other models."""
    folder = tmp_path / "toy"
    folder.mkdir()
    write_toy(folder)
    return folder


def test_rows_of_other_models_are_not_continued(films: Path, tmp_path: Path, toy: Path) -> None:
    table = tmp_path / "out.csv"
    boneage("assess", films / "d.dcm", "--csv", table)
    table.write_bytes(table.read_bytes() + b"cut off he")
    before, ours = table.read_bytes(), rows_of(table)[0]["models"]
    run = boneage("assess", films, "--models", toy, "--csv", table)
    assert run.code == InputError.exit_code
    assert re.fullmatch(
        rf"boneage: .*out\.csv contains films assessed with {re.escape(ours)}, not with {re.escape(ours.partition(';')[0])};"
        r"whole-hand 0\.0 \(\w{8}\); name another file, or pick its models with --models\.\n",
        run.err,
    )
    assert table.read_bytes() == before


def test_a_finished_table_of_other_models_is_refused(films: Path, tmp_path: Path, toy: Path) -> None:
    boneage("assess", films / "d.dcm", "--models", toy, "--csv", tmp_path / "out.csv")
    assert boneage("assess", films / "d.dcm", "--csv", tmp_path / "out.csv").code == InputError.exit_code


def test_table_is_continued_with_the_models_it_was_begun_with(films: Path, tmp_path: Path, toy: Path) -> None:
    table = tmp_path / "out.csv"
    boneage("assess", films / "b.png", films / "c.png", "--models", toy, "--csv", table)
    assert boneage("assess", films, "--models", toy, "--csv", table).code == 4
    assert [(Path(row["path"]).name, "whole-hand 0.0" in row["models"]) for row in rows_of(table)] == [
        ("c.png", True),
        ("a.png", True),
        ("b.png", False),
        ("d.dcm", True),
    ]


def test_films_that_no_model_saw_tie_a_table_to_none(films: Path, tmp_path: Path, toy: Path) -> None:
    boneage("assess", films / "b.png", "--csv", tmp_path / "out.csv")
    assert boneage("assess", films / "d.dcm", "--models", toy, "--csv", tmp_path / "out.csv").code == 0


def test_odd_names_are_found_again(films: Path, tmp_path: Path) -> None:
    odd = films / 'one, "two"\nthree\u2028.png'
    (films / "a.png").rename(odd)
    boneage("assess", odd, "--csv", tmp_path / "out.csv")
    run = boneage("assess", odd, "--csv", tmp_path / "out.csv")
    assert "1 skipped" in run.err
    assert [row["path"] for row in rows_of(tmp_path / "out.csv")] == [str(odd)]


def test_films_of_two_lists_are_not_mixed(films: Path, tmp_path: Path) -> None:
    lists = []
    for folder, film in (("one", "a.png"), ("two", "c.png")):
        (tmp_path / folder).mkdir()
        (films / film).rename(tmp_path / folder / "film.png")
        lists.append(tmp_path / folder / "cases.csv")
        lists[-1].write_text("path\nfilm.png\n")
    for cases in lists:
        boneage("assess", cases, "--csv", tmp_path / "out.csv")
    assert [row["status"] for row in rows_of(tmp_path / "out.csv")] == ["accept with findings", "reject"]


def test_another_sex_or_age_is_another_case(films: Path, tmp_path: Path) -> None:
    (films / "cases.csv").write_text("path,sex,age_months\na.png,F,\na.png,M,\na.png,M,100\na.png,M,100\n")
    boneage("assess", films / "cases.csv", "--csv", tmp_path / "out.csv")
    assert [(row["sex_used"], row["age_months"]) for row in rows_of(tmp_path / "out.csv")] == [
        ("female", ""),
        ("male", ""),
        ("male", "100.00"),
    ]


def test_a_replaced_film_is_assessed_again(films: Path, tmp_path: Path) -> None:
    boneage("assess", films / "a.png", "--csv", tmp_path / "out.csv")
    (films / "a.png").write_bytes((films / "c.png").read_bytes())
    assert boneage("assess", films / "a.png", "--csv", tmp_path / "out.csv").code == 3
    assert [row["status"] for row in rows_of(tmp_path / "out.csv")] == ["reject"]


def test_a_film_that_is_gone_keeps_its_row(films: Path, tmp_path: Path) -> None:
    (films / "cases.csv").write_text("path\nd.dcm\n")
    boneage("assess", films / "cases.csv", "--csv", tmp_path / "out.csv")
    (films / "d.dcm").unlink()
    assert boneage("assess", films / "cases.csv", "--csv", tmp_path / "out.csv").code == 0
    assert [row["status"] for row in rows_of(tmp_path / "out.csv")] == ["accept"]


def test_a_missing_film_is_tried_again(films: Path, tmp_path: Path) -> None:
    film, table = films / "later.png", tmp_path / "out.csv"
    (films / "cases.csv").write_text("path,sex\nlater.png,F\n")
    for _ in range(2):
        assert boneage("assess", films / "cases.csv", "--csv", table).code == 2
    (films / "a.png").rename(film)
    assert boneage("assess", films / "cases.csv", "--csv", table).code == 0
    assert [row["status"] for row in rows_of(table)] == ["accept"]


def test_a_bad_line_far_down_is_reported_and_not_recorded(films: Path, tmp_path: Path) -> None:
    (films / "cases.csv").write_text("path,sex\n" + "b.png,F\n" * 1000 + "a.png,lady\n")
    run = boneage("assess", films / "cases.csv", "--csv", tmp_path / "out.csv")
    assert (run.code, "line 1002: Sex must be F, M or unknown, got 'lady'." in run.err) == (4, True)
    assert [row["path"] for row in rows_of(tmp_path / "out.csv")] == ["b.png"]


def test_a_table_is_written_by_one_process_at_a_time(films: Path, tmp_path: Path) -> None:
    with open_results(tmp_path / "out.csv", ""):
        run = boneage("assess", films / "a.png", "--csv", tmp_path / "out.csv")
    assert (run.code, "Another process is writing" in run.err) == (2, True)
    assert rows_of(tmp_path / "out.csv") == []
    assert files_in(tmp_path) == sorted([*(f"films/{name}" for name in files_in(films)), "out.csv"])


def test_a_table_of_former_columns_is_refused(films: Path, tmp_path: Path) -> None:
    before = ",".join(COLUMNS[:9]) + "\r\n"
    (tmp_path / "out.csv").write_text(before, newline="")
    run = boneage("assess", films / "a.png", "--csv", tmp_path / "out.csv")
    assert (run.code, "is a table of an earlier version of this program" in run.err) == (2, True)
    assert (tmp_path / "out.csv").read_text().splitlines() == before.splitlines()


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_other_kinds_of_table(films: Path, tmp_path: Path, kind: str) -> None:
    table = tmp_path / f"out.{kind}"
    for _ in range(2):
        run = boneage("assess", films, "--out", table)
        assert (run.code, run.out) == (4, "")
    assert "3 skipped" in run.err
    assert files_in(tmp_path) == sorted([*(f"films/{name}" for name in files_in(films)), table.name])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--out", "out.xlsx"], "Results are written as .csv, .jsonl or .parquet, got 'out.xlsx'."),
        (["--out", "out.csv", "--csv", "out.csv"], "Results can be written to one file only: give either --csv or --out."),
        (["--csv", os.devnull], "Expected a file for the results, got a folder, device or pipe"),
    ],
)
def test_results_that_cannot_be_written_are_refused(films: Path, words: list[str], message: str) -> None:
    run = boneage("assess", films / "a.png", *words)
    assert (run.code, run.err.startswith(f"boneage: {message}")) == (2, True)


def test_a_batch_ends_with_a_summary(films: Path) -> None:
    assert re.search(
        r"4 films in \d+ s \(\d+\.\d films/s\): 2 assessed, 1 of them with findings; 1 refused; 1 unreadable; 0 skipped",
        boneage("assess", films).err,
    )


def test_a_terminal_shows_how_far_the_run_is(films: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr("openboneage.cli.assess.err", Console(file=shown, force_terminal=True, width=200, highlight=False))
    boneage("assess", films / "b.png", films / "c.png")
    assert "2/" in shown.getvalue()
    assert "2 films in " in shown.getvalue()


def test_a_name_cannot_steer_the_terminal(films: Path) -> None:
    for film in ("a.png", "b.png"):
        odd = films / f"\x1b[31m\n{film}"
        (films / film).rename(odd)
        run = boneage("assess", odd)
        assert "\x1b" not in run.out + run.err
        assert f"\\x1b[31m\\n{film}: " in run.out + run.err


@pytest.mark.parametrize(
    ("option", "place"),
    [
        ("--csv", "films"),
        ("--csv", "films/a.png/out.csv"),
        ("--csv", "missing/out.csv"),
        ("--figure", "films/notes.txt"),
        ("--figure", "films/a.png/out.png"),
        ("--figure", "films/a.png/figures"),
    ],
)
def test_place_that_cannot_be_written_to_is_one_line(films: Path, tmp_path: Path, option: str, place: str) -> None:
    run = boneage("assess", films / "a.png", option, tmp_path / place)
    assert run.code == 2
    assert run.err.startswith("boneage: ")
    assert run.err.count("\n") == 1


# ------------------------------------------------------------------------------------------------------------------ figure


def test_figure_of_one_film_is_a_file(films: Path, tmp_path: Path) -> None:
    run = boneage("assess", films / "a.png", "--sex", "F", "--figure", tmp_path / "new" / "a-figure.png")
    assert run.code == 0
    with Image.open(tmp_path / "new" / "a-figure.png") as image:
        assert (image.format, image.size) == ("PNG", (1300, 1794))


def test_figures_of_a_folder_lie_in_a_folder(films: Path, tmp_path: Path) -> None:
    (films / "a.png").unlink()
    boneage("assess", films, "--figure", tmp_path / "figures")
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == ["c.png", "d.png"]


def test_several_films_need_a_folder_for_their_figures(films: Path, tmp_path: Path) -> None:
    run = boneage("assess", films, "--figure", tmp_path / "out.png")
    assert (run.code, "Several films need a folder for their figures" in run.err) == (2, True)


def test_figures_that_would_overwrite_each_other_are_refused(films: Path, tmp_path: Path) -> None:
    (films / "d.png").write_bytes((films / "c.png").read_bytes())
    run = boneage("assess", films / "d.png", films / "d.dcm", "--figure", tmp_path / "figures")
    assert run.code == 3
    assert f"{films / 'd.dcm'}: {tmp_path / 'figures' / 'd.png'} exists and is not a figure of this film" in run.err


def test_figures_are_placed_as_the_films_are(films: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    for folder in ("2019/june", "2020/june"):
        (archive / folder).mkdir(parents=True)
        (archive / folder / "IM0001").write_bytes((films / "c.png").read_bytes())
    assert boneage("assess", archive, "--figure", tmp_path / "figures").code == 3
    assert files_in(tmp_path / "figures") == ["2019/june/IM0001.png", "2020/june/IM0001.png"]


def test_a_second_run_draws_its_own_figures_again(films: Path, tmp_path: Path) -> None:
    words = ("assess", films / "c.png", "--figure", tmp_path / "figures")
    first, second = boneage(*words), boneage(*words, "--sex", "F")
    assert (first.code, second.code) == (3, 3)


@pytest.mark.parametrize(("kind", "beginning"), [("png", b"\x89PNG"), ("pdf", b"%PDF-"), ("svg", b"<?xml")])
def test_a_figure_is_the_file_that_its_ending_says(films: Path, tmp_path: Path, kind: str, beginning: bytes) -> None:
    figure = tmp_path / f"out.{kind}"
    for _ in range(2):
        assert boneage("assess", films / "c.png", "--figure", figure).code == 3
    assert figure.read_bytes().startswith(beginning)


# -------------------------------------------------------------------------------------------------- nothing is destroyed


def test_a_figure_never_replaces_its_film(films: Path) -> None:
    before = (films / "a.png").read_bytes()
    for words in ([], ["--overwrite"]):
        run = boneage("assess", films / "a.png", "--figure", films / "a.png", *words)
        assert (run.code, "would replace its own film" in run.err) == (2, True)
        run = boneage("assess", films / "a.png", "--figure", films, *words)
        assert (run.code, "would replace its own film" in run.err) == (2, True)
    assert (films / "a.png").read_bytes() == before
    assert files_in(films) == [".hidden.png", "a.png", "b.png", "c.png", "d.dcm", "notes.txt"]


def test_figures_do_not_lie_among_films(films: Path) -> None:
    before = files_in(films)
    for words in ([], ["--overwrite"]):
        run = boneage("assess", films, "--figure", films, *words)
        assert (run.code, "would be written among the films" in run.err) == (2, True)
    assert files_in(films) == before


def test_figures_below_the_films_are_not_assessed(films: Path) -> None:
    for film in ("a.png", "d.dcm"):
        (films / film).unlink()
    for _ in range(2):
        run = boneage("assess", films, "--figure", films / "figures", "--json")
        assert len(run.out.splitlines()) == 2
    assert files_in(films / "figures") == ["c.png"]


def test_other_files_are_replaced_only_on_request(films: Path, tmp_path: Path) -> None:
    other = tmp_path / "out.png"
    other.write_bytes(b"somebody's")
    run = boneage("assess", films / "c.png", "--figure", other)
    assert (run.code, "add --overwrite" in run.err, other.read_bytes()) == (2, True, b"somebody's")
    assert boneage("assess", films / "c.png", "--figure", other, "--overwrite").code == 3
    assert other.read_bytes().startswith(b"\x89PNG")


def test_a_full_disk_leaves_no_half_figure(films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill_disk(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[:100])
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", fill_disk)

    run = boneage("assess", films / "c.png", "--figure", tmp_path / "figures")

    assert (run.code, "No space left on device" in run.err) == (2, True)
    assert files_in(tmp_path / "figures") == []


def test_figures_of_dicom_uids_keep_the_whole_uid(films: Path, tmp_path: Path) -> None:
    for i in (1, 2):
        (films / f"1.2.840.99.{i}").write_bytes((films / "c.png").read_bytes())
    run = boneage("assess", films / "1.2.840.99.1", films / "1.2.840.99.2", "--figure", tmp_path / "figures")
    assert run.code == 3
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == ["1.2.840.99.1.png", "1.2.840.99.2.png"]


# ----------------------------------------------------------------------------------------------------------------- weights


def test_broken_weights_end_the_run_and_leave_no_row(films: Path, tmp_path: Path) -> None:
    write_toy(tmp_path, sha256="0" * 64)
    run = boneage("assess", films, "--models", tmp_path, "--csv", tmp_path / "out.csv")
    assert (run.code, run.err.count("or reinstall the package.")) == (5, 1)
    assert rows_of(tmp_path / "out.csv") == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_picked_models_answer_in_every_process(films: Path, toy: Path, jobs: int) -> None:
    picked = [
        json.loads(line) for line in boneage("assess", films, "--models", toy, "--jobs", str(jobs), "--json").out.splitlines()
    ]
    versions = [[model["version"] for model in each["models"]] for each in picked if "models" in each]
    assert versions == [[read_card(ModelSet.find().card("hand-finder")).version, "0.0"]] * 3


def test_a_set_is_picked_by_its_name(films: Path) -> None:
    default, named = (
        json.loads(boneage("assess", films / "a.png", *words, "--json").out) for words in ([], ["--models", DEFAULT_SET])
    )
    assert {**default, "seconds": 0} == {**named, "seconds": 0}


def test_an_estimator_is_picked_by_its_name(films: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ESTIMATORS, Regressor.name, Regressor)
    film, figure = films / "a.png", films / "figure.png"
    options = ("--sex", "F", "--figure", figure, "--json", "--csv", films / "out.csv")
    run = boneage("assess", film, "--estimator", Regressor.name, *options)
    answer = json.loads(run.out)
    assert (run.code, [model["name"] for model in answer["models"]]) == (0, ["hand-finder", "bone-finder", "bone-stager"])
    assert answer["bone_age"]["sd_months"] == pytest.approx(9, abs=0.1)
    assert figure.stat().st_size > 0
    again = boneage("assess", film, "--sex", "F", "--estimator", Regressor.name, "--csv", films / "out.csv")
    assert "; 1 skipped" in again.err
    other = boneage("assess", film, "--csv", films / "out.csv")
    assert (other.code, "contains films assessed with hand-finder" in other.err) == (2, True)


def test_an_unknown_estimator_is_one_line(films: Path) -> None:
    run = boneage("assess", films / "a.png", "--estimator", "foot")
    assert (run.code, run.out) == (2, "")
    assert run.err == f"boneage: Expected one of the estimators {', '.join(ESTIMATORS)}, got 'foot'.\n"


def test_same_film_same_numbers(films: Path) -> None:
    first, second = (json.loads(boneage("assess", films / "a.png", "--json").out) for _ in range(2))
    assert {**first, "seconds": 0} == {**second, "seconds": 0}


def test_help_lists_the_commands() -> None:
    run = boneage("assess", "--help")
    assert run.code == 0
    for word in ("--sex", "--age", "--json", "--csv", "--figure", "--models", "--estimator", "--jobs", "9y3m"):
        assert word in run.out
