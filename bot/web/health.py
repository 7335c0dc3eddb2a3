"""`/livez`: the process works. `/readyz`: it can also do its work. Neither restarts anything by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

Check = Callable[[], Awaitable[str | None]]
"""Returns what is wrong in a few words, or None."""


class Health:
    """Answers by running checks; a failing one is named in the body."""

    def __init__(self, alive: Mapping[str, Check], ready: Mapping[str, Check]) -> None:
        """Use these checks; being ready includes being alive."""
        self._alive = dict(alive)
        self._ready = {**alive, **ready}

    async def livez(self, _request: web.Request) -> web.Response:
        """Answer 200 while the event loop turns and the database answers."""
        return await _answer(self._alive)

    async def readyz(self, _request: web.Request) -> web.Response:
        """Answer 200 while Discord, the provider and the queue are as they should be too."""
        return await _answer(self._ready)


async def _answer(checks: Mapping[str, Check]) -> web.Response:
    results = {name: await check() for name, check in checks.items()}
    return web.json_response(
        {name: problem or "ok" for name, problem in results.items()}, status=503 if any(results.values()) else 200
    )
