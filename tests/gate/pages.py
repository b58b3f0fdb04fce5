"""The pages of the documentation, and the commands in their blocks and text."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*.md")])
FENCE = re.compile(r"^```(?P<language>\w*)(?P<note>[^\n]*)\n(?P<body>.*?)^```", re.MULTILINE | re.DOTALL)
NOT_RUN = "not-run"
"""Behind the language of a block: it needs what a test has not, such as a cluster or a downloaded data set."""
_INLINE = re.compile(r"`(boneage [^`\n]+)`")
_SHELL = {"", "bash", "console", "sh", "shell", "text"}


@dataclass(frozen=True)
class Usage:
    """A line of documentation that runs the program."""

    page: str
    words: tuple[str, ...]


def name_of(page: Path) -> str:
    """Name a page from the root of the repository."""
    return page.relative_to(ROOT).as_posix()


def usages(page: str, text: str) -> Iterator[Usage]:
    """Yield each use of `boneage` in the shell blocks and in the running text of a page."""
    lines = [line for fence in FENCE.finditer(text) if fence["language"] in _SHELL for line in _lines(fence["body"])]
    yield from _usages_of(page, [*lines, *_INLINE.findall(FENCE.sub("", text))])


def runnable_usages(page: str, text: str) -> Iterator[Usage]:
    """Yield each use of `boneage` in the `bash` blocks of a page, but for those marked `NOT_RUN`."""
    fences = [fence for fence in FENCE.finditer(text) if fence["language"] == "bash" and NOT_RUN not in fence["note"]]
    yield from _usages_of(page, [line for fence in fences for line in _lines(fence["body"])])


def python_blocks(text: str) -> Iterator[str]:
    """Yield the body of each `python` block of a page, but for those marked `NOT_RUN`."""
    for fence in FENCE.finditer(text):
        if fence["language"] == "python" and NOT_RUN not in fence["note"]:
            yield fence["body"]


def _lines(body: str) -> list[str]:
    joined = body.replace("\\\n", " ").splitlines()
    return [line.strip().removeprefix("$ ").removeprefix(".venv/bin/") for line in joined]


def _usages_of(page: str, lines: list[str]) -> Iterator[Usage]:
    for line in lines:
        if line.startswith("boneage "):
            # Brackets mark what may be left out, a bar the choice between words.
            yield Usage(page, tuple(shlex.split(re.sub(r"[\[\]()|]", " ", line), comments=True)[1:]))
