"""Memory and time of single files, such as damaged and hostile ones: `python -m benchmarks.hostile FILE...`.

Each file is assessed by `boneage assess` in a process of its own. The first row is an example film, for comparison.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.films import EXAMPLES
from benchmarks.measure import assess_in_new_process

CODES = (0, 3, 4)
"""Assessed, refused, unreadable."""


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hostile", description="Measure memory and time of single files."
    )
    parser.add_argument("films", type=Path, nargs="+", metavar="FILE")
    films = parser.parse_args().films
    print("| file | bytes | peak memory | processor time | exit code | message |\n| --- | --- | --- | --- | --- | --- |")
    for film in (EXAMPLES / "7036.png", *films):
        print(f"| {' | '.join(cells(film))} |", flush=True)


def cells(film: Path) -> tuple[str, ...]:
    """A row of the table."""
    run = assess_in_new_process(film, codes=CODES)
    message = run.errors.partition(": ")[2].strip()
    return film.name, f"{film.stat().st_size:,}", f"{run.peak_mb:.0f} MB", f"{run.core_seconds:.1f} s", str(run.code), message


if __name__ == "__main__":
    main()
