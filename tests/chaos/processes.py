"""The processes of an arena as the harness sees them: the fork server, and each bot that it forks."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from sandbox.stage.environment import REPOSITORY, plain_environment
from tests.chaos.bot import Launch, Order, Told

STOP_SECONDS: Final = 30.0
"""How long a bot may take to stop when it is asked to."""
_START_SECONDS: Final = 60.0
_KILL_SECONDS: Final = 20.0


class _Heard(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    ready: int | None = None
    started: int | None = None
    ended: int | None = None
    code: int = 0


class Nursery:
    """The fork server's other side."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._starting: asyncio.Queue[int] = asyncio.Queue()
        self._turn = asyncio.Lock()
        self._ends: dict[int, asyncio.Future[int]] = {}
        self._listening: asyncio.Task[None] | None = None

    async def launch(self, launch: Launch) -> tuple[int, asyncio.Future[int]]:
        """Fork a bot; return its process id, and what will be its exit code."""
        assert self._process.stdin is not None
        async with self._turn, asyncio.timeout(_START_SECONDS):
            self._process.stdin.write(launch.model_dump_json().encode() + b"\n")
            await self._process.stdin.drain()
            pid = await self._starting.get()
        return pid, self._end_of(pid)

    async def listen(self) -> None:
        """Hear what the fork server says, from its first word on."""
        assert self._process.stdout is not None
        async with asyncio.timeout(_START_SECONDS):
            first = await self._process.stdout.readline()
        assert _Heard.model_validate_json(first).ready, "the fork server did not start"
        self._listening = asyncio.create_task(self._listen(self._process.stdout), name="fork server")

    async def close(self) -> None:
        """Let the fork server end, and every bot with it."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_KILL_SECONDS):
                await self._process.wait()
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        if self._listening is not None:
            await self._listening

    def _end_of(self, pid: int) -> asyncio.Future[int]:
        return self._ends.setdefault(pid, asyncio.get_running_loop().create_future())

    async def _listen(self, stdout: asyncio.StreamReader) -> None:
        while line := await stdout.readline():
            heard = _Heard.model_validate_json(line)
            if heard.started is not None:
                self._ends.pop(heard.started, None)
                self._starting.put_nowait(heard.started)
            if heard.ended is not None:
                end = self._end_of(heard.ended)
                if not end.done():
                    end.set_result(heard.code)


@asynccontextmanager
async def nursery(log: Path) -> AsyncIterator[Nursery]:
    """Run a fork server; its own complaints go to `log`."""
    with log.open("ab") as complaints:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.chaos.bot",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=complaints,
            env=plain_environment(),
            cwd=REPOSITORY,
            start_new_session=True,
        )
    server = Nursery(process)
    try:
        await server.listen()
        yield server
    finally:
        await server.close()


class BotProcess:
    """One bot: started, killed and started again as often as wanted, with the same data.

    Args:
        name: what it is called in messages, and what its files are named.
        environment: all of its environment variables.
        home: where its log and its control socket are; its working directory.
    """

    def __init__(self, nursery: Nursery, name: str, environment: dict[str, str], home: Path) -> None:
        self.name = name
        self.environment = environment
        self.log = home / f"{name}.log"
        self.seen = home / "points"
        self.spoilt = ""
        self.starts = 0
        self._nursery = nursery
        self._home = home
        self._pid: int | None = None
        self._end: asyncio.Future[int] | None = None
        self._started_at: float | None = None
        self._control: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._turn = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The process id, None where it was never started."""
        return self._pid

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._end is not None and not self._end.done()

    @property
    def exit_code(self) -> int | None:
        """How it ended: negative for a signal, None while it runs."""
        return self._end.result() if self._end is not None and self._end.done() else None

    @property
    def started_at(self) -> float | None:
        """When it was last started, in seconds since 1970."""
        return self._started_at

    async def start(self, *, offset_ms: int = 0, point: str = "", nth: int = 1) -> None:
        """Start it, with a clock so far ahead, and with its death at a point where one is named."""
        assert not self.running, f"the {self.name} runs already"
        self._disconnect()
        self.starts += 1
        control = self._home / f"{self.name}-{self.starts}.socket"
        launch = Launch(
            environment=self.environment,
            directory=self._home,
            log=self.log,
            control=control,
            offset_ms=offset_ms,
            seen=self.seen,
            point=point,
            nth=nth,
            spoilt=self.spoilt,
        )
        self._started_at = time.time()
        self._pid, self._end = await self._nursery.launch(launch)
        await self._connect(control)

    async def tell(self, order: Order) -> Told | None:
        """Give an order, and return the answer; None where the bot is gone."""
        async with self._turn:
            if self._control is None or not self.running:
                return None
            reader, writer = self._control
            try:
                writer.write(order.model_dump_json().encode() + b"\n")
                await writer.drain()
                line = await self._unless_ended(reader.readline())
            except ConnectionError:
                return None
            return Told.model_validate_json(line) if line else None

    async def crash_at(self, point: str, nth: int = 1) -> bool:
        """Let it die when it reaches a point for the nth time from now on; "" takes that back; False if it is dead."""
        return await self.tell(Order(point=point, nth=nth)) is not None

    async def reached(self) -> dict[str, int]:
        """Return how often each point was reached since the start."""
        told = await self.tell(Order())
        return told.reached if told is not None else {}

    async def ended(self) -> int:
        """Wait until it ends; return its exit code."""
        assert self._end is not None, f"the {self.name} was never started"
        return await asyncio.shield(self._end)

    async def kill(self) -> None:
        """Kill it without warning; harmless when it has ended."""
        self._signal(signal.SIGKILL)
        await self._gone(_KILL_SECONDS)

    async def close(self) -> None:
        """Kill it, and let go of its control socket."""
        await self.kill()
        if self._control is not None:
            writer = self._control[1]
            self._disconnect()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def stop(self, patience: float = STOP_SECONDS) -> int | None:
        """Ask it to stop, and kill it after `patience` seconds; return its exit code, None where it never ran."""
        if self._end is None:
            return None
        self._signal(signal.SIGTERM)
        await self._gone(patience)
        if self.running:
            await self.kill()
        self._disconnect()
        return self.exit_code

    def pause(self) -> None:
        """Let it stand still wherever it is (SIGSTOP)."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def tail(self, lines: int = 40) -> str:
        """Return the last lines of its log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    async def _connect(self, control: Path) -> None:
        async with asyncio.timeout(_START_SECONDS):
            while self.running:
                try:
                    self._control = await asyncio.open_unix_connection(control)
                except (FileNotFoundError, ConnectionRefusedError):
                    await asyncio.sleep(0.01)
                else:
                    control.unlink(missing_ok=True)  # noqa: ASYNC240 - one system call
                    return

    async def _unless_ended(self, reading: Coroutine[object, object, bytes]) -> bytes:
        assert self._end is not None
        line = asyncio.create_task(reading)
        end = asyncio.create_task(self.ended())
        await asyncio.wait([line, end], return_when=asyncio.FIRST_COMPLETED)
        end.cancel()
        if line.done():
            return line.result()
        line.cancel()
        await asyncio.gather(line, return_exceptions=True)
        return b""

    def _disconnect(self) -> None:
        if self._control is not None:
            self._control[1].close()
            self._control = None

    def _signal(self, number: signal.Signals) -> None:
        if self._pid is not None and self.running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, number)

    async def _gone(self, seconds: float) -> None:
        if self._end is not None:
            await asyncio.wait({self._end}, timeout=seconds)
