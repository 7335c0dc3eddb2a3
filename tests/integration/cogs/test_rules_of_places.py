"""What holds in a channel holds for whoever asks there, wherever the clip is to go."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import pytest

from bot.community.record import Level, RuleKey
from sandbox.discord.permissions import Permission
from tests.integration.cogs.cove import Cove, recording
from tests.integration.cogs.test_moderation_commands import give
from tests.integration.cogs.test_spending import result_of


@pytest.fixture
async def house(offline: Cove) -> AsyncIterator[Cove]:
    """A server that is set up, and whose rules hold."""
    await offline.store.set_up(offline.guild.id, [], at=offline.world.clock.now())
    offline.use_house()
    async with offline.online(offline.new_client()):
        yield offline


def direct_channels(cove: Cove) -> int:
    """Count the direct messages that were opened."""
    return sum(bool(channel.recipients) for channel in cove.discord.world.channels.values())


async def rule(cove: Cove, values: Mapping[RuleKey, str]) -> None:
    await cove.store.change_rules(cove.guild.id, values, [], by=1, at=cove.world.clock.now())


async def test_a_private_clip_is_refused_in_a_channel_where_clips_cannot_be_made(house: Cove) -> None:
    elsewhere = 4711
    await rule(house, {RuleKey(Level.SERVER, house.guild.id, "allowed_channels"): str(elsewhere)})

    refused = (await house.mira.run("video", prompt="a red kite", private=True)).expect_message()

    assert f"<#{elsewhere}>" in refused.text
    assert await house.nothing_stored()


async def test_who_may_not_make_clips_is_sent_no_direct_message_when_they_ask_for_a_private_one(house: Cove) -> None:
    await rule(house, {RuleKey(Level.SERVER, house.guild.id, "allowed_channels"): "4711"})
    before = direct_channels(house)

    await house.mira.run("video", prompt="a red kite", private=True)

    assert direct_channels(house) == before


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


@pytest.mark.parametrize("level", [Level.CHANNEL, Level.ROLE])
async def test_recordings_and_lip_sync_are_switched_off_for_a_channel_or_a_role(house: Cove, level: Level) -> None:
    give(house, house.mira, Permission.SEND_MESSAGES)
    role = house.guild.members[house.person_id(house.mira)].roles[-1]
    scope_id = house.channel_id() if level is Level.CHANNEL else role
    clip = await house.finished_clip(house.mira)

    await rule(house, {RuleKey(level, scope_id, "own_audio"): "off"})
    with_recording = (await house.mira.run("lipsync", video=clip.id, audio=recording(3))).expect_message()
    replied = await house.mira.reply(await result_of(house, clip), "lipsync", files=[recording(3)])
    answer = await house.mira.wait_for(lambda message: message.reference_id == replied.id)
    await rule(house, {RuleKey(level, scope_id, "lipsync"): "off"})
    with_words = (await house.mira.run("lipsync", video=clip.id, say="hello")).expect_message()

    assert "ecording" in with_recording.text
    assert "ecording" in answer.text
    assert "Lip-sync is switched off here" in with_words.text
    assert await house.nothing_stored()
