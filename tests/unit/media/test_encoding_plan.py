from __future__ import annotations

from dataclasses import replace

import pytest

from bot.media.fit import plan_encoding
from bot.media.worker.wire import VideoFacts

MB = 1_000_000
CLIP = VideoFacts(
    duration_ms=10_000,
    width=1920,
    height=1080,
    frames_per_second=30.0,
    has_audio=True,
    video_codec="h264",
    audio_codec="aac",
    pixel_format="yuv420p",
)


def test_a_clip_keeps_its_size_where_the_rate_stays_decent() -> None:
    plan = plan_encoding(CLIP, 20 * MB, 10 * MB)

    assert plan is not None
    assert (plan.width, plan.height) == (1920, 1080)
    assert 0.95 * 8 * MB < plan.video_rate + plan.audio_rate < 8 * MB


@pytest.mark.parametrize(
    ("aim", "size"),
    [(2_500_000, (1920, 1080)), (1_400_000, (1280, 720)), (800_000, (960, 540)), (300_000, None)],
)
def test_less_room_means_a_smaller_picture_down_to_540(aim: int, size: tuple[int, int] | None) -> None:
    plan = plan_encoding(CLIP, 20 * MB, aim)

    assert (plan and (plan.width, plan.height)) == size


def test_a_tall_clip_is_scaled_by_its_short_side() -> None:
    plan = plan_encoding(replace(CLIP, width=1080, height=1920), 20 * MB, 1_400_000)

    assert plan is not None
    assert (plan.width, plan.height) == (720, 1280)


def test_more_than_1080_is_never_sent() -> None:
    plan = plan_encoding(replace(CLIP, width=3840, height=2160), 90 * MB, 10 * MB)

    assert plan is not None
    assert (plan.width, plan.height) == (1920, 1080)


def test_a_small_clip_is_not_enlarged_and_gets_even_sides() -> None:
    plan = plan_encoding(replace(CLIP, width=321, height=241), 20 * MB, 10 * MB)

    assert plan is not None
    assert (plan.width, plan.height) == (320, 240)


def test_no_more_is_spent_than_the_source_is_worth() -> None:
    same_codec = plan_encoding(CLIP, 1 * MB, 10 * MB)
    denser_codec = plan_encoding(replace(CLIP, video_codec="hevc"), 1 * MB, 10 * MB)

    assert same_codec is not None
    assert denser_codec is not None
    assert same_codec.video_rate == 800_000
    assert denser_codec.video_rate == 1_440_000


def test_sound_gives_way_before_the_picture_does() -> None:
    roomy = plan_encoding(CLIP, 20 * MB, 10 * MB)
    tight = plan_encoding(CLIP, 20 * MB, 800_000)
    silent = plan_encoding(replace(CLIP, has_audio=False), 20 * MB, 800_000)

    assert (roomy and roomy.audio_rate, tight and tight.audio_rate) == (128_000, 64_000)
    assert silent is not None
    assert silent.audio_rate == 0


@pytest.mark.parametrize("changes", [{"duration_ms": 0}, {"width": 0}, {"height": 1}])
def test_a_clip_without_extent_is_not_encoded(changes: dict[str, int]) -> None:
    assert plan_encoding(replace(CLIP, **changes), 20 * MB, 10 * MB) is None
