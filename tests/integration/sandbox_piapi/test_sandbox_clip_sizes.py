"""Clips of a wanted size, and when a client was told of an end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sandbox import clips
from sandbox.piapi import Options, Scenario

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.piapi import PiapiControl


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    clips.render(path, prompt="a heron", seconds=1, width=320, height=180, label="", sound=False)
    return path


async def test_a_clip_is_as_large_as_wanted_and_still_plays(client: Any, make: Any, control: PiapiControl) -> None:
    await control.set_options(Options(smallest_clip_bytes=2_000_000))

    task = await control.wait(await client.created(make.video()), "ended")
    clip = await client.call("GET", task.output_url)

    assert len(clip.content) == 2_000_000
    assert clip.content[4:8] == b"ftyp"
    assert task.output_seconds == pytest.approx(5, abs=0.2)


async def test_one_clip_can_be_larger_than_a_server_takes(client: Any, make: Any, control: PiapiControl) -> None:
    await control.play(Scenario.OUTPUT_LARGE)

    large = await control.wait(await client.created(make.video()), "ended")
    usual = await control.wait(await client.created(make.video()), "ended")
    sizes = [len((await client.call("GET", task.output_url)).content) for task in (large, usual)]

    assert sizes[0] == 12 * 1024 * 1024
    assert sizes[1] < 2_000_000


def test_padding_changes_nothing_that_is_shown(clip: Path) -> None:
    before = clips.read_facts(clip)
    picture = clips.first_picture(clip).tobytes()

    clips.pad(clip, 1_000_000)

    assert clip.stat().st_size == 1_000_000
    assert clips.read_facts(clip) == before
    assert clips.first_picture(clip).tobytes() == picture


def test_a_clip_that_is_large_enough_is_left_alone(clip: Path) -> None:
    before = clip.read_bytes()

    clips.pad(clip, len(before))

    assert clip.read_bytes() == before


def test_a_gap_too_small_for_a_box_becomes_the_smallest_box(clip: Path) -> None:
    before = clip.stat().st_size

    clips.pad(clip, before + 3)

    assert clip.stat().st_size == before + 8
    assert clips.read_facts(clip).width == 320


async def test_it_is_known_when_a_client_was_told_of_an_end(client: Any, make: Any, control: PiapiControl) -> None:
    task_id = await client.created(make.video())
    ended = await control.wait(task_id, "ended")
    assert ended.ended_at >= ended.created_at
    assert ended.told_at == 0

    for _ in range(2):
        await client.call("GET", f"/api/v1/task/{task_id}")
        told = (await control.task(task_id)).told_at
        assert told >= ended.ended_at

    assert (await control.task(task_id)).told_at == told
