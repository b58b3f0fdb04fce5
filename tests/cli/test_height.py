from __future__ import annotations

import json
import re

import pytest
import typer
from typer.testing import CliRunner, Result

from openboneage.cli.height import height
from openboneage.errors import InputError

app = typer.Typer()
app.command("height")(height)

BOY = [
    "--sex",
    "M",
    "--age",
    "10y",
    "--height",
    "135",
    "--weight",
    "35",
    "--bone-age",
    "9y",
    "--mother",
    "160",
    "--father",
    "176",
]


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_a_plain_table_with_reasons() -> None:
    result = run(*BOY)

    assert result.exit_code == 0
    assert re.search(r"Khamis-Guo 1993 \(adjusted RWT\) +174\.8 +170\.1 to 179\.6 \(90%\)", result.output)
    assert "median 173.3 cm, spread of the methods 171.8 to 174.9 cm" in result.output
    assert re.search(r"Mid-parental target height +174\.5 .* not in the median", result.output)
    assert "left out: tanner-1975: Needs a TW2-RUS bone age" in result.output
    assert "not a medical device" in result.output


def test_json() -> None:
    content = json.loads(run(*BOY, "--json", "--tw2-bone-age", "9y2m").output)

    assert content["inputs"]["tw2_bone_age_months"] == 110
    assert "tanner-1975" in content["consensus"]["methods"]


def test_nothing_can_be_predicted_from_a_height_alone() -> None:
    result = run("--sex", "F", "--age", "9y", "--height", "133")

    assert "No method predicts adult height" in result.output


def test_one_method_prints_no_spread() -> None:
    output = run("--sex", "M", "--age", "10y", "--height", "138", "--bone-age", "9y6m").output

    assert re.search(r"median 179\.5 cm \(bayley-pinneau\)", output)


def test_a_visit_a_year_ago_and_an_age_at_menarche() -> None:
    boy = run("--sex", "M", "--age", "12y", "--height", "149", "--tw2-bone-age", "11y6m").output
    before = ["--earlier-age", "11y1m", "--earlier-height", "143.5", "--earlier-tw2-bone-age", "10y6m"]

    assert "Table 2.1" in boy
    assert "Table 2.2" in run("--sex", "M", "--age", "12y", "--height", "149", "--tw2-bone-age", "11y6m", *before).output
    girl = ["--sex", "F", "--age", "16y6m", "--height", "165", "--tw2-bone-age", "15y6m", "--menarche-age", "13y"]
    assert re.search(r"Table 3\.1c, .* 168\.0", run(*girl).output)


def test_a_birth_weight_chooses_the_model() -> None:
    short = ["--sex", "M", "--age", "10y", "--height", "123", "--mother", "167.5", "--father", "180.5", "--bone-age", "8y"]

    assert re.search(r"Blum 2022, model 2 +165\.9", run(*short).output)
    assert "Blum 2022, model 1 " in run(*short, "--birth-weight", "2.9").output


def test_menarche() -> None:
    girl = ["--sex", "F", "--age", "12y", "--height", "150", "--tw2-bone-age", "12y"]

    assert "premenarcheal" in run(*girl, "--menarche", "no").output
    assert "postmenarcheal" in run(*girl, "--menarche", "Yes").output
    assert "menarche must be yes or no" in str(run(*girl, "--menarche", "maybe").exception)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--sex", "M", "--age", "10", "--height", "135"], "An age needs units"),
        (["--sex", "M", "--age", "10y", "--height", "53.1"], "If it is in inches, give 134.9 cm"),
        (["--sex", "U", "--age", "10y", "--height", "135"], "give the sex"),
        (["--sex", "M", "--age", "10y", "--height", "135", "--mother", "64"], "height of the mother"),
        (["--sex", "M", "--age", "10y", "--height", "135", "--earlier-age", "9y"], "both --earlier-age and --earlier-height"),
        (["--sex", "M", "--age", "10y", "--height", "135", "--weight", "77"], "If it is in pounds, give 34.9 kg"),
    ],
)
def test_mistakes_are_named(words: list[str], message: str) -> None:
    result = run(*words)

    assert isinstance(result.exception, InputError)
    assert message in str(result.exception)
