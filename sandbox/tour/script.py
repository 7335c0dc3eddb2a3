"""What happens on the tour, scene by scene: a few people use the bot at the same time, and not everything goes well."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from sandbox.tour.journeys import (
    buttons,
    commands,
    first_hour,
    forms,
    house_rules,
    places,
    replies,
    right_click,
    trouble,
)

if TYPE_CHECKING:
    from sandbox.tour.guide import Guide

_PENDING_SECONDS: Final = 0.4
_PROCESSING_SECONDS: Final = 1.5
_QUICK_SECONDS: Final = 0.2
"""Later scenes show no cards of clips in the making, so these are made as fast as they can be drawn."""


async def play(guide: Guide) -> None:
    """Play every scene; what goes wrong on the way is kept in the guide's `complaints`."""
    provider, scene = guide.stage.provider, guide.recorder.scene
    await provider.set_speed(_PENDING_SECONDS, _PROCESSING_SECONDS)
    scene("The first hour")
    await guide.travel(first_hour.welcomed(guide))
    await guide.travel(first_hour.set_up(guide))
    scene("Commands")
    elsewhere = asyncio.create_task(guide.travel(trouble.lost_answers(guide)))
    try:
        ordered = asyncio.Event()
        await guide.travel(
            commands.clip_and_follow_ups(guide, ordered),
            commands.clip_from_pictures(guide),
            commands.refused_combination(guide),
            commands.refused_prompt(guide),
            commands.removed_prompt(guide),
            commands.cancelled(guide, _PROCESSING_SECONDS, _PENDING_SECONDS),
            trouble.killed_bot(guide, ordered),
        )
        await provider.set_speed(_QUICK_SECONDS, _QUICK_SECONDS)
        scene("Replies that make something")
        await guide.travel(
            replies.extend(guide), replies.say(guide), replies.voice_message(guide), replies.again(guide)
        )
        scene("Other replies")
        for reply in (replies.free_text, replies.wrong_flag, replies.questions, replies.without_ping, replies.edit):
            await guide.travel(reply(guide))
        scene("Buttons")
        await guide.travel(buttons.details(guide))
        await guide.travel(buttons.extend(guide), buttons.lipsync(guide), buttons.reroll_and_more(guide))
        await guide.travel(buttons.retry(guide))
    finally:
        await elsewhere
    scene("Right-click")
    await guide.travel(right_click.extend(guide), right_click.use_as_source(guide), right_click.details(guide))
    scene("A form, and mending it")
    await guide.travel(forms.new_video(guide))
    scene("Where clips go")
    await guide.travel(places.private_clip(guide), places.closed_direct_messages(guide))
    await guide.travel(places.thread_by_default(guide), places.too_large(guide))
    scene("The list of clips")
    await guide.travel(places.list_of_clips(guide))
    scene("House rules")
    for rule in (house_rules.budget, house_rules.refund, house_rules.report):
        await guide.travel(rule(guide))
