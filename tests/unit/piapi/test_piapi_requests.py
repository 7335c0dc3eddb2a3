"""Requests carry every field of the provider's page, and nothing that is not set."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from bot.piapi.requests import (
    CameraConfig,
    CameraControl,
    ConfigRequest,
    CreateRequest,
    ExtendVideoInput,
    LipSyncInput,
    VideoGenerationInput,
    WebhookRequest,
)


def video(**changes: Any) -> VideoGenerationInput:
    return VideoGenerationInput(**{"prompt": "egrets", "duration": 5, "mode": "std", "version": "1.6", **changes})


def body_of(given: VideoGenerationInput | ExtendVideoInput | LipSyncInput, kind: str) -> dict[str, object]:
    return CreateRequest.model_validate({"model": "kling", "task_type": kind, "input": given}).body()


def test_a_video_carries_every_field_that_is_set():
    given = video(
        negative_prompt="people",
        cfg_scale=0.5,
        aspect_ratio="16:9",
        camera_control=CameraControl(config=CameraConfig(zoom=-3)),
        image_url="https://a.example/1.jpg",
        image_tail_url="https://a.example/2.jpg",
        enable_audio=False,
    )
    assert body_of(given, "video_generation") == {
        "model": "kling",
        "task_type": "video_generation",
        "config": {},
        "input": {
            "prompt": "egrets",
            "negative_prompt": "people",
            "cfg_scale": 0.5,
            "duration": 5,
            "aspect_ratio": "16:9",
            "mode": "std",
            "version": "1.6",
            "camera_control": {
                "type": "simple",
                "config": {"horizontal": 0, "vertical": 0, "pan": 0, "tilt": 0, "roll": 0, "zoom": -3},
            },
            "image_url": "https://a.example/1.jpg",
            "image_tail_url": "https://a.example/2.jpg",
            "enable_audio": False,
        },
    }


def test_what_is_not_set_is_not_sent():
    assert body_of(video(), "video_generation")["input"] == {
        "prompt": "egrets",
        "duration": 5,
        "mode": "std",
        "version": "1.6",
    }
    assert body_of(ExtendVideoInput(origin_task_id="t-1"), "extend_video")["input"] == {"origin_task_id": "t-1"}


def test_a_lipsync_is_spoken_or_played():
    spoken = LipSyncInput(origin_task_id="t-1", tts_text="Hello", tts_timbre="Rock", tts_speed=1.2)
    assert body_of(spoken, "lip_sync")["input"] == {
        "origin_task_id": "t-1",
        "tts_text": "Hello",
        "tts_timbre": "Rock",
        "tts_speed": 1.2,
    }
    played = LipSyncInput(origin_task_id="t-1", local_dubbing_url="https://a.example/v.mp3")
    assert body_of(played, "lip_sync")["input"] == {
        "origin_task_id": "t-1",
        "local_dubbing_url": "https://a.example/v.mp3",
    }


def test_the_webhooks_secret_is_sent_in_clear_and_shown_nowhere():
    webhook = WebhookRequest(endpoint="https://bot.example/webhooks/piapi/x", secret=SecretStr("hush"))
    request = CreateRequest(
        model="kling",
        task_type="video_generation",
        input=video(),
        config=ConfigRequest(service_mode="public", webhook_config=webhook),
    )
    assert request.body()["config"] == {
        "service_mode": "public",
        "webhook_config": {"endpoint": "https://bot.example/webhooks/piapi/x", "secret": "hush"},
    }
    assert "hush" not in repr(request)
    assert "hush" not in str(request.model_dump())


@pytest.mark.parametrize(
    "axes",
    [{}, {"zoom": 11}, {"zoom": -11}, {"zoom": 1, "pan": 1}, {"dolly": 1}, {"zoom": 1.5}, {"zoom": "1"}],
)
def test_a_camera_moves_on_exactly_one_axis_within_ten(axes: dict[str, Any]):
    with pytest.raises(ValidationError):
        CameraConfig.model_validate(axes)


@pytest.mark.parametrize(
    "changes",
    [
        {"prompt": ""},
        {"cfg_scale": 1.1},
        {"duration": 0},
        {"duration": "5"},
        {"mode": "max"},
        {"aspect_ratio": "4:3"},
        {"image_tail_url": "https://a.example/2.jpg"},
        {"image_url": "file:///etc/passwd"},
        {"seed": 1},
        {"prompt": "half \ud800 a character"},
    ],
)
def test_values_the_provider_does_not_take_never_leave(changes: dict[str, Any]):
    with pytest.raises(ValidationError) as error:
        video(**changes)
    assert "a.example" not in str(error.value)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"tts_text": "Hello"},
        {"tts_timbre": "Rock"},
        {"tts_text": "Hello", "tts_timbre": "Rock", "local_dubbing_url": "https://a.example/v.mp3"},
        {"tts_speed": 1.0, "local_dubbing_url": "https://a.example/v.mp3"},
        {"tts_text": "Hello", "tts_timbre": "Rock", "tts_speed": 2.1},
    ],
)
def test_text_and_recording_exclude_each_other_and_one_is_needed(fields: dict[str, Any]):
    with pytest.raises(ValidationError):
        LipSyncInput(origin_task_id="t-1", **fields)
