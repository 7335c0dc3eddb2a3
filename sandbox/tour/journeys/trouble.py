"""What goes wrong between the services: an answer is lost, the bot is killed."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final

from sandbox.piapi import Scenario
from sandbox.tour import measures
from sandbox.tour.guide import TASK_SECONDS, until
from sandbox.tour.orders import video

if TYPE_CHECKING:
    from sandbox.tour.guide import Guide

LANTERN: Final = "lost-answer"
TRAIN: Final = "killed-bot"
_ELSEWHERE: Final = "general"
"""A channel of its own, so that the fault meets the message that it is meant for."""
_SLOW_SECONDS: Final = 6.0


async def lost_answers(guide: Guide) -> None:
    """Lose the provider's answer to a purchase, and Discord's answer to the clip's message."""
    prompt = "a lantern drifting upstream"
    order = guide.order(
        "a lost answer to the purchase", "mira", video(prompt), slug=LANTERN, measure=measures.lasting(5)
    )
    channel = next(key for key, name in guide.community.channels.items() if name == _ELSEWHERE)
    await guide.stage.discord.add_fault(kind="lost_reset", method="POST", path=f"/channels/{channel}/messages")
    await guide.command(
        order,
        "video",
        {"prompt": prompt},
        where=_ELSEWHERE,
        scenario=Scenario.CREATED_DROPPED,
        note="the provider makes the task, but the connection breaks before it can say so",
    )
    guide.recorder.act(
        "", f"Discord will take the clip's message in #{_ELSEWHERE}, and its answer will be lost as well"
    )
    await guide.done(order)


async def killed_bot(guide: Guide, after: asyncio.Event) -> None:
    """Kill the bot while it has clips in the making."""
    await after.wait()
    prompt = "a train through the snow"
    order = guide.order("a bot killed in between", "theo", video(prompt), slug=TRAIN, measure=measures.lasting(5))
    await guide.command(order, "video", {"prompt": prompt}, scenario=Scenario.SLOW, seconds=_SLOW_SECONDS)
    await guide.stage.provider.wait(order.task_id, "processing", seconds=TASK_SECONDS)
    # Killed between its answer and the note of where that stands, it would not know which card to bring up to date.
    await guide.card_says(order, "Generating")
    async with guide.ordering, guide.acting.presence.absence():
        # The provider fetches people's files from the bot, and a task whose file cannot be fetched fails.
        await until(partial(_files_fetched, guide), TASK_SECONDS, "the provider to have what it fetches from the bot")
        guide.recorder.act("", "the bot's process is killed (SIGKILL) with clips in the making")
        await guide.stage.kill_bot()
        guide.recorder.act("", "the bot is started again")
        await guide.stage.start_bot()
        guide.recorder.act("", "the bot is back")
    await guide.done(order)


async def _files_fetched(guide: Guide) -> bool | None:
    """Tell whether no task is under way that has a file's address in its input; None where one is."""
    under_way = (task for task in await guide.stage.provider.tasks() if not task.is_final)
    addresses = (value for task in under_way for value in task.input.values())
    return None if any(str(value).startswith("http") for value in addresses) else True
