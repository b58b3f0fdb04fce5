"""What the package imports is declared, pinned and explained."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "openboneage"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LEARNING_WING = ("learn", "studies")


def names(requirements: list[str]) -> set[str]:
    """Return the names of requirements, in the form in which names are compared."""
    return {canonical(re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0]) for requirement in requirements}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def third_party_imports(path: Path) -> Iterator[str]:
    """Yield the top-level modules that a file imports from neither the standard library nor this package."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        found = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found = [node.module]
        yield from {name.partition(".")[0] for name in found} - {*sys.stdlib_module_names, "openboneage"}


CORE = names(PROJECT["dependencies"])
LEARN = names(PROJECT["optional-dependencies"]["learn"])
CLUSTER = names(PROJECT["optional-dependencies"]["cluster"])
DEV = names(PROJECT["optional-dependencies"]["dev"])


def extra(module: Path) -> set[str]:
    """Return what an extra allows a module to import."""
    if module.parts[0] in LEARNING_WING:
        return LEARN
    return CLUSTER if module == Path("batch/dask.py") else set()


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_imports_are_declared(path: Path) -> None:
    allowed = CORE | extra(path.relative_to(SOURCE))
    providers = packages_distributions()

    imported = {module: {canonical(name) for name in providers.get(module, [module])} for module in third_party_imports(path)}

    assert [module for module, distributions in imported.items() if not distributions & allowed] == []


@pytest.mark.parametrize("name", sorted(CORE | LEARN | CLUSTER | DEV))
def test_dependencies_are_pinned_and_explained(name: str) -> None:
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")

    assert re.search(rf"^{name}==\d", pins, re.MULTILINE)
    assert re.search(rf"^\|[^|]*\b{name}\b[^|]*\|", page, re.MULTILINE)
