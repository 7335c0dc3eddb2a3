"""A store for each test, on each engine, over a migrated database of its own."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from storage.store import Store, open_store
from tests.contract.postgres_server import NoServer, postgres_server
from tests.contract.samples import ManualClock, Probe

ENGINES = ("sqlite", "postgres")

TABLES = (
    "job_events", "deliveries", "assets", "holds", "charges", "favourites", "reports", "counters", "drafts",
    "preferences", "meta", "servers", "house_rules", "blocked_words", "blocks", "consents", "grants", "budget_warnings",
    "audit", "alerts", "erasures", "jobs",
)  # fmt: skip
"""Every table that holds data, those that refer to others first."""


def migrate(url: str, data_dir: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "storage.migrate", "upgrade"],
        env={**os.environ, "DATABASE_URL": url, "DATA_DIR": str(data_dir)},
        check=True,
        timeout=120,
    )


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    migrate("sqlite:///template.db", folder)
    return folder / "template.db"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The server's address with `{name}` for a database; skips where no server can run."""
    try:
        with postgres_server() as address:
            yield address
    except NoServer as error:
        pytest.skip(f"no PostgreSQL server: {error}")


@pytest.fixture(scope="session")
def migrated_postgres(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a migrated database, which each test empties before it begins."""
    url = postgres.format(name="postgres")
    migrate(url, tmp_path_factory.mktemp("none"))
    return url


@asynccontextmanager
async def fresh_database(postgres: str, template: str = "template1") -> AsyncIterator[str]:
    """Make an empty database on the server, or a copy of another; yield its address."""
    name = f"fresh_{secrets.token_hex(6)}"
    server = await asyncpg.connect(postgres.format(name="postgres"))
    try:
        await server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield postgres.format(name=name)
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await server.close()


@pytest.fixture
async def fresh(postgres: str) -> AsyncIterator[str]:
    """The address of an empty database."""
    async with fresh_database(postgres) as address:
        yield address


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Which engine the test runs on."""
    return str(request.param)


@pytest.fixture
async def url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A `DATABASE_URL` of a migrated, empty database."""
    if engine == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "test.db")
        return f"sqlite:///{tmp_path}/test.db"
    address: str = request.getfixturevalue("migrated_postgres")
    connection = await asyncpg.connect(address)
    try:
        # Quicker than a fresh database, or than TRUNCATE, which makes new files for each table and index.
        await connection.execute(";".join(f"DELETE FROM {table}" for table in TABLES))  # noqa: S608
    finally:
        await connection.close()
    return address


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands until it is moved."""
    return ManualClock()


@pytest.fixture
async def store(url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Store]:
    """The store under test."""
    async with open_store(url, tmp_path, clock) as opened:
        yield opened


@pytest.fixture
async def probe(url: str) -> AsyncIterator[Probe]:
    """Reads the database behind the store's back."""
    async with Probe.of(url) as opened:
        yield opened
