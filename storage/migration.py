"""Brings the schema up to date from inside the bot: in a child process, so that the bot never imports Alembic."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from storage.errors import DatabaseInUse, MigrationFailed
from storage.location import locate
from storage.lock import EXIT_IN_USE

_KEYS: Final = frozenset({"DISCORD_TOKEN", "PIAPI_KEY", "SENTRY_DSN", "WEBHOOK_SECRET"})
"""What the schema has no use for, and a child process therefore is not given."""
_PATIENCE: Final = 600
"""Seconds after which a migration counts as hanging: another one may hold the lock."""

_ROOT: Final = Path(__file__).parent.parent


async def run_migrations(url: str, data_dir: Path) -> None:
    """Run every missing migration; a fresh and an up-to-date database are both fine.

    Args:
        url: a `DATABASE_URL`.
        data_dir: where a relative SQLite path is.

    Raises:
        BadDatabaseUrl: the address has no known form.
        DatabaseInUse: another process has the SQLite file.
        MigrationFailed: the schema could not be brought up to date, or is a newer version's.
    """
    # In the environment, where other users of the machine cannot read it as they can a command line.
    await _in_child("upgrade", environment={"DATABASE_URL": locate(url, data_dir).url})


async def schema_sql(revision: str) -> str:
    """Return what makes the schema of a revision, and its record, in an empty PostgreSQL database.

    Raises:
        MigrationFailed: there is no such revision.
    """
    return await _in_child("sql", "--revision", revision, environment={})


def _without_keys(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in _KEYS}


async def _in_child(*arguments: str, environment: Mapping[str, str]) -> str:
    """Run the schema's command line and return what it printed.

    Raises:
        DatabaseInUse: another process has the SQLite file.
        MigrationFailed: it failed; the message is its last sentence.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "storage.migrate",
        *arguments,
        env={**_without_keys(os.environ), **environment, "PYTHONPATH": os.pathsep.join((str(_ROOT), *sys.path))},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_PATIENCE):
            printed, said = await child.communicate()
    except TimeoutError:
        raise MigrationFailed(f"the migration took more than {_PATIENCE} seconds") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        lines = said.decode(errors="replace").strip().splitlines()
        sentence = lines[-1] if lines else f"the migration ended with code {child.returncode}"
        raise (DatabaseInUse if child.returncode == EXIT_IN_USE else MigrationFailed)(sentence)
    return printed.decode()
