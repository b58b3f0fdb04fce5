"""Imported packages are declared, pinned and documented; declared ones are used; the core has no copyleft licence."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "openboneage"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LEARNING_WING = ("learn", "studies")
SERVERS = ("store", "reading_room", "node")
OPTIONAL_MODULES = {Path("batch/dask.py"): "cluster", Path("batch/parquet.py"): "parquet"}
OTHER_FOLDERS = ("benchmarks", "tests", "tools")
GPL = re.compile(r"\b(?:A?GPL|GNU (?:Affero )?General Public)")  # but not the LGPL


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


def distributions(module: str) -> set[str]:
    """Return the distributions that provide a top-level module; without any, the module's own name."""
    return {canonical(name) for name in PROVIDERS.get(module, [module])}


@cache
def distributions_used(*folders: Path) -> set[str]:
    """Return the distributions that the Python files below folders import from."""
    modules = {module for folder in folders for path in folder.rglob("*.py") for module in third_party_imports(path)}
    return {name for module in modules for name in distributions(module)}


def with_all_they_require(wanted: set[str]) -> set[str]:
    """Return distributions, and what they bring with them on this machine."""
    found: set[str] = set()
    while wanted:
        found |= wanted
        needed = [line for name in wanted for line in metadata.requires(name) or [] if "extra ==" not in line]
        wanted = (names(needed) & INSTALLED) - found
    return found


def licence(name: str) -> str:
    """Return a distribution's licence expression, or else the first line of the older field and the classifiers."""
    facts = metadata.metadata(name)
    # The backport importlib_metadata, which Dask imports, raises KeyError for a field that is absent: hence `get_all`.
    if expression := facts.get_all("License-Expression"):
        return str(expression[0])
    licences = [text.partition("\n")[0] for text in facts.get_all("License") or []]
    return " ".join([*licences, *(facts.get_all("Classifier") or [])])


PROVIDERS = metadata.packages_distributions()
INSTALLED = {canonical(name) for provided in PROVIDERS.values() for name in provided}
CORE = names(PROJECT["dependencies"])
EXTRAS = {extra: names(requirements) for extra, requirements in PROJECT["optional-dependencies"].items()}
DECLARED = CORE.union(*EXTRAS.values())
NEVER_IMPORTED = {
    "import-linter": "a program of the gate",
    "mypy": "a program of the gate",
    "onnxscript": "torch imports it to export a network",
    "tensorboard": "torch imports it to write curves",
    "pytest-cov": "pytest loads it for make unit",
    "ruff": "a program of the gate",
    "psycopg": "SQLAlchemy imports it for a PostgreSQL database",
    "httpx2": "Starlette's test client imports it",
    "python-multipart": "FastAPI imports it for uploads",
    "scipy-stubs": "mypy reads it",
}


def allowed_extra(module: Path) -> set[str]:
    """Return what an extra allows a module to import."""
    if module.parts[0] in LEARNING_WING:
        return EXTRAS["learn"]
    if module.parts[0] in SERVERS:
        return EXTRAS["serve"]
    return EXTRAS[OPTIONAL_MODULES[module]] if module in OPTIONAL_MODULES else set()


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_imports_are_declared(path: Path) -> None:
    allowed = CORE | allowed_extra(path.relative_to(SOURCE))

    assert [module for module in third_party_imports(path) if not distributions(module) & allowed] == []


@pytest.mark.parametrize("folder", OTHER_FOLDERS)
def test_imports_of_tests_and_tools_are_declared(folder: str) -> None:
    assert distributions_used(ROOT / folder) - DECLARED - {"benchmarks", "tests", "tools"} == set()


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_declared_dependencies_are_used(name: str) -> None:
    folders = [ROOT / folder for folder in OTHER_FOLDERS] if name in EXTRAS["dev"] | EXTRAS["fuzz"] else [SOURCE]

    assert (name in distributions_used(*folders)) is (name not in NEVER_IMPORTED)


@pytest.mark.parametrize("name", sorted(with_all_they_require(CORE)))
def test_the_core_has_permissive_licences(name: str) -> None:
    assert not GPL.search(licence(name)), licence(name)


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_dependencies_are_pinned_and_explained(name: str) -> None:
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")

    assert re.search(rf"^{name}==\d", pins, re.MULTILINE)
    assert re.search(rf"^\|[^|]*\b{name}\b[^|]*\|", page, re.MULTILINE)
