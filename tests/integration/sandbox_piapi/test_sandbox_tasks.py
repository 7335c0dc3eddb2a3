"""A task's course, and what create, GET and cancel show of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import av
import pytest

from sandbox.piapi import Options, PiapiControl, PiapiSandbox, SandboxClock

if TYPE_CHECKING:
    from pathlib import Path

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,8}[1-9]|\.[1-9])?Z")
ZERO_TIME = "0001-01-01T00:00:00Z"


async def finished(client: Any, control: PiapiControl, body: dict[str, Any]) -> dict[str, Any]:
    task_id = await client.created(body)
    await control.wait(task_id, "ended")
    return (await client.get(task_id)).data


async def test_create_answers_the_classic_envelope(client: Any, make: Any, control: PiapiControl) -> None:
    await control.set_speed(None, None)

    answer = await client.create(make.video("White egrets", negative_prompt="", cfg_scale=0.5))

    assert answer.status == 200
    assert (answer.json["code"], answer.json["message"]) == (200, "success")
    data = answer.data
    assert list(data["input"]) == sorted(data["input"])
    assert data["input"]["negative_prompt"] == ""
    assert data["status"] == "pending"
    assert data["output"] == {"type": "", "status": 0, "works": None}
    assert data["meta"]["usage"] == {"type": "point", "frozen": 2_600_000, "consume": 0}
    assert data["meta"]["started_at"] == data["meta"]["ended_at"] == ZERO_TIME
    assert TIMESTAMP.fullmatch(data["meta"]["created_at"])
    assert data["error"] == {"code": 0, "raw_message": "", "message": "", "detail": None}


async def test_a_classic_task_ends_with_works_and_a_clip_to_download(
    client: Any, make: Any, control: PiapiControl, tmp_path: Path
) -> None:
    data = await finished(client, control, make.video("White egrets"))

    output = data["output"]
    work = output["works"][0]
    assert output["video_url"] == work["video"]["resource_without_watermark"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/videos/\d{15}\.mp4", output["video_url"])
    assert (work["video"]["width"], work["video"]["height"]) == (1280, 720)
    assert work["cover"]["resource_without_watermark"] == ""
    assert data["meta"]["usage"] == {"type": "point", "frozen": 2_600_000, "consume": 2_600_000}
    clip = await client.call("GET", output["video_url"])
    file = tmp_path / "clip.mp4"
    file.write_bytes(clip.content)
    with av.open(str(file)) as container:
        assert container.duration / 1000 == pytest.approx(work["video"]["duration"], abs=2)
        assert container.duration / 1_000_000 == pytest.approx(5, abs=0.2)
    assert (await client.call("GET", work["cover"]["resource"])).content.startswith(b"\x89PNG")


async def test_version_3_ends_with_a_bare_address_and_shows_nothing_frozen(
    client: Any, make: Any, control: PiapiControl
) -> None:
    body = make.video(version="3.0", duration=3, enable_audio=True)
    created = (await client.create(body)).data

    await control.wait(created["task_id"], "ended")
    ended = (await client.get(created["task_id"])).data

    assert created["output"] == {"video": ""}
    assert list(ended["output"]) == ["video"]
    assert ended["meta"]["usage"] == {"type": "point", "frozen": 0, "consume": 4_500_000}
    assert ended["input"]["enable_audio"] is True


async def test_turbo_answers_in_its_own_way(client: Any, make: Any, control: PiapiControl) -> None:
    body = {**make.video(version="2.5-turbo", mode="pro"), "model": "kling-turbo"}
    created = (await client.create(body)).data

    await control.wait(created["task_id"], "ended")
    ended = (await client.get(created["task_id"])).data

    assert created["output"] is None
    assert created["meta"]["usage"] == {"type": "llm", "frozen": 0, "consume": 2_800_000}
    assert set(created["input"]) == {"prompt", "aspect_ratio", "duration"}
    assert re.fullmatch(r"http://.*/ephemeral/[0-9a-f-]{36}\.mp4", ended["output"]["video"])
    assert (await client.call("GET", ended["output"]["video"])).status == 200


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({"aspect_ratio": "16:9", "mode": "std"}, (1280, 720)),
        ({"aspect_ratio": "9:16", "mode": "std"}, (720, 1280)),
        ({"aspect_ratio": "1:1", "mode": "std"}, (960, 960)),
        ({"aspect_ratio": "16:9", "mode": "pro"}, (1920, 1080)),
    ],
)
async def test_ratio_and_mode_decide_the_size(
    client: Any, make: Any, control: PiapiControl, fields: dict[str, str], size: tuple[int, int]
) -> None:
    data = await finished(client, control, make.video(**fields))

    shown = data["output"]["works"][0]["video"]
    assert (shown["width"], shown["height"]) == size


async def test_a_start_image_decides_the_ratio(client: Any, make: Any, control: PiapiControl, files: Any) -> None:
    url = files.add("start.png", make.picture(600, 400))
    end = files.add("end.png", make.picture(600, 400, (0, 0, 255)))

    data = await finished(client, control, make.video(image_url=url, image_tail_url=end, mode="pro"))

    shown = data["output"]["works"][0]
    assert shown["type"] == "m2v_img2video"
    assert shown["video"]["width"] / shown["video"]["height"] == pytest.approx(1.5, abs=0.01)


async def test_an_unusable_image_fails_the_task_and_costs_nothing(
    client: Any, make: Any, control: PiapiControl, files: Any
) -> None:
    for url in (
        files.add("tiny.png", make.picture(200, 400)),
        files.add("strip.png", make.picture(1200, 400)),
        files.add("page.png", b"<html>"),
        f"{files.origin}/missing.png",
        "http://127.0.0.1:9/refused.png",
    ):
        data = await finished(client, control, make.video(image_url=url))

        assert data["status"] == "failed"
        assert "preprocess" in data["error"]["raw_message"]
        assert data["error"]["code"] != 0
        assert data["meta"]["usage"]["consume"] == 0


async def test_an_image_over_ten_megabytes_fails_the_task(
    client: Any, make: Any, control: PiapiControl, files: Any
) -> None:
    url = files.add("big.png", make.picture(400, 400) + bytes(10 * 1024 * 1024))

    data = await finished(client, control, make.video(image_url=url))

    assert "too large" in data["error"]["raw_message"]


async def test_time_moves_only_as_the_clock_does(make: Any) -> None:
    clock = SandboxClock(running=False)
    options = Options(pending_seconds=10, processing_seconds=100)
    async with PiapiSandbox(options=options, clock=clock) as sandbox, PiapiControl(sandbox.control_url) as control:
        import aiohttp

        async with aiohttp.ClientSession(headers={"x-api-key": sandbox.api_key}) as session:
            async with session.post(f"{sandbox.base_url}/api/v1/task", json=make.video()) as response:
                task_id = (await response.json())["data"]["task_id"]
            assert (await control.task(task_id)).status == "pending"

            await control.advance(11)
            assert (await control.wait(task_id, "processing")).status == "processing"

            await control.advance(100)
            assert (await control.wait(task_id, "ended")).status == "completed"


async def test_tasks_over_the_limit_stay_pending_until_there_is_room(
    client: Any, make: Any, control: PiapiControl
) -> None:
    await control.set_options(Options(max_concurrent_task_count=1, pending_seconds=0, processing_seconds=None))
    first, second = await client.created(make.video()), await client.created(make.video())
    await control.wait(first, "processing")

    assert (await control.task(second)).status == "pending"
    active = (await client.call("GET", "/account/active_tasks")).data["kling"]
    assert active == {"staged_count": 0, "pending_count": 1, "processing_count": 1, "active_tasks": 2}

    await control.finish(first)
    assert (await control.wait(second, "processing")).status == "processing"


async def test_a_pending_task_can_be_cancelled_and_costs_nothing(client: Any, make: Any, control: PiapiControl) -> None:
    await control.set_speed(None, None)
    task_id = await client.created(make.video())

    answer = await client.call("DELETE", f"/api/v1/task/{task_id}")

    assert answer.json["code"] == 200
    data = (await client.get(task_id)).data
    assert (data["status"], data["meta"]["usage"]["consume"]) == ("cancelled", 0)
    assert (await control.summary()).available_usd == 100


async def test_a_cancelled_task_may_read_as_failed(client: Any, make: Any, control: PiapiControl) -> None:
    await control.set_options(Options(pending_seconds=None, cancelled_status="failed"))
    task_id = await client.created(make.video())

    await client.call("DELETE", f"/api/v1/task/{task_id}")

    data = (await client.get(task_id)).data
    assert data["status"] == "failed"
    assert "cancel" in data["error"]["raw_message"]


async def test_a_task_waiting_for_room_can_be_cancelled_or_finished(
    client: Any, make: Any, control: PiapiControl
) -> None:
    await control.set_options(Options(max_concurrent_task_count=1, pending_seconds=0, processing_seconds=None))
    running, waiting, hurried = [await client.created(make.video()) for _ in range(3)]
    await control.wait(running, "processing")

    cancelled = await client.call("DELETE", f"/api/v1/task/{waiting}")
    finished_ahead = await control.finish(hurried)

    assert cancelled.data["status"] == "cancelled"
    assert finished_ahead.status == "completed"
    assert (await control.task(running)).status == "processing"
    assert (await control.summary()).available_usd == pytest.approx(100 - 2 * 0.26)


async def test_a_broken_source_fails_the_task_instead_of_leaving_it_open(
    client: Any, make: Any, control: PiapiControl, sandbox: Any, files: Any
) -> None:
    url = files.add("clip.mp4", b"not a video")
    body = make.lip_sync("", video_url=url, tts_text="Hello", tts_timbre="Rock")

    data = await finished(client, control, body)

    assert data["status"] == "failed"
    assert data["error"]["raw_message"] == "unknown error, please contact support"


async def test_a_task_being_processed_cannot_be_cancelled(client: Any, make: Any, control: PiapiControl) -> None:
    await control.set_speed(0, None)
    task_id = await client.created(make.video())
    await control.wait(task_id, "processing")

    answer = await client.call("DELETE", f"/api/v1/task/{task_id}")

    assert answer.status == 400
    assert "cannot be cancelled" in answer.json["message"]
    assert (await control.finish(task_id)).status == "completed"


async def test_a_task_can_be_failed_on_demand(client: Any, make: Any, control: PiapiControl) -> None:
    await control.set_speed(None, None)
    task_id = await client.created(make.video())

    await control.fail(task_id, "identify failed: status 609")

    data = (await client.get(task_id)).data
    assert data["error"]["raw_message"] == "identify failed: status 609"


async def test_a_wrong_key_gets_401_everywhere(client: Any, make: Any) -> None:
    answers = [
        await client.create(make.video(), key="wrong"),
        await client.get("any", key="wrong"),
        await client.call("GET", "/account/info", key=""),
    ]

    assert [answer.status for answer in answers] == [401] * 3
    assert all(set(answer.json) == {"code", "message"} for answer in answers)


async def test_another_key_sees_none_of_the_tasks(client: Any, make: Any, control: PiapiControl) -> None:
    await control.set_balance(5, key="other")
    task_id = await client.created(make.video())

    assert (await client.get(task_id, key="other")).status == 404
    history = await client.call("GET", "/api/open/tasks/histories", key="other")
    assert history.data == {"data": []}


@pytest.mark.parametrize(("shape", "field"), [("latest", "credit_pack_info"), ("older", "wallet")])
async def test_the_account_shows_what_can_still_be_spent(
    client: Any, make: Any, control: PiapiControl, shape: Any, field: str
) -> None:
    await control.set_options(Options(account_shape=shape, pending_seconds=None))
    await client.created(make.video())

    data = (await client.call("GET", "/account/info")).data

    assert data["equivalent_in_usd"] == pytest.approx(100 - 0.26)
    assert 2_600_000 in data[field].values()


async def test_a_prompt_of_any_characters_comes_back_unchanged(client: Any, make: Any) -> None:
    prompt = 'White 白鷺 🐦 "quoted" \\ \n line'

    data = (await client.create(make.video(prompt))).data

    assert data["input"]["prompt"] == prompt
