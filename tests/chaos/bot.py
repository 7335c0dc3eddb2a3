"""The real bot with crash points and a clock that can be moved, started by forking.

python -m tests.chaos.bot

Importing the bot takes more than a second of computing, and a crash test starts it thousands of times. So one process
imports it, before there is any loop or thread, and forks a bot for each line of its standard input; a bot is a process
of its own, in a session of its own, with an environment, a directory and a log of its own, and dies alone. What it
runs is `bot.app.run`, the composition root, with nothing but the crash points around it.

A line of input is a `Launch` as JSON; answers on standard output: `{"started": pid}`, and `{"ended": pid, "code": n}`
at its end, negative for a signal.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import select
import signal
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict
from typing_extensions import override

from bot.app import StartFailed, run
from bot.clock import SECOND, SystemClock
from bot.exit_codes import ExitCode
from bot.interposition import Interposition
from bot.settings import SettingsError, load_settings
from storage import postgres  # noqa: F401 - imported here, so that no bot has to
from tests.chaos.crashes import Crashes
from tests.chaos.pointed_database import writing_statements
from tests.chaos.points import CrashPoints
from tests.chaos.spoiling import SPOILT


class Launch(BaseModel):
    """How a bot is to be started.

    Attributes:
        environment: all of its environment variables.
        directory: its working directory.
        log: what its output is appended to.
        control: the Unix socket on which it takes `Order`s.
        offset_ms: how far its clock is ahead of the machine's.
        seen: to which file each point is added when it is first reached.
        point: where it is to die, "" for nowhere.
        nth: at which time that the point is reached.
        spoilt: a defect to be built in, by its name in `tests.chaos.spoiling`; "" for none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: dict[str, str]
    directory: Path
    log: Path
    control: Path
    offset_ms: int = 0
    seen: Path
    point: str = ""
    nth: int = 1
    spoilt: str = ""


class Order(BaseModel):
    """What a running bot is told: to move its clock, to die somewhere, or nothing, to be asked how it is.

    Attributes:
        advance_ms: time passes.
        jump_ms: no time passes, and its clock is put forward or back all the same.
        point: where it is to die.
        nth: at which time that the point is reached.
        collect: what nothing refers to any more is thrown away first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    advance_ms: int = 0
    jump_ms: int = 0
    point: str | None = None
    nth: int = 1
    collect: bool = False


class Told(BaseModel):
    """What a running bot answers.

    Attributes:
        reached: how often each point was reached.
        under_way: calls to the world that have begun and not ended.
        tasks: how many tasks its loop has.
        blocks: how many pieces of memory Python has given to objects that live.
        now: its time, UTC milliseconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reached: dict[str, int]
    under_way: int
    tasks: int
    blocks: int
    now: int


class MovableClock(SystemClock):
    """The machine's clock and an offset; whoever sleeps wakes when the time has passed, by waiting or by a move.

    Like a machine's own it can jump, of which timers know nothing.
    """

    def __init__(self, offset_ms: int) -> None:
        self._offset = offset_ms
        self._wrong = 0
        self._moved: asyncio.Event | None = None

    @override
    def now(self) -> int:
        return self._passed() + self._wrong

    def _passed(self) -> int:
        return super().now() + self._offset

    @override
    async def sleep(self, milliseconds: int) -> None:
        until = self._passed() + milliseconds
        while (left := until - self._passed()) > 0:
            moved = self._next_move()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left / SECOND):
                    await moved.wait()
        if milliseconds <= 0:
            await asyncio.sleep(0)

    def jump(self, milliseconds: int) -> None:
        """Be put forward by that much, back where it is negative; nobody wakes of it."""
        self._wrong += milliseconds

    def move(self, milliseconds: int) -> None:
        """Let so much time pass."""
        self._offset += milliseconds
        moved, self._moved = self._moved, None
        if moved is not None:
            moved.set()

    def _next_move(self) -> asyncio.Event:
        if self._moved is None:
            self._moved = asyncio.Event()
        return self._moved


@dataclass(slots=True)
class Control:
    """Takes orders on a Unix socket, a line each."""

    clock: MovableClock
    crashes: Crashes

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Obey until the other side goes."""
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                writer.write(self.obey(Order.model_validate_json(line)).model_dump_json().encode() + b"\n")
                await writer.drain()
        writer.close()

    def obey(self, order: Order) -> Told:
        """Do what is said."""
        if order.point is not None:
            self.crashes.arm(order.point, order.nth)
        if order.advance_ms:
            self.clock.move(order.advance_ms)
        self.clock.jump(order.jump_ms)
        if order.collect:
            gc.collect()
        return Told(
            reached=dict(self.crashes.reached),
            under_way=self.crashes.under_way,
            tasks=len(asyncio.all_tasks()),
            blocks=sys.getallocatedblocks(),
            now=self.clock.now(),
        )


async def work(launch: Launch, around: Interposition, clock: MovableClock, crashes: Crashes) -> None:
    """Run the bot, and take orders meanwhile."""
    server = await asyncio.start_unix_server(Control(clock, crashes).serve, launch.control)
    async with server:
        await run(load_settings(), clock, around)


def live(launch: Launch) -> int:
    """Be a bot until its end; return its exit code."""
    crashes = Crashes(launch.seen)
    crashes.arm(launch.point, launch.nth)
    clock = MovableClock(launch.offset_ms)
    around: Interposition = CrashPoints(crashes)
    if launch.spoilt:
        around = SPOILT[launch.spoilt](around)
    os.umask(0o077)
    if os.environ.get("PYTHONASYNCIODEBUG"):
        # As -X dev does; the interpreter that forked did not know.
        warnings.simplefilter("default", ResourceWarning)
    try:
        asyncio.run(work(launch, around, clock, crashes))
    except StartFailed as error:
        sys.stderr.write(f"egret: {error}\n")
        return error.code
    except SettingsError as error:
        sys.stderr.write(f"egret: {error}\n")
        return ExitCode.SETTINGS
    return ExitCode.OK


def become(launch: Launch) -> None:
    """Turn this fork into a bot; does not return."""
    code = 1
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        log = os.open(launch.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for target, source in ((0, nothing), (1, log), (2, log)):
            os.dup2(source, target)
        os.closerange(3, _HIGHEST_DESCRIPTOR)
        os.environ.clear()
        os.environ.update(launch.environment)
        os.chdir(launch.directory)
        code = live(launch)
    except BaseException:  # noqa: BLE001 - the fork must end here, whatever happens to it
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


_HIGHEST_DESCRIPTOR: Final = 256
"""Far above what the parent has open."""


class ForkServer:
    """Forks a bot for each line of standard input, and says when one ends."""

    def __init__(self) -> None:
        self._bots: set[int] = set()
        self._heard = b""

    def serve(self) -> None:
        """Serve until standard input ends; then every bot is killed."""
        ended, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(waker)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        for engine in ("sqlite", "postgres"):
            writing_statements(engine)
        gc.collect()
        gc.freeze()  # what is shared stays shared
        self._say({"ready": os.getpid()})
        try:
            while self._take_turn(ended):
                pass
        finally:
            for pid in self._bots:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def _take_turn(self, ended: int) -> bool:
        readable, _, _ = select.select([0, ended], [], [])
        if ended in readable:
            with contextlib.suppress(BlockingIOError):
                os.read(ended, 4096)
        self._reap()
        if 0 not in readable:
            return True
        heard = os.read(0, 1 << 20)
        self._heard += heard
        *lines, self._heard = self._heard.split(b"\n")
        for line in lines:
            self._fork(Launch.model_validate_json(line))
        return bool(heard)

    def _fork(self, launch: Launch) -> None:
        pid = os.fork()
        if pid == 0:
            become(launch)
        self._bots.add(pid)
        self._say({"started": pid})

    def _reap(self) -> None:
        for pid in tuple(self._bots):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                self._bots.discard(pid)
                self._say({"ended": pid, "code": os.waitstatus_to_exitcode(status)})

    @staticmethod
    def _say(answer: dict[str, int]) -> None:
        os.write(1, json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    ForkServer().serve()
