"""Threads and changes to channels (developers/topics/threads)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord import errors
from sandbox.discord.bodies.channels import DEFAULT_ARCHIVE_MINUTES
from sandbox.discord.permissions import Permission
from sandbox.discord.state import (
    POST_PARENTS,
    THREAD_KINDS,
    Channel,
    ChannelKind,
    Message,
    MessageFlag,
    MessageKind,
    Reference,
    ThreadState,
)

if TYPE_CHECKING:
    from sandbox.discord.bodies.channels import EditChannel, StartThreadFromMessage
    from sandbox.discord.broadcast import Broadcaster
    from sandbox.discord.messages import Messages
    from sandbox.discord.world import World


class Channels:
    """What can be done with channels."""

    def __init__(self, world: World, messages: Messages, broadcaster: Broadcaster) -> None:
        self._world = world
        self._messages = messages
        self._broadcaster = broadcaster

    def start_thread(
        self, parent: Channel, owner_id: int, body: StartThreadFromMessage, source: Message | None
    ) -> Channel:
        """Start a public thread; one made from a message has the message's id.

        Raises:
            ApiError: not in a text channel (50024), not allowed, or the message has a thread already (160004).
        """
        world = self._world
        kind = THREAD_KINDS.get(parent.kind)
        if kind is None:
            raise errors.wrong_channel_kind()
        world.require(parent, owner_id, Permission.CREATE_PUBLIC_THREADS)
        if source is not None and source.id in world.channels:
            raise errors.ApiError(400, 160004, "A thread has already been created for this message")
        thread = self._make_thread(parent, owner_id, kind, source.id if source is not None else world.new_id(), body)
        if source is None:
            self._announce_in_parent(parent, thread, owner_id)
        else:
            source.thread_id = thread.id
            source.flags |= int(MessageFlag.HAS_THREAD)
            self._broadcaster.message_updated(source)
        return thread

    def start_private_thread(self, parent: Channel, owner_id: int, body: StartThreadFromMessage) -> Channel:
        """Start a thread that only its members and the moderators see.

        Raises:
            ApiError: not in a text channel (50024), or not allowed.
        """
        if parent.kind is not ChannelKind.TEXT:
            raise errors.wrong_channel_kind()
        self._world.require(parent, owner_id, Permission.CREATE_PRIVATE_THREADS)
        return self._make_thread(parent, owner_id, ChannelKind.PRIVATE_THREAD, self._world.new_id(), body)

    def start_post(self, parent: Channel, owner_id: int, body: StartThreadFromMessage) -> Channel:
        """Start a post in a forum or media channel; its first message has the post's id, and is not made here.

        Raises:
            ApiError: in no such channel (50024), or not allowed.
        """
        if parent.kind not in POST_PARENTS:
            raise errors.wrong_channel_kind()
        self._world.require(parent, owner_id, Permission.SEND_MESSAGES)
        return self._make_thread(parent, owner_id, ChannelKind.PUBLIC_THREAD, self._world.new_id(), body)

    def invite(self, channel: Channel, user_id: int) -> None:
        """Add somebody to a thread.

        Raises:
            ApiError: it is no thread (50024).
        """
        if channel.thread is None:
            raise errors.wrong_channel_kind()
        channel.thread.members.setdefault(user_id, self._world.clock.now())
        # Who is added to a private thread is told of it as if it were new (developers/topics/threads).
        self._broadcaster.thread_created(channel)

    def _make_thread(
        self, parent: Channel, owner_id: int, kind: ChannelKind, thread_id: int, body: StartThreadFromMessage
    ) -> Channel:
        now = self._world.clock.now()
        thread = Channel(
            thread_id,
            kind,
            body.name,
            parent.guild_id,
            thread=ThreadState(
                owner_id=owner_id,
                parent_id=parent.id,
                created_at=now,
                archived_at=now,
                auto_archive_minutes=body.auto_archive_duration or DEFAULT_ARCHIVE_MINUTES,
                members={owner_id: now},
            ),
        )
        self._world.channels[thread.id] = thread
        self._broadcaster.thread_created(thread)
        return thread

    def _announce_in_parent(self, parent: Channel, thread: Channel, owner_id: int) -> None:
        self._messages.publish(
            Message(
                id=self._world.new_id(),
                channel_id=parent.id,
                guild_id=parent.guild_id,
                author_id=owner_id,
                created_at=self._world.clock.now(),
                kind=MessageKind.THREAD_CREATED,
                content=thread.name,
                reference=Reference(thread.id, None, parent.guild_id),
            )
        )

    def edit(self, channel: Channel, editor_id: int, body: EditChannel) -> None:
        """Change a channel or thread.

        Raises:
            ApiError: not allowed (50013), a direct message (50024), or an archived thread that is only to be
                renamed (50083).
        """
        if channel.kind is ChannelKind.DIRECT:
            raise errors.wrong_channel_kind()
        if channel.thread is None:
            self._world.require(channel, editor_id, Permission.MANAGE_CHANNELS)
            channel.name = body.name or channel.name
            channel.topic = body.topic if "topic" in body.model_fields_set else channel.topic
            channel.nsfw = channel.nsfw if body.nsfw is None else body.nsfw
        else:
            self._edit_thread(channel, channel.thread, editor_id, body)
        self._broadcaster.channel_updated(channel)

    def _edit_thread(self, channel: Channel, thread: ThreadState, editor_id: int, body: EditChannel) -> None:
        manages = self._world.permissions(channel, editor_id) & Permission.MANAGE_THREADS
        self._world.require(channel, editor_id)
        only_unarchives = body.model_fields_set == {"archived"} and body.archived is False
        if not manages and not only_unarchives and (editor_id != thread.owner_id or body.locked is not None):
            raise errors.missing_permissions()
        if not manages and thread.locked and editor_id != thread.owner_id:
            raise errors.missing_permissions()
        if thread.archived and body.archived is not False:
            raise errors.archived_thread()
        channel.name = body.name or channel.name
        thread.locked = thread.locked if body.locked is None else body.locked
        thread.auto_archive_minutes = body.auto_archive_duration or thread.auto_archive_minutes
        if body.archived is not None and body.archived != thread.archived:
            thread.archived = body.archived
            thread.archived_at = self._world.clock.now()

    def join(self, channel: Channel, user_id: int) -> None:
        """Join a thread.

        Raises:
            ApiError: it is no thread (50024) or archived (50083).
        """
        if channel.thread is None:
            raise errors.wrong_channel_kind()
        self._world.require(channel, user_id)
        if channel.thread.archived:
            raise errors.archived_thread()
        channel.thread.members.setdefault(user_id, self._world.clock.now())

    def delete(self, channel: Channel, deleter_id: int) -> None:
        """Delete a channel or thread, with the threads that hang from it.

        Raises:
            ApiError: not allowed.
        """
        needed = Permission.MANAGE_CHANNELS if channel.thread is None else Permission.MANAGE_THREADS
        self._world.require(channel, deleter_id, needed)
        self.remove(channel)

    def remove(self, channel: Channel) -> None:
        """Take a channel out of the world; it answers 10003 from now on."""
        hanging = [c for c in self._world.channels.values() if c.parent_id == channel.id]
        for thread in hanging:
            self.remove(thread)
        self._broadcaster.channel_deleted(channel)
        self._world.deleted_channels[channel.id] = self._world.channels.pop(channel.id)

    def remove_message(self, message: Message) -> None:
        """Take a message away, whoever wrote it."""
        self._messages.remove(message)
