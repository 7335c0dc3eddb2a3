"""Each statement is prepared once for a connection to PostgreSQL, however many there are."""

from __future__ import annotations

from pathlib import Path

from storage.location import PostgresServer, locate
from storage.postgres import open_postgres
from tests.contract.samples import ManualClock

_MORE_THAN_ASYNCPG_KEEPS = 150


async def test_no_statement_is_prepared_anew_for_lack_of_room(fresh: str, tmp_path: Path) -> None:
    address = locate(fresh, tmp_path)
    assert isinstance(address, PostgresServer)
    database = await open_postgres(address, ManualClock())
    async with database._pool.acquire() as connection:
        for number in range(_MORE_THAN_ASYNCPG_KEEPS):
            await connection.fetchval(f"SELECT {number}")
        kept = await connection.fetchval("SELECT count(*) FROM pg_prepared_statements")
    await database.close()

    assert kept >= _MORE_THAN_ASYNCPG_KEEPS
