"""The wheel as a user gets it: small enough, and able to assess the example films in a clean environment without torch.

Run from the root of the repository: `python tools/wheel.py`. It builds the wheel, installs it with the core's dependencies
into a fresh virtual environment in a temporary folder, and runs `boneage` there. Exit code 0: all is well; 1: it is not, with
a line for each finding. It needs the package registry that pip is set up with, and takes about a minute.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

WHEEL_MB_MAX = 12.0
CASES = Path("examples") / "cases.csv"
UNWANTED = ("torch", "onnx", "pytest")
PIP = ("-m", "pip", "--disable-pip-version-check", "-qq")


def main() -> int:
    """Check the repository in the working directory; return the exit code."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build(folder)
        faults = size_faults(wheel)
        if not faults:
            python = install(wheel, folder / "environment")
            faults = [*unwanted_faults(python), *assessment_faults(assess_examples(python), wanted_films(CASES))]
        size_mb = wheel.stat().st_size / 1e6
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"Wheel: {size_mb:.1f} MB, {len(faults)} faults.")
    return 1 if faults else 0


def build(folder: Path) -> Path:
    """Build the wheel of the working directory and return its path."""
    subprocess.run([sys.executable, *PIP, "wheel", "--no-deps", "--wheel-dir", str(folder), "."], check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, environment: Path) -> Path:
    """Install a wheel and what it depends on into a new virtual environment; return its Python."""
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    subprocess.run([python, *PIP, "install", "--no-compile", "-c", "constraints.txt", str(wheel)], check=True)
    return python


def assess_examples(python: Path) -> list[dict[str, object]]:
    """Run the installed program on the example films; return an assessment each, none where the program failed."""
    command: list[str | Path] = [python.with_name("boneage"), "assess", CASES, "--json", "--jobs", "1"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        print(run.stderr, file=sys.stderr)
        return []
    return [json.loads(line) for line in run.stdout.splitlines()]


def wanted_films(cases: Path) -> list[str]:
    """Return the names of the films in a file of cases."""
    with cases.open(encoding="utf-8", newline="") as file:
        return [Path(row["path"]).name for row in csv.DictReader(file)]


def size_faults(wheel: Path) -> list[str]:
    """Return a fault where the wheel is larger than its budget."""
    size_mb = wheel.stat().st_size / 1e6
    return [f"{wheel.name}: {size_mb:.1f} MB, at most {WHEEL_MB_MAX:.0f} MB"] if size_mb > WHEEL_MB_MAX else []


def unwanted_faults(python: Path) -> list[str]:
    """Return a fault for each package that a user of the core should not have to install."""
    code = f"import importlib.util; print(*(name for name in {UNWANTED!r} if importlib.util.find_spec(name)))"
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    return [f"the core brings {name}, which it must not need" for name in found]


def assessment_faults(assessments: list[dict[str, object]], films: list[str]) -> list[str]:
    """Return a fault for each film that the installed program gave no bone age."""
    answered = {
        str(film["name"]) for each in assessments if each["verdict"] != "reject" and isinstance(film := each["film"], dict)
    }
    return [f"the installed program gave {film} no bone age" for film in films if film not in answered]


if __name__ == "__main__":
    sys.exit(main())
