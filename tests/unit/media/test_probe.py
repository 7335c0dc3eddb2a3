from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from bot.media.probe import ProbeError, probe_audio, probe_image
from bot.media.signatures import FileKind
from tests.integration.media.samples import exif, picture, png_header, save_audio, save_clip, save_image, save_wav

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "GIF"])
def test_the_size_of_an_image_is_read_from_its_header(tmp_path: Path, format_name: str) -> None:
    path = save_image(tmp_path / "image", picture(400, 320), format_name)

    probed = probe_image(path)

    assert (probed.width, probed.height) == (400, 320)
    assert probed.size == path.stat().st_size
    assert probed.upright
    assert not probed.located


@pytest.mark.parametrize("format_name", ["WEBP", "HEIF", "AVIF"])
def test_formats_with_native_readers_are_not_opened_here(tmp_path: Path, format_name: str) -> None:
    probed = probe_image(save_image(tmp_path / "image", picture(400, 320), format_name))

    assert (probed.width, probed.height) == (None, None)


@pytest.mark.parametrize("format_name", ["JPEG", "PNG"])
def test_rotation_and_place_are_seen(tmp_path: Path, format_name: str) -> None:
    tags = exif(orientation=6, located=True)

    probed = probe_image(save_image(tmp_path / "image", picture(64, 64), format_name, exif=tags))

    assert not probed.upright
    assert probed.located


def test_print_colours_are_seen(tmp_path: Path) -> None:
    assert not probe_image(save_image(tmp_path / "image", picture(64, 64, "CMYK"), "JPEG")).common_colours


def test_a_decompression_bomb_costs_no_more_than_its_header(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_header(2_000_000, 2_000_000))

    probed = probe_image(path)

    assert (probed.width, probed.height) == (2_000_000, 2_000_000)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n\0\0", b"GIF89a", b"\xff\xd8\xff\xe1\xff\xffExif\0\0MM"],
)
def test_broken_images_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.jpg"
    path.write_bytes(content)

    with pytest.raises(ProbeError):
        probe_image(path)


def test_a_recording_is_no_image_and_an_image_no_recording(tmp_path: Path) -> None:
    with pytest.raises(ProbeError) as not_an_image:
        probe_image(save_wav(tmp_path / "a.png", 1))
    with pytest.raises(ProbeError) as not_a_recording:
        probe_audio(save_image(tmp_path / "b.mp3", picture(64, 64), "PNG"))

    assert not_an_image.value.found is FileKind.WAV
    assert not_a_recording.value.found is FileKind.PNG


@pytest.mark.parametrize("kind", ["mp3", "wav", "flac", "ogg", "m4a", "aac"])
@pytest.mark.parametrize("seconds", [0.5, 3.0])
def test_the_length_of_a_recording_is_read_from_its_header(tmp_path: Path, kind: str, seconds: float) -> None:
    probed = probe_audio(save_audio(tmp_path / "sound", kind, seconds))

    assert probed.kind.extension == kind
    assert probed.duration_ms == pytest.approx(seconds * 1000, abs=80)  # up to three frames of padding


def test_sound_in_a_clip_has_a_length(tmp_path: Path) -> None:
    probed = probe_audio(save_clip(tmp_path / "clip.mp4", frames=48, rate=24))

    assert probed.duration_ms == pytest.approx(2_000, abs=80)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"OggS",
        b"fLaC\0\0\0\x22",
        b"ID3\x04\0\0\0\0\0\0",
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16) + b"data",
        b"\0\0\0\x10ftypM4A \0\0\0\0",
        b"\xff\xf1\xfc\0\0\0\0" + bytes(40),
        b"\xff\xf1\x50\0\0\0\0" + bytes(40),
    ],
)
def test_broken_recordings_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.ogg"
    path.write_bytes(content)

    with pytest.raises(ProbeError):
        probe_audio(path)
