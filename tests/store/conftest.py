from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from openboneage.store.store import Store, StoreSettings, open_store
from tests.store.postgres import postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres: str) -> str:
    """The URL of the server with an empty database."""
    engine = create_engine(postgres.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> StoreSettings:
    """Settings of an empty store, with each database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    return StoreSettings(tmp_path / "store", url, queue_limit=20)


@pytest.fixture
def store(settings: StoreSettings) -> Iterator[Store]:
    """An empty store, with each database."""
    with open_store(settings) as opened:
        yield opened
