from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from openboneage.batch.cases import Case, UnusableCase, stream_cases
from openboneage.errors import InputError
from openboneage.subject import Sex
from tests.hands import EXAMPLES, NAMES, SEXES


def cases_file(folder: Path, text: str | bytes) -> Path:
    path = folder / "cases.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def cases_of(*sources: Path, sex: Sex | None = None, age_months: float | None = None) -> list[Case]:
    found = list(stream_cases([str(source) for source in sources], sex, age_months))
    cases = [case for case in found if isinstance(case, Case)]
    assert cases == found
    return cases


def test_examples_are_a_cases_file() -> None:
    cases = cases_of(EXAMPLES / "cases.csv")
    assert {case.path.stem: case.sex for case in cases} == {name: Sex(SEXES[name]) for name in NAMES}
    assert all(case.path.is_file() and case.age_months is None for case in cases)


def test_rows_become_cases(tmp_path: Path) -> None:
    path = cases_file(tmp_path, "path,sex,age_months\na.png,F,111\nb/c.dcm,,\n")
    assert cases_of(path) == [
        Case(tmp_path / "a.png", "a.png", Sex.FEMALE, 111.0),
        Case(tmp_path / "b/c.dcm", "b/c.dcm", None, None),
    ]


@pytest.mark.parametrize("text", ["path\na.png\n", "sex,path\nM,a.png\n", "path,age_months\na.png,111\n"])
def test_columns_may_be_left_out_and_stand_in_any_order(tmp_path: Path, text: str) -> None:
    assert [case.label for case in cases_of(cases_file(tmp_path, text))] == ["a.png"]


def test_options_fill_gaps_of_the_file(tmp_path: Path) -> None:
    path = cases_file(tmp_path, "path,sex,age_months\na.png,F,\nb.png,,90\nc.png\n")
    cases = cases_of(path, sex=Sex.MALE, age_months=120.0)
    assert [(case.sex, case.age_months) for case in cases] == [("female", 120), ("male", 90), ("male", 120)]


def test_paths_are_relative_to_the_cases_file_or_absolute(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    path = cases_file(tmp_path / "lists", f"path\n../a.png\n{tmp_path / 'b.png'}\n")
    first, second = cases_of(path)
    assert (first.path.resolve(), second.path) == (tmp_path / "a.png", tmp_path / "b.png")


@pytest.mark.parametrize("prefix", [b"\xef\xbb\xbf", b""], ids=["with byte order mark", "without"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["unix", "windows"])
def test_spreadsheets_files_are_read(tmp_path: Path, prefix: bytes, end: bytes) -> None:
    path = cases_file(tmp_path, prefix + end.join([b"path,sex", "Jörg.png,M".encode(), b""]))
    assert [(case.label, case.sex) for case in cases_of(path)] == [("Jörg.png", "male")]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("b.png,lady,", "line 3: Sex must be F, M or unknown, got 'lady'"),
        ("b.png,F,nine", "line 3: age_months must be a number of months, got 'nine'"),
        ("b.png,F,9y", "line 3: age_months must be a number of months, got '9y'"),
        ("b.png,F,nan", "line 3: An age must lie between 0 and 1440 months"),
        ("b.png,F,-3", "line 3: An age must lie between 0 and 1440 months"),
        (",F,100", "line 3: the path is empty"),
        ("b\0.png,F,100", "line 3: the path is invalid"),
    ],
)
def test_bad_value_names_its_line(tmp_path: Path, row: str, message: str) -> None:
    path = cases_file(tmp_path, f"path,sex,age_months\na.png,F,\n{row}\n")
    with pytest.raises(InputError, match=f"cases.csv, {message}"):
        cases_of(path)


@pytest.mark.parametrize("header", ["", "file,sex", "path;sex;age_months", "path,sex,age_months,name", "Path,Sex", "path,path"])
def test_wrong_columns_are_named(tmp_path: Path, header: str) -> None:
    with pytest.raises(InputError, match="has the columns path, sex, age_months"):
        cases_of(cases_file(tmp_path, f"{header}\n"))


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\xff", "path\nJörg.png\n".encode("latin-1")], ids=["image", "Latin-1"])
def test_cases_file_in_another_encoding_is_an_input_error(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match=r"cases file in UTF-8, got another encoding in"):
        cases_of(cases_file(tmp_path, content))


def test_folder_gives_its_films_in_order(tmp_path: Path) -> None:
    for name in ("b.dcm", "a.png", "c", "sub/a.tif", ".hidden/x.png", ".DS_Store", "DICOMDIR", "notes.TXT", "old.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    cases = cases_of(tmp_path, sex=Sex.FEMALE, age_months=100.0)
    assert [case.path.relative_to(tmp_path).as_posix() for case in cases] == ["a.png", "b.dcm", "c", "sub/a.tif"]
    assert {(case.sex, case.age_months) for case in cases} == {(Sex.FEMALE, 100.0)}


def test_sources_keep_their_order(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).touch()
    cases = cases_of(tmp_path / "b.png", tmp_path)
    assert [Path(case.label).name for case in cases] == ["b.png", "a.png", "b.png"]


def test_pipe_in_a_folder_is_not_a_film(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="found none"):
        cases_of(tmp_path)


def test_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no file or folder .*none\.png"):
        cases_of(tmp_path / "none.png")


def test_an_empty_name_is_not_a_folder() -> None:
    with pytest.raises(InputError, match="There is no file or folder ''"):
        stream_cases([""])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("path,sex\n", "Expected a film on each line after the first"),
        ('path\n"' + "x" * 200_000, "is a quotation mark missing"),
    ],
    ids=["header only", "open quote"],
)
def test_cases_file_without_films_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        stream_cases([str(cases_file(tmp_path, text))])


def test_pipe_is_not_a_cases_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "cases.csv")
    with pytest.raises(InputError, match="Expected a cases file, got a device or pipe"):
        stream_cases([str(tmp_path / "cases.csv")])


def test_a_folder_that_cannot_be_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a/1.png", "b/2.png", "c/3.png"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    scan = os.scandir

    def refuse_b(path: str) -> Iterator[os.DirEntry[str]]:
        if Path(path).name == "b":
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse_b)  # the rights of files do not bind a superuser

    first, unread, third = stream_cases([str(tmp_path)])

    assert [Path(found.label).name for found in (first, third)] == ["1.png", "3.png"]
    assert isinstance(unread, UnusableCase)
    assert unread == UnusableCase(
        str(tmp_path / "b"), "The folder could not be read (Permission denied), so its films are missing."
    )


def test_a_long_list_begins_before_its_last_line_is_read(tmp_path: Path) -> None:
    path = cases_file(tmp_path, "path,sex\n" + "a.png,F\n" * 2000 + "b.png,lady\n" + "c.png,F\n")
    *good, bad, last = stream_cases([str(path)])
    assert len(good) == 2000
    assert bad == UnusableCase("b.png", f"{path}, line 2002: Sex must be F, M or unknown, got 'lady'.")
    assert last.label == "c.png"


def test_a_long_list_that_is_damaged_ends_there(tmp_path: Path) -> None:
    path = cases_file(tmp_path, b"path\n" + b"a.png\n" * 50_000 + b"J\xf6rg.png\nb.png\n")
    *good, bad = stream_cases([str(path)])
    assert {case.label for case in good} == {"a.png"}
    assert isinstance(bad, UnusableCase)
    assert "file in UTF-8" in bad.reason


def test_one_folder_can_be_left_out(tmp_path: Path) -> None:
    for name in ("a.png", "figures/a.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = stream_cases([str(tmp_path)], skip=tmp_path / "figures")
    assert [case.label for case in found] == [str(tmp_path / "a.png")]


def test_folders_are_listed_as_they_are_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in range(20):
        (tmp_path / f"{folder:02d}").mkdir()
        (tmp_path / f"{folder:02d}" / "film.png").touch()
    listed = []
    scan = os.scandir

    def note(path: str) -> object:
        listed.append(path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", note)

    assert len(list(islice(stream_cases([str(tmp_path)]), 2))) == 2
    assert len(listed) < 8
