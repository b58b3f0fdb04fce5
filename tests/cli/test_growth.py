from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from openboneage.cli.growth import growth
from openboneage.errors import InputError

app = typer.Typer()
app.command("growth")(growth)

VISITS = """sex,age,bone_age_months,height_cm,weight_kg
F,6y2m,94,124.5,25.0
F,7y2m,112,132.0,29.0
F,7y4m,,133.0,
"""


@pytest.fixture
def visits(tmp_path: Path) -> Path:
    path = tmp_path / "visits.csv"
    path.write_text(VISITS, encoding="utf-8")
    return path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_a_table(visits: Path) -> None:
    result = run(str(visits))

    assert result.exit_code == 0
    rows = result.output.splitlines()
    assert rows[0].split("  ")[0] == "age"
    assert rows[2].split()[:9] == ["7", "y", "2", "m", "9", "y", "4", "m", "+2.1"]
    assert "1.50" in rows[2]
    assert "not a medical device" in result.output


def test_a_figure(visits: Path, tmp_path: Path) -> None:
    figure = tmp_path / "growth.png"

    result = run(str(visits), "--figure", str(figure), "--mother", "164", "--father", "178")

    assert result.exit_code == 0
    assert figure.read_bytes().startswith(b"\x89PNG")


def test_a_figure_replaces_a_file_only_on_request(visits: Path, tmp_path: Path) -> None:
    figure = tmp_path / "growth.png"
    figure.write_text("precious")

    refused = run(str(visits), "--figure", str(figure))
    assert isinstance(refused.exception, InputError)
    assert "add --overwrite" in str(refused.exception)
    assert (refused.output, figure.read_text()) == ("", "precious")

    assert run(str(visits), "--figure", str(figure), "--overwrite").exit_code == 0
    assert figure.read_bytes().startswith(b"\x89PNG")


def test_a_figure_never_replaces_the_visits(tmp_path: Path) -> None:
    visits = tmp_path / "visits.png"
    visits.write_text(VISITS)

    result = run(str(visits), "--figure", str(visits), "--overwrite")

    assert "its own input" in str(result.exception)
    assert visits.read_text() == VISITS


def test_advanced_is_possible_only_where_the_interval_overlaps_the_normal_range(tmp_path: Path) -> None:
    visits = tmp_path / "visits.csv"
    rows = ("F,7y2m,112,,", "F,8y2m,130,110,150", "F,9y2m,150,146,154", "F,10y2m,120,100,140")
    visits.write_text("\n".join(("sex,age,bone_age_months,bone_age_low_months,bone_age_high_months", *rows)))

    verdicts = [re.split("  +", line)[3] for line in run(str(visits)).output.splitlines()[1:5]]

    assert verdicts == ["advanced", "possibly advanced", "advanced", "normal"]


def test_json(visits: Path) -> None:
    content = json.loads(run(str(visits), "--json", "--normal-range", "table-v-vi", "--sd", "1").output)

    assert (content["reference"], content["sd_limit"]) == ("table-v-vi", 1.0)
    assert [visit["visit"]["age_months"] for visit in content["visits"]] == [74, 86, 88]


def test_a_contradicting_sex_is_named(visits: Path) -> None:
    result = run(str(visits), "--sex", "M")

    assert isinstance(result.exception, InputError)
    assert "different values" in str(result.exception)
