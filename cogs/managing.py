"""What belongs to who manages the server: asked again of every command, click and form, whatever Discord shows."""

from __future__ import annotations

from bot.errors import Refused
from bot.ui.members import membership_of
from bot.ui.permissions import ManageServerNeeded
from cogs.interaction import Interaction


def check_manages(interaction: Interaction) -> int:
    """Return the server that somebody manages where they are.

    Raises:
        Refused: they do not, or they are on no server.
    """
    member = membership_of(interaction.user)
    if interaction.guild_id is None or member is None or not member.manages:
        raise Refused(ManageServerNeeded())
    return interaction.guild_id
