"""Every input field is read as the provider's documents say; what a careful client would not send is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sandbox.piapi import PiapiControl

STILL = {"horizontal": 0, "vertical": 0, "pan": 0, "tilt": 0, "roll": 0, "zoom": 0}


def camera(**axes: Any) -> dict[str, Any]:
    return {"type": "simple", "config": {**STILL, **axes}}


IMAGE = "http://127.0.0.1:9/image.png"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": None}, "prompt"),
        ({"prompt": "x" * 2501}, "prompt"),
        ({"prompt": 5}, "prompt"),
        ({"negative_prompt": "x" * 2501}, "negative_prompt"),
        ({"cfg_scale": 1.5}, "cfg_scale"),
        ({"cfg_scale": True}, "cfg_scale"),
        ({"duration": 7}, "duration"),
        ({"duration": "5"}, "duration"),
        ({"duration": 5.0}, "duration"),
        ({"version": "3.0", "duration": 16}, "duration"),
        ({"version": "3.0", "duration": 2}, "duration"),
        ({"aspect_ratio": "4:3"}, "aspect_ratio"),
        ({"mode": "ultra"}, "mode"),
        ({"version": 1.6}, "version"),
        ({"version": "9.9"}, "version"),
        ({"version": "2.5-turbo"}, "version"),
        ({"version": "2.0", "mode": "std"}, "mode"),
        ({"version": "2.1-master", "mode": "std"}, "mode"),
        ({"image_url": "not a url"}, "image_url"),
        ({"image_url": "file:///etc/passwd"}, "image_url"),
        ({"image_tail_url": IMAGE}, "image_tail_url"),
        ({"image_url": IMAGE, "image_tail_url": IMAGE}, "image_tail_url"),
        ({"camera_control": camera(pan=5, zoom=1)}, "camera_control.config"),
        ({"camera_control": camera(pan=11)}, "camera_control.config.pan"),
        ({"camera_control": camera(pan=1.5)}, "camera_control.config.pan"),
        ({"camera_control": {"type": "simple", "config": {"pan": 5}}}, "camera_control.config.zoom"),
        ({"camera_control": {"type": "fancy", "config": {**STILL, "pan": 5}}}, "camera_control.type"),
        ({"camera_control": camera(pan=5), "image_url": IMAGE}, "camera_control"),
        ({"elements": [{"image_url": IMAGE}], "version": "2.6"}, "elements"),
        ({"elements": [{"image_url": IMAGE}] * 5}, "elements"),
        ({"motion_brush": {"mask_url": IMAGE}}, "motion_brush"),
        ({"motion_brush": {}, "image_url": IMAGE}, "motion_brush.mask_url"),
        ({"motion_brush": {"mask_url": IMAGE}, "image_url": IMAGE, "image_tail_url": IMAGE}, "motion_brush"),
        ({"motion_brush": "left"}, "motion_brush"),
        ({"elements": [{}]}, "elements[0].image_url"),
        ({"elements": ["a"]}, "elements"),
        ({"elements": "a"}, "elements"),
        ({"cfg_scale": "strong"}, "cfg_scale"),
        ({"camera_control": {"type": "simple"}}, "camera_control.config"),
        ({"version": "3.0", "prompt": "", "image_url": IMAGE}, "prompt"),
        ({"version": "3.0", "multi_shots": [{"prompt": "a", "duration": 15}]}, "multi_shots[0].duration"),
        ({"version": "3.0", "multi_shots": [{"prompt": "a", "duration": 1}] * 7}, "multi_shots"),
        ({"version": "3.0", "enable_audio": "yes"}, "enable_audio"),
        ({"version": "3.0", "multi_shots": [{"duration": 5}]}, "multi_shots[0].prompt"),
        ({"version": "3.0", "multi_shots": [{"prompt": "a", "duration": 8}] * 2}, "multi_shots"),
    ],
)
async def test_a_wrong_field_is_refused_and_named(
    client: Any, make: Any, control: PiapiControl, fields: dict[str, Any], field: str
) -> None:
    answer = await client.create(make.video(**fields))

    assert answer.status == 400
    assert answer.json["code"] == 400
    assert f"input.{field}" in answer.json["message"]
    assert any(p.field.startswith(f"input.{field}") and p.refused for p in (await control.summary()).problems)
    assert await control.tasks() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"version": version, "mode": mode, "duration": seconds}
        for version, modes, lengths in [
            ("1.0", ("std", "pro"), (5, 10)),
            ("1.5", ("std", "pro"), (5, 10)),
            ("1.6", ("std", "pro"), (5, 10)),
            ("2.0", ("pro",), (5, 10)),
            ("2.1", ("std", "pro"), (5, 10)),
            ("2.1-master", ("pro",), (5, 10)),
            ("2.6", ("std", "pro"), (5, 10)),
            ("3.0", ("std", "pro"), (3, 15)),
        ]
        for mode in modes
        for seconds in lengths
    ]
    + [
        {"camera_control": camera(zoom=-10)},
        {"camera_control": camera(pan=5), "version": "1.0", "image_url": IMAGE},
        {"image_url": IMAGE, "image_tail_url": IMAGE, "version": "1.0"},
        {"image_url": IMAGE, "image_tail_url": IMAGE, "mode": "pro"},
        {"image_url": "", "image_tail_url": ""},
        {"cfg_scale": 0},
        {"elements": [{"image_url": IMAGE}]},
        {"version": "2.6", "enable_audio": True},
    ],
)
async def test_a_right_request_is_accepted_without_a_remark(
    client: Any, make: Any, control: PiapiControl, fields: dict[str, Any]
) -> None:
    await control.set_speed(None, None)

    answer = await client.create(make.video(**fields))

    assert answer.status == 200, answer.content
    assert (await control.summary()).problems == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"seed": 5}, "input.seed"),
        ({"version": "3.0", "negative_prompt": "rain"}, "input.negative_prompt"),
        ({"version": "3.0", "cfg_scale": 0.5}, "input.cfg_scale"),
        ({"enable_audio": True}, "input.enable_audio"),
        ({"version": None}, "input.version"),
        ({"mode": None}, "input.mode"),
        ({"cfg_scale": "0.5"}, "input.cfg_scale"),
        ({"camera_control": camera()}, "input.camera_control.config."),
    ],
)
async def test_what_the_provider_lets_pass_is_recorded(
    client: Any, make: Any, control: PiapiControl, fields: dict[str, Any], field: str
) -> None:
    await control.set_speed(None, None)

    answer = await client.create(make.video(**fields))

    assert answer.status == 200, answer.content
    problems = (await control.summary()).problems
    assert [(p.field, p.refused) for p in problems] == [(field, False)]
    assert "seed" not in answer.data["input"]


async def test_shots_outrank_prompt_and_duration(client: Any, make: Any, control: PiapiControl) -> None:
    shots = [{"prompt": "one", "duration": 2}, {"prompt": "two"}]

    task_id = await client.created(make.video(version="3.0", prompt=None, duration=None, multi_shots=shots))

    ended = await control.wait(task_id, "ended")
    assert ended.output_seconds == pytest.approx(5, abs=0.2)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"model":"sora","task_type":"video_generation","input":{}}',
        b'{"model":"kling","task_type":"text_to_video","input":{"prompt":"a"}}',
        b'{"model":"kling-turbo","task_type":"lip_sync","input":{}}',
        b'{"model":"kling","task_type":"video_generation"}',
        b'{"model":"kling","task_type":"video_generation","input":{"prompt":"a"},"config":{"service_mode":"free"}}',
    ],
)
async def test_a_body_that_makes_no_sense_is_refused(client: Any, body: bytes) -> None:
    answer = await client.call("POST", "/api/v1/task", data=body)

    assert answer.status == 400
    assert answer.json["code"] == 400


async def test_an_absent_service_mode_is_the_workspaces(client: Any, make: Any) -> None:
    body = {**make.video(), "config": {"service_mode": ""}}

    data = (await client.create(body)).data

    assert data["config"]["service_mode"] == "public"
    assert data["meta"]["is_using_private_pool"] is False


async def test_a_forbidden_word_is_refused_for_content(client: Any, make: Any, control: PiapiControl) -> None:
    answer = await client.create(make.video("something forbidden"))

    assert answer.status == 400
    assert "content policy" in answer.data["error"]["raw_message"]
    assert answer.data["task_id"] == ""
    assert await control.tasks() == []


async def test_without_credit_nothing_is_made(client: Any, make: Any, control: PiapiControl) -> None:
    await control.set_balance(0.30)
    await control.set_speed(None, None)
    await client.created(make.video())

    answer = await client.create(make.video())

    assert "credit not enough" in answer.data["error"]["raw_message"]
    assert len(await control.tasks()) == 1
