"""Where clips go: direct messages, a thread, and a server that takes only small files; and what people keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.piapi import Scenario
from sandbox.tour import measures
from sandbox.tour.acting import Unexpected, there
from sandbox.tour.orders import Ending, video

if TYPE_CHECKING:
    from sandbox.tour.guide import Guide


async def private_clip(guide: Guide) -> None:
    """Have a clip sent by direct message."""
    prompt = "a birthday card for Mira"
    order = guide.order("a private clip", "theo", video(prompt), slug="private", measure=measures.lasting(5))
    order.private = True
    async with guide.ordering:
        outcome = await guide.acting.run("theo", "video", {"prompt": prompt, "private": True})
        answer = await guide.acting.said(outcome, "direct messages")
        order.card = await guide.card_named_in(answer)
        await guide.task(order)
    await guide.ended(order)


async def closed_direct_messages(guide: Guide) -> None:
    """Ask for a private clip with direct messages closed."""
    prompt = "a surprise for Theo"
    order = guide.order("a private clip, direct messages closed", "juno", video(prompt), ending=Ending.PRIVATE, buys=0)
    await guide.acting.take_direct_messages("juno", takes=False)
    try:
        await guide.answered(order, "video", {"prompt": prompt, "private": True})
    finally:
        await guide.acting.take_direct_messages("juno", takes=True)


async def thread_by_default(guide: Guide) -> None:
    """Choose threads in /defaults, get a clip in one, and go back."""
    acting = guide.acting
    defaults = await acting.said(await acting.run("mira", "defaults", {}))
    listed = await acting.said(await acting.click("mira", defaults, "Results"))
    await acting.said(await acting.choose("mira", listed, "thread"), "Saved")
    prompt = "a snail in no hurry"
    order = guide.order("a clip in a thread", "mira", video(prompt), slug="thread", measure=measures.lasting(5))
    await guide.command(order, "video", {"prompt": prompt})
    clip = await guide.ended(order)
    if clip.channel_id != there(order.card).id:
        raise Unexpected(f"{order.title}: it stands in another channel")
    await acting.click("mira", defaults, "Reset all")


async def too_large(guide: Guide) -> None:
    """Make a clip that is larger than what the server takes."""
    prompt = "a waterfall, very close"
    order = guide.order(
        "a clip too large for the server", "juno", video(prompt), slug="too-large", measure=measures.small_enough(5)
    )
    note = f"the provider's clip has 12 MB, and the server takes {measures.SERVER_LIMIT >> 20} MB"
    await guide.command(order, "video", {"prompt": prompt}, scenario=Scenario.OUTPUT_LARGE, note=note)
    await guide.ended(order)


async def list_of_clips(guide: Guide) -> None:
    """Turn the pages of /clips, and pick a clip."""
    acting = guide.acting
    listed = await acting.said(await acting.run("mira", "clips", {}), "Page 1")
    await acting.click("mira", listed, "Older")
    older = await guide.recorder.wait_for(
        lambda message: message.id == listed.id and "Page 2" in message.text, seconds=10, what="the second page"
    )
    picked = next(item.options[0][1] for item in older.clickables if not item.is_button)
    await acting.said(await acting.choose("mira", older, picked), picked)
