"""The executable itself; everything else about the command line is tested in process."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

from tests import hands
from tests.cli.running import boneage

EXECUTABLE = Path(sys.executable).with_name("boneage")


def run(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run([EXECUTABLE, *words], capture_output=True, check=False, env={**os.environ, **environment})
    assert b"Traceback" not in done.stderr
    return done


def rows(table: Path) -> list[dict[str, str]]:
    """Rows in the order of their paths, without times."""
    with table.open(newline="") as file:
        return sorted(({**row, "seconds": ""} for row in csv.DictReader(file)), key=lambda row: row["path"])


def test_two_jobs_give_the_numbers_of_one(films: Path, tmp_path: Path) -> None:
    done = run("assess", films, "--jobs", "2", "--csv", tmp_path / "two.csv")
    assert done.returncode == boneage("assess", films, "--csv", tmp_path / "one.csv").code == 4
    assert len(rows(tmp_path / "two.csv")) == 4
    assert rows(tmp_path / "two.csv") == rows(tmp_path / "one.csv")


HANGING = """
import sys
from functools import partial
from openboneage.assess.assessor import Assessor
from openboneage.batch.limits import Limits
from openboneage.cli import assess, main
from openboneage.reading.guards import quiet_opencv
assess.Limits = partial(Limits, cpu_seconds=2)
examine = Assessor.examine
def hang(self, source, *others):
    with quiet_opencv:
        while source.name == "b.png":
            pass
    return examine(self, source, *others)
Assessor.examine = hang
main()
"""


def test_a_film_that_takes_too_long_ends_the_run_with_its_name(films: Path, tmp_path: Path) -> None:
    words = ("assess", films / "a.png", films / "b.png", "--csv", tmp_path / "out.csv")

    done = subprocess.run([sys.executable, "-c", HANGING, *words], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (4, "")
    assert "b.png took more than 2 s of processor time" in done.stderr
    assert "--jobs 2" in done.stderr
    assert [Path(row["path"]).name for row in rows(tmp_path / "out.csv")] == ["a.png"]


def test_names_that_are_not_valid_text_are_accepted(tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/J\xf6rg.png"
    Path(os.fsdecode(odd)).write_bytes(hands.png(hands.not_hand("noise")))
    words: list[str | Path] = [os.fsdecode(odd), "--csv", tmp_path / "out.csv", "--figure", tmp_path / "figures"]
    first, second = run("assess", *words, "--json"), run("assess", *words, PYTHONIOENCODING="ascii")
    assert (first.returncode, second.returncode) == (3, 3)
    assert json.loads(first.stdout)["film"]["name"] == "J\udcf6rg.png"
    assert b"1 skipped" in second.stderr
    assert b"J\xf6rg.png" in (tmp_path / "out.csv").read_bytes()
