"""A clip brought once more: from the archive, where it was asked for, and only before the eyes it was made for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.clock import DAY
from bot.jobs.model import Delivery, Destination, repost_purpose
from bot.jobs.ports import MaybePosted, TargetRefused
from sandbox.discord import DiscordConfig, DiscordSandbox, GuildConfig
from sandbox.discord.permissions import Permission
from sandbox.discord.state import Channel
from tests.integration.delivery.quay import Quay

LINK = "https://cdn.provider.example/k3.mp4"


def repost(quay: Quay, channel: Channel, **changes: Any) -> Delivery:
    return quay.delivery(purpose=repost_purpose("i:77"), channel_id=channel.id, **changes)


@pytest.fixture
def clips(quay: Quay) -> Channel:
    """Another channel of the same server."""
    return quay.sandbox.operations.channel("clips")


async def test_a_repost_comes_to_where_it_was_asked_for_without_a_ping(
    quay: Quay, clips: Channel, clip: Path, clip_bytes: bytes
) -> None:
    job = await quay.post_card(quay.job(output_url=LINK))

    posted = await quay.deliver(job, await quay.keep_clip(clip), repost(quay, clips))

    (result,) = await quay.seen("clips")
    assert (posted.channel_id, posted.message_id) == (clips.id, result.id)
    assert result.content == ("Video: “a red fox runs through snow”\n-# Repost of #k3f9x2 · AI-generated · 5 s")
    assert result.pinged == ()
    assert result.reference_id is None
    assert await quay.person.download(result.attachments[0]) == clip_bytes
    assert result.attachments[0].description == "AI-generated video: a red fox runs through snow"


async def test_beside_its_own_card_a_repost_is_no_reply_either(quay: Quay, clip: Path) -> None:
    job = await quay.post_card(quay.job(spoiler=True))

    await quay.deliver(job, await quay.keep_clip(clip), repost(quay, quay.general))

    _card, result = await quay.seen()
    assert result.reference_id is None
    assert result.attachments[0].spoiler


async def test_long_after_every_address_has_died_the_archive_still_has_the_clip(
    quay: Quay, clips: Channel, clip: Path, clip_bytes: bytes
) -> None:
    job = quay.job(output_url=LINK, finished_at=quay.clock.now() - 400 * DAY)

    await quay.deliver(job, await quay.keep_clip(clip), repost(quay, clips))

    (result,) = await quay.seen("clips")
    assert await quay.person.download(result.attachments[0]) == clip_bytes
    assert LINK not in result.content


@pytest.mark.parametrize(
    ("days", "says"),
    [(400, "The clip is no longer kept here. Its file can no longer be had."), (1, LINK)],
)
async def test_where_the_archive_has_lost_the_clip_the_repost_says_so(
    quay: Quay, clips: Channel, clip: Path, days: int, says: str
) -> None:
    asset = await quay.keep_clip(clip)
    quay.archive.path(asset.id, "mp4").unlink()
    job = quay.job(output_url=LINK, finished_at=quay.clock.now() - days * DAY)

    await quay.deliver(job, asset, repost(quay, clips))

    (result,) = await quay.seen("clips")
    assert result.attachments == ()
    assert result.content.endswith(says)
    assert "The clip is no longer kept here." in result.content


async def test_a_repost_has_nowhere_else_to_go(quay: Quay, clips: Channel, clip: Path) -> None:
    quay.sandbox.operations.set_overwrite(clips, "bot", 0, int(Permission.SEND_MESSAGES))

    with pytest.raises(TargetRefused):
        await quay.deliver(quay.job(), await quay.keep_clip(clip), repost(quay, clips))
    assert await quay.seen("dm") == []
    assert await quay.seen() == []


async def test_a_clip_of_a_server_may_come_to_its_persons_direct_messages(quay: Quay, clip: Path) -> None:
    await quay.deliver(quay.job(), await quay.keep_clip(clip), repost(quay, quay.direct()))

    assert len(await quay.seen("dm")) == 1


async def test_direct_messages_of_somebody_else_are_closed_to_it(quay: Quay, clip: Path) -> None:
    theirs = quay.sandbox.world.direct_channel(quay.sandbox.world.person_named("theo").id)

    with pytest.raises(TargetRefused) as refused:
        await quay.deliver(quay.job(), await quay.keep_clip(clip), repost(quay, theirs))
    assert refused.value.reason == "direct_messages_of_another"


@pytest.mark.parametrize("guild_job", [True, False])
async def test_a_private_clip_is_only_brought_into_direct_messages(quay: Quay, clip: Path, guild_job: bool) -> None:
    job = quay.job(quay.direct())
    place = replace(
        job.place,
        guild_id=quay.guild.id if guild_job else None,
        destination=Destination.DIRECT if guild_job else Destination.CHANNEL,
    )
    job = replace(job, place=place)
    asset = await quay.keep_clip(clip)

    with pytest.raises(TargetRefused) as refused:
        await quay.deliver(job, asset, repost(quay, quay.general))
    await quay.deliver(job, asset, repost(quay, quay.direct()))

    assert refused.value.reason == "private_clip"
    assert await quay.seen() == []
    assert len(await quay.seen("dm")) == 1


async def test_a_lost_answer_posts_a_repost_once(quay: Quay, clips: Channel, clip: Path) -> None:
    asset, delivery = await quay.keep_clip(clip), repost(quay, clips)
    quay.fail("lost_reset")
    with pytest.raises(MaybePosted):
        await quay.deliver(quay.job(), asset, delivery)

    found = await quay.sink.find(delivery, quay.job(), clips.id, delivery.created_at - DAY)

    (result,) = await quay.seen("clips")
    assert found is not None
    assert found.message_id == result.id


class TestWithTwoServers:
    @pytest.fixture
    def config(self) -> DiscordConfig:
        everybody = ("juno", "mira", "theo")
        return DiscordConfig(
            guilds=(
                GuildConfig(name="Egret Cove", owner="juno", channels=("general",), people=everybody),
                GuildConfig(name="Elsewhere", owner="juno", channels=("strand",), people=everybody),
            )
        )

    async def test_a_repost_never_leaves_its_server(
        self, either_quay: Quay, sandbox: DiscordSandbox, clip: Path
    ) -> None:
        quay = either_quay
        strand = sandbox.operations.channel("strand")

        with pytest.raises(TargetRefused) as refused:
            await quay.deliver(quay.job(), await quay.keep_clip(clip), repost(quay, strand))

        assert refused.value.reason == "another_server"
        assert await quay.seen("strand") == []
