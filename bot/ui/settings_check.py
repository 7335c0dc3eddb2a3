"""What the bot may do in the channels that a server's settings name, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.ui import figures
from bot.ui.language import _
from bot.ui.message import CONTENT_LIMIT, Button, Message
from bot.ui.permissions import permission_name
from bot.ui.quoting import units
from bot.ui.settings_address import Step, press

_ROOM_AT_THE_END: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelChecked:
    """What came of looking at one channel.

    Attributes:
        missing: permissions, as discord.py names them; None where the channel is deleted or not seen.
        is_log: whether it is the one for reports.
    """

    channel_id: int
    missing: tuple[str, ...] | None
    is_log: bool = False


def render_check(checked: Sequence[ChannelChecked], *, everywhere: bool) -> Message:
    """Return what is missing where, the channels with something missing first.

    Args:
        checked: every channel that was looked at.
        everywhere: whether clips can be made in every channel, of which only this one was looked at.
    """
    wrong = [one for one in checked if one.missing is None or one.missing]
    right = [one for one in checked if one not in wrong]
    head = _("✅ Nothing is missing.") if not wrong else _("⚠️ Something is missing:")
    lines = [f"**{head}**", *map(_line, (*wrong, *right))]
    if everywhere:
        lines.append(
            _("-# Clips can be made in every channel. This one was checked; run `/settings` in another to check that.")
        )
    if wrong:
        lines.append(_("-# Give the bot's role what is missing in the channel's settings, under Permissions."))
    return Message(content=_fitting(lines), buttons=(Button(press(Step.HUB), _("Back"), "↩️"),))


def _line(one: ChannelChecked) -> str:
    where = f"<#{one.channel_id}>"
    if one.is_log:
        where = _("{channel} (reports)").format(channel=where)
    if one.missing is None:
        return _("⚠️ {channel}: deleted, or the bot does not see it").format(channel=where)
    if one.missing:
        names = figures.both([f"**{permission_name(name)}**" for name in one.missing])
        return _("⚠️ {channel}: {permissions}").format(channel=where, permissions=names)
    return _("✅ {channel}").format(channel=where)


def _fitting(lines: Sequence[str]) -> str:
    """Return the lines that fit a message, with how many more there are."""
    kept: list[str] = []
    for index, line in enumerate(lines):
        if units("\n".join([*kept, line])) > CONTENT_LIMIT - _ROOM_AT_THE_END and index < len(lines) - 1:
            return "\n".join([*kept, _("… and {number} more").format(number=len(lines) - index)])
        kept.append(line)
    return "\n".join(kept)
