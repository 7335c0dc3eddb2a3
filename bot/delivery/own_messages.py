"""What the gateway shows of the bot's own messages: the surest word on a message whose answer was lost."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import discord
from discord.ext import commands

from bot.jobs.model import Delivery, Job, MessageRef
from bot.ui.buttons import custom_ids_of
from bot.ui.custom_ids import read_custom_id

_REMEMBERED: Final = 2000


class OwnMessages:
    """Remembers the latest messages of deliveries.

    The gateway tells of them where history cannot be read, and although they may have been deleted since.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._seen: OrderedDict[tuple[str, str], MessageRef] = OrderedDict()
        self._awaited: dict[tuple[str, str], asyncio.Future[MessageRef]] = {}

    def note(self, message: discord.Message) -> None:
        """Take note of a message of the bot's own; a delivery's never answers an interaction."""
        if message.interaction_metadata is not None or message.flags.ephemeral:
            return
        for custom_id in custom_ids_of(message.components):
            pressed = read_custom_id(custom_id)
            if pressed is not None and pressed.extra:
                self._take((pressed.subject, pressed.extra), MessageRef(message.channel.id, message.id))
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)

    def _take(self, named: tuple[str, str], message: MessageRef) -> None:
        self._seen[named] = message
        awaited = self._awaited.get(named)
        if awaited is not None and not awaited.done():
            awaited.set_result(message)

    def of(self, delivery: Delivery, job: Job) -> MessageRef | None:
        """Return the message of a delivery; None where none was seen."""
        return self._seen.get((job.id, delivery.id))

    @contextmanager
    def awaited(self, delivery: Delivery, job: Job) -> Iterator[asyncio.Future[MessageRef]]:
        """Give what has a result as soon as a delivery's message is seen."""
        named = (job.id, delivery.id)
        future = self._awaited[named] = asyncio.get_running_loop().create_future()
        try:
            yield future
        finally:
            del self._awaited[named]
            future.cancel()


def watch_own_messages(client: commands.Bot) -> OwnMessages:
    """Return what a client will see of its own messages."""
    seen = OwnMessages()

    async def note(message: discord.Message) -> None:
        if client.user is not None and message.author.id == client.user.id:
            seen.note(message)

    client.add_listener(note, "on_message")
    return seen
