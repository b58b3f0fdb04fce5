from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from string import Formatter

import pytest

from openboneage.errors import InputError
from openboneage.report.phrases import Phrases, languages, phrases_of

SOURCES = Path(__file__).resolve().parents[2] / "src" / "openboneage"
TEXTS = [field.name for field in fields(Phrases) if field.type == "str"]
CODE = re.compile(r'(?:Finding|_warning|_warn|_note|_reject)\(\s*"([a-z]+(?:-[a-z]+)*)"')


def places(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text)} - {None}


def test_there_are_english_and_german() -> None:
    assert languages() == ["de", "en"]


@pytest.mark.parametrize("name", TEXTS)
def test_each_language_fills_in_what_english_does(name: str) -> None:
    english, german = (getattr(phrases_of(language), name) for language in ("en", "de"))
    assert english
    assert german
    assert places(german) == places(english)


def test_every_text_is_used() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (SOURCES / "report").rglob("*.py"))
    assert [name for name in TEXTS if name != "language" and f"say.{name}" not in code] == []


def test_german_has_a_sentence_for_each_finding_on_a_film() -> None:
    sources = [path for folder in ("reading", "hand", "assess") for path in (SOURCES / folder).rglob("*.py")]
    codes = {code for path in sources for code in CODE.findall(path.read_text(encoding="utf-8"))}
    assert len(codes) > 50
    assert codes | {"table-unverified", "table-partly-verified"} == set(phrases_of("de").finding_texts)


def test_german_names_the_same_bones() -> None:
    assert set(phrases_of("de").bone_names) == set(phrases_of("en").bone_names)


def test_another_language_is_an_input_error() -> None:
    with pytest.raises(InputError, match="one of de, en, got 'xx'"):
        phrases_of("xx")
