"""A webhook or a person may speak of a job at any time."""

from __future__ import annotations

import asyncio

import pytest

from bot.jobs.states import BIND, ENDED, SUBMIT, JobState
from storage.store import Store
from tests.contract.samples import NOW, PERSON, Probe, job_in, move, submitted

SOON = NOW + 60_000
LATER = NOW + 1_500


async def test_a_token_that_nobody_has_is_unknown(store: Store):
    await submitted(store)
    assert await store.nudge("0" * 32, "task-1", NOW) is None


@pytest.mark.parametrize("state", [state for state in JobState if state not in ENDED | {JobState.SUBMITTING}])
async def test_a_webhook_makes_an_open_job_due_now(store: Store, state: JobState):
    job = await job_in(store, state)
    assert await store.nudge(job.hook_token, "task-9", LATER) == job.id
    after = await store.job(job.id)
    assert after is not None
    assert after.due_at == (LATER if job.due_at is None or job.due_at > LATER else job.due_at)
    assert after.candidate_task_id == ("task-9" if job.task_id is None else None)
    assert (after.state, after.revision, after.task_id) == (state, job.revision, job.task_id)


async def test_a_webhook_puts_off_nothing_that_is_due_already(store: Store):
    job = await submitted(store, due_at=NOW)
    await store.nudge(job.hook_token, None, NOW + 500)
    after = await store.job(job.id)
    assert after is not None
    assert after.due_at == NOW


async def test_a_webhook_during_the_post_only_leaves_its_candidate(store: Store):
    job = await submitted(store)
    posting = await store.apply(move(job, SUBMIT, due_at=None))
    assert await store.nudge(job.hook_token, "task-9", LATER) == job.id
    after = await store.job(job.id)
    assert posting is not None
    assert after is not None
    assert (after.due_at, after.candidate_task_id, after.state) == (None, "task-9", JobState.SUBMITTING)


@pytest.mark.parametrize("state", sorted(ENDED))
async def test_an_ended_job_is_left_alone(store: Store, state: JobState):
    job = await job_in(store, state)
    assert await store.nudge(job.hook_token, "task-9", NOW) == job.id
    assert await store.job(job.id) == job


async def test_a_webhook_without_a_task_keeps_the_candidate_there_was(store: Store):
    job = await job_in(store, JobState.SUBMIT_UNKNOWN)
    await store.nudge(job.hook_token, "task-1", NOW)
    await store.nudge(job.hook_token, None, NOW)
    after = await store.job(job.id)
    assert after is not None
    assert after.candidate_task_id == "task-1"
    await store.nudge(job.hook_token, "task-2", NOW)
    after = await store.job(job.id)
    assert after is not None
    assert after.candidate_task_id == "task-2"


async def test_a_webhook_while_a_worker_looks_is_not_forgotten(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.claim([JobState.RUNNING], NOW + 2_000, "lease-1", SOON, 1)
    await store.nudge(job.hook_token, None, NOW + 2_100)
    await store.release(job.id, "lease-1", NOW + 30_000)
    after = await store.job(job.id)
    assert after is not None
    assert after.due_at == NOW + 2_100


async def test_a_webhook_before_a_worker_looked_is_answered_by_the_look(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.nudge(job.hook_token, None, NOW + 100)
    await store.claim([JobState.RUNNING], NOW + 2_000, "lease-1", SOON, 1)
    await store.release(job.id, "lease-1", NOW + 30_000)
    after = await store.job(job.id)
    assert after is not None
    assert after.due_at == NOW + 30_000


async def test_a_webhook_puts_off_no_earlier_look(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.claim([JobState.RUNNING], NOW + 2_000, "lease-1", SOON, 1)
    await store.nudge(job.hook_token, None, NOW + 2_100)
    await store.release(job.id, "lease-1", NOW + 2_050)
    after = await store.job(job.id)
    assert after is not None
    assert after.due_at == NOW + 2_050


async def test_a_webhook_while_the_last_look_gives_up_asks_for_one_more(store: Store):
    job = await job_in(store, JobState.SUBMIT_UNKNOWN)
    await store.claim([JobState.SUBMIT_UNKNOWN], NOW + 2_000, "lease-1", SOON, 1)
    await store.nudge(job.hook_token, "task-1", NOW + 2_100)
    await store.release(job.id, "lease-1", None)
    after = await store.job(job.id)
    assert after is not None
    assert after.due_at == NOW + 2_100


async def test_a_transition_answers_the_webhooks_before_it(store: Store):
    job = await job_in(store, JobState.SUBMITTING)
    await store.request_cancel(job.id, PERSON, NOW + 1)
    await store.apply(move(job, BIND, due_at=NOW + 5_000))
    await store.claim([JobState.RUNNING], NOW + 5_000, "lease-1", SOON, 1)
    await store.release(job.id, "lease-1", NOW + 50_000)
    after = await store.job(job.id)
    assert after is not None
    assert after.due_at == NOW + 50_000


async def test_a_burst_of_webhooks_is_answered_one_by_one(store: Store):
    jobs = [await job_in(store, JobState.RUNNING) for _ in range(10)]
    tokens = [token for job in jobs for token in (job.hook_token, "f" * 32)]
    answers = await asyncio.gather(*(store.nudge(token, None, NOW + 1) for token in tokens))
    assert answers == [name for job in jobs for name in (job.id, None)]


async def test_a_burst_of_webhooks_leaves_the_database_to_others(store: Store):
    job = await job_in(store, JobState.RUNNING)
    nudges = [asyncio.create_task(store.nudge(job.hook_token, None, NOW + 1)) for _ in range(300)]
    await asyncio.sleep(0)
    try:
        for _ in range(3):
            assert await store.job(job.id) is not None
        kept_meanwhile = sum(nudge.done() for nudge in nudges)
    finally:
        answers = await asyncio.gather(*nudges)
    assert set(answers) == {job.id}
    # SQLite has one writer and keeps them all in one commit; a server's connections are what they could use up.
    assert kept_meanwhile < len(nudges) // 2 or store.engine_version.startswith("SQLite")


# --- wishes to cancel -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", JobState)
async def test_a_wish_to_cancel_is_kept_by_jobs_that_left_the_queue_and_have_not_ended(store: Store, state: JobState):
    job = await job_in(store, state)
    asked = await store.request_cancel(job.id, PERSON, NOW + 1_700)
    after = await store.job(job.id)
    if state is JobState.QUEUED or state in ENDED:
        assert asked is None
        assert after == job
    else:
        assert asked == after
        assert asked is not None
        assert (asked.cancel_requested_at, asked.due_at) == (NOW + 1_700, NOW + 1_700)
        assert (asked.revision, asked.state) == (job.revision + 1, state)


async def test_a_second_wish_changes_nothing_that_is_shown(store: Store):
    job = await job_in(store, JobState.RUNNING)
    first = await store.request_cancel(job.id, PERSON, NOW + 1)
    second = await store.request_cancel(job.id, PERSON, NOW + 2)
    assert first is not None
    assert second is not None
    assert (second.cancel_requested_at, second.revision) == (NOW + 1, first.revision)


async def test_a_wish_while_a_worker_looks_is_not_forgotten(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.claim([JobState.RUNNING], NOW + 2_000, "lease-1", SOON, 1)
    await store.request_cancel(job.id, PERSON, NOW + 2_100)
    await store.release(job.id, "lease-1", NOW + 30_000)
    after = await store.job(job.id)
    assert after is not None
    assert after.due_at == NOW + 2_100


async def test_the_provider_was_asked_to_cancel_first_at(store: Store, probe: Probe):
    job = await job_in(store, JobState.RUNNING)
    other = await job_in(store, JobState.RUNNING)
    await store.mark_cancel_sent(job.id, NOW + 3)
    await store.mark_cancel_sent(job.id, NOW + 4)
    after = await store.job(job.id)
    assert after is not None
    assert (after.cancel_sent_at, after.revision) == (NOW + 3, job.revision)
    assert await store.job(other.id) == other
    assert await probe.contradictions() == []


async def test_webhooks_that_arrive_together_are_each_answered_for_themselves(store: Store):
    jobs = [await job_in(store, JobState.RUNNING) for _ in range(3)]
    over = await job_in(store, JobState.SUCCEEDED)
    tokens = [jobs[0].hook_token, "0" * 32, over.hook_token, jobs[1].hook_token, jobs[0].hook_token, jobs[2].hook_token]

    told = await asyncio.gather(*(store.nudge(token, None, LATER) for token in tokens))

    assert told == [jobs[0].id, None, over.id, jobs[1].id, jobs[0].id, jobs[2].id]
    assert {(await store.job(job.id)).due_at for job in jobs} == {LATER}  # type: ignore[union-attr]
