"""While the provider is unwell nothing is bought, one job at a time finds out whether it is; all of it outlives us."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clock import HOUR, MINUTE, SECOND
from bot.jobs import schedule
from bot.jobs.breaker import Breaker
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.ports import CreateOutcome, Declined, NotSent, Pause, PreparedTask, Unknowable
from bot.jobs.states import JobState
from tests.integration.jobs.world import World

Answer = Callable[[World, PreparedTask], CreateOutcome]


def _lost(world: World, task: PreparedTask) -> CreateOutcome:
    return Unknowable("http_502")


def _lost_after_it_was_made(world: World, task: PreparedTask) -> CreateOutcome:
    world.provider.make_task(task)
    return Unknowable("timeout")


def _unreached(world: World, task: PreparedTask) -> CreateOutcome:
    return NotSent("connect_failed")


def _busy(world: World, task: PreparedTask) -> CreateOutcome:
    return Declined(Failure(FailureReason.BUSY))


def _failing(world: World, task: PreparedTask) -> CreateOutcome:
    return Declined(Failure(FailureReason.PROVIDER_ERROR))


def _too_fast(world: World, task: PreparedTask) -> CreateOutcome:
    return Declined(Failure(FailureReason.BUSY), 5_000, too_fast=True)


def _refused(world: World, task: PreparedTask) -> CreateOutcome:
    return Declined(Failure(FailureReason.MODERATED))


UNWELL = {"lost": _lost, "unreached": _unreached, "busy": _busy, "failing": _failing}


def answer(world: World, kind: Answer, times: int = 1) -> None:
    for _ in range(times):
        world.provider.answers.append(lambda task: kind(world, task))


async def open_breaker(world: World, kind: Answer = _lost) -> Pause:
    """Let as many purchases fail as it takes."""
    answer(world, kind, times=schedule.FAILURES_IN_A_ROW)
    for _ in range(schedule.FAILURES_IN_A_ROW):
        await world.order()
    await world.live(30 * SECOND, tick=5 * SECOND)
    pause = await world.store.pause()
    assert pause is not None
    return pause


@pytest.mark.parametrize("how", UNWELL)
async def test_failures_in_a_row_let_all_submissions_rest(world: World, how: str):
    pause = await open_breaker(world, UNWELL[how])
    posts = len(world.provider.posts)
    later = await world.order()
    await world.settle()
    assert (pause.reason, posts) == ("provider_down", schedule.FAILURES_IN_A_ROW)
    assert len(world.provider.posts) == posts
    assert (await world.job(later)).state is JobState.QUEUED


@pytest.mark.parametrize("how", UNWELL)
async def test_one_unlucky_purchase_stops_nobody(world: World, how: str):
    answer(world, UNWELL[how])
    await world.order()
    await world.settle()
    assert await world.store.pause() is None
    second = await world.order()
    await world.settle()
    assert (await world.job(second)).state is JobState.RUNNING


async def test_one_job_that_cannot_be_sent_shows_by_itself_that_the_provider_is_down(world: World):
    answer(world, _unreached, times=9)
    submitted = await world.order()
    await world.live(MINUTE, tick=SECOND)
    assert (await world.job(submitted)).state is JobState.QUEUED
    assert len(world.provider.posts) == schedule.FAILURES_IN_A_ROW
    assert (await world.store.pause()) is not None


async def test_failures_among_successes_stop_nobody(world: World):
    world.max_in_flight = 500
    world.start_process()
    for _ in range(40):
        answer(world, _lost, times=2)
        for _ in range(3):
            await world.order()
            await world.submitter.run_once()
        assert await world.store.pause() is None
    assert len(world.provider.posts) == 120


@pytest.mark.parametrize("kind", [_too_fast, _refused])
async def test_a_proper_refusal_between_failures_shows_that_the_provider_is_well(world: World, kind: Answer):
    for _ in range(4):
        answer(world, _lost, times=2)
        answer(world, kind)
        world.max_in_flight += 3
        world.start_process()
        for _ in range(3):
            await world.order()
            await world.submitter.run_once()
            world.clock.advance(10 * MINUTE)
    assert await world.store.pause() is None


async def test_requests_that_come_too_fast_let_nobody_rest(world: World):
    answer(world, _too_fast, times=20)
    submitted = await world.order()
    await world.live(20 * MINUTE, tick=5 * SECOND)
    assert await world.store.pause() is None
    assert (await world.job(submitted)).state in {JobState.QUEUED, JobState.RUNNING}


async def test_when_the_pause_is_over_one_purchase_finds_out_and_lifts_it_for_all(world: World):
    await open_breaker(world)
    others = [await world.order() for _ in range(4)]
    world.clock.advance(schedule.FIRST_REST)
    await world.submitter.run_once()
    assert await world.store.pause() is None
    world.max_in_flight = 20
    world.start_process()
    await world.settle()
    assert [(await world.job(one)).state for one in others] == [JobState.RUNNING] * 4


async def test_a_try_that_fails_lets_all_rest_for_twice_as_long(world: World):
    world.max_in_flight = 50
    world.start_process()
    await open_breaker(world)
    answer(world, _lost, times=50)
    for _ in range(20):
        await world.order()
    waits = []
    for _ in range(7):
        pause = await world.store.pause()
        assert pause is not None
        waits.append(pause.until - world.clock.now())
        world.clock.advance(waits[-1])
        await world.settle()
    first, *later = [round(wait / MINUTE) for wait in waits]
    assert first <= 1
    assert later == [2, 4, 8, 16, 30, 30]


async def test_nothing_is_bought_to_try_while_not_even_a_question_is_answered(world: World):
    await open_breaker(world)
    world.provider.unavailable = True
    submitted = await world.order()
    posts = len(world.provider.posts)
    await world.live(20 * MINUTE, tick=10 * SECOND)
    assert len(world.provider.posts) == posts
    assert world.provider.reached == pytest.approx(20, abs=2)
    world.provider.unavailable = False
    await world.live(2 * MINUTE, tick=10 * SECOND)
    assert (await world.job(submitted)).state is JobState.RUNNING
    assert await world.store.pause() is None


async def test_whatever_waited_for_an_hour_is_given_back_with_what_was_the_matter(world: World):
    answer(world, _unreached, times=200)
    submitted = await world.order()
    await world.live(HOUR + 6 * MINUTE, tick=30 * SECOND)
    job = await world.job(submitted)
    assert (job.state, job.failure) == (JobState.FAILED, Failure(FailureReason.PROVIDER_DOWN))
    assert (job.quota_held, job.consumed_microusd) == (False, 0)
    assert [one.purpose for one in world.channel.posted] == ["failure"]


async def test_only_a_handful_is_risked_while_every_answer_gets_lost(world: World):
    world.max_in_flight = 1000
    world.start_process()
    answer(world, _lost, times=1000)
    for _ in range(60):
        await world.order()
    await world.live(HOUR - MINUTE, tick=10 * SECOND)
    assert len(world.provider.posts) <= 6 + 6


async def test_processes_share_the_pause_and_one_turn(world: World):
    await open_breaker(world)
    answer(world, _lost, times=50)
    for _ in range(6):
        await world.order()
    first, posts = world.submitter, len(world.provider.posts)
    world.start_process()
    second = world.submitter
    world.clock.advance(schedule.FIRST_REST)

    original = world.provider.reach

    async def reach() -> None:
        # While the one process asks, the other looks.
        world.provider.reach = original
        assert await second.run_once() == 1
        assert len(world.provider.posts) == posts
        await original()

    world.provider.reach = reach
    await first.run_once()
    assert len(world.provider.posts) == posts + 1


async def test_a_turn_that_died_with_its_process_is_anothers_after_a_while(world: World):
    await open_breaker(world)
    submitted = await world.order()
    world.clock.advance(schedule.FIRST_REST)
    breaker = world.submitter.breaker
    assert await breaker.turn()
    assert await breaker.turn() is None
    world.start_process()
    await world.live(6 * MINUTE, tick=10 * SECOND)
    assert (await world.job(submitted)).state is JobState.RUNNING
    assert await world.store.pause() is None


async def test_a_turn_in_which_nothing_is_bought_is_the_next_ones(world: World):
    await open_breaker(world)
    world.clock.advance(schedule.FIRST_REST)
    breaker = world.submitter.breaker
    turn = await breaker.turn()
    assert turn
    await breaker.give_back(turn)
    assert await breaker.turn() is not None


async def test_a_lost_answer_whose_task_is_found_shows_that_the_provider_takes_orders(world: World):
    answer(world, _lost_after_it_was_made, times=40)
    submitted = [await world.order() for _ in range(5)]
    await world.live(10 * MINUTE, tick=5 * SECOND)
    assert [(await world.job(one)).state for one in submitted] == [JobState.RUNNING] * 5
    assert len(world.provider.tasks) == 5
    assert await world.store.pause() is None


async def test_what_was_begun_before_a_refusal_does_not_lift_its_pause(world: World):
    await world.order()
    breaker = Breaker(world.submitter.shop, world.provider)
    began = world.clock.now()
    world.clock.advance(SECOND)
    await breaker.refused(Failure(FailureReason.NO_CREDIT))
    await breaker.worked(began)
    pause = await world.store.pause()
    assert pause is not None
    assert pause.reason == "no_credit"
    world.clock.advance(SECOND)
    await breaker.worked(world.clock.now())
    assert await world.store.pause() is None


async def test_a_provider_that_is_unwell_while_the_credit_is_gone_does_not_hide_that(world: World):
    breaker = Breaker(world.submitter.shop, world.provider)
    await breaker.refused(Failure(FailureReason.NO_CREDIT))
    for _ in range(5):
        world.clock.advance(10 * MINUTE)
        await breaker.failed(world.clock.now(), at_risk=False)
    pause = await world.store.pause()
    assert pause is not None
    assert pause.reason == "no_credit"


async def test_a_refusal_that_needs_the_operator_takes_the_place_of_a_provider_that_was_down(world: World):
    await open_breaker(world)
    breaker = Breaker(world.submitter.shop, world.provider)
    assert await breaker.refused(Failure(FailureReason.NO_CREDIT))
    assert not await breaker.refused(Failure(FailureReason.NO_CREDIT))


async def test_one_job_that_always_fails_does_not_hold_the_others_up(world: World):
    bad = await world.order(prompt="poison")
    create = world.provider.create

    async def picky(task: PreparedTask) -> CreateOutcome:
        if "poison" in task.sent:
            world.provider.posts.append(task.order.hook_token)
            return Declined(Failure(FailureReason.BUSY))
        return await create(task)

    world.provider.create = picky
    await world.live(MINUTE, tick=SECOND)
    assert await world.store.pause() is not None
    good = await world.order()
    await world.live(2 * MINUTE, tick=SECOND)
    assert (await world.job(good)).state is JobState.RUNNING
    assert (await world.job(bad)).state is JobState.QUEUED


async def test_a_clock_that_jumps_back_leaves_nobody_waiting_for_it(world: World):
    await open_breaker(world)
    submitted = await world.order()
    world.clock.advance(-30 * 24 * HOUR)
    now = world.clock.now()
    await world.store.release(submitted.job.id, "", now)
    breaker = Breaker(world.submitter.shop, world.provider)
    assert await breaker.pause() is None
    assert await breaker.turn()
    await breaker.worked(now)
    assert await world.store.pause() is None


async def test_the_owners_pause_is_not_tried(world: World):
    await open_breaker(world)
    await world.store.pause_for_owner("", [], world.clock.now())
    posts = len(world.provider.posts)
    await world.order()
    await world.live(30 * MINUTE, tick=MINUTE)
    assert len(world.provider.posts) == posts
    assert world.provider.reached == 0


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tries=st.integers(0, 10_000), at_risk=st.booleans())
def test_a_rest_is_never_longer_than_any_may_be_and_never_shorter_after_more_tries(tries: int, at_risk: bool):
    wait = schedule.rest(tries, at_risk=at_risk)
    assert schedule.FIRST_REST <= wait <= schedule.LONGEST_REST
    assert schedule.rest(tries + 1, at_risk=at_risk) >= wait


@pytest.mark.parametrize("seed", range(5))
async def test_however_the_provider_fares_little_is_risked_and_it_ends_as_it_should(world: World, seed: int):
    """Hours of trouble of any kind, then quiet: what was in line is bought or given back, and nothing rests."""
    chance = random.Random(seed)  # noqa: S311 - a schedule, not a secret
    world.max_in_flight = 200
    world.start_process()
    original = world.provider.create
    mood, lost, worst = "well", 0, 0

    async def moody(task: PreparedTask) -> CreateOutcome:
        nonlocal lost, worst
        kind = {"well": None, "shaky": chance.choice([None, None, None, _lost, _busy])}.get(mood, UNWELL.get(mood))
        if kind is None:
            lost = 0
            return await original(task)
        world.provider.posts.append(task.order.hook_token)
        lost += kind is _lost
        worst = max(worst, lost)
        return kind(world, task)

    world.provider.create = moody
    submitted = []
    for _ in range(12):
        mood = chance.choice(["well", "shaky", *UNWELL])
        world.provider.unavailable = mood != "well" and chance.random() < 0.3
        submitted += [await world.order() for _ in range(chance.randrange(4))]
        await world.live(chance.randrange(1, 20) * MINUTE, tick=20 * SECOND)
    mood, world.provider.unavailable = "well", False
    submitted.append(await world.order())
    await world.live(2 * HOUR, tick=MINUTE)
    states = {(await world.job(one)).state for one in submitted}
    assert states <= {JobState.RUNNING, JobState.OVERDUE, JobState.SUCCEEDED, JobState.FAILED, JobState.ABANDONED}
    assert await world.store.pause() is None
    assert worst <= 20
    posted = world.provider.posts
    made = {task.token for task in world.provider.tasks.values()}
    assert all(posted.count(token) >= 1 for token in made)
    assert len(made) == len(world.provider.tasks)


def test_a_pause_is_the_same_whatever_was_tried_in_it():
    pause = Pause(5, "provider_down")
    assert replace(pause, tries=3) == pause
