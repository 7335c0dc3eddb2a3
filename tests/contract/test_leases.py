"""A due job is leased to one worker at a time."""

from __future__ import annotations

import asyncio

import pytest

from bot.clock import MINUTE
from bot.jobs.model import Job, MessageRef
from bot.jobs.states import ENDED, SUBMIT, SUCCEED, DeliveryState, JobState
from storage.store import Store
from tests.contract.samples import CHANNEL, NOW, Probe, an_image, delivery_in, finished, job_in, move, submitted

OPEN = [state for state in JobState if state not in ENDED]
SOON = NOW + 60_000


def ids(jobs: object) -> list[str]:
    assert isinstance(jobs, list)
    return [job.id for job in jobs]


@pytest.mark.parametrize("state", OPEN)
async def test_only_jobs_in_the_states_asked_for_are_leased(store: Store, state: JobState):
    jobs = {each: await job_in(store, each) for each in JobState}
    leased = await store.claim([state], NOW + 10_000, "lease-1", SOON, 100)
    assert ids(leased) == [jobs[state].id]


async def test_several_states_can_be_asked_for_at_once(store: Store):
    jobs = {each: await job_in(store, each) for each in JobState}
    leased = await store.claim([JobState.RUNNING, JobState.OVERDUE], NOW + 10_000, "lease-1", SOON, 100)
    assert sorted(ids(leased)) == sorted([jobs[JobState.RUNNING].id, jobs[JobState.OVERDUE].id])


async def test_an_ended_state_has_nothing_to_lease(store: Store):
    with pytest.raises(ValueError, match="ended"):
        await store.claim([JobState.RUNNING, JobState.FAILED], NOW, "lease-1", SOON, 1)


async def test_a_leased_job_says_so_and_is_otherwise_unchanged(store: Store, probe: Probe):
    job = await submitted(store)
    (leased,) = await store.claim_ready(NOW, "lease-1", SOON, 5)
    assert (leased.lease, leased.lease_until, leased.due_at) == ("lease-1", SOON, NOW)
    assert leased.revision == job.revision
    assert await store.job(job.id) == leased
    assert await probe.contradictions() == []


async def test_a_job_is_leased_when_it_is_due_and_not_before(store: Store):
    job = await submitted(store, due_at=NOW + 500)
    assert await store.claim_ready(NOW + 499, "lease-1", SOON, 5) == []
    assert ids(await store.claim_ready(NOW + 500, "lease-1", SOON, 5)) == [job.id]


async def test_a_job_with_nothing_due_is_never_leased(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.claim([JobState.RUNNING], NOW + 2_000, "lease-1", SOON, 5)
    await store.release(job.id, "lease-1", None)
    assert await store.claim([JobState.RUNNING], NOW + 10**12, "lease-2", NOW + 2 * 10**12, 5) == []


async def test_a_running_lease_is_respected_until_it_ends(store: Store):
    job = await submitted(store)
    await store.claim_ready(NOW, "lease-1", SOON, 5)
    assert await store.claim_ready(SOON - 1, "lease-2", SOON + 60_000, 5) == []
    (taken,) = await store.claim_ready(SOON, "lease-2", SOON + 60_000, 5)
    assert (taken.id, taken.lease) == (job.id, "lease-2")


async def test_the_longest_due_go_first_and_the_limit_is_kept(store: Store):
    late = await submitted(store, due_at=NOW + 30)
    early = await submitted(store, due_at=NOW + 10)
    middle = await submitted(store, due_at=NOW + 20)
    first = await store.claim([JobState.QUEUED], NOW + 100, "lease-1", SOON, 2)
    assert ids(first) == [early.id, middle.id]
    assert ids(await store.claim([JobState.QUEUED], NOW + 100, "lease-2", SOON, 2)) == [late.id]


async def test_of_equally_due_jobs_the_older_goes_first(store: Store):
    younger = await submitted(store, created_at=NOW + 5, due_at=NOW + 10)
    older = await submitted(store, created_at=NOW + 4, due_at=NOW + 10)
    leased = await store.claim([JobState.QUEUED], NOW + 10, "lease-1", SOON, 5)
    assert ids(leased) == [older.id, younger.id]


async def test_jobs_ready_to_buy_go_in_queue_order_whatever_their_due_time(store: Store):
    older = await submitted(store, created_at=NOW, due_at=NOW + 50)
    younger = await submitted(store, created_at=NOW + 1, due_at=NOW + 1)
    twin = await submitted(store, created_at=NOW + 1, due_at=NOW + 1)
    assert ids(await store.claim_ready(NOW + 100, "lease-1", SOON, 2)) == [older.id, younger.id]
    assert ids(await store.claim_ready(NOW + 100, "lease-1", SOON, 2)) == [twin.id]


async def test_inputs_decide_who_prepares_and_who_buys(store: Store):
    plain = await submitted(store)
    pictured = await submitted(store, assets=(an_image(),))
    assert ids(await store.claim_unprepared(NOW, "lease-1", SOON, 5)) == [pictured.id]
    assert ids(await store.claim_ready(NOW, "lease-2", SOON, 5)) == [plain.id]


@pytest.mark.parametrize("state", [state for state in JobState if state is not JobState.QUEUED])
async def test_only_queued_jobs_are_prepared_or_bought(store: Store, state: JobState):
    await job_in(store, state)
    await job_in(store, state, assets=(an_image(),))
    assert await store.claim_unprepared(NOW + 10_000, "lease-1", SOON, 5) == []
    assert await store.claim_ready(NOW + 10_000, "lease-2", SOON, 5) == []


async def test_clips_not_archived_yet_are_leased_while_they_are_due(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.apply(move(job, SUCCEED, due_at=NOW + 5_000))
    given_up = await job_in(store, JobState.RUNNING)
    await store.apply(move(given_up, SUCCEED, due_at=None))
    assert await store.claim_unarchived(NOW + 4_999, "lease-1", SOON, 5) == []
    assert ids(await store.claim_unarchived(NOW + 5_000, "lease-1", SOON, 5)) == [job.id]


@pytest.mark.parametrize("state", [state for state in JobState if state is not JobState.SUCCEEDED])
async def test_only_succeeded_jobs_have_a_clip_to_archive(store: Store, state: JobState):
    await job_in(store, state)
    assert await store.claim_unarchived(NOW + 10_000, "lease-1", SOON, 5) == []


async def test_a_lease_given_back_sets_when_to_look_again(store: Store):
    job = await submitted(store)
    await store.claim_ready(NOW, "lease-1", SOON, 5)
    assert await store.release(job.id, "lease-1", NOW + 700, stalled_since=NOW - 3) is True
    after = await store.job(job.id)
    assert after is not None
    assert (after.lease, after.lease_until, after.due_at, after.stalled_since) == (None, None, NOW + 700, NOW - 3)
    assert after.revision == job.revision


async def test_a_lease_given_back_without_a_stall_ends_one(store: Store):
    job = await submitted(store)
    await store.claim_ready(NOW, "lease-1", SOON, 5)
    await store.release(job.id, "lease-1", NOW, stalled_since=NOW)
    await store.claim_ready(NOW, "lease-2", SOON, 5)
    await store.release(job.id, "lease-2", NOW)
    after = await store.job(job.id)
    assert after is not None
    assert after.stalled_since is None


async def test_a_lost_lease_cannot_be_given_back(store: Store):
    job = await submitted(store)
    assert await store.release(job.id, "lease-1", NOW) is False
    await store.claim_ready(NOW, "lease-1", SOON, 5)
    await store.claim_ready(SOON, "lease-2", SOON + 60_000, 5)
    assert await store.release(job.id, "lease-1", None) is False
    after = await store.job(job.id)
    assert after is not None
    assert (after.lease, after.due_at) == ("lease-2", NOW)


async def test_every_lease_is_forgotten_at_a_lone_start(store: Store, probe: Probe):
    job = await job_in(store, JobState.RUNNING)
    await store.apply(move(job, SUCCEED, purpose="result", due_at=None))
    await submitted(store)
    await store.claim_ready(NOW, "lease-1", SOON, 5)
    await store.claim_deliveries(NOW + 10_000, "lease-2", SOON, 5)
    await store.expire_leases()
    for table in ("jobs", "deliveries"):
        leased = f"SELECT COUNT(*) FROM {table} WHERE lease IS NOT NULL OR lease_until IS NOT NULL"  # noqa: S608
        assert await probe.value(leased) == 0
    assert len(await store.claim_ready(NOW, "lease-3", SOON, 5)) == 1
    assert len(await store.claim_deliveries(NOW + 10_000, "lease-4", SOON, 5)) == 1


# --- submissions whose worker is gone ---------------------------------------------------------------------------------


async def a_post_under(store: Store, lease: str, until: int) -> Job:
    job = await submitted(store)
    (leased,) = await store.claim_ready(NOW, lease, until, 1)
    assert leased.id == job.id
    posting = await store.apply(move(job, SUBMIT, lease=lease, keep_lease_until=until))
    assert posting is not None
    return posting


async def test_a_post_whose_lease_ran_out_is_found(store: Store):
    gone = await a_post_under(store, "lease-1", NOW + 100)
    unleased = await job_in(store, JobState.SUBMITTING)
    await a_post_under(store, "lease-2", NOW + 200)
    found = await store.expire_submitting(NOW + 100, every=False)
    assert found == [gone, unleased]


async def test_at_a_lone_start_every_post_is_doubted(store: Store):
    first = await a_post_under(store, "lease-1", NOW + 100)
    second = await a_post_under(store, "lease-2", NOW + 200)
    assert await store.expire_submitting(NOW, every=True) == [first, second]


@pytest.mark.parametrize("state", [state for state in JobState if state is not JobState.SUBMITTING])
async def test_only_a_post_can_be_doubted(store: Store, state: JobState):
    await job_in(store, state)
    assert await store.expire_submitting(NOW + 10**9, every=True) == []


# --- after a start ----------------------------------------------------------------------------------------------------


async def test_what_may_have_a_task_is_looked_at_at_once_after_a_start(store: Store):
    hastened = {JobState.SUBMIT_UNKNOWN, JobState.RUNNING, JobState.OVERDUE}
    before = {state: await job_in(store, state) for state in JobState}
    await store.hasten(NOW + 1_500)
    for state, job in before.items():
        after = await store.job(job.id)
        assert after is not None
        assert after.due_at == (NOW + 1_500 if state in hastened else job.due_at), state
        assert after.revision == job.revision


async def test_haste_puts_nothing_off_and_finds_what_was_never_due(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.hasten(NOW + 9_000)
    after = await store.job(job.id)
    assert after is not None
    assert after.due_at == job.due_at
    await store.claim([JobState.RUNNING], NOW + 9_000, "lease-1", SOON, 1)
    await store.release(job.id, "lease-1", None)
    await store.hasten(NOW + 9_000)
    after = await store.job(job.id)
    assert after is not None
    assert after.due_at == NOW + 9_000


# --- many workers -----------------------------------------------------------------------------------------------------


async def test_many_workers_lease_every_job_once(store: Store):
    jobs = [await submitted(store) for _ in range(40)]
    claims = await asyncio.gather(*(store.claim_ready(NOW, f"lease-{n}", SOON, 5) for n in range(12)))
    leased = [job.id for claim in claims for job in claim]
    assert sorted(leased) == sorted(job.id for job in jobs)


async def test_a_lease_drawn_by_a_clock_that_was_ahead_binds_nobody(store: Store):
    ahead = NOW + 60 * MINUTE
    job = await submitted(store, due_at=NOW)
    assert await store.claim_ready(ahead, "ahead", ahead + MINUTE, 5)
    assert [one.id for one in await store.claim_ready(NOW, "right", NOW + MINUTE, 5)] == [job.id]
    assert await store.claim_ready(NOW, "third", NOW + MINUTE, 5) == []


async def test_a_message_leased_by_a_clock_that_was_ahead_is_anybodys(store: Store):
    delivery = await delivery_in(store, DeliveryState.SENDING)
    ahead = NOW + 60 * MINUTE
    assert await store.claim_deliveries(ahead, "ahead", ahead + MINUTE, 5)
    claimed = await store.claim_deliveries(NOW + 3_000, "right", NOW + MINUTE, 5)
    assert [one.id for one, _ in claimed] == [delivery.id]


async def test_a_purchase_begun_under_a_clock_that_was_ahead_is_swept(store: Store):
    ahead = NOW + 60 * MINUTE
    job = await submitted(store, due_at=NOW)
    await store.claim_ready(ahead, "ahead", ahead + MINUTE, 5)
    assert await store.apply(move(job, SUBMIT, lease="ahead", keep_lease_until=ahead + 4 * MINUTE)) is not None
    assert [one.id for one in await store.expire_submitting(NOW, False)] == [job.id]
    assert await store.expire_submitting(ahead, False) == []


async def test_a_card_put_off_by_a_clock_that_was_ahead_is_drawn(store: Store):
    job = await submitted(store)
    await store.set_card(job.id, MessageRef(CHANNEL, 1), 0)
    ahead = NOW + 10 * MINUTE
    assert await store.claim_cards(ahead, ahead + MINUTE, 5)
    assert [one.id for one in await store.claim_cards(NOW, NOW + MINUTE, 5)] == [job.id]
    assert await store.claim_cards(NOW, NOW + MINUTE, 5) == []


async def test_a_card_is_not_drawn_twice_where_one_process_looked_at_its_clock_a_moment_before_the_other(store: Store):
    job = await submitted(store)
    await store.set_card(job.id, MessageRef(CHANNEL, 1), 0)
    assert [one.id for one in await store.claim_cards(NOW + 20, NOW + 20 + MINUTE, 5)] == [job.id]

    assert await store.claim_cards(NOW, NOW + MINUTE, 5) == []


async def test_what_is_due_further_away_than_asked_is_brought_forward_and_nothing_else(store: Store):
    near, far = await submitted(store, due_at=NOW + MINUTE), await submitted(store, due_at=NOW + 90 * MINUTE)
    ended = await finished(store, NOW)
    delivery = await delivery_in(store, DeliveryState.PENDING)
    assert await store.claim_deliveries(NOW + 9_000, "l", NOW + MINUTE, 5)
    assert await store.release_delivery(delivery.id, "l", NOW + 90 * MINUTE)
    assert await store.bring_forward(NOW, NOW + 60 * MINUTE) == 2
    due = {one.id: one.due_at for one in [await store.job(job.id) for job in (near, far, ended)] if one is not None}
    assert due == {near.id: NOW + MINUTE, far.id: NOW, ended.id: None}
    assert [one.due_at for one in await store.deliveries(delivery.job_id)] == [NOW]
    assert await store.bring_forward(NOW, NOW + 60 * MINUTE) == 0


async def test_what_somebody_spoke_of_is_leased_before_what_has_been_due_for_longer(store: Store):
    jobs = [await job_in(store, JobState.RUNNING) for _ in range(5)]
    await store.hasten(NOW)
    await store.nudge(jobs[4].hook_token, None, NOW + 9)
    await store.nudge(jobs[3].hook_token, None, NOW + 8)
    taken = [await store.claim([JobState.RUNNING], NOW + 10, "mine", NOW + 60_000, number) for number in (1, 2)]
    assert [{job.id for job in each} for each in taken] == [{jobs[3].id}, {jobs[4].id, jobs[0].id}]


async def test_what_somebody_spoke_of_is_leased_once_and_only_when_it_is_due(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.nudge(job.hook_token, None, NOW + 9)
    taken = [await store.claim([JobState.RUNNING], NOW + at, "mine", NOW + 60_000, 8) for at in (8, 9, 10)]
    assert [len(each) for each in taken] == [0, 1, 0]


async def test_what_somebody_spoke_of_is_leased_for_the_states_asked_for_alone(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.nudge(job.hook_token, None, NOW + 9)
    assert await store.claim([JobState.QUEUED, JobState.OVERDUE], NOW + 10, "theirs", NOW + 60_000, 8) == []
    assert ids(await store.claim([JobState.RUNNING], NOW + 10, "mine", NOW + 60_000, 8)) == [job.id]
