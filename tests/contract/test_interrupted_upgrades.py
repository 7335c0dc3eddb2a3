"""A migration that is killed leaves the old schema or the new one, and can be run again."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from storage.migration import run_migrations
from storage.schema import REVISION
from tests.contract.conftest import fresh_database
from tests.contract.samples import Probe

HERE = Path(__file__).parent
OLDEST = "0001"
BETWEEN_KILLS = 7
"""Every so many statements; one after the other they were all tried, and take a minute."""


def old_file(folder: Path) -> Path:
    file = sqlite3.connect(folder / "old.db", isolation_level=None)
    file.executescript((HERE / "earlier" / f"{OLDEST}.sqlite.sql").read_text())
    file.close()
    return folder / "old.db"


async def test_a_file_is_as_it_was_wherever_its_migration_is_killed(tmp_path: Path):
    every = int(os.environ.get("BETWEEN_KILLS", BETWEEN_KILLS))
    program = [sys.executable, str(HERE / "interrupting.py"), str(old_file(tmp_path)), str(every)]
    ran = await asyncio.to_thread(
        subprocess.run, program, env={**os.environ, "PYTHONPATH": str(HERE.parents[1])}, check=True,
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    *kills, last = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(kills) >= 70 // every
    assert {(kill["killed"], kill["sound"], kill["untouched"]) for kill in kills} == {(True, True, True)}
    assert (last["killed"], last["sound"], last["untouched"]) == (False, True, False)
    await run_migrations(f"sqlite:///{tmp_path}/copy.db", tmp_path)


@asynccontextmanager
async def migrating(address: str):
    """The schema's command line at work on a server; killed on leaving, if it still runs."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "storage.migrate", "upgrade", env={**os.environ, "DATABASE_URL": address},
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


async def wait_for_lock(server: asyncpg.Connection[asyncpg.Record]) -> None:
    """Return once a session waits for the table that this one holds."""
    waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'holds'::regclass"
    async with asyncio.timeout(60):
        while not await server.fetchval(waiting):
            await server.execute("SELECT pg_sleep(0.05)")


@pytest.mark.parametrize("end", ["its process is killed", "its connection is cut"])
async def test_a_server_is_as_it_was_where_a_migration_ends_half_way(postgres: str, tmp_path: Path, end: str):
    async with fresh_database(postgres) as address:
        server = await asyncpg.connect(address)
        await server.execute((HERE / "earlier" / f"{OLDEST}.postgres.sql").read_text())
        await server.execute("SET search_path TO public")
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        columns = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        async with Probe.of(address) as probe:
            before = await probe.rows(tables), sorted(await probe.rows(columns))
            async with migrating(address) as child:
                async with server.transaction():
                    # The migration has changed the jobs' table by then, and added others.
                    await server.execute("LOCK TABLE holds IN ACCESS EXCLUSIVE MODE")
                    if child.returncode is None:
                        await wait_for_lock(server)
                    if end == "its process is killed":
                        child.kill()
                    else:
                        await server.execute(
                            "SELECT pg_terminate_backend(pid) FROM pg_locks "
                            "WHERE NOT granted AND relation = 'holds'::regclass"
                        )
                    await child.wait()
                assert child.returncode != 0
            assert (await probe.rows(tables), sorted(await probe.rows(columns))) == before
        await server.close()
        await run_migrations(address, tmp_path)
        async with Probe.of(address) as probe:
            assert await probe.value("SELECT version_num FROM alembic_version") == REVISION
