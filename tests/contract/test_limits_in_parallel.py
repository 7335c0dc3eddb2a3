"""However many commands come at once and however they end, no limit is passed and the ledger adds up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.jobs.limits import Hold, Scope, counter_of
from bot.jobs.model import NewJob
from bot.jobs.ports import Accepted, OverCeiling
from bot.jobs.states import CANCEL_QUEUED, ENDED, JOB_TRANSITIONS
from storage.store import Store
from tests.contract.samples import GUILD, NOW, PERSON, PRICE, Probe, move, new_job

COMMANDS = 100
ROOM = 7


def holds(new: NewJob, **ceilings: int) -> list[Hold]:
    return [
        Hold(
            scope,
            counter_of(scope, guild_id=GUILD, person_id=new.requester_id, at=NOW),
            new.reserved_microusd if scope.in_dollars else 1,
            ceilings.get(scope.value),
        )
        for scope in Scope
    ]


@pytest.mark.parametrize("scope", list(Scope), ids=[scope.value for scope in Scope])
async def test_a_hundred_commands_at_once_never_pass_a_limit(store: Store, probe: Probe, scope: Scope):
    ceiling = ROOM * (PRICE if scope.in_dollars else 1)
    jobs = [new_job() for _ in range(COMMANDS)]

    answers = await asyncio.gather(*(store.submit(new, holds(new, **{scope.value: ceiling})) for new in jobs))

    taken = [answer.job for answer in answers if isinstance(answer, Accepted)]
    full = [answer for answer in answers if isinstance(answer, OverCeiling)]
    assert (len(taken), len(full)) == (ROOM, COMMANDS - ROOM)
    assert {answer.hold.scope for answer in full} == {scope}
    counter = counter_of(scope, guild_id=GUILD, person_id=PERSON, at=NOW)
    assert await store.used(counter) == ceiling
    assert await probe.contradictions() == []

    for job in taken:
        await store.apply(move(job, CANCEL_QUEUED, settle_microusd=0, consumed_microusd=0))
    assert await store.used(counter) == 0
    assert await probe.contradictions() == []


orders = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 3 * PRICE), st.lists(st.integers(0, 99), max_size=6)),
    min_size=1,
    max_size=12,
)


@given(orders=orders)
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_ledger_adds_up_after_any_histories(
    store: Store, probe: Probe, orders: Sequence[tuple[int, int, Sequence[int]]]
):
    for person, price, steps in orders:
        new = new_job(requester_id=PERSON + person, reserved_microusd=price)
        ceilings = {Scope.SERVER_MONTH_USD.value: 20 * PRICE, Scope.PERSON_RUNNING.value: 2}
        answer = await store.submit(new, holds(new, **ceilings))
        if not isinstance(answer, Accepted):
            continue
        for number in steps:
            transition = JOB_TRANSITIONS[number % len(JOB_TRANSITIONS)]
            settle = number * 10_000 if transition.target in ENDED else None
            await store.apply(move(answer.job, transition, settle_microusd=settle, consumed_microusd=settle))

    assert await probe.contradictions() == []
    differences = await probe.rows(
        """
        SELECT charges.job_id FROM charges JOIN jobs ON jobs.id = charges.job_id
        WHERE charges.settled_at IS NOT NULL AND charges.consumed_microusd <> jobs.consumed_microusd
        """
    )
    assert differences == []
    lines = await store.ledger(0, NOW + 1)
    (spent,) = await probe.rows("SELECT COALESCE(SUM(used), 0) FROM counters WHERE name LIKE 'process:usd:%'")
    assert sum(line.consumed_microusd + line.open_microusd for line in lines) == int(spent[0])
