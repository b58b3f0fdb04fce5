from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from openboneage.errors import InputError
from openboneage.reading_room.desk import KEPT_REPORTS, Desk
from openboneage.report.report import Decision, Outcome
from openboneage.store import accounts, films, jobs, reports
from openboneage.store.accounts import NewAccount, Role
from openboneage.store.documents import Maker
from openboneage.store.reports import Signature
from openboneage.store.store import StoreSettings, open_store
from tests.store.stores import assessed, film_of_child, png_film, received


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_store(StoreSettings(tmp_path)) as store:
        accounts.create(store, NewAccount("zoe", Role.READER), "test")
        yield Desk(store, Maker())


def film_of(desk: Desk, number: int = 1) -> int:
    return assessed(desk.store, film_of_child(number))


def sign(desk: Desk, film_id: int, outcome: str, **fields: Any) -> None:
    decision = Decision(outcome=Outcome(outcome), reader="Dr. Zoë Reader", time=datetime(2026, 11, 22, tzinfo=UTC), **fields)
    latest = jobs.latest(desk.store, film_id)
    assert latest is not None
    signature = Signature(film_id, latest.id, 0, 1, "zoe", decision)
    reports.sign(desk.store, films.find(desk.store, film_id), signature)


def test_a_film_that_waits_cannot_be_opened(desk: Desk) -> None:
    with pytest.raises(InputError, match="not been assessed yet"):
        desk.open(received(desk.store, png_film()))


def test_an_assessed_film_is_opened(desk: Desk) -> None:
    reading = desk.open(film_of(desk))

    assert reading.signed is None
    assert reading.report.decision is None
    assert reading.report.origin is not None


def test_a_signed_film_shows_the_decision_and_a_correction_does_not(desk: Desk) -> None:
    film_id = film_of(desk)
    sign(desk, film_id, "accepted", comment="clear")

    locked, correcting = desk.open(film_id), desk.open(film_id, correct=True)

    assert locked.report.decision is not None
    assert locked.report.decision.comment == "clear"
    assert correcting.report.decision is None
    assert correcting.signed == locked.signed


def test_films_of_the_child_have_the_ages_that_count(desk: Desk) -> None:
    numbers = [film_of(desk, number) for number in (1, 2, 3)]
    sign(desk, numbers[0], "edited", bone_age_months=108.0)
    sign(desk, numbers[1], "rejected", comment="motion")

    found = desk.of_child(films.find(desk.store, numbers[2]))

    assert [each.film_id for each in found] == numbers
    assert [each.is_signed for each in found] == [True, True, False]
    assert [each.bone_age_months for each in found[:2]] == [108, None]
    assert found[2].bone_age_months is not None


def test_a_film_that_waits_has_no_age(desk: Desk) -> None:
    (found,) = desk.of_child(films.find(desk.store, received(desk.store, png_film())))

    assert found.bone_age_months is None


def test_reports_are_kept_for_a_while(desk: Desk) -> None:
    numbers = [film_of(desk, number) for number in range(1, KEPT_REPORTS + 2)]
    first, again = desk.open(numbers[0]), desk.open(numbers[0])
    for number in numbers[1:]:
        desk.open(number)

    assert again.report is first.report
    assert desk.open(numbers[0]).report is not first.report
