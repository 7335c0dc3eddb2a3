"""Somebody at a terminal: sees what is printed, types, and presses Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import re
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

PATIENCE: Final = 40.0
CTRL_C: Final = "\x03"
CTRL_D: Final = "\x04"
_IN_A_TERMINAL: Final = (
    "import fcntl, os, signal, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    " signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)
"""Makes the terminal the session's own, so that Ctrl-C is a signal and `/dev/tty` is this terminal.

Tests that run in the background are born deaf to that signal; what is typed at has to hear it all the same.
"""


class Typist:
    """Sits before one program."""

    def __init__(self, terminal: int, process: asyncio.subprocess.Process) -> None:
        self._terminal = terminal
        self.process = process
        self._shown = bytearray()
        self._read_up_to = 0
        self._news = asyncio.Event()
        asyncio.get_running_loop().add_reader(terminal, self._read)

    @property
    def shown(self) -> str:
        """Everything that was ever on the screen, what was typed visibly included."""
        return self._shown.decode(errors="replace").replace("\r\n", "\n")

    async def sees(self, text: str) -> None:
        """Wait until something new on the screen holds `text`; what comes after it is still new."""
        try:
            await self._seen(text, seconds=PATIENCE)
        except TimeoutError:
            raise AssertionError(f"not seen: {text!r}, after:\n{self.shown[self._read_up_to :]}") from None

    async def _seen(self, text: str, seconds: float) -> None:
        async with asyncio.timeout(seconds):
            # Where a line ends is the terminal's affair.
            wanted = re.compile(r"\s+".join(map(re.escape, text.split(" "))))
            while (found := wanted.search(self.shown, self._read_up_to)) is None:
                self._news.clear()
                await self._news.wait()
        self._read_up_to = found.end()

    def types(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    async def presses(self, key: str, until: str) -> None:
        """Press a key until the program reacts: what is pressed just before it begins to read may be lost on it."""
        for _ in range(int(PATIENCE)):
            self.types(key)
            try:
                await self._seen(until, seconds=1)
            except TimeoutError:
                continue
            return
        raise AssertionError(f"not seen: {until!r}, after:\n{self.shown[self._read_up_to :]}")

    async def answers(self, question: str, text: str = "") -> None:
        """Wait for a question, then type an answer and Enter."""
        await self.sees(question)
        self.types(f"{text}\n")

    async def ended(self) -> int:
        """Wait for the program's end; return its exit code."""
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    def _read(self) -> None:
        try:
            data = os.read(self._terminal, 65_536)
        except OSError:  # how a terminal says that nobody is left on its other side
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._terminal)
        self._shown += data
        self._news.set()

    def leave(self) -> None:
        asyncio.get_running_loop().remove_reader(self._terminal)
        os.close(self._terminal)


@asynccontextmanager
async def before_a_terminal(
    arguments: Sequence[str], *, environment: Mapping[str, str], directory: Path
) -> AsyncIterator[Typist]:
    """Start `python ARGUMENTS` in a terminal of its own; it is gone on leaving."""
    terminal, other_side = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _IN_A_TERMINAL, *arguments,
        stdin=other_side, stdout=other_side, stderr=other_side,
        env=dict(environment), cwd=directory, start_new_session=True,
    )  # fmt: skip
    os.close(other_side)
    typist = Typist(terminal, process)
    try:
        yield typist
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        typist.leave()
