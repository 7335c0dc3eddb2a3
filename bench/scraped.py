"""What a bot tells of itself in its metrics."""

from __future__ import annotations

import re
from typing import Final

import aiohttp

from bench.failure import BenchFailed

_DELIVERED: Final = re.compile(r'^egret_messages_total\{state="delivered"\} (\S+)$', re.MULTILINE)


async def delivered(session: aiohttp.ClientSession, port: int) -> int:
    """Return how many messages a process has put into their channels.

    Raises:
        BenchFailed: its metrics do not say.
    """
    async with session.get(f"http://127.0.0.1:{port}/metrics") as response:
        found = _DELIVERED.search(await response.text())
    if response.status != 200 or found is None:
        raise BenchFailed("a bot's metrics do not tell how many messages it delivered")
    return round(float(found[1]))
