from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import av
import psutil
import pytest
from PIL import Image

from bot.media import fit as fit_module
from bot.media.boxes import read_layout
from bot.media.disk import DiskFullError
from bot.media.fit import FitOutcome, Fitted, Fitter
from bot.media.movie_header import read_ordinary_clip
from bot.media.processes import WorkerFailedError, WorkerPool
from bot.media.worker.wire import InspectVideo
from tests.integration.media.samples import save_clip

if TYPE_CHECKING:
    from pathlib import Path

    from bot.media.worker.wire import Answer, Task, VideoFacts


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    path = tmp_path / "made"
    path.mkdir()
    return path


@pytest.fixture
def fitter() -> Fitter:
    return Fitter(WorkerPool())


def contents(directory: Path) -> list[Path]:
    return list(directory.iterdir())


def packets(path: Path) -> list[tuple[int | None, bytes]]:
    with av.open(str(path)) as container:
        return [(packet.pts, bytes(packet)) for packet in container.demux(video=0) if packet.dts is not None]


def assert_plays_in_a_browser(path: Path, *, seconds: float, sound: bool) -> None:
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        assert video.codec_context.codec.canonical_name == "h264"
        assert video.codec_context.pix_fmt == "yuv420p"
        assert [stream.codec_context.codec.canonical_name for stream in container.streams.audio] == ["aac"] * sound
        assert container.duration is not None
        assert container.duration / 1_000_000 == pytest.approx(seconds, abs=0.1)
    layout = read_layout(path)
    assert layout.movie_first
    assert layout.complete


async def test_a_clip_within_the_limit_is_left_alone(tmp_path: Path, directory: Path, fitter: Fitter) -> None:
    clip = save_clip(tmp_path / "clip.mp4")
    limit = clip.stat().st_size

    assert await fitter.fit(clip, limit, directory) == Fitted(path=clip, how=FitOutcome.ORIGINAL, temporary=False)
    assert contents(directory) == []


async def test_a_clip_with_its_index_at_the_end_is_repacked_without_loss(
    tmp_path: Path, directory: Path, fitter: Fitter
) -> None:
    clip = save_clip(tmp_path / "clip.mp4", faststart=False)

    fitted = await fitter.fit(clip, clip.stat().st_size + 1_000, directory)

    assert fitted.how is FitOutcome.ORIGINAL
    assert fitted.path is not None
    assert fitted.temporary
    assert_plays_in_a_browser(fitted.path, seconds=1, sound=True)
    assert packets(fitted.path) == packets(clip)


@pytest.mark.parametrize("sound", [True, False])
async def test_a_clip_over_the_limit_is_encoded_to_just_under_it(
    tmp_path: Path, directory: Path, fitter: Fitter, sound: bool
) -> None:
    clip = save_clip(tmp_path / "clip.mp4", width=320, height=240, frames=72, bit_rate=3_000_000, sound=sound)
    limit = clip.stat().st_size // 2

    fitted = await fitter.fit(clip, limit, directory)

    assert fitted.how is FitOutcome.REENCODED
    assert fitted.path is not None
    assert 0.5 * limit < fitted.path.stat().st_size <= limit
    assert contents(directory) == [fitted.path]
    assert_plays_in_a_browser(fitted.path, seconds=3, sound=sound)
    with av.open(str(fitted.path)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 72


async def test_a_large_picture_is_scaled_where_the_limit_is_tight(
    tmp_path: Path, directory: Path, fitter: Fitter
) -> None:
    clip = save_clip(tmp_path / "clip.mp4", width=720, height=1280, frames=12, bit_rate=9_000_000, grain=15)

    fitted = await fitter.fit(clip, 45_000, directory)

    assert fitted.how is FitOutcome.REENCODED
    assert fitted.path is not None
    assert fitted.path.stat().st_size <= 45_000
    facts = await fitter.inspect(fitted.path)
    assert (facts.width, facts.height) == (540, 960)


@pytest.mark.parametrize("codec", ["libx265", "libsvtav1"])
async def test_codecs_that_do_not_play_everywhere_are_encoded_anew(
    tmp_path: Path, directory: Path, fitter: Fitter, codec: str
) -> None:
    clip = save_clip(tmp_path / "clip.mp4", codec=codec, grain=0)
    limit = clip.stat().st_size + 200_000

    fitted = await fitter.fit(clip, limit, directory)

    assert fitted.how is FitOutcome.REENCODED
    assert fitted.path is not None
    assert fitted.path.stat().st_size <= limit
    assert_plays_in_a_browser(fitted.path, seconds=1, sound=True)


async def test_a_clip_that_cannot_be_made_small_gives_a_picture(
    tmp_path: Path, directory: Path, fitter: Fitter
) -> None:
    clip = save_clip(tmp_path / "clip.mp4", width=320, height=240, bit_rate=2_000_000)

    fitted = await fitter.fit(clip, 6_000, directory)

    assert fitted.how is FitOutcome.TOO_LARGE
    assert fitted.path is not None
    assert fitted.path.stat().st_size <= 6_000
    assert contents(directory) == [fitted.path]
    with Image.open(fitted.path) as image:
        assert image.format == "JPEG"
        assert image.width / image.height == pytest.approx(4 / 3, abs=0.05)


async def test_where_not_even_a_picture_fits_there_is_nothing_to_attach(
    tmp_path: Path, directory: Path, fitter: Fitter
) -> None:
    clip = save_clip(tmp_path / "clip.mp4")

    fitted = await fitter.fit(clip, 100, directory)

    assert fitted == Fitted(path=None, how=FitOutcome.TOO_LARGE, temporary=False)
    assert contents(directory) == []


async def test_an_encoding_that_comes_out_over_is_repeated_lower(
    tmp_path: Path, directory: Path, fitter: Fitter, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = save_clip(tmp_path / "clip.mp4", width=320, height=240, frames=72, bit_rate=3_000_000, sound=False)
    limit = clip.stat().st_size // 2
    monkeypatch.setattr(fit_module, "_AIM", 1.3)
    aims: list[int] = []
    plan = fit_module.plan_encoding

    def noting(facts: fit_module.VideoFacts, size: int, aim: int) -> fit_module.EncodingPlan | None:
        aims.append(aim)
        monkeypatch.setattr(fit_module, "_AIM", 0.9)
        return plan(facts, size, aim)

    monkeypatch.setattr(fit_module, "plan_encoding", noting)

    fitted = await fitter.fit(clip, limit, directory)

    assert fitted.how is FitOutcome.REENCODED
    assert fitted.path is not None
    assert fitted.path.stat().st_size <= limit
    assert contents(directory) == [fitted.path]
    assert len(aims) == 2
    assert aims[1] < limit < aims[0]


async def test_a_file_our_decoder_cannot_read_is_judged_by_its_size(
    tmp_path: Path, directory: Path, fitter: Fitter
) -> None:
    strange = tmp_path / "strange.mp4"
    strange.write_bytes(b"\0\0\0\x10ftypisom\0\0\0\0" + bytes(1_000))

    within = await fitter.fit(strange, 2_000, directory)
    over = await fitter.fit(strange, 500, directory)

    assert within == Fitted(path=strange, how=FitOutcome.ORIGINAL, temporary=False)
    assert over == Fitted(path=None, how=FitOutcome.TOO_LARGE, temporary=False)
    assert contents(directory) == []


async def test_a_poster_is_a_frame_from_within(tmp_path: Path, directory: Path, fitter: Fitter) -> None:
    clip = save_clip(tmp_path / "clip.mp4", frames=90, rate=24, grain=0, sound=False)

    poster = await fitter.poster(clip, directory, max_bytes=100_000)

    with Image.open(poster) as image:
        luma = image.convert("L").getpixel((80, 60))
    # frame 30 of 90, from a video's range of brightness (16 to 235) to a JPEG's
    assert luma == pytest.approx((70 - 16) * 255 / 219, abs=3)
    assert poster.stat().st_size <= 100_000
    assert contents(directory) == [poster]


async def test_a_poster_of_nothing_is_a_failure(tmp_path: Path, directory: Path, fitter: Fitter) -> None:
    empty = tmp_path / "empty.mp4"
    empty.write_bytes(b"")

    with pytest.raises(WorkerFailedError):
        await fitter.poster(empty, directory, max_bytes=100_000)

    assert contents(directory) == []


async def test_a_full_disk_is_told_before_it_happens(tmp_path: Path, directory: Path, fitter: Fitter) -> None:
    clip = save_clip(tmp_path / "clip.mp4", frames=2, faststart=False)

    with pytest.raises(DiskFullError):
        await fitter.fit(clip, 10**18, directory)

    assert contents(directory) == []


async def test_a_cancelled_fit_leaves_nothing(tmp_path: Path, directory: Path, fitter: Fitter) -> None:
    clip = save_clip(tmp_path / "clip.mp4", width=1280, height=720, frames=24, bit_rate=9_000_000)
    call = asyncio.create_task(fitter.fit(clip, clip.stat().st_size - 1, directory))
    async with asyncio.timeout(20):
        while not contents(directory):  # noqa: ASYNC110 - nothing announces a file
            await asyncio.sleep(0.01)

    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    assert contents(directory) == []
    assert [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE] == []


class CountedWorkers(WorkerPool):
    """Real workers, of which those are counted that inspect."""

    started = 0

    async def ask(self, task: Task) -> Answer:
        self.started += isinstance(task, InspectVideo)
        return await super().ask(task)


async def test_a_clip_that_was_just_inspected_is_not_inspected_again(tmp_path: Path, directory: Path) -> None:
    workers = CountedWorkers()
    fitter = Fitter(workers)
    clip = save_clip(tmp_path / "clip.mp4", codec="mpeg4")

    first = await fitter.inspect(clip)
    await fitter.fit(clip, clip.stat().st_size, directory)

    assert (await fitter.inspect(clip), workers.started) == (first, 1)


async def test_an_ordinary_clips_index_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def counted(path: Path) -> VideoFacts | None:
        read.append(path)
        return read_ordinary_clip(path)

    monkeypatch.setattr(fit_module, "read_ordinary_clip", counted)
    fitter = Fitter(WorkerPool())
    clip = save_clip(tmp_path / "clip.mp4")

    first = await fitter.inspect(clip)

    assert (await fitter.inspect(clip), read) == (first, [clip])


async def test_a_file_that_has_changed_is_inspected_anew(tmp_path: Path) -> None:
    fitter = Fitter(WorkerPool())
    clip = save_clip(tmp_path / "clip.mp4", frames=24, codec="mpeg4")
    before = await fitter.inspect(clip)

    save_clip(tmp_path / "other.mp4", frames=48, codec="mpeg4").replace(clip)

    assert (before.duration_ms, (await fitter.inspect(clip)).duration_ms) == (
        pytest.approx(1000, abs=100),
        pytest.approx(2000, abs=100),
    )


async def test_what_cannot_be_read_is_tried_again(tmp_path: Path) -> None:
    fitter = Fitter(WorkerPool())
    clip = tmp_path / "clip.mp4"
    with pytest.raises(WorkerFailedError):
        await fitter.inspect(clip)

    save_clip(clip)

    assert (await fitter.inspect(clip)).width > 0


async def test_only_the_latest_answers_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_module, "_REMEMBERED", 1)
    workers = CountedWorkers()
    fitter = Fitter(workers)
    one, other = (save_clip(tmp_path / f"{name}.mp4", codec="mpeg4") for name in ("one", "other"))

    for clip in (one, other, one):
        await fitter.inspect(clip)

    assert workers.started == 3
