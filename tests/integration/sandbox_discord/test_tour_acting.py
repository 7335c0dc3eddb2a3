from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from sandbox.tour.acting import Acting
from sandbox.tour.record import Act, Recorder

if TYPE_CHECKING:
    from sandbox.person import Person
    from tests.integration.sandbox_discord.conftest import Bot, Running

Interaction = discord.Interaction[discord.Client]


async def test_the_tour_shows_commands_as_discord_does_with_the_names_of_what_is_chosen(
    bot: Bot, running: Running, mira: Person
) -> None:
    group = app_commands.Group(name="clip", description="Clips")
    answered: list[tuple[str, int, str]] = []

    @group.command(description="Make one longer")
    @app_commands.choices(seconds=[app_commands.Choice(name="ten seconds", value=10)])
    async def extend(interaction: Interaction, source: str, seconds: int, prompt: str) -> None:
        answered.append((source, seconds, prompt))
        await interaction.response.send_message("On its way")

    @extend.autocomplete("source")
    async def sources(_interaction: Interaction, _typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name="kb37: a red kite", value="kb37")]

    bot.tree.add_command(group)
    recorder = Recorder([], {mira.name: "Mira"})
    acting = Acting({"mira": mira}, recorder)
    async with running(bot):
        source = await acting.type_into("mira", "clip extend", "source", "kite")
        await acting.run("mira", "clip extend", {"source": source, "seconds": 10, "prompt": "a storm"})

    assert answered == [("kb37", 10, "a storm")]
    assert [entry.text for entry in recorder.entries if isinstance(entry, Act)] == [
        "types `/clip extend source: kite` and is offered `kb37: a red kite`",
        "runs `/clip extend source: kb37: a red kite seconds: ten seconds prompt: a storm`",
    ]
