from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from openboneage.cli.score import score
from openboneage.clinical.method_registry import scoring_method
from openboneage.errors import InputError, RefusedError

app = typer.Typer()
app.command("score")(score)

GIRL = ["--sex", "F", "radius=G", "ulna=F", *(f"{bone}=G" for bone in scoring_method("tw3").bones[2:])]


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_stages_to_a_plain_table() -> None:
    result = run("tw3", *GIRL)

    assert result.exit_code == 0
    assert "score     603" in result.output
    assert "bone age  11 y 2 m" in result.output
    assert "radius  G      114" in result.output
    assert "partly verified" in result.output
    assert "not a medical device" in result.output


def test_stages_to_json() -> None:
    content = json.loads(run("tw3", "--json", *GIRL).output)

    assert (content["standard"], content["score"], content["age"]["state"]) == ("tw3", 603, "age")
    assert content["notice"].startswith("Research use only")


def test_rus_chn_levels() -> None:
    chosen = scoring_method("rus-chn")

    result = run("rus-chn", "--sex", "M", *(f"{bone}={chosen.stages(bone)[-1]}" for bone in chosen.bones))

    assert "mature (from 18 y 6 m)" in result.output


LEVELS = [f"{bone}={level}" for bone, level in zip(scoring_method("rus-chn").bones, "9877788888888", strict=True)]


def test_rus_chn_percentiles_at_an_age() -> None:
    plain = run("rus-chn", "--sex", "F", "--age", "12y", *LEVELS).output
    content = json.loads(run("rus-chn", "--sex", "F", "--age", "12y", "--json", *LEVELS).output)

    assert "P50 675" in plain
    assert content["percentiles"]["place"] in plain
    assert content["percentiles"]["p50"] == pytest.approx(674.9)


def test_rus_chn_levels_are_scored_by_tw3() -> None:
    result = run("tw3", "--rus-chn-levels", "--sex", "F", *LEVELS)

    assert result.exit_code == 0
    assert "TW3-RUS, female" in result.output
    assert "Table rus_chn_level_to_tw_stage.csv is unverified" in result.output


def test_without_a_sex_both_results_are_printed() -> None:
    plain = run("tw3", *GIRL[2:])
    content = json.loads(run("tw3", "--json", *GIRL[2:]).output)

    assert plain.exit_code == 0
    assert "bone age  11 y 2 m" in plain.output
    assert "bone age  12 y 11 m" in plain.output
    assert "either sex: 11 y 2 m to 12 y 11 m" in plain.output
    assert "Sex unknown: the bone ages of a girl and of a boy are 21 months apart." in plain.output
    assert (content["sex"], content["female"]["score"], content["male"]["score"]) == ("unknown", 603, 497)
    assert content["age_low"]["age_months"] < content["age_high"]["age_months"]


def test_20_bones_compare_carpal_and_rus_ages() -> None:
    stages = [f"{bone}={'F' if bone in scoring_method('tw3').bones else 'D'}" for bone in scoring_method("tw2-20-bone").bones]

    plain, content = run("tw2-20-bone", "--sex", "F", *stages), run("tw2-20-bone", "--sex", "F", "--json", *stages)

    assert "55 months behind" in plain.output
    assert json.loads(content.output)["carpal_discordance"]["difference_months"] < -24


def test_20_bones_without_some_carpal_bones_are_not_compared() -> None:
    stages = [f"{bone}=F" for bone in scoring_method("tw2-20-bone").bones[:-3]]

    result = run("tw2-20-bone", "--sex", "F", *stages)

    assert result.exit_code == 0
    assert "both Japanese norms" not in result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["tw3", "--sex", "F", "ulna=I"], "ulna has no stage 'I'; its stages are A, B, C, D, E, F, G, H"),
        (["tw3", "--sex", "F", "radus=G"], "no bone 'radus'; its bones are radius, ulna"),
        (["tw3", "--sex", "F", "radius"], "bone=stage, such as radius=I, got 'radius'"),
        (["tw3", "--sex", "F", "radius=G", "Radius=F"], "radius is given twice"),
        (["tw3", "--sex", "F"], "Bones and stages of TW3-RUS: radius A-I; ulna A-H"),
        (["tw3", "--age", "9y", *GIRL], "--age needs rus-chn"),
        (
            ["rus-chn", "--rus-chn-levels", "radius=9"],
            "--rus-chn-levels needs one of tw3, tw2-uk, tw-japan, tw3-chinese, got rus",
        ),
        (["tw3", "--rus-chn-levels", "radius=G"], "RUS-CHN: radius has no stage 'G'"),
        (["tw3", "--sex", "X", *GIRL[2:]], "Sex must be"),
        (["tw4", *GIRL], "there are tw3, rus-chn"),
    ],
)
def test_mistakes_are_named(words: list[str], message: str) -> None:
    result = run(*words)

    assert isinstance(result.exception, InputError)
    assert message in str(result.exception)


def test_too_few_bones_are_refused() -> None:
    assert isinstance(run("tw3", "--sex", "F", "radius=G").exception, RefusedError)


HEADER = f"id,sex,{','.join(scoring_method('tw3').bones)}\n"


def write(folder: Path, text: str) -> str:
    path = folder / "stages.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_file_of_films(tmp_path: Path) -> None:
    rows = f"a,F,{','.join(['G'] * 13)}\nb,M,I,H{',I' * 11}\nc,M,I{',' * 12}\nd,M,{','.join(['E'] * 12)},\n"
    path = write(tmp_path, HEADER + rows)

    plain, content = run("tw3", "--csv", path), json.loads(run("tw3", "--csv", path, "--json").output)

    assert plain.exit_code == 0
    assert "mature (from 16 y 6 m)" in plain.output
    assert "c: TW3-RUS: 12 of 13 bones are missing" in plain.output
    assert "d: Not given: dp5" in plain.output
    assert [film["id"] for film in content["films"]] == ["a", "b", "c", "d"]
    assert "refused" in content["films"][2]


def test_the_sex_of_a_file_may_be_an_option(tmp_path: Path) -> None:
    path = write(tmp_path, ",".join(scoring_method("tw3").bones) + "\n" + ",".join(["F"] * 13) + "\n")

    assert "1   male" in run("tw3", "--csv", path, "--sex", "M").output


def test_a_film_without_a_sex_has_a_row_for_each(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + f"a,,{','.join(['F'] * 13)}\n")

    plain, content = run("tw3", "--csv", path), json.loads(run("tw3", "--csv", path, "--json").output)

    assert [line.split()[:2] for line in plain.output.splitlines()[1:3]] == [["a", "female"], ["a", "male"]]
    assert "a: Sex unknown" in plain.output
    (film,) = content["films"]
    assert (film["sex"], film["female"]["sex"], film["male"]["sex"]) == ("unknown", "female", "male")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + f"a,F,G,I{',G' * 11}\n", "row 1: TW3-RUS: ulna has no stage 'I'"),
        (HEADER + "a,F,G\n", "row 1: 15 values were expected, one for each column, got 3"),
        ("id,sex,radius,capitate\na,F,G,\n", "row 1: TW3-RUS has no bone 'capitate'"),
        ("id,sex,radius,Radius\na,F,G,G\n", "has a repeated column"),
        (HEADER, "has no rows; expected the columns id, sex, radius"),
        ("", "is empty: expected the columns id, sex, radius"),
        pytest.param(HEADER + 'a,F,"' + "G" * 200_000, "cannot be read as CSV", id="long quote"),
    ],
)
def test_mistakes_in_a_file_name_the_row(tmp_path: Path, text: str, message: str) -> None:
    result = run("tw3", "--csv", write(tmp_path, text))

    assert isinstance(result.exception, InputError)
    assert message in str(result.exception)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = run("tw3", "--csv", str(tmp_path / "none.csv"))

    assert "There is no file" in str(result.exception)
