"""Creating, editing and deleting messages, by the bot's token or by a person; reactions; typing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sandbox.discord import errors, mentions
from sandbox.discord.clock import HOUR, SECOND
from sandbox.discord.composition import Context
from sandbox.discord.permissions import Permission
from sandbox.discord.state import (
    POST_PARENTS,
    ChannelKind,
    Message,
    MessageFlag,
    MessageKind,
    Reaction,
    Reference,
)
from sandbox.discord.uploads import Destination

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.bodies.messages import CreateMessage, EditMessage, MessageFields, MessageReference
    from sandbox.discord.broadcast import Broadcaster
    from sandbox.discord.composition import Composer, Composition
    from sandbox.discord.state import Channel
    from sandbox.discord.uploads import UploadedFile
    from sandbox.discord.world import World

DIRECT_MESSAGE_LIMIT: Final = 10 * 1024 * 1024
"""The upload limit where no server's tier applies, in bytes."""
_SYSTEM_KINDS: Final = frozenset({MessageKind.THREAD_CREATED, MessageKind.THREAD_STARTER})


@dataclass(frozen=True, slots=True)
class _Nonce:
    message_id: int
    at: int


class Messages:
    """What can be done with messages."""

    def __init__(self, world: World, composer: Composer, broadcaster: Broadcaster) -> None:
        self._world = world
        self._composer = composer
        self._broadcaster = broadcaster
        self._nonces: dict[tuple[int, str], _Nonce] = {}
        self._old_edits: dict[int, list[int]] = {}

    def upload_limit(self, channel: Channel) -> int:
        """Return the greatest attachment a channel takes, in bytes."""
        guild = self._world.guild_of(channel)
        return DIRECT_MESSAGE_LIMIT if guild is None else guild.upload_limit

    def _taken(self, channel: Channel) -> int:
        """Return the greatest attachment that a bot's message may really have."""
        guild, told = self._world.guild_of(channel), self.upload_limit(channel)
        return told if guild is None or guild.takes_bytes is None else min(told, guild.takes_bytes)

    async def create(
        self, channel: Channel, author_id: int, body: CreateMessage, files: Sequence[UploadedFile]
    ) -> Message:
        """Post a message, or return the one that the same author posted with the same enforced nonce.

        Raises:
            ApiError: Discord would refuse it.
        """
        self._check_may_post(channel, author_id, body, files)
        earlier = self._by_nonce(author_id, body)
        if earlier is not None:
            return earlier
        reference, target = self._reference(channel, author_id, body.message_reference)
        composition = await self._composer.compose(
            body,
            files,
            Context(
                channel=channel,
                author_id=author_id,
                destination=Destination(channel.id, self._taken(channel)),
                reply_to=target,
            ),
        )
        # Reading the files took time: a second request with the same nonce may have come first.
        earlier = self._by_nonce(author_id, body)
        if earlier is not None:
            return earlier
        message = self.assemble(channel, author_id, composition)
        message.kind = MessageKind.DEFAULT if reference is None else MessageKind.REPLY
        message.reference = reference
        message.nonce = body.nonce
        message.tts = bool(body.tts)
        if body.nonce is not None:
            self._nonces[author_id, str(body.nonce)] = _Nonce(message.id, self._world.clock.now())
        self.publish(message)
        return message

    def _check_may_post(
        self, channel: Channel, author_id: int, body: CreateMessage, files: Sequence[UploadedFile]
    ) -> None:
        world = self._world
        if channel.kind in POST_PARENTS:
            raise errors.ApiError(400, 50008, "Cannot send messages in a non-text channel")
        self.check_recipient(channel, author_id)
        needed = [Permission.SEND_MESSAGES_IN_THREADS if channel.thread is not None else Permission.SEND_MESSAGES]
        if files:
            needed.append(Permission.ATTACH_FILES)
        if body.embeds:
            needed.append(Permission.EMBED_LINKS)
        if body.tts:
            needed.append(Permission.SEND_TTS_MESSAGES)
        if (body.flags or 0) & MessageFlag.IS_VOICE_MESSAGE:
            needed.append(Permission.SEND_VOICE_MESSAGES)
        world.require(channel, author_id, *needed)
        self._check_thread_open(channel, author_id)

    def check_recipient(self, channel: Channel, author_id: int) -> None:
        """Check that the other side of a direct message takes messages.

        Raises:
            ApiError: it is closed, or the two share no server any more (50007, 50278).
        """
        if channel.kind is not ChannelKind.DIRECT or author_id != self._world.bot_id:
            return
        person = self._world.users[channel.recipients[0]]
        if not person.takes_direct_messages:
            raise errors.closed_to_messages()
        if not self._world.shares_guild_with_bot(person.id):
            raise errors.ApiError(403, 50278, "Cannot send messages to this user due to having no mutual guilds")

    def _check_thread_open(self, channel: Channel, author_id: int) -> None:
        thread = channel.thread
        if thread is None or not thread.locked:
            return
        if not self._world.permissions(channel, author_id) & Permission.MANAGE_THREADS:
            raise errors.archived_thread() if thread.archived else errors.ApiError(403, 160005, "Thread is locked")

    def _by_nonce(self, author_id: int, body: CreateMessage) -> Message | None:
        if not body.enforce_nonce or body.nonce is None:
            return None
        seen = self._nonces.get((author_id, str(body.nonce)))
        if seen is None or self._world.clock.now() - seen.at >= self._world.limits.nonce_window_ms:
            return None
        return self._world.find_message(seen.message_id)

    def _reference(
        self, channel: Channel, author_id: int, wanted: MessageReference | None
    ) -> tuple[Reference | None, Message | None]:
        if wanted is None:
            return None, None
        if wanted.channel_id is not None and wanted.channel_id != channel.id:
            raise errors.invalid_field(
                ("message_reference",), "REPLIES_CANNOT_REFERENCE_OTHER_CHANNEL", "Cannot reply across channels"
            )
        if not self._world.permissions(channel, author_id) & Permission.READ_MESSAGE_HISTORY:
            raise errors.ApiError(403, 160002, "Cannot reply without permission to read message history")
        target = channel.messages.get(wanted.message_id)
        if target is None or target.deleted_at is not None:
            if wanted.fail_if_not_exists is False:
                return None, None
            raise errors.invalid_field(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        if target.kind in _SYSTEM_KINDS:
            raise errors.invalid_field(
                ("message_reference",), "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", "Cannot reply to a system message"
            )
        return Reference(channel.id, target.id, channel.guild_id), target

    def assemble(self, channel: Channel, author_id: int, composition: Composition) -> Message:
        """Return a message that is not yet in its channel."""
        message = Message(
            id=self._world.new_id(),
            channel_id=channel.id,
            guild_id=channel.guild_id,
            author_id=author_id,
            created_at=self._world.clock.now(),
        )
        self._fill(message, composition)
        message.pinged = mentions.notified(self._world, channel, author_id, message.mentions, composition.flags)
        return message

    @staticmethod
    def _fill(message: Message, composition: Composition) -> None:
        message.content = composition.content
        message.embeds = composition.embeds
        message.components = composition.components
        message.attachments = composition.attachments
        message.flags = composition.flags
        message.mentions = composition.mentions

    def publish(self, message: Message) -> None:
        """Put a message into its channel and announce it."""
        channel = self._world.channels[message.channel_id]
        thread = channel.thread
        if thread is not None and message.ephemeral_for is None:
            if thread.archived:
                thread.archived = False
                thread.archived_at = self._world.clock.now()
                self._broadcaster.channel_updated(channel)
            thread.message_count += 1
            message.position = thread.message_count
            thread.members.setdefault(message.author_id, self._world.clock.now())
        channel.messages[message.id] = message
        if message.ephemeral_for is None:
            channel.last_message_id = message.id
        self._broadcaster.message_created(message)

    async def edit(self, message: Message, editor_id: int, body: EditMessage, files: Sequence[UploadedFile]) -> None:
        """Edit a message by its author, or its flags by somebody who manages messages.

        Raises:
            ApiError: Discord would refuse it.
        """
        channel = self._world.channels[message.channel_id]
        self._world.require(channel, editor_id)
        if channel.thread is not None and channel.thread.archived:
            raise errors.archived_thread()
        if message.author_id != editor_id:
            only_flags = body.model_fields_set <= {"flags"}
            manages = self._world.permissions(channel, editor_id) & Permission.MANAGE_MESSAGES
            if not (only_flags and manages):
                raise errors.not_the_author()
        if message.flags & MessageFlag.IS_VOICE_MESSAGE:
            raise errors.ApiError(400, 50162, "Voice messages cannot be edited.")
        self._count_old_edit(message)
        await self.rewrite(message, body, files, self._taken(channel), mentions.PARSE_ALL)

    def _count_old_edit(self, message: Message) -> None:
        now = self._world.clock.now()
        if now - message.created_at < HOUR:
            return
        bucket = self._world.limits.old_edits
        window = int(bucket.window * SECOND)
        recent = [at for at in self._old_edits.get(message.channel_id, ()) if now - at < window]
        if len(recent) >= bucket.limit:
            raise errors.RateLimited(
                30046,
                "Maximum number of edits to messages older than 1 hour reached. Try again later.",
                (recent[0] + window - now) / SECOND,
            )
        self._old_edits[message.channel_id] = [*recent, now]

    def _replied_to(self, message: Message) -> Message | None:
        reference = message.reference
        return None if reference is None else self._world.find_message(reference.message_id or 0)

    async def rewrite(
        self,
        message: Message,
        body: MessageFields,
        files: Sequence[UploadedFile],
        limit: int,
        default_parse: frozenset[str],
    ) -> None:
        """Change a message's parts as a body says and announce it; nobody is pinged by an edit.

        Raises:
            ApiError: Discord would refuse what the message would become.
        """
        channel = self._world.channels[message.channel_id]
        target = self._replied_to(message)
        before = list(message.attachments)
        composition = await self._composer.compose(
            body,
            files,
            Context(
                channel=channel,
                author_id=message.author_id,
                destination=Destination(channel.id, limit, message.ephemeral_for is not None),
                default_parse=default_parse,
                reply_to=target if message.mentions.replied_user is not None else None,
                present=message,
            ),
        )
        replied = message.mentions.replied_user
        self._fill(message, composition)
        if replied is not None and message.mentions.replied_user is None and body.allowed_mentions is None:
            message.mentions = mentions.with_reply(message.mentions, replied)
        for attachment in before:
            attachment.deleted = attachment not in message.attachments
        message.flags &= ~int(MessageFlag.LOADING)
        message.edited_at = self._world.clock.now()
        message.edits += 1
        self._broadcaster.message_updated(message)

    def delete(self, message: Message, deleter_id: int) -> None:
        """Delete a message by its author or by somebody who manages messages.

        Raises:
            ApiError: neither (50013, or 50003 in direct messages), or the channel cannot be seen.
        """
        channel = self._world.channels[message.channel_id]
        self._world.require(channel, deleter_id)
        if message.author_id != deleter_id:
            if channel.guild_id is None:
                raise errors.ApiError(403, 50003, "Cannot execute action on a DM channel")
            self._world.require(channel, deleter_id, Permission.MANAGE_MESSAGES)
        self.remove(message)

    def remove(self, message: Message) -> None:
        """Take a message away; its files go with it, and it stays to be inspected."""
        message.deleted_at = self._world.clock.now()
        for attachment in message.attachments:
            attachment.deleted = True
        self._broadcaster.message_deleted(message)

    def react(self, message: Message, user_id: int, name: str, emoji_id: int | None) -> None:
        """Put a reaction under a message.

        Raises:
            ApiError: permissions are missing, the thread is archived or there are 20 emoji already.
        """
        channel = self._world.channels[message.channel_id]
        self._check_may_react(channel, user_id)
        reaction = _find_reaction(message, name, emoji_id)
        if reaction is None:
            self._world.require(channel, user_id, Permission.ADD_REACTIONS)
            if len(message.reactions) >= 20:
                raise errors.ApiError(400, 30010, "Maximum number of reactions reached (20)")
            reaction = Reaction(name, emoji_id)
            message.reactions.append(reaction)
        if user_id not in reaction.users:
            reaction.users.append(user_id)
            self._broadcaster.reaction(message, reaction, user_id, added=True)

    def unreact(self, message: Message, user_id: int, name: str, emoji_id: int | None) -> None:
        """Take a user's reaction away.

        Raises:
            ApiError: it is not there (10014), or the thread is archived.
        """
        channel = self._world.channels[message.channel_id]
        self._check_may_react(channel, user_id)
        reaction = _find_reaction(message, name, emoji_id)
        if reaction is None or user_id not in reaction.users:
            raise errors.unknown_emoji()
        reaction.users.remove(user_id)
        if not reaction.users:
            message.reactions.remove(reaction)
        self._broadcaster.reaction(message, reaction, user_id, added=False)

    def _check_may_react(self, channel: Channel, user_id: int) -> None:
        self._world.require(channel, user_id, Permission.READ_MESSAGE_HISTORY)
        if channel.thread is not None and channel.thread.archived:
            raise errors.archived_thread()

    def type(self, channel: Channel, user_id: int) -> None:
        """Show that somebody types.

        Raises:
            ApiError: they may not send there.
        """
        thread = channel.thread is not None
        needed = Permission.SEND_MESSAGES_IN_THREADS if thread else Permission.SEND_MESSAGES
        self._world.require(channel, user_id, needed)
        self._broadcaster.typing(channel, user_id)


def _find_reaction(message: Message, name: str, emoji_id: int | None) -> Reaction | None:
    for reaction in message.reactions:
        if reaction.emoji_id == emoji_id and (emoji_id is not None or reaction.name == name):
            return reaction
    return None
