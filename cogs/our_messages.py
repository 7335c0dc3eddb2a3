"""Which job a message of ours is about.

Most are known by their ids. Where Discord's answer to a post was lost its id never reached us, but the message says
itself what it is about: its buttons' custom ids name the job.
"""

from __future__ import annotations

import discord
import structlog

from bot.jobs.clips import ClipService
from bot.jobs.model import Job
from bot.ui.buttons import custom_ids_of
from bot.ui.custom_ids import named_jobs

log = structlog.get_logger(__name__)


async def job_of_message(clips: ClipService, client: discord.Client, message: discord.Message) -> Job | None:
    """Return the job that a message is about, None where it is not ours or is about none or several."""
    if client.user is None or message.author.id != client.user.id:
        return None
    known = await clips.of_message(message.id)
    if known is not None:
        return known
    named = named_jobs(custom_ids_of(message.components))
    return await clips.of_id(named.pop()) if len(named) == 1 else None


async def job_of_address(clips: ClipService, client: discord.Client, channel_id: int, message_id: int) -> Job | None:
    """Return the job that the message at an address is about, asking Discord for one whose id is not known.

    Whether the person may see the job is for the caller to judge.
    """
    known = await clips.of_message(message_id)
    if known is not None:
        return known
    try:
        message = await client.get_partial_messageable(channel_id).fetch_message(message_id)
    except discord.HTTPException as error:
        log.info("linked_message_not_read", error=repr(error))
        return None
    return await job_of_message(clips, client, message)
