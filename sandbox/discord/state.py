"""What the local Discord holds: servers, people, channels and messages. Plain data; the rules are elsewhere.

Ids are integers here and become strings in `wire`. Instants are UTC milliseconds of the sandbox's clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.discord.json_types import JsonObject


class ChannelKind(IntEnum):
    """Channel types (developers/resources/channel, "Channel Types")."""

    TEXT = 0
    DIRECT = 1
    VOICE = 2
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    STAGE = 13
    FORUM = 15
    MEDIA = 16


VOCAL = frozenset({ChannelKind.VOICE, ChannelKind.STAGE})
"""Channels for talking, each with a chat of its own."""
POST_PARENTS = frozenset({ChannelKind.FORUM, ChannelKind.MEDIA})
"""Channels that hold nothing but threads, which people call posts."""
THREAD_KINDS = {
    ChannelKind.TEXT: ChannelKind.PUBLIC_THREAD,
    ChannelKind.ANNOUNCEMENT: ChannelKind.ANNOUNCEMENT_THREAD,
}
"""What starts from a message, by the kind of its channel (developers/topics/threads)."""


class MessageKind(IntEnum):
    """Message types that the sandbox makes (developers/resources/message, "Message Types")."""

    DEFAULT = 0
    THREAD_CREATED = 18
    REPLY = 19
    CHAT_INPUT_COMMAND = 20
    THREAD_STARTER = 21
    CONTEXT_MENU_COMMAND = 23


class MessageFlag(IntFlag):
    """Message flags (developers/resources/message, "Message Flags")."""

    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    IS_VOICE_MESSAGE = 1 << 13
    COMPONENTS_V2 = 1 << 15


SPOILER_ATTACHMENT = 1 << 3
"""The attachment flag IS_SPOILER."""


@dataclass(slots=True)
class User:
    """An account: a person or the bot.

    Attributes:
        takes_direct_messages: False answers the bot's direct messages with 50007.
    """

    id: int
    username: str
    global_name: str
    bot: bool = False
    locale: str = "en-US"
    takes_direct_messages: bool = True


@dataclass(slots=True)
class Role:
    """A role of one server; the role whose id is the server's is @everyone."""

    id: int
    name: str
    permissions: int
    position: int
    mentionable: bool = False
    bot_id: int | None = None


@dataclass(slots=True)
class Member:
    """A user in one server."""

    user_id: int
    joined_at: int
    roles: list[int] = field(default_factory=list)
    nick: str | None = None


@dataclass(slots=True)
class Overwrite:
    """What a channel grants or takes from a role (kind 0) or a member (kind 1)."""

    id: int
    kind: int
    allow: int = 0
    deny: int = 0


@dataclass(slots=True)
class ThreadState:
    """What a thread has beyond a channel."""

    owner_id: int
    parent_id: int
    created_at: int
    archived_at: int
    auto_archive_minutes: int
    archived: bool = False
    locked: bool = False
    message_count: int = 0
    members: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Channel:
    """A channel, a thread (with `thread`) or a direct message (with `recipients`, the bot excluded)."""

    id: int
    kind: ChannelKind
    name: str = ""
    guild_id: int | None = None
    position: int = 0
    topic: str | None = None
    nsfw: bool = False
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    recipients: list[int] = field(default_factory=list)
    thread: ThreadState | None = None
    last_message_id: int | None = None
    messages: dict[int, Message] = field(default_factory=dict)

    @property
    def parent_id(self) -> int | None:
        """The channel that a thread hangs from."""
        return self.thread.parent_id if self.thread is not None else None


@dataclass(slots=True)
class Guild:
    """A server.

    Attributes:
        takes_commands: whether the bot was invited with the scope applications.commands.
        system_channel_id: where Discord itself tells who joined, or None.
        takes_bytes: the greatest attachment of a bot's message where that is less than Discord tells; None where it
            is not.
    """

    id: int
    name: str
    owner_id: int
    premium_tier: int = 0
    locale: str = "en-US"
    takes_commands: bool = True
    system_channel_id: int | None = None
    takes_bytes: int | None = None
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)

    @property
    def upload_limit(self) -> int:
        """The greatest attachment in bytes: 10, 10, 50, 100 MiB by boost tier (platform notes §5)."""
        return (10, 10, 50, 100)[self.premium_tier] * 1024 * 1024


@dataclass(slots=True)
class Attachment:
    """An uploaded file and what Discord learnt from its bytes.

    Attributes:
        folder: the id in its CDN path: the channel's, or the interaction's for ephemeral ones.
        ephemeral: uploaded with a command or modal, or on an ephemeral message.
        inline: used by an embed or a component, and therefore left out of the message's attachments.
    """

    id: int
    filename: str
    data: bytes
    content_type: str
    folder: int
    width: int | None = None
    height: int | None = None
    duration_secs: float | None = None
    waveform: str | None = None
    description: str | None = None
    title: str | None = None
    flags: int = 0
    ephemeral: bool = False
    inline: bool = False
    deleted: bool = False

    @property
    def spoiler(self) -> bool:
        """Whether clients blur it: by flag, or by the older file name prefix."""
        return bool(self.flags & SPOILER_ATTACHMENT) or self.filename.startswith("SPOILER_")


@dataclass(frozen=True, slots=True)
class Reference:
    """What a reply points at, or, without a message, the thread that a notice announces."""

    channel_id: int
    message_id: int | None
    guild_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """The interaction that a message answers, as its metadata tells (`interaction_metadata`)."""

    interaction_id: int
    kind: int
    user_id: int
    owners: dict[str, str]
    command_name: str | None = None
    target_message_id: int | None = None
    interacted_message_id: int | None = None
    original_response_id: int | None = None
    triggering: Trigger | None = None


@dataclass(slots=True)
class Reaction:
    """One emoji under a message and who put it there, in order."""

    name: str
    emoji_id: int | None
    users: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mentions:
    """Whom a message mentions after `allowed_mentions` had its say."""

    users: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    everyone: bool = False
    replied_user: int | None = None


@dataclass(slots=True, kw_only=True)
class Message:
    """A message, kept after its deletion so that it can be inspected.

    Attributes:
        explicit_mentions: users written out in the text, apart from the pinged author of a reply.
        pinged: people who were notified when it was sent; edits add none.
        ephemeral_for: the only person who sees it, or None.
    """

    id: int
    channel_id: int
    guild_id: int | None
    author_id: int
    created_at: int
    kind: MessageKind = MessageKind.DEFAULT
    content: str = ""
    flags: int = 0
    tts: bool = False
    edited_at: int | None = None
    nonce: str | int | None = None
    embeds: list[JsonObject] = field(default_factory=list)
    components: list[JsonObject] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    mentions: Mentions = Mentions()
    pinged: tuple[int, ...] = ()
    reference: Reference | None = None
    reactions: list[Reaction] = field(default_factory=list)
    webhook_id: int | None = None
    trigger: Trigger | None = None
    thread_id: int | None = None
    position: int | None = None
    edits: int = 0
    deleted_at: int | None = None
    ephemeral_for: int | None = None

    @property
    def loading(self) -> bool:
        """Whether it still says "is thinking…"."""
        return bool(self.flags & MessageFlag.LOADING)
