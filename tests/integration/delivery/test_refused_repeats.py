"""Discord posts a message, its answer is lost to a server error, and what discord.py repeats by itself is refused."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest

from bot.clock import MINUTE
from bot.delivery.sharded_client import ShardedClient
from bot.delivery.tries import NotRepeated, Tries, count_tries
from bot.jobs.model import MessageRef
from bot.jobs.ports import DefinitelyNotPosted, HistoryUnreadable, MaybePosted, MessageFacts, TargetRefused
from bot.jobs.states import DeliveryState
from sandbox.discord import DiscordSandbox
from tests.integration.delivery.quay import POST_ROUTE, Quay
from tests.integration.delivery.test_deliverer_with_discord import MovableClock, Pier
from tests.integration.delivery.test_deliverer_with_discord import pier as pier
from tests.integration.jobs.conftest import migrated as migrated

REFUSALS = [(0, 401), (50013, 403), (50001, 403), (10003, 404), (0, 404), (50035, 400), (200000, 400), (40005, 413)]
SERVER_ERRORS = [500, 502, 504, 524]


class Pauses:
    """discord.py's pauses between tries: they are over when a test says so, and unless it does, at once."""

    def __init__(self) -> None:
        self.over = asyncio.Event()
        self.over.set()

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, _seconds: float) -> None:
        await self.over.wait()


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> Pauses:
    pauses = Pauses()
    monkeypatch.setattr("discord.http.asyncio", pauses)
    return pauses


@pytest.mark.parametrize("status", SERVER_ERRORS)
async def test_a_repeat_that_is_taken_returns_the_message_that_stands(quay: Quay, clip: Path, status: int) -> None:
    asset = await quay.keep_clip(clip)
    quay.fail("lost_status", status=status)

    posted = await quay.deliver(quay.job(), asset)

    (result,) = await quay.seen()
    assert posted.message_id == result.id
    assert len(quay.requests("POST", POST_ROUTE)) == 2


@pytest.mark.parametrize(("code", "status"), REFUSALS)
async def test_a_refused_repeat_does_not_mean_that_nothing_was_posted(
    quay: Quay, clip: Path, code: int, status: int
) -> None:
    asset = await quay.keep_clip(clip)
    quay.fail("lost_status", status=502)
    quay.refuse(code, status)

    with pytest.raises(MaybePosted):
        await quay.deliver(quay.job(), asset)

    assert len(await quay.seen()) == 1


@pytest.mark.parametrize(("code", "status", "means"), [(0, 401, DefinitelyNotPosted), (50013, 403, TargetRefused)])
async def test_a_rate_limit_before_a_refusal_leaves_no_doubt(
    quay: Quay, clip: Path, code: int, status: int, means: type[Exception]
) -> None:
    """Both were refused: nothing was posted, however long it took."""
    asset = await quay.keep_clip(clip)
    quay.fail("rate_limit", retry_after=1.2)
    quay.refuse(code, status)

    with pytest.raises(means):
        await quay.send_to(quay.general.id, quay.delivery(), quay.job(), MessageFacts(result=asset))


async def test_a_repeat_slowed_down_after_a_lost_answer_is_in_doubt(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)
    quay.fail("lost_status", status=500)
    quay.fail("rate_limit", retry_after=60)

    with pytest.raises(MaybePosted):
        await quay.deliver(quay.job(), asset)

    assert len(await quay.seen()) == 1


async def test_that_it_was_posted_and_deleted_is_certain_whatever_went_before(quay: Quay, clip: Path) -> None:
    """In doubt it would be looked for, not found, and posted again once the nonce is forgotten."""
    asset = await quay.keep_clip(clip)
    quay.fail("lost_status", status=502)
    quay.refuse(10008, 404)

    with pytest.raises(HistoryUnreadable):
        await quay.deliver(quay.job(), asset)


@pytest.mark.parametrize(("code", "status"), [(0, 401), (50013, 403), (10003, 404), (0, 403)])
async def test_it_is_found_where_it_stands_and_not_posted_again(pier: Pier, code: int, status: int) -> None:
    submitted = await pier.order()
    pier.quay.fail("lost_status", status=502)
    pier.quay.refuse(code, status)
    job = await pier.succeed(submitted)
    assert (await pier.delivery(job)).state is DeliveryState.SENDING
    pier.quay.sandbox.clock.advance(10 * MINUTE)  # the nonce is forgotten by now

    await pier.later(6 * MINUTE)

    (result,) = await pier.results()
    delivery = await pier.delivery(job)
    assert delivery.state is DeliveryState.DELIVERED
    assert delivery.message == MessageRef(pier.quay.general.id, result.id)
    assert await pier.results("dm") == []
    assert pier.world.alerts.words == []


async def test_a_refusal_after_a_server_error_that_did_nothing_goes_to_direct_messages_once_that_is_known(
    pier: Pier,
) -> None:
    submitted = await pier.order()
    pier.quay.fail("status", status=502)
    pier.quay.refuse(50013, 403, times=2)
    job = await pier.succeed(submitted)

    await pier.later(MINUTE)

    (result,) = await pier.results("dm")
    assert await pier.results() == []
    assert (await pier.delivery(job)).message == MessageRef(pier.quay.direct().id, result.id)


async def test_an_attempt_in_doubt_is_still_looked_for_after_a_later_one_was_refused(pier: Pier) -> None:
    """The request of the first attempt arrives after the second has looked for it in vain."""
    submitted = await pier.order()
    pier.quay.fail("status", status=503)
    job = await pier.succeed(submitted)
    pier.quay.refuse(0, 401)
    await pier.later(MINUTE)
    assert (await pier.delivery(job)).state is DeliveryState.SENDING
    job = await pier.world.job(submitted)
    asset = await pier.store.asset(job.result_asset_id or "")
    late = await pier.quay.deliver(job, asset, await pier.delivery(job))
    pier.quay.sandbox.clock.advance(10 * MINUTE)

    await pier.later(6 * MINUTE)

    (result,) = await pier.results()
    assert result.id == late.message_id
    assert (await pier.delivery(job)).message == late


@pytest.mark.parametrize(("code", "status"), [(0, 401), (50013, 403), (10003, 404)])
async def test_a_message_that_was_seen_stands_whatever_is_answered(
    quay: Quay, clip: Path, pauses: Pauses, code: int, status: int
) -> None:
    quay.fail("lost_status", status=502)
    quay.refuse(code, status)
    pauses.over.clear()
    sending = asyncio.create_task(quay.deliver(quay.job(), await quay.keep_clip(clip)))
    await quay.person.wait_until(lambda messages: any(message.from_bot for message in messages))
    (stands,) = quay.general.messages
    shown = await quay.client.get_partial_messageable(quay.general.id).fetch_message(stands)

    quay.own.note(shown)
    pauses.over.set()

    assert await asyncio.wait_for(sending, 5) == MessageRef(quay.general.id, stands)


async def test_what_is_in_doubt_is_not_repeated_once_its_nonce_may_be_forgotten(pier: Pier, pauses: Pauses) -> None:
    submitted = await pier.order()
    pier.quay.clock = pier.world.clock  # type: ignore[assignment]  # the machine's, and what is added to it
    pier.quay.restart()
    pier.quay.fail("lost_status", status=524)
    pauses.over.clear()
    sending = asyncio.create_task(pier.succeed(submitted))
    await pier.quay.person.wait_until(lambda messages: any(message.attachments for message in messages))
    pier.quay.sandbox.clock.advance(10 * MINUTE)
    pier.world.clock.advance(10 * MINUTE)
    pauses.over.set()
    job = await sending

    await pier.later(MINUTE)

    (result,) = await pier.results()
    assert (await pier.delivery(job)).message == MessageRef(pier.quay.general.id, result.id)


@pytest.mark.parametrize("milliseconds", [10 * MINUTE, -10 * MINUTE])
def test_what_was_refused_is_repeated_however_late_and_what_is_in_doubt_is_not(milliseconds: int) -> None:
    clock = MovableClock()
    refused, doubtful = Tries(clock), Tries(clock)
    refused.begin()
    doubtful.begin()
    refused.refused += 1

    clock.advance(milliseconds)

    refused.begin()
    with pytest.raises(NotRepeated):
        doubtful.begin()


async def test_of_a_client_whose_tries_are_not_counted_no_refusal_is_believed(
    sandbox: DiscordSandbox, quay: Quay, clip: Path
) -> None:
    asset = await quay.keep_clip(clip)
    async with discord.Client(intents=discord.Intents.none()) as quay.client:
        await quay.client.login(sandbox.token)
        quay.restart()
        quay.refuse(50013, 403)

        with pytest.raises(MaybePosted):
            await quay.deliver(quay.job(), asset)


def test_the_products_client_counts_tries_beside_what_else_traces_it() -> None:
    trace = aiohttp.TraceConfig()

    client = ShardedClient(command_prefix=(), intents=discord.Intents.none(), http_trace=trace)
    untraced = ShardedClient(command_prefix=(), intents=discord.Intents.none())

    assert client.http.http_trace is count_tries(trace)
    assert len(trace.on_request_start) == 1
    assert untraced.http.http_trace is not None
    assert len(untraced.http.http_trace.on_request_start) == 1
