from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from bot.media.processes import Allowance, Allowances, WorkerEnd, WorkerFailedError, WorkerPool
from bot.media.worker import confinement, wire
from bot.media.worker.wire import InspectVideo, ProcessLimits, VideoFacts, VideoWritten
from tests.integration.media.samples import save_clip

if TYPE_CHECKING:
    from collections.abc import Callable

MIB = 1024 * 1024
GENEROUS = ProcessLimits(memory_bytes=3072 * MIB, cpu_seconds=100, output_bytes=64 * MIB)
ROOT = Path(__file__).resolve().parents[3]

posix = pytest.mark.skipif(importlib.util.find_spec("resource") is None, reason="the platform has no such limits")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_clip(tmp_path_factory.mktemp("clip") / "clip.mp4")


def endless(clip: Path, target: Path) -> wire.EncodeVideo:
    """Work that takes far longer than any of these tests."""
    return wire.EncodeVideo(
        source=str(clip), target=str(target), width=7680, height=4320, video_rate=90_000_000, audio_rate=64_000
    )


def allowing(limits: ProcessLimits = GENEROUS, *, wall_ms: int = 60_000) -> Allowances:
    one = Allowance(limits=limits, wall_ms=wall_ms)
    return Allowances(image=one, audio=one, inspection=one, encoding=one)


def workers() -> list[psutil.Process]:
    found = []
    for child in psutil.Process().children():
        try:
            if "bot.media.worker" in child.cmdline():
                found.append(child)
        except psutil.Error:
            continue  # it ended while we looked
    return found


async def until(condition: Callable[[], object], *, within: float = 20) -> None:
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - other processes announce nothing
            await asyncio.sleep(0.01)


async def test_a_worker_answers_with_a_clips_facts(clip: Path) -> None:
    facts = await WorkerPool().run(InspectVideo(source=str(clip)), VideoFacts)

    assert facts == VideoFacts(
        duration_ms=1_000,
        width=160,
        height=120,
        frames_per_second=24.0,
        has_audio=True,
        video_codec="h264",
        audio_codec="aac",
        pixel_format="yuv420p",
    )


@pytest.mark.parametrize("content", [b"", b"not a video", b"\0\0\0\x10ftypisom\0\0\0\0" + bytes(200)])
async def test_a_file_that_is_no_clip_is_unreadable(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)

    with pytest.raises(WorkerFailedError) as caught:
        await WorkerPool().run(InspectVideo(source=str(path)), VideoFacts)

    assert caught.value.end is WorkerEnd.UNREADABLE
    assert str(tmp_path) not in str(caught.value)


async def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(WorkerFailedError) as caught:
        await WorkerPool().run(InspectVideo(source=str(tmp_path / "none.mp4")), VideoFacts)

    assert caught.value.end is WorkerEnd.UNREADABLE


async def test_a_playlist_in_a_clips_clothes_reaches_no_server(tmp_path: Path) -> None:
    contacts: list[bool] = []

    async def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        contacts.append(True)
        writer.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    path = tmp_path / "clip.mp4"
    path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:{port}/a.ts\n#EXT-X-ENDLIST\n")

    async with server:
        with pytest.raises(WorkerFailedError):
            await WorkerPool().run(InspectVideo(source=str(path)), VideoFacts)

    assert contacts == []


async def test_no_more_workers_live_than_allowed(clip: Path, tmp_path: Path) -> None:
    pool = WorkerPool(at_once=2)
    most = 0
    jobs = [asyncio.create_task(pool.run(InspectVideo(source=str(clip)), VideoFacts)) for _ in range(6)]

    def finished() -> bool:
        nonlocal most
        most = max(most, len(workers()))
        return all(job.done() for job in jobs)

    await until(finished)

    assert 1 <= most <= 2
    assert {job.result().width for job in jobs} == {160}


async def test_a_worker_that_is_too_slow_is_stopped(clip: Path, tmp_path: Path) -> None:
    pool = WorkerPool(allowances=allowing(wall_ms=1_000))

    with pytest.raises(WorkerFailedError) as caught:
        await pool.run(endless(clip, tmp_path / "out.mp4"), VideoWritten)

    assert caught.value.end is WorkerEnd.TIMED_OUT
    assert workers() == []


async def test_a_cancelled_call_takes_its_worker_with_it(clip: Path, tmp_path: Path) -> None:
    pool = WorkerPool()
    call = asyncio.create_task(pool.run(endless(clip, tmp_path / "out.mp4"), VideoWritten))
    await until(workers)

    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    assert workers() == []
    assert (await pool.run(InspectVideo(source=str(clip)), VideoFacts)).width == 160  # its place is free again


@posix
async def test_a_worker_that_wants_too_much_memory_fails_alone(clip: Path, tmp_path: Path) -> None:
    small = ProcessLimits(memory_bytes=300 * MIB, cpu_seconds=100, output_bytes=64 * MIB)

    with pytest.raises(WorkerFailedError):
        await WorkerPool(allowances=allowing(small)).run(endless(clip, tmp_path / "out.mp4"), VideoWritten)

    assert workers() == []


@posix
async def test_a_worker_that_computes_too_long_is_ended_by_the_system(clip: Path, tmp_path: Path) -> None:
    brief = ProcessLimits(memory_bytes=3072 * MIB, cpu_seconds=1, output_bytes=64 * MIB)

    with pytest.raises(WorkerFailedError) as caught:
        await WorkerPool(allowances=allowing(brief)).run(endless(clip, tmp_path / "out.mp4"), VideoWritten)

    assert caught.value.end is WorkerEnd.CRASHED


@posix
async def test_a_worker_cannot_fill_the_disk(clip: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"
    narrow = ProcessLimits(memory_bytes=3072 * MIB, cpu_seconds=100, output_bytes=5_000)
    task = wire.EncodeVideo(
        source=str(clip), target=str(target), width=160, height=120, video_rate=900_000, audio_rate=64_000
    )

    with pytest.raises(WorkerFailedError):
        await WorkerPool(allowances=allowing(narrow)).run(task, VideoWritten)

    assert target.stat().st_size <= 5_000


@linux
async def test_a_worker_is_given_no_secret(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "a-token")
    monkeypatch.setenv("PIAPI_KEY", "a-key")
    call = asyncio.create_task(WorkerPool().run(endless(clip, tmp_path / "out.mp4"), VideoWritten))
    await until(workers)

    environment = workers()[0].environ()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    assert "PYTHONPATH" in environment
    assert not {"DISCORD_TOKEN", "PIAPI_KEY", "HOME"} & set(environment)


@linux
async def test_a_worker_ends_when_the_bot_is_killed(clip: Path, tmp_path: Path) -> None:
    program = (
        "import asyncio\n"
        "from bot.media.processes import WorkerPool\n"
        "from bot.media.worker.wire import EncodeVideo, VideoWritten\n"
        f"task = EncodeVideo(source={str(clip)!r}, target={str(tmp_path / 'out.mp4')!r}, width=7680, height=4320,\n"
        "    video_rate=90_000_000, audio_rate=64_000)\n"
        "asyncio.run(WorkerPool().run(task, VideoWritten))\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)  # noqa: ASYNC220, S603 - our own program
    try:
        await until(lambda: psutil.Process(parent.pid).children())
        worker = psutil.Process(parent.pid).children()[0]
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()

    await until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE, within=3)


def test_where_the_platform_has_no_limits_the_work_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    before = os.nice(0)

    confinement.limit(GENEROUS)

    assert os.nice(0) == before


def test_requests_survive_the_wire(clip: Path) -> None:
    task = endless(clip, clip.with_name("out.mp4"))

    assert wire.request_from_json(wire.request_to_json(task, GENEROUS)) == (task, GENEROUS)


@pytest.mark.parametrize(
    "spoken",
    [
        b"",
        b"nonsense",
        b"[]",
        json.dumps({"answer": "Nothing"}).encode(),
        json.dumps({"answer": "VideoWritten", "frames": "many"}).encode(),
        json.dumps({"answer": "VideoWritten"}).encode(),
    ],
)
async def test_an_answer_that_makes_no_sense_is_a_crash(
    clip: Path, spoken: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impostor = tmp_path / "impostor"
    impostor.write_text(f"#!{sys.executable}\nimport sys\nsys.stdin.readline()\nsys.stdout.buffer.write({spoken!r})\n")
    impostor.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(impostor))

    with pytest.raises(WorkerFailedError) as caught:
        await WorkerPool().run(InspectVideo(source=str(clip)), VideoFacts)

    assert caught.value.end is WorkerEnd.CRASHED
