"""Measures of drawn carpal bones, and of the cortex of metacarpals."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from openboneage.bones.names import CARPALS
from openboneage.cli import application
from openboneage.evaluate.carpals import FEWEST, carpal_table
from tests.datasets.drawn_folder import build_drawn
from tests.datasets.test_skeleton import BONES


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_drawn(tmp_path_factory.mktemp("packs"), films={str(900_001 + number): "M" for number in range(FEWEST)})


def test_areas_of_drawn_carpal_bones_are_in_units_of_the_hand(packs: Path) -> None:
    lines = {line.split("|")[1].strip(): line for line in carpal_table(packs).splitlines() if "| male |" in line}

    count = len(BONES.keys() & set(CARPALS))  # squares of 0.04 units, in a wrist of 0.6 by 0.4
    assert f"| {1.6 * count:.2f} |" in lines["all bones, area"]
    assert f"| {0.0016 * count / 0.24:.2f} |" in lines["all bones / wrist box"]
    assert "| 1.60 |" in lines["lunate, area"]


def test_the_commands_print_tables(packs: Path) -> None:
    carpals, cortex = (
        CliRunner().invoke(application(), ["evaluate", name, "--data", str(packs), *words])
        for name, words in (("carpals", []), ("cortex", ["--jobs", "1"]))
    )

    assert carpals.exit_code == 0, carpals.output
    assert carpals.stdout.startswith("| measure, median | sex | 2 y |")
    assert cortex.exit_code == 0, cortex.output
    assert "0 of 1 films" in cortex.stdout  # plain grey: no cortex
