"""The upload ladder with files as large as providers make them: each in every kind of server it can meet.

Grain is what no encoder makes small, so these are real clips of their size, made once and short.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import psutil
import pytest
from PIL import Image

from bot.clock import DAY
from bot.media import processes
from bot.media.boxes import read_layout
from sandbox.seen import SeenMessage
from tests.integration.delivery.quay import MIB, Quay
from tests.integration.media.samples import save_clip

LINK: Final = "https://cdn.provider.example/k3.mp4"


def repeated(source: Path, target: Path, times: int) -> Path:
    """Play a clip's picture over and over: as long and as large as that many, and made at once."""
    with av.open(str(source)) as given, av.open(str(target), "w", format="mp4") as made:
        stream = given.streams.video[0]
        copy = made.add_stream_from_template(stream)
        packets = [packet for packet in given.demux(stream) if packet.dts is not None]
        length = max((packet.pts or 0) + (packet.duration or 0) for packet in packets)
        times_ = [(packet.pts or 0, packet.dts or 0) for packet in packets]
        for turn in range(times):
            for packet, (pts, dts) in zip(packets, times_, strict=True):
                packet.pts, packet.dts, packet.stream = pts + turn * length, dts + turn * length, copy
                made.mux(packet)
    return target


@dataclass(frozen=True)
class Clips:
    """Clips by their size in megabytes."""

    directory: Path

    def of(self, megabytes: int) -> Path:
        """Return an H.264 clip of about that size; its index stands at the end, as encoders leave it."""
        path = self.directory / f"{megabytes}.mp4"
        if not path.exists():
            grainy = self._grainy()
            repeated(grainy, path, max(1, round(megabytes * MIB / grainy.stat().st_size)))
        return path

    def long(self, megabytes: int) -> Path:
        """Return a clip so long that no decent copy of it is small."""
        path = self.directory / f"long-{megabytes}.mp4"
        if not path.exists():
            calm = save_clip(
                self.directory / "calm.mp4", width=540, height=2160, frames=25, rate=25, grain=1, sound=False
            )
            repeated(calm, path, megabytes * MIB // calm.stat().st_size + 1)
        return path

    def _grainy(self) -> Path:
        path = self.directory / "grainy.mp4"
        if not path.exists():
            save_clip(path, width=640, height=360, frames=3, rate=24, bit_rate=400_000_000, sound=False)
        return path


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    return Clips(tmp_path_factory.mktemp("ladder"))


async def delivered(quay: Quay, clip: Path, tier: int) -> SeenMessage:
    quay.sandbox.operations.set_premium_tier(quay.guild, tier)
    await quay.deliver(quay.job(output_url=LINK), await quay.keep_clip(clip))
    (result,) = await quay.seen()
    assert list(quay.archive.incoming.iterdir()) == []
    return result


async def assert_plays_inline(quay: Quay, result: SeenMessage, directory: Path) -> float:
    """Check that what stands in the channel plays there; returns its length in seconds."""
    posted = directory / "posted.mp4"
    posted.write_bytes(await quay.person.download(result.attachments[0]))
    assert read_layout(posted).movie_first
    with av.open(str(posted)) as container:
        video = container.streams.video[0]
        assert (video.codec_context.codec.canonical_name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert {stream.codec_context.codec.canonical_name for stream in container.streams.audio} <= {"aac"}
        assert container.duration is not None
        return container.duration / 1_000_000


def test_the_clips_are_what_they_are_said_to_be(clips: Clips) -> None:
    for megabytes in (5, 20, 60):
        assert clips.of(megabytes).stat().st_size == pytest.approx(megabytes * MIB, rel=0.15)


@pytest.mark.parametrize(("megabytes", "tier"), [(5, 0), (5, 1), (20, 2), (60, 3)])
async def test_what_fits_comes_as_it_is(quay: Quay, clips: Clips, tmp_path: Path, megabytes: int, tier: int) -> None:
    clip = clips.of(megabytes)

    result = await delivered(quay, clip, tier)

    assert result.attachments[0].size == pytest.approx(clip.stat().st_size, rel=0.001)
    assert "copy" not in result.content
    await assert_plays_inline(quay, result, tmp_path)


@pytest.mark.parametrize(
    ("megabytes", "tier", "limit"), [(12, 0, 10), (20, 1, 10), (60, 2, 50)], ids=lambda value: str(value)
)
async def test_what_is_too_large_comes_as_a_copy_close_to_the_limit(
    quay: Quay, clips: Clips, tmp_path: Path, megabytes: int, tier: int, limit: int
) -> None:
    clip = clips.of(megabytes)

    result = await delivered(quay, clip, tier)

    assert 0.6 * limit * MIB < result.attachments[0].size <= limit * MIB
    assert f"The original is larger than the {limit} MB this place takes, so this is a smaller copy." in result.content
    with av.open(str(clip)) as container:
        assert container.duration is not None
        seconds = container.duration / 1_000_000
    assert await assert_plays_inline(quay, result, tmp_path) == pytest.approx(seconds, abs=0.1)


async def test_what_would_look_bad_if_it_fitted_comes_as_a_picture_and_a_link(
    quay: Quay, clips: Clips, tmp_path: Path
) -> None:
    before = quay.clock.now()

    result = await delivered(quay, clips.long(12), 0)

    (poster,) = result.attachments
    assert poster.content_type == "image/jpeg"
    assert poster.description == "AI-generated video: a red fox runs through snow"
    (tmp_path / "poster.jpg").write_bytes(await quay.person.download(poster))
    with Image.open(tmp_path / "poster.jpg") as image:
        assert image.height / image.width == pytest.approx(4, abs=0.05)
    until = [before // 1000 + 30 * DAY // 1000 + late for late in range(30)]
    assert any(
        result.content.endswith(
            "The clip is larger than the 10 MB this place takes. "
            f"Watch or save it before <t:{second}:f>, when the provider will have deleted it:\n{LINK}"
        )
        for second in until
    )


async def test_no_more_clips_are_encoded_at_once_than_there_are_workers(
    quay: Quay, large_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 0
    start = processes._start

    async def counted() -> asyncio.subprocess.Process:
        nonlocal most
        alive = sum(child.status() != psutil.STATUS_ZOMBIE for child in psutil.Process().children())
        most = max(most, alive + 1)
        return await start()

    monkeypatch.setattr(processes, "_start", counted)
    asset = await quay.keep_clip(large_clip)
    deliveries = [quay.delivery(id=f"d{number}") for number in range(3)]

    await asyncio.gather(*(quay.deliver(quay.job(), asset, delivery) for delivery in deliveries))

    assert most == 1
    assert len(await quay.seen()) == 3
