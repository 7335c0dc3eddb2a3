"""Many tasks are watched with one request, and each end is believed only when it is asked for by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.clock import HOUR, MINUTE, SECOND
from bot.jobs import pace
from bot.jobs.ports import Glance, HistoryTask
from bot.jobs.requests import Submitted
from bot.jobs.states import JobState
from tests.integration.jobs.world import World

CROWD = 20


@pytest.fixture
async def crowd(world: World) -> list[Submitted]:
    """Jobs under way whose ends nobody reports, at an age at which they may end."""
    world.max_in_flight = 100
    world.start_process(webhooks=False)
    orders = [await world.order() for _ in range(CROWD)]
    while await world.submitter.run_once():
        pass
    world.clock.advance(MINUTE)
    return orders


async def look(world: World) -> None:
    await world.lookout.run_once()
    while await world.poller.run_once():
        pass


async def states(world: World, orders: list[Submitted]) -> list[JobState]:
    return [(await world.job(order)).state for order in orders]


async def test_one_look_stands_for_a_request_each(world: World, crowd: list[Submitted]):
    before = world.provider.gets

    for _ in range(10):
        await look(world)
        world.clock.advance(pace.LOOKOUT_EVERY)

    assert (world.provider.gets - before, world.provider.listings) == (0, 10)


async def test_a_task_that_the_history_shows_as_ended_is_asked_for_and_recorded(world: World, crowd: list[Submitted]):
    await look(world)
    before = world.provider.gets
    world.provider.finish("task-3")
    world.provider.finish("task-7")
    world.clock.advance(pace.LOOKOUT_EVERY)

    await look(world)

    ended = [number for number, state in enumerate(await states(world, crowd), 1) if state is JobState.SUCCEEDED]
    assert (ended, world.provider.gets - before) == ([3, 7], 2)


async def test_a_history_that_lies_about_an_end_costs_a_request_and_nothing_else(world: World, crowd: list[Submitted]):
    await look(world)
    before = world.provider.gets
    world.provider.listed_as_over = {"task-5"}

    await look(world)

    assert (set(await states(world, crowd)), world.provider.gets - before) == ({JobState.RUNNING}, 1)


async def test_a_task_that_the_history_does_not_show_is_asked_for_by_itself(world: World, crowd: list[Submitted]):
    world.provider.unlisted = {"task-4"}
    world.provider.finish("task-4")

    for _ in range(20):
        await look(world)
        world.clock.advance(pace.LOOKOUT_EVERY)

    assert (await world.job(crowd[3])).state is JobState.SUCCEEDED


async def test_a_history_that_shows_none_of_ours_is_let_be(world: World, crowd: list[Submitted]):
    world.provider.unlisted = {f"task-{number}" for number in range(1, CROWD + 1)}

    for _ in range(20):
        await look(world)
        world.clock.advance(pace.LOOKOUT_EVERY)

    assert world.provider.listings == 1
    assert world.provider.gets >= CROWD
    world.clock.advance(5 * MINUTE)
    await look(world)
    assert world.provider.listings == 2


async def test_a_history_that_cannot_be_read_is_let_be(world: World, crowd: list[Submitted]):
    world.provider.unavailable = True
    await look(world)
    world.provider.unavailable = False
    world.clock.advance(MINUTE)
    await look(world)

    assert world.provider.listings == 1


async def test_one_task_is_asked_for_by_itself(world: World):
    world.start_process(webhooks=False)
    await world.order()
    await world.submitter.run_once()
    world.clock.advance(MINUTE)

    await look(world)

    assert (world.provider.gets, world.provider.listings) == (1, 0)


async def test_without_tasks_nothing_is_asked(world: World):
    await look(world)

    assert (world.provider.gets, world.provider.listings) == (0, 0)


async def test_a_task_that_was_found_is_asked_for_even_if_it_was_put_off_before(world: World, crowd: list[Submitted]):
    for _ in range(5):
        await look(world)
        world.clock.advance(pace.LOOKOUT_EVERY)
    world.provider.finish("task-9")

    await look(world)

    assert (await world.job(crowd[8])).state is JobState.SUCCEEDED


async def test_a_long_history_of_others_is_not_read_to_its_end(world: World, crowd: list[Submitted]):
    mine = dict(world.provider.tasks)
    (first,) = list(mine.values())[:1]
    world.provider.tasks = {f"other-{number}": replace(first, id=f"other-{number}") for number in range(1_000)} | mine

    await look(world)

    assert world.provider.rows_listed == 200


async def test_tasks_behind_many_that_have_ended_are_found(world: World, crowd: list[Submitted]):
    mine = list(world.provider.tasks.items())
    (_, first), *_rest = mine
    between = [[(f"other-{at}-{n}", replace(first, id=f"other-{at}-{n}")) for n in range(150)] for at in range(CROWD)]
    world.provider.tasks = dict(row for others, own in zip(between, mine, strict=True) for row in [*others, own])
    world.provider.finish(f"task-{CROWD}")
    before = world.provider.rows_listed

    await world.lookout.run_once()

    assert world.provider.rows_listed - before == CROWD * (150 + 1)


async def test_a_task_long_overdue_does_not_make_the_history_long(world: World, crowd: list[Submitted]):
    world.clock.advance(HOUR)
    await world.poller.run_once()
    while await world.poller.run_once():
        pass
    fresh = [await world.order() for _ in range(CROWD)]
    while await world.submitter.run_once():
        pass
    world.clock.advance(MINUTE)
    before = world.provider.rows_listed

    await world.lookout.run_once()

    assert world.provider.rows_listed - before == CROWD
    assert set(await states(world, [*crowd, *fresh])) == {JobState.OVERDUE, JobState.RUNNING}


async def test_so_many_long_overdue_that_asking_for_each_takes_more_are_looked_for(world: World):
    world.max_in_flight = 300
    world.start_process(webhooks=False)
    orders = [await world.order() for _ in range(200)]
    while await world.submitter.run_once():
        pass
    world.clock.advance(HOUR)
    await world.poller.run_once()
    while await world.poller.run_once():
        pass
    before = world.provider.rows_listed

    await world.lookout.run_once()

    assert world.provider.rows_listed - before == len(orders)


async def test_tasks_long_overdue_that_wait_in_a_backlog_are_looked_for(world: World, crowd: list[Submitted]):
    world.clock.advance(HOUR)

    await world.lookout.run_once()

    assert world.provider.rows_listed == CROWD


async def test_nobody_is_watched_before_the_first_can_have_ended(world: World):
    world.max_in_flight = 100
    world.start_process(webhooks=False)
    for _ in range(CROWD):
        await world.order()
    while await world.submitter.run_once():
        pass
    world.clock.advance(10 * SECOND)

    await look(world)

    assert (world.provider.gets, world.provider.listings) == (0, 0)


async def test_when_the_history_falls_silent_the_tasks_are_asked_for_by_themselves(
    world: World, crowd: list[Submitted]
):
    await look(world)
    before = world.provider.gets
    world.provider.unlisted = {f"task-{number}" for number in range(1, CROWD + 1)}
    world.clock.advance(pace.BACKSTOP)

    await look(world)

    assert world.provider.gets - before == CROWD


async def test_a_clock_set_back_does_not_silence_the_lookout(world: World, crowd: list[Submitted]):
    world.clock.advance(10 * MINUTE)
    world.provider.unavailable = True
    await look(world)
    world.provider.unavailable = False
    world.clock.advance(-6 * MINUTE)

    await look(world)

    assert world.provider.listings == 2


@pytest.fixture
def shared(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Other processes share the store."""
    monkeypatch.setattr(type(world.store), "sole_owner", property(lambda _: False))
    return world


async def test_while_one_process_reads_a_long_history_no_other_looks(
    shared: World, crowd: list[Submitted], monkeypatch: pytest.MonkeyPatch
):
    first, listings = shared.lookout, shared.provider.history
    shared.start_process(webhooks=False)
    shared.provider.listing_takes = SECOND

    async def history(*asked: object) -> AsyncIterator[HistoryTask]:
        async for row in listings(*asked):
            await shared.lookout.run_once()
            yield row

    monkeypatch.setattr(shared.provider, "history", history)
    await first.run_once()

    assert shared.provider.listings == 1


async def test_processes_look_as_often_as_one_would(shared: World, crowd: list[Submitted]):
    first = shared.lookout
    shared.start_process(webhooks=False)
    for _ in range(20):
        await first.run_once()
        await shared.lookout.run_once()
        shared.clock.advance(pace.LOOKOUT_EVERY // 2)

    assert shared.provider.listings == 10


async def test_a_clock_that_was_ahead_for_a_moment_keeps_nobody_from_looking(shared: World, crowd: list[Submitted]):
    shared.clock.advance(HOUR)
    await shared.lookout.run_once()
    shared.clock.advance(-HOUR)
    await shared.lookout.run_once()

    assert shared.provider.listings == 2


async def test_what_is_seen_under_way_is_put_off_from_when_it_was_seen(world: World, crowd: list[Submitted]):
    world.provider.listing_takes = SECOND

    await world.lookout.run_once()

    due = [(await world.job(order)).due_at for order in crowd]
    assert min(at for at in due if at is not None) > world.clock.now()


async def test_a_look_that_takes_too_long_is_broken_off(world: World, crowd: list[Submitted]):
    world.provider.listing_takes = MINUTE

    await world.lookout.run_once()

    assert world.provider.rows_listed == 3


async def test_a_look_is_priced_by_what_the_last_one_took(world: World, crowd: list[Submitted]):
    mine = dict(world.provider.tasks)
    (first,) = list(mine.values())[:1]
    world.provider.tasks = {f"other-{number}": replace(first, id=f"other-{number}") for number in range(190)} | mine
    looked = world.lookout
    await look(world)
    world.start_process(webhooks=False)
    world.clock.advance(pace.LOOKOUT_EVERY)

    gained = world.lookout._gain(*await judged(world))
    assert gained > 1
    assert looked._gain(*await judged(world)) == pytest.approx(gained / 3)
    world.clock.advance(5 * MINUTE)
    assert looked._gain(*await judged(world)) == world.lookout._gain(*await judged(world))


async def judged(world: World):
    tasks = await world.store.tasks_under_way()
    return tasks, dict.fromkeys((task.like for task in tasks), None), world.clock.now()


async def test_a_backlog_of_young_tasks_is_looked_at_with_webhooks_too(world: World):
    world.max_in_flight = 100
    world.start_process()
    for _ in range(CROWD):
        await world.order()
    while await world.submitter.run_once():
        pass
    await world.store.hasten(world.clock.now())
    world.clock.advance(pace.LOOKOUT_EVERY)

    await look(world)

    assert (world.provider.gets, world.provider.listings) == (0, 1)


async def test_the_clip_that_a_webhook_spoke_of_goes_before_a_backlog(world: World):
    world.max_in_flight = 100
    world.start_process()
    orders = [await world.order() for _ in range(CROWD)]
    while await world.submitter.run_once():
        pass
    await world.store.hasten(world.clock.now())
    world.clock.advance(SECOND)
    world.provider.finish("task-19")
    last = (await world.job(orders[18])).hook_token
    await world.service.nudge(last, "task-19")

    await world.poller.run_once()

    assert (await world.job(orders[18])).state is JobState.SUCCEEDED


async def test_a_look_asks_only_for_the_lists_with_open_tasks(
    world: World, crowd: list[Submitted], monkeypatch: pytest.MonkeyPatch
):
    asked, listings = [], world.provider.history

    def history(since: int, until: int, glance: Glance) -> AsyncIterator[HistoryTask]:
        asked.append(glance)
        return listings(since, until)

    monkeypatch.setattr(world.provider, "history", history)
    await look(world)

    job = await world.job(crowd[0])
    assert [glance.likes for glance in asked] == [{(job.kind, job.model)}]
