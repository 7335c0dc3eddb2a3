"""`/livez`: the process works, and restarting it would not help. `/readyz`: it can also do its work just now."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog
from aiohttp import web

from bot.jobs.ports import StoreUnavailable

CHECK_SECONDS: Final = 2.0
"""How long a check may take; the image's health check waits four seconds for all of them."""
REMEMBERED_SECONDS: Final = 1.0
"""How long an answer is given again: a flood of questions costs no more than one a second."""

Check = Callable[[], Awaitable[str | None]]
"""Returns what is wrong in a few words, or None."""
Findings = Mapping[str, str | None]
"""What is wrong with each part; None where nothing is."""

log = structlog.get_logger(__name__)


class Health:
    """Answers by running checks side by side; a failing one is named in the body."""

    def __init__(
        self, alive: Mapping[str, Check], ready: Mapping[str, Check], stopwatch: Callable[[], float] = time.monotonic
    ) -> None:
        """Use these checks.

        Args:
            alive: what a restart may mend.
            ready: what has to hold besides; one of the same name as in `alive` stands in its place.
            stopwatch: tells seconds; nobody sets it.
        """
        self._alive = _Rounds(alive, stopwatch)
        self._ready = _Rounds({**alive, **ready}, stopwatch)
        self._draining = False

    @property
    def parts(self) -> tuple[str, ...]:
        """Return what `/readyz` tells of."""
        return self._ready.parts

    def drain(self) -> None:
        """Say from now on that the process is not ready: it finishes what it has in hand and takes nothing new."""
        self._draining = True

    async def livez(self, _request: web.Request) -> web.Response:
        """Answer 200 unless the process should be started again."""
        return _answer(await self._alive.findings())

    async def readyz(self, _request: web.Request) -> web.Response:
        """Answer 200 while all is as it should be; while the process stops, 503 at once."""
        return _answer(await self.findings())

    async def findings(self) -> Findings:
        """Return what keeps the process from being ready."""
        if self._draining:
            return {"process": "is stopping"}
        return await self._ready.findings()


class _Rounds:
    """Runs all checks together; whoever asks meanwhile or just afterwards is given the same answer."""

    def __init__(self, checks: Mapping[str, Check], stopwatch: Callable[[], float]) -> None:
        self._checks = dict(checks)
        self._stopwatch = stopwatch
        self._round: asyncio.Task[Findings] | None = None
        self._done_at = 0.0

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self._checks)

    async def findings(self) -> Findings:
        known = self._round
        if known is None or (known.done() and self._stopwatch() - self._done_at >= REMEMBERED_SECONDS):
            known = self._round = asyncio.create_task(self._run(), name="health")
        # Nobody who goes away takes the answer from the others.
        return await asyncio.shield(known)

    async def _run(self) -> Findings:
        problems = await asyncio.gather(*(_checked(name, check) for name, check in self._checks.items()))
        self._done_at = self._stopwatch()
        return dict(zip(self._checks, problems, strict=True))


async def _checked(name: str, check: Check) -> str | None:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except TimeoutError:
        return "cannot be told in time"
    except StoreUnavailable:
        return "cannot be told without the database"
    except Exception:
        # A defect in one check must not hide what the others found.
        log.exception("health check failed", check=name)
        return "cannot be told: see the log"


def _answer(findings: Findings) -> web.Response:
    return web.json_response(
        {name: problem or "ok" for name, problem in findings.items()}, status=503 if any(findings.values()) else 200
    )
