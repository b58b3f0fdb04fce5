"""Broken files and absurd values on the command line: one sentence and the documented exit code, never a traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from openboneage.errors import InputError
from tests.cli.running import boneage

CSV_COMMANDS = [("growth",), ("score", "tw3", "--csv")]
CHILD = ("--sex", "F", "--age", "9y", "--height", "133")


@pytest.mark.parametrize("command", CSV_COMMANDS)
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\n\n#\n", id="blank"),
        pytest.param(b"\xef\xbb\xbf", id="byte order mark"),
        pytest.param(b"sex,age\n", id="header"),
        pytest.param(b"sex,Sex\nF,F\n", id="column twice"),
        pytest.param(b'sex,age\nF,"' + b"9" * 200_000, id="unclosed quote"),
        pytest.param(b"sex,age\nF,9y\x00\n", id="null byte"),
        pytest.param(b"\xff\xfe\x00\x01", id="binary"),
        pytest.param(b"," * 10_000 + b"\n" + b"," * 10_000, id="many columns"),
    ],
)
def test_a_broken_table_is_one_sentence(tmp_path: Path, command: tuple[str, ...], content: bytes) -> None:
    path = tmp_path / "visits.csv"
    path.write_bytes(content)

    run = boneage(*command, path)

    assert (run.code, run.out) == (InputError.exit_code, "")
    assert run.err.startswith("boneage: ")
    assert run.err.count("\n") == 1


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("[" * 100_000, id="nested"),
        pytest.param('{"a":' * 100_000, id="nested objects"),
        pytest.param('{"sex": "F", "visits": [{"age_months": 1' + "0" * 5000 + "}]}", id="5000 digits"),
        pytest.param('{"sex": "F", "visits": [{"age_months": 1' + "0" * 400 + "}]}", id="400 digits"),
        pytest.param('{"sex": "F", "visits": [{"age_months": NaN}]}', id="NaN"),
        pytest.param('{"sex": "F", "visits": {"age_months": 100}}', id="no list"),
        pytest.param('{"sex": ["F"], "visits": [{"age_months": 100}]}', id="sex is a list"),
        pytest.param('{"sex": "F", "visits": [{"age_months": 100, "bone_age": {}}]}', id="bone age is an object"),
        pytest.param("null", id="null"),
        pytest.param("", id="empty"),
    ],
)
def test_broken_json_visits_are_one_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "visits.json"
    path.write_text(content)

    run = boneage("growth", path)

    assert (run.code, run.out) == (InputError.exit_code, "")
    assert run.err.startswith("boneage: ")


@pytest.mark.parametrize("command", CSV_COMMANDS)
def test_a_file_that_is_not_there_or_no_file_is_named(tmp_path: Path, command: tuple[str, ...]) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    for path, message in ((tmp_path / "none.csv", "There is no file"), (tmp_path, "regular file"), (pipe, "regular file")):
        run = boneage(*command, path)
        assert run.code == InputError.exit_code
        assert message in run.err


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "-5", "0", "1e308"])
@pytest.mark.parametrize("option", ["--height", "--weight", "--mother", "--father", "--recumbent-length", "--birth-weight"])
def test_absurd_numbers_of_height_are_refused(option: str, value: str) -> None:
    run = boneage("height", *CHILD, f"{option}={value}")

    assert run.code == InputError.exit_code
    assert run.err.startswith("boneage: ")


@pytest.mark.parametrize("option", ["--age", "--bone-age", "--tw2-bone-age", "--menarche-age"])
@pytest.mark.parametrize("value", ["9", "nan", "-3y", "9y13m", "9" * 400 + "y", "0y"])
def test_absurd_ages_of_height_are_refused(option: str, value: str) -> None:
    run = boneage("height", *CHILD, f"{option}={value}")

    assert run.code == InputError.exit_code
    assert run.err.startswith("boneage: ")


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "0"])
def test_an_absurd_limit_of_growth_is_refused(tmp_path: Path, value: str) -> None:
    path = tmp_path / "visits.csv"
    path.write_text("sex,age,height_cm\nF,9y,133\n")

    run = boneage("growth", path, f"--sd={value}")

    assert run.code == InputError.exit_code
    assert "over 0 SD" in run.err
