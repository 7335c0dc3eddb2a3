"""A word to the requester whose clip may stand in a channel where it cannot be looked for."""

from __future__ import annotations

import discord
import structlog

from bot.delivery.answers import reason
from bot.delivery.network import look
from bot.delivery.places import Places
from bot.jobs.model import Delivery, Job
from bot.ui.language import speaking
from bot.ui.results import render_in_doubt

log = structlog.get_logger(__name__)


async def tell_in_doubt(places: Places, delivery: Delivery, job: Job) -> None:
    """Tell them by direct message, where they take any: the job's card may be as far out of reach as the channel.

    It is no delivery: it is sent once as far as its nonce reaches.

    Raises:
        TryLater: not now.
    """
    direct = await places.direct_messages(job)
    if direct is None:
        return
    with speaking(job.place.locale_of(direct=True)):
        said = render_in_doubt(job)
    try:
        await look(places.messages_of(direct).send(**said.send(), nonce=f"u{delivery.id}"))
    except discord.HTTPException as error:
        log.info("doubt_not_told", job=job.id, reason=reason(error))
