from __future__ import annotations

from dataclasses import replace

import pytest

from bot.catalog.refusals import (
    AudioFormatNotTaken,
    AudioTooLarge,
    AudioTooLong,
    ImageTooLarge,
    ImageTooNarrow,
    ImageTooSmall,
)
from bot.errors import Refusal, Refused, refusal_from_json, refusal_to_json
from bot.media.declared import DeclaredFile, check_declared_audio, check_declared_image
from bot.media.limits import MediaLimits
from bot.media.refusals import FileUnreadable, ImageFormatNotTaken, ImageTooManyPixels

LIMITS = MediaLimits()
PHOTO = DeclaredFile(filename="IMG_1.jpg", content_type="image/jpeg", size=3_000_000, width=4032, height=3024)
VOICE = DeclaredFile(filename="voice-message.ogg", content_type="audio/ogg", size=40_000, duration_ms=4_000)


def refused_image(**changes: object) -> Refusal:
    with pytest.raises(Refused) as caught:
        check_declared_image(replace(PHOTO, **changes), "end_image", LIMITS)
    return caught.value.refusal


def refused_audio(**changes: object) -> Refusal:
    with pytest.raises(Refused) as caught:
        check_declared_audio(replace(VOICE, **changes), "audio", LIMITS)
    return caught.value.refusal


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"content_type": "image/png; charset=binary"},
        {"content_type": "image/gif"},
        {"content_type": "image/webp"},
        {"content_type": "image/heic", "width": None, "height": None},
        {"content_type": "image/avif"},
        {"content_type": None, "filename": "IMG_1.HEIC"},
        {"content_type": "application/octet-stream", "filename": "a.b.jpeg"},
        {"size": 30_000_000},
        {"width": 301, "height": 301},
        {"width": 1000, "height": 400},
    ],
)
def test_images_that_are_fine_or_can_be_mended_pass(changes: dict[str, object]) -> None:
    check_declared_image(replace(PHOTO, **changes), "image", LIMITS)


@pytest.mark.parametrize(("width", "height"), [(300, 301), (301, 300), (1, 1)])
def test_a_side_of_300_pixels_or_less_is_refused_with_what_was_found(width: int, height: int) -> None:
    refusal = refused_image(width=width, height=height)

    assert refusal == ImageTooSmall(option="end_image", width=width, height=height, longer_than_px=300)


@pytest.mark.parametrize(("width", "height"), [(1001, 400), (400, 1001)])
def test_a_side_over_two_and_a_half_times_the_other_is_refused(width: int, height: int) -> None:
    assert refused_image(width=width, height=height) == ImageTooNarrow(
        option="end_image", width=width, height=height, max_aspect=2.5
    )


def test_an_image_too_heavy_to_be_fetched_is_refused() -> None:
    assert refused_image(size=50_000_001) == ImageTooLarge(
        option="end_image", found_bytes=50_000_001, limit_bytes=50_000_000
    )


def test_an_image_too_large_to_be_decoded_is_refused() -> None:
    assert refused_image(width=10_001, height=10_000) == ImageTooManyPixels(
        option="end_image", width=10_001, height=10_000, limit_pixels=100_000_000
    )


@pytest.mark.parametrize(
    ("filename", "content_type", "found"),
    [
        ("drawing.svg", "image/svg+xml", "svg"),
        ("clip.mp4", "video/mp4", "mp4"),
        ("notes", "text/plain", "text/plain"),
        ("notes", None, ""),
        ("photo.jpg", "application/pdf", "jpg"),
        ("x.<script>alert(1)</script>", None, ""),
    ],
)
def test_other_files_are_refused_as_images_in_harmless_words(
    filename: str, content_type: str | None, found: str
) -> None:
    refusal = refused_image(filename=filename, content_type=content_type)

    assert isinstance(refusal, ImageFormatNotTaken)
    assert refusal.found == found
    assert {"jpg", "png", "heic", "webp"} <= set(refusal.taken)


def test_an_empty_image_is_refused() -> None:
    assert refused_image(size=0) == FileUnreadable(option="end_image", expected="image")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"duration_ms": None},
        {"duration_ms": 300},
        {"duration_ms": 59_999},
        {"size": 19_999_999},
        {"content_type": "audio/mp4", "filename": "memo.m4a"},
        {"content_type": "audio/x-m4a", "filename": "memo.m4a"},
        {"content_type": "audio/aac"},
        {"content_type": "video/mp4", "filename": "memo.m4a"},
        {"content_type": "audio/mpeg"},
        {"content_type": "audio/x-wav"},
        {"content_type": "audio/flac"},
        {"content_type": None, "filename": "note.opus"},
    ],
)
def test_recordings_that_are_fine_or_can_be_mended_pass(changes: dict[str, object]) -> None:
    check_declared_audio(replace(VOICE, **changes), "audio", LIMITS)


def test_what_is_known_of_a_recording_is_told() -> None:
    facts = check_declared_audio(replace(VOICE, content_type="audio/x-m4a"), "audio", LIMITS)

    assert (facts.extension, facts.size_bytes, facts.duration_ms) == ("m4a", 40_000, 4_000)


def test_a_recording_of_a_minute_is_refused() -> None:
    assert refused_audio(duration_ms=60_000) == AudioTooLong(option="audio", found_seconds=60.0, limit_seconds=60)


def test_a_recording_of_20_mb_is_refused() -> None:
    assert refused_audio(size=20_000_000) == AudioTooLarge(
        option="audio", found_bytes=20_000_000, limit_bytes=20_000_000
    )


def test_other_files_are_refused_as_recordings() -> None:
    refusal = refused_audio(filename="song.wma", content_type="audio/x-ms-wma")

    assert isinstance(refusal, AudioFormatNotTaken)
    assert refusal.found == "wma"
    assert {"mp3", "ogg", "m4a"} <= set(refusal.taken)


def test_an_empty_recording_is_refused() -> None:
    assert refused_audio(size=0) == FileUnreadable(option="audio", expected="audio")


def test_a_refusal_names_the_option_it_was_given_in() -> None:
    with pytest.raises(Refused) as caught:
        check_declared_audio(replace(VOICE, size=20_000_000), "voice message", LIMITS)

    assert caught.value.refusal.option == "voice message"


def test_the_owners_limits_hold() -> None:
    lenient = replace(LIMITS, image=replace(LIMITS.image, longer_than_px=100))

    check_declared_image(replace(PHOTO, width=101, height=101), "image", lenient)


@pytest.mark.parametrize(
    "refusal",
    [
        ImageFormatNotTaken(option="image", found="svg", taken=("jpg", "png")),
        ImageTooManyPixels(option="image", width=1, height=2, limit_pixels=1),
        FileUnreadable(option="audio", expected="audio"),
    ],
)
def test_refusals_can_be_kept_with_a_job(refusal: Refusal) -> None:
    assert refusal_from_json(refusal_to_json(refusal)) == refusal
