"""The upload ladder, and servers whose filters take offence."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clock import DAY
from bot.jobs.model import Job
from bot.jobs.ports import DefinitelyNotPosted, MaybePosted, MessageFacts, TargetRefused, TryLater
from bot.media.disk import DiskFullError
from tests.integration.delivery.conftest import padded
from tests.integration.delivery.quay import MIB, POST_ROUTE, Quay
from tests.integration.media.samples import save_clip
from tests.unit.ui.job_samples import video

LINK = "https://cdn.provider.example/k3.mp4"


def a_month_after(job: Job) -> str:
    """Return a month after a job's end as Discord shows it in everybody's own time."""
    assert job.finished_at is not None
    return f"<t:{(job.finished_at + 30 * DAY) // 1000}:f>"


async def test_a_clip_over_the_servers_limit_comes_as_a_smaller_copy(quay: Quay, large_clip: Path) -> None:
    asset = await quay.keep_clip(large_clip)

    await quay.deliver(quay.job(output_url=LINK), asset)

    (result,) = await quay.seen()
    (attachment,) = result.attachments
    assert attachment.filename == "egret-k3f9x2.mp4"
    assert 0 < attachment.size < 10 * MIB
    assert attachment.duration == pytest.approx(1.0, abs=0.2)
    assert "The original is larger than the 10 MB this place takes, so this is a smaller copy." in result.content
    assert f"[Original](<{LINK}>)" in result.content
    assert list(quay.archive.incoming.iterdir()) == []


async def test_a_boosted_server_gets_the_original(quay: Quay, large_clip: Path) -> None:
    quay.sandbox.operations.set_premium_tier(quay.guild, 2)

    await quay.deliver(quay.job(), await quay.keep_clip(large_clip))

    (result,) = await quay.seen()
    assert result.attachments[0].size == 11 * MIB
    assert "smaller copy" not in result.content


async def test_a_boost_that_has_ended_shows_in_the_next_delivery(watching_quay: Quay, large_clip: Path) -> None:
    quay = watching_quay
    quay.sandbox.operations.set_premium_tier(quay.guild, 2)
    await quay.client.wait_for("guild_update", timeout=10)
    asset = await quay.keep_clip(large_clip)
    await quay.deliver(quay.job(), asset)
    quay.sandbox.operations.set_premium_tier(quay.guild, 0)
    await quay.client.wait_for("guild_update", timeout=10)

    await quay.deliver(quay.job(), asset, quay.delivery(id="second"))

    first, second = await quay.seen()
    assert first.attachments[0].size == 11 * MIB
    assert second.attachments[0].size < 10 * MIB


@pytest.mark.parametrize(("status", "code"), [(413, 40005), (400, 50045)])
async def test_a_file_refused_for_its_size_is_made_smaller(
    quay: Quay, clip: Path, tmp_path: Path, status: int, code: int
) -> None:
    asset = await quay.keep_clip(padded(clip, tmp_path / "nine.mp4", 9 * MIB))
    quay.refuse(code, status)

    with pytest.raises(DefinitelyNotPosted) as soon:
        await quay.deliver(quay.job(), asset)
    await quay.deliver(quay.job(), asset)

    (result,) = await quay.seen()
    assert soon.value.retry_after_ms == 2_000
    assert result.attachments[0].size < 8 * MIB
    assert "larger than the 8 MB this place takes" in result.content


async def test_a_clip_that_stays_too_large_comes_as_a_picture_and_a_link(quay: Quay, tmp_path: Path) -> None:
    long = save_clip(tmp_path / "short.mp4", width=960, height=540, frames=700, rate=60, grain=0, sound=False)
    asset = await quay.keep_clip(padded(long, tmp_path / "long.mp4", 3 * MIB))
    quay.refuse(40005, 413)

    with pytest.raises(DefinitelyNotPosted):
        await quay.deliver(quay.job(output_url=LINK), asset)
    job = quay.job(output_url=LINK)
    await quay.deliver(job, asset)

    (result,) = await quay.seen()
    assert [attachment.content_type for attachment in result.attachments] == ["image/jpeg"]
    assert result.content.endswith(
        "The clip is larger than the 1 MB this place takes. "
        f"Watch or save it before {a_month_after(job)}, when the provider will have deleted it:\n{LINK}"
    )
    assert list(quay.archive.incoming.iterdir()) == []


async def test_a_clip_that_nothing_makes_small_enough_comes_as_a_link(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)
    quay.refuse(40005, 413)

    with pytest.raises(DefinitelyNotPosted):
        await quay.deliver(quay.job(output_url=LINK), asset)
    await quay.deliver(quay.job(output_url=LINK), asset)

    (result,) = await quay.seen()
    assert result.attachments == ()
    assert LINK in result.content


async def test_what_was_made_smaller_is_kept_for_the_next_attempt(quay: Quay, large_clip: Path) -> None:
    asset = await quay.keep_clip(large_clip)
    quay.fail("reset")
    with pytest.raises(MaybePosted):
        await quay.deliver(quay.job(), asset)
    (made,) = quay.archive.incoming.iterdir()
    original = quay.archive.path(asset.id, "mp4")
    original.write_bytes(b"nothing that could be encoded" * (12 * MIB // 29))

    await quay.deliver(quay.job(), asset)

    (result,) = await quay.seen()
    assert result.attachments[0].duration == pytest.approx(1.0, abs=0.2)
    assert not made.exists()


async def test_a_clip_that_is_not_in_the_archive_comes_as_a_link(quay: Quay) -> None:
    job = quay.job(output_url=LINK)
    await quay.deliver(job, None)

    (result,) = await quay.seen()
    assert result.attachments == ()
    assert result.content.endswith(
        "The clip could not be copied here. "
        f"Watch or save it before {a_month_after(job)}, when the provider will have deleted it:\n{LINK}"
    )


async def test_a_full_disk_is_waited_for(quay: Quay, large_clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asset = await quay.keep_clip(large_clip)

    def full(needed: int) -> None:
        raise DiskFullError(quay.archive.incoming, needed=needed, free=0, reserve=0)

    monkeypatch.setattr(quay.archive, "ensure_room", full)

    with pytest.raises(TryLater):
        await quay.deliver(quay.job(), asset)


async def test_where_the_servers_limit_cannot_be_asked_the_stored_one_holds(quay: Quay, large_clip: Path) -> None:
    quay.sandbox.operations.set_premium_tier(quay.guild, 2)
    quay.fail("status", method="GET", path="/guilds/*", status=503)

    await quay.deliver(quay.job(), await quay.keep_clip(large_clip))

    (result,) = await quay.seen()
    assert result.attachments[0].size < 10 * MIB


async def test_direct_messages_have_the_smallest_limit(quay: Quay, large_clip: Path) -> None:
    quay.sandbox.operations.set_premium_tier(quay.guild, 2)
    quay.sandbox.operations.delete_channel(quay.general)

    await quay.deliver(quay.job(), await quay.keep_clip(large_clip))

    (result,) = await quay.seen("dm")
    assert result.attachments[0].size < 10 * MIB


@pytest.mark.parametrize("code", [200000, 20009, 240000])
async def test_a_filter_that_takes_offence_at_the_words_gets_the_clip_without_them(
    quay: Quay, clip: Path, code: int
) -> None:
    asset = await quay.keep_clip(clip)
    quay.refuse(code)

    await quay.deliver(quay.job(input=video(prompt="a rude fox")), asset)

    (result,) = await quay.seen()
    assert result.attachments
    assert "fox" not in result.content
    assert len(quay.requests("POST", POST_ROUTE)) == 2


async def test_a_filter_that_takes_offence_at_the_clip_is_a_refusal(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)
    quay.refuse(200000, times=2)

    with pytest.raises(TargetRefused) as refused:
        await quay.send_to(quay.general.id, quay.delivery(), quay.job(), MessageFacts(result=asset))
    assert refused.value.reason == "discord_200000"


async def test_where_uploads_are_limited_the_link_comes_alone(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)
    quay.refuse(400001, 403)

    await quay.deliver(quay.job(output_url=LINK), asset)

    (result,) = await quay.seen()
    assert result.attachments == ()
    assert "Discord takes no files here right now." in result.content
    assert result.content.endswith(LINK)


async def test_slow_mode_is_waited_out(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)
    quay.refuse(20016, 400)

    with pytest.raises(DefinitelyNotPosted):
        await quay.deliver(quay.job(), asset)


async def test_a_message_discord_finds_malformed_is_refused_not_repeated(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)
    quay.refuse(50035, times=5)

    with pytest.raises(TargetRefused):
        await quay.deliver(quay.job(), asset)
    assert [exchange.path for exchange in quay.requests("POST", POST_ROUTE)] == [
        f"/channels/{channel.id}/messages" for channel in (quay.general, quay.direct())
    ]
