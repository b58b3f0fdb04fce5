"""The store: a database and a folder of files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from openboneage.errors import InputError
from openboneage.store.database import Database, open_database
from openboneage.store.files import FileFolder

DATABASE_NAME = "openboneage.sqlite"
FILES_NAME = "files"
_PRIVATE = 0o700


@dataclass(frozen=True)
class StoreSettings:
    """Where a store is, and how much it takes.

    Attributes:
        folder: Data folder; it is made if it does not exist, readable by its owner alone.
        database_url: Address of a PostgreSQL database; empty for SQLite in the data folder.
        queue_limit: Largest number of films that wait for their assessment; more are refused.
    """

    folder: Path
    database_url: str = ""
    queue_limit: int = 10_000


@dataclass(frozen=True, eq=False)
class Store:
    """An open store."""

    settings: StoreSettings
    database: Database
    files: FileFolder


@contextmanager
def open_store(settings: StoreSettings) -> Iterator[Store]:
    """Open a store; folder and tables are made where they are missing.

    Raises:
        InputError: The folder or the database cannot be opened.
    """
    folder = settings.folder.absolute()
    try:
        (folder / FILES_NAME).mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        folder.chmod(_PRIVATE)
    except OSError as error:
        raise InputError(f"The data folder cannot be used ({error.strerror}); name another one.") from None
    database = open_database(settings.database_url or f"sqlite:///{folder / DATABASE_NAME}")
    try:
        yield Store(settings, database, FileFolder(folder / FILES_NAME))
    finally:
        database.close()
