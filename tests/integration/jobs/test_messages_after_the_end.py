"""What is posted about a job that has ended: one ping, direct messages last, nothing of a deleted clip."""

from __future__ import annotations

import pytest

from bot.clock import HOUR, MINUTE, SECOND
from bot.jobs import schedule
from bot.jobs.model import Delivery, repost_purpose
from bot.jobs.ports import DefinitelyNotPosted, MaybePosted, TargetRefused, Unknowable
from bot.jobs.requests import Submitted
from bot.jobs.states import DeliveryState
from tests.integration.jobs.test_unknown_outcomes import _order
from tests.integration.jobs.world import CHANNEL, PERSON, Died, World


async def archived(world: World) -> Submitted:
    """A job whose clip is archived and whose result is owed."""
    submitted = await world.order()
    await world.settle()
    world.provider.finish((await world.job(submitted)).task_id or "")
    await world.service.nudge(submitted.job.hook_token, None)
    await world.poller.run_once()
    await world.archiver.run_once()
    return submitted


async def owed(world: World, submitted: Submitted, number: int = 0) -> Delivery:
    return (await world.store.deliveries(submitted.job.id))[number]


@pytest.mark.parametrize(
    "trouble", [MaybePosted("reset"), DefinitelyNotPosted("rate_limited"), DefinitelyNotPosted("discord_40005")]
)
async def test_trouble_that_is_no_refusal_opens_no_direct_messages(world: World, trouble: Exception) -> None:
    submitted = await archived(world)
    world.channel.faults.extend([trouble, trouble, trouble])
    await world.live(30 * MINUTE)
    assert (await owed(world, submitted)).attempts > 2
    assert world.channel.opened_direct_messages == []
    assert [one.ref.channel_id for one in world.channel.posted] == [CHANNEL]


async def test_a_death_between_refusal_and_fall_back_asks_the_channel_again(world: World) -> None:
    submitted = await archived(world)
    world.channel.faults.extend([TargetRefused("discord_50013"), Died()])
    with pytest.raises(Died):
        await world.deliverer.run_once()
    assert (await owed(world, submitted)).channel_id == PERSON
    world.start_process()
    world.clock.advance(HOUR)
    await world.sweeper.recover(sole_owner=True)
    await world.settle()
    assert [one.ref.channel_id for one in world.channel.posted] == [CHANNEL]


async def test_a_result_after_all_does_not_ping_twice(world: World) -> None:
    world.provider.answers.append(lambda task: Unknowable("timeout"))
    submitted = await world.order()
    await world.live(schedule.UNKNOWN_GRACE + 5 * MINUTE)
    job = await world.job(submitted)
    late = world.provider.make_task(world.provider.prepare(_order(job)))
    world.provider.finish(late.id)
    await world.service.nudge(job.hook_token, late.id)
    await world.settle()
    assert [(one.purpose, one.pings) for one in world.channel.posted] == [("abandoned", True), ("result", False)]


async def test_a_result_whose_forerunner_never_stood_anywhere_pings(world: World) -> None:
    world.provider.answers.append(lambda task: Unknowable("timeout"))
    world.channel.faults.extend([DefinitelyNotPosted("busy", retry_after_ms=HOUR)])
    submitted = await world.order()
    await world.live(schedule.UNKNOWN_GRACE + 5 * MINUTE)
    job = await world.job(submitted)
    late = world.provider.make_task(world.provider.prepare(_order(job)))
    world.provider.finish(late.id)
    await world.service.nudge(job.hook_token, late.id)
    await world.live(2 * HOUR, tick=5 * MINUTE)
    assert [(one.purpose, one.pings) for one in world.channel.posted] == [("result", True), ("abandoned", False)]


async def test_a_repost_goes_out_beside_the_result(world: World) -> None:
    submitted = await archived(world)
    await world.settle()
    await world.store.owe_repost(submitted.job.id, "i:77", CHANNEL + 9, world.clock.now())
    await world.settle()
    assert [one.purpose for one in world.channel.posted] == ["result", repost_purpose("i:77")]


async def test_a_clip_deleted_before_it_was_posted_is_not_posted(world: World) -> None:
    submitted = await archived(world)
    await world.store.remove_clip(submitted.job.id, world.clock.now())
    await world.settle()
    assert (await owed(world, submitted)).state is DeliveryState.UNDELIVERABLE
    assert world.channel.posted == []
    assert world.alerts.words == []


async def test_a_clip_deleted_while_its_posting_failed_is_not_posted_again(world: World) -> None:
    submitted = await archived(world)
    world.channel.faults.append(MaybePosted("reset"))
    await world.deliverer.run_once()
    await world.store.remove_clip(submitted.job.id, world.clock.now())
    world.clock.advance(10 * SECOND)
    await world.settle()
    row = await owed(world, submitted)
    assert (row.state, row.reason) == (DeliveryState.UNDELIVERABLE, "removed")
    assert world.channel.posted == []
    assert world.alerts.words == []


async def test_a_clip_deleted_while_its_answer_was_lost_is_known_to_stand_there(world: World) -> None:
    submitted = await archived(world)
    world.channel.posts_before_fault = True
    world.channel.faults.append(MaybePosted("reset"))
    await world.deliverer.run_once()
    await world.store.remove_clip(submitted.job.id, world.clock.now())
    world.clock.advance(10 * SECOND)
    await world.settle()
    assert (await owed(world, submitted)).state is DeliveryState.DELIVERED
    assert len(world.channel.posted) == 1
