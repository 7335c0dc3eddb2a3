"""The composition root: builds everything from the settings, and owns the order of starting and stopping."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import aiohttp
import discord
import structlog

from bot.assembly import Parts, assemble
from bot.backup.errors import BackupError
from bot.backup.interrupted import finish_interrupted
from bot.catalog import Catalogue, CatalogueError
from bot.client import connect_to
from bot.clock import MINUTE, SECOND, Clock, SystemClock
from bot.control.errors import SocketUnusable
from bot.delivery.gateway import GatewayRefused
from bot.error_reports import ReporterMissing, open_reports
from bot.errors import EgretError
from bot.exit_codes import ExitCode
from bot.interposition import Interposition
from bot.jobs.loops import LoopDied
from bot.jobs.ports import StoreUnavailable
from bot.log import Redaction, configure_logging, log_what_nobody_catches
from bot.monitoring import egret_version
from bot.piapi.errors import KeyMalformed
from bot.processes import Role
from bot.safekeeping import take_descriptors
from bot.settings import Settings
from bot.ui import language
from storage.errors import DatabaseInUse, StorageError
from storage.store import open_migrated_store

DRAIN: Final = 25 * SECOND
"""How long a stop waits for the items in hand; container engines kill after 30 s by default."""

log = structlog.get_logger(__name__)


class StartFailed(EgretError):
    """The bot cannot start or go on; the message is one sentence for whoever runs it."""

    def __init__(self, sentence: str, code: ExitCode) -> None:
        """Keep the exit code."""
        super().__init__(sentence)
        self.code = code


async def run(settings: Settings, clock: Clock | None = None, around: Interposition | None = None) -> None:
    """Run the bot until SIGTERM or SIGINT; `around` as in `build`.

    Raises:
        StartFailed: it cannot start, or a part of it died.
    """
    redaction = Redaction(settings.secrets)
    take_descriptors()
    async with AsyncExitStack() as stack:
        await _speak(settings, redaction, stack)
        await _run(settings, clock or SystemClock(), redaction, around)


async def _speak(settings: Settings, redaction: Redaction, stack: AsyncExitStack) -> None:
    """Let the log, and the error reports if they are wanted, be what tells of this process."""
    dsn = settings.sentry_dsn.get_secret_value()
    processors = []
    if dsn:
        try:
            reports = open_reports(dsn, redaction, egret_version())
        except ReporterMissing as error:
            raise StartFailed(str(error), ExitCode.SETTINGS) from error
        processors.append(reports.processor)
        stack.push_async_callback(reports.close)
    configure_logging(settings.log_format, settings.log_level, redaction, before_rendering=processors)
    log_what_nobody_catches()


async def _run(settings: Settings, clock: Clock, redaction: Redaction, around: Interposition | None) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers on its loops
            loop.add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as stack:
        try:
            app = await stack.enter_async_context(build(settings, clock, redaction, around))
            await app.run_until(stopping)
        except StoreUnavailable as error:
            raise StartFailed(str(error), ExitCode.DATABASE) from error


@asynccontextmanager
async def build(
    settings: Settings, clock: Clock, redaction: Redaction, around: Interposition | None = None
) -> AsyncIterator[App]:
    """Build the application over an open, migrated store; everything is closed on leaving.

    Args:
        settings: where everything is, and how much may be spent.
        clock: the time.
        redaction: learns the secrets that the database keeps.
        around: what stands between the core and its edges; nothing unless given.

    Raises:
        StartFailed: the database, the catalogue or a stored secret cannot be had.
    """
    around = around or Interposition()
    async with AsyncExitStack() as stack:
        try:
            restored = await finish_interrupted(settings)
            if restored:
                log.warning("restoration_interrupted", outcome=restored)
            opened = open_migrated_store(settings.database, settings.data_dir, clock, around.database)
            store = around.store(await stack.enter_async_context(opened))
            catalogue = Catalogue.load(settings.catalogue_file, default_model=settings.default_model)
        except BackupError as error:
            raise StartFailed(str(error), error.code) from error
        except DatabaseInUse as error:
            raise StartFailed(str(error), ExitCode.ALREADY_RUNNING) from error
        except (StorageError, StoreUnavailable) as error:
            raise StartFailed(str(error), ExitCode.DATABASE) from error
        except CatalogueError as error:
            raise StartFailed(str(error), ExitCode.SETTINGS) from error
        try:
            parts = await assemble(settings, clock, redaction, store, catalogue, stack, around)
        except KeyMalformed as error:
            raise StartFailed(
                "PIAPI_KEY is wrong: a key has no spaces and no special characters.", ExitCode.SETTINGS
            ) from error
        yield App(parts)


class App:
    """A built bot: what runs, in the order in which it starts and stops."""

    def __init__(self, parts: Parts) -> None:
        """Keep the parts; `bot.assembly` makes them."""
        self._settings = parts.settings
        self._store = parts.store
        self.service = parts.service
        self.client = parts.client
        self._web = parts.web
        self._loops = parts.loops
        self._hand = parts.hand
        self._sweeper = parts.sweeper
        self._archive = parts.archive
        self._control = parts.control
        self.monitoring = parts.monitoring
        self._readiness = parts.readiness
        self._wakes = parts.wakes
        self.web_port = 0
        self.started = asyncio.Event()
        """Set once everything but the gateway connection is up."""

    async def run_until(self, stopping: asyncio.Event) -> None:
        """Start, work until `stopping` is set, then drain.

        Raises:
            StartFailed: Discord refuses the token, an address is taken, or a part died.
        """
        parts: set[asyncio.Task[None]] = set()
        stop = asyncio.create_task(_wait(stopping), name="stop")
        try:
            await self._start()
            parts |= {
                asyncio.create_task(self._hand.run(self._loops), name="loops"),
                asyncio.create_task(self._readiness.run(), name="readiness"),
                asyncio.create_task(self.monitoring.run(), name="metrics"),
            }
            if not self._store.sole_owner:
                calls = self._store.calls.run(self._wakes.ring_here)
                parts.add(asyncio.create_task(calls, name="calls"))
            if Role.GATEWAY in self._settings.roles:
                parts.add(asyncio.create_task(self.client.connect(), name="gateway"))
            ended, _ = await asyncio.wait({*parts, stop}, return_when=asyncio.FIRST_COMPLETED)
            await self._drain(parts)
            for part in parts & ended:
                _explain(part)
        finally:
            for task in (*parts, stop):
                task.cancel()
            await asyncio.gather(*parts, stop, return_exceptions=True)
            await self._control.stop()
            await self.client.close()
            await self.monitoring.stop()
            await self._web.stop()

    async def _start(self) -> None:
        await self._archive.sweep_incoming(older_than_ms=0 if self._store.sole_owner else 6 * 60 * MINUTE)
        if Role.WORKER in self._settings.roles:
            await self._sweeper.recover(sole_owner=self._store.sole_owner)
        try:
            self.web_port = await self._web.start()
        except OSError as error:
            where = f"{self._settings.web_host}:{self._settings.web_port}"
            raise StartFailed(
                f"WEB_HOST and WEB_PORT: cannot listen on {where}: {error.strerror}.", ExitCode.WEB
            ) from error
        try:
            await self.monitoring.start()
        except OSError as error:
            where = f"{self._settings.metrics_host}:{self._settings.metrics_port}"
            raise StartFailed(
                f"METRICS_HOST and METRICS_PORT: cannot listen on {where}: {error.strerror}.", ExitCode.WEB
            ) from error
        try:
            await self._control.start()
        except SocketUnusable as error:
            log.warning("control_socket_unusable", reason=str(error))
        if self._settings.discord_api_url:
            connect_to(self._settings.discord_api_url, self._settings.discord_gateway_url)
        try:
            await self.client.login(self._settings.discord_token.get_secret_value())
        except discord.LoginFailure as error:
            raise StartFailed("DISCORD_TOKEN is refused by Discord.", ExitCode.LOGIN) from error
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
            what = f"HTTP {error.status}" if isinstance(error, discord.HTTPException) else type(error).__name__
            raise StartFailed(
                f"Discord cannot be reached, or gives no usable answer ({what}): try again.", ExitCode.UNREACHABLE
            ) from error
        log.info(
            "started",
            web_port=self.web_port,
            webhooks=bool(self._settings.public_url),
            metrics_port=self.monitoring.port or None,
        )
        if self._settings.servers is not None and not self._settings.servers:
            log.warning("SERVERS is empty: no server may spend yet")
        silent = language.without_words()
        if silent:
            log.warning(
                "languages are not compiled, so English stands in for them: run `python -m translations compile`",
                languages=silent,
            )
        self.started.set()

    async def _drain(self, parts: set[asyncio.Task[None]]) -> None:
        """Take no more commands and finish the items in hand."""
        log.info("stopping")
        self._readiness.health.drain()
        self.service.close()
        self.client.stop_taking_commands()
        self._loops.stop()
        loops = {part for part in parts if part.get_name() == "loops"}
        commands = asyncio.create_task(self.client.commands_finished(), name="commands")
        _, late = await asyncio.wait({*loops, commands}, timeout=DRAIN / SECOND)
        if late:
            log.warning("stopped before everything in hand was finished", parts=[part.get_name() for part in late])
        commands.cancel()
        log.info("stopped")


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


def _explain(part: asyncio.Task[None]) -> None:
    """Raise what ended a part that should have gone on."""
    error = part.exception()
    if isinstance(error, LoopDied):
        raise StartFailed(f"{error}; the log says why.", ExitCode.DEFECT) from error
    if isinstance(error, GatewayRefused):
        raise StartFailed(str(error), error.exit_code) from error
    raise StartFailed(f"the {part.get_name()} ended unexpectedly: {error!r}.", ExitCode.DEFECT) from error
