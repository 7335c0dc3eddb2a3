"""A task is recognised by what it was asked to do."""

from __future__ import annotations

from typing import Any

import pytest

from bot.piapi.sameness import canonical, is_same_request

CAMERA = {"type": "simple", "config": {"horizontal": 0, "vertical": 0, "pan": 0, "tilt": 0, "roll": 0, "zoom": -3}}
SENT: dict[str, Any] = {
    "model": "kling",
    "task_type": "video_generation",
    "service_mode": "public",
    "input": {
        "prompt": "egrets",
        "duration": 5,
        "aspect_ratio": "16:9",
        "cfg_scale": 0.5,
        "mode": "std",
        "version": "1.6",
        "camera_control": CAMERA,
    },
}


def echo(without: str = "", **changes: Any) -> dict[str, Any]:
    told = {name: value for name, value in SENT["input"].items() if name != without}
    return {**SENT, "input": {**told, **changes}}


@pytest.mark.parametrize(
    "echoed",
    [
        echo(),
        echo(negative_prompt="", image_url="", motion_brush={"static_masks": [{"points": []}]}),
        echo(duration="5", cfg_scale="0.50"),
        echo(duration=5.0),
        echo(camera_control={"type": "simple", "config": {"zoom": -3}}),
        echo(prefer_multi_shots=True, tts_speed=1),
    ],
)
def test_an_echo_that_says_the_same_is_the_same(echoed: dict[str, Any]):
    assert is_same_request(SENT, echoed)


@pytest.mark.parametrize(
    "echoed",
    [
        {**echo(), "model": "kling-turbo"},
        {**echo(), "task_type": "extend_video"},
        {**echo(), "service_mode": "private"},
        {**echo(), "service_mode": ""},
        {**echo(), "input": None},
        echo(prompt="Egrets"),
        echo(duration=10),
        echo(cfg_scale=0.8),
        echo(without="prompt"),
        echo(without="version"),
        echo(without="camera_control"),
        echo(camera_control={"type": "simple", "config": {"zoom": 3}}),
        echo(camera_control={"type": "simple", "config": {"zoom": -3, "pan": 1}}),
        echo(image_url="https://other.example/a.jpg"),
        echo(negative_prompt="people"),
        echo(mode=True),
    ],
)
def test_an_echo_that_says_anything_else_is_not(echoed: dict[str, Any]):
    assert not is_same_request(SENT, echoed)


def test_where_no_service_mode_was_sent_the_workspaces_default_is_taken():
    sent = {**SENT, "service_mode": ""}
    assert is_same_request(sent, {**echo(), "service_mode": "private"})


def test_a_silent_clip_whose_default_vanished_is_the_same():
    sent = {**SENT, "input": {**SENT["input"], "enable_audio": False}}
    assert is_same_request(sent, echo())
    assert not is_same_request(sent, echo(enable_audio=True))
    assert not is_same_request({**SENT, "input": {**SENT["input"], "enable_audio": True}}, echo())


def test_turbo_may_drop_mode_and_version_from_its_echo_but_nothing_that_tells_tasks_apart():
    sent = {
        **SENT,
        "model": "kling-turbo",
        "input": {"prompt": "x", "mode": "pro", "version": "2.5-turbo", "duration": 5},
    }
    thin = {**sent, "input": {"prompt": "x", "duration": 5, "aspect_ratio": "16:9"}}
    assert is_same_request(sent, thin)
    with_image = {**sent, "input": {**sent["input"], "image_url": "https://a.example/1.jpg"}}
    assert not is_same_request(with_image, thin)
    assert not is_same_request({**sent, "input": {**sent["input"], "mode": "std"}}, {**sent, "input": sent["input"]})


def test_texts_that_look_like_numbers_are_still_texts():
    sent = {**SENT, "input": {"prompt": "7"}}
    assert not is_same_request(sent, {**SENT, "input": {"prompt": "7.0"}})
    assert not is_same_request({**SENT, "input": {"duration": 5}}, {**SENT, "input": {"duration": "five"}})


def test_canonical_json_is_equal_for_equal_values():
    assert canonical({"b": 1, "a": ["é"]}) == canonical({"a": ["é"], "b": 1}) == '{"a":["\\u00e9"],"b":1}'
