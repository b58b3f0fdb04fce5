from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from openboneage.store import audit
from openboneage.store.store import Store
from tests.store.stores import received

CHANGES = ["UPDATE audit_log SET actor = 'nobody'", "DELETE FROM audit_log"]


def write(store: Store, *actions: str) -> None:
    for action in actions:
        with store.database.writing() as db:
            audit.record(db, "reader", action)


def test_entries_are_read_page_by_page(store: Store) -> None:
    write(store, "one", "two", "three")

    newest = audit.entries(store, limit=2)
    assert [entry.action for entry in newest] == ["three", "two"]
    assert [entry.action for entry in audit.entries(store, before=newest[-1].id)] == ["one"]


@pytest.mark.parametrize("change", CHANGES)
def test_entries_cannot_be_changed(store: Store, change: str) -> None:
    write(store, "one")

    with pytest.raises(DatabaseError, match="audit_log refuses"), store.database.writing() as db:
        db.execute(text(change))
    assert [entry.actor for entry in audit.entries(store)] == ["reader"]


def test_an_entry_that_was_changed_from_outside_is_noticed(store: Store) -> None:
    write(store, "one", "two", "three")
    assert audit.first_broken(store) is None

    trigger = "audit_log_refuses_update"
    on_table = " ON audit_log" if store.database.engine.name == "postgresql" else ""
    with store.database.writing() as db:
        db.execute(text(f"DROP TRIGGER {trigger}{on_table}"))
        db.execute(text("UPDATE audit_log SET action = 'other' WHERE id = 2"))
    assert audit.first_broken(store) == 2


def test_entries_contain_no_patient_data(store: Store) -> None:
    received(store)

    text_of_all = str(audit.entries(store))
    assert "ller" not in text_of_all
    assert "4711" not in text_of_all
