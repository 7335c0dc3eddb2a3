"""From the queue to a task: what each answer to the POST leads to, and that it is never made twice."""

from __future__ import annotations

import asyncio

import pytest

from bot.clock import HOUR, MINUTE, SECOND
from bot.errors import Refused
from bot.jobs import schedule
from bot.jobs.cards import card_facts
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.limits import IN_FLIGHT_COUNTER, Allowance, CeilingReached, month_counter, person_day_counter
from bot.jobs.ports import Bound, Declined, InputUnusable, NotSent, StoreUnavailable, TryLater, Unknowable
from bot.jobs.purchasing import Ceilings
from bot.jobs.requests import PriceOverCeiling, ServerNotEnabled
from bot.jobs.service import Cancellation
from bot.jobs.states import BIND, JobState
from tests.integration.jobs.world import GUILD, PERSON, World, with_place

OPEN = Ceilings(servers=None, microusd_per_month=None, microusd_per_job=None, per_person=Allowance())


async def test_a_command_becomes_a_task_and_a_clip_in_the_channel(world: World):
    submitted = await world.order()
    await world.settle()
    world.provider.finish((await world.job(submitted)).task_id)
    world.clock.advance(5 * MINUTE)
    await world.settle()
    job = await world.job(submitted)
    assert job.state is JobState.SUCCEEDED
    assert job.consumed_microusd == 260_000
    assert [(one.purpose, one.ref.channel_id) for one in world.channel.posted] == [("result", job.place.channel_id)]


async def test_the_same_request_twice_is_one_job_and_one_task(world: World):
    first = await world.order(key="i:1")
    again = await world.order(key="i:1")
    await world.settle()
    assert again.repeated
    assert again.job.id == first.job.id
    assert len(world.provider.posts) == 1


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Unknowable("timeout"), JobState.SUBMIT_UNKNOWN),
        (NotSent("refused"), JobState.QUEUED),
        (Declined(Failure(FailureReason.MODERATED)), JobState.FAILED),
        (Declined(Failure(FailureReason.OTHER)), JobState.FAILED),
        (Declined(Failure(FailureReason.BUSY)), JobState.QUEUED),
        (Declined(Failure(FailureReason.NO_CREDIT)), JobState.QUEUED),
        (Declined(Failure(FailureReason.BAD_KEY)), JobState.QUEUED),
    ],
    ids=lambda value: getattr(value, "cause", None) or getattr(getattr(value, "failure", None), "reason", None),
)
async def test_each_answer_to_the_post_leads_where_the_table_says(world: World, answer, state):
    world.provider.answers.append(lambda task: answer)
    submitted = await world.order()
    await world.submitter.run_once()
    job = await world.job(submitted)
    assert job.state is state
    assert len(world.provider.posts) == 1
    in_flight = 1 if state is JobState.SUBMIT_UNKNOWN else 0
    assert await world.store.used(IN_FLIGHT_COUNTER) == in_flight


async def test_a_busy_provider_is_asked_again_after_the_time_it_named(world: World):
    world.provider.answers.append(lambda task: Declined(Failure(FailureReason.BUSY), retry_after_ms=10 * MINUTE))
    submitted = await world.order()
    await world.submitter.run_once()
    world.clock.advance(10 * MINUTE - 1)
    await world.settle()
    assert len(world.provider.posts) == 1
    world.clock.advance(SECOND)
    await world.settle()
    assert len(world.provider.posts) == 2
    assert (await world.job(submitted)).state is JobState.RUNNING


async def test_a_refusal_for_lack_of_credit_rests_all_submissions_and_tells_the_owner_once(world: World):
    world.provider.answers.append(lambda task: Declined(Failure(FailureReason.NO_CREDIT)))
    first = await world.order()
    await world.submitter.run_once()
    second = await world.order()
    await world.settle()
    assert len(world.provider.posts) == 1
    assert world.alerts.words == ["paused:no_credit"]
    world.clock.advance(schedule.PAUSE + SECOND)
    await world.settle()
    assert (await world.job(first)).state is JobState.RUNNING
    assert (await world.job(second)).state is JobState.RUNNING
    assert await world.store.pause() is None


async def test_a_job_is_given_back_after_an_hour_of_rest(world: World):
    for _ in range(40):
        world.provider.answers.append(lambda task: Declined(Failure(FailureReason.NO_CREDIT)))
    submitted = await world.order()
    await world.live(HOUR + schedule.PAUSE + MINUTE, tick=MINUTE)
    job = await world.job(submitted)
    assert job.state is JobState.FAILED
    assert job.failure == Failure(FailureReason.NO_CREDIT)
    assert job.consumed_microusd == 0
    assert [one.purpose for one in world.channel.posted] == ["failure"]
    assert world.alerts.words == ["paused:no_credit"]
    assert await world.store.used(person_day_counter(GUILD, PERSON, job.created_at)) == 0


async def test_no_more_jobs_are_in_flight_than_allowed(world: World):
    world.max_in_flight = 2
    world.start_process()
    jobs = [await world.order() for _ in range(4)]
    await world.settle()
    states = [(await world.job(one)).state for one in jobs]
    assert states == [JobState.RUNNING, JobState.RUNNING, JobState.QUEUED, JobState.QUEUED]
    shown = [await card_facts(world.store, world.timing, await world.job(one)) for one in jobs]
    assert [facts.position for facts in shown] == [0, 0, 1, 2]
    world.provider.finish((await world.job(jobs[0])).task_id)
    world.clock.advance(5 * MINUTE)
    await world.settle()
    assert (await world.job(jobs[2])).state is JobState.RUNNING


async def test_two_processes_racing_for_the_last_place_take_it_once(world: World):
    world.max_in_flight = 1
    world.start_process()
    await world.order()
    await world.order()
    racing = world.submitter
    world.start_process()
    now = world.clock.now()
    held = await world.store.claim_ready(now, "mine", now + MINUTE, 1)
    await racing.run_once()
    await world.submitter._submit(held[0], await world.submitter._prepare(held[0]))
    assert len(world.provider.posts) == 1
    assert await world.store.used(IN_FLIGHT_COUNTER) == 1


async def test_a_known_price_is_reserved_and_settled_to_what_was_charged(world: World):
    submitted = await world.order()
    counter = month_counter(world.clock.now())
    assert await world.store.used(counter) == submitted.job.price_microusd == 260_000
    await world.settle()
    world.provider.finish((await world.job(submitted)).task_id, consumed=100_000)
    world.clock.advance(5 * MINUTE)
    await world.settle()
    assert await world.store.used(counter) == 100_000


async def test_a_failure_that_cost_something_gives_the_quota_back_but_keeps_the_money(world: World):
    submitted = await world.order()
    await world.settle()
    job = await world.job(submitted)
    world.provider.fail(job.task_id, FailureReason.MODERATED, consumed=50_000)
    world.clock.advance(5 * MINUTE)
    await world.settle()
    assert await world.store.used(person_day_counter(GUILD, PERSON, job.created_at)) == 0
    assert await world.store.used(month_counter(job.created_at)) == 50_000


async def test_a_failure_whose_cost_is_not_known_keeps_the_reserve(world: World):
    submitted = await world.order()
    await world.settle()
    job = await world.job(submitted)
    world.provider.fail(job.task_id, FailureReason.OTHER, consumed=None)
    world.clock.advance(5 * MINUTE)
    await world.settle()
    assert (await world.job(submitted)).consumed_microusd is None
    assert await world.store.used(month_counter(job.created_at)) == 260_000


async def test_a_server_that_is_not_enabled_buys_nothing(world: World):
    origin = with_place(world.origin(), guild_id=GUILD + 1)
    with pytest.raises(Refused) as refused:
        await world.service.submit(origin, _video())
    assert refused.value.refusal == ServerNotEnabled(guild_id=GUILD + 1)
    assert len(await world.store.running_clips(PERSON, GUILD + 1, 9)) == 0


async def test_a_day_s_clips_are_counted_and_the_refusal_says_when_it_ends(world: World):
    world.ceilings = Ceilings(
        servers=None, microusd_per_month=None, microusd_per_job=None, per_person=Allowance(clips_per_day=2)
    )
    world.start_process()
    await world.order()
    await world.order()
    with pytest.raises(Refused) as refused:
        await world.order()
    refusal = refused.value.refusal
    assert isinstance(refusal, CeilingReached)
    assert (refusal.used, refusal.ceiling) == (2, 2)
    assert refusal.free_at > world.clock.now()


async def test_a_clip_dearer_than_one_may_be_is_refused(world: World):
    world.ceilings = Ceilings(servers=None, microusd_per_month=None, microusd_per_job=100_000, per_person=Allowance())
    world.start_process()
    with pytest.raises(Refused) as refused:
        await world.order()
    assert refused.value.refusal == PriceOverCeiling(price_microusd=260_000, ceiling_microusd=100_000)


async def test_a_budget_that_is_gone_refuses_and_stores_nothing(world: World):
    world.ceilings = Ceilings(servers=None, microusd_per_month=300_000, microusd_per_job=None, per_person=Allowance())
    world.start_process()
    await world.order()
    with pytest.raises(Refused):
        await world.order()
    assert await world.store.used(month_counter(world.clock.now())) == 260_000
    assert len(await world.store.running_clips(PERSON, GUILD, 9)) == 1


async def test_an_unusable_input_ends_the_job_before_anything_is_bought(world: World):
    world.files.fault = InputUnusable(Failure(FailureReason.IMAGE_REJECTED, '{"kind": "x"}'))
    submitted = await world.order(image=True)
    await world.settle()
    job = await world.job(submitted)
    assert (job.state, job.consumed_microusd) == (JobState.FAILED, 0)
    assert job.failure == Failure(FailureReason.IMAGE_REJECTED, '{"kind": "x"}')
    assert world.provider.posts == []


async def test_an_input_that_cannot_be_fetched_now_is_fetched_later(world: World):
    world.files.fault = TryLater("reset")
    submitted = await world.order(image=True)
    await world.settle()
    assert (await world.job(submitted)).state is JobState.QUEUED
    world.files.fault = None
    world.clock.advance(MINUTE)
    await world.settle()
    assert (await world.job(submitted)).state is JobState.RUNNING


async def test_a_job_waits_for_its_inputs_and_others_do_not_wait_for_it(world: World):
    world.files.fault = TryLater("reset")
    slow = await world.order(image=True)
    quick = await world.order()
    await world.settle()
    assert (await world.job(slow)).state is JobState.QUEUED
    assert (await world.job(quick)).state is JobState.RUNNING


async def test_a_task_that_ended_before_the_answer_came_is_asked_for_at_once(world: World):
    def finished(task):
        made = world.provider.make_task(task)
        world.provider.finish(made.id)
        return Bound(world.provider._report(made))

    world.provider.answers.append(finished)
    submitted = await world.order()
    await world.settle()
    assert (await world.job(submitted)).state is JobState.SUCCEEDED


async def test_an_early_webhook_and_a_cancel_during_the_post_are_acted_on_when_it_returns(world: World):
    def meanwhile(task):
        made = world.provider.make_task(task)
        world.provider.finish(made.id)
        report = world.provider._report(made)
        return Bound(type(report)(task_id=made.id, status="running"))

    world.provider.answers.append(meanwhile)
    submitted = await world.order()
    original = world.provider.create

    async def create(task):
        await world.service.nudge(task.order.hook_token, "task-1")
        return await original(task)

    world.provider.create = create
    await world.submitter.run_once()
    await world.poller.run_once()
    assert (await world.job(submitted)).state is JobState.SUCCEEDED


async def test_a_wish_to_cancel_during_a_refused_post_is_kept(world: World):
    submitted = await world.order()

    async def busy(task):
        assert await world.service.cancel(submitted.job.id, PERSON, moderator=False) is Cancellation.REQUESTED
        return Declined(Failure(FailureReason.BUSY))

    original, world.provider.create = world.provider.create, busy
    await world.submitter.run_once()
    world.provider.create = original
    await world.live(10 * MINUTE)
    job = await world.job(submitted)
    assert (job.state, job.consumed_microusd) == (JobState.CANCELLED, 0)
    assert world.provider.tasks == {}


async def test_a_task_that_was_made_although_it_was_refused_is_followed_and_not_bought_again(world: World):
    def refused_but_made(task):
        world.provider.make_task(task)
        return Declined(Failure(FailureReason.BUSY), retry_after_ms=5 * MINUTE)

    world.provider.answers.append(refused_but_made)
    submitted = await world.order()
    await world.submitter.run_once()
    await world.service.nudge(submitted.job.hook_token, "task-1")
    await world.settle()
    assert len(world.provider.posts) == 1  # the webhook did not bring the next attempt forward
    await world.live(10 * MINUTE)
    assert (await world.job(submitted)).task_id == "task-1"
    assert len(world.provider.tasks) == 1


async def test_a_provider_that_asks_for_days_is_believed_for_an_hour(world: World):
    world.provider.answers.append(lambda task: Declined(Failure(FailureReason.BUSY), retry_after_ms=10**21))
    submitted = await world.order()
    await world.submitter.run_once()
    job = await world.job(submitted)
    assert (job.state, job.due_at) == (JobState.QUEUED, world.clock.now() + HOUR)


async def test_nothing_is_bought_where_nothing_may_be_spent(world: World):
    world.ceilings = Ceilings(servers=None, microusd_per_month=None, microusd_per_job=0, per_person=Allowance())
    world.start_process()
    with pytest.raises(Refused) as refused:
        await world.order(model="2.6")
    assert refused.value.refusal == PriceOverCeiling(price_microusd=None, ceiling_microusd=0)


async def test_a_task_id_in_hand_is_recorded_however_long_the_store_is_away(world: World):
    submitted = await world.order()
    apply, away = world.store.apply, [StoreUnavailable("failover")] * 5

    async def failing(change):
        if change.transition is BIND and away:
            raise away.pop()
        return await apply(change)

    async def sleep(milliseconds):
        world.clock.advance(milliseconds)

    world.store.apply, world.clock.sleep = failing, sleep
    await world.submitter.run_once()
    assert (await world.job(submitted)).state is JobState.RUNNING


async def test_after_a_pause_one_job_at_a_time_finds_out_whether_it_is_over(world: World):
    for _ in range(9):
        world.provider.answers.append(lambda task: Declined(Failure(FailureReason.NO_CREDIT)))
    for _ in range(4):
        await world.order()
    await world.submitter.run_once()
    first = len(world.provider.posts)
    world.clock.advance(schedule.PAUSE + SECOND)
    await world.submitter.run_once()
    assert len(world.provider.posts) == first + 1
    assert world.alerts.words == ["paused:no_credit"]


async def test_an_input_that_makes_us_stumble_for_a_day_is_given_back(world: World):
    world.files.fault = PermissionError("defect")
    submitted = await world.order(image=True)
    await world.live(schedule.QUEUE_LIMIT + HOUR, tick=HOUR)
    job = await world.job(submitted)
    assert (job.state, job.quota_held) == (JobState.FAILED, False)


def _video():
    from bot.catalog import VideoAsked
    from bot.jobs.requests import VideoRequest

    return VideoRequest(asked=VideoAsked(prompt="a red kite"))


async def test_the_first_in_line_keeps_its_turn_where_another_worker_took_the_last_place(world: World):
    world.max_in_flight = 1
    world.start_process()
    orders = [await world.order(prompt=f"number {number}") for number in range(3)]

    took = await asyncio.gather(world.submitter.run_once(), world.submitter.run_once())
    assert (took, len(world.provider.posts)) == ([1, 1], 1)
    # There is no room, so nothing is claimed and nobody spins.
    assert await world.submitter.run_once() == 0

    world.provider.finish("task-1")
    await world.service.nudge((await world.job(orders[0])).hook_token, "task-1")
    await world.poller.run_once()
    await world.submitter.run_once()
    assert world.provider.posts == [(await world.job(order)).hook_token for order in orders[:2]]
