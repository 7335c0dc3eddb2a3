"""The control API: what it tells and what it refuses."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.piapi import ControlError, Fault, Options, PiapiControl, PiapiSandbox, SandboxClock, Scenario
from sandbox.piapi.control_views import ScriptOrder
from sandbox.piapi.pricing import POINTS_PER_USD, extension_points, lip_sync_points, video_points
from sandbox.piapi.scenarios import Scripts
from sandbox.piapi.specs import VideoSpec
from sandbox.piapi.wire import timestamp

if TYPE_CHECKING:
    from pathlib import Path


async def test_requests_tasks_and_money_are_counted(client: Any, make: Any, control: PiapiControl) -> None:
    task_id = await client.created(make.video())
    await control.wait(task_id, "ended")
    await client.get(task_id)
    await client.get(task_id)
    await client.create(make.video(duration=7))

    summary = await control.summary()

    assert summary.requests == {"create": 2, "get": 2}
    assert summary.tasks_created == 1
    assert summary.consumed_usd == 0.26
    assert summary.available_usd == pytest.approx(99.74)
    assert [record.status for record in summary.log] == [200, 200, 200, 400]
    (task,) = await control.tasks()
    assert (task.gets, task.input["prompt"], task.price_usd) == (2, "an egret", 0.26)


async def test_scenarios_that_wait_can_be_read_until_they_were_played(
    client: Any, make: Any, control: PiapiControl
) -> None:
    await control.play(Scenario.SLOW, times=2, seconds=20)
    await control.play(Scenario.NO_FACE, times=None, task_type="lip_sync")
    before = await control.waiting()
    await client.created(make.video())
    after = await control.waiting()
    await control.clear_scenarios()

    faceless = ScriptOrder(scenarios=[Scenario.NO_FACE], times=None, task_type="lip_sync")
    assert before == [ScriptOrder(scenarios=[Scenario.SLOW], times=2, seconds=20), faceless]
    assert after == [ScriptOrder(scenarios=[Scenario.SLOW], times=1, seconds=20), faceless]
    assert await control.waiting() == []


async def test_a_reset_forgets_findings_but_not_tasks(client: Any, make: Any, control: PiapiControl) -> None:
    await client.create(make.video(seed=1))
    await control.play(Scenario.BUSY)

    await control.reset()

    summary = await control.summary()
    assert (summary.requests, summary.problems, summary.tasks_created) == ({}, [], 1)
    assert (await client.create(make.video())).status == 200


async def test_options_not_named_stay(control: PiapiControl) -> None:
    await control.set_options(Options(webhook_attempts=7))

    options = await control.options()

    assert (options.webhook_attempts, options.pending_seconds) == (7, 0)


async def test_unknown_tasks_routes_and_ended_tasks_are_refused_in_words(
    client: Any, make: Any, control: PiapiControl
) -> None:
    task_id = await client.created(make.video())
    await control.wait(task_id, "ended")

    with pytest.raises(ControlError, match="no such task"):
        await control.task("nothing")
    with pytest.raises(ControlError, match="completed already"):
        await control.finish(task_id)
    with pytest.raises(ControlError, match="unknown route"):
        await control.spoil("nowhere", Fault.RESET)
    with pytest.raises(ControlError, match="no webhook endpoint"):
        await control.send_webhook(task_id)


async def test_waiting_in_vain_is_an_error(client: Any, make: Any, control: PiapiControl) -> None:
    await control.set_speed(None, None)
    task_id = await client.created(make.video())

    with pytest.raises(ControlError, match="is pending after"):
        await control.wait(task_id, "ended", seconds=0.05)


async def test_the_sandbox_leaves_nothing_behind(tmp_path: Path) -> None:
    sandbox = PiapiSandbox(directory=tmp_path / "clips")
    with pytest.raises(RuntimeError, match="not started"):
        _ = sandbox.base_url
    await sandbox.start()
    port = int(sandbox.origin.rsplit(":", 1)[1])
    await sandbox.stop()
    await sandbox.stop()

    again = PiapiSandbox(port=port)
    await again.start()
    assert again.origin.endswith(f":{port}")
    await again.stop()


@pytest.mark.parametrize(
    ("version", "mode", "seconds", "sound", "usd"),
    [
        ("1.6", "std", 5, False, 0.26),
        ("1.6", "std", 10, False, 0.52),
        ("2.1", "std", 5, False, 0.26),
        ("2.0", "pro", 5, False, 0.96),
        ("2.1-master", "pro", 10, False, 1.92),
        ("2.5-turbo", "pro", 5, False, 0.28),
        ("2.6", "std", 5, False, 0.20),
        ("2.6", "pro", 5, False, 0.33),
        ("3.0", "std", 3, True, 0.45),
        ("3.0", "std", 5, False, 0.50),
        ("3.0", "pro", 15, True, 3.00),
    ],
)
def test_documented_prices(version: str, mode: str, seconds: int, sound: bool, usd: float) -> None:
    spec = VideoSpec(version=version, mode=mode, seconds=seconds, aspect_ratio="16:9", prompt="an egret", sound=sound)

    assert video_points(spec) == round(usd * POINTS_PER_USD)


def test_assumed_prices_of_follow_ups() -> None:
    assert extension_points("1.6", "std") == 2_600_000
    assert lip_sync_points(5.1) == 1_000_000
    assert lip_sync_points(10.1) == 2_000_000


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0001-01-01T00:00:00Z"),
        (1_767_705_082_513_893_572, "2026-01-06T13:11:22.513893572Z"),
        (1_767_705_082_645_421_520, "2026-01-06T13:11:22.64542152Z"),
        (1_767_705_082_000_000_000, "2026-01-06T13:11:22Z"),
    ],
)
def test_timestamps_have_nine_digits_with_trailing_zeros_trimmed(nanoseconds: int, text: str) -> None:
    assert timestamp(nanoseconds) == text


def test_a_marker_and_a_script_are_played_together() -> None:
    scripts = Scripts()

    play = scripts.take("video_generation", "a fox [slow] [no-url]")

    assert play.scenarios == {Scenario.SLOW, Scenario.NO_URL}


def test_time_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="go back"):
        SandboxClock().advance(-1)


async def test_answers_are_dated_by_the_sandboxs_own_clock(client: Any, control: PiapiControl) -> None:
    await control.advance(600)
    answer = await client.call("GET", "/account/info")
    told = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    assert abs(told - (await control.summary()).now) < 5
