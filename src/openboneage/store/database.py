"""The database: SQLite or PostgreSQL, with one writer at a time.

Both databases behave alike: a writing transaction waits for the one before. SQLite does so by itself (BEGIN IMMEDIATE);
PostgreSQL does so by an advisory lock. Writing takes milliseconds, and reading never waits. So a check and the change that
depends on it need no further lock, and the audit log has one order.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from openboneage.errors import InputError

BUSY_SECONDS = 30
_WRITER_LOCK = 0x0B0EA6E  # any number, the same in all processes
_SQLITE_SETUP = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
)


@dataclass(frozen=True, eq=False)
class Database:
    """A connected database with all its tables."""

    engine: Engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: committed at the end of the block, rolled back if an error is raised."""
        with self.engine.execution_options(writing=True).begin() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Connect, and create or update the tables.

    Args:
        url: `sqlite:///path`, or `postgresql://user@host/name`.

    Raises:
        InputError: The address is not one of these, or the database cannot be opened.
    """
    database = Database(_engine(url))
    try:
        with database.writing() as connection:
            _migrate(connection)
    except OperationalError as error:
        database.close()
        raise InputError(
            f"The database cannot be opened ({type(error.orig).__name__}); check its address and rights."
        ) from None
    return database


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
    except ArgumentError:
        raise InputError("Expected the address of a database, sqlite:///path or postgresql://user@host/name.") from None
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address, connect_args={"check_same_thread": False})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if address.get_backend_name() == "postgresql":
        try:
            engine = create_engine(address.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=20)
        except ModuleNotFoundError:
            raise InputError("PostgreSQL needs the package psycopg: pip install 'openboneage[postgresql]'.") from None
        event.listen(engine, "begin", _begin_postgresql)
        return engine
    raise InputError(f"Expected a database of SQLite or PostgreSQL, got {address.get_backend_name()}.")


def _set_up_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin_sqlite` says, not where sqlite3 guesses
    for statement in _SQLITE_SETUP:
        connection.execute(statement)


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writing") else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("writing"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
