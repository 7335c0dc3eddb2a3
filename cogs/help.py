"""/help: what the bot does, how it is used, and what the server allows, for one person's eyes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.community import settings as s
from bot.community.effective import Scope, effective
from bot.community.housekeeping import Housekeeping, listed
from bot.community.record import Level
from bot.community.spending import SpendingBook, price_lines
from bot.errors import Refusal, Refused
from bot.jobs.house import HouseRules
from bot.jobs.requests import Origin, ServerNotEnabled
from bot.jobs.service import JobService
from bot.ui import options
from bot.ui.answering import PATIENCE, change_in_time
from bot.ui.custom_ids import Pressed, Verb
from bot.ui.help import FIRST, OPTIONS, TURN, render_help, render_options
from bot.ui.help_facts import CommandHelp, HelpFacts, HereHelp, OptionHelp
from bot.ui.language import speaking
from bot.ui.message import Message
from bot.ui.translator import COMMAND_NAME, DESCRIPTION, MESSAGE_COMMAND, OPTION_NAME, spoken_words
from cogs.answers import Answers
from cogs.clicks import Clicks
from cogs.found_here import NotHere
from cogs.interaction import Interaction, check_payer, guild_of, origin_of, payer_of

Tree = app_commands.CommandTree[discord.Client]
AnyCommand = app_commands.Command[Any, ..., Any] | app_commands.Group


class HelpCog(commands.Cog):
    """The command /help."""

    def __init__(
        self,
        tree: Tree,
        jobs: JobService,
        book: SpendingBook,
        housekeeping: Housekeeping,
        answers: Answers,
        patience: float = PATIENCE,
    ) -> None:
        """Keep the collaborators; `patience` is how many seconds of work come before a deferral."""
        self._tree = tree
        self._jobs = jobs
        self._book = book
        self._housekeeping = housekeeping
        self._answers = answers
        self._patience = patience

    def register(self, clicks: Clicks) -> None:
        """Take the verb of its buttons and lists."""
        clicks.on(Verb.HELP, self.turn)

    @app_commands.command(name="help", description=options.HELP)
    async def help(self, interaction: Interaction) -> None:
        """Show the first page, to the person alone."""

        async def look(_origin: Origin) -> Message:
            return await self._page(interaction, FIRST)

        await self._answers.in_private(interaction, look)

    async def turn(self, interaction: Interaction, pressed: Pressed) -> None:
        """Show another page in place of this one: the verb HELP.

        Raises:
            NotHere: the custom id is none of ours.
        """
        picked = pressed.values[0] if pressed.values else ""
        work = self._options(interaction, picked) if pressed.subject == OPTIONS else None
        if work is None:
            work = self._page(interaction, picked if pressed.subject == TURN else pressed.subject)
        await change_in_time(interaction, work, patience=self._patience)

    async def _page(self, interaction: Interaction, name: str) -> Message:
        with speaking(interaction.locale.value):
            page = render_help(name, await self._facts(interaction))
        if page is None:
            raise NotHere(name)
        return page

    async def _options(self, interaction: Interaction, name: str) -> Message:
        with speaking(interaction.locale.value):
            page = render_options(name, await self._facts(interaction))
        if page is None:
            raise NotHere(name)
        return page

    async def _facts(self, interaction: Interaction) -> HelpFacts:
        here = await self._here(interaction)
        if isinstance(here, HereHelp):
            prices = here.quota.prices
        else:
            prices = tuple(price_lines(self._jobs.catalogue, await self._jobs.price_list(), HouseRules()))
        return HelpFacts(
            commands=tuple(commands_for(self._tree, interaction)),
            message_commands=tuple(spoken_words(menu.name, MESSAGE_COMMAND) for menu in _menus(self._tree)),
            catalogue=self._jobs.catalogue,
            prices=prices,
            here=here,
            retention_days=await self._retention_days(guild_of(interaction)),
        )

    async def _here(self, interaction: Interaction) -> HereHelp | Refusal:
        """Return what holds for the person on the server, or in direct messages on the one that pays."""
        try:
            check_payer(interaction)
            quota = await self._book.quota(origin_of(interaction), await self._jobs.price_list())
        except Refused as error:
            return error.refusal
        guild_id = guild_of(interaction) or 0
        if not self._jobs.serves(guild_id):
            return ServerNotEnabled(guild_id=guild_id)
        guild = interaction.client.get_guild(guild_id)
        payer = payer_of(interaction)
        return HereHelp(
            quota=quota,
            channels=tuple(sorted(listed(await self._housekeeping.record(guild_id), s.ALLOWED_CHANNELS))),
            owner_id=guild.owner_id if guild is not None else None,
            payer=payer.name if payer is not None else "",
        )

    async def _retention_days(self, guild_id: int | None) -> int | None:
        if guild_id is None:
            return self._housekeeping.limits.retention_days
        record = await self._housekeeping.record(guild_id)
        days = effective(record, self._housekeeping.limits, s.RETENTION_DAYS, Scope(Level.SERVER, guild_id)).value
        return days if isinstance(days, int) else None


def commands_for(tree: Tree, interaction: Interaction) -> Iterator[CommandHelp]:
    """Yield the commands that a person can use where they are: as Discord shows them where nobody changed that."""
    guild_id = interaction.guild_id
    at_home = tree.get_commands(guild=discord.Object(guild_id), type=_SLASH) if guild_id is not None else []
    for command in sorted([*tree.get_commands(type=_SLASH), *at_home], key=_order):
        if isinstance(command, app_commands.ContextMenu):
            continue
        needed = command.default_permissions
        if guild_id is None and not _is_for_direct_messages(command):
            continue
        if needed is not None and not needed.is_subset(interaction.permissions):
            continue
        for one in _leaves(command):
            yield _told(one, for_staff=needed is not None)


_SLASH = discord.AppCommandType.chat_input
_ORDER = (
    *("video", "extend", "lipsync", "clips", "defaults", "quota", "privacy", "help"),
    *("setup", "settings", "usage", "grant", "block", "unblock", "blocks", "audit"),
)


def _order(command: AnyCommand | app_commands.ContextMenu) -> tuple[int, str]:
    return (_ORDER.index(command.name) if command.name in _ORDER else len(_ORDER), command.name)


def _is_for_direct_messages(command: AnyCommand) -> bool:
    return command.allowed_contexts is not None and command.allowed_contexts.dm_channel is True


def _leaves(command: AnyCommand) -> Iterable[app_commands.Command[Any, ..., Any]]:
    if isinstance(command, app_commands.Command):
        return [command]
    return [leaf for leaf in command.walk_commands() if isinstance(leaf, app_commands.Command)]


def _menus(tree: Tree) -> list[app_commands.ContextMenu]:
    return list(tree.get_commands(type=discord.AppCommandType.message))


def _told(command: app_commands.Command[Any, ..., Any], *, for_staff: bool) -> CommandHelp:
    return CommandHelp(
        key=command.qualified_name,
        name="/" + " ".join(spoken_words(part, COMMAND_NAME) for part in command.qualified_name.split()),
        about=spoken_words(command.description, DESCRIPTION),
        options=tuple(
            OptionHelp(
                name=spoken_words(parameter.display_name, OPTION_NAME),
                about=spoken_words(str(parameter.description), DESCRIPTION),
                required=parameter.required,
                choices=tuple(_choice(choice) for choice in parameter.choices),
            )
            for parameter in command.parameters
        ),
        for_staff=for_staff,
    )


def _choice(choice: app_commands.Choice[Any]) -> str:
    # discord.py 2.7.1 keeps the words in all languages nowhere else.
    return spoken_words(choice._locale_name or choice.name, DESCRIPTION)  # noqa: SLF001
