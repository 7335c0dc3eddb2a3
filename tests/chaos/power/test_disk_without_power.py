"""The disk that the power cuts are tried on loses what was never synced, and nothing else."""

from __future__ import annotations

import pytest

from tests.chaos.power.disk import SECTOR, Directory, Disk, File, Loss, dice
from tests.chaos.power.images import image_of


def left(disk: Disk, loss: Loss, seed: int = 7) -> dict[str, bytes | None]:
    return dict(image_of(disk, loss, dice(seed)).content)


def with_a_file(path: str = "a") -> tuple[Disk, File]:
    """Return a disk with a file whose name is sure, and whose bytes are none."""
    disk, file = Disk(), File()
    disk.make(0, path, file)
    disk.sync("", 1)
    return disk, file


def test_what_was_synced_is_there_whatever_is_lost():
    disk, file = with_a_file()
    file.write(1, 0, b"kept")
    disk.sync("a", 2)
    file.write(3, 4, b" lost")

    assert all(left(disk, loss)["a"].startswith(b"kept") for loss in Loss)
    assert left(disk, Loss.ALL)["a"] == b"kept"
    assert left(disk, Loss.NONE)["a"] == b"kept lost"


def test_a_write_that_a_sync_did_not_wait_for_is_not_sure():
    disk, file = with_a_file()
    file.write(5, 0, b"late")

    disk.sync("a", 4)

    assert left(disk, Loss.ALL)["a"] == b""


def test_any_sectors_of_a_write_may_be_missing():
    disk, file = with_a_file()
    file.write(1, 0, b"x" * SECTOR * 8)

    found = {left(disk, Loss.SOME, seed)["a"].ljust(SECTOR * 8, b"\0") for seed in range(40)}

    assert len(found) > 30
    assert {whole[start : start + SECTOR] for whole in found for start in range(0, len(whole), SECTOR)} == {
        b"x" * SECTOR,
        b"\0" * SECTOR,
    }


def test_a_name_is_sure_once_its_directory_is_synced_not_its_file():
    disk, file = Disk(), File()
    disk.make(0, "new", file)
    file.write(1, 0, b"whole")
    disk.sync("new", 2)

    assert "new" not in left(disk, Loss.ALL)
    disk.sync("", 3)
    assert left(disk, Loss.ALL)["new"] == b"whole"


def test_a_file_is_lost_with_a_directory_that_was_never_synced_into_its_own():
    disk, file = Disk(), File()
    disk.make(0, "folder", Directory())
    disk.make(1, "folder/new", file)
    disk.sync("folder", 2)

    assert left(disk, Loss.ALL) == {}
    disk.sync("", 3)
    assert left(disk, Loss.ALL) == {"folder": None, "folder/new": b""}


def test_a_moved_file_is_under_its_old_name_until_the_directory_is_synced():
    disk, _ = with_a_file("old")

    disk.move(2, "old", "new")

    assert set(left(disk, Loss.ALL)) == {"old"}
    assert set(left(disk, Loss.NONE)) == {"new"}


def test_what_was_taken_away_may_come_back():
    disk, _ = with_a_file()

    disk.remove(2, "a")

    assert set(left(disk, Loss.ALL)) == {"a"}
    assert {frozenset(left(disk, Loss.SOME, seed)) for seed in range(20)} == {frozenset(), frozenset({"a"})}


@pytest.mark.parametrize("loss", [Loss.SOME, Loss.LATEST])
def test_a_file_that_was_cut_short_may_have_its_old_length(loss: Loss):
    disk, file = with_a_file()
    file.write(1, 0, b"0123456789")
    disk.sync("a", 2)

    file.cut(3, 4)

    assert {len(left(disk, loss, seed)["a"]) for seed in range(20)} == {4, 10}
