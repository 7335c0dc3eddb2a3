"""The whole bot, from its composition root, with a watch on its event loop: `python -m bench.watched_bot`.

It reads settings from the environment, as the bot does, and two of its own: BENCH_LAGS names the file that gets how
late the loop was for each hundredth of a second of a fixed timetable, as eight-byte floats in seconds; BENCH_BEGAN the
file that gets when the bot's own code began to run, everything being imported, in seconds since 1970.
"""

from __future__ import annotations

import asyncio
import os
import struct
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Final

from bot.collector import modules_kept

LAGS: Final = "BENCH_LAGS"
BEGAN: Final = "BENCH_BEGAN"
_EVERY: Final = 0.01


async def watch(path: Path) -> None:
    """Write down, for each instant of a fixed timetable, how late the loop got to it.

    A loop that is blocked misses many of them: each counts with its own lateness, as somebody would have waited who was
    due at it. A sampler that began to count anew after each sleep would see one of them.
    """
    loop = asyncio.get_running_loop()
    due = loop.time() + _EVERY
    with path.open("wb", buffering=0) as file:
        while True:
            await asyncio.sleep(due - loop.time())
            late = missed(due, loop.time())
            file.write(struct.pack(f"{len(late)}d", *late))
            due += _EVERY * len(late)


def missed(due: float, now: float) -> list[float]:
    """Return how late `now` is for each instant of the timetable from `due` on that has come, at least the first."""
    return [max(0.0, now - due - _EVERY * number) for number in range(1 + max(0, int((now - due) / _EVERY)))]


def lags(path: Path) -> list[float]:
    """Return what `watch` wrote so far, in seconds, in order."""
    written = path.read_bytes()
    whole = len(written) - len(written) % 8
    return [late for (late,) in struct.iter_unpack("d", written[:whole])]


async def main(bot: Coroutine[object, object, None]) -> None:
    """Run the bot until a signal."""
    watching = asyncio.create_task(watch(Path(os.environ[LAGS]))) if LAGS in os.environ else None
    try:
        await bot
    finally:
        if watching is not None:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


if __name__ == "__main__":
    with modules_kept():  # as `bot run` does
        from bot.app import StartFailed, run
        from bot.hardening import keep_memory_private
        from bot.settings import load_settings

    if BEGAN in os.environ:
        Path(os.environ[BEGAN]).write_text(repr(time.time()), encoding="ascii")
    os.umask(0o077)
    given = load_settings()
    keep_memory_private()
    try:
        asyncio.run(main(run(given)))
    except StartFailed as error:
        sys.exit(f"{error}")
