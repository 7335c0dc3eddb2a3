"""A finished clip on its way into the archive: what is kept is what is said of it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from bot.clock import SystemClock
from bot.media.archive import Archive
from bot.media.boxes import walk_boxes
from bot.media.fetch import Downloader
from bot.media.fit import Fitter
from bot.media.job_files import JobClipArchive
from bot.media.labelling import is_labelled, label_clip
from bot.media.limits import MediaLimits
from bot.media.processes import WorkerPool
from tests.integration.media.samples import save_clip


@pytest.fixture
async def origin(tmp_path: Path) -> AsyncIterator[str]:
    (tmp_path / "provider").mkdir()
    app = web.Application()
    app.router.add_static("/", tmp_path / "provider")
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def ordinary(clip: Path) -> None:
    """Leave it as the provider made it."""


def marked(clip: Path) -> None:
    label_clip(clip)


def open_ended(clip: Path) -> None:
    last = walk_boxes(clip)[-1]
    with clip.open("r+b") as file:
        file.seek(last.start)
        file.write(bytes(4))


@pytest.mark.parametrize("change", [ordinary, marked, open_ended])
async def test_what_is_kept_is_marked_and_is_what_its_digest_says(tmp_path: Path, origin: str, change) -> None:
    sent = save_clip(tmp_path / "provider" / "clip.mp4")
    change(sent)
    archive = Archive(tmp_path / "files", SystemClock())

    async with Downloader(trusted_origins=[origin]) as downloader:
        clips = JobClipArchive(archive, downloader, Fitter(WorkerPool()), MediaLimits())
        file = await clips.fetch("k3f9x2", f"{origin}/clip.mp4")

    kept = archive.path("k3f9x2", "mp4")
    content = kept.read_bytes()
    assert is_labelled(kept)
    assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert (file.width, file.height, file.duration_ms) == (160, 120, 1000)
    assert list(archive.incoming.iterdir()) == []
