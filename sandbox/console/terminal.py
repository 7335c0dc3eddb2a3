"""The terminal: lines in, lines out, without one tearing the other apart."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

_END: Final = None
_CHUNK: Final = 65_536


class Terminal:
    """Standard input and output; with line editing where both are a terminal."""

    def __init__(self) -> None:
        self._interactive = sys.stdin.isatty() and sys.stdout.isatty()
        self._coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._typed: Callable[[], str] = lambda: ""
        self._restore: Callable[[], None] = lambda: None
        if self._interactive:
            self._prepare()

    @property
    def interactive(self) -> bool:
        """Whether somebody sits there."""
        return self._interactive

    def write(self, line: str) -> None:
        """Write one line above what is being typed."""
        if self._interactive:
            sys.stdout.write(f"\r\x1b[K{line}\n{self._typed()}")
        else:
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    def bold(self, words: str) -> str:
        """Return words that stand out on a terminal."""
        return f"\x1b[1m{words}\x1b[0m" if self._coloured else words

    def dim(self, words: str) -> str:
        """Return words in the background on a terminal."""
        return f"\x1b[2m{words}\x1b[0m" if self._coloured else words

    async def lines(self) -> AsyncIterator[str]:
        """Yield what is typed, line by line, to the end of the input.

        A thread reads, since neither a file nor line editing can be awaited; it ends with the process.
        """
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[str | None] = asyncio.Queue()

        def put(line: str | None) -> None:
            loop.call_soon_threadsafe(queue.put_nowait, line)

        reading = _read_terminal if self._interactive else _read_pipe
        threading.Thread(target=_quietly, args=(reading, put), name="input", daemon=True).start()
        while (line := await queue.get()) is not _END:
            yield line

    def close(self) -> None:
        """Leave the terminal as it was found, whatever line editing is in the middle of."""
        self._restore()

    def _prepare(self) -> None:
        try:
            import readline
            import termios
        except ImportError:  # Windows has neither; lines can be typed all the same
            return
        attributes = termios.tcgetattr(sys.stdin)
        self._typed = readline.get_line_buffer
        self._restore = lambda: termios.tcsetattr(sys.stdin, termios.TCSADRAIN, attributes)


def _quietly(reading: Callable[[Callable[[str | None], None]], None], put: Callable[[str | None], None]) -> None:
    try:
        reading(put)
    except RuntimeError:
        return  # the loop is closed: nobody listens any more


def _read_terminal(put: Callable[[str | None], None]) -> None:
    try:
        while True:
            put(input())
    except EOFError:
        put(_END)


def _read_pipe(put: Callable[[str | None], None]) -> None:
    """Read without Python's buffer, whose lock a thread would still hold at the end of the process."""
    rest = b""
    while chunk := os.read(sys.stdin.fileno(), _CHUNK):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            put(line.decode("utf-8", "replace"))
    if rest:
        put(rest.decode("utf-8", "replace"))
    put(_END)
