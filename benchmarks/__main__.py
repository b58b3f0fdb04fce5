"""Measure speed and memory, and print a table: `python -m benchmarks`, from the root of the repository.

Every number stands beside its target. The machine must have nothing else to do: the report begins with its
load.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.films import EXAMPLES, fill_folder, write_dicom
from benchmarks.measure import Sample, assess_in_new_process, assess_warm
from benchmarks.table import Row, machine, to_markdown

LEE_2017_PREPROCESSING_S = 1.71
"""Lee et al. 2017: "it requires averagely 1.71 s to crop, segment, and preprocess" one film."""


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure speed and memory on this machine.")
    parser.add_argument("--films", type=int, default=200, help="films of the folders (default 200)")
    parser.add_argument("--repeat", type=int, default=30, help="warm assessments (default 30)")
    parser.add_argument("--starts", type=int, default=9, help="cold starts (default 9)")
    parser.add_argument("--out", type=Path, help="also write the report to this file")
    options = parser.parse_args()
    about = machine()
    with tempfile.TemporaryDirectory() as folder:
        rows = list(measure(Path(folder), options.films, options.repeat, options.starts))
    report = f"{about}\n\n{to_markdown(rows)}"
    print(report)
    if options.out:
        options.out.write_text(report + "\n", encoding="utf-8")


def measure(folder: Path, films: int, repeat: int, starts: int) -> Iterator[Row]:
    """Commands first, while this process is small; then the library in this process."""
    dicom = write_dicom(folder / "film.dcm")
    runs = [assess_in_new_process(dicom) for _ in range(starts + 1)][1:]  # the first one fills the disk's cache
    seconds, peaks = Sample(tuple(run.seconds for run in runs)), Sample(tuple(run.peak_mb for run in runs))
    for name, sources in (("DICOM", [dicom]), ("PNG (the examples)", sorted(EXAMPLES.glob("*.png")))):
        rate = films / _folder_seconds(folder / name, sources, films)
        yield Row(f"folder of {films} films, `--jobs 2`, {name}", "films/s", rate, target=8, more_is_better=True)
    warm = assess_warm(dicom, repeat)
    yield _milliseconds("assessment, warm, without occlusion map", warm["assessment"], 200)
    for stage in ("read", "standardize", "quality", "whole_hand"):
        yield _milliseconds(f"of it {stage}", warm[stage])
    lee = 1000 * LEE_2017_PREPROCESSING_S
    yield _milliseconds("all before the age, against Lee 2017's preprocessing", warm["before the age"], lee)
    yield _milliseconds("whole hand on one core", warm["one core"], 60)
    yield _milliseconds("occlusion map", warm["occlusion"])
    yield Row("`boneage assess FILE`, cold start", "s", seconds.median, seconds.p95, 1.5)
    yield Row("peak memory of it", "MB", peaks.median, max(peaks.values), 500)


def _folder_seconds(folder: Path, sources: list[Path], films: int) -> float:
    fill_folder(folder, sources, films)
    table = folder.with_suffix(".csv")
    seconds = assess_in_new_process(folder, "--jobs", "2", "--csv", table).seconds
    assert len(table.read_text().splitlines()) == films + 1, "a film is missing in the table"
    return seconds


def _milliseconds(name: str, sample: Sample, target: float | None = None) -> Row:
    return Row(name, "ms", 1000 * sample.median, 1000 * sample.p95, target)


if __name__ == "__main__":
    main()
