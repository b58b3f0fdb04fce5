"""Measure how fast synthetic hands are made, and print a table: `python -m benchmarks.phantom`, from the repository's root.

Processor time of one core, without drawing parameters or writing files.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

from benchmarks.measure import Sample
from benchmarks.table import Row, machine, to_markdown
from openboneage.phantom.film import render
from openboneage.phantom.parameters import draw_parameters

TARGETS = {384: 15.0, 1024: None, 2048: None}
"""Films a second on one core, by rows of the film."""


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.phantom", description="Measure synthetic hands.")
    parser.add_argument("--films", type=int, default=20, help="films of each size (default 20)")
    films: int = parser.parse_args().films
    print(f"{machine()}\n\n{to_markdown(list(measure(films)))}")


def measure(films: int) -> Iterator[Row]:
    """Films a second of processor time, by size."""
    for height_px, target in TARGETS.items():
        sample = Sample(tuple(_seconds(seed, height_px) for seed in range(films)))
        rate = films / sum(sample.values)
        yield Row(f"synthetic hands of {height_px} rows", "films/s", rate, target=target, more_is_better=True)


def _seconds(seed: int, height_px: int) -> float:
    parameters = draw_parameters(seed, height_px)
    begun = time.process_time()
    render(parameters)
    return time.process_time() - begun


if __name__ == "__main__":
    main()
