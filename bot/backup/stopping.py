"""Work in a thread that ends soon after whoever waits for it was stopped, instead of going on unseen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

StopCheck = Callable[[], None]
"""Raises `Stopped` once nobody wants the work any more; cheap enough for every block of a file."""


class Stopped(Exception):
    """The work was given up on; whoever raises it through cleans up behind itself."""


async def in_thread(work: Callable[[StopCheck], T]) -> T:
    """Return what `work` returns; a cancellation reaches the caller only once the thread has ended.

    Args:
        work: is given a check to call between its parts; without that it is merely waited for.
    """
    unwanted = threading.Event()

    def check() -> None:
        if unwanted.is_set():
            raise Stopped

    running = asyncio.get_running_loop().run_in_executor(None, work, check)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        unwanted.set()
        await asyncio.wait({running})
        if not running.cancelled():
            running.exception()
        raise
