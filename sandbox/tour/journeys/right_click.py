"""Right-click on a message, then Apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.tour import measures
from sandbox.tour.acting import there
from sandbox.tour.journeys.trouble import LANTERN
from sandbox.tour.orders import EXTEND, Purchase, video

if TYPE_CHECKING:
    from sandbox.tour.guide import Guide


async def extend(guide: Guide) -> None:
    """Extend a clip without words."""
    clip = guide.made(LANTERN)
    order = guide.order(
        "right-click, Extend this video",
        "theo",
        Purchase(EXTEND, {"origin_task_id": clip.task_id}),
        slug="right-click-extend",
        measure=measures.longer_than(clip),
    )
    form = await guide.acting.menu("theo", there(clip.result), "Extend this video")
    await guide.send(order, form, {})
    await guide.ended(order)


async def use_as_source(guide: Guide) -> None:
    """Make a clip from a picture that somebody has posted; and try to extend that picture."""
    words = "low tide, and the gulls come"
    order = guide.order(
        "right-click, Use as source",
        "juno",
        video(words),
        slug="right-click-source",
        measure=measures.lasting(5, measures.UPRIGHT),
    )
    picture = await guide.acting.post("mira", "this morning", guide.samples.morning)
    await guide.acting.said(await guide.acting.menu("juno", picture, "Extend this video"), "picture")
    chosen = await guide.acting.said(await guide.acting.menu("juno", picture, "Use as source"), "morning.jpg")
    form = await guide.acting.click("juno", chosen, "Make a video from it")
    await guide.send(order, form, {"prompt": words})
    await guide.ended(order)


async def details(guide: Guide) -> None:
    """Ask for everything about a clip."""
    clip = guide.made(LANTERN)
    await guide.acting.said(await guide.acting.menu("mira", there(clip.result), "Video details"), clip.number)
