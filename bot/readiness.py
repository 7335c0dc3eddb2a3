"""What the process is asked about its health, and what of that is said in the log because nobody may have asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

import structlog

from bot.clock import MINUTE, SECOND, Clock
from bot.community.overseer import STUCK_SECONDS, WAITED_LONG
from bot.heartbeat import Heartbeat
from bot.jobs.credit import AccountWatch
from bot.jobs.loops import Loops
from bot.jobs.model import JobKind
from bot.jobs.ports import Pause, StoreUnavailable
from bot.jobs.states import JobState
from bot.media.disk import free_bytes
from bot.web.health import Check, Findings, Health
from bot.web.webhook import Nudge

OVERDUE: Final = 10 * MINUTE
"""How long something may be due without anybody's taking it: longer than any rest between two attempts."""
UNREADY_SECONDS: Final = 60.0
"""How long a part has to be amiss, or well again, before the log says so."""
_LOOK_EVERY_SECONDS: Final = 10.0
_MEBIBYTE: Final = 1024 * 1024
_SAID_BY_ALERTS: Final = frozenset({"provider", "backlog", "steps", "disk", "storage"})

log = structlog.get_logger(__name__)


class WatchedStore(Protocol):
    """What is asked of the database."""

    async def ping(self) -> None:
        """Ask for one row."""
        ...

    async def pause(self) -> Pause | None:
        """Return the pause of submissions, past or present; the owner's own first."""
        ...

    async def open_jobs(self) -> Sequence[tuple[JobState, JobKind, int, int]]:
        """Return state, kind, number and the oldest one's time of jobs that have not ended."""
        ...

    async def overdue_since(self, now: int) -> int | None:
        """Return since when something is due that nobody has in hand; None where nothing is."""
        ...


class WatchedHints:
    """The provider's webhooks on their way into the database, and whether they arrive there."""

    def __init__(self, nudge: Nudge, stopwatch: Callable[[], float] = time.monotonic) -> None:
        """Pass them on to `nudge`."""
        self._nudge = nudge
        self._stopwatch = stopwatch
        self._lost_at: float | None = None

    async def nudge(self, token: str, task_id: str | None) -> bool:
        """Keep a hint; tell whether its token is known.

        Raises:
            StoreUnavailable: it could not be kept, and the provider is to repeat it.
        """
        try:
            known = await self._nudge(token, task_id)
        except StoreUnavailable:
            self._lost_at = self._stopwatch()
            raise
        self._lost_at = None
        return known

    def trouble(self) -> str | None:
        """Return what is wrong with taking them, if anything is."""
        if self._lost_at is None or self._stopwatch() - self._lost_at > UNREADY_SECONDS:
            return None
        return "cannot be kept"


class Readiness:
    """A part of the running bot: beats, answers whoever asks, and tells the log.

    Attributes:
        health: what the web side asks.
    """

    def __init__(self, health: Health, heartbeat: Heartbeat, stopwatch: Callable[[], float] = time.monotonic) -> None:
        """Keep the collaborators.

        Args:
            health: what the web side asks.
            heartbeat: what has to beat for that.
            stopwatch: tells seconds; nobody sets it.
        """
        self.health = health
        self._heartbeat = heartbeat
        self._stopwatch = stopwatch
        self._changed_at: dict[str, float] = {}
        self._said: set[str] = set()

    async def run(self) -> None:
        """Beat and look until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._heartbeat.run(), name="heartbeat")
            group.create_task(self._look_on(), name="readiness")

    async def _look_on(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
            self.note(await self.health.findings())

    def note(self, findings: Findings) -> None:
        """Say in the log what has been amiss for a while, once, and once that it has been well for as long."""
        now = self._stopwatch()
        for part, problem in findings.items():
            if (problem is not None) == (part in self._said):
                self._changed_at.pop(part, None)
            elif now - self._changed_at.setdefault(part, now) >= UNREADY_SECONDS:
                del self._changed_at[part]
                self._say(part, problem)

    def _say(self, part: str, problem: str | None) -> None:
        if problem is None:
            self._said.discard(part)
            log.info("ready_again", part=part)
            return
        self._said.add(part)
        if part in _SAID_BY_ALERTS:
            log.warning("not_ready", part=part, problem=problem)
        else:
            # Without the database, Discord or room on the disk there may be no other way to reach the owner.
            log.error("owner_needed", what="not_ready", part=part, problem=problem)


def readiness_of(
    *,
    store: WatchedStore,
    loops: Loops,
    account: AccountWatch,
    clock: Clock,
    gateway: Callable[[], str | None],
    webhooks: Callable[[], str | None],
    data_dir: Path,
    room: int,
    database_file: Path | None,
    storage: Callable[[], str | None] = lambda: None,
) -> Readiness:
    """Return the health of a bot that is made of these parts.

    Args:
        store: the database.
        loops: what works.
        account: what is known of the provider's account.
        clock: tells the time.
        gateway: says what is wrong with the connection to Discord.
        webhooks: says what is wrong with taking the provider's webhooks.
        data_dir: where clips are kept.
        room: bytes that have to be free there.
        database_file: the SQLite file as it was opened; None for a server.
        storage: says why nothing new can be written down, if that is so.
    """
    heartbeat = Heartbeat(store.ping)
    health = Health(
        alive={"loop": heartbeat.loop, "database": heartbeat.database, "steps": _steps(loops)},
        ready={
            "database": _database(heartbeat, loops, database_file),
            "discord": _at_once(gateway),
            "provider": _provider(store, account, clock),
            "backlog": _backlog(store, clock),
            "disk": _disk(data_dir, room),
            "storage": _at_once(storage),
            "webhooks": _at_once(webhooks),
        },
    )
    return Readiness(health, heartbeat)


def _at_once(look: Callable[[], str | None]) -> Check:
    async def check() -> str | None:
        return look()

    return check


def _steps(loops: Loops) -> Check:
    async def check() -> str | None:
        stuck = loops.stuck(STUCK_SECONDS)
        return f"at one batch for {STUCK_SECONDS / 60:.0f} minutes: {', '.join(stuck)}" if stuck else None

    return check


def _database(heartbeat: Heartbeat, loops: Loops, file: Path | None) -> Check:
    opened = _identity(file)

    async def check() -> str | None:
        silent = await heartbeat.database_now()
        if silent is not None:
            return silent
        if file is not None and _identity(file) != opened:
            return "its file was moved or deleted while it is open"
        turned_away = loops.without_store()
        return f"turned away: {', '.join(turned_away)}" if turned_away else None

    return check


def _identity(file: Path | None) -> tuple[int, int] | None:
    """Return what tells a file from another of the same name; None where there is none."""
    try:
        found = file.stat() if file is not None else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found is not None else None


def _provider(store: WatchedStore, account: AccountWatch, clock: Clock) -> Check:
    async def check() -> str | None:
        now, since = clock.now(), account.unreached_since
        pause = await store.pause()
        if pause is not None and pause.until > now:
            return f"submissions rest: {pause.reason}"
        if account.said is not None and account.said.key_refused:
            return "refuses the key"
        return f"not reached for {(now - since) // SECOND} s" if since is not None else None

    return check


def _backlog(store: WatchedStore, clock: Clock) -> Check:
    async def check() -> str | None:
        now = clock.now()
        since = await store.overdue_since(now)
        if since is not None and now - since > OVERDUE:
            return f"something is due for {(now - since) // MINUTE} min and nobody takes it"
        waited = max(
            (now - oldest for state, _, _, oldest in await store.open_jobs() if state is JobState.QUEUED), default=0
        )
        if waited >= WAITED_LONG and await store.pause() is None:
            return f"the first in line waits for {waited // MINUTE} min"
        return None

    return check


def _disk(data_dir: Path, room: int) -> Check:
    async def check() -> str | None:
        free = await asyncio.to_thread(free_bytes, data_dir)
        if free >= room:
            return None
        return f"{free // _MEBIBYTE} MiB are free, {room // _MEBIBYTE} MiB are needed"

    return check
