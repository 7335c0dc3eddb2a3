"""Child processes: started in a session of their own, stopped by their id, within a bound."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

STOP_SECONDS: Final = 30.0
"""How long a child may take to stop when it is asked to, before it is killed."""
_KILL_SECONDS: Final = 10.0


class ChildProcess:
    """One program, started and stopped as often as wanted; what it prints goes to a log file.

    A session of its own keeps Ctrl-C from reaching it: whoever started it decides about its end.

    Args:
        name: What it is called in messages.
        command: The program and its arguments.
        environment: All of its environment variables.
        directory: Its working directory.
        log: The file its output is appended to.
        answers: Whether its standard output is read here instead, line by line, and its standard input kept open
            until it is stopped.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        directory: Path,
        log: Path,
        answers: bool = False,
    ) -> None:
        self.name = name
        self.log = log
        self._command = tuple(command)
        self._environment = dict(environment)
        self._directory = directory
        self._answers = answers
        self._process: Process | None = None
        self._started = asyncio.Condition()
        self._started_at: float | None = None
        self._asked: Process | None = None

    @property
    def started_at(self) -> float | None:
        """When it was last started, in seconds since 1970; None where it never was."""
        return self._started_at

    @property
    def pid(self) -> int | None:
        """The process id, or None where it was never started."""
        return None if self._process is None else self._process.pid

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    @property
    def exit_code(self) -> int | None:
        """How it ended: negative for a signal, None while it runs."""
        return None if self._process is None else self._process.returncode

    async def start(self) -> None:
        """Start it.

        Raises:
            OSError: the program cannot be started.
            RuntimeError: it runs already.
        """
        if self.running:
            raise RuntimeError(f"the {self.name} runs already")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=PIPE if self._answers else DEVNULL,
                stdout=PIPE if self._answers else log,
                stderr=log,
                env=self._environment,
                cwd=self._directory,
                start_new_session=True,
            )
        self._started_at = time.time()
        async with self._started:
            self._started.notify_all()

    async def line(self) -> str:
        """Return the next line of its standard output, "" at the end; only for a process that `answers`."""
        if self._process is None or self._process.stdout is None:
            raise RuntimeError(f"the {self.name} does not answer")
        return (await self._process.stdout.readline()).decode()

    async def ended(self) -> int:
        """Wait until it ends; return its exit code."""
        if self._process is None:
            raise RuntimeError(f"the {self.name} was never started")
        return await self._process.wait()

    async def ends_by_itself(self) -> AsyncIterator[int]:
        """Yield the exit code each time it ends without having been killed or stopped here, whoever starts it."""
        process: Process | None = None
        while True:
            async with self._started:
                before = process
                await self._started.wait_for(lambda: self._process is not before)  # noqa: B023 - awaited at once
            process = self._process
            if process is None:
                continue
            code = await process.wait()
            if process is not self._asked:
                yield code

    async def kill(self) -> None:
        """Kill it without warning, as a crash or a power cut would; harmless when it has ended."""
        self._signal(signal.SIGKILL)
        await self._gone(_KILL_SECONDS)

    async def stop(self, patience: float = STOP_SECONDS) -> int | None:
        """Ask it to stop, and kill it after `patience` seconds.

        Returns:
            Its exit code; None where it was never started.
        """
        if self._process is None:
            return None
        self._signal(signal.SIGTERM)
        if self._process.stdin is not None:
            self._process.stdin.close()
        if not await self._gone(patience):
            await self.kill()
        return self._process.returncode

    def tail(self, lines: int = 40) -> str:
        """Return the last lines of its log."""
        try:
            text = self.log.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._asked = self._process
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def _gone(self, seconds: float) -> bool:
        if self._process is None:
            return True
        try:
            async with asyncio.timeout(seconds):
                await self._process.wait()
        except TimeoutError:
            return False
        return True
