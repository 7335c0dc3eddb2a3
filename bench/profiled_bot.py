"""The whole bot, from its composition root, with every call counted and timed: `python -m bench.profiled_bot`.

It reads settings from the environment, as the bot does, and one of its own: BENCH_PROFILE names the file that gets what
was counted, when the bot stops.
"""

from __future__ import annotations

import asyncio
import cProfile
import os
import time
from typing import Final

from bot.app import run
from bot.settings import load_settings

COUNTED: Final = "BENCH_PROFILE"


def main() -> None:
    """Run the bot until a signal, and write down what was counted."""
    os.umask(0o077)
    settings = load_settings()
    profile = cProfile.Profile(time.thread_time)
    try:
        profile.runcall(asyncio.run, run(settings))
    finally:
        profile.dump_stats(os.environ[COUNTED])


if __name__ == "__main__":
    main()
