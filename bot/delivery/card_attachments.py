"""Serves a mended input from its job's card, where there is no public address of our own.

Discord renews an attachment's signed address whenever the message is fetched (platform notes §5).
"""

from __future__ import annotations

from pathlib import Path

import discord

from bot.delivery.network import look
from bot.jobs import schedule
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import Job
from bot.jobs.ports import InputUnusable, TryLater


class CardAttachments:
    """Attaches files to cards, once each."""

    def __init__(self, client: discord.Client) -> None:
        """Speak through this client."""
        self._client = client

    async def attach(self, job: Job, path: Path, name: str) -> str:
        """Return a fresh address of the file `name` on the job's card, attaching it where it is not there yet.

        Raises:
            InputUnusable: the job has no card, or the card will not carry the file.
            TryLater: not now.
        """
        if job.card is None:
            raise InputUnusable(Failure(FailureReason.INPUT_LOST))
        card = self._client.get_partial_messageable(job.card.channel_id).get_partial_message(job.card.message_id)
        try:
            message = await look(card.fetch())
            url = _named(message, name)
            if url is None:
                files: list[discord.Attachment | discord.File] = [
                    *message.attachments,
                    discord.File(path, filename=name),
                ]
                message = await look(card.edit(attachments=files), schedule.UPLOAD_DEADLINE)
                url = _named(message, name)
        except discord.DiscordException as error:
            raise InputUnusable(Failure(FailureReason.INPUT_LOST)) from error
        if url is None:
            raise TryLater(f"{name} is not on the card")
        return url


def _named(message: discord.Message, name: str) -> str | None:
    return next((one.url for one in message.attachments if one.filename == name), None)
