from __future__ import annotations

import json
import re

import pytest

from openboneage.errors import InputError, RefusedError
from tests.cli.running import boneage


def test_a_bone_age_is_nearest_to_one_plate() -> None:
    run = boneage("plates", "--sex", "M", "--bone-age", "11y8m")

    assert run.code == 0, run.err
    assert run.out.splitlines()[1].split("  ") == ["11 y 6 m", "100%"]
    assert "not a medical device" in run.out


def test_an_interval_shares_the_probability() -> None:
    run = boneage("plates", "--sex", "M", "--bone-age", "11y9m", "--low", "10y8m", "--high", "12y10m", "--json")

    plates = json.loads(run.out)["plates"]
    assert [plate["age_months"] for plate in plates] == [138, 150, 132]
    assert sum(plate["probability"] for plate in plates) == pytest.approx(0.9, abs=0.1)


def test_the_other_atlas_has_its_own_plates() -> None:
    run = boneage("plates", "--sex", "F", "--bone-age", "2y5m", "--atlas", "gilsanz-ratib")

    assert run.out.splitlines()[1].startswith("2 y 4 m")
    assert "gilsanz_ratib_ages.csv is partly verified" in run.out


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--sex", "U", "--bone-age", "9y"], InputError.exit_code, "give the sex"),
        (["--sex", "F", "--bone-age", "9y", "--low", "8y"], InputError.exit_code, "needs both ends"),
        (["--sex", "F", "--bone-age", "9y", "--low", "9y1m", "--high", "10y"], InputError.exit_code, "inside its interval"),
        (["--sex", "F", "--bone-age", "7m", "--atlas", "gilsanz-ratib"], RefusedError.exit_code, "first plate .* is 0 y 8 m"),
    ],
)
def test_mistakes_are_named(words: list[str], code: int, message: str) -> None:
    run = boneage("plates", *words)

    assert run.code == code
    assert re.search(message, run.err)
