"""Files of results: continued, cut off, foreign, of every kind."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from pyarrow import parquet

from openboneage.assess.assessment import SCHEMA_VERSION
from openboneage.batch.answer import Answer
from openboneage.batch.results import open_results
from openboneage.errors import InputError, UnreadableError
from openboneage.report.table import COLUMNS, TableRow
from openboneage.subject import Sex
from tests import hands
from tests.toy_model import toy_assessor

KINDS = ("csv", "jsonl", "parquet")


def answer(case_id: str, path: str = "a.png") -> Answer:
    assessment = toy_assessor().assess(hands.png(hands.film("7043", 400)), Sex.MALE, 96)
    return Answer.of(path, assessment, case_id)


MODELS = answer("").row.models


@pytest.fixture(params=KINDS)
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / f"out.{request.param}"


def write(table: Path, *answers: Answer) -> None:
    with open_results(table, MODELS) as results:
        for each in answers:
            results.append(each)


def paths_in(table: Path) -> list[str]:
    if table.suffix == ".parquet":
        return [str(path) for path in parquet.read_table(table)["path"].to_pylist()]
    if table.suffix == ".jsonl":
        return [str(json.loads(line)["path"]) for line in table.read_text().splitlines()]
    return [line.partition(",")[0] for line in table.read_text().splitlines()[1:]]


def test_records_of_another_version_of_the_json_are_not_continued(tmp_path: Path) -> None:
    table = tmp_path / "out.jsonl"
    write(table, answer("1"))
    former = table.read_text().replace(f'"schema_version": {SCHEMA_VERSION}', '"schema_version": 1')
    table.write_text(former)
    with pytest.raises(InputError, match="version 1 of the JSON"):
        write(table, answer("2"))
    assert table.read_text() == former


def test_records_are_found_again(table: Path) -> None:
    write(table, answer("1"))
    with open_results(table, MODELS) as results:
        kept = results.find("1")
        assert results.find("2") is None
        results.append(answer("2", "b.png"))
    assert kept is not None
    assert (kept.film_sha256, kept.status) == (answer("1").row.film_sha256, answer("1").row.status)
    assert paths_in(table) == ["a.png", "b.png"]


def test_a_later_record_of_a_case_replaces_the_earlier_one(table: Path) -> None:
    failed = Answer.failed("a.png", UnreadableError("Cut off."), "1")
    write(table, failed, answer("2", "b.png"))
    with open_results(table, MODELS) as results:
        kept = results.find("1")
        results.append(answer("1", "c.png"))
    assert kept is not None
    assert (kept.film_sha256, kept.status) == ("", "unreadable")
    assert paths_in(table) == ["b.png", "c.png"]


def test_an_unchanged_file_is_not_written(table: Path) -> None:
    write(table, answer("1"), answer("2"))
    before = table.read_bytes()
    write(table)
    assert table.read_bytes() == before
    assert list(table.parent.iterdir()) == [table]


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
@pytest.mark.parametrize("path", ["plain.png", 'quoted "\n" newline.png'])
def test_a_record_cut_at_any_byte_is_done_again(tmp_path: Path, kind: str, path: str) -> None:
    table = tmp_path / f"out.{kind}"
    write(table, answer("1"))
    first = table.read_bytes()
    write(table, answer("2", path))
    whole = table.read_bytes()
    for end in {*range(len(first), len(first) + 60), *range(len(whole) - 60, len(whole))}:
        table.write_bytes(whole[:end])
        with open_results(table, MODELS) as results:
            assert (results.find("1") is not None, results.find("2")) == (True, None)
        assert table.read_bytes() == first
    assert len(whole) > len(first)


@pytest.mark.parametrize(
    "content", [b"{}", b'{"path": "a.png"}\n', b'{"case_id": "1"}\n', b"path,sex\na.png,F\n", b"\x89PNG", b"no newline"]
)
def test_other_content_is_refused_and_not_touched(table: Path, content: bytes) -> None:
    table.write_bytes(content)
    with pytest.raises(InputError, match="exists and is not a table of this program"), open_results(table, MODELS):
        pass
    assert table.read_bytes() == content
    assert list(table.parent.iterdir()) == [table]


def test_a_quote_left_open_does_not_swallow_the_rest(tmp_path: Path) -> None:
    table = tmp_path / "out.csv"
    write(table, *(answer(str(number)) for number in range(3)))
    content = table.read_bytes().replace(b"a.png", b'"a.png', 1) + b"\n" * 2000
    table.write_bytes(content)
    with pytest.raises(InputError, match="is not a table of this program"), open_results(table, MODELS):
        pass
    assert table.read_bytes() == content


def test_models_of_another_run_are_refused(table: Path) -> None:
    write(table, answer("1"))
    before = table.read_bytes()
    with pytest.raises(InputError, match=r"contains films assessed with .*, not with others"), open_results(table, "others"):
        pass
    assert table.read_bytes() == before
    assert list(table.parent.iterdir()) == [table]


def test_a_file_is_locked_while_it_is_written(table: Path) -> None:
    with (
        open_results(table, MODELS),
        pytest.raises(InputError, match="Another process is writing"),
        open_results(table, MODELS),
    ):
        pass
    write(table, answer("1"))


def test_rows_are_on_disk_before_the_next_film(table: Path) -> None:
    with open_results(table, MODELS) as results:
        results.append(answer("1"))
        files = {path.name: path.read_bytes().count(b"\n") for path in table.parent.iterdir() if path.suffix != ".lock"}
    assert files in ({"out.csv": 2}, {"out.jsonl": 1}, {"out.parquet.csv": 2})


def test_parquet_keeps_types_and_continues_after_a_stop(tmp_path: Path) -> None:
    table = tmp_path / "out.parquet"
    rows = [replace(answer(name).row, path=path) for name, path in (("1", "=a.png"), ("2", "J\udcf6rg\n.png"))]

    def stopped() -> Iterator[None]:
        with open_results(table, MODELS) as results:
            results.append(replace(answer("1"), row=rows[0]))
            yield
            raise KeyboardInterrupt

    run = stopped()
    next(run)
    with pytest.raises(KeyboardInterrupt):
        next(run)
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet.csv"]
    write(table, replace(answer("2"), row=rows[1]))

    content = parquet.read_table(table)
    assert content.column_names == list(COLUMNS)
    assert {str(column.type) for column in content.columns} == {"string", "double"}
    assert [row["path"] for row in content.to_pylist()] == ["=a.png", "J\\udcf6rg\n.png"]
    assert content.to_pylist()[0] == rounded(rows[0])


def rounded(row: TableRow) -> dict[str, object]:
    digits = {"seconds": 3}
    return {
        name: round(value, digits.get(name, 2)) if isinstance(value, float) else value for name, value in asdict(row).items()
    }


def test_missing_pyarrow_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"pip install openboneage\[parquet\]"), open_results(tmp_path / "o.parquet", MODELS):
        pass
