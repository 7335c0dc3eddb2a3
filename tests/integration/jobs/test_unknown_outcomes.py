"""A lost answer is healed by the webhook's word or by the history, and is never answered by a second POST."""

from __future__ import annotations

import pytest

from bot.clock import DAY, HOUR, MINUTE, SECOND
from bot.jobs import schedule
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.limits import IN_FLIGHT_COUNTER, month_counter, person_day_counter
from bot.jobs.ports import Bound, Change, Declined, Unknowable
from bot.jobs.states import BIND, JobState
from tests.integration.jobs.world import GUILD, PERSON, Died, RemoteTask, World


def lost(world: World):
    """The task is made, its answer is not heard."""

    def answer(task):
        world.provider.make_task(task)
        return Unknowable("reset")

    return answer


async def lost_order(world: World, **asked):
    world.provider.answers.append(lost(world))
    submitted = await world.order(**asked)
    await world.submitter.run_once()
    assert (await world.job(submitted)).state is JobState.SUBMIT_UNKNOWN
    return submitted


async def test_a_webhook_names_the_task_and_the_echoed_address_confirms_it(world: World):
    submitted = await lost_order(world)
    job = await world.job(submitted)
    assert await world.service.nudge(job.hook_token, "task-1")
    await world.poller.run_once()
    job = await world.job(submitted)
    assert (job.state, job.task_id) == (JobState.RUNNING, "task-1")
    assert len(world.provider.posts) == 1


async def test_a_webhook_that_names_another_job_s_task_binds_nothing(world: World):
    other = await world.order()
    await world.settle()
    submitted = await lost_order(world)
    del world.provider.tasks["task-2"]
    job = await world.job(submitted)
    await world.service.nudge(job.hook_token, (await world.job(other)).task_id)
    await world.poller.run_once()
    assert (await world.job(submitted)).state is JobState.SUBMIT_UNKNOWN


async def test_an_unknown_token_is_no_job_of_ours(world: World):
    assert not await world.service.nudge("nobody", "task-1")


async def test_the_history_finds_the_task_where_no_webhook_came(world: World):
    submitted = await lost_order(world)
    world.clock.advance(10 * SECOND)
    await world.poller.run_once()
    assert (await world.job(submitted)).state is JobState.RUNNING


async def test_without_an_echoed_address_the_equal_request_is_ours(world: World):
    world.provider.echoes_endpoint = False
    submitted = await lost_order(world)
    world.clock.advance(10 * SECOND)
    await world.poller.run_once()
    assert (await world.job(submitted)).state is JobState.RUNNING


async def test_a_different_request_in_the_history_is_not_taken_for_ours(world: World):
    world.provider.echoes_endpoint = False
    submitted = await lost_order(world)
    world.provider.tasks["task-1"].sent += " with another prompt"
    world.clock.advance(10 * SECOND)
    await world.poller.run_once()
    assert (await world.job(submitted)).state is JobState.SUBMIT_UNKNOWN


async def test_a_task_made_at_another_time_is_not_taken_for_ours(world: World):
    world.provider.echoes_endpoint = False
    submitted = await lost_order(world)
    world.provider.tasks["task-1"].created_at -= schedule.CLOCK_SKEW + SECOND
    world.clock.advance(10 * SECOND)
    await world.poller.run_once()
    assert (await world.job(submitted)).state is JobState.SUBMIT_UNKNOWN


async def test_two_equal_lost_orders_take_one_task_each(world: World):
    world.provider.echoes_endpoint = False
    first, second = await lost_order(world), await lost_order(world)
    await world.live(2 * MINUTE)
    bound = {(await world.job(one)).task_id for one in (first, second)}
    assert bound == {"task-1", "task-2"}


async def test_an_answer_that_comes_after_its_task_was_taken_by_an_equal_job_is_looked_for(world: World):
    world.provider.echoes_endpoint = False
    first = await lost_order(world)
    original = world.provider.create

    async def slow(task):
        outcome = await original(task)
        world.clock.advance(10 * SECOND)
        del world.provider.tasks["task-1"]
        await world.poller.run_once()
        world.provider.tasks["task-1"] = kept
        return outcome

    kept = world.provider.tasks["task-1"]
    world.provider.create = slow
    second = await world.order()
    await world.submitter.run_once()
    assert (await world.job(first)).task_id == "task-2"
    assert (await world.job(second)).state is JobState.SUBMIT_UNKNOWN
    world.provider.create = original
    world.clock.advance(MINUTE)
    await world.settle()
    assert (await world.job(second)).task_id == "task-1"
    assert len(world.provider.posts) == 2


async def test_what_is_never_found_is_abandoned_after_the_grace_with_person_and_owner_told(world: World):
    world.provider.answers.append(lambda task: Unknowable("timeout"))
    submitted = await world.order()
    await world.live(schedule.UNKNOWN_GRACE + 5 * MINUTE)
    job = await world.job(submitted)
    assert job.state is JobState.ABANDONED
    assert len(world.provider.posts) == 1
    assert [one.purpose for one in world.channel.posted] == ["abandoned"]
    assert world.alerts.words == ["abandoned:unknown_outcome"]
    assert await world.store.used(person_day_counter(GUILD, PERSON, job.created_at)) == 0
    assert await world.store.used(month_counter(job.created_at)) == 260_000
    assert await world.store.used(IN_FLIGHT_COUNTER) == 0


async def test_an_unreadable_history_proves_nothing_for_a_day(world: World):
    submitted = await lost_order(world)
    world.provider.unavailable = True
    await world.live(HOUR, tick=2 * MINUTE)
    assert (await world.job(submitted)).state is JobState.SUBMIT_UNKNOWN
    await world.live(DAY, tick=HOUR)
    assert (await world.job(submitted)).state is JobState.ABANDONED


async def test_an_abandoned_job_whose_task_turns_up_is_delivered_all_the_same(world: World):
    world.provider.answers.append(lambda task: Unknowable("timeout"))
    submitted = await world.order()
    await world.live(schedule.UNKNOWN_GRACE + 5 * MINUTE)
    job = await world.job(submitted)
    late = world.provider.make_task(world.provider.prepare(_order(job)))
    world.provider.finish(late.id)
    await world.service.nudge(job.hook_token, late.id)
    await world.settle()
    assert (await world.job(submitted)).state is JobState.SUCCEEDED
    assert [one.purpose for one in world.channel.posted] == ["abandoned", "result"]


async def test_a_process_that_died_during_the_post_leaves_an_unknown_outcome(world: World):
    submitted = await world.order()

    async def die(task):
        world.provider.make_task(task)
        raise Died

    original, world.provider.create = world.provider.create, die
    with pytest.raises(Died):
        await world.submitter.run_once()
    assert (await world.job(submitted)).state is JobState.SUBMITTING
    world.provider.create = original
    world.start_process()
    await world.sweeper.recover(sole_owner=True)
    await world.settle()
    job = await world.job(submitted)
    assert (job.state, job.task_id) == (JobState.RUNNING, "task-1")
    assert len(world.provider.tasks) == 1


async def test_another_process_s_post_is_left_alone_until_its_lease_runs_out(world: World):
    submitted = await world.order()
    release = []

    async def hang(task):
        await world.sweeper.recover(sole_owner=False)
        release.append((await world.job(submitted)).state)
        world.clock.advance(schedule.POST_LEASE + SECOND)
        await world.sweeper.run_once()
        release.append((await world.job(submitted)).state)
        return Bound(world.provider._report(world.provider.make_task(task)))

    world.provider.create = hang
    await world.submitter.run_once()
    assert release == [JobState.SUBMITTING, JobState.SUBMIT_UNKNOWN]
    assert (await world.job(submitted)).state is JobState.RUNNING


async def test_a_kill_on_a_later_attempt_looks_where_that_attempt_was_made(world: World):
    world.provider.answers.append(lambda task: Declined(Failure(FailureReason.BUSY), retry_after_ms=6 * MINUTE))
    submitted = await world.order()
    await world.submitter.run_once()
    world.clock.advance(7 * MINUTE)

    def die(task):
        world.provider.make_task(task)
        raise Died

    world.provider.answers.append(die)
    with pytest.raises(Died):
        await world.submitter.run_once()
    world.start_process()
    await world.sweeper.recover(sole_owner=True)
    await world.live(MINUTE)
    assert (await world.job(submitted)).task_id == "task-1"


async def test_a_named_task_that_an_equal_job_took_does_not_hide_ours(world: World):
    world.provider.echoes_endpoint = False
    first, second = await lost_order(world), await lost_order(world)
    other = await world.job(second)
    await world.store.apply(
        Change(job_id=other.id, transition=BIND, at=world.clock.now(), cause="found", task_id="task-1")
    )
    await world.service.nudge((await world.job(first)).hook_token, "task-1")
    await world.live(2 * MINUTE)
    assert (await world.job(first)).task_id == "task-2"


async def test_a_webhook_during_the_last_look_is_heard(world: World):
    world.provider.answers.append(lambda task: Unknowable("timeout"))
    submitted = await world.order()
    await world.submitter.run_once()
    world.clock.advance(schedule.UNKNOWN_GRACE + MINUTE)
    job = await world.job(submitted)
    late = world.provider.make_task(world.provider.prepare(_order(job)))
    late.created_at = world.clock.now() - 10 * MINUTE
    original = world.provider.history

    async def meanwhile(since, until):
        await world.service.nudge(job.hook_token, late.id)
        async for task in original(since, until):
            yield task

    world.provider.history = meanwhile
    await world.poller.run_once()
    assert (await world.job(submitted)).state is JobState.ABANDONED
    await world.settle()
    assert (await world.job(submitted)).task_id == late.id


async def test_one_task_that_cannot_be_read_does_not_hide_ours(world: World):
    world.provider.echoes_endpoint = False
    world.provider.tasks["foreign"] = RemoteTask("foreign", "", "", world.clock.now(), unreadable=True)
    submitted = await lost_order(world, prompt="a blue boat")
    await world.live(2 * MINUTE)
    assert (await world.job(submitted)).state is JobState.RUNNING


async def test_a_long_downtime_is_no_search(world: World):
    submitted = await lost_order(world)
    world.start_process()
    world.clock.advance(25 * HOUR)
    world.provider.unavailable = True
    await world.sweeper.recover(sole_owner=True)
    await world.settle()
    assert (await world.job(submitted)).state is JobState.SUBMIT_UNKNOWN
    world.provider.unavailable = False
    await world.live(10 * MINUTE)
    assert (await world.job(submitted)).state is JobState.RUNNING


@pytest.mark.parametrize(
    ("reason", "state"), [(FailureReason.MODERATED, JobState.FAILED), (FailureReason.BUSY, JobState.QUEUED)]
)
async def test_a_definite_answer_counts_even_after_the_lease_ran_out(world: World, reason, state):
    submitted = await world.order()

    async def slow(task):
        world.clock.advance(schedule.POST_LEASE + SECOND)
        await world.sweeper.run_once()
        assert (await world.job(submitted)).state is JobState.SUBMIT_UNKNOWN
        return Declined(Failure(reason))

    world.provider.create = slow
    await world.submitter.run_once()
    assert (await world.job(submitted)).state is state


def _order(job):
    from bot.jobs.ports import TaskOrder

    return TaskOrder(
        kind=job.kind, model=job.model, mode=job.mode, input=job.input, service_mode="", hook_token=job.hook_token
    )
