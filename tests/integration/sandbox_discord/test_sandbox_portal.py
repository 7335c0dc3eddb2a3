"""The developer portal's switches, the scope of commands, and the clock that answers are dated by."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import aiohttp

from sandbox.discord import DiscordConfig, DiscordSandbox, GuildConfig
from sandbox.operator import DiscordOperator
from sandbox.person import Person

COMMAND = {"name": "wave", "type": 1, "description": "Wave"}


async def get(discord: DiscordSandbox, path: str) -> tuple[int, object]:
    headers = {"Authorization": f"Bot {discord.token}"}
    async with aiohttp.ClientSession() as http, http.get(discord.api_url + path, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_the_portals_switches_are_what_the_bot_reads():
    async with DiscordSandbox() as discord, DiscordOperator(discord.person_url) as operator:
        _, before = await get(discord, "/oauth2/applications/@me")
        await operator.set_application(
            public_bot=True, code_grant=True, interactions_endpoint="https://egret.example/i"
        )
        _, after = await get(discord, "/oauth2/applications/@me")
    assert (before["bot_public"], before["bot_require_code_grant"], before["interactions_endpoint_url"]) == (
        False, False, None,
    )  # fmt: skip
    assert (after["bot_public"], after["bot_require_code_grant"], after["interactions_endpoint_url"]) == (
        True, True, "https://egret.example/i",
    )  # fmt: skip


async def test_interactions_that_go_to_an_endpoint_do_not_come_over_the_gateway():
    config = DiscordConfig(interactions_endpoint="https://egret.example/i")
    async with DiscordSandbox(config) as discord, Person(discord.person_url, "mira", channel="general") as mira:
        async with aiohttp.ClientSession(headers={"Authorization": f"Bot {discord.token}"}) as http:
            path = f"{discord.api_url}/applications/{discord.world.application.id}/commands"
            async with http.put(path, json=[COMMAND]) as answer:
                assert answer.status == 200
        begun = await mira.begin("wave")
        discord.clock.advance(3_001)
        outcome = await mira.outcome(begun)
    assert outcome.kind == "failed"


async def test_a_server_without_the_scope_of_commands_offers_none_and_answers_missing_access():
    config = DiscordConfig(
        guilds=(GuildConfig(name="Egret Cove", owner="juno", channels=("general",), people=("juno", "mira")),)
    )
    async with DiscordSandbox(config) as discord, DiscordOperator(discord.person_url) as operator:
        guild_id = next(iter(discord.world.guilds))
        path = f"/applications/{discord.world.application.id}/guilds/{guild_id}/commands"
        assert (await get(discord, path))[0] == 200
        await operator.set_server("Egret Cove", commands=False)
        status, body = await get(discord, path)
        assert (status, body["code"]) == (403, 50001)
        await operator.set_server("Egret Cove", bot_present=False)
        await operator.set_server("Egret Cove", bot_present=True)
        assert (await get(discord, path))[0] == 200


async def test_answers_are_dated_by_the_sandboxs_own_clock():
    async with DiscordSandbox() as discord, DiscordOperator(discord.person_url) as operator:
        await operator.advance(600)
        async with aiohttp.ClientSession() as http, http.get(discord.api_url + "/gateway") as answer:
            date = parsedate_to_datetime(answer.headers["Date"])
        assert abs(date.timestamp() * 1000 - discord.clock.now()) < 5_000
