"""Extensions and lip-syncs of earlier tasks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import av
import pytest
from PIL import ImageChops, ImageStat

from sandbox.piapi import Scenario

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.piapi import PiapiControl
    from sandbox.piapi.control_views import TaskView


async def ended(client: Any, control: PiapiControl, body: dict[str, Any]) -> TaskView:
    return await control.wait(await client.created(body), "ended")


async def test_an_extension_holds_its_source_and_is_four_to_five_seconds_longer(
    client: Any, make: Any, control: PiapiControl, tmp_path: Path
) -> None:
    source = await ended(client, control, make.video())

    longer = await ended(client, control, make.extension(source.task_id))

    assert 4 <= longer.output_seconds - source.output_seconds <= 5
    pictures = []
    for task in (source, longer):
        file = tmp_path / task.task_id
        file.write_bytes((await client.call("GET", task.output_url)).content)
        with av.open(str(file)) as container:
            pictures.append([frame.to_image() for frame in container.decode(video=0)])
    for before, after in zip(pictures[0], pictures[1], strict=False):
        assert max(ImageStat.Stat(ImageChops.difference(before, after)).mean) < 6


async def test_an_extension_can_be_extended(client: Any, make: Any, control: PiapiControl) -> None:
    task = await ended(client, control, make.video())
    again = await ended(client, control, make.extension(task.task_id))
    third = await ended(client, control, make.extension(again.task_id, prompt=""))

    assert third.output_seconds == pytest.approx(14, abs=0.2)


async def test_nothing_can_be_extended_beyond_three_minutes(
    client: Any, make: Any, control: PiapiControl, sandbox: Any
) -> None:
    source = await ended(client, control, make.video())
    task = sandbox._state.tasks[source.task_id]
    task.output = replace(task.output, facts=replace(task.output.facts, seconds=176.0))

    answer = await client.create(make.extension(source.task_id))

    assert "3 minutes" in answer.data["error"]["raw_message"]


async def test_an_extension_answers_in_the_classic_shape(client: Any, make: Any, control: PiapiControl) -> None:
    source = await ended(client, control, make.video())
    longer = await ended(client, control, make.extension(source.task_id))

    data = (await client.get(longer.task_id)).data

    assert data["input"] == {"origin_task_id": source.task_id, "prompt": "a storm rolls in"}
    assert data["output"]["works"][0]["video"]["duration"] == pytest.approx(9_600, abs=100)
    assert data["meta"]["usage"]["consume"] > 0


@pytest.mark.parametrize(
    ("version", "mode"), [("2.0", "pro"), ("2.1", "std"), ("2.1-master", "pro"), ("2.6", "std"), ("3.0", "std")]
)
async def test_later_versions_cannot_be_extended(
    client: Any, make: Any, control: PiapiControl, version: str, mode: str
) -> None:
    source = await ended(client, control, make.video(version=version, mode=mode))

    answer = await client.create(make.extension(source.task_id))

    assert answer.status == 400
    assert version in answer.data["error"]["raw_message"]


async def test_a_source_must_be_known_complete_young_and_in_the_same_service_mode(
    client: Any, make: Any, control: PiapiControl
) -> None:
    await control.set_balance(50, key="other")
    done = await ended(client, control, make.video())
    foreign = await client.created(make.video(), key="other")
    await control.wait(foreign, "ended")
    await control.play(Scenario.STUCK)
    unfinished = await client.created(make.video())
    private = {**make.extension(done.task_id), "config": {"service_mode": "private"}}

    reasons = [
        (await client.create(body)).data["error"]["raw_message"]
        for body in (
            make.extension("no-such-task"),
            make.extension(foreign),
            make.extension(unfinished),
            private,
        )
    ]
    await control.advance(30 * 86_400 + 1)
    reasons.append((await client.create(make.extension(done.task_id))).data["error"]["raw_message"])

    assert reasons == [
        "origin task not found",
        "origin task not found",
        "origin task is not completed",
        "origin task was made in service mode public",
        "origin task is older than 30 days",
    ]


async def test_a_lip_sync_result_can_be_neither_extended_nor_synced_again(
    client: Any, make: Any, control: PiapiControl
) -> None:
    source = await ended(client, control, make.video())
    spoken = await ended(client, control, make.lip_sync(source.task_id, tts_text="Hello", tts_timbre="Rock"))

    answers = [
        await client.create(make.extension(spoken.task_id)),
        await client.create(make.lip_sync(spoken.task_id, tts_text="Hello", tts_timbre="Rock")),
    ]

    assert [answer.status for answer in answers] == [400, 400]


async def test_a_lip_sync_from_text_speaks_for_as_long_as_the_text(
    client: Any, make: Any, control: PiapiControl, tmp_path: Path
) -> None:
    source = await ended(client, control, make.video())

    spoken = await ended(
        client,
        control,
        make.lip_sync(source.task_id, tts_text="Hello there", tts_timbre="Rock", tts_speed=1, local_dubbing_url=""),
    )

    assert spoken.output_seconds == pytest.approx(source.output_seconds, abs=0.1)
    assert spoken.consumed_usd == pytest.approx(0.10)
    file = tmp_path / "spoken.mp4"
    file.write_bytes((await client.call("GET", spoken.output_url)).content)
    loud = _loud_seconds(file)
    assert loud == pytest.approx(11 * 0.07, abs=0.4)


async def test_a_lip_sync_from_audio_carries_the_recording(
    client: Any, make: Any, control: PiapiControl, files: Any, tmp_path: Path
) -> None:
    source = await ended(client, control, make.video())
    url = files.add("voice.wav", make.recording(2))

    dubbed = await ended(
        client,
        control,
        make.lip_sync(source.task_id, local_dubbing_url=url, tts_text="", tts_timbre="", tts_speed=1),
    )

    file = tmp_path / "dubbed.mp4"
    file.write_bytes((await client.call("GET", dubbed.output_url)).content)
    assert _loud_seconds(file) == pytest.approx(2, abs=0.2)
    assert (await control.summary()).problems == []


async def test_a_recording_outranks_the_text(client: Any, make: Any, control: PiapiControl, files: Any) -> None:
    source = await ended(client, control, make.video())
    url = files.add("voice.wav", make.recording(2))

    task_id = await client.created(
        make.lip_sync(source.task_id, local_dubbing_url=url, tts_text="Hello", tts_timbre="Rock")
    )

    assert (await control.wait(task_id, "ended")).status == "completed"
    assert [p.field for p in (await control.summary()).problems] == ["input.tts_text"]


async def test_an_external_video_can_be_synced(client: Any, make: Any, control: PiapiControl) -> None:
    source = await ended(client, control, make.video())
    body = make.lip_sync("", video_url=source.output_url, tts_text="Hello", tts_timbre="Rock")

    assert (await ended(client, control, body)).status == "completed"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "tts_text"),
        ({"tts_text": "Hello"}, "tts_timbre"),
        ({"tts_text": "Hello", "tts_timbre": "male-young-1"}, "tts_timbre"),
        ({"tts_text": "Hello", "tts_timbre": "Rock", "tts_speed": 2.5}, "tts_speed"),
        ({"tts_text": "Hello", "tts_timbre": "Rock", "tts_speed": 0.5}, "tts_speed"),
        ({"tts_text": "x" * 1201, "tts_timbre": "Rock"}, "tts_text"),
        ({"local_dubbing_url": "voice.mp3"}, "local_dubbing_url"),
        ({"tts_text": "Hi", "tts_timbre": "Rock", "video_url": "http://127.0.0.1:9/a.mp4"}, "origin_task_id"),
        ({"tts_text": "Hi", "tts_timbre": "Rock", "origin_task_id": ""}, "origin_task_id"),
    ],
)
async def test_a_wrong_lip_sync_field_is_refused_and_named(
    client: Any, make: Any, fields: dict[str, Any], field: str
) -> None:
    answer = await client.create(make.lip_sync("some-task", **fields))

    assert answer.status == 400
    assert f"input.{field}" in answer.json["message"]


async def test_an_unusable_recording_fails_the_task(client: Any, make: Any, control: PiapiControl, files: Any) -> None:
    source = await ended(client, control, make.video())
    reasons = []
    for name, content in (
        ("page.mp3", b"<html></html>"),
        ("long.wav", make.recording(60.5)),
        ("picture.png", make.picture(400, 400)),
    ):
        body = make.lip_sync(source.task_id, local_dubbing_url=files.add(name, content))
        task = await ended(client, control, body)
        assert (task.status, task.consumed_usd) == ("failed", 0)
        reasons.append(task.error)

    assert all("preprocess audio failed" in reason for reason in reasons)
    assert "too long" in reasons[1]


def _loud_seconds(path: Path) -> float:
    """How long the sound is louder than a whisper, in steps of 50 ms."""
    loud = 0
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=16_000, frame_size=800)
        for frame in container.decode(audio=0):
            for piece in resampler.resample(frame):
                samples = memoryview(bytes(piece.planes[0])).cast("h")
                loud += max(abs(s) for s in samples) > 600
    return loud * 0.05
