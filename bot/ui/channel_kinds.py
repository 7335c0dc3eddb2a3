"""The kinds of channel that a clip can be asked for in: what the bot needs there, and where its messages go.

Discord's rules: platform notes §5; its own documentation, "Permissions", "Threads" and "Get Channel Messages".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import discord

from bot.ui.language import marked


class ChannelKind(StrEnum):
    """A kind of channel, as people tell them apart."""

    TEXT = "text"
    ANNOUNCEMENT = "announcement"
    PUBLIC_THREAD = "public_thread"
    PRIVATE_THREAD = "private_thread"
    FORUM_POST = "forum_post"
    MEDIA_POST = "media_post"
    VOICE_CHAT = "voice_chat"
    STAGE_CHAT = "stage_chat"
    DIRECT = "direct"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRules:
    """What holds in a kind of channel.

    Attributes:
        name: for people.
        sending: the permission that posts a message, as discord.py names it; "" where none is needed.
        reading: what it takes to find our own messages again, likewise.
        makes_threads: whether a thread can start from a message there.
    """

    name: str
    sending: str
    reading: tuple[str, ...] = ("read_message_history",)
    makes_threads: bool = False

    @property
    def posting(self) -> tuple[str, ...]:
        """Return what a message with a clip needs."""
        return ("view_channel", self.sending, "attach_files") if self.sending else ()

    @property
    def needed(self) -> tuple[str, ...]:
        """Return what is asked for before anything is bought: posting, being read, and finding it after a crash."""
        return (*self.posting, "embed_links", *self.reading) if self.sending else ()


THREAD_NEEDS: Final = ("create_public_threads", "send_messages_in_threads")
"""What a thread of the clip's own needs besides."""

_IN_THREAD: Final = "send_messages_in_threads"
_VOICE: Final = ("read_message_history", "connect")
"""The messages of a voice channel can only be read by who may connect to it ("Get Channel Messages")."""

CHANNEL_RULES: Final = {
    ChannelKind.TEXT: ChannelRules(name=marked("text channel"), sending="send_messages", makes_threads=True),
    ChannelKind.ANNOUNCEMENT: ChannelRules(
        name=marked("announcement channel"), sending="send_messages", makes_threads=True
    ),
    ChannelKind.PUBLIC_THREAD: ChannelRules(name=marked("public thread"), sending=_IN_THREAD),
    ChannelKind.PRIVATE_THREAD: ChannelRules(name=marked("private thread"), sending=_IN_THREAD),
    ChannelKind.FORUM_POST: ChannelRules(name=marked("forum post"), sending=_IN_THREAD),
    ChannelKind.MEDIA_POST: ChannelRules(name=marked("media post"), sending=_IN_THREAD),
    ChannelKind.VOICE_CHAT: ChannelRules(name=marked("voice channel's chat"), sending="send_messages", reading=_VOICE),
    ChannelKind.STAGE_CHAT: ChannelRules(name=marked("stage channel's chat"), sending="send_messages", reading=_VOICE),
    ChannelKind.DIRECT: ChannelRules(name=marked("direct message"), sending="", reading=()),
}


def channel_kind(channel: object) -> ChannelKind | None:
    """Return the kind of a channel of discord.py's, None where no clip can be asked for in it."""
    match channel:
        case discord.Thread(type=discord.ChannelType.private_thread):
            return ChannelKind.PRIVATE_THREAD
        case discord.Thread(parent=discord.ForumChannel() as parent):
            return ChannelKind.MEDIA_POST if parent.is_media() else ChannelKind.FORUM_POST
        case discord.Thread():
            return ChannelKind.PUBLIC_THREAD
        case discord.TextChannel():
            return ChannelKind.ANNOUNCEMENT if channel.is_news() else ChannelKind.TEXT
        case discord.VoiceChannel():
            return ChannelKind.VOICE_CHAT
        case discord.StageChannel():
            return ChannelKind.STAGE_CHAT
        case discord.DMChannel():
            return ChannelKind.DIRECT
        case _:
            return None
