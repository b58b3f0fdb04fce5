"""The size budget, and the rule that no file contains a path of the machine it was written on.

Run from the root of the repository: `python tools/budget.py`. Exit code 0: within budget; 1: over it, with a line for each
finding. Targets that are missed, but still allowed, are printed as notes. Rules that ruff can check are in pyproject.toml.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FILE_LINES_TARGET = 300
FILE_LINES_MAX = 500
BODY_LINES_P95 = 35
BODY_LINES_MAX = 60
P95_NEEDS_FUNCTIONS = 40  # with fewer, the 95th percentile is just the longest function

MACHINE = re.compile(
    r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/"
    r"|\b(?:pypi\.org|pythonhosted\.org|download\.pytorch\.org|registry\.npmjs\.org)"
    r"|--(?:find-links|(?:extra-)?index-url)"
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Body:
    """Where a function stands and how many lines it has below its signature and docstring."""

    place: str
    lines: int


def main() -> int:
    """Check the repository in the working directory; return the exit code."""
    root = Path.cwd()
    sources = sorted((root / "src").rglob("*.py"))
    bodies = [body for path in sources for body in bodies_of(path, root)]
    faults = [
        *(f"{path.relative_to(root)}: {n} lines, at most {FILE_LINES_MAX}" for path, n in long_files(sources, FILE_LINES_MAX)),
        *(
            f"{body.place}: body of {body.lines} lines, at most {BODY_LINES_MAX}"
            for body in bodies
            if body.lines > BODY_LINES_MAX
        ),
        *percentile_faults(bodies),
        *(fault for path in repository_files(root) for fault in machine_names(path, root)),
    ]
    for path, n in long_files(sources, FILE_LINES_TARGET):
        print(f"note: {path.relative_to(root)}: {n} lines, the target is {FILE_LINES_TARGET}")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"Budget: {len(sources)} files, {len(bodies)} functions, {len(faults)} faults.")
    return 1 if faults else 0


def long_files(paths: list[Path], limit: int) -> Iterator[tuple[Path, int]]:
    """Yield the files with more lines than the limit, and their number of lines."""
    for path in paths:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > limit:
            yield path, lines


def bodies_of(path: Path, root: Path) -> Iterator[Body]:
    """Yield the body of each function and method in a Python file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield Body(f"{path.relative_to(root)}:{node.lineno} {node.name}", body_lines(node))


def body_lines(function: Function) -> int:
    """Count the lines of a function without its signature and docstring."""
    statements = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not statements:
        return 0
    return (statements[-1].end_lineno or statements[-1].lineno) - statements[0].lineno + 1


def percentile_faults(bodies: list[Body]) -> list[str]:
    """Return a fault where more than one function in twenty is longer than the budget of the 95th percentile."""
    if len(bodies) < P95_NEEDS_FUNCTIONS:
        return []
    p95 = sorted(body.lines for body in bodies)[int(0.95 * len(bodies))]
    return [f"src: 95th percentile of function bodies is {p95} lines, at most {BODY_LINES_P95}"] if p95 > BODY_LINES_P95 else []


def repository_files(root: Path) -> list[Path]:
    """List what a clone holds: files that git tracks or would add; without git, everything that is not hidden."""
    if not (root / ".git").exists():
        return [path for path in root.rglob("*") if path.is_file() and "/." not in f"/{path.relative_to(root).as_posix()}"]
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listing, cwd=root, capture_output=True, text=True, check=True).stdout.split("\0")
    return [path for name in names if name and (path := root / name).is_file()]


def machine_names(path: Path, root: Path) -> Iterator[str]:
    """Yield the lines of a text file that name a path of one machine or the address of a package registry."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if found := MACHINE.search(line):
            yield f"{path.relative_to(root)}:{number}: names {found.group()!r}, which only one machine or registry has"


if __name__ == "__main__":
    sys.exit(main())
