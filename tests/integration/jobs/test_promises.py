"""Paid once, delivered once: any order of commands, faults, webhooks, kills and restarts keeps both promises."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clock import HOUR, MINUTE, SECOND
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.limits import IN_FLIGHT_COUNTER, month_counter, person_day_counter
from bot.jobs.ports import Declined, DefinitelyNotPosted, MaybePosted, NotSent, TargetRefused, Unknowable
from bot.jobs.states import ENDED, IN_FLIGHT, WITH_TASK, JobState
from storage.store import open_store
from tests.integration.jobs.world import GUILD, PERSON, Died, ManualClock, World

CREATES = ["lost", "nothing", "not_sent", "busy", "moderated", "died_after", "died_before", "refused_but_made"]
SENDS = ["lost_after", "lost_before", "later", "refused", "died_after", "died_before"]

action = st.one_of(
    st.tuples(st.just("order"), st.integers(0, 5), st.sampled_from(["a red kite", "a blue boat"])),
    st.tuples(st.just("step"), st.integers(0, 6)),
    st.tuples(st.just("step"), st.integers(0, 6)),
    st.tuples(st.just("advance"), st.sampled_from([SECOND, 30 * SECOND, 5 * MINUTE, 40 * MINUTE, 2 * HOUR])),
    st.tuples(st.just("create"), st.sampled_from(CREATES)),
    st.tuples(st.just("send"), st.sampled_from(SENDS)),
    st.tuples(st.just("finish"), st.integers(0, 5)),
    st.tuples(st.just("fail"), st.integers(0, 5)),
    st.tuples(st.just("webhook"), st.integers(0, 5), st.integers(0, 5)),
    st.tuples(st.just("cancel"), st.integers(0, 5)),
    st.tuples(st.just("restart")),
    st.tuples(st.just("echo"), st.booleans()),
)


class Play:
    """Acts on a world and checks, from outside, what must never break."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.jobs: list[str] = []

    async def act(self, name: str, *values) -> None:
        with contextlib.suppress(Died):
            await getattr(self, f"_{name}")(*values)
        await self.check()

    async def _order(self, key: int, prompt: str) -> None:
        submitted = await self.world.order(key=f"i:{key}", prompt=prompt)
        if submitted.job.id not in self.jobs:
            self.jobs.append(submitted.job.id)

    async def _step(self, which: int) -> None:
        try:
            await self.world.steps[which].run_once()
        except Died:
            await self._restart()

    async def _restart(self) -> None:
        self.world.start_process()
        await self.world.sweeper.recover(sole_owner=True)

    async def _advance(self, milliseconds: int) -> None:
        self.world.clock.advance(milliseconds)

    async def _create(self, fault: str) -> None:
        world = self.world

        def answer(task):
            if fault in {"lost", "died_after", "refused_but_made"}:
                world.provider.make_task(task)
            if fault.startswith("died"):
                raise Died
            if fault in {"lost", "nothing"}:
                return Unknowable("timeout")
            if fault == "not_sent":
                return NotSent("refused")
            return Declined(Failure(FailureReason.MODERATED if fault == "moderated" else FailureReason.BUSY))

        world.provider.answers.append(answer)

    async def _send(self, fault: str) -> None:
        faults = {
            "lost_after": MaybePosted("reset"),
            "lost_before": MaybePosted("reset"),
            "later": DefinitelyNotPosted("busy"),
            "refused": TargetRefused("forbidden"),
            "died_after": Died(),
            "died_before": Died(),
        }
        if not self.world.channel.faults:
            self.world.channel.posts_before_fault = fault.endswith("after")
            self.world.channel.faults.append(faults[fault])

    def _task(self, which: int) -> str | None:
        tasks = list(self.world.provider.tasks)
        return tasks[which % len(tasks)] if tasks else None

    async def _finish(self, which: int) -> None:
        task = self._task(which)
        if task is not None and self.world.provider.tasks[task].failure is None:
            self.world.provider.finish(task)

    async def _fail(self, which: int) -> None:
        task = self._task(which)
        if task is not None and self.world.provider.tasks[task].output_url is None:
            self.world.provider.fail(task, FailureReason.MODERATED)

    async def _webhook(self, which: int, named: int) -> None:
        if self.jobs:
            job = await self.world.store.job(self.jobs[which % len(self.jobs)])
            await self.world.service.nudge(job.hook_token, self._task(named))

    async def _cancel(self, which: int) -> None:
        if self.jobs:
            await self.world.service.cancel(self.jobs[which % len(self.jobs)], PERSON, moderator=False)

    async def _echo(self, echoes: bool) -> None:
        self.world.provider.echoes_endpoint = echoes

    async def check(self) -> None:
        world = self.world
        jobs = [await world.store.job(one) for one in self.jobs]
        for job in jobs:
            assert len(world.provider.made_for(job)) <= 1, "paid twice"
            assert (job.task_id is not None) or job.state not in WITH_TASK
            assert (job.finished_at is not None) == (job.state in ENDED)
        bound = [job.task_id for job in jobs if job.task_id is not None]
        assert len(bound) == len(set(bound)), "one task for two jobs"
        posted = [one.delivery_id for one in world.channel.posted]
        assert len(posted) == len(set(posted)), "delivered twice"
        assert await world.store.used(IN_FLIGHT_COUNTER) == sum(job.state in IN_FLIGHT for job in jobs)
        day = person_day_counter(GUILD, PERSON, world.clock.now())
        held = [job for job in jobs if job.quota_held and person_day_counter(GUILD, PERSON, job.created_at) == day]
        assert await world.store.used(day) == len(held)

    async def heal(self) -> None:
        """Let everything work again for long enough, and see that nobody who paid is left without an ending."""
        world = self.world
        world.provider.answers.clear()
        world.channel.faults.clear()
        await self._restart()
        for task in world.provider.tasks.values():
            if task.failure is None:
                world.provider.finish(task.id)
        await world.live(3 * HOUR, tick=2 * MINUTE)
        for task in world.provider.tasks.values():
            if task.failure is None:
                world.provider.finish(task.id)
        await world.live(HOUR, tick=2 * MINUTE)
        await self.check()
        bound = {(await world.store.job(one)).task_id for one in self.jobs}
        assert set(world.provider.tasks) <= bound, "paid and lost"
        for one in self.jobs:
            job = await world.store.job(one)
            assert job.state in ENDED | {JobState.ABANDONED}
            deliveries = await world.store.deliveries(one)
            results = [row for row in deliveries if row.purpose == "result"]
            assert len(results) == (1 if job.state is JobState.SUCCEEDED else 0)
            assert all(row.message is not None for row in results)
        spent = sum(
            job.reserved_microusd if job.consumed_microusd is None else job.consumed_microusd
            for job in [await world.store.job(one) for one in self.jobs]
        )
        assert await world.store.used(month_counter(world.clock.now())) == spent


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(action, min_size=5, max_size=50))
def test_both_promises_survive_any_order_of_events(migrated: Path, actions):
    async def play() -> None:
        with tempfile.TemporaryDirectory() as directory:
            shutil.copy(migrated, Path(directory) / "egret.db")
            clock = ManualClock()
            async with open_store("sqlite:///egret.db", Path(directory), clock) as store:
                act = Play(World(store, clock))
                for name, *values in actions:
                    await act.act(name, *values)
                await act.heal()

    asyncio.run(play())
