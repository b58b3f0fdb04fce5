"""Run the commands of `docs/results` again and replace their outputs, dates and sets.

A result is a line that starts with a command, its date, its set of models and the machine, and then the output between two
comments. Run from the root of the repository with the films in `OPENBONEAGE_DATA`: `python tools/results.py [PAGE...]`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from openboneage.weights.card import read_card
from openboneage.weights.registry import ModelSet

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "results"
RESULT = re.compile(
    r"^`(?P<command>boneage evaluate [^`]+)` \((?P<date>\d+ \w+ \d{4}), set (?P<set>[\d.]+),(?P<rest>[^\n]*)\n\n"
    r"<!-- output -->\n.*?<!-- end -->",
    re.DOTALL | re.MULTILINE,
)


def main(pages: Sequence[str]) -> None:
    """Bring the named pages up to date, or all."""
    for page in sorted(RESULTS.glob("*.md")):
        if not pages or page.stem in pages:
            text = page.read_text(encoding="utf-8")
            page.write_text(updated(text, run, f"{datetime.now(UTC):%-d %B %Y}", shipped_set()), encoding="utf-8")


def updated(text: str, answer: Callable[[str], str], date: str, models: str) -> str:
    """Return a page with the outputs of its commands replaced by their answers."""

    def again(found: re.Match[str]) -> str:
        line = f"`{found['command']}` ({date}, set {models},{found['rest']}"
        return f"{line}\n\n<!-- output -->\n{answer(found['command']).strip()}\n<!-- end -->"

    return RESULT.sub(again, text)


def run(command: str) -> str:
    """Return what a command prints."""
    arguments = command.split()[1:]
    print(command, file=sys.stderr, flush=True)
    return subprocess.run(
        [sys.executable, "-m", "openboneage", *arguments], check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def shipped_set() -> str:
    """Return the version of the age model in the package: a later set may have the same."""
    return read_card(ModelSet.find().card("whole-hand")).version


if __name__ == "__main__":
    main(sys.argv[1:])
