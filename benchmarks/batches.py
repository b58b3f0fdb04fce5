"""Measure the cost of an archive of films, and print a table: `python -m benchmarks.batches`, from the root of the repository.

Processor time is what other processes change least. Waiting times mean something only while the machine has nothing else to do.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.films import EXAMPLES, LARGEST, fill_folder, write_dicom
from benchmarks.measure import COMMAND, Sample, assess_in_new_process
from benchmarks.table import Row, machine, to_markdown

LONG_LIST = 100_000
STARTS = 5
JOBS = 2


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batches", description="Measure what an archive costs.")
    parser.add_argument("--films", type=int, default=100, help="films of a folder (default 100)")
    films: int = parser.parse_args().films
    print(f"{machine()}\n")
    with tempfile.TemporaryDirectory() as folder:
        print(to_markdown(list(measure(Path(folder), films))))


def measure(folder: Path, films: int) -> Iterator[Row]:
    """Time to the first film of a list, then the processor time of a film."""
    for name, source in sources_of_first_film(folder).items():
        sample = Sample(tuple(seconds_to_first_row(source, folder) for _ in range(STARTS)))
        yield Row(f"first row, {name}", "s", sample.median, max(sample.values))
    dicom = write_dicom(folder / "film.dcm")
    for name, paths in (("DICOM, 2,000 x 2,500 px", [dicom]), ("PNG, the examples", sorted(EXAMPLES.glob("*.png")))):
        few = fill_folder(folder / name / "few", paths, JOBS)
        many = fill_folder(folder / name / "many", paths, JOBS + films)
        for what in ("a film", "a film that has a record"):  # the second run finds the table of the first
            yield Row(f"{what}, {name}", "core s", (_core_seconds(many) - _core_seconds(few)) / films)


def sources_of_first_film(folder: Path) -> dict[str, Path]:
    """One film, and lists that name many more behind it."""
    others = [f"film-{number:06d}.png" for number in range(1, LONG_LIST)]
    cases = folder / "cases.csv"
    cases.write_text("\n".join(["path", str(LARGEST), *others]), encoding="utf-8")
    full = folder / "full"
    full.mkdir()
    (full / "film-000000.png").symlink_to(LARGEST)
    for name in others:
        (full / name).touch()
    return {"one film": LARGEST, f"cases file of {LONG_LIST:,} films": cases, f"folder of {LONG_LIST:,} films": full}


def seconds_to_first_row(source: Path, folder: Path) -> float:
    """Seconds from the start of the command to the first row in its table."""
    table = folder / "first.csv"
    table.unlink(missing_ok=True)
    start = time.perf_counter()
    process = subprocess.Popen([*COMMAND, str(source), "--csv", str(table)], stderr=subprocess.DEVNULL)
    while not table.exists() or table.read_bytes().count(b"\n") < 2:
        time.sleep(0.002)
    seconds = time.perf_counter() - start
    process.kill()
    process.wait()
    return seconds


def _core_seconds(films: Path) -> float:
    """Processor time of a run over a folder, whose table is kept beside it."""
    return assess_in_new_process(films, "--jobs", str(JOBS), "--csv", films.with_suffix(".csv")).core_seconds


if __name__ == "__main__":
    main()
