from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.media.boxes import read_layout
from tests.integration.media.samples import save_clip

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("faststart", [True, False])
def test_the_order_of_index_and_media_is_seen(tmp_path: Path, faststart: bool) -> None:
    layout = read_layout(save_clip(tmp_path / "clip.mp4", frames=2, faststart=faststart))

    assert layout.starts_with_ftyp
    assert layout.has_movie
    assert layout.complete
    assert layout.movie_first is faststart


def test_a_clip_cut_anywhere_is_not_complete(tmp_path: Path) -> None:
    whole = save_clip(tmp_path / "clip.mp4", frames=2).read_bytes()
    cut = tmp_path / "cut.mp4"

    for length in (0, 4, 12, 40, len(whole) // 2, len(whole) - 1):
        cut.write_bytes(whole[:length])
        assert not read_layout(cut).complete, length


def test_sizes_of_64_bits_and_boxes_to_the_end_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(
        (16).to_bytes(4)
        + b"ftypisom\0\0\0\0"
        + (1).to_bytes(4)
        + b"moov"
        + (20).to_bytes(8)
        + b"\0\0\0\0"
        + (0).to_bytes(4)
        + b"mdat and so on"
    )

    layout = read_layout(path)

    assert layout.complete
    assert layout.movie_first


@pytest.mark.parametrize(
    "box", [b"\0\0\0\x04free", b"\0\0\0\x01free\0\0\0\0\0\0\0\x08", b"\xff\xff\xff\xfffree", b"\0\0\0"]
)
def test_a_box_with_an_impossible_size_ends_the_walk(tmp_path: Path, box: bytes) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes((8).to_bytes(4) + b"ftyp" + box)

    assert not read_layout(path).complete
