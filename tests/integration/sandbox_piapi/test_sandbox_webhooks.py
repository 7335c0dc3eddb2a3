"""Webhooks as the provider sends them, to a real receiver."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from sandbox.piapi import Options, Scenario

if TYPE_CHECKING:
    from sandbox.piapi import PiapiControl


async def test_one_final_webhook_carries_the_secret_and_the_task(
    client: Any, make: Any, control: PiapiControl, receiver: Any
) -> None:
    task_id = await client.created(make.with_webhook(make.video(), receiver.url, "s3cret"))

    ended = await control.wait(task_id, "notified")

    (hook,) = receiver.hooks
    assert set(hook.body) == {"timestamp", "data"}
    assert isinstance(hook.body["timestamp"], int)
    assert hook.headers["x-webhook-secret"] == "s3cret"
    assert hook.body["data"] == (await client.get(task_id)).data
    assert [(call.status, call.answer, call.attempt) for call in ended.webhook_calls] == [("completed", 204, 1)]


async def test_without_a_secret_there_is_no_header(
    client: Any, make: Any, control: PiapiControl, receiver: Any
) -> None:
    task_id = await client.created(make.with_webhook(make.video(), receiver.url, ""))

    await control.wait(task_id, "notified")

    assert "x-webhook-secret" not in receiver.hooks[0].headers


async def test_a_failure_is_told_too(client: Any, make: Any, control: PiapiControl, receiver: Any) -> None:
    await control.play(Scenario.FAILS)
    task_id = await client.created(make.with_webhook(make.video(), receiver.url, "s"))

    await control.wait(task_id, "notified")

    assert receiver.hooks[0].body["data"]["status"] == "failed"


async def test_a_webhook_is_sent_again_every_five_seconds_until_accepted(
    client: Any, make: Any, control: PiapiControl, receiver: Any
) -> None:
    receiver.answers = [500, 302]
    task_id = await client.created(make.with_webhook(make.video(), receiver.url, "s"))
    await receiver.until(1)
    assert not (await control.task(task_id)).webhooks_settled

    await _advance_until(control, receiver, 3)

    ended = await control.wait(task_id, "notified")
    assert [(call.attempt, call.answer) for call in ended.webhook_calls] == [(1, 500), (2, 302), (3, 204)]
    moments = [call.sent_at for call in ended.webhook_calls]
    assert all(later - earlier >= 5 for earlier, later in zip(moments, moments[1:], strict=False))


async def test_after_three_refusals_the_provider_gives_up(
    client: Any, make: Any, control: PiapiControl, receiver: Any
) -> None:
    receiver.answers = [500] * 9
    await control.set_options(Options(webhook_retry_seconds=0))
    task_id = await client.created(make.with_webhook(make.video(), receiver.url, "s"))

    ended = await control.wait(task_id, "notified")

    assert [call.answer for call in ended.webhook_calls] == [500] * 3


async def test_a_receiver_that_is_not_there_is_recorded(client: Any, make: Any, control: PiapiControl) -> None:
    await control.set_options(Options(webhook_attempts=1))
    task_id = await client.created(make.with_webhook(make.video(), "http://127.0.0.1:9/hook", "s"))

    ended = await control.wait(task_id, "notified")

    assert [call.answer for call in ended.webhook_calls] == [None]
    assert ended.webhook_calls[0].error


async def test_a_webhook_may_never_come(client: Any, make: Any, control: PiapiControl, receiver: Any) -> None:
    await control.play(Scenario.WEBHOOK_OFF)
    task_id = await client.created(make.with_webhook(make.video(), receiver.url, "s"))

    ended = await control.wait(task_id, "notified")

    assert ended.status == "completed"
    assert receiver.hooks == []


async def test_a_webhook_may_come_three_times(client: Any, make: Any, control: PiapiControl, receiver: Any) -> None:
    await control.play(Scenario.WEBHOOK_DUPLICATED)
    task_id = await client.created(make.with_webhook(make.video(), receiver.url, "s"))

    await control.wait(task_id, "notified")

    assert [hook.body for hook in receiver.hooks] == [receiver.hooks[0].body] * 3


async def test_a_webhook_may_come_before_the_create_answer(
    client: Any, make: Any, control: PiapiControl, receiver: Any
) -> None:
    await control.play(Scenario.WEBHOOK_EARLY)
    await control.set_speed(10, 100)

    answer = await client.create(make.with_webhook(make.video(), receiver.url, "s"))

    assert answer.data["status"] == "pending"
    assert [hook.body["data"]["status"] for hook in receiver.hooks] == ["completed"]
    assert receiver.hooks[0].body["data"]["task_id"] == answer.data["task_id"]


async def test_a_failure_may_come_before_the_create_answer(
    client: Any, make: Any, control: PiapiControl, receiver: Any
) -> None:
    await control.play(Scenario.WEBHOOK_EARLY, Scenario.FAILS)

    await client.create(make.with_webhook(make.video(), receiver.url, "s"))

    assert [hook.body["data"]["status"] for hook in receiver.hooks] == ["failed"]


async def test_a_stranger_may_send_a_webhook_first(
    client: Any, make: Any, control: PiapiControl, receiver: Any
) -> None:
    await control.play(Scenario.WEBHOOK_FORGED)
    await control.set_speed(None, None)
    task_id = await client.created(make.with_webhook(make.video(), receiver.url, "s3cret"))
    await receiver.until(1)

    await control.finish(task_id)
    ended = await control.wait(task_id, "notified")

    forged, real = receiver.hooks
    assert forged.headers["x-webhook-secret"] != "s3cret"
    assert forged.body["data"]["status"] == "completed"
    assert forged.body["data"]["output"] != real.body["data"]["output"]
    assert [call.forged for call in ended.webhook_calls] == [True, False]


async def test_a_webhook_may_come_late(client: Any, make: Any, control: PiapiControl, receiver: Any) -> None:
    await control.play(Scenario.WEBHOOK_LATE, seconds=3600)
    task_id = await client.created(make.with_webhook(make.video(), receiver.url, "s"))
    await control.wait(task_id, "ended")
    assert receiver.hooks == []

    await _advance_until(control, receiver, 1, step=3600)

    assert len((await control.wait(task_id, "notified")).webhook_calls) == 1


async def test_webhooks_may_tell_of_every_step(client: Any, make: Any, control: PiapiControl, receiver: Any) -> None:
    await control.play(Scenario.WEBHOOK_PROGRESS)
    task_id = await client.created(make.with_webhook(make.video(), receiver.url, "s"))

    await control.wait(task_id, "notified")

    statuses = [hook.body["data"]["status"] for hook in receiver.hooks]
    assert "processing" in statuses
    assert statuses[-1] == "completed"


async def test_a_stale_webhook_may_follow_the_final_one(
    client: Any, make: Any, control: PiapiControl, receiver: Any
) -> None:
    await control.play(Scenario.WEBHOOK_DISORDERED)
    task_id = await client.created(make.with_webhook(make.video(), receiver.url, "s"))

    await control.wait(task_id, "notified")

    assert [hook.body["data"]["status"] for hook in receiver.hooks] == ["completed", "processing"]


async def test_a_webhook_can_be_sent_again_by_hand(
    client: Any, make: Any, control: PiapiControl, receiver: Any
) -> None:
    task_id = await client.created(make.with_webhook(make.video(), receiver.url, "s3cret"))
    await control.wait(task_id, "notified")

    await control.send_webhook(task_id, times=2)
    await control.send_webhook(task_id, secret="wrong", status="failed")

    assert len(receiver.hooks) == 4
    assert receiver.hooks[3].headers["x-webhook-secret"] == "wrong"
    assert receiver.hooks[3].body["data"]["status"] == "failed"


async def _advance_until(control: PiapiControl, receiver: Any, count: int, step: float = 5) -> None:
    """Move the clock on until `count` webhooks came; the sandbox may not sleep yet when the clock moves."""
    async with asyncio.timeout(20):
        while len(receiver.hooks) < count:
            await control.advance(step)
            await asyncio.sleep(0.01)
