"""The page of the documentation that tells where the bot works, from what the code goes by."""

from __future__ import annotations

from typing import Final

from bot.ui.channel_kinds import CHANNEL_RULES, THREAD_NEEDS, ChannelKind
from bot.ui.permissions import permission_name

_HEAD: Final = """\
# Where Egret works

What the bot needs where a command is given, and where its messages go. What is missing is named before anything is
bought; what goes missing afterwards never costs the clip.
"""
_PLACES: Final = (
    "where the command is given",
    "the bot needs there",
    "card",
    "clip",
    "a thread of its own, if chosen",
    "if it cannot be posted there",
)
_CHOICES: Final = """\
A thread of the clip's own starts from the card and needs {thread_needs} besides. Where it cannot be made, or is
deleted or locked before the clip is ready, the clip comes to the channel as a reply to the card. A private thread is
seen by the bot only once somebody has added it, for which it is enough to mention it there.

With direct messages chosen, card, clip and copies of what was attached stand in the direct messages alone, wherever
the command was given, and nothing of it ever comes to the server.
"""
_MISSING: Final = (
    ("what went missing", "what happens"),
    ("the channel", "the clip comes by direct message"),
    ("the whole server", "likewise, if bot and person share another; else whoever runs the bot is told"),
    ("a permission in the channel", "the clip comes by direct message, and the card says so"),
    (
        "Read Message History alone",
        "the clip comes without a reference to the card; a posting that was interrupted is not risked twice",
    ),
    ("the thread: archived", "the clip opens it again"),
    ("the thread: locked", "from a thread of its own the clip comes to the channel; else by direct message"),
    ("the card", "the clip comes without a reference to it"),
    ("the right to upload files", "the clip comes as a link"),
    ("direct messages, too", "the clip is kept, and whoever runs the bot is told"),
    ("the message with the clip", "somebody deleted it, so it is not posted again"),
)
_REPOSTS: Final = """\
A repost comes to where it was asked for, on the same server or in its owner's direct messages; the clip of somebody
who chose direct messages only comes there again. If it cannot be posted, it goes nowhere else.
"""


def channels_page() -> str:
    """Return the text of `docs/channels.md`."""
    needs = " and ".join(f"**{permission_name(name)}**" for name in THREAD_NEEDS)
    places = _table(_PLACES, *(_place(kind) for kind in ChannelKind))
    return "\n".join((_HEAD, places, _CHOICES.format(thread_needs=needs), _table(*_MISSING), _REPOSTS))


def _place(kind: ChannelKind) -> tuple[str, ...]:
    rules = CHANNEL_RULES[kind]
    return (
        rules.name,
        ", ".join(map(permission_name, rules.needed)) or "nothing",
        "there",
        "there, in reply to the card",
        "yes" if rules.makes_threads else "no, it comes to where the card is",
        "whoever runs the bot is told" if kind is ChannelKind.DIRECT else "direct message",
    )


def _table(head: tuple[str, ...], *rows: tuple[str, ...]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
