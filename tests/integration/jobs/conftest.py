"""A world of jobs over a real, migrated SQLite file; the migration is run once and the file copied."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.migration import run_migrations
from storage.store import open_store
from tests.integration.jobs.world import ManualClock, World


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("migrated")
    asyncio.run(run_migrations("sqlite:///egret.db", directory))
    return directory / "egret.db"


@pytest.fixture
async def world(migrated: Path, tmp_path: Path) -> AsyncIterator[World]:
    shutil.copy(migrated, tmp_path / "egret.db")
    clock = ManualClock()
    async with open_store("sqlite:///egret.db", tmp_path, clock) as store:
        yield World(store, clock)
