"""Clips by command: from words, from pictures, longer, speaking; and what is refused."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from sandbox.person import OptionValue
from sandbox.piapi import Scenario
from sandbox.tour import measures
from sandbox.tour.acting import picked as file
from sandbox.tour.acting import there
from sandbox.tour.orders import EXTEND, LIPSYNC, Ending, Purchase, video

if TYPE_CHECKING:
    from sandbox.tour.guide import Guide
    from sandbox.tour.orders import Order

KITE: Final = "a red kite over the dunes"
CLIP: Final = "text-to-video"
PICTURES: Final = "image-to-video"


async def clip_and_follow_ups(guide: Guide, ordered: asyncio.Event) -> None:
    """Make a clip, extend it, and let it speak in three ways; `ordered` is set once all of that is ordered."""
    try:
        order = guide.order("a clip from text", "mira", video(KITE), slug=CLIP, measure=measures.lasting(5))
        await guide.command(order, "video", {"prompt": KITE})
        await guide.done(order)
        follow_ups = await _order_follow_ups(guide, order)
    finally:
        ordered.set()
    await asyncio.gather(*(guide.ended(later) for later in follow_ups))


async def _order_follow_ups(guide: Guide, clip: Order) -> list[Order]:
    """Order them; each person names the clip in their own way."""
    source, link, samples = clip.task_id, guide.link(clip), guide.samples
    found = await guide.acting.type_into("mira", "extend", "video", "red kite")
    extension = guide.order(
        "an extension",
        "mira",
        Purchase(EXTEND, {"origin_task_id": source, "prompt": "a storm rolls in"}),
        slug="extension",
        measure=measures.longer_than(clip),
    )
    await guide.command(extension, "extend", {"video": found, "prompt": "a storm rolls in"})
    said = "The wind is up, and so is my kite."
    from_text = guide.order(
        "a lip-sync from text",
        "theo",
        Purchase(LIPSYNC, {"origin_task_id": source, "tts_text": said}),
        slug="lip-sync-from-text",
        measure=measures.speaking,
    )
    await guide.command(from_text, "lipsync", {"video": link, "say": said})
    follow_ups = [extension, from_text]
    recorded = Purchase(LIPSYNC, {"origin_task_id": source, "local_dubbing_url": None})
    for title, slug, who, recording in (
        ("a lip-sync from a recording", "lip-sync-from-recording", "juno", samples.speech),
        ("a lip-sync from a voice message's file", "lip-sync-from-voice-file", "mira", samples.voice_message),
    ):
        order = guide.order(title, who, recorded, slug=slug, measure=measures.carrying(recording))
        await guide.command(order, "lipsync", {"video": link, "audio": file(recording)})
        follow_ups.append(order)
    return follow_ups


async def clip_from_pictures(guide: Guide) -> None:
    """Make a clip from a first and a last picture; its end is told three times."""
    prompt = "the shore from dawn to dusk"
    morning, evening = guide.samples.morning, guide.samples.evening
    order = guide.order(
        "a clip from two pictures",
        "theo",
        video(prompt),
        slug=PICTURES,
        measure=measures.from_pictures(morning, evening),
    )
    given: dict[str, OptionValue] = {"prompt": prompt, "image": file(morning), "end_image": file(evening)}
    note = "the provider tells three times that the clip is finished"
    await guide.command(order, "video", given, scenario=Scenario.WEBHOOK_DUPLICATED, note=note)
    await guide.done(order)


async def refused_combination(guide: Guide) -> None:
    """Ask for a last picture without a first."""
    prompt = "a lighthouse at night"
    order = guide.order("a refused combination", "theo", video(prompt), ending=Ending.PRIVATE, buys=0)
    await guide.answered(order, "video", {"prompt": prompt, "end_image": file(guide.samples.evening)})


async def refused_prompt(guide: Guide) -> None:
    """Ask for what the provider does not make."""
    prompt = "a forbidden dance"
    order = guide.order("a refused prompt", "juno", video(prompt), ending=Ending.FAILURE, buys=0)
    async with guide.ordering:
        await guide.answered(order, "video", {"prompt": prompt})
        await guide.ended(order)


async def removed_prompt(guide: Guide) -> None:
    """Ask for what the provider notices only while it makes it."""
    prompt = "an indecent heron"
    order = guide.order("a prompt removed while being made", "juno", video(prompt), ending=Ending.FAILURE)
    await guide.command(order, "video", {"prompt": prompt})
    await guide.ended(order)


async def cancelled(guide: Guide, processing_seconds: float, pending_seconds: float) -> None:
    """Cancel a clip before the provider begins with it."""
    prompt = "a paper boat in the rain"
    order = guide.order("a cancelled job", "juno", video(prompt), ending=Ending.CARD_ONLY)
    provider = guide.stage.provider
    async with guide.ordering:
        await provider.set_speed(None, processing_seconds)
        try:
            await guide.answered(order, "video", {"prompt": prompt})
            await guide.task(order)
        finally:
            await provider.set_speed(pending_seconds, processing_seconds)
    await guide.acting.click("juno", there(order.card), "Cancel")
    await provider.wait(order.task_id, "ended", seconds=20)
    await guide.card_says(order, "Cancelled")
