"""An ordinary clip's index is believed where it says what a worker would find, and only there."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.media import movie_header
from bot.media.fit import Fitter
from bot.media.movie_header import BOXES, MOVIE_BYTES, read_ordinary_clip
from bot.media.processes import WorkerPool
from bot.media.worker.wire import InspectVideo, VideoFacts
from tests.integration.media.samples import save_clip

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.media.worker.wire import Answer, Task


class NoWorkers(WorkerPool):
    """Fails whoever asks for one."""

    async def ask(self, task: Task) -> Answer:
        raise AssertionError(f"a worker was started for {task}")


def box(name: bytes, *content: bytes) -> bytes:
    inner = b"".join(content)
    return struct.pack(">I", 8 + len(inner)) + name + inner


def inside(content: bytes, *path: bytes) -> tuple[int, int]:
    """Return where the first box at a path begins and ends."""
    start, end = 0, len(content)
    for wanted in path:
        at = start
        while content[at + 4 : at + 8] != wanted:
            at += int.from_bytes(content[at : at + 4])
            assert at < end, wanted
        start, end = at + 8, at + int.from_bytes(content[at : at + 4])
    return start - 8, end


@pytest.mark.parametrize(
    "made",
    [
        {},
        {"sound": False},
        {"faststart": False},
        {"width": 162, "height": 90, "frames": 50, "rate": 25},
        {"width": 640, "height": 360, "frames": 90, "rate": 30, "bit_rate": 900_000},
    ],
    ids=str,
)
async def test_an_ordinary_clips_index_says_what_a_worker_finds(tmp_path: Path, made: dict[str, int]) -> None:
    clip = save_clip(tmp_path / "clip.mp4", **made)  # type: ignore[arg-type]

    assert read_ordinary_clip(clip) == await WorkerPool().run(InspectVideo(source=str(clip)), VideoFacts)


async def test_no_worker_is_started_for_an_ordinary_clip_that_fits(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "clip.mp4")
    fitter = Fitter(NoWorkers())

    fitted = await fitter.fit(clip, clip.stat().st_size, tmp_path)

    assert fitted.path == clip
    assert (await fitter.inspect(clip)).duration_ms == 1000


@pytest.mark.parametrize("codec", ["mpeg4", "libx265"])
def test_other_codecs_are_left_to_a_worker(tmp_path: Path, codec: str) -> None:
    assert read_ordinary_clip(save_clip(tmp_path / "clip.mp4", codec=codec)) is None


def with_other_colours(content: bytes) -> bytes:
    at = content.index(b"avcC") + 4
    # Behind the profile and the parameters' own three bytes: the numbers 0 and 3, which is 4:4:4.
    return content[: at + 1] + b"\x64" + content[at + 2 : at + 9] + b"\x64\x00\x1f\x91" + content[at + 13 :]


def with_another_high_profile(content: bytes) -> bytes:
    at = content.index(b"avcC") + 4
    return content[: at + 1] + bytes([122]) + content[at + 2 :]


def with_media_elsewhere(content: bytes) -> bytes:
    at = content.index(b"url \0\0\0\x01")
    return content[: at + 7] + b"\0" + content[at + 8 :]


def with_another_picture(content: bytes) -> bytes:
    start, end = inside(content, b"moov")
    first, last = inside(content, b"moov", b"trak")
    movie = box(b"moov", content[start + 8 : end], content[first:last])
    return content[:start] + movie + content[end:]


def without_length(content: bytes) -> bytes:
    at = content.index(b"mdhd") + 4
    return content[: at + 16] + bytes(4) + content[at + 20 :]


def without_clock(content: bytes) -> bytes:
    at = content.index(b"mdhd") + 4
    return content[: at + 12] + bytes(4) + content[at + 16 :]


def of_a_year(content: bytes) -> bytes:
    at = content.index(b"mdhd") + 4
    return content[: at + 12] + struct.pack(">II", 1, 365 * 86_400) + content[at + 20 :]


def in_pieces(content: bytes) -> bytes:
    start, end = inside(content, b"moov")
    return content[:start] + box(b"moov", content[start + 8 : end], box(b"mvex")) + content[end:]


def with_a_table_that_lies(content: bytes) -> bytes:
    at = content.index(b"stsz") + 4
    return content[: at + 8] + struct.pack(">I", 2**31) + content[at + 12 :]


def with_other_sound(content: bytes) -> bytes:
    at = content.index(b"esds")
    at = content.index(b"\x40\x15", at)
    return content[:at] + b"\x6b" + content[at + 1 :]


def of_absurd_size(content: bytes) -> bytes:
    at = content.index(b"avc1", content.index(b"stsd")) + 4
    return content[: at + 24] + struct.pack(">HH", 65_000, 65_000) + content[at + 28 :]


def with_a_box_that_sticks_out(content: bytes) -> bytes:
    at = content.index(b"mdia") - 4
    return content[:at] + struct.pack(">I", 2**30) + content[at + 4 :]


def with_an_index_of_nothing_but_boxes(content: bytes) -> bytes:
    start, end = inside(content, b"moov")
    return content[:start] + box(b"moov", box(b"free") * BOXES, content[start + 8 : end]) + content[end:]


def with_a_huge_index(content: bytes) -> bytes:
    start, end = inside(content, b"moov")
    padding = box(b"free", bytes(MOVIE_BYTES))
    return content[:start] + box(b"moov", content[start + 8 : end], padding) + content[end:]


def without_media(content: bytes) -> bytes:
    return content.replace(b"mdat", b"free")


def of_another_brand(content: bytes) -> bytes:
    return content[:4] + b"free" + content[8:]


UNUSUAL: list[Callable[[bytes], bytes]] = [
    with_other_colours,
    with_another_high_profile,
    with_media_elsewhere,
    with_another_picture,
    without_length,
    without_clock,
    of_a_year,
    in_pieces,
    with_a_table_that_lies,
    with_other_sound,
    of_absurd_size,
    with_a_box_that_sticks_out,
    with_an_index_of_nothing_but_boxes,
    with_a_huge_index,
    without_media,
    of_another_brand,
]


@pytest.mark.parametrize("change", UNUSUAL, ids=lambda change: change.__name__)
def test_what_is_unusual_is_left_to_a_worker(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    clip = save_clip(tmp_path / "clip.mp4")
    before = clip.read_bytes()
    assert read_ordinary_clip(clip) is not None

    clip.write_bytes(change(before))

    assert clip.read_bytes() != before
    assert read_ordinary_clip(clip) is None


def test_a_clip_that_ends_anywhere_in_its_index_is_left_to_a_worker(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "clip.mp4")
    whole = clip.read_bytes()
    start, end = inside(whole, b"moov")
    cut = tmp_path / "cut.mp4"

    for length in range(start, end, 7):
        cut.write_bytes(whole[:length])
        assert read_ordinary_clip(cut) is None


def test_no_byte_of_an_index_can_make_it_more_than_left_to_a_worker(tmp_path: Path) -> None:
    """Whatever a byte is changed to, there is an answer or none, and nothing is raised."""
    clip = save_clip(tmp_path / "clip.mp4")
    whole = bytearray(clip.read_bytes())
    start, end = inside(bytes(whole), b"moov")

    for at in range(start, end):
        kept = whole[at]
        whole[at] = kept ^ 0xFF
        clip.write_bytes(whole)
        read_ordinary_clip(clip)
        whole[at] = kept


def test_no_more_of_an_index_is_read_than_an_ordinary_one_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = save_clip(tmp_path / "clip.mp4")
    clip.write_bytes(with_a_huge_index(clip.read_bytes()))
    looked: list[int] = []
    monkeypatch.setattr(movie_header, "_facts", lambda movie: looked.append(len(movie)))

    assert read_ordinary_clip(clip) is None
    assert not looked
