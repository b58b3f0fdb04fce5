from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from openboneage.errors import WeightsError
from openboneage.weights.card import CARD_FORMAT, read_card
from tests.toy_model import toy_card

CARD = toy_card(b"weights", figures={"held-out films": {"mae_months": 8.5}}, task="Größe …")


def test_card_reads_back_as_written(tmp_path: Path) -> None:
    CARD.write(tmp_path / "card.json")
    assert read_card(tmp_path / "card.json") == CARD


def test_card_is_json_that_names_its_format(tmp_path: Path) -> None:
    CARD.write(tmp_path / "card.json")
    content = json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))
    assert (content["format"], content["task"]) == (CARD_FORMAT, "Größe …")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"7", b"{}", b"\xff\xfe\0"],
)
def test_invalid_cards_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "card.json").write_bytes(content)
    with pytest.raises(WeightsError, match=r"Expected a weights card at card\.json, got something else"):
        read_card(tmp_path / "card.json")


def test_missing_card_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"Expected a weights card at none\.json"):
        read_card(tmp_path / "none.json")


@pytest.mark.parametrize("other", [0, 3, "1", None])
def test_card_of_another_format_is_refused(tmp_path: Path, other: int | str | None) -> None:
    content = {"format": other, **asdict(CARD)}
    (tmp_path / "card.json").write_text(json.dumps(content))
    with pytest.raises(WeightsError, match=f"has format {other}, this program reads format 2"):
        read_card(tmp_path / "card.json")


def test_every_fault_of_a_card_is_named_at_once(tmp_path: Path) -> None:
    content = {"format": CARD_FORMAT, **asdict(CARD), "colour": "red", "version": 1.0, "sha256": "abc"}
    del content["task"]
    (tmp_path / "card.json").write_text(json.dumps(content))
    with pytest.raises(WeightsError) as refused:
        read_card(tmp_path / "card.json")
    assert str(refused.value) == (
        "The card card.json does not fit this program: version: Input should be a valid string, got 1.0; "
        "task: expected a value, got none; sha256: String should match pattern '^[0-9a-f]{64}$', got \"abc\"; "
        "colour: unknown key."
    )
