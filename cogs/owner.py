"""/owner: the bot in the hand of whoever owns it. The commands exist on one server, and answer nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.community.owner import NotTheOwner, OwnerService
from bot.errors import Refused
from bot.ui import options, owner
from bot.ui.answering import PATIENCE, answer_privately, in_time
from bot.ui.language import speaking
from bot.ui.message import Message
from bot.ui.refusals import refusal_sentence
from cogs.autocomplete import suggestions
from cogs.interaction import Interaction

_ROLES: Final = frozenset({discord.TeamMemberRole.admin, discord.TeamMemberRole.developer})


class Owners:
    """Knows who owns the application: one person, or those of a team who administer or develop it."""

    def __init__(self) -> None:
        """Know nobody yet."""
        self._ids: frozenset[int] = frozenset()
        self._asking = asyncio.Lock()

    async def include(self, client: discord.Client, person_id: int) -> bool:
        """Tell whether a person is one of them; Discord is asked once.

        Raises:
            discord.HTTPException: Discord does not say.
        """
        async with self._asking:
            if not self._ids:
                self._ids = _owners_of(await client.application_info())
        return person_id in self._ids


def _owners_of(application: discord.AppInfo) -> frozenset[int]:
    team = application.team
    if team is None:
        return frozenset({application.owner.id})
    accepted = discord.TeamMembershipState.accepted
    members = {member.id for member in team.members if member.role in _ROLES and member.membership_state is accepted}
    return frozenset(members | ({team.owner_id} if team.owner_id is not None else set()))


class OwnerCog(commands.Cog):
    """The command /owner."""

    owner = app_commands.Group(
        name="owner",
        description=options.OWNER,
        guild_only=True,
        default_permissions=discord.Permissions(administrator=True),
    )

    def __init__(self, service: OwnerService, home: int, patience: float = PATIENCE) -> None:
        """Keep the collaborators.

        Args:
            service: what there is to see and do.
            home: the id of the only server where the commands exist.
            patience: how many seconds of work come before a deferral.
        """
        self._service = service
        self._home = home
        self._patience = patience
        self._owners = Owners()

    @owner.command(name="status", description=options.OWNER_STATUS)
    async def status(self, interaction: Interaction) -> None:
        """Say how things stand."""

        async def look() -> Message:
            status = await self._service.status()
            return owner.render_status(status)

        await self._answer(interaction, look)

    @owner.command(name="balance", description=options.OWNER_BALANCE)
    async def balance(self, interaction: Interaction) -> None:
        """Ask the provider for the account."""

        async def ask() -> Message:
            return owner.render_balance(await self._service.balance())

        await self._answer(interaction, ask)

    @owner.command(name="pause", description=options.OWNER_PAUSE)
    @app_commands.describe(**options.OWNER_PAUSE_OPTIONS)
    async def pause(self, interaction: Interaction, reason: app_commands.Range[str, 1, 200] | None = None) -> None:
        """Let submissions rest."""

        async def act() -> Message:
            return owner.paused(fresh=await self._service.pause(interaction.user.id, reason or ""))

        await self._answer(interaction, act)

    @owner.command(name="resume", description=options.OWNER_RESUME)
    async def resume(self, interaction: Interaction) -> None:
        """Let submissions go on."""

        async def act() -> Message:
            return owner.resumed(ended=await self._service.resume(interaction.user.id))

        await self._answer(interaction, act)

    @owner.command(name="redeliver", description=options.OWNER_REDELIVER)
    @app_commands.describe(**options.OWNER_REDELIVER_OPTIONS)
    async def redeliver(self, interaction: Interaction, job: app_commands.Range[str, 1, 20]) -> None:
        """Post what could not be posted."""

        async def act() -> Message:
            return owner.redelivered(await self._service.redeliver(interaction.user.id, job), _number(job))

        await self._answer(interaction, act)

    @owner.command(name="resolve", description=options.OWNER_RESOLVE)
    @app_commands.describe(**options.OWNER_RESOLVE_OPTIONS)
    async def resolve(
        self,
        interaction: Interaction,
        job: app_commands.Range[str, 1, 20],
        task_id: app_commands.Range[str, 1, 100] | None = None,
        abandon: bool | None = None,
    ) -> None:
        """Decide what became of a purchase."""

        async def act() -> Message:
            if (task_id is None) is not bool(abandon):
                return owner.choose_one()
            if task_id is None:
                await self._service.abandon(interaction.user.id, job)
                return owner.abandoned(_number(job))
            await self._service.bind(interaction.user.id, job, task_id)
            return owner.bound(_number(job), task_id)

        await self._answer(interaction, act)

    @owner.command(name="sync", description=options.OWNER_SYNC)
    async def sync(self, interaction: Interaction) -> None:
        """Tell Discord of every command anew."""

        async def act() -> Message:
            return owner.synchronised(await self._service.sync(interaction.user.id))

        await self._answer(interaction, act)

    @redeliver.autocomplete("job")
    @suggestions
    async def undelivered(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer clips that could not be posted."""
        return await self._offered(interaction, typed, self._service.jobs_to_redeliver)

    @resolve.autocomplete("job")
    @suggestions
    async def unresolved(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer purchases that were given up on."""
        return await self._offered(interaction, typed, self._service.jobs_to_resolve)

    async def _offered(
        self, interaction: Interaction, typed: str, jobs: Callable[[], Awaitable[Sequence[str]]]
    ) -> list[app_commands.Choice[str]]:
        if not await self._is_owners(interaction):
            return []
        wanted = _number(typed)
        found = [name for name in await jobs() if name.startswith(wanted)]
        return [app_commands.Choice(name=f"#{name}", value=name) for name in found]

    async def _is_owners(self, interaction: Interaction) -> bool:
        at_home = interaction.guild_id == self._home
        return at_home and await self._owners.include(interaction.client, interaction.user.id)

    async def _answer(self, interaction: Interaction, work: Callable[[], Awaitable[Message]]) -> None:
        """Do what an owner asks, and say in private what came of it."""

        async def done() -> Message:
            with speaking(interaction.locale.value):
                if not await self._is_owners(interaction):
                    return Message(content=refusal_sentence(NotTheOwner()))
                try:
                    return await work()
                except Refused as error:
                    # By its sentence alone: none of these could have cost anything.
                    return Message(content=refusal_sentence(error.refusal))

        message = await in_time(interaction, done(), ephemeral=True, patience=self._patience)
        await answer_privately(interaction, message)


def _number(job: str) -> str:
    return job.strip().lstrip("#").lower()
