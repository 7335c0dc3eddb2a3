"""What holds in a channel holds for whoever asks there, wherever the clip is to go."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import pytest

from bot.community.record import Level, RuleKey
from tests.integration.cogs.cove import Cove


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
