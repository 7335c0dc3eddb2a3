"""The bot's process under a person's thumb: killed, started and restarted, one of them at a time."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sandbox.stage.errors import StageFailed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.stage.stage import Stage

_LOG_LINES: Final = 15


class NotNow(Exception):
    """What was asked for makes no sense in the bot's present state; the text says why."""


class BotState(StrEnum):
    """What the bot's process does."""

    NEVER = "never"
    STARTING = "starting"
    RUNNING = "running"
    OFFLINE = "offline"
    """It runs, and Discord does not see it."""
    STOPPING = "stopping"
    KILLED = "killed"
    """By a person, here."""
    ENDED = "ended"
    """By itself, or by somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotView:
    """The bot's process as people see it.

    Attributes:
        state: What it does.
        words: The same as a sentence.
        pid: Its process id, None before the first start.
        since: When it was started, or when its end was noticed; seconds since 1970, None before the first start.
        trouble: Why it could not be started, "" otherwise.
        log: The end of its log where it ended by itself.
    """

    state: BotState
    words: str
    pid: int | None
    since: float | None
    trouble: str
    log: str


class BotSwitch:
    """Kills and starts the bot of a stage.

    Args:
        stage: Whose bot; somebody else may have started it.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._work: asyncio.Task[None] | None = None
        self._stopping = False
        self._killed_pid: int | None = None
        self._ended: tuple[int | None, float] | None = None
        self._trouble = ""

    async def kill(self) -> None:
        """Kill the bot as a power cut would, also while it is starting.

        Raises:
            NotNow: It does not run.
            StageFailed: Discord did not notice.
        """
        bot = self._stage.bot
        if not bot.running:
            raise NotNow("The bot is not running: there is nothing to kill.")
        await self._abandon_work()
        self._killed_pid = bot.pid
        await self._stage.kill_bot()

    def start(self) -> None:
        """Begin to start the bot.

        Raises:
            NotNow: It runs, or is being started.
        """
        if self._busy or self._stage.bot.running:
            raise NotNow("The bot is running already, or about to: kill or restart it instead.")
        self._begin(self._stage.start_bot)

    def restart(self) -> None:
        """Begin to stop the bot in good order and to start it again; start it where it does not run.

        Raises:
            NotNow: It is being started or stopped.
        """
        if self._busy:
            raise NotNow("The bot is being started or stopped: wait until that is done.")
        self._begin(self._stop_and_start)

    async def close(self) -> None:
        """Give up whatever is being done."""
        await self._abandon_work()

    def view(self, *, online: bool) -> BotView:
        """Return what the bot's process does.

        Args:
            online: Whether Discord sees it.
        """
        bot = self._stage.bot
        state = self._state(online=online)
        return BotView(
            state=state,
            words=self._words(state),
            pid=bot.pid,
            since=bot.started_at if bot.running else self._ended_at(),
            trouble=self._trouble,
            log=bot.tail(_LOG_LINES) if state is BotState.ENDED or self._trouble else "",
        )

    @property
    def _busy(self) -> bool:
        return self._work is not None and not self._work.done()

    def _begin(self, work: Callable[[], Awaitable[None]]) -> None:
        self._trouble = ""
        self._work = asyncio.create_task(self._tell(work))

    async def _tell(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except StageFailed as error:
            self._trouble = str(error).partition("\n")[0]

    async def _stop_and_start(self) -> None:
        self._stopping = True
        try:
            await self._stage.stop_bot()
        finally:
            self._stopping = False
        await self._stage.start_bot()

    async def _abandon_work(self) -> None:
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
            self._work = None

    def _state(self, *, online: bool) -> BotState:
        bot = self._stage.bot
        if self._stopping:
            return BotState.STOPPING
        if self._busy:
            return BotState.STARTING
        if bot.running:
            return BotState.RUNNING if online else BotState.OFFLINE
        if bot.pid is None:
            return BotState.NEVER
        return BotState.KILLED if bot.pid == self._killed_pid else BotState.ENDED

    def _words(self, state: BotState) -> str:
        code = self._stage.bot.exit_code
        how = "" if code is None else f" (signal {-code})" if code < 0 else f" (exit code {code})"
        return {
            BotState.NEVER: "Not started yet",
            BotState.STARTING: "Starting",
            BotState.RUNNING: "Running, connected to Discord",
            BotState.OFFLINE: "Running, not connected to Discord",
            BotState.STOPPING: "Stopping in good order",
            BotState.KILLED: "Killed (SIGKILL)",
            BotState.ENDED: f"Ended{how}",
        }[state]

    def _ended_at(self) -> float | None:
        """Return when the end of the present process was first noticed."""
        pid = self._stage.bot.pid
        if pid is None:
            return None
        if self._ended is None or self._ended[0] != pid:
            self._ended = (pid, time.time())
        return self._ended[1]
