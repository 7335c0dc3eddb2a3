"""Every kind of channel that a clip can be asked for in: what is needed there, where the clip goes, and what if not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.clock import MINUTE
from bot.jobs.model import Destination, Job
from bot.jobs.ports import HistoryUnreadable
from bot.ui.channel_kinds import CHANNEL_RULES, ChannelKind, channel_kind
from sandbox.discord.permissions import MEMBER_DEFAULT, Permission
from sandbox.discord.state import Channel
from sandbox.discord.state import ChannelKind as Type
from tests.integration.delivery.quay import POST_ROUTE, Quay

IN_SERVERS = [kind for kind in ChannelKind if kind is not ChannelKind.DIRECT]
CHANNELS = {
    ChannelKind.ANNOUNCEMENT: Type.ANNOUNCEMENT,
    ChannelKind.VOICE_CHAT: Type.VOICE,
    ChannelKind.STAGE_CHAT: Type.STAGE,
}
POSTS = {ChannelKind.FORUM_POST: Type.FORUM, ChannelKind.MEDIA_POST: Type.MEDIA}


def channel_of(quay: Quay, kind: ChannelKind) -> Channel:
    """Make a channel of a kind, in which people and the bot may do what they usually may."""
    operations = quay.sandbox.operations
    if kind in CHANNELS:
        return operations.add_channel(quay.guild, CHANNELS[kind], "place")
    if kind in POSTS:
        return operations.start_post(operations.add_channel(quay.guild, POSTS[kind], "board"), "mira", "place")
    if kind is ChannelKind.PRIVATE_THREAD:
        operations.set_everyone_permissions(quay.guild, MEMBER_DEFAULT | int(Permission.CREATE_PRIVATE_THREADS))
        thread = operations.start_private_thread(quay.general, "mira", "place")
        operations.invite_to_thread(thread, "bot")
        return thread
    if kind is ChannelKind.PUBLIC_THREAD:
        return operations.start_thread(quay.general, "mira", "place")
    return quay.direct() if kind is ChannelKind.DIRECT else quay.general


def job_in(quay: Quay, channel: Channel, destination: Destination = Destination.CHANNEL) -> Job:
    job = quay.job(channel)
    return replace(job, place=replace(job.place, guild_id=channel.guild_id, destination=destination))


def forbid(quay: Quay, channel: Channel, right: str) -> None:
    """Take a right from the bot where it has it from: a thread's are its parent's."""
    place = quay.sandbox.world.channels[channel.parent_id] if channel.parent_id else channel
    quay.sandbox.operations.set_overwrite(place, "bot", 0, int(Permission[right.upper()]))


async def settled(quay: Quay, channel: Channel) -> None:
    """Wait until a gateway has told of a channel as it is."""
    await quay.person.request("GET", "/admin/state")
    marker = quay.sandbox.operations.add_channel(quay.guild, Type.TEXT, "marker")
    if quay.client.get_channel(marker.id) is None:
        await quay.client.wait_for("guild_channel_create", check=lambda made: made.id == marker.id, timeout=10)


@pytest.mark.parametrize("kind", ChannelKind)
async def test_a_clip_comes_to_where_it_was_asked_for(quay: Quay, clip: Path, kind: ChannelKind) -> None:
    channel = channel_of(quay, kind)
    job = await quay.post_card(job_in(quay, channel))

    posted = await quay.deliver(job, await quay.keep_clip(clip))

    _card, result = await quay.seen("dm" if kind is ChannelKind.DIRECT else str(channel.id))
    assert job.card is not None
    assert (posted.channel_id, posted.message_id) == (channel.id, result.id)
    assert result.reference_id == job.card.message_id
    assert result.attachments


@pytest.mark.parametrize("kind", ChannelKind)
async def test_the_kind_is_told_with_and_without_a_gateway(watching_quay: Quay, kind: ChannelKind) -> None:
    quay = watching_quay
    channel = channel_of(quay, kind)
    await settled(quay, channel)

    fetched = await quay.client.fetch_channel(channel.id)

    assert channel_kind(fetched) is kind
    if kind is not ChannelKind.DIRECT:
        assert channel_kind(quay.client.get_channel(channel.id)) is kind


@pytest.mark.parametrize("kind", IN_SERVERS)
async def test_a_thread_of_its_own_is_made_where_there_can_be_one(
    watching_quay: Quay, clip: Path, kind: ChannelKind
) -> None:
    quay = watching_quay
    channel = channel_of(quay, kind)
    await settled(quay, channel)
    job = await quay.post_card(job_in(quay, channel, Destination.THREAD))
    assert job.card is not None

    posted = await quay.deliver(job, await quay.keep_clip(clip))

    makes_threads = CHANNEL_RULES[kind].makes_threads
    assert posted.channel_id == (job.card.message_id if makes_threads else channel.id)


@pytest.mark.parametrize("kind", IN_SERVERS)
async def test_where_discord_makes_no_thread_the_clip_comes_to_the_channel(
    quay: Quay, clip: Path, kind: ChannelKind
) -> None:
    channel = channel_of(quay, kind)
    job = await quay.post_card(job_in(quay, channel, Destination.THREAD))
    assert job.card is not None

    posted = await quay.deliver(job, await quay.keep_clip(clip))

    makes_threads = CHANNEL_RULES[kind].makes_threads
    assert posted.channel_id == (job.card.message_id if makes_threads else channel.id)


@pytest.mark.parametrize(
    ("kind", "right"), [(kind, right) for kind in IN_SERVERS for right in CHANNEL_RULES[kind].posting]
)
async def test_without_a_right_that_posting_needs_the_clip_comes_by_direct_message(
    quay: Quay, clip: Path, kind: ChannelKind, right: str
) -> None:
    channel = channel_of(quay, kind)
    forbid(quay, channel, right)

    posted = await quay.deliver(job_in(quay, channel), await quay.keep_clip(clip))

    assert posted.channel_id == quay.direct().id


@pytest.mark.parametrize(
    ("kind", "right"),
    # A channel that the bot cannot see is not told of by the gateway either.
    [(kind, right) for kind in IN_SERVERS for right in CHANNEL_RULES[kind].posting if right != "view_channel"],
)
async def test_a_gateway_spares_the_upload_where_a_right_is_missing(
    watching_quay: Quay, clip: Path, kind: ChannelKind, right: str
) -> None:
    quay = watching_quay
    channel = channel_of(quay, kind)
    forbid(quay, channel, right)
    await settled(quay, channel)

    posted = await quay.deliver(job_in(quay, channel), await quay.keep_clip(clip))

    assert posted.channel_id == quay.direct().id
    assert len(quay.requests("POST", POST_ROUTE)) == 1


@pytest.mark.parametrize(
    ("kind", "right"), [(kind, right) for kind in IN_SERVERS for right in CHANNEL_RULES[kind].reading]
)
async def test_without_a_right_that_finding_needs_an_interrupted_posting_is_not_repeated(
    quay: Quay, clip: Path, kind: ChannelKind, right: str
) -> None:
    channel, delivery = channel_of(quay, kind), quay.delivery()
    job = job_in(quay, channel)
    await quay.deliver(job, await quay.keep_clip(clip), delivery)
    forbid(quay, channel, right)

    with pytest.raises(HistoryUnreadable):
        await quay.sink.find(delivery, job, channel.id, delivery.created_at - MINUTE)


@pytest.mark.parametrize("kind", IN_SERVERS)
async def test_a_channel_that_is_gone_leaves_direct_messages(quay: Quay, clip: Path, kind: ChannelKind) -> None:
    channel = channel_of(quay, kind)
    quay.sandbox.operations.delete_channel(channel)

    posted = await quay.deliver(job_in(quay, channel), await quay.keep_clip(clip))

    assert posted.channel_id == quay.direct().id


@pytest.mark.parametrize("archived", [True, False])
@pytest.mark.parametrize("locked", [True, False])
@pytest.mark.parametrize("kind", [ChannelKind.PUBLIC_THREAD, ChannelKind.PRIVATE_THREAD, ChannelKind.FORUM_POST])
async def test_only_a_locked_thread_is_closed(
    quay: Quay, clip: Path, kind: ChannelKind, archived: bool, locked: bool
) -> None:
    thread = channel_of(quay, kind)
    quay.sandbox.operations.set_thread_state(thread, archived=archived, locked=locked)

    posted = await quay.deliver(job_in(quay, thread), await quay.keep_clip(clip))

    assert posted.channel_id == (quay.direct().id if locked else thread.id)


async def test_a_private_thread_that_the_bot_was_not_added_to_leaves_direct_messages(quay: Quay, clip: Path) -> None:
    thread = channel_of(quay, ChannelKind.PRIVATE_THREAD)
    assert thread.thread is not None
    del thread.thread.members[quay.sandbox.world.bot_id]

    posted = await quay.deliver(job_in(quay, thread), await quay.keep_clip(clip))

    assert posted.channel_id == quay.direct().id
