"""A task is followed to its end, whichever end, and cancelling asks rather than assumes."""

from __future__ import annotations

import pytest

from bot.clock import DAY, HOUR, MINUTE, SECOND
from bot.jobs import schedule
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import JobKind
from bot.jobs.ports import ClipTooLarge, ClipUnavailable, RemoteStatus, TryLater
from bot.jobs.service import Cancellation
from bot.jobs.states import JobState
from tests.integration.jobs.world import PERSON, World


async def running(world: World):
    submitted = await world.order()
    await world.settle()
    job = await world.job(submitted)
    assert job.state is JobState.RUNNING
    return submitted, job.task_id


async def test_a_webhook_makes_its_job_due_at_once(world: World):
    submitted, task = await running(world)
    world.provider.finish(task)
    await world.poller.run_once()
    assert (await world.job(submitted)).state is JobState.RUNNING
    await world.service.nudge(submitted.job.hook_token, task)
    await world.poller.run_once()
    assert (await world.job(submitted)).state is JobState.SUCCEEDED


async def test_a_repeated_or_late_webhook_costs_no_second_message(world: World):
    submitted, task = await running(world)
    world.provider.finish(task)
    for _ in range(3):
        await world.service.nudge(submitted.job.hook_token, task)
        await world.settle()
    assert len(world.channel.posted) == 1


async def test_a_failure_is_told_once_with_what_was_charged(world: World):
    submitted, task = await running(world)
    world.provider.fail(task, FailureReason.NO_FACE, consumed=0)
    world.clock.advance(5 * MINUTE)
    await world.settle()
    job = await world.job(submitted)
    assert (job.state, job.failure, job.consumed_microusd) == (JobState.FAILED, Failure(FailureReason.NO_FACE), 0)
    assert [one.purpose for one in world.channel.posted] == ["failure"]


async def test_past_the_deadline_a_job_goes_on_and_is_delivered_late(world: World):
    submitted, task = await running(world)
    await world.live(schedule.OVERDUE_AFTER + 2 * MINUTE)
    assert (await world.job(submitted)).state is JobState.OVERDUE
    world.provider.finish(task)
    await world.live(15 * MINUTE)
    assert (await world.job(submitted)).state is JobState.SUCCEEDED
    assert [one.purpose for one in world.channel.posted] == ["result"]


async def test_a_completed_task_without_a_clip_is_asked_for_ten_minutes_then_fails(world: World):
    submitted, task = await running(world)
    world.provider.tasks[task].status = RemoteStatus.COMPLETED
    world.provider.tasks[task].consumed = 260_000
    world.clock.advance(5 * MINUTE)
    await world.live(9 * MINUTE)
    assert (await world.job(submitted)).state is JobState.RUNNING
    await world.live(3 * MINUTE)
    job = await world.job(submitted)
    assert (job.state, job.failure) == (JobState.FAILED, Failure(FailureReason.NO_OUTPUT))
    assert job.consumed_microusd == 260_000


async def test_a_task_that_vanishes_for_a_day_is_abandoned_and_the_owner_told(world: World):
    submitted, task = await running(world)
    del world.provider.tasks[task]
    await world.live(23 * HOUR, tick=10 * MINUTE)
    assert (await world.job(submitted)).state is JobState.OVERDUE
    await world.live(2 * HOUR, tick=10 * MINUTE)
    assert (await world.job(submitted)).state is JobState.ABANDONED
    assert world.alerts.words == ["overdue:task_unknown", "abandoned:vanished"]


async def test_a_task_that_comes_back_in_time_is_not_abandoned(world: World):
    submitted, task = await running(world)
    kept = world.provider.tasks.pop(task)
    await world.live(20 * HOUR, tick=10 * MINUTE)
    world.provider.tasks[task] = kept
    await world.live(HOUR, tick=10 * MINUTE)
    del world.provider.tasks[task]
    await world.live(20 * HOUR, tick=10 * MINUTE)
    assert (await world.job(submitted)).state is JobState.OVERDUE


async def test_nothing_is_polled_for_more_than_thirty_days(world: World):
    submitted, _ = await running(world)
    await world.live(schedule.FORGET_AFTER + DAY, tick=6 * HOUR)
    assert (await world.job(submitted)).state is JobState.ABANDONED


async def test_a_provider_that_is_down_is_asked_again(world: World):
    submitted, task = await running(world)
    world.provider.unavailable = True
    world.provider.finish(task)
    await world.live(10 * MINUTE)
    assert (await world.job(submitted)).state is JobState.RUNNING
    world.provider.unavailable = False
    await world.live(2 * MINUTE)
    assert (await world.job(submitted)).state is JobState.SUCCEEDED


async def test_cancelling_in_the_queue_costs_nothing_and_posts_nothing(world: World):
    submitted = await world.order()
    assert await world.service.cancel(submitted.job.id, PERSON, moderator=False) is Cancellation.CANCELLED
    await world.settle()
    job = await world.job(submitted)
    assert (job.state, job.consumed_microusd) == (JobState.CANCELLED, 0)
    assert world.provider.posts == []
    assert world.channel.posted == []


async def test_cancelling_a_running_job_asks_the_provider_once_and_its_word_decides(world: World):
    submitted, task = await running(world)
    assert await world.service.cancel(submitted.job.id, PERSON, moderator=False) is Cancellation.REQUESTED
    await world.live(MINUTE)
    assert world.provider.cancels == [task]
    world.provider.fail(task, FailureReason.OTHER, consumed=0)
    await world.live(5 * MINUTE)
    assert (await world.job(submitted)).state is JobState.CANCELLED
    assert world.channel.posted == []


async def test_a_clip_that_finished_all_the_same_is_delivered(world: World):
    submitted, task = await running(world)
    await world.service.cancel(submitted.job.id, PERSON, moderator=False)
    world.provider.finish(task)
    await world.live(5 * MINUTE)
    assert (await world.job(submitted)).state is JobState.SUCCEEDED
    assert [one.purpose for one in world.channel.posted] == ["result"]


async def test_a_job_cancelled_by_the_provider_unasked_is_a_failure(world: World):
    submitted, task = await running(world)
    world.provider.tasks[task].status = RemoteStatus.CANCELLED
    world.clock.advance(5 * MINUTE)
    await world.settle()
    job = await world.job(submitted)
    assert (job.state, job.failure) == (JobState.FAILED, Failure(FailureReason.CANCELLED_UPSTREAM))


@pytest.mark.parametrize(
    ("person", "moderator", "answer"),
    [(PERSON + 1, False, Cancellation.NOT_YOURS), (PERSON + 1, True, Cancellation.CANCELLED)],
)
async def test_only_its_person_or_a_moderator_may_cancel(world: World, person, moderator, answer):
    submitted = await world.order()
    assert await world.service.cancel(submitted.job.id, person, moderator=moderator) is answer


async def test_an_ended_job_and_an_unknown_one_cannot_be_cancelled(world: World):
    submitted, task = await running(world)
    world.provider.finish(task)
    world.clock.advance(5 * MINUTE)
    await world.settle()
    assert await world.service.cancel(submitted.job.id, PERSON, moderator=False) is Cancellation.TOO_LATE
    assert await world.service.cancel("nosuch", PERSON, moderator=True) is Cancellation.UNKNOWN


async def test_a_clip_that_cannot_be_fetched_now_is_fetched_later_from_a_fresh_address(world: World):
    submitted, task = await running(world)
    world.provider.finish(task)
    world.clips.fault = TryLater("reset")
    world.clock.advance(5 * MINUTE)
    await world.settle()
    assert world.channel.posted == []
    world.provider.tasks[task].output_url = "https://storage.example/fresh.mp4"
    await world.live(MINUTE)
    world.clips.fault = None
    await world.live(5 * MINUTE)
    job = await world.job(submitted)
    assert job.output_url == "https://storage.example/fresh.mp4"
    assert job.result_asset_id is not None
    assert [one.purpose for one in world.channel.posted] == ["result"]


async def test_a_clip_whose_address_is_dead_is_delivered_as_a_link_and_the_owner_told(world: World):
    submitted, task = await running(world)
    world.provider.finish(task)
    world.clips.fault = ClipUnavailable("403")
    await world.live(schedule.ARCHIVE_UNAVAILABLE_GRACE + 10 * MINUTE)
    assert world.alerts.words == ["clip_unavailable"]
    assert [one.purpose for one in world.channel.posted] == ["result"]
    assert (await world.job(submitted)).result_asset_id is None


async def test_a_clip_that_is_too_large_is_fetched_once_and_its_link_goes_out_at_once(world: World):
    submitted, task = await running(world)
    world.provider.finish(task)
    fetched = []

    async def too_large(asset_id: str, url: str):
        fetched.append(url)
        raise ClipTooLarge("512 MiB")

    world.clips.fetch = too_large
    await world.service.nudge(submitted.job.hook_token, task)
    await world.settle()
    assert len(fetched) == 1
    assert [one.purpose for one in world.channel.posted] == ["result"]
    assert world.alerts.words == ["clip_unavailable"]


async def test_a_restart_asks_for_every_task_at_once(world: World):
    submitted, task = await running(world)
    world.provider.finish(task)
    world.start_process()
    await world.sweeper.recover(sole_owner=True)
    await world.settle()
    assert (await world.job(submitted)).state is JobState.SUCCEEDED
    assert world.clock.now() - submitted.job.created_at < SECOND


async def test_what_past_jobs_took_is_what_a_card_promises(world: World):
    for _ in range(6):
        submitted, task = await running(world)
        world.clock.advance(90 * SECOND)
        world.provider.finish(task)
        await world.service.nudge(submitted.job.hook_token, task)
        await world.settle()
    submitted, _ = await running(world)
    job = await world.job(submitted)
    details = await world.clip_service.details(job.id)
    assert details.facts.ready_at == job.running_since + 90 * SECOND


async def test_an_abandoned_task_that_turns_up_is_delivered_and_no_longer_called_lost(world: World):
    submitted, task = await running(world)
    kept = world.provider.tasks.pop(task)
    await world.live(26 * HOUR, tick=10 * MINUTE)
    assert (await world.job(submitted)).state is JobState.ABANDONED
    world.provider.tasks[task] = kept
    world.provider.finish(task)
    await world.service.nudge(submitted.job.hook_token, task)
    await world.settle()
    job = await world.job(submitted)
    assert (job.state, job.failure) == (JobState.SUCCEEDED, None)
    assert [one.purpose for one in world.channel.posted] == ["abandoned", "result"]


async def test_an_abandoned_task_that_is_still_unknown_is_asked_for_once_per_webhook(world: World):
    submitted, task = await running(world)
    del world.provider.tasks[task]
    await world.live(26 * HOUR, tick=10 * MINUTE)
    before = world.provider.gets
    await world.service.nudge(submitted.job.hook_token, task)
    await world.live(2 * HOUR, tick=10 * MINUTE)
    assert world.provider.gets == before + 1


async def test_a_task_that_is_unknown_for_a_moment_after_it_was_made_is_not_overdue(world: World):
    submitted, task = await running(world)
    kept = world.provider.tasks.pop(task)
    await world.service.nudge(submitted.job.hook_token, task)
    await world.settle()
    world.provider.tasks[task] = kept
    await world.live(5 * MINUTE)
    assert (await world.job(submitted)).state is JobState.RUNNING


async def test_our_own_deadlines_hold_while_the_provider_answers_nothing(world: World):
    submitted, _ = await running(world)
    world.provider.unavailable = True
    await world.live(schedule.OVERDUE_AFTER + 10 * MINUTE)
    assert (await world.job(submitted)).state is JobState.OVERDUE
    assert world.alerts.words == ["overdue:deadline"]


async def test_after_a_downtime_a_fresh_address_is_asked_for_before_the_clip_is_given_up(world: World):
    submitted, task = await running(world)
    world.provider.finish(task)
    await world.service.nudge(submitted.job.hook_token, task)
    await world.poller.run_once()
    world.clock.advance(25 * HOUR)
    world.provider.tasks[task].output_url = "https://storage.example/fresh.mp4"
    world.clips.fault = ClipUnavailable("403")
    await world.archiver.run_once()
    world.clips.fault = None
    await world.live(MINUTE)
    assert (await world.job(submitted)).result_asset_id is not None
    assert world.alerts.words == []


async def test_an_archive_that_stumbles_for_a_day_lets_the_link_go_out(world: World):
    _, task = await running(world)
    world.provider.finish(task)
    world.clips.fault = PermissionError("defect")
    await world.live(schedule.ARCHIVE_GRACE + 2 * HOUR, tick=10 * MINUTE)
    assert [one.purpose for one in world.channel.posted] == ["result"]


async def test_what_a_downtime_added_is_not_learnt(world: World):
    for _ in range(6):
        submitted, task = await running(world)
        world.clock.advance(90 * SECOND)
        world.provider.finish(task)
        world.clock.advance(8 * HOUR)
        await world.service.nudge(submitted.job.hook_token, task)
        await world.settle()
    learnt = await world.store.quantiles(JobKind.VIDEO, "1.6", "std", 5)
    assert learnt.p90 == 90 * SECOND


@pytest.mark.parametrize("queued", [True, False], ids=["queued", "running"])
async def test_a_person_is_told_in_a_message_that_a_moderator_cancelled_their_job(world: World, queued):
    submitted = await world.order()
    if not queued:
        await world.settle()
    await world.service.cancel(submitted.job.id, PERSON + 1, moderator=True)
    if not queued:
        world.provider.fail((await world.job(submitted)).task_id, FailureReason.OTHER, consumed=0)
    await world.live(5 * MINUTE)
    job = await world.job(submitted)
    assert (job.state, job.failure) == (JobState.CANCELLED, Failure(FailureReason.CANCELLED_BY_MODERATOR))
    assert [one.purpose for one in world.channel.posted] == ["failure"]
