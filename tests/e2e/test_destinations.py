"""Where a clip comes to: every kind of channel, a thread of its own, direct messages alone, and once more later on."""

from __future__ import annotations

import pytest

from bot.jobs.clips import ClipService
from bot.jobs.model import Destination, Place
from bot.jobs.preferences import Preferences
from bot.jobs.requests import Origin
from sandbox.discord.permissions import MEMBER_DEFAULT, Permission
from sandbox.discord.state import Channel, ChannelKind
from sandbox.person import Person
from sandbox.seen import SeenMessage
from tests.e2e.community import Community, answer_to, ask, card_that_says, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

MIB = 1024 * 1024
KINDS = {
    "announcement channel": ChannelKind.ANNOUNCEMENT,
    "voice channel": ChannelKind.VOICE,
    "stage channel": ChannelKind.STAGE,
    "forum post": ChannelKind.FORUM,
    "media post": ChannelKind.MEDIA,
    "private thread": ChannelKind.PRIVATE_THREAD,
}


def channel_of(place: Community, kind: ChannelKind) -> Channel:
    """Make a channel of a kind, in which people and the bot may do what they usually may."""
    operations = place.discord.operations
    if kind is ChannelKind.PRIVATE_THREAD:
        operations.set_everyone_permissions(place.server, MEMBER_DEFAULT | int(Permission.CREATE_PRIVATE_THREADS))
        thread = operations.start_private_thread(place.channel(place.room()), "mira", "hidden")
        operations.invite_to_thread(thread, "bot")
        return thread
    made = operations.add_channel(place.server, kind, f"of-kind-{kind.value}")
    if kind in {ChannelKind.FORUM, ChannelKind.MEDIA}:
        return operations.start_post(made, "mira", "post")
    return made


def clips_of(place: Community) -> ClipService:
    """Return what the running bot does with clips."""
    assert place.app is not None
    return place.app.client._clips


async def wish(place: Community, person: Person, destination: Destination) -> None:
    """Let a person's results go somewhere else by default."""
    assert place.app is not None
    await place.app.service.set_preferences(place.person_id(person), Preferences(destination=destination))


async def clip_in(person: Person, channel: str) -> SeenMessage:
    return await person.in_channel(channel).wait_for(lambda message: message.from_bot and bool(message.attachments))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_a_clip_comes_to_where_it_was_asked_for(place: Community, kind: ChannelKind) -> None:
    mira = place.mira.in_channel(str(channel_of(place, kind).id))

    card = await ask(mira)
    answer = await answer_to(mira, card)

    await place.idle()
    assert answer.attachments
    assert answer.pinged == (place.person_id(mira),)
    assert "see the clip" in (await card_that_says(mira, card, "Done")).text


async def test_a_clip_gets_a_thread_of_its_own_for_whoever_wishes(place: Community) -> None:
    room = place.room()
    theo = place.theo.in_channel(room)
    await wish(place, theo, Destination.THREAD)

    card = await ask(theo, "a thread of spiders")
    await until(lambda: card.id in place.discord.world.channels, "the thread")
    clip = await clip_in(theo, str(card.id))
    shown = await card_that_says(theo, card, "Done")
    await wish(place, theo, Destination.CHANNEL)

    await place.idle()
    thread = place.channel(str(card.id))
    assert thread.name.startswith("a thread of spiders · #")
    assert thread.parent_id == place.channel(room).id
    assert clip.pinged == (place.person_id(theo),)
    assert f"/{place.server.id}/{thread.id}/{clip.id})" in shown.text
    assert [message.id for message in await theo.messages() if message.attachments] == []


async def test_a_private_clip_leaves_nothing_in_the_channel(place: Community) -> None:
    room = place.room()
    theo = place.theo.in_channel(room)
    await wish(place, theo, Destination.DIRECT)

    answer = (await theo.run("video", prompt="a secret garden")).expect_message()
    clip = await clip_in(theo, "dm")
    await wish(place, theo, Destination.CHANNEL)

    await place.idle()
    assert answer.ephemeral
    assert "a secret garden" in clip.text
    assert [message for message in await place.operator.messages(room) if not message.ephemeral] == []


async def test_a_repost_comes_from_the_archive_when_every_address_has_died(place: Community) -> None:
    room, elsewhere = place.room(), place.room()
    mira = place.mira.in_channel(room)
    card = await ask(mira, "a phoenix")
    first = await answer_to(mira, card)
    await place.idle()
    job = await place.job_of(card)
    task = await place.task_of(card)
    place.output(task).unlink()
    place.discord.operations.delete_message(first.id)
    origin = Origin(
        request_key="i:again",
        requester_id=place.person_id(mira),
        place=Place(guild_id=place.server.id, channel_id=place.channel(elsewhere).id, upload_limit=10 * MIB),
    )

    for _ in range(2):
        await clips_of(place).repost(origin, job.id)
    again = await clip_in(mira, elsewhere)

    await place.idle()
    assert f"Repost of #{job.id}" in again.text
    assert again.pinged == ()
    assert again.attachments[0].size == first.attachments[0].size
    assert len(await mira.in_channel(elsewhere).messages()) == 1
