"""Jobs move only as their states allow, with everything that commits together."""

from __future__ import annotations

import asyncio

import pytest

from bot.jobs.failures import Failure, FailureReason
from bot.jobs.limits import IN_FLIGHT_COUNTER, month_counter, person_day_counter
from bot.jobs.model import JobEvent, Purpose
from bot.jobs.ports import TaskIdTaken
from bot.jobs.states import (
    ABANDON,
    BIND,
    CANCEL_QUEUED,
    DOUBT,
    ENDED,
    FAIL,
    IN_FLIGHT,
    JOB_TRANSITIONS,
    PASS_DEADLINE,
    REFUNDED,
    REFUSE,
    REQUEUE,
    SUBMIT,
    SUCCEED,
    DeliveryState,
    JobState,
)
from storage.errors import ConstraintViolated
from storage.store import Store
from tests.contract.samples import CHANNEL, GUILD, NOW, PERSON, PRICE, Probe, job_in, move, submitted


@pytest.mark.parametrize("state", JobState)
async def test_a_job_moves_only_along_its_transitions(store: Store, probe: Probe, state: JobState):
    for transition in JOB_TRANSITIONS:
        job = await job_in(store, state)
        moved = await store.apply(move(job, transition))
        after = await store.job(job.id)
        assert after is not None
        if state in transition.sources:
            assert moved == after
            assert after.state is transition.target
            assert after.revision == job.revision + 1
            assert len(await store.events(job.id)) == job.revision + 1
        else:
            assert moved is None
            assert after == job
            assert len(await store.events(job.id)) == job.revision
    assert await probe.contradictions() == []


@pytest.mark.parametrize("state", JobState)
async def test_a_lost_lease_stops_every_transition_that_asks_for_it(store: Store, state: JobState):
    for transition in JOB_TRANSITIONS:
        job = await job_in(store, state)
        assert await store.apply(move(job, transition, lease="someone-else")) is None
        assert await store.job(job.id) == job


async def test_a_transition_under_the_lease_that_holds_goes_through(store: Store):
    job = await submitted(store)
    await store.claim_ready(NOW, "lease-1", NOW + 60_000, 5)
    assert await store.apply(move(job, SUBMIT, lease="lease-2")) is None
    moved = await store.apply(move(job, SUBMIT, lease="lease-1", keep_lease_until=NOW + 90_000))
    assert moved is not None
    assert (moved.lease, moved.lease_until) == ("lease-1", NOW + 90_000)


async def test_a_fact_is_recorded_whatever_the_lease_says_and_frees_it(store: Store):
    job = await submitted(store)
    await store.claim_ready(NOW, "lease-1", NOW + 60_000, 5)
    await store.apply(move(job, SUBMIT, lease="lease-1", keep_lease_until=NOW + 90_000))
    bound = await store.apply(move(job, BIND))
    assert bound is not None
    assert (bound.lease, bound.lease_until) == (None, None)


async def test_no_lease_appears_where_none_was(store: Store):
    job = await submitted(store)
    moved = await store.apply(move(job, SUBMIT, keep_lease_until=NOW + 90_000))
    assert moved is not None
    assert (moved.lease, moved.lease_until) == (None, None)


async def test_what_a_change_leaves_out_keeps_its_value(store: Store):
    job = await submitted(store)
    await store.apply(move(job, SUBMIT, sent='{"a": 1}', post_started_at=NOW + 10))
    await store.apply(
        move(job, BIND, task_id="task-1", post_ended_at=NOW + 20, deadline_at=NOW + 30, at=NOW + 25, due_at=NOW + 40)
    )
    succeeded = await store.apply(
        move(job, SUCCEED, output_url="https://p.example/1", consumed_microusd=5, due_at=None)
    )
    assert succeeded is not None
    assert (succeeded.sent, succeeded.task_id, succeeded.output_url) == ('{"a": 1}', "task-1", "https://p.example/1")
    assert (succeeded.post_started_at, succeeded.post_ended_at) == (NOW + 10, NOW + 20)
    assert (succeeded.deadline_at, succeeded.running_since) == (NOW + 30, NOW + 25)
    assert (succeeded.consumed_microusd, succeeded.due_at, succeeded.finished_at) == (5, None, NOW + 1_000)
    assert succeeded.attempts == 1


async def test_each_post_counts_as_an_attempt(store: Store):
    job = await submitted(store)
    for _ in range(3):
        await store.apply(move(job, SUBMIT))
        requeued = await store.apply(move(job, REQUEUE))
    assert requeued is not None
    assert requeued.attempts == 3


async def test_a_task_that_turns_up_again_keeps_when_it_was_first_known(store: Store):
    job = await job_in(store, JobState.OVERDUE)
    await store.apply(move(job, ABANDON))
    bound = await store.apply(move(job, BIND, at=NOW + 9_000_000))
    assert bound is not None
    assert bound.running_since == job.running_since


async def test_a_transition_ends_a_stall(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.claim([JobState.RUNNING], NOW + 2_000, "lease-1", NOW + 60_000, 5)
    await store.release(job.id, "lease-1", NOW, stalled_since=NOW - 5)
    moved = await store.apply(move(job, PASS_DEADLINE))
    assert moved is not None
    assert moved.stalled_since is None


async def test_a_failure_is_kept_with_its_reason_and_detail(store: Store):
    job = await submitted(store)
    failed = await store.apply(move(job, REFUSE, failure=Failure(FailureReason.MODERATED, '{"kind": "x"}')))
    assert failed is not None
    assert failed.failure == Failure(FailureReason.MODERATED, '{"kind": "x"}')


async def test_the_history_tells_each_move_in_order(store: Store):
    job = await submitted(store)
    await store.apply(move(job, SUBMIT, at=NOW + 1, cause="submit"))
    await store.apply(move(job, DOUBT, at=NOW + 2, cause="unknown:timeout"))
    await store.apply(move(job, BIND, at=NOW + 3, cause="found"))
    assert await store.events(job.id) == [
        JobEvent(NOW, None, JobState.QUEUED, "submit"),
        JobEvent(NOW + 1, JobState.QUEUED, JobState.SUBMITTING, "submit"),
        JobEvent(NOW + 2, JobState.SUBMITTING, JobState.SUBMIT_UNKNOWN, "unknown:timeout"),
        JobEvent(NOW + 3, JobState.SUBMIT_UNKNOWN, JobState.RUNNING, "found"),
    ]


async def test_an_unknown_job_cannot_move(store: Store):
    assert await store.apply(move("nobody", SUBMIT)) is None


# --- the task --------------------------------------------------------------------------------------------------------


async def test_a_task_is_bound_to_one_job_only(store: Store, probe: Probe):
    first = await job_in(store, JobState.RUNNING)
    second = await job_in(store, JobState.SUBMIT_UNKNOWN)
    with pytest.raises(TaskIdTaken):
        await store.apply(move(second, BIND, task_id=first.task_id))
    assert await store.job(second.id) == second
    assert len(await store.events(second.id)) == 3
    assert await probe.contradictions() == []
    found = await store.job_by_task(first.task_id or "")
    assert found == first


async def test_a_task_is_bound_once_however_many_ask_at_once(store: Store):
    jobs = [await job_in(store, JobState.SUBMITTING) for _ in range(6)]
    answers = await asyncio.gather(
        *(store.apply(move(job, BIND, task_id="task-1")) for job in jobs), return_exceptions=True
    )
    assert sum(isinstance(answer, TaskIdTaken) for answer in answers) == 5
    states = [(await store.job(job.id)).state for job in jobs]  # type: ignore[union-attr]
    assert sorted(states) == [JobState.RUNNING] + [JobState.SUBMITTING] * 5


async def test_a_job_cannot_run_without_a_task(store: Store, probe: Probe):
    job = await job_in(store, JobState.SUBMITTING)
    with pytest.raises(ConstraintViolated, match="ck_jobs_task_known"):
        await store.apply(move(job, BIND, task_id=None))
    assert await store.job(job.id) == job
    assert await probe.contradictions() == []


# --- money and quota -------------------------------------------------------------------------------------------------


async def test_the_quota_comes_back_once_on_entering_a_refunded_state(store: Store, probe: Probe):
    day = person_day_counter(GUILD, PERSON, NOW)
    for state in JobState:
        for transition in JOB_TRANSITIONS:
            if state not in transition.sources:
                continue
            job = await job_in(store, state)
            before = await store.used(day)
            moved = await store.apply(move(job, transition))
            assert moved is not None
            back = int(job.quota_held and transition.target in REFUNDED)
            assert await store.used(day) == before - back
            assert moved.quota_held == (job.quota_held and not back)
    assert await probe.contradictions() == []


async def test_a_job_that_turns_up_and_fails_is_not_refunded_twice(store: Store):
    other = await submitted(store)
    job = await job_in(store, JobState.ABANDONED)
    assert job.quota_held is False
    assert other.quota_held is True
    await store.apply(move(job, BIND))
    failed = await store.apply(move(job, FAIL))
    assert failed is not None
    assert failed.quota_held is False
    assert await store.used(person_day_counter(GUILD, PERSON, NOW)) == 1


async def test_the_charge_replaces_the_reserve_once(store: Store, probe: Probe):
    month = month_counter(NOW)
    job = await job_in(store, JobState.RUNNING)
    assert await store.used(month) == PRICE
    await store.apply(move(job, PASS_DEADLINE, settle_microusd=PRICE + 40_000))
    assert await store.used(month) == PRICE + 40_000
    await store.apply(move(job, SUCCEED, settle_microusd=1))
    assert await store.used(month) == PRICE + 40_000
    assert await probe.rows(
        "SELECT counter, reserved_microusd, consumed_microusd, opened_at, settled_at FROM charges"
    ) == [(month, PRICE, PRICE + 40_000, NOW, NOW + 1_000)]
    assert await probe.contradictions() == []


async def test_a_charge_of_nothing_frees_the_whole_reserve(store: Store):
    job = await submitted(store)
    cancelled = await store.apply(move(job, CANCEL_QUEUED, settle_microusd=0, consumed_microusd=0, due_at=None))
    assert cancelled is not None
    assert cancelled.consumed_microusd == 0
    assert await store.used(month_counter(NOW)) == 0


async def test_the_reserve_stands_while_the_charge_is_not_known(store: Store):
    await job_in(store, JobState.FAILED)
    assert await store.used(month_counter(NOW)) == PRICE


# --- in flight -------------------------------------------------------------------------------------------------------


async def test_the_in_flight_counter_follows_the_states(store: Store):
    for state in JobState:
        before = await store.used(IN_FLIGHT_COUNTER)
        await job_in(store, state)
        assert await store.used(IN_FLIGHT_COUNTER) == before + int(state in IN_FLIGHT), state


async def test_a_full_flight_refuses_a_submission_and_changes_nothing(store: Store):
    await job_in(store, JobState.RUNNING)
    job = await submitted(store)
    assert await store.apply(move(job, SUBMIT, in_flight_ceiling=1)) is None
    assert await store.job(job.id) == job
    assert len(await store.events(job.id)) == 1
    assert await store.apply(move(job, SUBMIT, in_flight_ceiling=2)) is not None


async def test_a_ceiling_of_nothing_lets_nothing_fly(store: Store):
    job = await submitted(store)
    assert await store.apply(move(job, SUBMIT, in_flight_ceiling=0)) is None
    assert await store.used(IN_FLIGHT_COUNTER) == 0


async def test_many_at_once_never_pass_the_in_flight_ceiling(store: Store, probe: Probe):
    jobs = [await submitted(store) for _ in range(20)]
    moved = await asyncio.gather(*(store.apply(move(job, SUBMIT, in_flight_ceiling=6)) for job in jobs))
    assert sum(job is not None for job in moved) == 6
    assert await store.used(IN_FLIGHT_COUNTER) == 6
    assert await probe.contradictions() == []


async def test_one_race_has_one_winner(store: Store, probe: Probe):
    job = await submitted(store)
    moved = await asyncio.gather(*(store.apply(move(job, SUBMIT)) for _ in range(10)))
    assert sum(each is not None for each in moved) == 1
    assert await probe.contradictions() == []


# --- the message -----------------------------------------------------------------------------------------------------


async def test_an_ending_owes_its_channel_one_message(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.apply(move(job, SUCCEED, purpose=Purpose.RESULT, at=NOW + 7))
    (owed,) = await store.deliveries(job.id)
    assert (owed.job_id, owed.purpose, owed.state) == (job.id, "result", DeliveryState.PENDING)
    assert (owed.channel_id, owed.due_at, owed.created_at) == (CHANNEL, NOW + 7, NOW + 7)
    assert (owed.attempts, owed.first_attempt_at, owed.message, owed.reason) == (0, None, None, "")
    assert len(owed.id) == 12
    assert len(owed.nonce) <= 25


async def test_a_purpose_is_owed_once(store: Store):
    job = await job_in(store, JobState.SUBMIT_UNKNOWN)
    await store.apply(move(job, ABANDON, purpose=Purpose.ABANDONED, at=NOW + 1))
    (first,) = await store.deliveries(job.id)
    await store.apply(move(job, BIND))
    await store.apply(move(job, PASS_DEADLINE))
    await store.apply(move(job, ABANDON, purpose=Purpose.ABANDONED, at=NOW + 2))
    assert await store.deliveries(job.id) == [first]
    await store.apply(move(job, BIND))
    await store.apply(move(job, FAIL, purpose=Purpose.FAILURE, at=NOW + 2))
    assert [owed.purpose for owed in await store.deliveries(job.id)] == ["abandoned", "failure"]


async def test_an_ended_job_has_an_end_and_only_then(store: Store):
    for state in JobState:
        job = await job_in(store, state)
        assert (job.finished_at is not None) == (state in ENDED)
