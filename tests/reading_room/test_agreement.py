from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from openboneage.reading_room.agreement import Pair, agreement_of, pairs_of
from openboneage.store import reports
from tests.reading_room.rooms import TestRoom
from tests.store.stores import assessed, assessment, decided, film_of_child, reader, sign


def pairs(reader_months: list[float], program_months: list[float]) -> list[Pair]:
    return [Pair(0, *months, True) for months in zip(reader_months, program_months, strict=True)]


def test_a_reader_who_is_always_later_has_a_bias_and_no_spread() -> None:
    found = agreement_of(pairs([63.0, 123.0, 153.0], [60.0, 120.0, 150.0]))

    assert found is not None
    assert (found.films, found.bias_months, found.low_months, found.high_months) == (3, 3.0, 3.0, 3.0)


def test_kappa_is_that_of_the_reference() -> None:
    random = np.random.default_rng(3)
    program = random.uniform(24, 200, 60)
    later = program + random.normal(0, 14, 60)
    found = agreement_of(pairs(list(later), list(program)))

    assert found is not None
    years = np.round(later / 12).astype(int), np.round(program / 12).astype(int)
    labels = list(range(25))
    assert found.kappa == pytest.approx(cohen_kappa_score(*years, labels=labels, weights="quadratic"))


def test_little_or_one_year_has_no_answer() -> None:
    assert agreement_of(pairs([60.0], [60.0])) is None
    found = agreement_of(pairs([60.0, 60.0], [60.0, 61.0]))
    assert found is not None
    assert found.kappa is None


def test_first_readings_come_before_signatures(room: TestRoom) -> None:
    first, accepted, rejected = (assessed(room.store, film_of_child(number)) for number in range(1, 4))
    reports.read_first(room.store, first, reader(room.store).id, "zoe", 100.0)
    sign(room.store, first, decided("edited", bone_age_months=90.0))
    sign(room.store, accepted, decided())
    sign(room.store, rejected, decided("rejected", comment="no"))
    months = assessment().answers[assessment().subject.sex].bone_age.mean_months

    found = [(pair.film_id, pair.reader_months, pair.is_independent) for pair in pairs_of(room.store)]
    assert found == [(first, 100.0, True), (accepted, pytest.approx(months, abs=0.01), False)]
    browser = room.browser("reader")
    assert "At least two films are needed" in browser.get("/agreement").text
    assert browser.get("/agreement.csv").text.splitlines()[1].startswith(f"{first},100.0,")
