"""What a command needs to know of the interaction that brought it."""

from __future__ import annotations

from typing import Final

import discord

from bot.jobs.model import Place
from bot.jobs.requests import Origin

Interaction = discord.Interaction[discord.Client]

DEFAULT_UPLOAD_LIMIT: Final = 10 * 1024 * 1024
"""What a bot may attach in a server of the lowest tier, in bytes (platform notes §5)."""


def origin_of(interaction: Interaction) -> Origin:
    """Return who asks and where; the interaction's id makes a repeat the same request."""
    return Origin(
        request_key=f"i:{interaction.id}",
        requester_id=interaction.user.id,
        place=Place(
            guild_id=interaction.guild_id,
            channel_id=interaction.channel_id or 0,
            upload_limit=_upload_limit(interaction),
            locale=interaction.locale.value,
        ),
    )


def in_thread(interaction: Interaction) -> bool:
    """Tell whether the command was given in a thread."""
    return isinstance(interaction.channel, discord.Thread)


def _upload_limit(interaction: Interaction) -> int:
    """Return the server's limit: the interaction's own counts the person's subscription too (platform notes §5)."""
    return interaction.guild.filesize_limit if interaction.guild is not None else DEFAULT_UPLOAD_LIMIT
