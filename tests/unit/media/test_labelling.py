"""The mark that says of a file that a machine made it."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import av
import pytest
from PIL import Image

from bot.media.boxes import read_layout, walk_boxes
from bot.media.labelling import (
    LABEL_BYTES,
    SOURCE_TYPE,
    XMP_BOX,
    NotLabelled,
    is_labelled,
    label_clip,
    label_picture,
)
from tests.integration.media.samples import save_clip


def frames_of(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [b"".join(bytes(plane) for plane in frame.planes) for frame in container.decode(video=0)]


def xmp_of(path: Path) -> str:
    (box,) = [box for box in walk_boxes(path) if box.name == b"uuid"]
    content = path.read_bytes()[box.start : box.end]
    assert content[8:24] == XMP_BOX
    return content[24:].decode()


@pytest.mark.parametrize("faststart", [True, False])
def test_a_marked_clip_plays_as_before_and_says_what_made_it(tmp_path: Path, faststart: bool) -> None:
    clip = save_clip(tmp_path / "clip.mp4", frames=8, faststart=faststart)
    before, frames, layout = clip.read_bytes(), frames_of(clip), read_layout(clip)

    assert label_clip(clip)

    assert clip.read_bytes().startswith(before)
    assert len(clip.read_bytes()) <= len(before) + LABEL_BYTES
    assert frames_of(clip) == frames
    assert read_layout(clip) == layout
    described = ElementTree.fromstring(xmp_of(clip)).find(".//{*}Description")  # noqa: S314 - bytes of our own
    assert described is not None
    assert described.attrib["{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"] == SOURCE_TYPE


def test_a_clip_is_marked_once(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "clip.mp4", frames=2)
    assert not is_labelled(clip)
    label_clip(clip)
    marked = clip.read_bytes()

    assert not label_clip(clip)

    assert clip.read_bytes() == marked
    assert is_labelled(clip)


def test_media_that_reaches_to_the_end_of_the_file_whatever_comes_is_closed_first(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "clip.mp4", frames=8, faststart=True)
    frames = frames_of(clip)
    (media,) = [box for box in walk_boxes(clip) if box.name == b"mdat"]
    assert media.end == clip.stat().st_size
    with clip.open("r+b") as file:
        file.seek(media.start)
        file.write(bytes(4))
    assert walk_boxes(clip)[-1].open_ended

    label_clip(clip)

    assert is_labelled(clip)
    assert frames_of(clip) == frames
    assert [box.name for box in walk_boxes(clip)][-2:] == [b"mdat", b"uuid"]


def test_a_clip_that_was_cut_off_is_left_as_it_is(tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(save_clip(tmp_path / "clip.mp4", frames=2).read_bytes()[:-7])
    before = cut.read_bytes()

    with pytest.raises(NotLabelled):
        label_clip(cut)

    assert cut.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"not a clip", b"\0\0\0\x08free"])
def test_what_is_no_clip_is_not_marked(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)

    with pytest.raises(NotLabelled):
        label_clip(path)


def test_a_picture_of_a_clip_is_marked_once_and_looks_the_same(tmp_path: Path) -> None:
    path = tmp_path / "poster.jpg"
    Image.effect_noise((64, 48), 60).save(path, "JPEG")
    before = Image.open(path).tobytes()

    assert label_picture(path)
    assert not label_picture(path)

    marked = Image.open(path)
    assert marked.tobytes() == before
    assert SOURCE_TYPE.encode() in marked.info["xmp"]


def test_what_is_no_picture_is_not_marked(tmp_path: Path) -> None:
    path = tmp_path / "poster.jpg"
    path.write_bytes(b"\x89PNG")

    with pytest.raises(NotLabelled):
        label_picture(path)
