from __future__ import annotations

import pytest

from openboneage.errors import InputError
from openboneage.store import audit, films, jobs, outbox
from openboneage.store.films import FilmState
from openboneage.store.outbox import PAUSES_SECONDS, Delivery, DeliveryState, NewDelivery
from openboneage.store.store import Store
from openboneage.store.times import now
from tests.store.stores import assessment, received, signed

NEW = NewDelivery("sr", "pacs")


def to_send(store: Store) -> Delivery:
    """A film's delivery, taken by a sender."""
    received(store)
    job = jobs.take(store)
    assert job
    assert jobs.finish(store, job, assessment(), deliveries=lambda _film, _made: [NEW, NEW])
    return taken(store)


def taken(store: Store, lease_seconds: float = 60.0) -> Delivery:
    delivery = outbox.take(store, lease_seconds)
    assert delivery
    return delivery


def test_a_delivery_is_added_and_taken_once(store: Store) -> None:
    delivery = to_send(store)

    assert (delivery.format, delivery.destination, delivery.tries) == ("sr", "pacs", 1)
    assert outbox.take(store) is None
    assert outbox.delivered(store, delivery)
    assert not outbox.delivered(store, delivery)
    assert [each.state for each in outbox.of_film(store, delivery.film_id)] == [DeliveryState.DELIVERED]


def test_a_failed_delivery_is_tried_again_later(store: Store) -> None:
    delivery = to_send(store)

    assert outbox.failed(store, delivery, "The archive does not answer.") is DeliveryState.WAITING
    assert outbox.take(store) is None
    (waiting,) = outbox.of_film(store, delivery.film_id)
    assert waiting.error == "The archive does not answer."
    assert 0 < (waiting.next_try_at - now()).total_seconds() <= PAUSES_SECONDS[0]
    assert outbox.failed(store, delivery, "late") is None


def test_the_delivery_of_a_dead_sender_is_taken_up(store: Store) -> None:
    to_send(store)
    with store.database.writing() as db:
        db.exec_driver_sql("UPDATE deliveries SET state = 'waiting'")
    dead = taken_again(store)
    alive = taken(store)

    assert alive.id == dead.id
    assert not outbox.delivered(store, dead)
    assert outbox.delivered(store, alive)


def taken_again(store: Store) -> Delivery:
    """Take the delivery with a lease that has run out."""
    with store.database.writing() as db:
        db.exec_driver_sql("UPDATE deliveries SET next_try_at = '2026-01-01 00:00:00'")
    return taken(store, lease_seconds=-1)


def test_a_delivery_that_always_fails_is_a_dead_letter_until_someone_retries(store: Store) -> None:
    delivery = to_send(store)
    for _ in PAUSES_SECONDS:
        assert outbox.failed(store, delivery, "no") is DeliveryState.WAITING
        delivery = taken_again(store)
    assert outbox.failed(store, delivery, "no") is DeliveryState.DEAD

    assert [each.id for each in outbox.dead_letters(store)] == [delivery.id]
    outbox.retry(store, delivery.id, "reader")
    assert outbox.dead_letters(store) == []
    assert taken(store).tries == 1
    with pytest.raises(InputError, match="no undelivered"):
        outbox.retry(store, delivery.id, "reader")


def test_a_refused_document_is_not_tried_again(store: Store) -> None:
    delivery = to_send(store)

    assert outbox.failed(store, delivery, "refused", is_final=True) is DeliveryState.DEAD
    assert "delivery-dead" in [entry.action for entry in audit.entries(store)]


def test_a_signed_film_is_sent_when_all_is_delivered(store: Store) -> None:
    film_id = signed(store, deliveries=(NEW, NewDelivery("pdf", "archive")))
    for left in (FilmState.SIGNED, FilmState.SENT):
        assert outbox.delivered(store, taken(store))
        assert films.find(store, film_id).state is left
