"""The whole bot, from its composition root, with a watch on its event loop: `python -m bench.watched_bot`.

It reads settings from the environment, as the bot does, and two of its own: BENCH_LAGS names the file that gets how
late the loop woke a sleeper, a hundred times a second, as eight-byte floats in seconds; BENCH_BEGAN the file that gets
when the bot's own code began to run, everything being imported, in seconds since 1970.
"""

from __future__ import annotations

import asyncio
import os
import struct
import sys
import time
from pathlib import Path
from typing import Final

from bot.app import StartFailed, run
from bot.hardening import keep_memory_private
from bot.settings import Settings, load_settings

LAGS: Final = "BENCH_LAGS"
BEGAN: Final = "BENCH_BEGAN"
_EVERY: Final = 0.01


async def watch(path: Path) -> None:
    """Sleep a little, again and again, and write down how late it was."""
    loop = asyncio.get_running_loop()
    with path.open("wb", buffering=0) as file:
        while True:
            asked = loop.time()
            await asyncio.sleep(_EVERY)
            file.write(struct.pack("d", max(0.0, loop.time() - asked - _EVERY)))


def lags(path: Path) -> list[float]:
    """Return what `watch` wrote so far, in seconds, in order."""
    written = path.read_bytes()
    whole = len(written) - len(written) % 8
    return [late for (late,) in struct.iter_unpack("d", written[:whole])]


async def main(settings: Settings) -> None:
    """Run the bot until a signal."""
    watching = asyncio.create_task(watch(Path(os.environ[LAGS]))) if LAGS in os.environ else None
    try:
        await run(settings)
    finally:
        if watching is not None:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


if __name__ == "__main__":
    if BEGAN in os.environ:
        Path(os.environ[BEGAN]).write_text(repr(time.time()), encoding="ascii")
    os.umask(0o077)
    given = load_settings()
    keep_memory_private()
    try:
        asyncio.run(main(given))
    except StartFailed as error:
        sys.exit(f"{error}")
