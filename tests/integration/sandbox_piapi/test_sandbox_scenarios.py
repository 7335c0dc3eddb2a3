"""Each scenario, once, over real HTTP."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from sandbox.piapi import Fault, Options, Scenario

if TYPE_CHECKING:
    from sandbox.piapi import PiapiControl


@pytest.mark.parametrize(
    ("scenario", "status", "words"),
    [
        (Scenario.REFUSED, 400, "Invalid request parameters"),
        (Scenario.REFUSED_AS_TASK, 500, "content policy"),
        (Scenario.OUT_OF_CREDIT, 500, "freeze credit: credit not enough"),
        (Scenario.OUT_OF_CREDIT_QUOTA, 400, "quota not enough"),
        (Scenario.OUT_OF_CREDIT_402, 402, "credit not enough"),
        (Scenario.KEY_REFUSED, 401, "invalid api key"),
        (Scenario.PLAN_REFUSED, 403, "Insufficient plan level"),
        (Scenario.BUSY, 500, "submit task failed: 500 service busy"),
        (Scenario.OVERLOADED, 200, "server overloaded"),
        (Scenario.RATE_LIMITED, 429, "too many requests"),
        (Scenario.RATE_LIMITED_BARE, 429, "too many requests"),
    ],
)
async def test_a_refusal_has_an_envelope_and_makes_no_task(
    client: Any, make: Any, control: PiapiControl, scenario: Scenario, status: int, words: str
) -> None:
    await control.play(scenario)

    answer = await client.create(make.video())

    assert answer.status == status
    assert answer.json["code"] != 200
    assert words in answer.content.decode()
    if "data" in answer.json:
        assert answer.data["task_id"] == ""
    assert await control.tasks() == []


async def test_a_rate_limit_may_tell_when_to_come_back(client: Any, make: Any, control: PiapiControl) -> None:
    await control.play(Scenario.RATE_LIMITED, seconds=3)
    await control.play(Scenario.RATE_LIMITED_BARE)

    told, untold = await client.create(make.video()), await client.create(make.video())

    assert told.headers["Retry-After"] == "3"
    assert "Retry-After" not in untold.headers


@pytest.mark.parametrize(
    ("scenario", "status", "created"),
    [
        (Scenario.GATEWAY_502, 502, 0),
        (Scenario.GATEWAY_200, 200, 0),
        (Scenario.SERVER_ERROR, 500, 0),
        (Scenario.BROKEN_JSON, 200, 0),
        (Scenario.CREATED_500, 500, 1),
        (Scenario.CREATED_502, 502, 1),
        (Scenario.CREATED_BROKEN_JSON, 200, 1),
    ],
)
async def test_an_answer_without_an_envelope_leaves_the_outcome_unknown(
    client: Any, make: Any, control: PiapiControl, scenario: Scenario, status: int, created: int
) -> None:
    await control.play(scenario)

    answer = await client.create(make.video())

    assert answer.status == status
    with pytest.raises(json.JSONDecodeError):
        answer.json  # noqa: B018  # reading it is the act
    tasks = await control.tasks()
    assert len(tasks) == created
    assert all(task.task_id not in answer.content.decode() for task in tasks)


@pytest.mark.parametrize(("scenario", "created"), [(Scenario.RESET_BEFORE, 0), (Scenario.CREATED_DROPPED, 1)])
async def test_a_dropped_connection_gives_no_answer(
    client: Any, make: Any, control: PiapiControl, scenario: Scenario, created: int
) -> None:
    await control.play(scenario)

    with pytest.raises(aiohttp.ClientConnectionError):
        await client.create(make.video())

    assert len(await control.tasks()) == created
    assert (await control.summary()).log[0].status == 0


@pytest.mark.parametrize(("scenario", "created"), [(Scenario.HANG_BEFORE, 0), (Scenario.CREATED_HANG, 1)])
async def test_a_hanging_answer_never_comes(
    client: Any, make: Any, control: PiapiControl, scenario: Scenario, created: int
) -> None:
    await control.play(scenario)

    with pytest.raises(TimeoutError):
        await client.create(make.video(), timeout=aiohttp.ClientTimeout(total=0.3))

    assert len(await control.tasks()) == created


async def test_a_redirected_create_leads_nowhere(client: Any, make: Any, control: PiapiControl) -> None:
    await control.play(Scenario.REDIRECTED)

    answer = await client.create(make.video(), allow_redirects=False)

    assert answer.status == 301
    assert answer.headers["Location"].startswith("http://127.0.0.1:9/")
    assert await control.tasks() == []


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        (Scenario.FAILS, "timed out"),
        (Scenario.FAILS_BUSY, "service busy"),
        (Scenario.FAILS_OUT_OF_CREDIT, "credit not enough"),
        (Scenario.MODERATED, "kling deleted the task: content violation"),
        (Scenario.NO_FACE, "identify failed: status 609"),
        (Scenario.FAILS_AT_ONCE, "submit task failed"),
    ],
)
async def test_a_failed_task_says_why_and_costs_nothing(
    client: Any, make: Any, control: PiapiControl, scenario: Scenario, words: str
) -> None:
    await control.play(scenario)
    task_id = await client.created(make.video())

    await control.wait(task_id, "ended")

    data = (await client.get(task_id)).data
    assert data["status"] == "failed"
    assert words in data["error"]["raw_message"] + data["error"]["message"]
    assert data["meta"]["usage"] == {"type": "point", "frozen": 2_600_000, "consume": 0}
    assert (await control.summary()).available_usd == 100


async def test_a_failure_may_be_charged(client: Any, make: Any, control: PiapiControl) -> None:
    await control.play(Scenario.FAILS_CHARGED)
    task_id = await client.created(make.video())

    ended = await control.wait(task_id, "ended")

    assert (ended.status, ended.consumed_usd) == ("failed", 0.26)


async def test_the_create_answer_itself_may_say_failed(client: Any, make: Any, control: PiapiControl) -> None:
    await control.play(Scenario.FAILS_AT_ONCE)

    data = (await client.create(make.video())).data

    assert data["status"] == "failed"
    assert data["error"]["code"] != 0


async def test_a_slow_task_ends_after_its_time(client: Any, make: Any, control: PiapiControl) -> None:
    await control.play(Scenario.SLOW, seconds=3600)
    task_id = await client.created(make.video())
    await control.wait(task_id, "processing")

    assert (await client.get(task_id)).data["status"] == "processing"

    await control.advance(3600)
    assert (await control.wait(task_id, "ended")).status == "completed"


async def test_a_stuck_task_stays_until_it_is_finished_by_hand(client: Any, make: Any, control: PiapiControl) -> None:
    await control.play(Scenario.STUCK)
    task_id = await client.created(make.video())
    await control.wait(task_id, "processing")

    await control.advance(86_400)

    assert (await client.get(task_id)).data["status"] == "processing"
    assert (await control.finish(task_id)).status == "completed"


@pytest.mark.parametrize("version", ["1.6", "3.0"])
async def test_a_task_may_complete_without_an_address(
    client: Any, make: Any, control: PiapiControl, version: str
) -> None:
    await control.play(Scenario.NO_URL)
    task_id = await client.created(make.video(version=version))
    await control.wait(task_id, "ended")

    data = (await client.get(task_id)).data

    assert data["status"] == "completed"
    assert data["output"].get("video_url") in {None, ""}
    assert data["output"].get("video") in {None, ""}
    assert not data["output"].get("works")


async def test_a_task_may_vanish(client: Any, make: Any, control: PiapiControl) -> None:
    await control.play(Scenario.VANISHES, seconds=100)
    await control.set_speed(None, None)
    task_id = await client.created(make.video())

    before = await client.get(task_id)
    await control.advance(100)
    after = await client.get(task_id)

    assert (before.status, after.status) == (200, 404)
    assert after.json == {"code": 404, "message": "task not found"}


async def test_an_output_may_come_in_the_oldest_shape(client: Any, make: Any, control: PiapiControl) -> None:
    await control.play(Scenario.OUTPUT_WORKS_ONLY)
    task_id = await client.created(make.video())
    await control.wait(task_id, "ended")

    output = (await client.get(task_id)).data["output"]

    assert "video_url" not in output
    assert output["works"][0]["video"]["resource_without_watermark"].endswith(".mp4")


async def test_statuses_may_be_capitalised(client: Any, make: Any, control: PiapiControl) -> None:
    await control.play(Scenario.STATUS_CAPITALISED)
    task_id = await client.created(make.video())
    await control.wait(task_id, "ended")

    assert (await client.get(task_id)).data["status"] == "Completed"


async def test_a_status_may_be_a_word_nobody_knows(client: Any, make: Any, control: PiapiControl) -> None:
    await control.play(Scenario.STATUS_UNKNOWN)
    await control.set_speed(0, None)
    task_id = await client.created(make.video())
    await control.wait(task_id, "processing")

    during = (await client.get(task_id)).data["status"]
    await control.finish(task_id)

    assert during not in {"pending", "processing", "completed", "failed", "staged", "cancelled"}
    assert (await client.get(task_id)).data["status"] == "completed"


async def test_get_may_keep_the_webhook_settings_to_itself(
    client: Any, make: Any, control: PiapiControl, receiver: Any
) -> None:
    body = make.with_webhook(make.video(), receiver.url, "s3cret")
    await control.play(Scenario.ENDPOINT_NOT_ECHOED)
    silent, open_ = await client.created(body), await client.created(body)
    await control.wait(silent, "notified")
    await control.wait(open_, "notified")

    assert (await client.get(silent)).data["config"]["webhook_config"] == {"endpoint": "", "secret": ""}
    assert (await client.get(open_)).data["config"]["webhook_config"] == {
        "endpoint": receiver.url,
        "secret": "s3cret",
    }


async def test_scenarios_can_be_named_in_the_prompt(client: Any, make: Any, control: PiapiControl) -> None:
    task_id = await client.created(make.video("a fox [fails] [webhook-off] [not-a-scenario]"))

    ended = await control.wait(task_id, "ended")

    assert ended.scenarios == [Scenario.FAILS, Scenario.WEBHOOK_OFF]
    assert ended.status == "failed"


async def test_an_indecent_prompt_is_removed_while_it_is_made(client: Any, make: Any, control: PiapiControl) -> None:
    task_id = await client.created(make.video("an indecent egret"))

    assert "content violation" in (await control.wait(task_id, "ended")).error


async def test_scripts_are_used_up_in_order_by_the_creates_they_fit(
    client: Any, make: Any, control: PiapiControl
) -> None:
    await control.play(Scenario.NO_FACE, task_type="lip_sync")
    await control.play(Scenario.BUSY, times=2)
    await control.play(Scenario.NORMAL)

    statuses = [(await client.create(make.video())).status for _ in range(4)]

    assert statuses == [500, 500, 200, 200]
    await control.play(Scenario.BUSY, times=None)
    assert [(await client.create(make.video())).status for _ in range(3)] == [500] * 3
    await control.clear_scenarios()
    assert (await client.create(make.video())).status == 200


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault.SERVER_ERROR, 500),
        (Fault.UNAVAILABLE, 503),
        (Fault.GATEWAY_502, 502),
        (Fault.GATEWAY_200, 200),
        (Fault.BROKEN_JSON, 200),
        (Fault.RATE_LIMITED, 429),
        (Fault.RATE_LIMITED_BARE, 429),
        (Fault.UNAUTHORIZED, 401),
        (Fault.NOT_FOUND, 404),
    ],
)
async def test_any_route_can_be_spoilt_for_some_requests(
    client: Any, make: Any, control: PiapiControl, fault: Fault, status: int
) -> None:
    task_id = await client.created(make.video())
    await control.spoil("get", fault, times=2)

    statuses = [(await client.get(task_id)).status for _ in range(3)]

    assert statuses == [status, status, 200]


async def test_a_read_can_be_reset_or_hang(client: Any, make: Any, control: PiapiControl) -> None:
    task_id = await client.created(make.video())
    await control.spoil("get", Fault.RESET, times=None)
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.get(task_id)
    await control.clear_faults()
    await control.spoil("get", Fault.HANG)

    with pytest.raises(TimeoutError):
        await client.get(task_id, timeout=aiohttp.ClientTimeout(total=0.3))

    assert (await client.get(task_id)).status == 200


async def test_a_hang_does_not_hold_up_the_stop(client: Any, make: Any, control: PiapiControl, sandbox: Any) -> None:
    await control.play(Scenario.CREATED_HANG)
    await control.set_options(Options(pending_seconds=None))
    hanging = asyncio.create_task(client.create(make.video()))
    assert await sandbox._state.until(lambda: bool(sandbox._state.tasks), 5)

    async with asyncio.timeout(5):
        await sandbox.stop()

    with pytest.raises(aiohttp.ClientConnectionError):
        await hanging
