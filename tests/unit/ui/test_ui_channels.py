"""What the bot needs in each kind of channel, and the page that says so."""

from __future__ import annotations

import discord
import pytest

from bot.errors import Refused
from bot.ui import permissions
from bot.ui.channel_kinds import CHANNEL_RULES, ChannelKind
from bot.ui.channels_page import channels_page
from bot.ui.refusals import refusal_text


def test_every_kind_has_its_rules_and_its_row() -> None:
    assert set(CHANNEL_RULES) == set(ChannelKind)
    for rules in CHANNEL_RULES.values():
        assert f"\n| {rules.name} | " in channels_page()


@pytest.mark.parametrize("kind", ChannelKind)
def test_an_invitation_as_asked_for_is_enough_where_nothing_was_taken(kind: ChannelKind) -> None:
    everybody_may = discord.Permissions(connect=True)

    assert permissions.missing_permissions(kind, permissions.INVITED_WITH | everybody_may) == ()
    assert permissions.missing_permissions(kind, discord.Permissions(administrator=True)) == ()


@pytest.mark.parametrize(
    ("kind", "needed"), [(kind, needed) for kind in ChannelKind for needed in CHANNEL_RULES[kind].needed]
)
def test_each_permission_that_is_missing_is_named_as_discord_names_it(kind: ChannelKind, needed: str) -> None:
    held = discord.Permissions.all()
    held.update(administrator=False, **{needed: False})

    (missing,) = permissions.missing_permissions(kind, held)

    words = refusal_text(permissions.PermissionsMissing(permissions=(missing,)))
    assert missing == needed
    assert f"**{needed.replace('_', ' ').title().replace(' In ', ' in ')}**" in words


def test_a_voice_channels_chat_needs_the_right_to_connect() -> None:
    held = permissions.INVITED_WITH

    with pytest.raises(Refused):
        permissions.check_permissions(ChannelKind.VOICE_CHAT, held)
    permissions.check_permissions(ChannelKind.TEXT, held)
