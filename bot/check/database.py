"""The database: reachable, sound, with a schema this version can work with, and nobody else's."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Final

from bot.check.finding import Area, Finding, failure, fine, warning
from bot.clock import Clock
from bot.control.protocol import Facts
from bot.exit_codes import ExitCode
from bot.jobs.ports import StoreUnavailable
from bot.settings import Settings
from storage.errors import BadDatabaseUrl, DatabaseCorrupt, DatabaseInUse, EngineMissing, StorageError
from storage.inspection import DatabaseFacts, SchemaState, inspect
from storage.schema import REVISION

OLDEST_SQLITE: Final = (3, 37, 0)
"""The first with STRICT tables, which the schema uses."""


async def database_findings(
    settings: Settings, clock: Clock, told: Facts | None = None, *, bot_running: bool
) -> list[Finding]:
    """Look at the database as far as that is possible without disturbing a running bot.

    Args:
        settings: where it is.
        clock: the time.
        told: what the running bot says of itself, if it could be asked.
        bot_running: whether a bot answers on this set-up's web address.
    """
    engine = [] if settings.database.startswith("postgres") else [_sqlite_version()]
    try:
        facts = await inspect(settings.database, settings.data_dir, clock)
    except DatabaseInUse:
        return [*engine, _in_use(settings, told, bot_running=bot_running)]
    except StorageError as error:
        return [*engine, _unusable(error)]
    except StoreUnavailable as error:
        remedy = "Check DATABASE_URL and DATA_DIR, and that the database is up and its disk can be written."
        return [*engine, failure(Area.DATABASE, f"{_sentence(error)}.", remedy, ExitCode.DATABASE)]
    return [*engine, *_schema(facts)]


def _sqlite_version() -> Finding:
    found = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info >= OLDEST_SQLITE:
        return fine(Area.DATABASE, f"SQLite {found} is new enough.")
    return failure(
        Area.DATABASE,
        f"SQLite {found} is too old: 3.37 is needed.",
        "Use a Python that comes with a newer SQLite, or PostgreSQL by DATABASE_URL.",
        ExitCode.DATABASE,
    )


def _in_use(settings: Settings, told: Facts | None, *, bot_running: bool) -> Finding:
    if told is not None and told.revision != REVISION:
        return warning(
            Area.DATABASE,
            f"The running bot has the database, with schema {told.revision}; this version works with {REVISION}.",
            "Start the bot again, so that it is the version that was installed.",
        )
    if told is not None:
        return fine(Area.DATABASE, f"The running bot has the database, and its schema ({told.revision}) is current.")
    if bot_running:
        return fine(Area.DATABASE, "The running bot has the database; it starts only on a sound and current one.")
    if settings.web_port == 0:
        return warning(
            Area.DATABASE,
            "Another process has the database; with WEB_PORT=0 it cannot be told whether that is the bot.",
            "Set WEB_PORT to a fixed number.",
        )
    return failure(
        Area.DATABASE,
        f"Another process has the database, and no bot answers on {settings.web_host}:{settings.web_port}.",
        "Stop that process, or let WEB_HOST and WEB_PORT be the running bot's.",
        ExitCode.ALREADY_RUNNING,
    )


def _unusable(error: StorageError) -> Finding:
    remedies: dict[type[StorageError], str] = {
        BadDatabaseUrl: "Correct DATABASE_URL, or leave it empty for a file in DATA_DIR.",
        DatabaseCorrupt: "Restore a backup, or move the file away to begin anew.",
        EngineMissing: "Install what is missing.",
    }
    code = ExitCode.SETTINGS if isinstance(error, BadDatabaseUrl) else ExitCode.DATABASE
    remedy = remedies.get(type(error), "Look at the database's own log.")
    return failure(Area.DATABASE, f"{_sentence(error)}.", remedy, code)


def _schema(facts: DatabaseFacts) -> list[Finding]:
    return [_SCHEMAS[facts.schema](facts)]


_SCHEMAS: Final[dict[SchemaState, Callable[[DatabaseFacts], Finding]]] = {
    SchemaState.ABSENT: lambda _: fine(Area.DATABASE, "There is no database yet; the first start makes it."),
    SchemaState.CURRENT: lambda facts: fine(
        Area.DATABASE, f"The database is sound, nobody else has it, and its schema ({facts.revision}) is current."
    ),
    SchemaState.BEHIND: lambda facts: warning(
        Area.DATABASE,
        f"The database's schema ({facts.revision}) is behind this version; the next start brings it up to date.",
        "Make a backup, then run `python -m bot migrate`, or just start the bot.",
    ),
    SchemaState.NEWER: lambda facts: failure(
        Area.DATABASE,
        f"A newer version of Egret made the database's schema ({facts.revision}), and this one cannot use it.",
        "Update Egret, or restore a backup from before the newer version.",
        ExitCode.DATABASE,
    ),
}


def _sentence(error: Exception) -> str:
    said = str(error)
    return said[:1].upper() + said[1:]
