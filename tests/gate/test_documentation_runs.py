"""The examples in the documentation run: commands in `bash` blocks, `python` blocks, and examples in docstrings."""

from __future__ import annotations

import doctest
import importlib
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from tests import hands
from tests.cli.running import boneage
from tests.gate.pages import PAGES, ROOT, Usage, name_of, python_blocks, runnable_usages
from tests.report.reports import dicom_film

COMMANDS = ("assess", "report", "growth", "height", "models", "score")
"""Those that need no data set."""
USAGES = [usage for page in PAGES for usage in runnable_usages(name_of(page), page.read_text(encoding="utf-8"))]
BLOCKS = [(name_of(page), block) for page in PAGES for block in python_blocks(page.read_text(encoding="utf-8"))]
LEVELS = "id,sex,radius,ulna,mc1,mc3,mc5,pp1,pp3,pp5,mp3,mp5,dp1,dp3,dp5\nA,F,9,8,7,7,7,8,8,8,8,8,8,8,8\n"
VISITS = '{"sex": "F", "mother_height_cm": 164, "visits": [{"age": "6y2m", "height_cm": 124.5}]}'


def modules_with_examples() -> list[ModuleType]:
    sources = sorted((ROOT / "src").rglob("*.py"))
    names = [path.relative_to(ROOT / "src").with_suffix("").parts for path in sources if ">>> " in path.read_text("utf-8")]
    return [importlib.import_module(".".join(name).removesuffix(".__init__")) for name in names]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the files that examples name."""
    pixels = hands.film("7043", 400)
    (tmp_path / "film.dcm").write_bytes(dicom_film(pixels))
    (tmp_path / "films").mkdir()
    for name in ("film.png", "films/film.png"):
        (tmp_path / name).write_bytes(hands.png(pixels))
    (tmp_path / "cases.csv").write_text("path,sex,age_months\nfilm.png,F,111\n")
    (tmp_path / "levels.csv").write_text(LEVELS)
    (tmp_path / "visits.json").write_text(VISITS)
    shutil.copy2(ROOT / "docs" / "standards" / "visits.csv", tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("usage", [each for each in USAGES if each.words[0] in COMMANDS], ids=lambda each: " ".join(each.words))
def test_commands_run(usage: Usage) -> None:
    run = boneage(*usage.words)

    assert run.code == 0, run.err


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(("page", "block"), BLOCKS, ids=[page for page, _ in BLOCKS])
def test_python_blocks_run(page: str, block: str) -> None:
    exec(compile(block, page, "exec"), {})


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("module", modules_with_examples(), ids=lambda module: module.__name__)
def test_examples_in_docstrings_run(module: ModuleType) -> None:
    results = doctest.testmod(module)

    assert results.failed == 0
    assert results.attempted > 0


def test_blocks_run_unless_they_are_marked() -> None:
    text = (
        "```python\na\n```\n```python not-run\nb\n```\n```bash\nboneage score tw3\n```\n```bash not-run\nboneage train\n```\n"
    )

    assert list(python_blocks(text)) == ["a\n"]
    assert [usage.words for usage in runnable_usages("page", text)] == [("score", "tw3")]
