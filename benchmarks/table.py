"""Measurements as a Markdown table, with the machine."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        name: What was measured.
        unit: Unit of every number of the line.
        measured: Median, or the only value.
        p95: 95th percentile, None where there is only one value.
        target: What the project asks for, None where it asks for nothing.
        more_is_better: Whether the target is the least, not the most.
    """

    name: str
    unit: str
    measured: float
    p95: float | None = None
    target: float | None = None
    more_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        """Measured over target."""
        return None if self.target is None else self.measured / self.target

    @property
    def met(self) -> bool | None:
        """Whether the target is met."""
        if self.ratio is None:
            return None
        return self.ratio >= 1 if self.more_is_better else self.ratio <= 1


def to_markdown(rows: Sequence[Row]) -> str:
    """The rows as a table."""
    header = ("measure", "target", "measured", "p95", "measured / target", "met")
    lines = [header, ("---",) * len(header), *(_cells(row) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cells(row: Row) -> tuple[str, ...]:
    target = "" if row.target is None else f"{'≥' if row.more_is_better else '≤'} {_number(row.target)} {row.unit}"
    p95 = "" if row.p95 is None else f"{_number(row.p95)} {row.unit}"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    met = {True: "yes", False: "no", None: ""}[row.met]
    return row.name, target, f"{_number(row.measured)} {row.unit}", p95, ratio, met


def _number(value: float) -> str:
    """Three digits, as many as such a measurement is worth; whole hundreds and thousands in full."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def machine() -> str:
    """The machine and the versions that matter, as a Markdown list."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("openboneage", "onnxruntime", "opencv-python-headless", "numpy")
    )
    lines = [
        f"{cores} cores of {_processor()}",
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, {packages}",
    ]
    if hasattr(os, "getloadavg"):
        lines.append(f"load when the measuring began: {os.getloadavg()[0]:.1f} processes")
    return "\n".join(f"- {line}" for line in lines)


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    fields: dict[str, str] = {}
    if information.is_file():
        for line in information.read_text().splitlines():
            name, _, value = line.partition(":")
            fields.setdefault(name.strip(), value.strip())
    name = fields.get("model name") or platform.processor() or platform.machine()
    model = f" (family {fields['cpu family']}, model {fields['model']})" if {"cpu family", "model"} <= fields.keys() else ""
    return name + model
