"""A database and an archive to back up, on either engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.jobs.model import AssetRole, Purpose
from bot.jobs.ports import ArchivedFile
from bot.jobs.states import SUCCEED, JobState
from bot.media.archive import Archive
from bot.settings import Settings, load_settings
from storage.store import Store, open_store
from tests.contract.samples import NOW, ManualClock, Probe, an_image, job_in, move, submitted

TABLES = ("jobs", "job_events", "deliveries", "assets", "holds", "charges", "counters")


def settings_for(url: str, data_dir: Path) -> Settings:
    return load_settings(
        _env_file=None,
        discord_token="token.of.nobody",
        piapi_key="key-of-nobody",
        servers="all",
        max_usd_per_month="unlimited",
        data_dir=str(data_dir),
        database_url=url,
    )


async def fill(store: Store, archive: Archive) -> dict[str, str]:
    """Store a job in every state, with an input and a clip in the archive; return the ids by state."""
    ids = {state.value: (await job_in(store, state)).id for state in JobState}
    clip = await job_in(store, JobState.RUNNING)
    ids["clip"] = clip.id
    assert await store.apply(move(clip, SUCCEED, purpose=Purpose.RESULT)) is not None
    await put(archive, "clip-asset", "mp4", b"a clip" * 50_000)
    assert await store.record_result(clip.id, "https://x", "clip-asset", _file("mp4"), NOW)
    with_image = await submitted(store, assets=(an_image(),))
    ids["with_image"] = with_image.id
    (image,) = await store.assets(with_image.id)
    assert image.role is AssetRole.IMAGE
    (leased,) = [job for job in await store.claim_ready(NOW, "l", NOW + 1, 9) if job.id == with_image.id] or [None]
    if leased is None:
        for job in await store.claim_unprepared(NOW, "l", NOW + 1, 9):
            assert job.id == with_image.id
    await put(archive, image.id, "png", b"a picture" * 1_000)
    assert await store.mark_inputs_ready(with_image.id, "l", {image.id: _file("png")}, (), NOW)
    await store.set("webhook_secret", "drawn-and-kept\twith\\odd\nletters")
    return ids


async def put(archive: Archive, asset_id: str, extension: str, content: bytes) -> None:
    incoming = archive.new_incoming(extension)
    incoming.write_bytes(content)
    await archive.put_file(incoming, asset_id, extension)


def _file(extension: str) -> ArchivedFile:
    return replace(ArchivedFile(extension, "x/y", 10, "aa"), width=1)


async def everything(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table that tells of jobs."""
    async with Probe.of(url) as probe:
        return {table: sorted(await probe.rows(f"SELECT * FROM {table}"), key=str) for table in TABLES}  # noqa: S608


def files_under(data_dir: Path) -> dict[str, bytes]:
    root = data_dir / "files"
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@asynccontextmanager
async def opened(url: str, data_dir: Path, clock: ManualClock) -> AsyncIterator[Store]:
    async with open_store(url, data_dir, clock) as store:
        yield store
