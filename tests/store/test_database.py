from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import DatabaseError

from openboneage.errors import InputError, UnreadableError
from openboneage.store.database import open_database
from openboneage.store.files import FileFolder
from openboneage.store.store import Store, StoreSettings, open_store
from openboneage.store.tables import METADATA


def test_the_migrations_make_the_tables(store: Store) -> None:
    with store.database.reading() as db:
        found = compare_metadata(MigrationContext.configure(db), METADATA)

    assert found == []


def test_a_write_that_fails_leaves_nothing(store: Store) -> None:
    def write() -> None:
        with store.database.writing() as db:
            db.exec_driver_sql("INSERT INTO patients (patient_id) VALUES ('1')")
            db.exec_driver_sql("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(DatabaseError):
        write()
    with store.database.reading() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM patients").scalar() == 0


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://host/name", "postgresql://nobody@127.0.0.1:9/none", "sqlite:////proc/1/x"]
)
def test_a_database_that_cannot_be_opened_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="database"):
        open_database(url)


def test_the_data_folder_is_private(tmp_path: Path) -> None:
    with open_store(StoreSettings(tmp_path / "new" / "store")):
        assert (tmp_path / "new" / "store").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="data folder"), open_store(StoreSettings(tmp_path / "file")):
        pass


def test_a_file_is_stored_once_and_checked(tmp_path: Path) -> None:
    folder = FileFolder(tmp_path)
    name = folder.put(b"film")

    assert folder.put(b"film") == name
    assert folder.get(name) == b"film"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [name]
    folder.path_of(name).write_bytes(b"other")
    with pytest.raises(UnreadableError, match="damaged"):
        folder.get(name)
    folder.remove(name)
    folder.remove(name)
    with pytest.raises(UnreadableError, match="missing"):
        folder.get(name)
