"""Whose clips a moderator may take away: those of the channels in which they manage messages, and no others."""

from __future__ import annotations

import asyncio

import pytest

from bot.ui.custom_ids import Verb, custom_id
from bot.ui.message import Button
from sandbox.discord.permissions import Permission
from sandbox.person import Person
from tests.integration.cogs.cove import Cove
from tests.integration.cogs.test_result_buttons import post


@pytest.fixture
def theo(cove: Cove) -> Person:
    """Somebody who manages messages in #clips alone."""
    cove.discord.operations.set_overwrite(
        cove.discord.operations.channel("clips"), "theo", int(Permission.MANAGE_MESSAGES), 0
    )
    return cove.theo


async def press(cove: Cove, person: Person, verb: Verb, job_id: str, channel: str) -> str:
    """Press a button of a clip that stands in a channel, and return what is said."""
    message = await post(cove, Button(custom_id(verb, job_id), "Press", "✖️"), channel=channel)
    await person.in_channel(channel).click(message, "Press")
    await asyncio.wait_for(cove.client.commands_finished(), 5)
    seen = await person.in_channel(channel).messages()
    return seen[-1].text


async def test_clips_of_other_channels_are_out_of_a_moderators_hands(cove: Cove, theo: Person) -> None:
    job = await cove.finished_clip(cove.mira)

    told = [await press(cove, theo, verb, job.id, "clips") for verb in (Verb.DELETE, Verb.REMOVE)]

    assert ["is not yours" in text for text in told] == [True, True]
    kept = await cove.store.job(job.id)
    assert kept is not None
    assert kept.removed_at is None


async def test_jobs_of_other_channels_are_not_cancelled_from_ones_own(cove: Cove, theo: Person) -> None:
    await cove.mira.run("video", prompt="a red kite")
    job = await cove.only_job(cove.mira)

    assert "is not yours" in await press(cove, theo, Verb.CANCEL, job.id, "clips")
    assert await cove.running(cove.mira)


@pytest.mark.parametrize("channel", ["clips", "general"])
async def test_a_moderators_own_channel_is_in_their_hands_from_wherever(cove: Cove, theo: Person, channel: str) -> None:
    job = await cove.finished_clip(cove.mira, channel="clips")

    await press(cove, theo, Verb.REMOVE, job.id, channel)

    gone = await cove.store.job(job.id)
    assert gone is not None
    assert gone.removed_at is not None
