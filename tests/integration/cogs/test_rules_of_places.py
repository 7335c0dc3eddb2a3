"""What holds in a channel holds for whoever asks there, wherever the clip is to go."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import pytest

from bot.community.record import Level, RuleKey
from sandbox.discord.permissions import Permission
from tests.integration.cogs.cove import Cove
from tests.integration.cogs.test_moderation_commands import give


@pytest.fixture
async def house(offline: Cove) -> AsyncIterator[Cove]:
    """A server that is set up, and whose rules hold."""
    await offline.store.set_up(offline.guild.id, [], at=offline.world.clock.now())
    offline.use_house()
    async with offline.online(offline.new_client()):
        yield offline


async def rule(cove: Cove, values: Mapping[RuleKey, str]) -> None:
    await cove.store.change_rules(cove.guild.id, values, [], by=1, at=cove.world.clock.now())


async def test_a_private_clip_is_refused_in_a_channel_where_clips_cannot_be_made(house: Cove) -> None:
    elsewhere = 4711
    await rule(house, {RuleKey(Level.SERVER, house.guild.id, "allowed_channels"): str(elsewhere)})

    refused = (await house.mira.run("video", prompt="a red kite", private=True)).expect_message()

    assert f"<#{elsewhere}>" in refused.text
    assert await house.nothing_stored()


async def test_a_private_clip_keeps_to_what_its_channel_has_switched_off(house: Cove) -> None:
    await rule(house, {RuleKey(Level.CHANNEL, house.channel_id(), "pro"): "off"})

    refused = (await house.mira.run("video", prompt="a red kite", quality="pro", private=True)).expect_message()

    assert "Pro is switched off here" in refused.text
    assert await house.nothing_stored()


async def test_a_private_clip_may_be_ordered_in_a_channel_where_clips_can_be_made(house: Cove) -> None:
    await rule(house, {RuleKey(Level.SERVER, house.guild.id, "allowed_channels"): str(house.channel_id())})

    await house.mira.run("video", prompt="a red kite", private=True)

    job = await house.job_with_card(house.mira)
    assert job.place.is_direct


def forget_server(cove: Cove) -> None:
    """Let the client know no more of the server than shortly after a start, or in an outage."""
    guild = cove.client.get_guild(cove.guild.id)
    assert guild is not None
    guild._roles.clear()


async def test_a_role_that_cannot_make_clips_counts_while_the_server_is_not_known_yet(house: Cove) -> None:
    give(house, house.mira, Permission.SEND_MESSAGES)
    denied = house.guild.members[house.person_id(house.mira)].roles[-1]
    await rule(house, {RuleKey(Level.SERVER, house.guild.id, "denied_roles"): str(denied)})
    forget_server(house)

    refused = (await house.mira.run("video", prompt="a red kite")).expect_message()

    assert f"<@&{denied}>" in refused.text
    assert await house.nothing_stored()


async def test_who_manages_the_server_reaches_the_settings_while_it_is_not_known_yet(house: Cove) -> None:
    give(house, house.theo, Permission.MANAGE_GUILD)
    forget_server(house)

    answer = (await house.theo.run("settings")).expect_message()

    assert answer.clickables
