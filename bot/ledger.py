"""`python -m bot ledger`: what was reserved and charged, and whether the provider says the same.

It reads the database beside a running bot, which makes a copy for it, or without one, and changes nothing.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.catalog import Catalogue, CatalogueError
from bot.clock import Clock
from bot.control.client import connect
from bot.control.errors import ControlError, NoBot
from bot.control.protocol import MakeSnapshot
from bot.errors import EgretError
from bot.exit_codes import ExitCode
from bot.jobs.ports import StoreUnavailable
from bot.ledger_reconciling import Difference, Reconciling
from bot.ledger_records import LedgerLine, LedgerStore
from bot.piapi.client import PiapiClient, ProviderAccess
from bot.piapi.errors import KeyMalformed, ProviderRefused, ProviderUnavailable
from bot.settings import Settings
from bot.ui.figures import dollars
from storage.errors import BadDatabaseUrl, DatabaseInUse, StorageError
from storage.location import SqliteFile, locate
from storage.snapshot import COPY_NAME
from storage.store import open_store

SNAPSHOT_SECONDS: Final = 600.0
"""How long a running bot may take to copy its database."""
_COPY: Final = ".backup-ledger-"
"""Begins as the copies of `backup` do, which sweeps what a killed process left."""
_HEADS: Final = ("month", "server", "kind", "jobs", "reserved", "charged", "open")


class LedgerError(EgretError):
    """The ledger cannot be read or compared; the message is one sentence for whoever runs the bot."""

    def __init__(self, sentence: str, code: ExitCode) -> None:
        """Keep the exit code."""
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerReport:
    """The ledger, and what the provider says differently.

    Attributes:
        month: which month's, such as "2026-11"; "" for everything.
        differences: None where nobody asked the provider.
        compared: how many tasks were compared.
    """

    month: str
    lines: Sequence[LedgerLine]
    differences: Sequence[Difference] | None = None
    compared: int = 0

    @property
    def exit_code(self) -> ExitCode:
        """Return how the process ends."""
        return ExitCode.ATTENTION if self.differences else ExitCode.OK

    def text(self) -> str:
        """Return what is printed."""
        parts = [_table(self.lines) if self.lines else "Nothing is in the ledger for that time."]
        if self.differences is not None:
            parts.append(self._compared())
        return "\n\n".join(parts) + "\n"

    def _compared(self) -> str:
        tasks = "1 task was" if self.compared == 1 else f"{self.compared} tasks were"
        if not self.differences:
            return f"{tasks} compared with the provider's: everything adds up."
        found = "1 difference" if len(self.differences) == 1 else f"{len(self.differences)} differences"
        lines = [f"  {difference.text()}" for difference in self.differences]
        return "\n".join([f"{tasks} compared with the provider's: {found}.", *lines])


def read_month(text: str) -> tuple[int, int]:
    """Return when a month such as "2026-11" begins and ends (UTC milliseconds).

    Raises:
        ValueError: it is none.
    """
    begins = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
    ends = begins.replace(year=begins.year + begins.month // 12, month=begins.month % 12 + 1)
    return int(begins.timestamp() * 1000), int(ends.timestamp() * 1000)


async def read_ledger(settings: Settings, clock: Clock, *, month: str = "", reconcile: bool = False) -> LedgerReport:
    """Read the ledger, and compare it with the provider's history where that is wished for.

    Args:
        settings: where the database is, and the account at the provider.
        clock: the moment.
        month: only this one, such as "2026-11"; "" for everything.
        reconcile: whether to ask the provider.

    Raises:
        LedgerError: it cannot be read, or the provider cannot be asked.
    """
    try:
        since, until = read_month(month) if month else (0, clock.now() + 1)
    except ValueError:
        raise LedgerError("--month takes a month such as 2026-11.", ExitCode.SETTINGS) from None
    try:
        async with _opened(settings, clock) as store:
            lines = await store.ledger(since, until)
            if not reconcile:
                return LedgerReport(month=month, lines=lines)
            async with _provider(settings, clock) as (provider, catalogue):
                comparing = Reconciling(store, provider, catalogue, clock)
                differences = await comparing.differences(since, until)
                return LedgerReport(month=month, lines=lines, differences=differences, compared=comparing.compared)
    except DatabaseInUse:
        raise LedgerError(
            "another process has the database, and no bot answers in DATA_DIR: if a bot is just starting, try again in"
            " a moment.",
            ExitCode.ALREADY_RUNNING,
        ) from None
    except BadDatabaseUrl as error:
        raise LedgerError(f"{error}.", ExitCode.SETTINGS) from error
    except (StorageError, StoreUnavailable) as error:
        raise LedgerError(f"{error}.", ExitCode.DATABASE) from error
    except ProviderRefused as error:
        raise LedgerError(f"PiAPI refuses to tell its history: {error}.", ExitCode.PROVIDER) from error
    except ProviderUnavailable as error:
        raise LedgerError(f"PiAPI gives no usable answer ({error}): try again.", ExitCode.UNREACHABLE) from error


@asynccontextmanager
async def _opened(settings: Settings, clock: Clock) -> AsyncIterator[LedgerStore]:
    """Open the database, or the copy that a running bot makes of it; the copy is deleted on leaving.

    Raises:
        LedgerError: there is no database, or the bot that has it does not copy it.
        StorageError: it cannot be opened.
    """
    location = locate(settings.database, settings.data_dir)
    if not isinstance(location, SqliteFile):
        async with open_store(settings.database, settings.data_dir, clock) as store:
            yield store
        return
    if not location.path.exists():
        raise LedgerError("there is no database yet: the bot has not run here.", ExitCode.DATABASE)
    data_dir = settings.data_dir.absolute()
    data_dir.mkdir(parents=True, exist_ok=True)  # the database may be elsewhere
    with tempfile.TemporaryDirectory(prefix=_COPY, dir=data_dir) as made:
        copy = data_dir / made / COPY_NAME
        url = settings.database
        try:
            async with connect(settings.data_dir) as bot:
                told = await bot.ask(MakeSnapshot(), seconds=SNAPSHOT_SECONDS)
                # Out of the bot's hands: it deletes what is still there when the connection ends.
                await asyncio.to_thread(Path(told.path).rename, copy)
            url = SqliteFile(copy).url
        except NoBot:
            pass
        except ControlError as error:
            raise LedgerError(f"{error}.", ExitCode.ALREADY_RUNNING) from error
        async with open_store(url, settings.data_dir, clock) as store:
            yield store


@asynccontextmanager
async def _provider(settings: Settings, clock: Clock) -> AsyncIterator[tuple[PiapiClient, Catalogue]]:
    try:
        catalogue = Catalogue.load(settings.catalogue_file, default_model=settings.default_model)
        access = ProviderAccess(key=settings.piapi_key, base_url=settings.piapi_base_url)
    except CatalogueError as error:
        raise LedgerError(str(error), ExitCode.SETTINGS) from error
    except KeyMalformed:
        raise LedgerError(
            "PIAPI_KEY is wrong: a key has no spaces and no special characters.", ExitCode.SETTINGS
        ) from None
    async with PiapiClient.build(access, clock) as provider:
        yield provider, catalogue


def _table(lines: Sequence[LedgerLine]) -> str:
    rows = [_HEADS, *(_row(line) for line in lines), _totals(lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < 3 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _row(line: LedgerLine) -> tuple[str, ...]:
    server = str(line.guild_id) if line.guild_id else "direct messages"
    return (line.month, server, line.kind.value, *_figures([line]))


def _totals(lines: Sequence[LedgerLine]) -> tuple[str, ...]:
    return ("total", "", "", *_figures(lines))


def _figures(lines: Sequence[LedgerLine]) -> tuple[str, ...]:
    open_jobs = sum(line.open_jobs for line in lines)
    held = dollars(sum(line.open_microusd for line in lines))
    return (
        str(sum(line.jobs for line in lines)),
        dollars(sum(line.reserved_microusd for line in lines)),
        dollars(sum(line.consumed_microusd for line in lines)),
        f"{held} ({open_jobs})" if open_jobs else held,
    )
