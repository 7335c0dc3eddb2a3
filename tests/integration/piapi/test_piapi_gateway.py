"""The gateway: the core's orders become requests, the provider's words become the core's."""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import structlog
from pydantic import SecretStr

from bot.catalog import Catalogue
from bot.jobs.failures import Failure
from bot.jobs.failures import FailureReason as R
from bot.jobs.model import AssetRole, ExtendInput, JobKind, LipsyncInput, VideoInput
from bot.jobs.ports import (
    Bound,
    Declined,
    GatewayUnavailable,
    Glance,
    HistoryTask,
    InputUnusable,
    NotSent,
    RemoteStatus,
    TaskGateway,
    TaskOrder,
    TaskReport,
    TaskUnknown,
    Unknowable,
)
from bot.piapi.gateway import PiapiGateway, Webhooks, key_fingerprint

SECRET = "wh-very-secret"
VIDEO = VideoInput(
    prompt="egrets",
    seconds=5,
    negative_prompt="people",
    cfg_scale=0.5,
    ratio="16:9",
    camera_axis="zoom",
    camera_value=-3,
)


def order(**changes: Any) -> TaskOrder:
    given = {"kind": JobKind.VIDEO, "model": "1.6", "mode": "std", "input": VIDEO, "service_mode": "public"}
    return TaskOrder(**{**given, "hook_token": "tok-1", **changes})


@pytest.fixture
def gateway(provider, make_client) -> PiapiGateway:
    webhooks = Webhooks(public_url="https://bot.example", secret=SecretStr(SECRET))
    made = PiapiGateway(
        client=make_client(provider.url), catalogue=Catalogue(), service_mode="public", webhooks=webhooks
    )
    port: TaskGateway = made
    assert port.service_mode == "public"
    return made


def echo_of(task: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A task as the provider would tell it after having received `task`."""
    return {"code": 200, "data": {"task_id": "t-1", "status": "pending", **task, **changes}}


async def test_a_video_order_becomes_a_request_with_webhook_and_service_mode(provider, steps, gateway):
    provider.script = [steps.answer(200, echo_of({}))]
    task = gateway.prepare(
        order(urls={AssetRole.IMAGE: "https://f.example/a", AssetRole.END_IMAGE: "https://f.example/b"})
    )
    outcome = await gateway.create(task)
    assert isinstance(outcome, Bound)
    sent = provider.calls[0].json
    assert sent["config"] == {
        "service_mode": "public",
        "webhook_config": {"endpoint": "https://bot.example/webhooks/piapi/tok-1", "secret": SECRET},
    }
    assert (sent["model"], sent["task_type"]) == ("kling", "video_generation")
    assert sent["input"] == {
        "prompt": "egrets",
        "negative_prompt": "people",
        "cfg_scale": 0.5,
        "duration": 5,
        "aspect_ratio": "16:9",
        "camera_control": {
            "type": "simple",
            "config": {"horizontal": 0, "vertical": 0, "pan": 0, "tilt": 0, "roll": 0, "zoom": -3},
        },
        "mode": "std",
        "version": "1.6",
        "image_url": "https://f.example/a",
        "image_tail_url": "https://f.example/b",
    }


@pytest.mark.parametrize(
    ("changes", "model", "kind", "given"),
    [
        (
            {"model": "2.5-turbo", "mode": "pro", "input": VideoInput(prompt="x", seconds=5)},
            "kling-turbo",
            "video_generation",
            {"prompt": "x", "duration": 5, "mode": "pro", "version": "2.5-turbo"},
        ),
        (
            {"model": "3.0", "input": VideoInput(prompt="x", seconds=12, ratio="1:1", sound=True)},
            "kling",
            "video_generation",
            {
                "prompt": "x",
                "duration": 12,
                "aspect_ratio": "1:1",
                "enable_audio": True,
                "mode": "std",
                "version": "3.0",
            },
        ),
        (
            {"kind": JobKind.EXTEND, "input": ExtendInput(prompt="a storm"), "source_task_id": "s-1"},
            "kling",
            "extend_video",
            {"origin_task_id": "s-1", "prompt": "a storm"},
        ),
        (
            {"kind": JobKind.EXTEND, "input": ExtendInput(), "source_task_id": "s-1"},
            "kling",
            "extend_video",
            {"origin_task_id": "s-1"},
        ),
        (
            {
                "kind": JobKind.LIPSYNC,
                "input": LipsyncInput(text="Hello", voice="Rock", speed=1.2),
                "source_task_id": "s-1",
            },
            "kling",
            "lip_sync",
            {"origin_task_id": "s-1", "tts_text": "Hello", "tts_timbre": "Rock", "tts_speed": 1.2},
        ),
        (
            {
                "kind": JobKind.LIPSYNC,
                "input": LipsyncInput(),
                "source_task_id": "s-1",
                "urls": {AssetRole.AUDIO: "https://f.example/v.mp3"},
            },
            "kling",
            "lip_sync",
            {"origin_task_id": "s-1", "local_dubbing_url": "https://f.example/v.mp3"},
        ),
    ],
)
def test_every_kind_of_order_becomes_its_task_type(gateway, changes, model: str, kind: str, given: dict[str, Any]):
    sent = json.loads(gateway.prepare(order(**changes)).sent)
    assert sent == {"model": model, "task_type": kind, "service_mode": "public", "input": given}


def test_what_a_job_keeps_holds_neither_endpoint_nor_secret(gateway):
    sent = gateway.prepare(order()).sent
    assert "bot.example" not in sent
    assert SECRET not in sent


async def test_without_a_public_address_no_webhook_is_asked_for(provider, steps, make_client):
    provider.script = [steps.answer(200, echo_of({}))]
    gateway = PiapiGateway(client=make_client(provider.url), catalogue=Catalogue())
    await gateway.create(gateway.prepare(order(service_mode="")))
    assert provider.calls[0].json["config"] == {}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"model": "gone"}, R.INPUT_REJECTED),
        ({"mode": "max"}, R.INPUT_REJECTED),
        ({"service_mode": "odd"}, R.INPUT_REJECTED),
        ({"input": VideoInput(prompt="", seconds=5)}, R.INPUT_REJECTED),
        ({"urls": {AssetRole.IMAGE: "ftp://f.example/a"}}, R.INPUT_REJECTED),
        ({"input": VideoInput(prompt="x", seconds=5, camera_axis="dolly", camera_value=1)}, R.INPUT_REJECTED),
        ({"kind": JobKind.LIPSYNC, "input": LipsyncInput(), "source_task_id": "s-1"}, R.INPUT_REJECTED),
        ({"kind": JobKind.EXTEND, "input": ExtendInput()}, R.SOURCE_UNAVAILABLE),
    ],
)
async def test_an_order_that_cannot_be_sent_is_unusable_and_sends_nothing(provider, steps, gateway, changes, reason: R):
    provider.script = [steps.answer(200, echo_of({}))]
    with pytest.raises(InputUnusable) as unusable:
        gateway.prepare(order(**changes))
    assert unusable.value.failure == Failure(reason)
    task = gateway.prepare(order())
    outcome = await gateway.create(type(task)(sent=task.sent, order=order(**changes)))
    assert outcome == Declined(Failure(reason))
    assert provider.calls == []


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (400, {"code": 400, "message": "content violation"}, Declined(Failure(R.MODERATED))),
        (500, {"code": 500, "message": "freeze credit"}, Declined(Failure(R.NO_CREDIT))),
        (429, b"", Declined(Failure(R.BUSY), 3_000, too_fast=True)),
        (502, b"<html>", Unknowable("http_502")),
    ],
)
async def test_outcomes_are_told_in_the_cores_terms(
    provider, steps, gateway, status: int, body: object, outcome: object
):
    provider.script = [steps.answer(status, body, Retry_After="3")]
    found = await gateway.create(gateway.prepare(order()))
    if isinstance(found, Declined) and status != 429:
        found = Declined(found.failure)
    assert found == outcome


async def test_a_provider_that_cannot_be_reached_was_not_asked(make_client, closed_port):
    gateway = PiapiGateway(client=make_client(f"http://127.0.0.1:{closed_port}"), catalogue=Catalogue())
    assert await gateway.create(gateway.prepare(order())) == NotSent("connect_failed")


async def report_of_task(provider, steps, gateway: PiapiGateway, **task: Any) -> TaskReport:
    provider.script = [steps.answer(200, echo_of({}, **task))]
    return await gateway.report("t-1")


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Pending", RemoteStatus.PENDING),
        ("staged", RemoteStatus.PENDING),
        ("processing", RemoteStatus.RUNNING),
        ("reticulating", RemoteStatus.RUNNING),
        ("completed", RemoteStatus.COMPLETED),
        ("failed", RemoteStatus.FAILED),
        ("cancelled", RemoteStatus.CANCELLED),
    ],
)
async def test_statuses_are_told_in_the_cores_terms(provider, steps, gateway, word: str, status: RemoteStatus):
    assert (await report_of_task(provider, steps, gateway, status=word)).status is status


async def test_a_finished_task_is_reported_with_clip_times_and_charge(provider, steps, gateway):
    meta = {
        "created_at": "2026-02-13T03:20:33.392553085Z",
        "started_at": "2026-02-13T03:20:34.305168282Z",
        "ended_at": "2026-02-13T03:22:24.64542152Z",
        "usage": {"type": "point", "frozen": 0, "consume": 7_500_000},
    }
    report = await report_of_task(
        provider, steps, gateway, status="completed", output={"video": "https://s.example/3.mp4"}, meta=meta
    )
    assert (report.output_url, report.consumed_microusd) == ("https://s.example/3.mp4", 750_000)
    assert (report.created_at, report.ended_at) == (1_770_952_833_392, 1_770_952_944_645)
    assert report.failure is None


async def test_before_the_end_no_charge_is_reported(provider, steps, gateway):
    meta = {"usage": {"type": "point", "frozen": 2_600_000, "consume": 2_600_000}}
    assert (await report_of_task(provider, steps, gateway, status="processing", meta=meta)).consumed_microusd is None


async def test_a_failed_task_is_reported_with_its_reason_and_what_it_cost(provider, steps, gateway):
    report = await report_of_task(
        provider,
        steps,
        gateway,
        status="failed",
        error={"code": 10000, "raw_message": "identify failed: status 609", "message": "task failed"},
        meta={"usage": {"type": "point", "frozen": 1_000_000, "consume": 0}},
    )
    assert (report.status, report.failure, report.consumed_microusd) == (RemoteStatus.FAILED, Failure(R.NO_FACE), 0)


async def test_a_failure_that_speaks_of_cancelling_is_a_cancellation(provider, steps, gateway):
    report = await report_of_task(
        provider, steps, gateway, status="failed", error={"message": "task cancelled by user"}
    )
    assert (report.status, report.failure) == (RemoteStatus.CANCELLED, None)


@pytest.mark.parametrize(
    ("endpoint", "token"),
    [
        ("https://bot.example/webhooks/piapi/tok-1", "tok-1"),
        ("https://someone.example/hook", ""),
        ("", None),
    ],
)
async def test_our_token_is_found_in_the_echoed_address(provider, steps, gateway, endpoint: str, token: str | None):
    config = {"service_mode": "public", "webhook_config": {"endpoint": endpoint, "secret": SECRET}}
    assert (await report_of_task(provider, steps, gateway, config=config)).hook_token == token


async def test_a_task_made_by_our_request_is_recognised_and_another_is_not(provider, steps, gateway):
    sent = gateway.prepare(order()).sent
    kept = json.loads(sent)
    ours = {"model": "kling", "task_type": "video_generation", "config": {"service_mode": "public"}}
    same = await report_of_task(provider, steps, gateway, **ours, input={**kept["input"], "image_url": ""})
    other = await report_of_task(provider, steps, gateway, **ours, input={**kept["input"], "prompt": "herons"})
    assert gateway.is_same(sent, same)
    assert not gateway.is_same(sent, other)
    assert not gateway.is_same("", same)
    assert not gateway.is_same(sent, TaskReport(task_id="t-1", status=RemoteStatus.RUNNING))


async def test_a_task_nobody_knows_and_a_provider_in_trouble_are_told_apart(provider, steps, gateway):
    provider.script = [steps.answer(404, {"code": 404, "message": "task not found"})]
    with pytest.raises(TaskUnknown):
        await gateway.report("t-1")
    for status, body in ((500, b"<html>"), (401, {"code": 401, "message": "invalid api key"})):
        provider.script = [steps.answer(status, body)]
        with pytest.raises(GatewayUnavailable):
            await gateway.report("t-1")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {"code": 200, "message": "success"}),
        (404, {"code": 404, "message": "task not found"}),
        (400, {"code": 400, "message": "only pending tasks can be cancelled"}),
    ],
)
async def test_a_cancellation_may_be_refused_without_being_an_error(
    provider, steps, gateway, status: int, body: object
):
    provider.script = [steps.answer(status, body)]
    await gateway.cancel("t-1")
    assert provider.calls[0].method == "DELETE"


@pytest.mark.parametrize(("status", "body"), [(500, b""), (401, {"code": 401, "message": "no"}), (500, {"code": 500})])
async def test_a_cancellation_that_was_not_heard_is_to_be_repeated(provider, steps, gateway, status: int, body: object):
    provider.script = [steps.answer(status, body)]
    with pytest.raises(GatewayUnavailable):
        await gateway.cancel("t-1")


def page(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"code": 200, "data": {"data": list(rows)}}


async def test_history_covers_every_kling_model_and_each_rows_time(provider, steps, gateway):
    provider.script = [
        steps.answer(200, page({"task_id": "a", "created_at": "2026-02-03T02:40:00Z"}, {"task_id": "b"})),
        steps.answer(200, page()),
        steps.answer(200, page({"task_id": "c", "created_at": "2026-02-03T02:40:01Z"})),
        steps.answer(200, page()),
    ]
    found = [row async for row in gateway.history(1_770_086_300_000, 1_770_086_500_000)]
    assert found == [
        HistoryTask("a", 1_770_086_400_000),
        HistoryTask("b", 1_770_086_300_000),
        HistoryTask("c", 1_770_086_401_000, asked=2),
    ]
    assert ["model=kling-turbo" in call.target for call in provider.calls] == [False, False, True, True]


@pytest.mark.parametrize(
    ("likes", "models"),
    [
        ({(JobKind.VIDEO, "2.6")}, ["kling"]),
        ({(JobKind.VIDEO, "2.5-turbo")}, ["kling-turbo"]),
        ({(JobKind.VIDEO, "2.5-turbo"), (JobKind.LIPSYNC, "2.5-turbo")}, ["kling", "kling-turbo"]),
        ({(JobKind.VIDEO, "gone")}, ["kling", "kling-turbo"]),
    ],
)
async def test_a_glance_at_the_history_asks_once_for_each_list_that_it_is_about(
    provider, steps, gateway, likes, models
):
    provider.script = [steps.answer(200, page({"task_id": model})) for model in models]
    glance = Glance(likes=likes, wanted=models, patience=9)
    found = [row async for row in gateway.history(0, 1, glance)]
    assert [(row.task_id, row.asked) for row in found] == [(model, at) for at, model in enumerate(models, 1)]
    assert [parse_qs(urlsplit(call.target).query)["model"] for call in provider.calls] == [[model] for model in models]


async def test_a_glance_lets_a_list_be_that_shows_only_others_and_goes_on_with_the_next(provider, steps, gateway):
    others = page(*({"task_id": f"other-{number}"} for number in range(100)))
    provider.script = [steps.answer(200, others), steps.answer(200, page({"task_id": "mine"}))]
    likes = {(JobKind.VIDEO, "2.6"), (JobKind.VIDEO, "2.5-turbo")}

    found = [row async for row in gateway.history(0, 1, Glance(likes=likes, wanted={"mine"}, patience=3))]

    assert [row.task_id for row in found] == ["other-0", "other-1", "other-2", "mine"]
    assert [parse_qs(urlsplit(call.target).query)["model"] for call in provider.calls] == [["kling"], ["kling-turbo"]]


async def test_a_glance_is_patient_anew_after_each_that_is_wanted(provider, steps, gateway):
    rows = [{"task_id": each} for each in ("a", "b", "mine", "c", "d", "e", "f")]
    provider.script = [steps.answer(200, page(*rows))]

    glance = Glance(likes={(JobKind.VIDEO, "2.6")}, wanted={"mine"}, patience=3)

    assert [row.task_id async for row in gateway.history(0, 1, glance)] == ["a", "b", "mine", "c", "d", "e"]


async def test_a_model_the_history_does_not_know_is_passed_over_but_kling_is_not(provider, steps, gateway):
    refused = steps.answer(400, {"code": 400, "message": "invalid request parameters"})
    provider.script = [steps.answer(200, page({"task_id": "a"})), steps.answer(200, page()), refused]
    assert [row.task_id async for row in gateway.history(0, 1)] == ["a"]
    provider.script = [refused]
    with pytest.raises(GatewayUnavailable):
        [row async for row in gateway.history(0, 1)]


async def test_history_that_cannot_be_read_says_so(provider, steps, gateway):
    provider.script = [steps.answer(200, page({"task_id": "a"})), steps.answer(500, b"oops")]
    with pytest.raises(GatewayUnavailable):
        [row async for row in gateway.history(0, 1)]


def test_a_fingerprint_names_the_key_without_telling_it(gateway):
    assert gateway.key_fingerprint == key_fingerprint(SecretStr("sk-very-secret-key"))
    assert key_fingerprint(SecretStr("another")) != gateway.key_fingerprint
    assert len(gateway.key_fingerprint) == 12
    assert "secret" not in gateway.key_fingerprint


async def test_no_secret_reaches_a_log_an_error_or_a_repr(provider, steps, gateway, caplog):
    words = f"bad key sk-very-secret-key, secret {SECRET}, see https://bot.example/webhooks/piapi/tok-1"
    config = {"webhook_config": {"endpoint": "https://bot.example/webhooks/piapi/tok-1", "secret": SECRET}}
    shown: list[str] = []
    with caplog.at_level(logging.DEBUG), structlog.testing.capture_logs() as logged:
        for status, body in (
            (200, echo_of({}, config=config)),
            (200, echo_of({}, config=config, status="failed", error={"message": words})),
            (400, {"code": 400, "message": words}),
            (500, {"code": 500, "message": words, "data": {"config": config}}),
            (502, words.encode()),
        ):
            provider.script = [steps.answer(status, body)]
            task = gateway.prepare(order())
            shown.append(repr(await gateway.create(task)))
            try:
                shown.append(repr(await gateway.report("t-1")))
            except GatewayUnavailable as error:
                shown += [repr(error), repr(error.__cause__)]
            shown.append(task.sent)
        shown.append(repr(gateway))
    shown += [repr(logged), caplog.text]
    assert any(entry["event"] == "create_refused" and "[secret]" in entry["provider_text"] for entry in logged)
    for secret in ("sk-very-secret-key", SECRET):
        assert not [text for text in shown if secret in text]
    assert "webhooks/piapi" not in repr(logged)
