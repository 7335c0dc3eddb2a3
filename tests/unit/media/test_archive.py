from __future__ import annotations

import errno
import hashlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.clock import HOUR
from bot.media.archive import STALE_AFTER, Archive
from bot.media.disk import DiskFullError, free_bytes
from tests.integration.media.samples import picture, save_image

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = 1_800_000_000_000


class StoppedClock:
    def now(self) -> int:
        return NOW

    async def sleep(self, milliseconds: int) -> None:
        raise AssertionError("nothing here sleeps")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive", StoppedClock())


def incoming(archive: Archive, content: bytes = b"content") -> Path:
    path = archive.new_incoming("bin")
    path.write_bytes(content)
    return path


def present(path: Path) -> bool:
    return path.exists()


async def test_a_file_put_in_is_found_by_its_id(archive: Archive) -> None:
    source = incoming(archive, b"some bytes")

    stored = await archive.put_file(source, "k3f9x2", "mp4")

    assert stored.path == archive.path("k3f9x2", "mp4")
    assert stored.path.read_bytes() == b"some bytes"
    assert stored.sha256 == hashlib.sha256(b"some bytes").hexdigest()
    assert stored.size == 10
    assert not source.exists()
    assert list(archive.incoming.iterdir()) == []


async def test_the_type_is_told_from_the_bytes(archive: Archive, tmp_path: Path) -> None:
    image = await archive.put_file(save_image(tmp_path / "x.mp4", picture(64, 64), "PNG"), "one", "mp4")
    other = await archive.put_file(incoming(archive), "two", "mp4")

    assert image.content_type == "image/png"
    assert other.content_type == "application/octet-stream"


async def test_putting_again_replaces(archive: Archive) -> None:
    await archive.put_file(incoming(archive, b"first"), "k3f9x2", "jpg")
    stored = await archive.put_file(incoming(archive, b"second"), "k3f9x2", "jpg")

    assert stored.path.read_bytes() == b"second"


async def test_many_files_are_spread_over_directories(archive: Archive) -> None:
    parents = {archive.path(f"asset{number}", "mp4").parent for number in range(500)}

    assert 100 < len(parents) <= 256


@pytest.mark.parametrize(
    "asset_id", ["", ".", "..", "../x", "a/b", "a\\b", "A", "a\0", "a.b", "a" * 65, "-a", "a\n", "é"]
)
def test_an_id_that_could_leave_its_directory_is_refused(archive: Archive, asset_id: str) -> None:
    with pytest.raises(ValueError, match="file name"):
        archive.path(asset_id, "mp4")


@pytest.mark.parametrize("extension", ["", ".mp4", "mp4/..", "MP4", "mp4\0", "averylongone", "m p"])
def test_an_extension_that_is_none_is_refused(archive: Archive, extension: str) -> None:
    with pytest.raises(ValueError, match="file name"):
        archive.path("k3f9x2", extension)
    with pytest.raises(ValueError, match="file name"):
        archive.new_incoming(extension)


async def test_a_missing_source_leaves_what_was_there(archive: Archive) -> None:
    kept = await archive.put_file(incoming(archive, b"kept"), "k3f9x2", "mp4")

    with pytest.raises(FileNotFoundError):
        await archive.put_file(archive.new_incoming("mp4"), "k3f9x2", "mp4")

    assert kept.path.read_bytes() == b"kept"


async def test_deleting_says_whether_there_was_something(archive: Archive) -> None:
    stored = await archive.put_file(incoming(archive), "k3f9x2", "mp4")

    assert await archive.delete("k3f9x2", "mp4")
    assert not stored.path.exists()
    assert not await archive.delete("k3f9x2", "mp4")


async def test_retention_deletes_the_given_assets_and_no_other(archive: Archive) -> None:
    for asset_id in ("one", "two", "three"):
        await archive.put_file(incoming(archive), asset_id, "mp4")

    deleted = await archive.delete_all([("one", "mp4"), ("three", "mp4"), ("gone", "mp4")])

    assert deleted == 2
    assert archive.path("two", "mp4").exists()
    assert not archive.path("one", "mp4").exists()


async def test_the_sweep_deletes_only_what_is_stale(archive: Archive) -> None:
    stale, fresh = incoming(archive), incoming(archive)
    for path, age in ((stale, STALE_AFTER + 1), (fresh, STALE_AFTER - HOUR)):
        seconds = (NOW - age) / 1000
        os.utime(path, (seconds, seconds))
    kept = await archive.put_file(incoming(archive), "k3f9x2", "mp4")
    os.utime(kept.path, (0, 0))

    assert await archive.sweep_incoming() == 1

    assert not stale.exists()
    assert fresh.exists()
    assert kept.path.exists()


async def test_a_sweep_at_the_start_of_a_lone_process_takes_all(archive: Archive) -> None:
    path = incoming(archive)
    os.utime(path, (NOW / 1000, NOW / 1000))

    assert await archive.sweep_incoming(older_than_ms=0) == 1


def test_the_reserve_is_kept_free(tmp_path: Path) -> None:
    archive = Archive(tmp_path, StoppedClock(), reserve_bytes=free_bytes(tmp_path) * 2)

    with pytest.raises(DiskFullError, match="No room in"):
        archive.ensure_room(1)


class TestFromAnotherFileSystem:
    @pytest.fixture
    def elsewhere(self, archive: Archive) -> Iterator[Path]:
        memory = Path("/dev/shm")
        if not memory.is_dir() or memory.stat().st_dev == archive.incoming.stat().st_dev:
            pytest.skip("there is no second file system here")
        path = memory / f"egret-test-{os.getpid()}.bin"
        path.write_bytes(b"from afar")
        yield path
        path.unlink(missing_ok=True)

    async def test_a_file_is_copied_and_its_source_deleted(self, archive: Archive, elsewhere: Path) -> None:
        stored = await archive.put_file(elsewhere, "k3f9x2", "mp4")

        assert stored.path.read_bytes() == b"from afar"
        assert not present(elsewhere)
        assert list(archive.incoming.iterdir()) == []

    async def test_a_full_disk_leaves_the_source(
        self, archive: Archive, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(source: Path, copy: Path) -> None:
            copy.write_bytes(source.read_bytes()[:3])
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(shutil, "copyfile", full)

        with pytest.raises(DiskFullError):
            await archive.put_file(elsewhere, "k3f9x2", "mp4")

        assert present(elsewhere)
        assert list(archive.incoming.iterdir()) == []


async def test_a_file_is_as_old_as_our_own_clock_says(archive: Archive):
    await archive.put_file(incoming(archive), "k3f9x2", "mp4")

    assert await archive.stored_between(0, NOW) == []
    assert await archive.stored_between(NOW, NOW + 1) == [("k3f9x2", "mp4")]


async def test_finished_files_are_listed_by_when_they_were_written(archive: Archive, tmp_path: Path):
    for name, at in (("early", NOW - HOUR), ("late", NOW)):
        stored = await archive.put_file(incoming(archive), name, "mp4")
        os.utime(stored.path, (at / 1000, at / 1000))
    incoming(archive)
    strange = archive.path("early", "mp4").with_name("Not Ours.mp4")
    strange.write_bytes(b"x")
    os.utime(strange, (NOW / 1000 - 60, NOW / 1000 - 60))
    (tmp_path / "archive" / "notes.txt").write_text("x")

    assert await archive.stored_between(NOW - HOUR, NOW) == [("early", "mp4")]
    assert await archive.stored_between(NOW - HOUR + 1, NOW + 1) == [("late", "mp4")]
    assert sorted(await archive.stored_between(0, NOW + 1)) == [("early", "mp4"), ("late", "mp4")]
