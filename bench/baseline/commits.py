"""The least that makes a row durable: one statement and one commit, with nothing else done."""

from __future__ import annotations

import time
from pathlib import Path

import aiosqlite


async def bare_commits(path: Path, rows: int) -> float:
    """Return the seconds that so many rows take in a new file, one commit each, one after the other."""
    async with aiosqlite.connect(path, isolation_level=None) as connection:
        for statement in (
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "CREATE TABLE bare (a TEXT, b TEXT)",
        ):
            await connection.execute_fetchall(statement)
        started = time.perf_counter()
        for number in range(rows):
            await connection.execute_fetchall("INSERT INTO bare VALUES (?, ?)", (str(number), "a storm rolls in"))
        return time.perf_counter() - started
