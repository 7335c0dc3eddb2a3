from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from bot.media.disk import DiskFullError, disk_full_in_words, ensure_room, free_bytes, move_durably

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


def test_a_move_replaces_what_was_there(tmp_path: Path) -> None:
    source, destination = tmp_path / "new", tmp_path / "place"
    source.write_bytes(b"new")
    destination.write_bytes(b"old")

    move_durably(source, destination)

    assert destination.read_bytes() == b"new"
    assert not source.exists()
