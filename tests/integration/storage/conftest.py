"""A migrated SQLite file for each test; the migration is run once and its file copied."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.migration import run_migrations
from storage.sqlite import SqliteDatabase
from storage.store import Store, open_store
from storage.watched import WatchedDatabase
from tests.contract.samples import ManualClock

URL = "sqlite:///test.db"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    asyncio.run(run_migrations(URL, folder))
    return folder / "test.db"


@pytest.fixture
def file(template: Path, tmp_path: Path) -> Path:
    """A migrated, empty database file."""
    return Path(shutil.copy(template, tmp_path / "test.db"))


@pytest.fixture
async def store(file: Path) -> AsyncIterator[Store]:
    """A store over it."""
    async with open_store(URL, file.parent, ManualClock()) as opened:
        yield opened


@pytest.fixture
def database(store: Store) -> SqliteDatabase:
    """The store's database, for what no store method shows."""
    watched = store._database
    assert isinstance(watched, WatchedDatabase)
    assert isinstance(watched._database, SqliteDatabase)
    return watched._database
