"""The bot's first hour in a server: it says hello, whoever owns the server sets it up, and members come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sandbox.tour import measures
from sandbox.tour.acting import expect
from sandbox.tour.guide import CHANNEL
from sandbox.tour.orders import Ending, video

if TYPE_CHECKING:
    from sandbox.tour.guide import Guide

OWNER: Final = "juno"
_HALL: Final = "general"
"""Where Discord itself tells who has come; the bot says hello there."""
_HELLO_SECONDS: Final = 20.0
_PROMPT: Final = "a white egret on the jetty"
_TOO_EARLY: Final = "a white egret in the reeds"
_NEXT: Final = "Next"
_LET_IN: Final = "Let members make clips"


async def welcomed(guide: Guide) -> None:
    """Find the hello, let a member try too early, and begin to set the bot up; the server gets a monthly budget."""
    acting = guide.acting
    hello = await guide.stage.person(OWNER, _HALL).wait_for(
        lambda message: message.from_bot and any(item.label == "Set up" for item in message.clickables),
        timeout_seconds=_HELLO_SECONDS,
    )
    guide.recorder.seen(hello, OWNER)
    title = "a clip before the server is set up"
    early = guide.order(title, "mira", video(_TOO_EARLY), ending=Ending.PRIVATE, buys=0)
    expect(await guide.answered(early, "video", {"prompt": _TOO_EARLY}), "not set up on this server yet")
    page = await acting.said(await acting.click(OWNER, hello, "Set up"), "1 of 5")
    page = await acting.said(await acting.click(OWNER, page, _NEXT), "2 of 5")
    page = await acting.said(await acting.click(OWNER, page, _NEXT), "3 of 5")
    form = await acting.click(OWNER, page, "Change")
    await acting.said(await acting.submit(OWNER, form, {"budget_microusd": "250"}), "$250.00", "Saved")


async def set_up(guide: Guide) -> None:
    """Go on where the clips are to be made: try the channel, make the first clip, tell members how, and let them in."""
    acting = guide.acting
    page = await acting.said(await acting.run(OWNER, "setup", {}), "1 of 5")
    for words in ("2 of 5", "$250.00", "4 of 5", "5 of 5", "Ready?"):
        page = await acting.said(await acting.click(OWNER, page, _NEXT), words)
    channel = next(key for key, name in guide.community.channels.items() if name == CHANNEL)
    page = await acting.said(await acting.choose(OWNER, page, channel), "taking it away all worked")
    order = guide.order("the first clip", OWNER, video(_PROMPT), slug="first-clip", measure=measures.lasting(5))
    button = next(item.label for item in page.clickables if item.label.startswith("Make the first clip"))
    form = await acting.click(OWNER, page, button)
    await guide.send(order, form, {"prompt": _PROMPT})
    page = await acting.said(await acting.click(OWNER, page, "Post a how-to here"), "The how-to stands in")
    await acting.said(await acting.click(OWNER, page, _LET_IN), "members can make clips now")
    await guide.ended(order)
