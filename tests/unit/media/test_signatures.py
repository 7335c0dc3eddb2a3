from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.media.signatures import FileKind, sniff, sniff_file
from tests.integration.media.samples import picture, save_audio, save_clip, save_image

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("format_name", "kind"),
    [
        ("JPEG", FileKind.JPEG),
        ("PNG", FileKind.PNG),
        ("GIF", FileKind.GIF),
        ("WEBP", FileKind.WEBP),
        ("HEIF", FileKind.HEIC),
        ("AVIF", FileKind.AVIF),
    ],
)
def test_images_are_known_by_their_bytes_whatever_their_name(tmp_path: Path, format_name: str, kind: FileKind) -> None:
    path = save_image(tmp_path / "holiday.exe", picture(64, 64), format_name)

    assert sniff_file(path) is kind


@pytest.mark.parametrize(
    ("sample", "kind"),
    [
        ("mp3", FileKind.MP3),
        ("wav", FileKind.WAV),
        ("flac", FileKind.FLAC),
        ("ogg", FileKind.OGG),
        ("m4a", FileKind.M4A),
        ("aac", FileKind.AAC),
    ],
)
def test_recordings_are_known_by_their_bytes_whatever_their_name(tmp_path: Path, sample: str, kind: FileKind) -> None:
    path = save_audio(tmp_path / "holiday.exe", sample, 0.2)

    assert sniff_file(path) is kind


def test_a_clip_is_an_mp4(tmp_path: Path) -> None:
    assert sniff_file(save_clip(tmp_path / "clip", frames=2, sound=False)) is FileKind.MP4


def test_mp3_without_tags_is_known_by_its_first_frame() -> None:
    assert sniff(b"\xff\xfb\x90\x00" + bytes(60)) is FileKind.MP3


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff",
        b"<!DOCTYPE html><html>",
        b"#EXTM3U\nhttp://127.0.0.1/",
        b"RIFF\x00\x00\x00\x00AVI LIST",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xff\xfe\x41\x00",  # UTF-16 text
        b"\x1aE\xdf\xa3webm",
        bytes(64),
    ],
)
def test_anything_else_is_nothing(head: bytes) -> None:
    assert sniff(head) is None
