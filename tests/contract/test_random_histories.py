"""Whatever happens in whatever order, the counters say what the rows say and a job is paid and refunded once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.jobs.limits import IN_FLIGHT_COUNTER
from bot.jobs.model import Job
from bot.jobs.ports import Accepted, Duplicate, OverCeiling, TaskIdTaken
from bot.jobs.states import BIND, ENDED, IN_FLIGHT, JOB_TRANSITIONS, REFUNDED, SUBMIT, JobState
from storage.store import Store
from tests.contract.samples import NOW, PERSON, PRICE, Probe, holds_for, move, new_job

CEILING = 2
Step = tuple[str, int, int]

steps = st.lists(
    st.tuples(
        st.sampled_from(["submit", "repeat", "apply", "apply", "apply", "apply", "nudge", "cancel", "claim"]),
        st.integers(0, 3),
        st.integers(0, 99),
    ),
    min_size=5,
    max_size=40,
)


@dataclass
class Believed:
    """What a job must be, by the state machine alone."""

    state: JobState = JobState.QUEUED
    refunded: bool = False
    settled: int | None = None
    task: str | None = None


@dataclass
class Run:
    """One history over a few jobs."""

    store: Store
    flying_before: int
    jobs: list[Job] = field(default_factory=list)
    believed: dict[str, Believed] = field(default_factory=dict)

    async def submit(self, _which: int, number: int) -> None:
        new = new_job(requester_id=1 + number % 3)
        answer = await self.store.submit(new, holds_for(new, month_ceiling=None))
        assert isinstance(answer, Accepted)
        self.jobs.append(answer.job)
        self.believed[new.id] = Believed()

    async def repeat(self, which: int, _number: int) -> None:
        new = new_job(request_key=self.pick(which).request_key)
        answer = await self.store.submit(new, holds_for(new))
        assert isinstance(answer, Duplicate)

    async def apply(self, which: int, number: int) -> None:
        job, transition = self.pick(which), JOB_TRANSITIONS[number % len(JOB_TRANSITIONS)]
        believed = self.believed[job.id]
        task = f"task-{self.jobs[0].id}-{number % 2}" if transition is BIND and believed.task is None else None
        settle = number * 10_000 if number % 3 == 0 else None
        ceiling = self.flying_before + CEILING if transition is SUBMIT else None
        change = move(job, transition, task_id=task, settle_microusd=settle, in_flight_ceiling=ceiling)
        allowed = believed.state in transition.sources and not (transition is SUBMIT and self.flying() >= CEILING)
        taken = task is not None and any(each.task == task for each in self.believed.values())
        if allowed and taken:
            with pytest.raises(TaskIdTaken):
                await self.store.apply(change)
            return
        moved = await self.store.apply(change)
        assert (moved is not None) == allowed
        if moved is None:
            return
        believed.state = transition.target
        believed.task = believed.task or task
        believed.refunded = believed.refunded or transition.target in REFUNDED
        believed.settled = settle if believed.settled is None else believed.settled
        assert (moved.task_id, moved.quota_held) == (believed.task, not believed.refunded)

    async def nudge(self, which: int, number: int) -> None:
        assert await self.store.nudge(self.pick(which).hook_token, f"hint-{number}", NOW + number)

    async def cancel(self, which: int, number: int) -> None:
        job = self.pick(which)
        state = self.believed[job.id].state
        asked = await self.store.request_cancel(job.id, PERSON, NOW + number)
        assert (asked is None) == (state is JobState.QUEUED or state in ENDED)

    async def claim(self, which: int, number: int) -> None:
        await self.store.claim([JobState.QUEUED, JobState.RUNNING], NOW + 5_000, f"lease-{number}", NOW + 5_001, which)

    def pick(self, which: int) -> Job:
        return self.jobs[which % len(self.jobs)]

    def flying(self) -> int:
        return sum(each.state in IN_FLIGHT for each in self.believed.values())

    async def check(self, probe: Probe) -> None:
        assert await probe.contradictions() == []
        assert await self.store.used(IN_FLIGHT_COUNTER) == self.flying_before + self.flying()
        for job_id, believed in self.believed.items():
            job = await self.store.job(job_id)
            assert job is not None
            assert job.state is believed.state
            ((consumed,),) = await probe.rows(
                f"SELECT consumed_microusd FROM charges WHERE job_id = '{job_id}'"  # noqa: S608 - an id of our own
            )
            assert consumed == believed.settled


@given(history=steps)
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_counters_say_what_the_rows_say(store: Store, probe: Probe, history: Sequence[Step]):
    run = Run(store, await store.used(IN_FLIGHT_COUNTER))
    await run.submit(0, 0)
    for name, which, number in history:
        step: Callable[[int, int], Awaitable[None]] = getattr(run, name)
        await step(which, number)
    await run.check(probe)


@given(prices=st.lists(st.integers(0, 3 * PRICE), min_size=1, max_size=12), ceiling=st.integers(0, 10 * PRICE))
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_budget_is_spent_as_far_as_it_goes_and_no_further(
    store: Store, probe: Probe, prices: Sequence[int], ceiling: int
):
    counter_before = 0
    for price in prices:
        new = new_job(reserved_microusd=price)
        (month, day) = holds_for(new)
        used = await store.used(month.counter)
        counter_before = counter_before or used
        budget = counter_before + ceiling
        answer = await store.submit(new, holds_for(new, month_ceiling=budget, day_ceiling=None))
        if used + price <= budget:
            assert isinstance(answer, Accepted)
        else:
            assert answer == OverCeiling(holds_for(new, month_ceiling=budget)[0], used)
        assert day.ceiling is not None
    assert await probe.contradictions() == []
