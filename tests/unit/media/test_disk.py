from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from bot.media.disk import DiskFullError, begin_sync, disk_full_in_words, ensure_room, free_bytes, move_durably

if TYPE_CHECKING:
    from pathlib import Path


def test_room_is_checked_against_the_reserve(tmp_path: Path) -> None:
    free = free_bytes(tmp_path)

    ensure_room(tmp_path, 1, reserve=0)
    with pytest.raises(DiskFullError) as caught:
        ensure_room(tmp_path, 1, reserve=free * 2)

    assert caught.value.reserve == free * 2
    assert "Free some space" in str(caught.value)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_the_systems_word_for_a_full_disk_becomes_ours(tmp_path: Path, code: int) -> None:
    with pytest.raises(DiskFullError) as caught, disk_full_in_words(tmp_path, needed=7):
        raise OSError(code, "full")

    assert caught.value.needed == 7


def test_other_errors_of_the_system_pass(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), disk_full_in_words(tmp_path):
        raise PermissionError(errno.EACCES, "no")


@pytest.mark.parametrize("heard", ["taken", "refused", "unknown"])
def test_a_part_that_the_disk_has_begun_with_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heard: str
) -> None:
    def refuse(*_: int) -> None:
        raise OSError(errno.EINVAL, "no advice taken")

    if heard == "refused":
        monkeypatch.setattr(os, "posix_fadvise", refuse, raising=False)
    elif heard == "unknown":
        monkeypatch.delattr(os, "posix_fadvise", raising=False)

    with (tmp_path / "clip").open("xb", buffering=1 << 20) as file:
        file.write(b"one")
        begin_sync(file, 0, 3)
        file.write(b"two")
        begin_sync(file, 3, 3)
        read = (tmp_path / "clip").read_bytes()

    assert read == b"onetwo"


def test_a_move_replaces_what_was_there(tmp_path: Path) -> None:
    source, destination = tmp_path / "new", tmp_path / "place"
    source.write_bytes(b"new")
    destination.write_bytes(b"old")

    move_durably(source, destination)

    assert destination.read_bytes() == b"new"
    assert not source.exists()
