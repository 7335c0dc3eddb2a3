"""How late a task's end is known is told once a job, whatever else is read at the provider."""

from __future__ import annotations

from dataclasses import replace

from typing_extensions import override

from bot.clock import HOUR, MINUTE, SECOND
from bot.jobs.ports import PreparedTask, Unknowable, Unobserved
from bot.jobs.states import JobState
from tests.integration.jobs.world import World


class Listening(Unobserved):
    def __init__(self) -> None:
        self.late: list[int] = []

    @override
    def detected(self, late_ms: int) -> None:
        self.late.append(late_ms)


def listened_to(world: World) -> Listening:
    heard = Listening()
    world.poller = replace(world.poller, shop=replace(world.poller.shop, observer=heard))
    return heard


async def test_a_clip_found_by_a_poll_counts_once(world: World):
    heard = listened_to(world)
    submitted = await world.order()
    await world.submitter.run_once()
    world.provider.finish("task-1")
    world.clock.advance(HOUR)
    await world.poller.run_once()
    assert (await world.job(submitted)).state is JobState.SUCCEEDED
    await world.live(MINUTE)
    assert heard.late == [HOUR]


async def test_what_a_search_for_a_lost_purchase_reads_does_not_count(world: World):
    def lost(task: PreparedTask) -> Unknowable:
        foreign = world.provider.make_task(task)
        foreign.sent, foreign.token = "somebody else's", "of another bot"
        world.provider.finish(foreign.id)
        world.provider.make_task(task)
        return Unknowable("reset")

    heard = listened_to(world)
    world.provider.answers.append(lost)
    submitted = await world.order()
    await world.submitter.run_once()
    world.clock.advance(10 * SECOND)
    await world.poller.run_once()
    assert (await world.job(submitted)).task_id == "task-2"
    assert heard.late == []
