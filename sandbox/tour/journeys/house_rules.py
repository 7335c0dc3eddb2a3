"""A server's own rules: a budget is set and hit, a failure gives everything back, a clip is reported and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sandbox.piapi import Scenario
from sandbox.tour.acting import expect
from sandbox.tour.journeys.first_hour import OWNER
from sandbox.tour.orders import Ending, video

if TYPE_CHECKING:
    from sandbox.seen import SeenMessage
    from sandbox.tour.guide import Guide

_SERVER: Final = "Change settings of the server"
_SETTING: Final = "Pick what to change"
_MOD_LOG: Final = "general"
_TIGHT: Final = "a swan over the weir"
_FAILS: Final = "a heron that does not come"
_CRUEL: Final = "a goose under a net"
_REASON: Final = "The goose suffers."


async def budget(guide: Guide) -> None:
    """Let the owner lower the budget below what is spent, a member run into it, and the owner raise it again."""
    acting = guide.acting
    page = await _setting(guide, "limits", "budget_microusd")
    form = await acting.click(OWNER, page, "Type a number")
    page = await acting.said(await acting.submit(OWNER, form, {"number": "1"}), "**$1.00** · set here")
    order = guide.order("a clip over the budget", "mira", video(_TIGHT), ending=Ending.PRIVATE, buys=0)
    expect(
        await guide.answered(order, "video", {"prompt": _TIGHT}),
        "This server's budget for the month does not reach",
        "Nothing was charged.",
    )
    form = await acting.click(OWNER, page, "Type a number")
    await acting.said(await acting.submit(OWNER, form, {"number": "250"}), "**$250.00** · set here")


async def refund(guide: Guide) -> None:
    """Let a clip fail at the provider, and look at the quota before and after: nothing of it is used."""
    acting = guide.acting
    form = await acting.click(OWNER, await _setting(guide, "limits", "clips_per_day"), "Type a number")
    await acting.said(await acting.submit(OWNER, form, {"number": "40"}), "**40 clips** · set here")
    before = await acting.said(await acting.run("theo", "quota", {}), "of 40")
    order = guide.order("a clip that fails", "theo", video(_FAILS), ending=Ending.FAILURE)
    await guide.command(order, "video", {"prompt": _FAILS}, scenario=Scenario.FAILS)
    await guide.ended(order)
    line = next(line for line in before.text.splitlines() if "of 40" in line)
    await acting.said(await acting.run("theo", "quota", {}), line)


async def report(guide: Guide) -> None:
    """Report a clip to the channel that the owner chose for it, where a moderator takes the clip away."""
    acting = guide.acting
    page = await _setting(guide, "results", "mod_log")
    channel = next(key for key, name in guide.community.channels.items() if name == _MOD_LOG)
    await acting.said(await acting.choose(OWNER, page, channel), f"<#{channel}>")
    order = guide.order("a clip that is reported", "mira", video(_CRUEL), slug="reported")
    await guide.command(order, "video", {"prompt": _CRUEL})
    clip = await guide.done(order)
    more = await acting.said(await acting.click("theo", clip, "More"))
    form = await acting.click("theo", more, "Report")
    await acting.said(await acting.submit("theo", form, {"reason": _REASON}), "Thank you")
    told = await guide.recorder.wait_for(
        lambda message: message.from_bot and _REASON in message.text and str(message.channel_id) == str(channel),
        seconds=20,
        what="the report in the channel for it",
    )
    await acting.click(OWNER, told, "Delete the clip")
    order.deleted = True
    await guide.card_says(order, "Deleted")
    await acting.said(await acting.run(OWNER, "audit", {}), f"`#{order.number}`", "deleted the clip")


async def _setting(guide: Guide, group: str, name: str) -> SeenMessage:
    """Go from the first page of /settings to a setting of the server."""
    acting = guide.acting
    hub = await acting.said(await acting.run(OWNER, "settings", {}), "This server's settings")
    page = await acting.said(await acting.choose(OWNER, hub, group, among=_SERVER))
    return await acting.said(await acting.choose(OWNER, page, name, among=_SETTING))
