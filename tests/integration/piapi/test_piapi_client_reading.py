"""Reading, cancelling, account and history over real sockets, with their repetitions."""

from __future__ import annotations

import gzip
import tracemalloc
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from bot.jobs.failures import FailureReason as R
from bot.piapi.client import PiapiClient, ProviderAccess
from bot.piapi.errors import KeyMalformed, ProviderRefused, ProviderUnavailable, TaskNotFound
from bot.piapi.pace import PER_SECOND
from bot.piapi.requests import ConfigRequest, CreateRequest, VideoGenerationInput
from bot.piapi.retry import RetryPolicy, retry_after_ms
from bot.piapi.snapshot import StatusFamily

TASK = {"code": 200, "message": "success", "data": {"task_id": "t-1", "status": "processing"}}


async def test_a_task_is_read(provider, steps, make_client):
    provider.script = [steps.answer(200, TASK)]
    task = await make_client(provider.url).get_task("t-1")
    assert (task.task_id, task.family) == ("t-1", StatusFamily.PROCESSING)
    assert (provider.calls[0].method, provider.calls[0].target) == ("GET", "/api/v1/task/t-1")
    assert provider.calls[0].headers["x-api-key"] == "sk-very-secret-key"


async def test_a_task_id_cannot_leave_its_place_in_the_path(provider, steps, make_client):
    provider.script = [steps.answer(404, {"code": 404, "message": "not found"})]
    with pytest.raises(TaskNotFound):
        await make_client(provider.url).get_task("../account?x=1")
    assert provider.calls[0].target == "/api/v1/task/..%2Faccount%3Fx%3D1"


async def test_reading_keeps_its_connection(provider, steps, make_client):
    provider.script = [steps.answer(200, TASK)]
    client = make_client(provider.url)
    await client.get_task("t-1")
    await client.get_task("t-1")
    assert provider.connections == 1


async def test_a_task_told_along_with_an_error_code_is_still_told(provider, steps, make_client):
    provider.script = [steps.answer(500, {"code": 500, "data": {"task_id": "t-1", "status": "failed"}})]
    assert (await make_client(provider.url).get_task("t-1")).family is StatusFamily.FAILED


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, {"code": 404, "message": "nope"}),
        (404, b"<html>not here</html>"),
        (400, {"code": 400, "message": "task not found"}),
        (500, {"code": 500, "message": "failed to find task"}),
        (200, {"code": 404, "message": "", "data": None}),
    ],
)
async def test_an_unknown_task_is_told_from_trouble(provider, steps, make_client, status: int, body: object):
    provider.script = [steps.answer(status, body)]
    client = make_client(provider.url)
    with pytest.raises(TaskNotFound):
        await client.get_task("t-1")
    with pytest.raises(TaskNotFound):
        await client.cancel_task("t-1")


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (401, {"code": 401, "message": "Invalid API key"}, R.BAD_KEY),
        (500, {"code": 500, "message": "strange"}, R.PROVIDER_ERROR),
        (200, {"code": 429, "message": "rate limit"}, R.BUSY),
    ],
)
async def test_a_providers_no_keeps_its_meaning_and_not_its_words(
    provider, steps, make_client, status: int, body: dict[str, Any], reason: R
):
    provider.script = [steps.answer(status, body)]
    client = make_client(provider.url)
    for ask in (client.get_task("t-1"), client.account(), client.cancel_task("t-1")):
        with pytest.raises(ProviderRefused) as refused:
            await ask
        assert refused.value.reason is reason
        assert body["message"] not in str(refused.value)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>maintenance</html>"),
        (200, b"{"),
        (200, {"code": 200, "data": None}),
        (200, {"code": 200, "data": {"task_id": "another", "status": "completed"}}),
        (500, b"oops"),
        (302, b""),
    ],
)
async def test_an_answer_without_the_task_is_no_answer(provider, steps, make_client, status: int, body: object):
    provider.script = [steps.answer(status, body, Location="/elsewhere")]
    with pytest.raises(ProviderUnavailable):
        await make_client(provider.url).get_task("t-1")
    assert len(provider.calls) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_reading_and_cancelling_are_repeated_on_overload(
    provider, steps, make_client, clock, status: int, method: str
):
    provider.script = [steps.answer(status, b"busy"), steps.answer(status, b"busy"), steps.answer(200, TASK)]
    client = make_client(provider.url)
    await (client.get_task("t-1") if method == "GET" else client.cancel_task("t-1"))
    assert [call.method for call in provider.calls] == [method] * 3
    assert clock.slept == [250, 500]  # half of 500 and 1,000: the jitter injected


@pytest.mark.parametrize("status", [400, 401, 404, 408, 500, 501])
async def test_other_statuses_are_not_repeated(provider, steps, make_client, status: int):
    provider.script = [steps.answer(status, {"code": status, "message": "no"})]
    with pytest.raises((ProviderRefused, TaskNotFound)):
        await make_client(provider.url).get_task("t-1")
    assert len(provider.calls) == 1


async def test_nothing_but_reading_and_cancelling_is_ever_repeated(provider, steps, make_client, clock):
    provider.script = [steps.answer(503, b"busy", Retry_After="1")]
    answer = await make_client(provider.url).reading.post("/api/v1/task", content=b"{}")
    assert (answer.status_code, len(provider.calls), clock.slept) == (503, 1, [])


async def test_broken_connections_are_repeated(provider, steps, make_client, clock):
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"
    provider.script = [steps.reset(), steps.raw(cut), steps.hang(cut), steps.answer(200, TASK)]
    task = await make_client(provider.url, read_seconds=0.15).get_task("t-1")
    assert task.task_id == "t-1"
    assert (len(provider.calls), len(clock.slept)) == (4, 3)


async def test_repetitions_end(provider, steps, make_client, clock, closed_port):
    provider.script = [steps.answer(503, b"busy")]
    with pytest.raises(ProviderUnavailable, match="http_503"):
        await make_client(provider.url, policy=RetryPolicy(attempts=3)).get_task("t-1")
    assert (len(provider.calls), len(clock.slept)) == (3, 2)
    with pytest.raises(ProviderUnavailable, match="ConnectError"):
        await make_client(f"http://127.0.0.1:{closed_port}").get_task("t-1")
    assert len(clock.slept) == 5


async def test_retry_after_is_kept_to_up_to_a_cap(provider, steps, make_client, clock):
    date = format_datetime(datetime.fromtimestamp(clock.now() / 1000 + 3, UTC), usegmt=True)
    provider.script = [
        steps.answer(429, b"", Retry_After="2"),
        steps.answer(429, b"", Retry_After="86400"),
        steps.answer(503, b"", Retry_After=date),
        steps.answer(200, TASK),
    ]
    await make_client(provider.url).get_task("t-1")
    # The date has passed by then; what is left is the pace, a quarter of itself after two refusals.
    assert clock.slept == [2_000, 8_000, 0, round(4_000 / PER_SECOND)]


@pytest.mark.parametrize(
    ("value", "milliseconds"),
    [
        ("5", 5_000),
        ("0.25", 250),
        ("0", 0),
        ("", None),
        ("-1", None),
        ("nan", None),
        ("1e9", None),
        ("soon", None),
        ("٣", None),
        ("Tue, 03 Feb 2026 02:40:10 GMT", 10_000),
        ("Tue, 03 Feb 2026 02:40:10", 10_000),
        ("Mon, 02 Feb 2026 02:40:10 GMT", 0),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str, milliseconds: int | None):
    headers = httpx.Headers([(b"retry-after", value.encode())])
    assert retry_after_ms(headers, now=1_770_086_400_000) == milliseconds


def test_waits_grow_stay_under_their_ceiling_and_may_be_nothing():
    policy = RetryPolicy(first=500, longest=8_000)
    assert [policy.wait(attempt, None, lambda: 1.0) for attempt in range(1, 8)] == [
        500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000,
    ]  # fmt: skip
    assert policy.wait(5, None, lambda: 0.0) == 0


async def test_reading_has_an_end_even_when_the_provider_trickles(provider, steps, make_client):
    provider.script = [steps.hang()]
    client = make_client(provider.url, read_seconds=30, read_total_seconds=0.15)
    with pytest.raises(ProviderUnavailable, match="TimeoutError"):
        await client.get_task("t-1")


async def test_an_oversize_answer_is_no_answer(provider, steps, make_client, clock):
    provider.script = [steps.raw(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * (4 * 1024 * 1024 + 1))]
    with pytest.raises(ProviderUnavailable, match="BodyTooLarge"):
        await make_client(provider.url).get_task("t-1")
    assert clock.slept == []


async def test_a_compressed_answer_is_read(provider, steps, make_client):
    body = gzip.compress(b'{"code":200,"data":{"task_id":"t-1","status":"pending"}}')
    provider.script = [steps.answer(200, body, Content_Encoding="gzip")]
    assert (await make_client(provider.url).get_task("t-1")).family is StatusFamily.PENDING
    assert provider.calls[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("layers", [1, 2, 3])
async def test_an_answer_that_unpacks_without_end_is_no_answer(provider, steps, make_client, layers: int):
    body = bytes(100_000_000)
    for _ in range(layers):
        body = gzip.compress(body)
    provider.script = [steps.answer(200, body, Content_Encoding=", ".join(["gzip"] * layers))]
    tracemalloc.start()
    try:
        with pytest.raises(ProviderUnavailable, match=r"BodyTooLarge|DecodingError"):
            await make_client(provider.url).get_task("t-1")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 30_000_000


@pytest.mark.parametrize("packing", ["br", "zstd", "gzip, gzip", "unknown"])
async def test_an_answer_packed_in_a_way_that_nobody_asked_for_is_no_answer(provider, steps, make_client, packing: str):
    provider.script = [steps.answer(200, TASK, Content_Encoding=packing)]
    with pytest.raises(ProviderUnavailable, match="DecodingError"):
        await make_client(provider.url).get_task("t-1")


async def test_a_cancellation_is_one_delete(provider, steps, make_client):
    provider.script = [steps.answer(200, {"code": 200, "message": "success"})]
    await make_client(provider.url).cancel_task("t-1")
    assert (provider.calls[0].method, provider.calls[0].target) == ("DELETE", "/api/v1/task/t-1")


async def test_the_account_is_read(provider, steps, make_client):
    body = {"code": 200, "data": {"name": "n", "plan": "creator", "equivalent_in_usd": 9.5}}
    provider.script = [steps.answer(200, body)]
    account = await make_client(provider.url).account()
    assert (account.plan, account.balance_microusd) == ("creator", 9_500_000)
    assert provider.calls[0].target == "/account/info"


@pytest.mark.parametrize("body", [{"code": 200, "data": None}, b"<html>"])
async def test_an_answer_without_an_account_is_no_answer(provider, steps, make_client, body: object):
    provider.script = [steps.answer(200, body)]
    with pytest.raises(ProviderUnavailable):
        await make_client(provider.url).account()


def rows(*names: str) -> dict[str, object]:
    listed = [{"task_id": name, "task_model": "kling", "created_at": "2026-02-03T02:40:00.5Z"} for name in names]
    return {"code": 200, "data": {"data": listed}}


async def test_history_is_read_to_its_last_page_and_names_each_task_once(provider, steps, make_client):
    provider.script = [
        steps.answer(200, rows("a", "b")),
        steps.answer(200, rows("b", "c")),  # a row slid over from the page before
        steps.answer(200, rows()),
    ]
    found = [row async for row in make_client(provider.url).history("kling", 1_770_000_000_500, 1_770_000_060_500)]
    assert [row.task_id for row in found] == ["a", "b", "c"]
    assert found[0].created_at == 1_770_086_400_500
    queries = [parse_qs(urlsplit(call.target).query) for call in provider.calls]
    assert [query["page"] for query in queries] == [["1"], ["2"], ["3"]]
    assert queries[0] == {
        "model": ["kling"],
        "page": ["1"],
        "page_size": ["100"],
        "start_time": ["1770000000"],
        "end_time": ["1770000061"],
    }
    assert urlsplit(provider.calls[0].target).path == "/api/open/tasks/histories"


async def test_history_that_repeats_its_last_page_ends(provider, steps, make_client):
    provider.script = [steps.answer(200, rows("a"))]
    found = [row async for row in make_client(provider.url).history("kling", 0, 1)]
    assert ([row.task_id for row in found], len(provider.calls)) == (["a"], 2)


async def test_whoever_only_glances_takes_a_page_that_is_not_full_for_the_last(provider, steps, make_client):
    full = rows(*(f"t{number}" for number in range(100)))
    provider.script = [steps.answer(200, full), steps.answer(200, rows("a"))]
    found = [row async for row in make_client(provider.url).history("kling", 0, 1, short_is_last=True)]
    assert [row.page for row in found] == [1] * 100 + [2]
    assert len(provider.calls) == 2


async def test_history_that_never_ends_is_given_up(provider, steps, make_client, monkeypatch):
    monkeypatch.setattr("bot.piapi.client.MAX_PAGES", 3)
    provider.script = [steps.answer(200, rows(name)) for name in "abcdef"]
    with pytest.raises(ProviderUnavailable, match="history_without_end"):
        [row async for row in make_client(provider.url).history("kling", 0, 1)]


async def test_history_that_breaks_off_says_so_instead_of_ending(provider, steps, make_client):
    provider.script = [steps.answer(200, rows("a")), steps.answer(200, b"<html>")]
    history = make_client(provider.url).history("kling", 0, 1)
    assert (await anext(history)).task_id == "a"
    with pytest.raises(ProviderUnavailable):
        await anext(history)


@pytest.mark.parametrize("key", ["", "with space", "line\nbreak", "schlüssel"])
def test_a_key_no_header_can_carry_is_refused_without_showing_it(key: str):
    with pytest.raises(KeyMalformed) as refused:
        ProviderAccess(key=SecretStr(key))
    assert not key or key not in str(refused.value)


async def test_a_client_closes_what_it_opened(provider, steps, clock):
    provider.script = [steps.answer(200, TASK)]
    async with PiapiClient.build(ProviderAccess(key=SecretStr("k"), base_url=provider.url), clock) as client:
        await client.get_task("t-1")
    with pytest.raises(RuntimeError):
        await client.reading.get("/")
    with pytest.raises(RuntimeError):
        await client.buying.post("/")


async def test_the_key_is_in_no_repr_of_anything_that_holds_it(provider, steps, make_client):
    provider.script = [steps.answer(200, TASK)]
    client = make_client(provider.url)
    request = CreateRequest(
        model="kling",
        task_type="video_generation",
        input=VideoGenerationInput(prompt="x", duration=5, mode="std", version="1.6"),
        config=ConfigRequest(service_mode="public"),
    )
    await client.create_task(request)
    held = [client, client.access, client.reading, client.reading.headers, client.reading.auth, client.buying.headers]
    assert not [thing for thing in held if "sk-very-secret-key" in f"{thing!r}{thing!s}"]
