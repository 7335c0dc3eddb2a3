"""Services and bot as child processes, with everything a demo, a tour or a crash test does to them."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from pydantic import ValidationError

from sandbox.discord.config import DEFAULT_GUILDS, DEFAULT_PEOPLE
from sandbox.operator import DiscordOperator
from sandbox.person import Person
from sandbox.piapi import PiapiControl
from sandbox.stage.addresses import ServiceAddresses
from sandbox.stage.environment import REPOSITORY, bot_environment, free_port, plain_environment
from sandbox.stage.errors import StageFailed
from sandbox.stage.first_day import let_members_in
from sandbox.stage.processes import STOP_SECONDS, ChildProcess

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence
    from types import TracebackType
    from typing import Self

T = TypeVar("T")

SERVICES_SECONDS: Final = 30.0
BOT_SECONDS: Final = 45.0
"""How long each may take to be ready; both take a few seconds on an idle machine."""
_LONG_POLL: Final = 20.0
_BOT_CONNECTED: Final = "bot_connected"


class Stage:
    """Both local services in one child process, and a bot in another. Use it as an asynchronous context manager.

    The bot's working directory and its data are in a temporary directory that lasts as long as the stage, so that a
    bot that is killed and started again finds what it left.

    Args:
        bot_command: The program that is the bot.
        logs: Where `bot.log` and `services.log` go; older ones are replaced.
        bot_settings: Environment variables for the bot beyond, or instead of, the usual ones.
        record: Where what passes between bot and local Discord is written, as `sandbox.discord.recording` does.
        first_day: Whether the bot meets a server that nobody has set up; else its owner does so as soon as it is there.
    """

    def __init__(
        self,
        bot_command: Sequence[str],
        *,
        logs: Path,
        bot_settings: dict[str, str] | None = None,
        record: Path | None = None,
        first_day: bool = False,
    ) -> None:
        self._bot_command = (_program(bot_command[0]), *bot_command[1:])
        self._bot_settings = bot_settings or {}
        self._logs = logs
        self._to_be_set_up = not first_day
        self._record = record
        self._stack = AsyncExitStack()
        self._addresses: ServiceAddresses | None = None
        self._services: ChildProcess | None = None
        self._bot: ChildProcess | None = None
        self._bot_data: Path | None = None
        self._discord: DiscordOperator | None = None
        self._provider: PiapiControl | None = None

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def addresses(self) -> ServiceAddresses:
        """Where the services are."""
        return _there(self._addresses)

    @property
    def bot(self) -> ChildProcess:
        """The bot's process, running or not."""
        return _there(self._bot)

    @property
    def bot_data(self) -> Path:
        """The bot's data directory; its database is in there once it has run."""
        return _there(self._bot_data)

    @property
    def services(self) -> ChildProcess:
        """The services' process."""
        return _there(self._services)

    @property
    def provider(self) -> PiapiControl:
        """Directs the local PiAPI."""
        return _there(self._provider)

    @property
    def discord(self) -> DiscordOperator:
        """Asks the local Discord as its operator."""
        return _there(self._discord)

    def person(self, name: str, channel: str) -> Person:
        """Return somebody standing in a channel; shares the stage's connection."""
        return Person(self.addresses.discord.person_url, name, channel=channel, session=self.discord.session)

    async def start_bot(self) -> None:
        """Start the bot and wait until it is connected, its commands are registered and everybody may use them.

        Raises:
            StageFailed: it ended, or is not ready in time.
        """
        seq = await self._observer().seq()
        try:
            await self.bot.start()
        except OSError as error:
            raise StageFailed(f"the bot cannot be started: {error}") from error
        await self.bound(self._until_ready(seq), BOT_SECONDS, "the bot to connect and to register its commands")
        if self._to_be_set_up:
            owner = self.person(DEFAULT_GUILDS[0].owner, DEFAULT_GUILDS[0].channels[0])
            await self.bound(let_members_in(owner), BOT_SECONDS, "the server to be set up")
            self._to_be_set_up = False

    async def kill_bot(self) -> None:
        """Kill the bot without warning, and wait until Discord has noticed."""
        await self.bot.kill()
        await self.bound(self._until_offline(), SERVICES_SECONDS, "the local Discord to notice that the bot is gone")

    async def stop_bot(self, patience: float = STOP_SECONDS) -> int | None:
        """Ask the bot to stop; return its exit code, negative where it had to be killed."""
        return await self.bot.stop(patience)

    async def problems(self) -> list[str]:
        """Return what the services found wrong with what the bot sent, one sentence each."""
        found = [f"Discord: {problem}" for problem in (await self.discord.state()).problems]
        summary = await self.provider.summary()
        return found + [f"PiAPI: {problem.field}: {problem.text}" for problem in summary.problems]

    async def bound(self, waiting: Awaitable[T], seconds: float, what: str) -> T:
        """Wait for something, at most `seconds`, while services and bot live.

        Raises:
            StageFailed: it did not come; says what was waited for, and shows the log of a part that ended.
        """
        work = asyncio.ensure_future(waiting)
        ends = [
            asyncio.ensure_future(part.ended())
            for part in (self._services, self._bot)
            if part is not None and part.running
        ]
        try:
            await asyncio.wait([work, *ends], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return work.result()
            raise StageFailed(self._complaint(seconds, what))
        finally:
            for task in (work, *ends):
                task.cancel()
            await asyncio.gather(work, *ends, return_exceptions=True)

    def _complaint(self, seconds: float, what: str) -> str:
        for part in (self._services, self._bot):
            if part is not None and part.exit_code is not None:
                ended = f"the {part.name} ended with exit code {part.exit_code} while waiting for {what}"
                return f"{ended}; the end of {part.log}:\n{part.tail()}"
        return f"waited {seconds:g} s in vain for {what}"

    async def _start(self) -> None:
        self._logs.mkdir(parents=True, exist_ok=True)
        for name in ("services.log", "bot.log"):
            (self._logs / name).unlink(missing_ok=True)
        home = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="egret-stage-")))
        await self._start_services()
        self._bot_data = home / "data"
        environment = bot_environment(self.addresses, data_dir=self._bot_data, web_port=free_port())
        self._bot = ChildProcess(
            "bot",
            self._bot_command,
            environment={**environment, **self._bot_settings},
            directory=home,
            log=self._logs / "bot.log",
        )
        self._stack.push_async_callback(self._bot.stop)
        self._discord = await self._stack.enter_async_context(DiscordOperator(self.addresses.discord.person_url))
        self._provider = await self._stack.enter_async_context(PiapiControl(self.addresses.provider.control_url))

    async def _start_services(self) -> None:
        recorded = [] if self._record is None else ["--record", str(self._record.absolute())]
        services = ChildProcess(
            "services",
            [sys.executable, "-m", "sandbox", "serve", "--while-stdin-open", *recorded],
            environment=plain_environment(),
            directory=REPOSITORY,
            log=self._logs / "services.log",
            answers=True,
        )
        self._services = services
        self._stack.push_async_callback(services.stop)
        await services.start()
        line = await self.bound(services.line(), SERVICES_SECONDS, "the local services to listen")
        try:
            self._addresses = ServiceAddresses.model_validate_json(line)
        except ValidationError:
            raise StageFailed(
                f"the local services did not start; the end of {services.log}:\n{services.tail()}"
            ) from None

    def _observer(self) -> Person:
        return self.person(DEFAULT_PEOPLE[0].username, DEFAULT_GUILDS[0].channels[0])

    async def _until_ready(self, seq: int) -> None:
        observer = self._observer()
        connected = False
        while not (connected and await observer.commands()):
            seq, changes = await observer.changes(seq, _LONG_POLL)
            connected = connected or _BOT_CONNECTED in {change["kind"] for change in changes}

    async def _until_offline(self) -> None:
        observer = self._observer()
        while True:
            seq = await observer.seq()
            if not (await self.discord.state()).online:
                return
            await observer.changes(seq, _LONG_POLL)


def _there(part: T | None) -> T:
    if part is None:
        raise RuntimeError("the stage is not started")
    return part


def _program(name: str) -> str:
    """Return a program's path as it is found from here: the bot's working directory is another."""
    return str(Path(name).absolute()) if len(Path(name).parts) > 1 else name
