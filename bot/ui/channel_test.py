"""A test of a channel: a small file is posted, found again and taken away; what came of it, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.ui import figures
from bot.ui.channel_kinds import ChannelKind
from bot.ui.language import _, marked
from bot.ui.message import Message, TextFile
from bot.ui.permissions import permission_name

TEST_FILE: Final = "egret-test.txt"


class Trial(StrEnum):
    """What is tried, in order."""

    POST = "post"
    FIND = "find"
    REMOVE = "remove"


_DONE: Final = {
    Trial.POST: marked("posting a file"),
    Trial.FIND: marked("finding it again"),
    Trial.REMOVE: marked("taking it away"),
}
NEEDS: Final = {
    Trial.POST: ("view_channel", "send_messages", "attach_files"),
    Trial.FIND: ("read_message_history",),
    Trial.REMOVE: ("view_channel",),
}
"""What Discord asks for, as discord.py names it (its documentation of "Create Message", "Get Channel Message")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What came of a test.

    Attributes:
        channel_id: where.
        kind: of the channel; None for one that takes no clips.
        failed: what Discord refused or left unanswered.
        missing: permissions that the bot lacks there, as discord.py names them.
        unanswered: whether Discord gave no usable answer, so that nothing is known.
        left_behind: the address of the test's message where it could not be taken away, else "".
        outside: whether the server makes clips in other channels.
    """

    channel_id: int
    kind: ChannelKind | None = None
    failed: tuple[Trial, ...] = ()
    missing: tuple[str, ...] = ()
    unanswered: bool = False
    left_behind: str = ""
    outside: bool = False


def render_test_file() -> Message:
    """Return what is posted for a moment."""
    said = _("A test of what the bot may do here. It is taken away at once.")
    return Message(content=said, files=(TextFile(TEST_FILE, f"{said}\n"),))


def outcome_words(tested: Tested) -> str:
    """Return what came of a test, and what to do where it failed."""
    channel = f"<#{tested.channel_id}>"
    lines = [_head(tested, channel)]
    if tested.missing:
        names = figures.both([f"**{permission_name(name)}**" for name in tested.missing])
        words = _("In the channel's settings, under Permissions, allow the bot's role: {names}. Then test it again.")
        lines.append(words.format(names=names))
    if tested.left_behind:
        words = _("The test's message could not be taken away: [delete it]({link}).")
        lines.append(words.format(link=tested.left_behind))
    if tested.outside:
        lines.append(_("This channel is not among those where members can make clips."))
    return "\n".join(lines)


def channel_gone() -> str:
    """Return what is said of a channel that cannot be tested any more."""
    return _("⚠️ That channel is gone, or the bot does not see it.")


def _head(tested: Tested, channel: str) -> str:
    if tested.unanswered:
        return _("⚠️ {channel}: Discord gave no usable answer. Test it again in a moment.").format(channel=channel)
    if tested.failed:
        words = _("⚠️ {channel}: the bot was refused {what}.")
        return words.format(channel=channel, what=figures.both(_named(tested.failed)))
    if tested.missing:
        return _("⚠️ {channel}: a file can be posted, but a clip would not look as it should.").format(channel=channel)
    return _("✅ {channel}: posting a file, finding it again and taking it away all worked.").format(channel=channel)


def _named(steps: Sequence[Trial]) -> list[str]:
    return [_(_DONE[step]) for step in steps]
