"""What a job takes from its person's and its server's limits, and when each gets it back, on both engines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.jobs.limits import Hold, Scope, counter_of
from bot.jobs.model import Job, NewJob
from bot.jobs.ports import Accepted, OverCeiling
from bot.jobs.states import ABANDON, BIND, CANCEL_QUEUED, DOUBT, FAIL, SUBMIT, SUCCEED
from storage.store import Store
from tests.contract.samples import GUILD, NOW, PERSON, PRICE, Probe, move, new_job

EVERY_SCOPE = tuple(Scope)


def counter(scope: Scope) -> str:
    return counter_of(scope, guild_id=GUILD, person_id=PERSON, at=NOW)


def every_hold(new: NewJob, **ceilings: int) -> list[Hold]:
    """What a job takes from every counter; ceilings by the scope's name."""
    return [
        Hold(scope, counter(scope), new.reserved_microusd if scope.in_dollars else 1, ceilings.get(scope.value))
        for scope in Scope
    ]


async def ordered(store: Store, **ceilings: int) -> Job:
    new = new_job()
    answer = await store.submit(new, every_hold(new, **ceilings))
    assert isinstance(answer, Accepted), answer
    return answer.job


async def taken(store: Store) -> dict[Scope, int]:
    return {scope: await store.used(counter(scope)) for scope in Scope if await store.used(counter(scope))}


async def test_a_job_takes_from_every_limit_at_once(store: Store, probe: Probe):
    await ordered(store)

    assert await taken(store) == {scope: PRICE if scope.in_dollars else 1 for scope in Scope}
    assert await probe.contradictions() == []


async def test_a_clip_keeps_what_it_took_and_leaves_its_place(store: Store, probe: Probe):
    job = await ordered(store)

    await store.apply(move(job, SUBMIT))
    await store.apply(move(job, BIND))
    await store.apply(move(job, SUCCEED, settle_microusd=PRICE // 2, consumed_microusd=PRICE // 2))

    assert await taken(store) == {
        scope: PRICE // 2 if scope.in_dollars else 1 for scope in Scope if scope is not Scope.PERSON_RUNNING
    }
    assert await probe.contradictions() == []


async def test_a_failure_gives_the_person_everything_back_and_charges_budgets_what_it_cost(store: Store, probe: Probe):
    job = await ordered(store)

    await store.apply(move(job, SUBMIT))
    await store.apply(move(job, BIND))
    await store.apply(move(job, FAIL, settle_microusd=10_000, consumed_microusd=10_000))

    assert await taken(store) == {Scope.PROCESS_MONTH_USD: 10_000, Scope.SERVER_MONTH_USD: 10_000}
    assert await probe.contradictions() == []


async def test_a_job_cancelled_in_the_queue_leaves_nothing_behind(store: Store, probe: Probe):
    job = await ordered(store)

    await store.apply(move(job, CANCEL_QUEUED, settle_microusd=0, consumed_microusd=0))

    assert await taken(store) == {}
    assert await probe.contradictions() == []


async def test_what_was_given_up_on_and_turns_up_is_paid_by_the_budgets_alone(store: Store, probe: Probe):
    job = await ordered(store)
    await store.apply(move(job, SUBMIT))
    await store.apply(move(job, DOUBT))
    await store.apply(move(job, ABANDON))
    assert await taken(store) == {Scope.PROCESS_MONTH_USD: PRICE, Scope.SERVER_MONTH_USD: PRICE}

    await store.apply(move(job, BIND))
    await store.apply(move(job, SUCCEED, settle_microusd=2 * PRICE, consumed_microusd=2 * PRICE))

    assert await taken(store) == {Scope.PROCESS_MONTH_USD: 2 * PRICE, Scope.SERVER_MONTH_USD: 2 * PRICE}
    assert await probe.contradictions() == []


@pytest.mark.parametrize("scope", EVERY_SCOPE, ids=[scope.value for scope in EVERY_SCOPE])
async def test_each_full_limit_refuses_and_nothing_is_stored(store: Store, probe: Probe, scope: Scope):
    ceiling = PRICE if scope.in_dollars else 1
    await ordered(store, **{scope.value: ceiling})

    new = new_job()
    answer = await store.submit(new, every_hold(new, **{scope.value: ceiling}))

    assert isinstance(answer, OverCeiling)
    assert (answer.hold.scope, answer.used) == (scope, ceiling)
    assert await probe.value("SELECT COUNT(*) FROM jobs") == 1
    assert await probe.contradictions() == []


async def test_of_several_full_limits_the_person_s_own_is_named(store: Store):
    full = {scope.value: 0 for scope in Scope}
    new = new_job()

    answer = await store.submit(new, every_hold(new, **full))

    assert isinstance(answer, OverCeiling)
    assert answer.hold.scope is Scope.PERSON_RUNNING


async def test_another_server_s_jobs_of_the_same_person_do_not_count(store: Store):
    elsewhere = new_job()
    elsewhere = replace(elsewhere, place=replace(elsewhere.place, guild_id=GUILD + 1))
    there = [
        replace(hold, counter=counter_of(hold.scope, guild_id=GUILD + 1, person_id=PERSON, at=NOW))
        for hold in every_hold(elsewhere)
    ]
    await store.submit(elsewhere, there)

    assert await taken(store) == {Scope.PROCESS_MONTH_USD: PRICE}
