"""Reading channels and writing messages as a person does."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

from sandbox.discord import errors
from sandbox.discord.bodies.messages import (
    AllowedMentions,
    AttachmentEntry,
    CreateMessage,
    EditMessage,
    MessageReference,
)
from sandbox.discord.client.rules import ClientRefusal
from sandbox.discord.media_facts import examine
from sandbox.discord.permissions import Permission
from sandbox.discord.state import MessageFlag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.messages import Messages
    from sandbox.discord.state import Channel, Message, User
    from sandbox.discord.uploads import UploadedFile
    from sandbox.discord.world import World

DIRECT: Final = "dm"
"""The name by which a person's channel with the bot is addressed."""
_WAVEFORM: Final = base64.b64encode(bytes(range(0, 250, 10))).decode()


class Chatting:
    """What a person does with messages."""

    def __init__(self, world: World, messages: Messages) -> None:
        self._world = world
        self._messages = messages

    def places(self, person: User) -> list[Channel]:
        """Return the channels, threads and direct messages that a person sees."""
        return [c for c in self._world.channels.values() if self._world.can_see(c, person.id)]

    def place(self, person: User, wanted: str) -> Channel:
        """Return the channel with this id or name that the person sees; "dm" is the one with the bot.

        Raises:
            ApiError: there is none (10003).
        """
        if wanted == DIRECT:
            return self._world.direct_channel(person.id)
        name = wanted.removeprefix("#")
        for channel in self.places(person):
            if str(channel.id) == name or (channel.name and channel.name == name):
                return channel
        raise errors.unknown_channel()

    def read(self, person: User, channel: Channel) -> list[Message]:
        """Return a channel's messages as the person sees them, oldest first, their own ephemeral ones included."""
        if not self._world.permissions(channel, person.id) & Permission.READ_MESSAGE_HISTORY:
            return []
        return [
            message
            for message in channel.messages.values()
            if message.deleted_at is None and message.ephemeral_for in (None, person.id)
        ]

    def upload_limit(self, channel: Channel) -> int:
        """Return how large a file may be in a channel, in bytes."""
        return self._messages.upload_limit(channel)

    def type(self, person: User, channel: Channel) -> None:
        """Show that a person types.

        Raises:
            ApiError: they may not send there.
        """
        self._messages.type(channel, person.id)

    def message(self, person: User, message_id: int) -> Message:
        """Return a message that the person sees.

        Raises:
            ApiError: there is none (10008).
        """
        for channel in self.places(person):
            for message in self.read(person, channel):
                if message.id == message_id:
                    return message
        raise errors.unknown_message()

    async def send(
        self,
        person: User,
        channel: Channel,
        content: str,
        *,
        files: Sequence[UploadedFile] = (),
        descriptions: Sequence[str | None] = (),
        reply_to: int | None = None,
        ping: bool = True,
    ) -> Message:
        """Send a message, or a reply with or without its ping.

        Raises:
            ClientRefusal: a file is over the upload limit.
            ApiError: Discord would refuse it.
        """
        limit = self._messages.upload_limit(channel)
        for file in files:
            if len(file.data) > limit:
                raise ClientRefusal(f"{file.filename} is larger than {limit} bytes")
        if reply_to is not None:
            self._check_can_reply(person, reply_to)
        body = CreateMessage(
            content=content,
            allowed_mentions=AllowedMentions(parse=["users", "roles", "everyone"], replied_user=ping),
            message_reference=None if reply_to is None else MessageReference(message_id=reply_to),
            attachments=[AttachmentEntry(id=number, description=text) for number, text in enumerate(descriptions)]
            or None,
        )
        return await self._messages.create(channel, person.id, body, files)

    def _check_can_reply(self, person: User, message_id: int) -> None:
        if self.message(person, message_id).ephemeral_for is not None:
            raise ClientRefusal("an ephemeral message cannot be replied to")

    async def send_voice(
        self, person: User, channel: Channel, recording: UploadedFile, *, reply_to: int | None, ping: bool
    ) -> Message:
        """Send a voice message: one audio file with its duration and a waveform, and no text.

        Raises:
            ClientRefusal: the file is not a recording.
            ApiError: Discord would refuse it.
        """
        if reply_to is not None:
            self._check_can_reply(person, reply_to)
        seconds = examine(recording.filename, recording.data).duration_secs
        if seconds is None:
            raise ClientRefusal(f"{recording.filename} is not a recording")
        body = CreateMessage(
            flags=int(MessageFlag.IS_VOICE_MESSAGE),
            allowed_mentions=AllowedMentions(parse=[], replied_user=ping),
            message_reference=None if reply_to is None else MessageReference(message_id=reply_to),
            attachments=[AttachmentEntry(id=0, duration_secs=seconds, waveform=_WAVEFORM)],
        )
        return await self._messages.create(channel, person.id, body, [recording])

    async def edit(self, person: User, message_id: int, content: str) -> Message:
        """Edit one's own message.

        Raises:
            ApiError: it is somebody else's.
        """
        message = self.message(person, message_id)
        await self._messages.edit(message, person.id, EditMessage(content=content), [])
        return message

    def delete(self, person: User, message_id: int) -> None:
        """Delete a message, or dismiss an ephemeral one.

        Raises:
            ApiError: not allowed.
        """
        message = self.message(person, message_id)
        if message.ephemeral_for == person.id:
            self._messages.remove(message)
        else:
            self._messages.delete(message, person.id)

    def react(self, person: User, message_id: int, emoji: str, *, remove: bool) -> None:
        """Put a reaction under a message, or take it away.

        Raises:
            ApiError: not allowed.
        """
        message = self.message(person, message_id)
        change = self._messages.unreact if remove else self._messages.react
        change(message, person.id, emoji, None)
