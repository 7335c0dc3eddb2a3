"""The buttons under clips and failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sandbox.piapi import Scenario
from sandbox.tour import measures
from sandbox.tour.acting import there
from sandbox.tour.journeys.commands import CLIP, PICTURES
from sandbox.tour.journeys.trouble import TRAIN
from sandbox.tour.orders import EXTEND, LIPSYNC, Ending, Purchase, video

if TYPE_CHECKING:
    from sandbox.tour.guide import Guide

REROLL: Final = "re-roll"


async def extend(guide: Guide) -> None:
    """Press Extend and fill in its form."""
    clip, words = guide.made(TRAIN), "it enters a tunnel"
    order = guide.order(
        "the button Extend",
        "theo",
        Purchase(EXTEND, {"origin_task_id": clip.task_id, "prompt": words}),
        slug="button-extend",
        measure=measures.longer_than(clip),
    )
    await guide.send(order, await guide.acting.click("theo", there(clip.result), "Extend"), {"prompt": words})
    await guide.ended(order)


async def lipsync(guide: Guide) -> None:
    """Press Lip-sync and fill in its form."""
    clip, words = guide.made(TRAIN), "All aboard!"
    order = guide.order(
        "the button Lip-sync",
        "juno",
        Purchase(LIPSYNC, {"origin_task_id": clip.task_id, "tts_text": words}),
        slug="button-lip-sync",
        measure=measures.speaking,
    )
    form = await guide.acting.click("juno", there(clip.result), "Lip-sync")
    await guide.send(order, form, {"say": words, "voice": "Rock", "speed": "1.2"})
    await guide.ended(order)


async def reroll_and_more(guide: Guide) -> None:
    """Press Re-roll and Run; then everything under More, to the end of that clip."""
    clip = guide.made(PICTURES)
    order = guide.order("the button Re-roll", "mira", clip.purchase, slug=REROLL, measure=clip.measure)
    offer = await guide.acting.said(await guide.acting.click("mira", there(clip.result), "Re-roll"), "$0.50")
    await guide.run_offer(order, offer)
    taken = await guide.done(order)
    more = await guide.acting.said(await guide.acting.click("mira", taken, "More"))
    await guide.acting.click("mira", more, "Favourite")
    await guide.acting.said(await guide.acting.click("mira", more, "Repost"))
    order.reposts = 1
    repost = await guide.recorder.wait_for(
        lambda message: message.from_bot and "Repost of" in message.text and order.number in message.text,
        seconds=20,
        what="the clip to be posted once more",
    )
    form = await guide.acting.click("mira", more, "Report")
    reason = "The sun goes down twice in it."
    await guide.acting.said(await guide.acting.submit("mira", form, {"reason": reason}), "Thank you")
    question = await guide.acting.said(await guide.acting.click("mira", more, "Delete"), "for good")
    await guide.acting.click("mira", question, "Delete")
    order.deleted = True
    await guide.card_says(order, "Deleted")
    await guide.recorder.wait_for_end(repost, seconds=20)


async def retry(guide: Guide) -> None:
    """Press Retry where the provider failed for once."""
    prompt = "a lighthouse in the fog"
    failed = guide.order("a passing failure", "theo", video(prompt), ending=Ending.FAILURE)
    await guide.command(failed, "video", {"prompt": prompt}, scenario=Scenario.FAILS)
    failure = await guide.ended(failed)
    order = guide.order("the button Retry", "theo", video(prompt), slug="retry", measure=measures.lasting(5))
    offer = await guide.acting.said(await guide.acting.click("theo", failure, "Retry"), "$0.26")
    await guide.run_offer(order, offer)
    await guide.ended(order)


async def details(guide: Guide) -> None:
    """Press Details under a card."""
    await guide.acting.said(await guide.acting.click("juno", there(guide.made(CLIP).card), "Details"), "$0.26")
