"""Bone ages out of the text of reports, on the sentences of `sentences.py`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openboneage.datasets.report_mining.report import Confidence, Exclusion, mine_report
from tests.datasets.report_mining.sentences import ALL, Stated


@pytest.mark.parametrize("stated", ALL, ids=[stated.text for stated in ALL])
def test_sentence(stated: Stated) -> None:
    mined = mine_report(stated.text)

    assert (mined.chronological_age and mined.chronological_age.months) == stated.child
    if isinstance(stated.bone_age, Exclusion):
        assert (mined.bone_age, mined.confidence, mined.exclusion) == (None, None, stated.bone_age)
        return
    low, high = stated.bone_age if isinstance(stated.bone_age, tuple) else (stated.bone_age, stated.bone_age)
    assert mined.exclusion is None
    assert mined.bone_age is not None
    assert (mined.bone_age.low_months, mined.bone_age.high_months) == (low, high)
    assert mined.bone_age.months == pytest.approx((low + high) / 2)


def test_there_are_enough_sentences_and_none_twice() -> None:
    assert len({stated.text for stated in ALL}) == len(ALL) > 80


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("Bone age is 10 years.", Confidence.HIGH),
        ("Bone age is 10 to 11 years.", Confidence.MEDIUM),
        ("Corresponds to the 10 year standard.", Confidence.MEDIUM),
        ("The patient is skeletally mature.", Confidence.MEDIUM),
        ("Bone age is 8 to 12 years.", Confidence.LOW),
        ("Bone age: 10", Confidence.LOW),
        ("Bone age is greater than 18 years.", Confidence.LOW),
        ("Carpal bone age is 8 years, phalangeal bone age is 9 years.", Confidence.LOW),
        ("Bone age is as follows. 10 years.", Confidence.LOW),
        ("HISTORY: Bone age 10 years.", Confidence.LOW),
    ],
)
def test_confidence(text: str, confidence: Confidence) -> None:
    assert mine_report(text).confidence is confidence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The bone age is 10 years 6 months, by Greulich and Pyle.", "10 years 6 months"),
        ("Bone age is between 10 and 11 years.", "10 and 11 years"),
        ("All physes are closed.", "physes are closed"),
        ("Carpal bone age is 8 years, phalangeal bone age is 9 years.", "8 years, phalangeal bone age is 9 years"),
    ],
)
def test_offsets_are_those_of_the_words(text: str, words: str) -> None:
    age = mine_report(text).bone_age

    assert age is not None
    assert text[age.start : age.end] == words


@pytest.mark.parametrize(("text", "years"), [("10 years 11 months", 10), ("between 10 and 11 years", 10), ("19 years", 18)])
def test_whole_years_are_completed_years_and_end_at_18(text: str, years: int) -> None:
    age = mine_report(f"Bone age is {text}.").bone_age

    assert age is not None
    assert age.whole_years == years


def test_parts_of_the_hand_more_than_two_years_apart_are_several_ages() -> None:
    mined = mine_report("Carpal bone age is 5 years, phalangeal bone age is 9 years.")

    assert mined.exclusion is Exclusion.SEVERAL_BONE_AGES


def test_a_text_too_long_for_a_report_is_not_searched() -> None:
    assert mine_report("Bone age is 10 years. " * 1000).exclusion is Exclusion.TOO_LONG


@given(st.text(alphabet="0123456789 .,;:-/\nabonegyrsmtBA±½<>()", max_size=200))
def test_any_text_has_an_age_or_a_reason(text: str) -> None:
    mined = mine_report(text)

    assert (mined.bone_age is None) == (mined.confidence is None) == (mined.exclusion is not None)
    if mined.bone_age:
        assert 0 <= mined.bone_age.low_months <= mined.bone_age.months <= mined.bone_age.high_months <= 240
        assert 0 <= mined.bone_age.start < mined.bone_age.end <= len(text)
