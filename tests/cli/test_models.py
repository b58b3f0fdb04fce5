from __future__ import annotations

import json

import pytest

from openboneage.weights.registry import shipped_card
from tests.cli.running import boneage


def test_models_are_listed_with_licence_and_checksum():
    run = boneage("models")
    assert run.code == 0
    for name in ("hand-finder", "whole-hand"):
        assert f"{name} {shipped_card(name).version}" in run.out
        assert shipped_card(name).sha256[:16] in run.out
    assert run.out.count("CC BY-NC 4.0") == 2


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_one_card_is_shown_whole(words):
    card = json.loads(boneage("models", "whole-hand", *words).out)
    assert card["sha256"] == shipped_card("whole-hand").sha256
    assert {"preprocessing", "calibration", "training", "licence", "figures"} <= set(card)


def test_cards_are_printed_as_json():
    assert [card["name"] for card in json.loads(boneage("models", "--json").out)] == ["hand-finder", "whole-hand"]


def test_unknown_model_is_one_line():
    run = boneage("models", "foot")
    assert (run.code, run.out) == (5, "")
    assert run.err == "boneage: Expected one of the models hand-finder, whole-hand, got 'foot'.\n"


def test_nothing_said_shows_the_commands():
    run = boneage()
    assert "assess" in run.out + run.err
    assert "Research use only" in run.out + run.err
