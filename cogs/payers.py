"""Which server pays for an interaction from direct messages, found out before anything else is done with it."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from bot.community.paying import PayingServer, PayingServers
from bot.errors import Refusal, Refused
from bot.jobs.house import MembershipUnknown
from bot.jobs.ports import StoreUnavailable
from bot.ui.custom_ids import ABOUT_JOBS, Pressed, Verb
from cogs.interaction import PAYING, Interaction

_PATIENCE: Final = 1.0
"""Seconds that a slow Discord may hold an answer up for this; what it says later serves the next try."""
_KNOW_THEIRS: Final = frozenset({*ABOUT_JOBS, Verb.RUN, Verb.ALWAYS, Verb.NO, Verb.FORM, Verb.FIX, Verb.CONSENT})
"""Verbs whose subject, a clip or a draft, tells which server it is about."""
_ANSWERED_ALONE: Final = frozenset({Verb.PAYS, Verb.DEFAULTS, Verb.PRIVACY})
_ALONE: Final = frozenset({"defaults", "privacy"})
"""Commands, and groups of them, that need no server."""

log = structlog.get_logger(__name__)


class Payers:
    """Finds them."""

    def __init__(self, paying: PayingServers) -> None:
        """Keep who knows."""
        self._paying = paying
        self._looking: set[asyncio.Task[PayingServer]] = set()

    async def settle(self, interaction: Interaction, pressed: Pressed | None = None) -> None:
        """Note with an interaction from direct messages which server pays for it, or why none does.

        Args:
            interaction: what begins.
            pressed: what was clicked or sent; None for a command.
        """
        if interaction.guild_id is None and not _knows_its_own(interaction, pressed):
            interaction.extras[PAYING] = await self._found(interaction.user.id)

    async def _found(self, person_id: int) -> PayingServer | Refusal:
        task = asyncio.create_task(self._paying.of(person_id))
        self._looking.add(task)
        task.add_done_callback(self._looked)
        await asyncio.wait({task}, timeout=_PATIENCE)
        if not task.done():
            return MembershipUnknown()
        try:
            return task.result()
        except Refused as error:
            return error.refusal
        except StoreUnavailable:
            return MembershipUnknown()

    def _looked(self, task: asyncio.Task[PayingServer]) -> None:
        self._looking.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, Refused):
            log.warning("payer_not_found", error=repr(error))


def _knows_its_own(interaction: Interaction, pressed: Pressed | None) -> bool:
    if pressed is not None:
        return pressed.verb in _KNOW_THEIRS | _ANSWERED_ALONE
    return interaction.command is not None and interaction.command.qualified_name.partition(" ")[0] in _ALONE
