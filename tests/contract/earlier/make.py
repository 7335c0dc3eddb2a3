"""Makes a database of an earlier version by that version's own code: `python make.py REVISION` in a checkout of it.

Run with this file's folder as it is now and the checkout's root as the working directory; writes `REVISION.sqlite.sql`
and `REVISION.postgres.sql` beside this file. The core's own steps make the rows, between a provider and a channel that
tests choose the faults of: a job in every state, each with what belongs to it. PostgreSQL's is dumped by `pg_dump`.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path.cwd()))

from bot.clock import HOUR, MINUTE
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.ports import Declined, DefinitelyNotPosted, HistoryUnreadable, MaybePosted, NotSent, Unknowable
from storage.store import open_store
from tests.contract.postgres_server import _programs, postgres_server
from tests.integration.jobs.world import GUILD, PERSON, Died, ManualClock, World

HERE = Path(__file__).parent


@dataclass
class Author:
    """Writes a history into a store; each line of it ends with a job in some state."""

    world: Any

    @property
    def provider(self) -> Any:
        return self.world.provider

    async def order(self, prompt: str, **asked: Any) -> Any:
        return await self.world.order(prompt=prompt, **asked)

    async def task(self, order: Any) -> str:
        return (await self.world.job(order)).task_id or ""

    async def running(self, prompt: str, **asked: Any) -> Any:
        order = await self.order(prompt, **asked)
        await self.world.settle()
        return order

    async def finished(self, prompt: str, **asked: Any) -> Any:
        order = await self.running(prompt, **asked)
        self.provider.finish(await self.task(order))
        await self.hear(order)
        return order

    async def hear(self, order: Any) -> None:
        await self.world.service.nudge(order.job.hook_token, await self.task(order) or None)
        await self.world.settle()

    async def write(self) -> None:
        """A day in the life of a bot, which is killed in the middle of everything."""
        world = self.world
        world.max_in_flight = 50
        world.start_process()
        for prompt in ("a lighthouse in the storm", "the same, 'quoted' and with ümläuts ✨"):
            await self.finished(prompt)
        await self.finished("with a picture", image=True)
        await self._ended_badly()
        await self._lost()
        await self._what_only_later_versions_have()
        await self._deliveries()
        await self._under_way()

    async def _ended_badly(self) -> None:
        moderated = await self.running("turned away by the provider")
        self.provider.fail(await self.task(moderated), FailureReason.MODERATED, consumed=0)
        await self.hear(moderated)
        charged = await self.running("failed, and charged for all the same")
        self.provider.fail(await self.task(charged), FailureReason.PROVIDER_ERROR, consumed=130_000)
        await self.hear(charged)
        self.provider.answers.append(lambda _: Declined(Failure(FailureReason.INPUT_REJECTED)))
        await self.running("refused at the door")
        cancelled = await self.order("cancelled in line")
        await self.world.service.cancel(cancelled.job.id, PERSON, moderator=False)
        by_another = await self.running("cancelled by a moderator on its way")
        await self.world.service.cancel(by_another.job.id, PERSON + 1, moderator=True)
        await self.world.settle()
        self.provider.fail(await self.task(by_another), FailureReason.OTHER)
        await self.hear(by_another)

    async def _lost(self) -> None:
        self.provider.answers.append(lambda _: Unknowable("timeout"))
        await self.running("given up on")
        await self.world.live(40 * MINUTE, tick=2 * MINUTE)
        late = await self.running("overdue")
        await self.world.live(35 * MINUTE, tick=5 * MINUTE)
        assert late is not None

    async def _what_only_later_versions_have(self) -> None:
        """Choices, favourites, reports, drafts: what a version knows of by its store's methods."""
        world, store, now = self.world, self.world.store, self.world.clock.now()
        clip = await self.finished("liked, reported and posted once more")
        if hasattr(store, "set_favourite"):
            await store.set_favourite(PERSON, clip.job.id, on=True, now=now)
            await store.report(clip.job.id, PERSON + 2, "not for here", now)
            from bot.jobs.model import Destination
            from bot.jobs.preferences import Preferences

            await world.service.set_preferences(PERSON, Preferences(destination=Destination.THREAD))
            await world.clip_service.repost(world.origin("repost:1"), clip.job.id)
            gone = await self.finished("deleted by its person")
            await world.clip_service.remove(gone.job.id, PERSON, moderator=False)
            await self._draft(store, now)
        if hasattr(store, "server_joined"):
            await self._house(store, now)
        await world.settle()

    async def _house(self, store: Any, now: int) -> None:
        """A server with rules of its own, and what its moderators and the owner did there."""
        from bot.community.alerts import Alert, AlertKind
        from bot.community.ports import AuditLine
        from bot.community.record import Block, Level, RuleKey
        from bot.community.spending import NewGrant
        from bot.jobs.house import ConsentKind
        from bot.jobs.limits import Scope, counter_of

        line = AuditLine(guild_id=GUILD, at=now, actor_id=PERSON + 1, action="block", subject=str(PERSON + 2))
        await store.server_joined(GUILD, now)
        rule = RuleKey(Level.SERVER, GUILD, "clips_per_day")
        await store.change_rules(GUILD, {rule: "20"}, [line], by=PERSON, at=now)
        await store.add_words(GUILD, ["rude"], [line], by=PERSON, at=now)
        block = Block(person_id=PERSON + 2, until=None, reason="rude", blocked_by=PERSON + 1, created_at=now)
        await store.block(GUILD, block, [line])
        await store.give_consent(PERSON, ConsentKind.PICTURE, now)
        day = counter_of(Scope.PERSON_DAY_JOBS, guild_id=GUILD, person_id=PERSON, at=now)
        grant = NewGrant(guild_id=GUILD, person_id=PERSON, counter=day, clips=5, granted_by=PERSON + 1, at=now)
        await store.grant(grant, [line])
        await store.raise_alert(Alert(key="paused:no_credit", kind=AlertKind.REPORTED, subject="", detail={}), now)
        await store.ask_erasure(PERSON + 3, now, messages=False)
        await store.pause_for_owner("a moment", [line], now)
        await store.resume_for_owner([line], now)

    async def _draft(self, store: Any, now: int) -> None:
        from bot.jobs.ports import Draft, DraftKind

        draft = Draft(id="draft1", kind=DraftKind.OFFER, person_id=PERSON, guild_id=GUILD, payload='{"v": 1}',
                      files=(), created_at=now, expires_at=now + HOUR)  # fmt: skip
        await store.put_draft(draft)

    async def _deliveries(self) -> None:
        channel = self.world.channel
        channel.posts_before_fault = True
        channel.faults.append(Died())
        await self._until_death(lambda: self.finished("posted, and killed before that was written down"))
        channel.posts_before_fault = False
        channel.faults.append(MaybePosted("reset"))
        await self.finished("perhaps posted")
        channel.find_fault = HistoryUnreadable("forbidden")
        await self.world.live(2 * MINUTE)
        channel.find_fault = None
        channel.faults.append(DefinitelyNotPosted("busy", 20 * MINUTE))
        await self.finished("to be posted later")

    async def _under_way(self) -> None:
        world = self.world
        await self.running("being made")
        wanted = await self.running("being made, and no longer wanted")
        await world.service.cancel(wanted.job.id, PERSON, moderator=False)
        archiving = await self.running("made, and not in the archive")
        self.provider.finish(await self.task(archiving))
        await world.service.nudge(archiving.job.hook_token, await self.task(archiving))
        await world.poller.run_once()
        self.provider.answers.append(self._made_and_lost)
        lost = await self.order("bought, and its answer lost")
        await world.submitter.run_once()
        assert lost is not None
        self.provider.answers.append(lambda _: NotSent("refused"))
        await self.order("tried once, to be tried again")
        await world.submitter.run_once()
        self.provider.answers.append(self._made_and_killed)
        await self.order("bought, and killed before that was written down")
        await self._until_death(world.submitter.run_once)
        await self.order("waiting in line")
        await self.order("waiting for its picture", image=True)
        if hasattr(world.store, "set"):
            await world.store.set("a secret of this database", "kept")

    def _made_and_lost(self, task: Any) -> Any:
        self.provider.make_task(task)
        return Unknowable("timeout")

    def _made_and_killed(self, task: Any) -> Any:
        self.provider.make_task(task)
        raise Died

    async def _until_death(self, work: Callable[[], Awaitable[Any]]) -> None:
        try:
            await work()
        except Died:
            self.world.start_process()


async def write(url: str, folder: Path) -> None:
    """Fill a database."""
    clock = ManualClock()
    async with open_store(url, folder, clock) as store:
        await Author(World(store, clock)).write()


def migrate(url: str, folder: Path) -> None:
    environment = {**os.environ, "DATABASE_URL": url, "DATA_DIR": str(folder), "PYTHONPATH": str(Path.cwd())}
    subprocess.run([sys.executable, "-m", "storage.migrate", "upgrade"], env=environment, check=True)


def dump_sqlite(file: Path) -> str:
    connection = sqlite3.connect(file)
    try:
        return "\n".join(connection.iterdump()) + "\n"
    finally:
        connection.close()


def dump_postgres(url: str) -> str:
    told = subprocess.run(  # noqa: S603 - the wheel's own program
        [str(_programs() / "pg_dump"), "--inserts", "--no-owner", "--no-privileges", "--no-comments", url],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    lines = [line for line in told.stdout.splitlines() if line and not line.startswith(("--", "\\"))]
    return "\n".join(line for line in lines if "transaction_timeout" not in line) + "\n"


def main(revision: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        migrate("sqlite:///egret.db", folder)
        asyncio.run(write("sqlite:///egret.db", folder))
        (HERE / f"{revision}.sqlite.sql").write_text(dump_sqlite(folder / "egret.db"))
        with postgres_server() as address:
            url = address.format(name="postgres")
            migrate(url, folder)
            asyncio.run(write(url, folder))
            (HERE / f"{revision}.postgres.sql").write_text(dump_postgres(url))


if __name__ == "__main__":
    main(sys.argv[1])
