"""The gateway against the provider sandbox: two independent readings of the same documents agree."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from bot.catalog import CAMERA_MOVES, Catalogue, Follow, VideoAsked, VideoChoice
from bot.clock import MINUTE
from bot.jobs.failures import Failure
from bot.jobs.failures import FailureReason as R
from bot.jobs.model import AssetRole, ExtendInput, JobKind, LipsyncInput, VideoInput
from bot.jobs.ports import (
    Bound,
    Declined,
    GatewayUnavailable,
    RemoteStatus,
    TaskOrder,
    TaskReport,
    TaskUnknown,
    Unknowable,
)
from bot.piapi.client import PiapiClient, ProviderAccess
from bot.piapi.errors import ProviderRefused
from bot.piapi.gateway import PiapiGateway, Webhooks
from sandbox.piapi import Fault, Options, PiapiControl, PiapiSandbox, Scenario

CATALOGUE = Catalogue()


@pytest.fixture
async def sandbox() -> AsyncIterator[PiapiSandbox]:
    # Nothing moves by itself: a test finishes what it wants finished.
    async with PiapiSandbox(options=Options(pending_seconds=None, processing_seconds=None)) as running:
        yield running


@pytest.fixture
async def control(sandbox: PiapiSandbox) -> AsyncIterator[PiapiControl]:
    async with PiapiControl(sandbox.control_url) as made:
        yield made


@pytest.fixture
async def client(sandbox: PiapiSandbox, clock) -> AsyncIterator[PiapiClient]:
    access = ProviderAccess(key=SecretStr(sandbox.api_key), base_url=sandbox.base_url, create_read_seconds=0.5)
    async with PiapiClient.build(access, clock, jitter=lambda: 0.0) as made:
        yield made


@pytest.fixture
def gateway(client: PiapiClient) -> PiapiGateway:
    webhooks = Webhooks(public_url="http://127.0.0.1:9", secret=SecretStr("wh-secret"))
    return PiapiGateway(client=client, catalogue=CATALOGUE, service_mode="public", webhooks=webhooks)


def order(given: Any, **changes: Any) -> TaskOrder:
    kinds = {VideoInput: JobKind.VIDEO, ExtendInput: JobKind.EXTEND, LipsyncInput: JobKind.LIPSYNC}
    fields = {
        "kind": kinds[type(given)],
        "model": "1.6",
        "mode": "std",
        "service_mode": "public",
        "hook_token": "tok-1",
    }
    return TaskOrder(**{**fields, "input": given, **changes})


def order_of(choice: VideoChoice) -> TaskOrder:
    urls = {}
    if choice.image:
        urls[AssetRole.IMAGE] = "https://files.example/start.png"
    if choice.end_image:
        urls[AssetRole.END_IMAGE] = "https://files.example/end.png"
    given = VideoInput(
        prompt=choice.prompt,
        seconds=choice.seconds,
        negative_prompt=choice.negative_prompt,
        cfg_scale=choice.cfg_scale,
        ratio=choice.ratio,
        camera_axis=choice.camera.axis if choice.camera else "",
        camera_value=choice.camera.value if choice.camera else 0,
        sound=choice.sound,
    )
    return order(given, model=choice.model.key, mode=choice.mode, urls=urls)


async def bought(gateway: PiapiGateway, wanted: TaskOrder) -> TaskReport:
    outcome = await gateway.create(gateway.prepare(wanted))
    assert isinstance(outcome, Bound)
    return outcome.report


def everything() -> list[VideoAsked]:
    """Every mode and length of every row, with and without an end frame, with all that the row takes."""
    asked = []
    for model in CATALOGUE.models:
        for row in model.modes:
            for seconds in {row.lengths[0], row.lengths[-1]}:
                base = {"prompt": "egrets", "model": model.key, "mode": row.mode, "seconds": seconds}
                traits: dict[str, Any] = {}
                if model.negative_prompt:
                    traits["avoid"] = "people"
                if model.cfg_scale:
                    traits["follow"] = Follow.STRICTLY
                if model.sound:
                    traits["sound"] = True
                if model.camera:
                    asked.append(VideoAsked(**base, **traits, camera=CAMERA_MOVES[0].key))
                asked += [VideoAsked(**base, **traits), VideoAsked(**base, image=True)]
                if seconds in row.end_frame_lengths:
                    asked.append(VideoAsked(**base, image=True, end_image=True))
    return asked


async def test_whatever_the_catalogue_allows_the_provider_takes_without_a_problem(gateway, control):
    await control.set_balance(10_000)
    wanted = everything()
    for asked in wanted:
        await bought(gateway, order_of(CATALOGUE.choose(asked)))
    summary = await control.summary()
    assert summary.problems == []
    assert len(await control.tasks()) == len(wanted)


async def test_a_clip_is_bought_made_extended_and_made_to_speak(gateway, control):
    clip = await bought(gateway, order(VideoInput(prompt="egrets", seconds=5, ratio="16:9")))
    assert clip.status is RemoteStatus.PENDING
    assert clip.hook_token == "tok-1"
    await control.finish(clip.task_id)
    done = await gateway.report(clip.task_id)
    assert (done.status, done.failure) == (RemoteStatus.COMPLETED, None)
    assert done.output_url is not None
    assert done.consumed_microusd == 260_000

    more = await bought(gateway, order(ExtendInput(prompt="a storm"), source_task_id=clip.task_id))
    await control.finish(more.task_id)
    assert (await gateway.report(more.task_id)).output_url is not None

    said = LipsyncInput(text="Hello there", voice="Rock", speed=1.2)
    speaking = await bought(gateway, order(said, source_task_id=clip.task_id))
    await control.finish(speaking.task_id)
    assert (await gateway.report(speaking.task_id)).status is RemoteStatus.COMPLETED
    assert (await control.summary()).problems == []


@pytest.mark.parametrize(
    ("scenario", "outcome"),
    [
        (Scenario.REFUSED, Declined(Failure(R.INPUT_REJECTED))),
        (Scenario.OUT_OF_CREDIT, Declined(Failure(R.NO_CREDIT))),
        (Scenario.OUT_OF_CREDIT_QUOTA, Declined(Failure(R.NO_CREDIT))),
        (Scenario.OUT_OF_CREDIT_402, Declined(Failure(R.NO_CREDIT))),
        (Scenario.KEY_REFUSED, Declined(Failure(R.BAD_KEY))),
        (Scenario.PLAN_REFUSED, Declined(Failure(R.PLAN))),
        (Scenario.BUSY, Declined(Failure(R.BUSY))),
        (Scenario.OVERLOADED, Declined(Failure(R.BUSY))),
        (Scenario.RATE_LIMITED, Declined(Failure(R.BUSY), 7_000, too_fast=True)),
        (Scenario.RATE_LIMITED_BARE, Declined(Failure(R.BUSY), too_fast=True)),
        (Scenario.GATEWAY_502, Unknowable("http_502")),
        (Scenario.GATEWAY_200, Unknowable("http_200")),
        (Scenario.SERVER_ERROR, Unknowable("http_500")),
        (Scenario.BROKEN_JSON, Unknowable("http_200")),
        (Scenario.REDIRECTED, Unknowable("http_301")),
        (Scenario.RESET_BEFORE, Unknowable("connection_lost")),
        (Scenario.HANG_BEFORE, Unknowable("timeout")),
    ],
)
async def test_a_create_that_made_nothing_is_told_for_what_it_is(gateway, control, scenario, outcome):
    await control.play(scenario)
    assert await gateway.create(gateway.prepare(order(VideoInput(prompt="egrets", seconds=5)))) == outcome
    assert await control.tasks() == []


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario.CREATED_DROPPED,
        Scenario.CREATED_500,
        Scenario.CREATED_502,
        Scenario.CREATED_BROKEN_JSON,
        Scenario.CREATED_HANG,
    ],
)
@pytest.mark.parametrize("echoed", [True, False])
async def test_a_task_whose_answer_was_lost_is_found_again(gateway, control, scenario, echoed: bool):
    await control.play(scenario, *([] if echoed else [Scenario.ENDPOINT_NOT_ECHOED]))
    since = time.time_ns() // 1_000_000 - 2 * MINUTE
    task = gateway.prepare(order(VideoInput(prompt="egrets", seconds=5, cfg_scale=0.5, ratio="16:9")))
    assert isinstance(await gateway.create(task), Unknowable)
    await bought(gateway, order(VideoInput(prompt="herons", seconds=5), hook_token="tok-2"))

    found = [row async for row in gateway.history(since, since + 4 * MINUTE)]
    reports = [await gateway.report(row.task_id) for row in found]
    assert len(reports) == 2
    ours = [report for report in reports if gateway.is_same(task.sent, report)]
    assert len(ours) == 1
    assert ours[0].hook_token == ("tok-1" if echoed else None)
    assert len(await control.tasks()) == 2  # nothing was bought a second time


@pytest.mark.parametrize(
    ("scenario", "failure"),
    [
        (Scenario.FAILS_BUSY, Failure(R.BUSY)),
        (Scenario.FAILS_OUT_OF_CREDIT, Failure(R.NO_CREDIT)),
        (Scenario.MODERATED, Failure(R.MODERATED)),
    ],
)
async def test_a_task_that_fails_says_why_and_what_it_cost(gateway, control, scenario, failure):
    await control.set_speed(0, 0)
    await control.play(scenario)
    task = await bought(gateway, order(VideoInput(prompt="egrets", seconds=5)))
    await control.wait(task.task_id, "ended")
    report = await gateway.report(task.task_id)
    assert (report.status, report.failure, report.consumed_microusd) == (RemoteStatus.FAILED, failure, 0)


@pytest.mark.parametrize("status", ["cancelled", "failed"])
async def test_a_pending_task_can_be_cancelled(gateway, control, status):
    await control.set_options(Options(cancelled_status=status))
    task = await bought(gateway, order(VideoInput(prompt="egrets", seconds=5)))
    await gateway.cancel(task.task_id)
    assert (await gateway.report(task.task_id)).status is RemoteStatus.CANCELLED
    await gateway.cancel(task.task_id)  # too late is no error
    await gateway.cancel("00000000-0000-4000-8000-000000000000")


async def test_words_nobody_documented_mean_that_it_is_still_running(gateway, control):
    await control.set_options(Options(pending_seconds=0))
    await control.play(Scenario.STATUS_UNKNOWN)
    task = await bought(gateway, order(VideoInput(prompt="egrets", seconds=5)))
    await control.wait(task.task_id, "processing")
    assert (await gateway.report(task.task_id)).status is RemoteStatus.RUNNING


async def test_an_unknown_task_is_unknown(gateway):
    with pytest.raises(TaskUnknown):
        await gateway.report("00000000-0000-4000-8000-000000000000")


async def test_reading_gets_over_a_short_overload(client, control, clock):
    await control.spoil("account", Fault.RATE_LIMITED, times=2)
    assert (await client.account()).balance_microusd == 100_000_000
    assert len(clock.slept) == 2


@pytest.mark.parametrize("shape", ["latest", "older"])
async def test_both_generations_of_accounts_tell_their_balance(client, control, shape):
    await control.set_options(Options(account_shape=shape))
    assert (await client.account()).balance_microusd == 100_000_000


async def test_a_wrong_key_is_told_as_one(sandbox, clock):
    access = ProviderAccess(key=SecretStr("wrong"), base_url=sandbox.base_url)
    async with PiapiClient.build(access, clock) as stranger:
        with pytest.raises(ProviderRefused) as refused:
            await stranger.account()
    assert refused.value.reason is R.BAD_KEY


async def test_a_provider_that_answers_anything_at_all_is_reached_and_nothing_is_bought(gateway, control):
    await gateway.reach()
    await control.spoil("account", Fault.GATEWAY_502, times=None)
    await gateway.reach()
    assert (await control.summary()).requests.get("create", 0) == 0


@pytest.mark.parametrize("fault", [Fault.GATEWAY_502, Fault.GATEWAY_200, Fault.BROKEN_JSON, Fault.RESET])
async def test_a_provider_that_answers_nothing_of_use_is_not_reached(gateway, control, fault):
    for route in ("account", "history"):
        await control.spoil(route, fault, times=None)
    with pytest.raises(GatewayUnavailable):
        await gateway.reach()


async def test_a_provider_that_refuses_the_key_counts_as_not_reached(gateway, control):
    for route in ("account", "history"):
        await control.spoil(route, Fault.UNAUTHORIZED, times=None)
    with pytest.raises(GatewayUnavailable):
        await gateway.reach()
