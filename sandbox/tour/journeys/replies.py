"""Replies to a clip: each kind that spends, and those that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.tour import measures
from sandbox.tour.acting import Unexpected, expect, there
from sandbox.tour.journeys.commands import CLIP, KITE
from sandbox.tour.journeys.trouble import TRAIN
from sandbox.tour.orders import EXTEND, LIPSYNC, Ending, Purchase, video

if TYPE_CHECKING:
    from sandbox.tour.guide import Guide


async def extend(guide: Guide) -> None:
    """Extend a clip with words."""
    clip, words = guide.made(CLIP), "a gull flies past"
    order = guide.order(
        "a reply “extend …”",
        "theo",
        Purchase(EXTEND, {"origin_task_id": clip.task_id, "prompt": words}),
        slug="reply-extend",
        measure=measures.longer_than(clip),
    )
    await guide.run_offer(order, await guide.acting.reply("theo", there(clip.result), f"extend {words}"))
    await guide.ended(order)


async def say(guide: Guide) -> None:
    """Let a clip speak, as a phone types it."""
    clip, words = guide.made(CLIP), "Hold on to your hats!"
    order = guide.order(
        "a reply “say …”",
        "juno",
        Purchase(LIPSYNC, {"origin_task_id": clip.task_id, "tts_text": words}),
        slug="reply-say",
        measure=measures.speaking,
    )
    offer = await guide.acting.reply("juno", there(clip.result), f"Say “{words}” —voice rock")
    await guide.run_offer(order, offer)
    await guide.ended(order)


async def voice_message(guide: Guide) -> None:
    """Let a clip speak with a voice message."""
    clip, recording = guide.made(TRAIN), guide.samples.voice_message
    order = guide.order(
        "a reply by voice message",
        "mira",
        Purchase(LIPSYNC, {"origin_task_id": clip.task_id, "local_dubbing_url": None}),
        slug="reply-voice-message",
        measure=measures.carrying(recording),
    )
    await guide.run_offer(order, await guide.acting.voice_reply("mira", there(clip.result), recording))
    await guide.ended(order)


async def again(guide: Guide) -> None:
    """Make a clip once more."""
    clip = guide.made(TRAIN)
    order = guide.order("a reply “again”", "theo", clip.purchase, slug="reply-again", measure=measures.lasting(5))
    await guide.run_offer(order, await guide.acting.reply("theo", there(clip.result), "again"))
    await guide.ended(order)


async def free_text(guide: Guide) -> None:
    """Say something about a clip: it is offered, never bought, and goes when it is turned down."""
    clip, words = guide.made(CLIP), "what a beautiful sky"
    order = guide.order(
        "free text, turned down",
        "juno",
        Purchase(EXTEND, {"origin_task_id": clip.task_id, "prompt": words}),
        ending=Ending.TAKEN_AWAY,
        buys=0,
    )
    order.card = order.offer = await guide.acting.reply("juno", there(clip.result), words)
    await guide.acting.click("juno", order.card, "No")


async def wrong_flag(guide: Guide) -> None:
    """Mistype a flag."""
    clip = guide.made(CLIP)
    order = guide.order(
        "a reply with a wrong flag",
        "mira",
        Purchase(LIPSYNC, {"origin_task_id": clip.task_id, "tts_text": "hello"}),
        ending=Ending.WORDS,
        buys=0,
    )
    order.card = await guide.acting.reply("mira", there(clip.result), "say hello --sped 1.2")
    expect(order.card, "Nothing was charged.")


async def questions(guide: Guide) -> None:
    """Ask what can be replied, and what a clip is."""
    clip = there(guide.made(CLIP).result)
    expect(await guide.acting.reply("theo", clip, "help"), "extend", "again")
    expect(await guide.acting.reply("juno", clip, "info"), guide.made(CLIP).number, "$0.26")


async def edit(guide: Guide) -> None:
    """Change what a clip was made from, in a form that a reply leads to."""
    words = KITE.replace("red", "blue")
    order = guide.order("a reply “edit”", "mira", video(words), slug="reply-edit", measure=measures.lasting(5))
    answer = await guide.acting.reply("mira", there(guide.made(CLIP).result), "edit")
    form = await guide.acting.click("mira", answer, "Edit")
    if form.modal is None or form.modal.values.get("prompt") != KITE:
        raise Unexpected("the form to edit a clip does not begin with the clip's words")
    await guide.send(order, form, {"prompt": words})
    await guide.ended(order)


async def without_ping(guide: Guide) -> None:
    """Reply with the @ off: the bot cannot read that, and says so once."""
    clip = there(guide.made(CLIP).result)
    expect(await guide.acting.reply("theo", clip, "now with snow", ping=False), "@")
