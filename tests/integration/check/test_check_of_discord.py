"""The check against a Discord that misbehaves in each way."""

from __future__ import annotations

import dataclasses

import pytest

from bot.check import discord_account
from bot.check.finding import Area, Level
from bot.exit_codes import ExitCode
from sandbox.discord.permissions import BOT_DEFAULT, Permission
from tests.integration.check.premises import Premises, free_port

LINK = "https://discord.com/oauth2/authorize?client_id="


async def test_a_set_up_in_which_everything_is_right_has_nothing_amiss(premises: Premises):
    found = await premises.look()
    assert found.amiss == []
    assert {finding.area for finding in found.findings} == set(Area)
    assert premises.discord.problems == []


async def test_nothing_is_changed_or_bought_or_left_behind(premises: Premises):
    await premises.look()
    state = await premises.operator.state()
    assert (state.identifies, state.command_writes) == (0, 0)
    assert (await premises.control.summary()).requests == {"account": 1}
    assert not premises.data_dir.exists()


async def test_a_wrong_token_is_named_with_the_place_to_get_another(premises: Premises):
    premises.changes["discord_token"] = "some.other.token"
    finding = (await premises.look()).only(Area.DISCORD, Level.FAIL)
    assert finding.sentence == "DISCORD_TOKEN is refused by Discord."
    assert "Reset the token at https://discord.com/developers/applications" in finding.remedy
    assert finding.code is ExitCode.LOGIN


async def test_a_token_that_no_header_can_carry_is_a_wrong_token(premises: Premises):
    premises.changes["discord_token"] = "a b\nc"
    assert (await premises.look()).only(Area.DISCORD, Level.FAIL).code is ExitCode.LOGIN


async def test_a_public_bot_is_a_warning(premises: Premises):
    await premises.operator.set_application(public_bot=True)
    finding = (await premises.look()).only(Area.DISCORD, Level.WARN)
    assert finding.sentence.startswith("Public Bot is on")
    assert f"/applications/{premises.discord.world.application.id}/bot" in finding.remedy


async def test_a_public_bot_is_worse_where_every_server_spends(premises: Premises):
    await premises.operator.set_application(public_bot=True)
    premises.changes["servers"] = "all"
    assert "spend your money" in (await premises.look()).only(Area.DISCORD, Level.WARN).sentence


async def test_an_invitation_that_needs_a_code_grant_is_a_failure(premises: Premises):
    await premises.operator.set_application(code_grant=True)
    finding = (await premises.look()).only(Area.DISCORD, Level.FAIL)
    assert "Requires OAuth2 Code Grant is on" in finding.sentence


async def test_commands_that_go_to_an_endpoint_are_a_failure(premises: Premises):
    await premises.operator.set_application(interactions_endpoint="https://egret.example/interactions")
    finding = (await premises.look()).only(Area.DISCORD, Level.FAIL)
    assert "commands go there and never to this bot" in finding.sentence


async def test_a_privileged_intent_that_is_needed_and_switched_off_is_a_failure(premises: Premises):
    premises.changes["message_content"] = "on"
    finding = (await premises.look()).only(Area.DISCORD, Level.FAIL)
    assert "MESSAGE_CONTENT is on, but the portal has switched off: Message Content Intent" in finding.sentence
    assert "set MESSAGE_CONTENT=off" in finding.remedy
    assert finding.code is ExitCode.LOGIN


async def test_a_privileged_intent_that_is_needed_and_granted_is_fine(premises: Premises):
    premises.changes["message_content"] = "on"
    world = premises.discord.world
    world.config = dataclasses.replace(world.config, message_content=True)
    found = await premises.look()
    assert found.amiss == []
    assert any("that MESSAGE_CONTENT=on needs." in finding.sentence for finding in found.findings)


async def test_an_intent_that_nobody_needs_is_mentioned_only(premises: Premises):
    world = premises.discord.world
    world.config = dataclasses.replace(world.config, message_content=True)
    found = await premises.look()
    assert found.amiss == []
    assert any("Message Content Intent may be switched off" in finding.sentence for finding in found.findings)


@pytest.mark.parametrize(("status", "said"), [(503, "it answers 503"), (403, "it answers 403")])
async def test_a_discord_in_trouble_is_unreachable_not_a_wrong_token(premises: Premises, status: int, said: str):
    await premises.operator.add_fault(kind="status", path="/users/@me", status=status)
    finding = (await premises.look()).only(Area.DISCORD, Level.FAIL)
    assert said in finding.sentence
    assert finding.code is ExitCode.UNREACHABLE


async def test_a_discord_that_resets_connections_is_unreachable(premises: Premises):
    await premises.operator.add_fault(kind="reset", path="/users/@me/guilds", times=5)
    found = await premises.look()
    assert found.only(Area.DISCORD, Level.FAIL).code is ExitCode.UNREACHABLE
    assert any("accepts the token" in finding.sentence for finding in found.findings)


async def test_a_discord_that_never_answers_is_given_up_on(premises: Premises, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(discord_account, "CALL_SECONDS", 0.3)
    await premises.operator.add_fault(kind="lost_hang", path="/users/@me")
    finding = (await premises.look()).only(Area.DISCORD, Level.FAIL)
    assert "no usable answer in time" in finding.sentence


async def test_a_discord_that_nobody_serves_is_unreachable(premises: Premises):
    premises.changes["discord_api_url"] = f"http://127.0.0.1:{free_port()}/api/v10"
    finding = (await premises.look()).only(Area.DISCORD, Level.FAIL)
    assert "it cannot be connected to" in finding.sentence


async def test_a_bot_in_no_server_is_given_its_invite_link(premises: Premises):
    await premises.operator.set_server("Egret Cove", bot_present=False)
    finding = (await premises.look()).only(Area.SERVERS, Level.WARN)
    assert finding.sentence == "The bot is in no server yet."
    assert f"{LINK}{premises.discord.world.application.id}" in finding.remedy


async def test_a_server_that_is_listed_but_not_joined_is_a_warning(premises: Premises):
    premises.changes["servers"] = f"{premises.server_id}, 123456789012345678"
    finding = (await premises.look()).only(Area.SERVERS, Level.WARN)
    assert finding.sentence == "SERVERS lists 123456789012345678, where the bot is not."


async def test_a_server_that_is_joined_but_not_listed_is_a_warning(premises: Premises):
    await premises.operator.set_server("Elsewhere", bot_present=True)
    finding = (await premises.look()).only(Area.SERVERS, Level.WARN)
    assert "The bot is in Elsewhere" in finding.sentence


async def test_no_server_that_may_spend_is_a_warning_with_the_line_to_write(premises: Premises):
    premises.changes["servers"] = ""
    finding = (await premises.look()).only(Area.SERVERS, Level.WARN)
    assert f"SERVERS={premises.server_id}" in finding.remedy


async def test_a_permission_that_the_role_lacks_is_named(premises: Premises):
    await premises.operator.set_server(
        "Egret Cove", bot_permissions=BOT_DEFAULT & ~int(Permission.ATTACH_FILES), everyone_permissions=0
    )
    found = await premises.look()
    assert found.only(Area.SERVERS, Level.WARN).sentence == "In Egret Cove the bot's role lacks Attach Files."
    assert f"&guild_id={premises.server_id}" in found.only(Area.SERVERS, Level.WARN).remedy
    assert "no text channel in which the bot may post" in found.only(Area.SERVERS, Level.FAIL).sentence


async def test_a_channel_that_takes_a_permission_away_is_named(premises: Premises):
    await premises.operator.set_overwrite("clips", "bot", deny=int(Permission.EMBED_LINKS))
    finding = (await premises.look()).only(Area.SERVERS, Level.WARN)
    assert finding.sentence == ("In Egret Cove the bot sees #clips but may not post clips there: it lacks Embed Links.")


async def test_a_channel_that_is_hidden_from_the_bot_is_nobodys_mistake(premises: Premises):
    await premises.operator.set_overwrite("clips", "bot", deny=int(Permission.VIEW_CHANNEL))
    found = await premises.look()
    assert found.amiss == []
    assert any("may post in 1 channel (1 channel hidden from it)" in finding.sentence for finding in found.findings)


async def test_a_server_without_the_scope_of_commands_is_a_failure(premises: Premises):
    await premises.operator.set_server("Egret Cove", commands=False)
    finding = (await premises.look()).only(Area.SERVERS, Level.FAIL)
    assert "applications.commands" in finding.sentence


async def test_a_server_that_cannot_be_looked_into_hides_no_other(premises: Premises):
    await premises.operator.set_server("Elsewhere", bot_present=True)
    premises.changes["servers"] = "all"
    await premises.operator.add_fault(kind="status", path=f"/guilds/{premises.server_id}", status=403)
    found = await premises.look()
    assert found.only(Area.SERVERS, Level.WARN).sentence == (
        "What the bot may do in Egret Cove is not known: Discord was asked, and it answers 403."
    )
    assert any("In Elsewhere the bot may post in 1 channel" in finding.sentence for finding in found.findings)


async def test_an_administrator_lacks_nothing(premises: Premises):
    await premises.operator.set_server("Egret Cove", bot_permissions=int(Permission.ADMINISTRATOR))
    assert (await premises.look()).amiss == []
