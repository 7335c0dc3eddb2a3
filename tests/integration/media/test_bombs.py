"""Files that are made to cost whoever looks at them: each is refused in words, by a worker that dies of it at most."""

from __future__ import annotations

import resource
import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from bot.errors import Refused
from bot.media.convert import Converter
from bot.media.limits import MediaLimits
from bot.media.processes import Allowances, WorkerEnd, WorkerFailedError, WorkerPool
from bot.media.refusals import FileUnreadable, ImageTooManyPixels
from bot.media.worker.wire import InspectVideo, MakePoster, VideoFacts, VideoWritten
from tests.integration.media.samples import noise, picture, save_clip, save_image

if TYPE_CHECKING:
    from collections.abc import Callable

LIMITS = MediaLimits()
PNG = b"\x89PNG\r\n\x1a\n"
LARGEST = LIMITS.image_source_bytes
"""What a person may hand over; a part of it is enough to see how the cost grows."""
SHARE = 6_000_000


def chunk(name: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(*chunks: bytes, side: int = 640) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return PNG + header + b"".join(chunks) + chunk(b"IDAT") + chunk(b"IEND")


def repeated(part: bytes, size: int = SHARE) -> bytes:
    return part * (size // len(part))


def profiles() -> bytes:
    return png(repeated(chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(1_000_000), 9)), LARGEST - 200))


def own_seconds() -> float:
    """Processor time of this process alone: workers are other processes."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def contents(directory: Path) -> list[Path]:
    return list(directory.iterdir())


HEADERS: dict[str, Callable[[], bytes]] = {
    "a PNG of nothing but colour profiles": profiles,
    "a PNG of nothing but private chunks": lambda: png(repeated(chunk(b"prVt"))),
    "a PNG of nothing but texts": lambda: png(repeated(chunk(b"tEXt", b"a\0"))),
    "a PNG whose texts unpack to gigabytes": lambda: png(
        repeated(chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1_000_000), 9)))
    ),
    "a JPEG of nothing but segments": lambda: b"\xff\xd8" + repeated(b"\xff\xe3\0\2"),
    "a JPEG of nothing but filling": lambda: b"\xff\xd8" + repeated(b"\xff"),
    "a GIF of nothing but comments": lambda: (
        b"GIF89a" + struct.pack("<HHBBB", 640, 640, 0, 0, 0) + repeated(b"!\xfe\1a\0")
    ),
}


@pytest.mark.parametrize("name", HEADERS)
async def test_a_header_without_end_costs_the_bot_nothing(tmp_path: Path, name: str) -> None:
    bomb = tmp_path / "bomb"
    bomb.write_bytes(HEADERS[name]())
    made = tmp_path / "made"
    made.mkdir()
    before = own_seconds()

    try:
        await Converter(WorkerPool(), LIMITS).image(bomb, made, option="image")
    except Refused as error:
        assert isinstance(error.refusal, FileUnreadable)  # noqa: PT017 - what is a picture all the same may be taken

    assert own_seconds() - before < 1
    assert contents(made) == []


@pytest.mark.parametrize(
    "content",
    [
        b"ID3\3\0\0\0\0\0\0" + repeated(b"\xff"),
        b"RIFF\xff\xff\xff\x7fWAVE" + repeated(b"junk\0\0\0\0"),
        b"fLaC" + repeated(b"\1\0\0\0"),
        struct.pack(">I", 16) + b"ftypM4A \0\0\0\0" + repeated(struct.pack(">I", 8) + b"free"),
        b"".join(struct.pack(">I", max(8, (200_000 - depth) * 8)) + b"moov" for depth in range(200_000)),
    ],
    ids=["filling", "chunks", "blocks", "boxes", "boxes in boxes"],
)
async def test_a_recording_of_nothing_but_header_costs_the_bot_nothing(tmp_path: Path, content: bytes) -> None:
    bomb, made = tmp_path / "bomb", tmp_path / "made"
    bomb.write_bytes(content)
    made.mkdir()
    before = own_seconds()

    with pytest.raises(Refused):
        await Converter(WorkerPool(), LIMITS).audio(bomb, made, option="audio")

    assert own_seconds() - before < 1
    assert contents(made) == []


async def test_a_header_is_looked_at_for_seconds_at_most(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb"
    bomb.write_bytes(profiles())

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with pytest.raises(Refused):
        await Converter(WorkerPool(), LIMITS).image(bomb, tmp_path, option="image")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)

    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent <= Allowances().probing.limits.cpu_seconds + 2


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (2**31 - 1, 1_000_000_000)])
async def test_a_picture_of_absurd_size_is_never_decoded(tmp_path: Path, width: int, height: int) -> None:
    bomb = tmp_path / "bomb.png"
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    bomb.write_bytes(PNG + header + chunk(b"IDAT", zlib.compress(bytes(10_000_000), 9)) + chunk(b"IEND"))

    with pytest.raises(Refused) as caught:
        await Converter(WorkerPool(), LIMITS).image(bomb, tmp_path, option="image")

    assert isinstance(caught.value.refusal, (ImageTooManyPixels, FileUnreadable))


async def test_a_gif_of_ten_thousand_frames_costs_its_first(tmp_path: Path) -> None:
    frames = [picture(400, 320).quantize(8)] * 3
    bomb = tmp_path / "bomb.gif"
    frames[0].save(bomb, "GIF", save_all=True, append_images=frames[1:], loop=0, duration=20)
    whole = bomb.read_bytes()
    frame = whole[whole.rindex(b"!\xf9") : -1]
    bomb.write_bytes(whole[:-1] + frame * min(10_000, SHARE // len(frame)) + b";")
    made = tmp_path / "made"
    made.mkdir()

    done = await Converter(WorkerPool(), LIMITS).image(bomb, made, option="image")

    with Image.open(done.path) as image:
        assert (image.format, image.size, getattr(image, "n_frames", 1)) == ("JPEG", (400, 320), 1)


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg><text>&x;</text></svg>',
        b"II*\0\x08\0\0\0" + bytes(200),
        b"%PDF-1.7\n" + bytes(200),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 640 640\n",
        b"P6 640 640 255\n" + bytes(640 * 640 * 3),
        b"8BPS\0\1" + bytes(200),
    ],
    ids=["SVG with an entity", "TIFF", "PDF", "PostScript", "PPM", "PSD"],
)
async def test_formats_that_nobody_asked_for_have_no_reader(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(content)

    with pytest.raises(Refused) as caught:
        await Converter(WorkerPool(), LIMITS).image(file, tmp_path, option="image")

    assert isinstance(caught.value.refusal, FileUnreadable)


async def test_what_outgrows_its_memory_dies_alone_and_leaves_nothing(tmp_path: Path) -> None:
    large = save_image(tmp_path / "large", noise(3_000, 3_000), "WEBP", lossless=True)
    usual = Allowances()
    tight = replace(usual, image=replace(usual.image, limits=replace(usual.image.limits, memory_bytes=220 * 2**20)))
    made = tmp_path / "made"
    made.mkdir()

    with pytest.raises(Refused) as caught:
        await Converter(WorkerPool(allowances=tight), LIMITS).image(large, made, option="image")

    assert isinstance(caught.value.refusal, FileUnreadable)
    assert contents(made) == []


def with_size(clip: Path, width: int, height: int) -> Path:
    """Let an MP4's sample entry (`avc1`, ISO/IEC 14496-12 §12.1.3) and its track claim another size."""
    content = bytearray(clip.read_bytes())
    at = content.index(b"avc1", content.index(b"stsd")) + 28
    content[at : at + 4] = struct.pack(">HH", width, height)
    clip.write_bytes(content)
    return clip


async def test_a_clip_that_claims_a_gigantic_picture_ends_within_its_limits(tmp_path: Path) -> None:
    clip = with_size(save_clip(tmp_path / "clip.mp4"), 65_535, 65_535)
    poster = tmp_path / "poster.jpg"

    try:
        await WorkerPool().run(
            MakePoster(source=str(clip), target=str(poster), max_bytes=1_000_000, max_side=1280), VideoWritten
        )
    except WorkerFailedError:
        return
    with Image.open(poster) as image:  # the picture itself tells its true size
        assert image.size == (160, 120)


@pytest.mark.parametrize("length", [2**32 - 1, 0])
async def test_a_clip_that_claims_a_length_of_years_is_inspected_at_once(tmp_path: Path, length: int) -> None:
    clip = save_clip(tmp_path / "clip.mp4")
    content = bytearray(clip.read_bytes())
    for name in (b"mvhd", b"mdhd"):
        at = content.index(name) + 20
        content[at : at + 4] = struct.pack(">I", length)
    clip.write_bytes(content)

    facts = await WorkerPool().run(InspectVideo(source=str(clip)), VideoFacts)

    assert facts.width == 160


async def test_a_clip_of_a_million_tracks_ends_within_its_limits(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "clip.mp4")
    content = clip.read_bytes()
    moov_at = content.index(b"moov") - 4
    size = int.from_bytes(content[moov_at : moov_at + 4])
    track_at = content.index(b"trak", moov_at) - 4
    track = content[track_at : track_at + int.from_bytes(content[track_at : track_at + 4])]
    more = track * (SHARE // len(track))
    moov = (size + len(more)).to_bytes(4) + content[moov_at + 4 : moov_at + size] + more
    clip.write_bytes(content[:moov_at] + moov + content[moov_at + size :])
    before = own_seconds()

    try:
        facts = await WorkerPool().run(InspectVideo(source=str(clip)), VideoFacts)
    except WorkerFailedError as error:
        assert error.end in {WorkerEnd.UNREADABLE, WorkerEnd.CRASHED}  # noqa: PT017 - either end is a good one
    else:
        assert facts.width == 160
    assert own_seconds() - before < 1


def with_reference(clip: Path, address: bytes) -> Path:
    """Let an MP4's data reference (`dref`, ISO/IEC 14496-12 §8.7.2) name another place for its media."""
    content = clip.read_bytes()
    dref_at = content.index(b"dref") - 4
    old = content[dref_at : dref_at + int.from_bytes(content[dref_at : dref_at + 4])]
    entry = struct.pack(">I", 12 + len(address) + 1) + b"url \0\0\0\0" + address + b"\0"
    new = struct.pack(">I", 16 + len(entry)) + b"dref\0\0\0\0\0\0\0\1" + entry
    grown = len(new) - len(old)
    content = content[:dref_at] + new + content[dref_at + len(old) :]
    for name in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        at = content.index(name) - 4
        size = int.from_bytes(content[at : at + 4]) + grown
        content = content[:at] + size.to_bytes(4) + content[at + 4 :]
    clip.write_bytes(content)
    return clip


async def test_media_that_a_clip_says_is_elsewhere_is_not_fetched_from_there(tmp_path: Path) -> None:
    whole = save_clip(tmp_path / "secret.mp4", faststart=False)
    clip = save_clip(tmp_path / "clip.mp4", faststart=False)
    media_at, index_at = clip.read_bytes().index(b"mdat") + 4, clip.read_bytes().index(b"moov") - 4
    with_reference(clip, f"file://{whole}".encode())
    content = clip.read_bytes()
    clip.write_bytes(content[:media_at] + bytes(index_at - media_at) + content[index_at:])

    async def poster_of(path: Path) -> None:
        target = str(tmp_path / "poster.jpg")
        await WorkerPool().run(
            MakePoster(source=str(path), target=target, max_bytes=1_000_000, max_side=1280), VideoWritten
        )

    await poster_of(whole)
    with pytest.raises(WorkerFailedError) as caught:
        await poster_of(clip)
    assert caught.value.end is WorkerEnd.UNREADABLE


@pytest.mark.parametrize(
    "content",
    [
        b"ffconcat version 1.0\nfile '{secret}'\n",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n",
        b'<?xml version="1.0"?><MPD><Period><BaseURL>{secret}</BaseURL></Period></MPD>',
        b"v=0\r\nc=IN IP4 127.0.0.1\r\nm=video 9 RTP/AVP 96\r\n",
    ],
    ids=["concat", "HLS", "DASH", "SDP"],
)
async def test_lists_that_name_other_files_are_no_clips(tmp_path: Path, content: bytes) -> None:
    secret = save_clip(tmp_path / "secret.mp4")
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(content.replace(b"{secret}", str(secret).encode()))

    with pytest.raises(WorkerFailedError) as caught:
        await WorkerPool().run(InspectVideo(source=str(clip)), VideoFacts)

    assert caught.value.end is WorkerEnd.UNREADABLE
