"""What is left to do, as whoever watches is told."""

from __future__ import annotations

import pytest

from bot.jobs.model import JobKind
from bot.jobs.ports import Change, Unobserved
from bot.jobs.states import SUCCEED, DeliveryState, JobState
from storage.store import Store
from tests.contract.samples import NOW, delivery_in, job_in


async def test_open_jobs_are_counted_by_state_and_kind_and_ended_ones_are_not(store: Store):
    first = await job_in(store, JobState.QUEUED)
    for state in (JobState.QUEUED, JobState.RUNNING, JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED):
        await job_in(store, state)

    assert await store.open_jobs() == [
        (JobState.QUEUED, JobKind.VIDEO, 2, first.created_at),
        (JobState.RUNNING, JobKind.VIDEO, 1, NOW),
    ]


async def test_open_messages_are_those_that_channels_are_owed(store: Store):
    assert await store.open_messages() == []

    job = await job_in(store, JobState.RUNNING)
    ended = Change(
        job_id=job.id, transition=SUCCEED, at=NOW + 5, cause="completed", output_url="https://x", purpose="result"
    )
    await store.apply(ended)

    assert await store.open_messages() == [(DeliveryState.PENDING, 1, NOW + 5)]


@pytest.mark.parametrize("state", [DeliveryState.DELIVERED, DeliveryState.UNDELIVERABLE])
async def test_settled_messages_are_owed_no_more(store: Store, state: DeliveryState):
    await delivery_in(store, state)

    assert await store.open_messages() == []


class Witness(Unobserved):
    def __init__(self) -> None:
        self.seen: list[tuple[JobState, int | None]] = []

    def moved(self, job, charged_microusd):
        self.seen.append((job.state, charged_microusd))


async def test_whoever_observes_is_told_of_what_was_committed_and_of_no_lost_race(store: Store):
    job = await job_in(store, JobState.RUNNING)
    witness = Witness()
    store.observer = witness
    ended = Change(job_id=job.id, transition=SUCCEED, at=NOW + 5, cause="completed", settle_microusd=260_000)

    await store.apply(ended)
    await store.apply(ended)

    assert witness.seen == [(JobState.SUCCEEDED, 260_000)]


LATER = NOW + 60_000
"""When everything that the samples make due has been due for a while."""


async def test_what_waits_in_line_or_is_not_due_yet_is_not_overdue(store: Store):
    await job_in(store, JobState.QUEUED)
    job = await job_in(store, JobState.RUNNING)
    await store.claim([JobState.RUNNING], LATER, "lease", LATER + 1, 9)
    await store.release(job.id, "lease", LATER + 50)

    assert await store.overdue_since(LATER + 49) is None
    assert await store.overdue_since(LATER + 51) == LATER + 50


async def test_what_somebody_has_in_hand_is_not_overdue_until_the_lease_is_over(store: Store):
    await job_in(store, JobState.RUNNING)
    due = await store.overdue_since(LATER)
    assert due is not None

    await store.claim([JobState.RUNNING], LATER, "lease", LATER + 100, 9)

    assert await store.overdue_since(LATER + 99) is None
    assert await store.overdue_since(LATER + 100) == due


async def test_a_message_that_nobody_sends_is_overdue_and_one_that_was_sent_is_not(store: Store):
    assert await store.overdue_since(LATER) is None
    await delivery_in(store, DeliveryState.DELIVERED)
    assert await store.overdue_since(LATER) is None

    await delivery_in(store, DeliveryState.PENDING)

    assert await store.overdue_since(LATER) is not None
