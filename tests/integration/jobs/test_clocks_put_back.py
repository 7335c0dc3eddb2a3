"""A clock that is put back keeps nothing waiting for a time that was never true, and makes nothing happen twice."""

from __future__ import annotations

from bot.clock import DAY, HOUR, MINUTE, SECOND
from bot.jobs.ports import DefinitelyNotPosted, MaybePosted, NotSent, RemoteStatus, TryLater, Unknowable
from bot.jobs.states import JobState
from tests.integration.jobs.world import World


async def test_a_purchase_put_off_before_is_made_at_the_next_sweep(world: World):
    world.provider.answers.append(lambda _: NotSent("refused"))
    order = await world.order()
    await world.settle()
    world.clock.advance(-HOUR)
    await world.sweeper.run_once()
    await world.settle()
    assert (await world.job(order)).state is JobState.RUNNING


async def test_a_message_put_off_before_is_posted_after_the_next_sweep(world: World):
    order = await world.order()
    await world.settle()
    world.provider.finish((await world.job(order)).task_id or "")
    world.channel.faults.append(MaybePosted("reset"))
    await world.live(5 * MINUTE)
    world.channel.faults.append(MaybePosted("reset"))
    posted = len(world.channel.posted)
    world.clock.advance(-DAY)
    await world.sweeper.run_once()
    await world.live(5 * MINUTE)
    assert (posted, len(world.channel.posted)) == (1, 1)


async def test_what_an_earlier_process_put_off_is_due_when_the_next_begins(world: World):
    world.provider.answers.append(lambda _: NotSent("refused"))
    order = await world.order()
    await world.settle()
    world.clock.advance(-3 * HOUR)
    world.start_process()
    await world.sweeper.recover(sole_owner=False)
    await world.settle()
    assert (await world.job(order)).state is JobState.RUNNING


async def test_a_clock_that_runs_evenly_brings_nothing_forward(world: World):
    world.provider.answers.append(lambda _: NotSent("refused"))
    order = await world.order()
    for _ in range(3):
        await world.settle()
        assert await world.sweeper.run_once() == 0
        world.clock.advance(-SECOND)
    assert (await world.job(order)).state is JobState.QUEUED


async def test_a_result_whose_card_never_came_waits_no_longer_for_it(world: World):
    order = await world.order(card=False)
    await world.settle()
    world.provider.finish((await world.job(order)).task_id or "")
    world.clock.advance(-HOUR)
    await world.sweeper.run_once()
    await world.live(MINUTE)
    assert [one.purpose for one in world.channel.posted] == ["result"]


async def test_places_in_line_are_shown_anew(world: World):
    world.provider.answers.append(lambda _: NotSent("refused"))
    order = await world.order()
    await world.settle()
    before = (await world.job(order)).revision
    await world.store.card_shown(order.job.id, before, place=9)
    world.clock.advance(-HOUR)
    await world.cards.run_once()
    assert (await world.job(order)).revision == before + 1


async def test_an_answer_on_its_way_while_the_clock_is_put_forward_counts(world: World):
    """The sweep takes its worker for dead and doubts the purchase; the answer is a fact all the same."""

    async def forward() -> None:
        world.clock.advance(HOUR)
        await world.sweeper.run_once()

    answers = world.provider.create

    async def slow(task):
        await forward()
        return await answers(task)

    world.provider.create = slow  # type: ignore[method-assign] - time passes on the way
    order = await world.order()
    await world.submitter.run_once()
    job = await world.job(order)
    assert (job.state, len(world.provider.made_for(job))) == (JobState.RUNNING, 1)


async def test_a_lost_answer_is_looked_for_at_once_after_the_clock_was_put_back(world: World):
    world.provider.answers.append(lambda task: (world.provider.make_task(task), Unknowable("timeout"))[1])
    order = await world.order()
    await world.submitter.run_once()
    await world.sweeper.run_once()
    world.clock.advance(-HOUR)
    await world.sweeper.run_once()
    await world.settle()
    job = await world.job(order)
    assert (job.state, job.failure) == (JobState.RUNNING, None)


async def test_a_lost_purchase_is_looked_for_less_often_while_by_the_clock_it_is_still_to_come(world: World):
    world.provider.answers.append(lambda _: Unknowable("timeout"))
    order = await world.order()
    await world.submitter.run_once()
    world.clock.advance(-DAY)
    await world.sweeper.run_once()
    await world.live(HOUR, tick=10 * SECOND)
    assert (await world.job(order)).state is JobState.SUBMIT_UNKNOWN
    assert 25 <= world.provider.listings <= 35


async def test_no_grace_is_shorter_for_a_clock_that_was_behind_for_a_while(world: World):
    lost, without, unsent, unfetched = [await world.order() for _ in range(4)]
    await world.settle()
    world.provider.finish((await world.job(unsent)).task_id or "")
    world.channel.faults.extend([DefinitelyNotPosted("busy")] * 500)
    await world.live(5 * MINUTE)
    world.provider.tasks[(await world.job(without)).task_id or ""].status = RemoteStatus.COMPLETED
    world.provider.finish((await world.job(unfetched)).task_id or "")
    world.clips.fault = TryLater("busy")
    vanished = (await world.job(lost)).task_id or ""
    kept = world.provider.tasks.pop(vanished)
    await world.live(5 * MINUTE)
    world.clock.advance(-DAY)
    await world.sweeper.run_once()
    await world.live(2 * MINUTE)
    world.clock.advance(DAY)
    await world.live(MINUTE)
    world.provider.tasks[vanished] = kept
    for order in (lost, without):
        world.provider.finish((await world.job(order)).task_id or "")
    world.clips.fault = None
    world.channel.faults.clear()
    await world.live(30 * MINUTE)
    assert {(await world.job(order)).state for order in (lost, without, unsent, unfetched)} == {JobState.SUCCEEDED}
    assert [one.purpose for one in world.channel.posted] == ["result"] * 4
