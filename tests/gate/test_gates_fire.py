"""Every check of `make test` fails on a planted violation, and passes without it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VENV = Path(sys.prefix)
GATES = ("lint", "types", "layers", "budget", "unit")
MODULE = '"""A planted module."""\n\n'
PACKAGE = "src/openboneage"
CLEAN_FILES = {
    f"{PACKAGE}/__init__.py": '"""A small project."""\n',
    f"{PACKAGE}/hand/__init__.py": '"""The hand."""\n\nFINGERS = 5\n',
    f"{PACKAGE}/cli/__init__.py": '''"""The command line."""

import sys


def main() -> None:
    """End."""
    sys.exit(0)
''',
    "benchmarks/__init__.py": "",
    "tests/test_project.py": """import pytest

from openboneage import cli, hand


def test_project() -> None:
    assert hand.FINGERS == 5
    with pytest.raises(SystemExit):
        cli.main()
""",
}


@dataclass(frozen=True)
class Violation:
    """A file that breaks one rule, the gate that must see it, and a word of what the gate must say."""

    name: str
    gate: str
    path: str
    text: str
    says: str


def function(*lines: str) -> str:
    """Write a module with one documented function of these body lines."""
    return MODULE + '\ndef plant() -> None:\n    """Break a rule."""\n' + "".join(f"    {line}\n" for line in lines)


MACHINE_PATH = "/".join(["", "home", "somebody", "films"])
REGISTRY = ".".join(["https://pypi", "org/simple"])
PLANTED = f"{PACKAGE}/hand/planted.py"
VIOLATIONS = (
    Violation("format", "lint", PLANTED, MODULE + "AGE_MONTHS   =  12.0\n", "would be reformatted"),
    Violation("unused import", "lint", PLANTED, MODULE + "import math\n", "F401"),
    Violation("no docstring", "lint", PLANTED, MODULE + "\ndef plant() -> None:\n    pass\n", "D103"),
    Violation("print", "lint", PLANTED, function('print("bone")'), "T201"),
    Violation("assert", "lint", PLANTED, function("assert __name__"), "S101"),
    Violation("exit", "lint", PLANTED, MODULE + "import sys\n\nsys.exit(1)\n", "TID251"),
    Violation(
        "many parameters",
        "lint",
        PLANTED,
        MODULE + "\ndef plant(a: int, b: int, c: int, d: int, e: int, f: int, g: int, h: int, i: int) -> None:\n    pass\n",
        "PLR0913",
    ),
    Violation("type", "types", PLANTED, MODULE + 'AGE_MONTHS: float = "12"\n', "Incompatible types"),
    Violation(
        "untyped", "types", PLANTED, MODULE + '\ndef plant(age):\n    """Return it."""\n    return age\n', "no-untyped-def"
    ),
    Violation("untyped test", "types", "tests/test_planted.py", "def test_age(months):\n    assert months\n", "no-untyped-def"),
    Violation("no place", "layers", f"{PACKAGE}/attic/__init__.py", MODULE, "attic"),
    Violation("no place inside", "layers", f"{PACKAGE}/hand/attic.py", MODULE, "attic"),
    Violation("telemetry", "layers", PLANTED, MODULE + "import onnxruntime\n", "openboneage.hand.planted -> onnxruntime"),
    Violation(
        "lazy torch", "layers", f"{PACKAGE}/cli/planted.py", function("import torch.nn", "", "del torch"), "planted -> torch"
    ),
    Violation("long file", "budget", PLANTED, MODULE + "# one more line\n" * 500, "at most 500"),
    Violation("long function", "budget", PLANTED, function(*["len('bone')"] * 61), "body of 61 lines"),
    Violation(
        "too many long functions", "budget", PLANTED, function("len('bone')") * 37 + function(*["len('bone')"] * 36) * 3, "95th"
    ),
    Violation("machine path", "budget", "docs/planted.md", f"Look in {MACHINE_PATH}/.\n", "docs/planted.md:1"),
    Violation("registry", "budget", "docs/planted.md", f"Take it from {REGISTRY}.\n", "docs/planted.md:1"),
    Violation(
        "failing test", "unit", "tests/test_planted.py", "def test_age() -> None:\n    assert len('bone') == 5\n", "1 failed"
    ),
    Violation("untested code", "unit", PLANTED, function("len('bone')"), "Required test coverage"),
    Violation(
        "warning",
        "unit",
        "tests/test_planted.py",
        "import warnings\n\n\ndef test_warning() -> None:\n    warnings.warn('old', stacklevel=1)\n",
        "UserWarning",
    ),
    Violation(
        "unknown marker",
        "unit",
        "tests/test_planted.py",
        "import pytest\n\n\n@pytest.mark.sloow\ndef test_marker() -> None:\n    pass\n",
        "sloow",
    ),
)
IMPORTS = (
    # Against the direction of the data.
    ("reading.radiograph", "hand.quality"),
    ("reading.read", "hand.locate"),
    ("weights.card", "assess.assessment"),
    ("report.text", "cli.output"),
    # The product imports nothing from the learning packages.
    ("hand.locate", "datasets.splits"),
    ("report.table", "evaluate.metrics"),
    # The learning packages import from the product what their contract allows.
    ("datasets.splits", "report.text"),
    ("datasets.images", "assess.assessment"),
    ("datasets.layouts.rsna_packs", "weights.card"),
    ("learn.losses", "explain.occlusion"),
    ("learn.hands", "assess.distribution"),
    ("learn.hands", "batch.pool"),
    ("evaluate.metrics", "report.text"),
    ("evaluate.ages", "batch.choice"),
    ("studies.default", "report.text"),
    # Parts that stand beside each other.
    ("learn.loop", "evaluate.metrics"),
    # Inside a package.
    ("reading.display", "reading.raster"),
    ("reading.dicom.tones", "reading.dicom.film"),
    ("hand.geometry", "hand.locate"),
    ("hand.quality", "hand.enhance"),
    ("assess.assessment", "assess.assessor"),
    ("assess.estimators.estimator", "assess.estimators.registry"),
    ("batch.executor", "batch.pool"),
    ("datasets.tables.delimited", "datasets.layouts.recognise"),
    ("clinical.table_files", "clinical.growth"),
    ("clinical.height.target", "clinical.height.adult_height"),
    # Libraries.
    ("hand.geometry", "torch"),
    ("evaluate.metrics", "lightning_fabric"),
    ("explain.occlusion", "tensorboard"),
    ("assess.distribution", "dask"),
)


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A clean project for each gate: a few files under the real rules; for the layers the real package, without weights."""
    small, real = tmp_path_factory.mktemp("small"), tmp_path_factory.mktemp("real")
    for project in (small, real):
        for name in ("Makefile", "pyproject.toml", "constraints.txt"):
            shutil.copy2(ROOT / name, project)
    shutil.copytree(ROOT / PACKAGE, real / PACKAGE, ignore=shutil.ignore_patterns("__pycache__", "*.onnx"))
    shutil.copytree(ROOT / "tools", small / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in CLEAN_FILES.items():
        write(small / name, text)
    return dict.fromkeys(GATES, small) | {"layers": real}


def full_name(name: str) -> str:
    """Name a module of the package from the root; a library has its name already."""
    return f"openboneage.{name}" if "." in name else name


def write(path: Path, text: str) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def run_gate(project: Path, gate: str) -> subprocess.CompletedProcess[str]:
    """Run one target of the project's Makefile with the tools of this environment, which is not built again."""
    stamp = VENV / ".built-from-project-files"
    command = ["make", "--no-print-directory", f"--old-file={stamp}", f"VENV={VENV}", gate]
    # A make around this test must not hand its flags down; COLUMNS keeps tools from breaking the lines that are looked for.
    environment = {key: value for key, value in os.environ.items() if key not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}}
    environment |= {"COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1", "MYPY_CACHE_DIR": str(project.parent / "mypy_cache")}
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("gate", GATES)
def test_green_without_a_violation(projects: dict[str, Path], gate: str) -> None:
    result = run_gate(projects[gate], gate)

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("violation", VIOLATIONS, ids=lambda violation: f"{violation.gate}: {violation.name}")
def test_red_on_a_violation(projects: dict[str, Path], tmp_path: Path, violation: Violation) -> None:
    project = shutil.copytree(projects[violation.gate], tmp_path / "project")
    write(project / violation.path, violation.text)

    result = run_gate(project, violation.gate)

    assert result.returncode != 0
    assert violation.says in result.stdout + result.stderr


@pytest.mark.parametrize(("importer", "imported"), IMPORTS, ids=[" -> ".join(names) for names in IMPORTS])
def test_red_on_an_import(projects: dict[str, Path], importer: str, imported: str) -> None:
    module = projects["layers"].joinpath(PACKAGE, *importer.split(".")).with_suffix(".py")
    before = module.read_text(encoding="utf-8")
    write(module, f"{before}\nimport {full_name(imported)}\n")

    result = run_gate(projects["layers"], "layers")

    write(module, before)
    assert result.returncode != 0
    assert f" {full_name(importer)} -> {full_name(imported)} (l." in result.stdout


def test_continuous_integration_runs_every_gate_the_quick_ones_first() -> None:
    steps = subprocess.run(["make", "--dry-run", "test"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    tools = ("ruff format --check", "ruff check", "mypy", "lint-imports", "budget.py", "-m pytest", "wheel.py")

    places = [steps.index(tool) for tool in tools]

    assert places == sorted(places)
    assert " test " in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
