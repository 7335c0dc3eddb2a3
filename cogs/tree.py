"""The command tree: what happens around every command, whichever it is."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from typing import Final, Protocol

import discord
import structlog
from discord import app_commands
from structlog.contextvars import bind_contextvars
from typing_extensions import override

from bot.errors import Refused
from bot.jobs.ports import StoreUnavailable, not_written
from bot.jobs.requests import NotTakingWork
from bot.ui import wording
from bot.ui.answering import say_privately
from bot.ui.language import speak, speaking
from bot.ui.message import Message
from cogs.amounts import Amounts
from cogs.answers import may_have_bought
from cogs.in_hand import InHand
from cogs.interaction import Interaction
from cogs.payers import Payers
from cogs.repeats import Repeats

_OUTCOME: Final = "outcome"

log = structlog.get_logger(__name__)


class CommandWatch(Protocol):
    """Is told what comes in and what comes of it, quickly and without raising."""

    def arrived(self, interaction_id: int, kind: str) -> None:
        """An interaction came in: "application_command", "component", "autocomplete", …."""
        ...

    def ended(self, command: str, outcome: str) -> None:
        """A command was "answered", "refused", "unknown" or "failed"."""
        ...


class Unwatched:
    """Watches nothing."""

    def arrived(self, interaction_id: int, kind: str) -> None:
        """Pass over it."""

    def ended(self, command: str, outcome: str) -> None:
        """Pass over it."""


class EgretTree(app_commands.CommandTree[discord.Client]):
    """Lets commands in until it is closed, knows which are in hand, and words what goes wrong in them.

    Attributes:
        watch: is told of every command.
        repeats: knows which interactions came before.
        amounts: decides who is told amounts of money.
        payers: finds who pays in direct messages; None where commands work on servers only.
    """

    def __init__(self, client: discord.Client) -> None:
        """Make a tree of commands for servers only; `in_hand` is shared with clicks and replies."""
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        self.in_hand = InHand()
        self.repeats = Repeats()
        self.watch: CommandWatch = Unwatched()
        self.amounts: Amounts | None = None
        self.payers: Payers | None = None

    def open_in_direct_messages(self, names: Iterable[str]) -> None:
        """Let commands be used in direct messages with the bot, too."""
        for name in names:
            command = self.get_command(name)
            if isinstance(command, app_commands.Command | app_commands.Group):
                command.allowed_contexts = app_commands.AppCommandContext(
                    guild=True, dm_channel=True, private_channel=False
                )

    @override
    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Name the interaction on every log line to come, and turn it away once the process is about to stop.

        From then on everything is said in the person's language, but for what says otherwise.
        """
        if not self.repeats.is_first(interaction.id):
            return False
        # The library gives each interaction a task of its own, and calls this first in it.
        bind_contextvars(interaction=interaction.id, guild=interaction.guild_id, command=_name(interaction))
        speak(interaction.locale.value)
        self._watch_over(interaction)
        if not self.in_hand.enter():
            await self._turn_away(interaction)
            return False
        if self.payers is not None:
            await self.payers.settle(interaction)
        if self.amounts is not None:
            await self.amounts.settle(interaction)
        return True

    @override
    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Answer privately: with the refusal, or with a short id that the log has too."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        interaction.extras[_OUTCOME] = _outcome(cause)
        with speaking(interaction.locale.value):
            await _tell(interaction, _words(interaction, cause))

    def _watch_over(self, interaction: Interaction) -> None:
        """Tell the watch of an interaction now, and of a command's outcome when its task ends."""
        self.watch.arrived(interaction.id, interaction.type.name)
        task = asyncio.current_task()
        if task is not None and interaction.type is discord.InteractionType.application_command:
            name = _name(interaction)
            task.add_done_callback(lambda _: self.watch.ended(name, interaction.extras.get(_OUTCOME, "answered")))

    async def _turn_away(self, interaction: Interaction) -> None:
        if interaction.type is discord.InteractionType.autocomplete:
            await interaction.response.autocomplete([])
            return
        with speaking(interaction.locale.value):
            await _tell(interaction, wording.refused(NotTakingWork()))


def _outcome(cause: Exception) -> str:
    if isinstance(cause, Refused | StoreUnavailable):
        return "refused"
    unknown = isinstance(cause, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch)
    return "unknown" if unknown else "failed"


def _words(interaction: Interaction, cause: Exception) -> Message:
    if isinstance(cause, Refused):
        return wording.refused(cause.refusal)
    if isinstance(cause, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        log.warning("command_unknown")
        return wording.commands_changed()
    if isinstance(cause, StoreUnavailable):
        log.warning("command_not_written", error=str(cause))
        return wording.refused(not_written(cause, perhaps=may_have_bought(interaction)))
    error_id = secrets.token_hex(4)
    log.error("command_failed", error_id=error_id, exc_info=cause)
    return wording.apology(error_id, nothing_charged=not may_have_bought(interaction))


async def _tell(interaction: Interaction, message: Message) -> None:
    try:
        await say_privately(interaction, message)
    except Exception as failure:  # noqa: BLE001 - nobody is left to tell, and the log has what matters
        log.warning("answer_failed", error=repr(failure))


def _name(interaction: Interaction) -> str:
    return interaction.command.qualified_name if interaction.command is not None else ""
