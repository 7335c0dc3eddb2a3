"""Forgetting: what a person wants deleted, what is too old, what belongs to servers that the bot has left.

A job is forgotten in an order that a crash at any point only delays. First its clip is taken away from everybody, in
the row; then its messages go, where that is wished for; then its files; and last, in one transaction, everything in
the database that says who asked for what. Until then the row names the files, so that no file is left that nothing
names. The line of the ledger stays: what was ordered, by kind, and what it cost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, Protocol

import structlog

from bot.clock import DAY, HOUR, MINUTE, SECOND, Clock
from bot.community import settings
from bot.jobs.model import JobKind, MessageRef
from bot.jobs.ports import Draft, StoreUnavailable, TryLater

LEFT_SERVER_KEPT: Final = 30 * DAY
"""How long what belongs to a server is kept after the bot has left it, unless retention is shorter."""
GIVEN_UP_KEPT: Final = 30 * DAY
"""How long a purchase that was given up on is kept for somebody to find out what became of it: without its request it
could never be told which of the provider's tasks it made."""
COUNTERS_KEPT: Final = 7 * DAY
"""How long what people used of a day's or a month's limits outlives it: a clock that is ahead for a while would make
today look like long ago, and everybody's limits would begin anew once it is put right."""
OUTCOME_KEPT: Final = DAY
"""How long it is remembered what came of a person's wish, so that they can be told."""
ORPHANS_LIVE: Final = DAY
"""How old a file is that no row names before it is deleted: a row comes after its file."""

_LOOKS_EVERY: Final = 10 * MINUTE
_SWEEPS_EVERY: Final = 6 * HOUR
_AT_ONCE: Final = 5
_SERVERS_AT_ONCE: Final = 100
_IDS_AT_ONCE: Final = 2_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class KeptJob:
    """A job that still says whose it is, with its place in the list that it came from."""

    id: str
    since: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenJob:
    """A job whose clip nobody can use any more.

    Attributes:
        seconds: of the clip, as bought.
        messages: of ours that show it, its card first.
        files: what the archive has of it, each an asset's id and an extension.
    """

    id: str
    kind: JobKind
    seconds: int
    messages: tuple[MessageRef, ...]
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A person's wish that everything about them is deleted.

    Attributes:
        messages: their clips' messages, too.
        asked_at: UTC milliseconds, as every instant here; what they ordered later is not meant.
        ended_at: when nothing was left; None before.
        clips: how many clips were forgotten so far.
        deleted: how many messages were deleted.
        standing: how many Discord did not let us delete.
    """

    person_id: int
    messages: bool
    asked_at: int
    ended_at: int | None = None
    clips: int = 0
    deleted: int = 0
    standing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What keeps a wish from being fulfilled.

    Attributes:
        under_way: clips that have not ended.
        ended: clips that have, and are forgotten soon.
        drafts: what the person has begun.
        reports: what they reported and nobody has been told of.
        cancelled: others' clips that they cancelled, and that have not ended.
    """

    under_way: int = 0
    ended: int = 0
    drafts: int = 0
    reports: int = 0
    cancelled: int = 0

    @property
    def nothing(self) -> bool:
        """Tell whether the wish is fulfilled."""
        return not (self.under_way or self.ended or self.drafts or self.reports or self.cancelled)


@dataclass(frozen=True, slots=True)
class Wiped:
    """On whose wish a job is forgotten, and what became of its messages."""

    person_id: int
    deleted: int = 0
    standing: int = 0


class ForgettingStore(Protocol):
    """Forgets; each method is one transaction."""

    async def kept_of_person(
        self, person_id: int, asked_at: int, after: KeptJob | None, limit: int
    ) -> Sequence[KeptJob]:
        """Return a person's jobs that were ordered until then and are not forgotten, oldest first."""
        ...

    async def kept_of_server(self, guild_id: int, before: int, after: KeptJob | None, limit: int) -> Sequence[KeptJob]:
        """Return a server's jobs that ended before then and are not forgotten, oldest first."""
        ...

    async def kept_before(self, before: int, after: KeptJob | None, limit: int) -> Sequence[KeptJob]:
        """Return every job that ended before then and is not forgotten, oldest first."""
        ...

    async def hide_job(self, job_id: str, at: int, *, given_up_before: int) -> HiddenJob | None:
        """Take a job's clip away from everybody; None while something is left to be done about it.

        Args:
            job_id: the job's short id.
            at: now.
            given_up_before: a purchase that was given up on later is left alone.
        """
        ...

    async def forget_job(self, job: HiddenJob, at: int, wiped: Wiped | None = None) -> bool:
        """Forget who asked for what; False where that was done before."""
        ...

    async def erasures_under_way(self) -> Sequence[Erasure]:
        """Return the wishes that are not fulfilled, oldest first."""
        ...

    async def forget_deeds(self, erasure: Erasure) -> None:
        """Delete what a person reported and somebody was told of, and that they cancelled what others ordered."""
        ...

    async def left_of(self, erasure: Erasure) -> Left:
        """Return what keeps a wish from being fulfilled."""
        ...

    async def end_erasure(self, erasure: Erasure, at: int) -> bool:
        """Note that a wish is fulfilled; False where the person has asked anew."""
        ...

    async def forget_erasures(self, before: int) -> None:
        """Forget wishes that were fulfilled before then."""
        ...

    async def drafts_of_person(self, person_id: int, until: int) -> Sequence[Draft]:
        """Return what a person began until then; nothing while a job of theirs may need its files."""
        ...

    async def drafts_of_server(self, guild_id: int) -> Sequence[Draft]:
        """Return what was begun on a server."""
        ...

    async def drop_draft(self, draft_id: str) -> None:
        """Forget a draft."""
        ...

    async def retentions(self) -> Mapping[int, str]:
        """Return for how many days servers wish things to be kept, as stored, by server."""
        ...

    async def servers_left(self, before: int, limit: int) -> Sequence[int]:
        """Return servers that were left before an instant, those that were left first foremost."""
        ...

    async def forget_house(self, guild_id: int, before: int, at: int) -> bool:
        """Delete the rules of a server that was left before then, and what was done there; False where it was not."""
        ...

    async def forget_server(self, guild_id: int, before: int) -> bool:
        """Forget a server that was left before then; False while a job of it is not forgotten."""
        ...

    async def drop_old_counters(self, at: int) -> None:
        """Delete what people used of limits in days and months that are over."""
        ...

    async def asset_ids(self, after: str, limit: int) -> Sequence[str]:
        """Return the names of jobs' files, in order, from after that one on."""
        ...

    async def held_files(self) -> frozenset[str]:
        """Return the names of drafts' files."""
        ...

    async def first_job_at(self) -> int | None:
        """Return when the first job was stored; None where there is none."""
        ...


class KeptFiles(Protocol):
    """The archive."""

    async def delete_all(self, assets: Sequence[tuple[str, str]]) -> int:
        """Delete files, given as asset id and extension; returns how many there were."""
        ...

    async def stored_between(self, since: int, until: int) -> Sequence[tuple[str, str]]:
        """Return the files that were written in a time, as asset id and extension."""
        ...


class PostedMessages(Protocol):
    """Messages of ours in channels."""

    async def delete(self, message: MessageRef) -> bool:
        """Delete a message; False where Discord does not let us. One that is gone counts as deleted.

        Raises:
            TryLater: not now.
        """
        ...


@dataclass(slots=True)
class Forgetting:
    """The step that forgets.

    Attributes:
        retention_days: the operator's; None for no end.
    """

    name: ClassVar[str] = "forgetting"
    interval: ClassVar[int] = 15 * SECOND
    workers: ClassVar[int] = 1

    store: ForgettingStore
    files: KeptFiles
    messages: PostedMessages
    retention_days: int | None
    clock: Clock
    _reached: dict[str, KeptJob] = field(default_factory=dict)
    _looks_again_at: int = 0
    _sweeps_again_at: int = 0

    async def run_once(self) -> int:
        """Forget a few jobs of each that is due, and what else is; returns how many jobs were looked at."""
        looked = 0
        for erasure in await self.store.erasures_under_way():
            looked += await self._erase(erasure)
        now = self.clock.now()
        # An instant further away than any is of a clock that was put back since.
        if not now < self._looks_again_at <= now + _LOOKS_EVERY:
            aged = await self._forget_old(now) + await self._forget_left_servers(now)
            if not aged:
                self._looks_again_at = now + _LOOKS_EVERY
            looked += aged
        if not now < self._sweeps_again_at <= now + _SWEEPS_EVERY:
            self._sweeps_again_at = now + _SWEEPS_EVERY
            await self._sweep(now)
        return looked

    async def _erase(self, erasure: Erasure) -> int:
        """Forget a person, as far as that can be now: what they began first, or it could still be taken up."""
        await self._drop_drafts(await self.store.drafts_of_person(erasure.person_id, erasure.asked_at))
        left = await self.store.left_of(erasure)
        looked = 0
        if not left.drafts:
            key = f"person:{erasure.person_id}"
            page = await self.store.kept_of_person(
                erasure.person_id, erasure.asked_at, self._reached.get(key), _AT_ONCE
            )
            looked = await self._forget(key, page, erasure)
        await self.store.forget_deeds(erasure)
        if (await self.store.left_of(erasure)).nothing and await self.store.end_erasure(erasure, self.clock.now()):
            log.info("person_forgotten")
        return looked

    async def _forget_old(self, now: int) -> int:
        """Forget jobs that are older than the operator, or their server, wishes them to be kept."""
        most = self.retention_days
        looked = 0
        for guild_id, stored in (await self.store.retentions()).items():
            days = _days(stored)
            if days is None or (most is not None and days >= most):
                continue
            key = f"server:{guild_id}"
            page = await self.store.kept_of_server(guild_id, now - days * DAY, self._reached.get(key), _AT_ONCE)
            looked += await self._forget(key, page)
        if most is not None:
            page = await self.store.kept_before(now - most * DAY, self._reached.get("old"), _AT_ONCE)
            looked += await self._forget("old", page)
        return looked

    async def _forget_left_servers(self, now: int) -> int:
        kept = LEFT_SERVER_KEPT if self.retention_days is None else min(LEFT_SERVER_KEPT, self.retention_days * DAY)
        before, looked = now - kept, 0
        for guild_id in await self.store.servers_left(before, _SERVERS_AT_ONCE):
            if not await self.store.forget_house(guild_id, before, now):
                continue  # the bot has come back meanwhile
            await self._drop_drafts(await self.store.drafts_of_server(guild_id))
            key = f"left:{guild_id}"
            looked += await self._forget(
                key, await self.store.kept_of_server(guild_id, now, self._reached.get(key), _AT_ONCE)
            )
            if await self.store.forget_server(guild_id, before):
                log.info("server_forgotten", server=guild_id)
        return looked

    async def _forget(self, key: str, page: Sequence[KeptJob], erasure: Erasure | None = None) -> int:
        """Forget a page of a list; the next begins after it, so that what cannot be forgotten yet holds up none."""
        for kept in page:
            try:
                await self._forget_job(kept.id, erasure)
            except TryLater as error:
                log.info("forgetting_put_off", job=kept.id, reason=str(error))
            except StoreUnavailable:
                raise
            except Exception:
                # A defect met by one job, or a disk that refuses: it is logged, and the others go on.
                log.exception("job not forgotten", job=kept.id)
        if len(page) == _AT_ONCE:
            self._reached[key] = page[-1]
            return len(page)
        self._reached.pop(key, None)
        return 0

    async def _forget_job(self, job_id: str, erasure: Erasure | None) -> None:
        now = self.clock.now()
        job = await self.store.hide_job(job_id, now, given_up_before=now - GIVEN_UP_KEPT)
        if job is None:
            return
        wiped = None
        if erasure is not None:
            gone = [await self.messages.delete(message) for message in job.messages] if erasure.messages else []
            wiped = Wiped(erasure.person_id, gone.count(True), gone.count(False))
        await self.files.delete_all(job.files)
        if await self.store.forget_job(job, self.clock.now(), wiped):
            log.info("job_forgotten", job=job.id)

    async def _drop_drafts(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            await self.files.delete_all([(file.asset_id, file.extension) for file in draft.files])
            await self.store.drop_draft(draft.id)

    async def _sweep(self, now: int) -> None:
        await self.store.drop_old_counters(now - COUNTERS_KEPT)
        await self.store.forget_erasures(now - OUTCOME_KEPT)
        orphans = await self._orphans(now)
        if orphans:
            await self.files.delete_all(orphans)
            log.warning("orphans_deleted", files=len(orphans))

    async def _orphans(self, now: int) -> list[tuple[str, str]]:
        """Return files that no row names; those from before the first job may be another database's, and stay."""
        first = await self.store.first_job_at()
        if first is None:
            return []
        # In this order: a file that is written after the list is not in it.
        files = await self.files.stored_between(first, now - ORPHANS_LIVE)
        if not files:
            return []
        named = set(await self.store.held_files())
        after = ""
        while ids := await self.store.asset_ids(after, _IDS_AT_ONCE):
            named.update(ids)
            after = ids[-1]
        return [file for file in files if file[0] not in named]


def _days(stored: str) -> int | None:
    """Return a server's wish; None for what is not understood."""
    try:
        return settings.RETENTION_DAYS.read(stored)
    except ValueError:
        return None
