"""Databases for arenas: each a copy of one that was migrated once."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Protocol

import asyncpg

from storage.migration import run_migrations
from tests.chaos.trial import Engine
from tests.contract.postgres_server import postgres_server


class Databases(Protocol):
    """Makes databases."""

    async def make(self, data_dir: Path) -> str:
        """Return the DATABASE_URL of a new, migrated database without rows; `data_dir` exists."""
        ...


class SqliteFiles:
    """Copies a file."""

    def __init__(self, template: Path) -> None:
        self._template = template

    async def make(self, data_dir: Path) -> str:
        path = data_dir / "egret.db"
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"


class PostgresDatabases:
    """Copies a database of one server."""

    def __init__(self, address: str, template: str) -> None:
        self._address = address
        self._template = template
        self._numbers = itertools.count(1)

    async def make(self, data_dir: Path) -> str:
        name = f"arena{next(self._numbers)}"
        await _execute(self._address.format(name="postgres"), f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        return self._address.format(name=name)


@asynccontextmanager
async def databases(engine: Engine, directory: Path) -> AsyncIterator[Databases]:
    """Have somewhere to make databases of an engine.

    Raises:
        NoServer: PostgreSQL cannot run here.
    """
    async with AsyncExitStack() as stack:
        if engine is Engine.SQLITE:
            url = f"sqlite:///{directory / 'template.db'}"
            await run_migrations(url, directory)
            yield SqliteFiles(directory / "template.db")
            return
        address = stack.enter_context(postgres_server())
        await _execute(address.format(name="postgres"), "CREATE DATABASE template_of_arenas")
        await run_migrations(address.format(name="template_of_arenas"), directory)
        yield PostgresDatabases(address, "template_of_arenas")


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
