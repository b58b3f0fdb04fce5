"""Settings of the site that administrators change while the program runs: names with JSON values."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select

from openboneage.store import audit
from openboneage.store.store import Store
from openboneage.store.tables import SETTINGS


def read_setting(store: Store, name: str) -> Any:
    """The value of a setting; None where it was never set."""
    with store.database.reading() as db:
        return db.execute(select(SETTINGS.c.value).where(SETTINGS.c.name == name)).scalar()


def write_setting(store: Store, name: str, value: Any, actor: str) -> None:
    """Set a setting; the value is one that JSON can hold."""
    with store.database.writing() as db:
        db.execute(delete(SETTINGS).where(SETTINGS.c.name == name))
        db.execute(insert(SETTINGS).values(name=name, value=value))
        audit.record(db, actor, "setting-changed", detail=name)
