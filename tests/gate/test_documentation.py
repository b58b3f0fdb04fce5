"""The documentation is true: commands, make targets, files and targets of links exist; nothing is left to fill in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command

from tests.gate.pages import PAGES, ROOT, Usage, name_of, usages

LINK = re.compile(r"\]\((?!https?:|mailto:|#)(?P<target>[^)#\s]+)")
MAKE = re.compile(r"(?:^\$? ?|`)make (?P<target>[a-z]+)", re.MULTILINE)
NAMED_FILE = re.compile(r"`(?P<path>(?:\.ci|benchmarks|docs|examples|src|tests|tools)/[\w./-]+)`")
OPEN_PLACE = "FILL" + "-IN"


def faults(usage: Usage, command: Any) -> list[str]:
    """Say what a use names that the program does not have."""
    words = list(usage.words)
    while words and hasattr(command, "commands") and not words[0].startswith("-"):
        if words[0] not in command.commands:
            return [f"{usage.page}: no command {words[0]!r}"]
        command = command.commands[words.pop(0)]
    known = {"--help", *(name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts))}
    options = [word.partition("=")[0] for word in words if re.match(r"--?[a-zA-Z]", word)]
    return [f"{usage.page}: {command.name!r} has no option {option}" for option in options if option not in known]


def page_faults(page: str, text: str, app: typer.Typer) -> list[str]:
    """Say what a page's uses of the program get wrong."""
    return [fault for usage in usages(page, text) for fault in faults(usage, get_command(app))]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_exist(page: Path) -> None:
    from openboneage.cli import application

    assert page_faults(page.name, page.read_text(encoding="utf-8"), application()) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_make_targets_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    named = {match["target"] for match in MAKE.finditer(page.read_text(encoding="utf-8"))}

    assert [target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    targets = [match["target"] for match in LINK.finditer(page.read_text(encoding="utf-8"))]

    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "CHANGELOG.md"], ids=name_of)
def test_named_files_exist(page: Path) -> None:
    named = [match["path"] for match in NAMED_FILE.finditer(page.read_text(encoding="utf-8"))]

    assert [path for path in named if not (ROOT / path).exists()] == []


def test_named_files_are_seen() -> None:
    text = "See `src/a.py`, `.ci/run`, `src/<name>.py`, `make src/b.py` and `elsewhere/c.py`."

    assert NAMED_FILE.findall(text) == ["src/a.py", ".ci/run"]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_nothing_is_left_to_fill_in(page: Path) -> None:
    assert OPEN_PLACE not in page.read_text(encoding="utf-8")


def test_the_documentation_shows_the_program() -> None:
    assert any(usages("README.md", (ROOT / "README.md").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```bash\nboneage weigh film.png --sex F\n```", []),
        ("```console\n$ boneage weigh \\\n    film.png --no-map  # quickly\n```", []),
        ("Run `boneage weigh FILE [--sex F|M]`.", []),
        ("```python\nboneage unknown\n```", []),
        ("```bash\nboneage wiegh film.png\n```", ["page: no command 'wiegh'"]),
        ("Run `boneage weigh FILE --sx=F`.", ["page: 'weigh' has no option --sx"]),
    ],
)
def test_the_check_finds_errors(text: str, expected: list[str]) -> None:
    small = typer.Typer()
    small.callback()(lambda: None)

    @small.command()
    def weigh(film: str, sex: str = "", map: bool = True) -> None:  # noqa: A002
        del film, sex, map

    assert page_faults("page", text, small) == expected
