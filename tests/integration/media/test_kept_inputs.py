"""Inputs that the archive has already, under another asset's name: nothing is downloaded for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from bot.clock import SystemClock
from bot.errors import refusal_from_json
from bot.jobs.failures import FailureReason
from bot.jobs.model import Asset, AssetRole, Job, JobNote, kept_url
from bot.jobs.ports import InputUnusable, TryLater
from bot.media.archive import Archive
from bot.media.convert import Converter
from bot.media.disk import DiskFullError
from bot.media.fetch import Downloader
from bot.media.job_files import JobInputFiles
from bot.media.limits import MediaLimits
from bot.media.processes import WorkerPool
from bot.media.refusals import FileUnreadable
from tests.integration.media.samples import picture, save_image, save_wav
from tests.unit.ui.job_samples import job


class Kept:
    """An archive with somebody's files in it, and the inputs of a job that takes them up."""

    def __init__(self, directory: Path) -> None:
        self.archive = Archive(directory / "archive", SystemClock())
        self.served_from_card: list[Path] = []

    def files(self, *, signed: bool = False, limits: MediaLimits | None = None) -> JobInputFiles:
        limits = limits or MediaLimits()
        return JobInputFiles(
            self.archive,
            Downloader(),  # never opened: whoever downloads with it fails
            Converter(WorkerPool(), limits),
            limits,
            SystemClock(),
            signed_url=(lambda asset_id: f"https://egret.example/files/{asset_id}") if signed else None,
            on_card=self._attach,
        )

    async def keep(self, source: Path, asset_id: str, extension: str) -> str:
        await self.archive.put_file(source, asset_id, extension)
        return kept_url(asset_id, extension)

    async def _attach(self, job: Job, path: Path, name: str) -> str:
        self.served_from_card.append(path)
        return f"https://cdn.example/{name}"


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def asset(url: str, role: AssetRole = AssetRole.IMAGE, extension: str = "") -> Asset:
    return Asset(
        id="new1",
        job_id="k3f9x2",
        role=role,
        source_url=url,
        filename="fox.png",
        option="image",
        content_type="image/png",
        size=1,
        extension=extension,
    )


async def test_a_kept_file_becomes_an_input_of_its_own_and_stays_what_it_was(kept: Kept, tmp_path: Path) -> None:
    url = await kept.keep(save_image(tmp_path / "fox", picture(400, 320), "PNG"), "held-abc", "png")
    before = kept.archive.path("held-abc", "png").read_bytes()

    prepared = await kept.files().prepare(asset(url), None)
    await kept.archive.delete("held-abc", "png")

    assert (prepared.file.extension, prepared.file.width, prepared.file.height) == ("png", 400, 320)
    assert not prepared.file.converted
    assert kept.archive.path("new1", "png").read_bytes() == before
    assert list(kept.archive.incoming.iterdir()) == []


async def test_a_kept_file_is_checked_and_mended_like_any_other(kept: Kept, tmp_path: Path) -> None:
    url = await kept.keep(save_image(tmp_path / "fox", picture(400, 320), "WEBP"), "held-abc", "webp")

    prepared = await kept.files().prepare(asset(url), None)

    assert prepared.file.converted
    assert prepared.notes == (JobNote.IMAGE_CONVERTED,)
    with Image.open(kept.archive.path("new1", "jpg")) as image:
        assert image.format == "JPEG"
    assert kept.archive.path("held-abc", "webp").is_file()


async def test_a_kept_recording_is_cut_to_the_clip(kept: Kept, tmp_path: Path) -> None:
    url = await kept.keep(save_wav(tmp_path / "voice", 8), "held-abc", "wav")

    prepared = await kept.files().prepare(asset(url, AssetRole.AUDIO), 5_000)

    assert JobNote.AUDIO_TRIMMED in prepared.notes
    assert prepared.file.duration_ms <= 5_000


@pytest.mark.parametrize(
    "url",
    [
        kept_url("held-gone", "png"),
        kept_url("../secrets", "env"),
        kept_url("/etc/passwd", "png"),
        kept_url("held-abc", "PNG"),
        "kept:",
        "kept:held-abc",
        "kept:..",
    ],
)
async def test_what_the_archive_does_not_have_is_lost_whatever_it_is_called(
    kept: Kept, tmp_path: Path, url: str
) -> None:
    await kept.keep(save_image(tmp_path / "fox", picture(400, 320), "PNG"), "held-abc", "png")

    with pytest.raises(InputUnusable) as unusable:
        await kept.files().prepare(asset(url), None)

    assert unusable.value.failure.reason is FailureReason.INPUT_LOST
    assert list(kept.archive.incoming.iterdir()) == []


async def test_a_kept_file_of_another_kind_is_refused_in_words(kept: Kept, tmp_path: Path) -> None:
    url = await kept.keep(save_wav(tmp_path / "voice", 3), "held-abc", "png")

    with pytest.raises(InputUnusable) as unusable:
        await kept.files().prepare(asset(url), None)

    assert unusable.value.failure.reason is FailureReason.IMAGE_REJECTED
    assert refusal_from_json(unusable.value.failure.detail) == FileUnreadable(option="image", expected="image")
    assert list(kept.archive.incoming.iterdir()) == []


async def test_a_kept_file_over_the_limit_is_refused(kept: Kept, tmp_path: Path) -> None:
    url = await kept.keep(save_image(tmp_path / "fox", picture(400, 320), "PNG"), "held-abc", "png")

    with pytest.raises(InputUnusable) as unusable:
        await kept.files(limits=MediaLimits(image_source_bytes=100)).prepare(asset(url), None)

    assert unusable.value.failure.reason is FailureReason.IMAGE_REJECTED
    assert list(kept.archive.incoming.iterdir()) == []


async def test_a_full_disk_is_waited_for(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = await kept.keep(save_image(tmp_path / "fox", picture(400, 320), "PNG"), "held-abc", "png")

    def full(needed: int) -> None:
        raise DiskFullError(kept.archive.incoming, needed=needed, free=0, reserve=0)

    monkeypatch.setattr(kept.archive, "ensure_room", full)

    with pytest.raises(TryLater):
        await kept.files().prepare(asset(url), None)


async def test_the_provider_gets_an_address_that_it_can_fetch(kept: Kept) -> None:
    looks_fresh = asset(kept_url("held-abc", "png") + "?ex=ffffffff", extension="png")

    assert await kept.files(signed=True).url(job(), looks_fresh) == "https://egret.example/files/new1"
    assert await kept.files().url(job(), looks_fresh) == "https://cdn.example/image.png"
    assert kept.served_from_card == [kept.archive.path("new1", "png")]
