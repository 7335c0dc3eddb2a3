"""Each row of the answer table, over real sockets: what a create's answer means, and that it is sent once."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

import pytest

from bot.jobs.failures import FailureReason as R
from bot.piapi.outcome import CreateRefused, NeverSent, OutcomeUnknown, RefusalKind, TaskCreated
from bot.piapi.requests import CreateRequest, VideoGenerationInput

REQUEST = CreateRequest(
    model="kling",
    task_type="video_generation",
    input=VideoGenerationInput(prompt="egrets 🐦", duration=5, mode="std", version="1.6"),
)
BOUND = {"code": 200, "message": "success", "data": {"task_id": "t-1", "status": "pending"}}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"


async def test_a_request_arrives_whole_with_its_key_and_our_name(provider, steps, make_client):
    provider.script = [steps.answer(200, BOUND)]
    outcome = await make_client(provider.url).create_task(REQUEST)
    assert isinstance(outcome, TaskCreated)
    (call,) = provider.calls
    assert (call.method, call.target) == ("POST", "/api/v1/task")
    assert call.headers["x-api-key"] == "sk-very-secret-key"
    assert call.headers["user-agent"] == "egret/test"
    assert call.headers["content-type"] == "application/json"
    assert call.json == {
        "model": "kling",
        "task_type": "video_generation",
        "config": {},
        "input": {"prompt": "egrets 🐦", "duration": 5, "mode": "std", "version": "1.6"},
    }


async def test_every_create_has_a_connection_of_its_own(provider, steps, make_client):
    provider.script = [steps.answer(200, BOUND)]
    client = make_client(provider.url)
    await client.create_task(REQUEST)
    await client.create_task(REQUEST)
    assert [call.connection for call in provider.calls] == [1, 2]


@pytest.mark.parametrize("status", [200, 400, 408, 429, 500, 503])
async def test_an_envelope_with_a_task_id_is_bound_at_any_status(provider, steps, make_client, status: int):
    provider.script = [steps.answer(status, {**BOUND, "code": status})]
    outcome = await make_client(provider.url).create_task(REQUEST)
    assert isinstance(outcome, TaskCreated)
    assert outcome.task.task_id == "t-1"


@pytest.mark.parametrize("status", [200, 400, 408, 500, 502])
@pytest.mark.parametrize(
    ("message", "kind", "reason"),
    [
        ("Invalid request parameters", RefusalKind.USER, R.INPUT_REJECTED),
        ("freeze credit: credit not enough", RefusalKind.OPERATOR, R.NO_CREDIT),
        ("service busy", RefusalKind.BUSY, R.BUSY),
    ],
)
async def test_an_error_envelope_without_a_task_id_is_definite_at_any_status(
    provider, steps, make_client, status: int, message: str, kind: RefusalKind, reason: R
):
    provider.script = [steps.answer(status, {"code": 400, "message": message})]
    outcome = await make_client(provider.url).create_task(REQUEST)
    assert isinstance(outcome, CreateRefused)
    assert (outcome.kind, outcome.reason) == (kind, reason)
    assert len(provider.calls) == 1


@pytest.mark.parametrize("body", [b"<html>slow down</html>", b'{"code":429,"message":"too many requests"}'])
async def test_429_says_when_to_come_back_and_is_not_repeated_here(provider, steps, make_client, clock, body: bytes):
    provider.script = [steps.answer(429, body, Retry_After="120")]
    outcome = await make_client(provider.url).create_task(REQUEST)
    assert isinstance(outcome, CreateRefused)
    assert (outcome.kind, outcome.retry_after_ms) == (RefusalKind.RATE_LIMITED, 120_000)
    assert (len(provider.calls), clock.slept) == (1, [])


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (408, b""),
        (500, b"<html>oops</html>"),
        (502, b"<html>bad gateway</html>"),
        (503, b""),
        (504, b"<html>gateway timeout</html>"),
        (401, b"<html>login</html>"),
        (200, b'{"code":200,"data":{"task_id":"t-'),
        (200, b'{"code":200,"message":"success"}'),
        (200, b"<html>hello</html>"),
        (307, b""),
    ],
)
async def test_what_is_neither_yes_nor_no_is_unknown_and_sent_once(
    provider, steps, make_client, clock, status: int, body: bytes
):
    provider.script = [steps.answer(status, body, Retry_After="1", Location="/api/v1/task")]
    outcome = await make_client(provider.url).create_task(REQUEST)
    assert outcome == OutcomeUnknown(f"http_{status}")
    assert (len(provider.calls), clock.slept) == (1, [])


@pytest.mark.parametrize(
    ("step", "content", "reason"),
    [
        ("reset", b"", "connection_lost"),
        ("reset", HEAD, "connection_lost"),
        ("reset", HEAD + b'{"code":', "connection_lost"),
        ("raw", b"", "broken_answer"),
        ("raw", HEAD + b'{"code":', "broken_answer"),
        ("raw", b"garbage that is no HTTP\r\n\r\n", "broken_answer"),
        (
            "raw",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\n\r\nno gzip",
            "broken_answer",
        ),
        ("raw", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", "broken_answer"),
        ("raw", b"HTTP/1.1 200 OK\r\n\r\n" + b" " * (4 * 1024 * 1024 + 1), "broken_answer"),
        ("hang", b"", "timeout"),
        ("hang", HEAD + b'{"code":', "timeout"),
    ],
)
async def test_a_connection_lost_after_the_request_is_unknown_and_sent_once(
    provider, steps, make_client, step: str, content: bytes, reason: str
):
    provider.script = [getattr(steps, step)(content)]
    client = make_client(provider.url, create_read_seconds=0.15)
    assert await client.create_task(REQUEST) == OutcomeUnknown(reason)
    assert len(provider.calls) == 1


async def test_an_answer_that_never_ends_is_cut_off_as_unknown(provider, steps, make_client):
    provider.script = [steps.hang()]
    client = make_client(provider.url, create_read_seconds=30, create_total_seconds=0.15)
    assert await client.create_task(REQUEST) == OutcomeUnknown("timeout")


async def test_a_request_that_cannot_be_handed_over_is_unknown(provider, steps, make_client):
    # Nothing is read on the other side, so a request larger than the socket buffers gets stuck halfway.
    held = asyncio.Event()

    async def swallow_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        writer.close()

    server = await asyncio.start_server(swallow_nothing, "127.0.0.1", 0, limit=1024)
    port = server.sockets[0].getsockname()[1]
    huge = CreateRequest(
        model="kling",
        task_type="video_generation",
        input=VideoGenerationInput(prompt="x" * 40_000_000, duration=5, mode="std", version="1.6"),
    )
    client = make_client(f"http://127.0.0.1:{port}", write_seconds=0.2)
    assert await client.create_task(huge) == OutcomeUnknown("timeout")
    held.set()
    server.close()
    await server.wait_closed()


async def test_a_refused_connection_was_certainly_not_sent(make_client, closed_port):
    outcome = await make_client(f"http://127.0.0.1:{closed_port}").create_task(REQUEST)
    assert outcome == NeverSent("connect_failed")


async def test_a_name_that_does_not_resolve_was_certainly_not_sent(make_client, monkeypatch):
    async def no_such_name(*args: Any, **kwargs: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", no_such_name)
    outcome = await make_client("http://provider.invalid").create_task(REQUEST)
    assert outcome == NeverSent("connect_failed")


async def test_a_failed_tls_handshake_was_certainly_not_sent(make_client):
    async def speak_plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(speak_plain, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert await make_client(f"https://127.0.0.1:{port}").create_task(REQUEST) == NeverSent("connect_failed")
    server.close()
    await server.wait_closed()


async def test_a_handshake_that_takes_too_long_was_certainly_not_sent(make_client):
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1024):
            pass
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = make_client(f"https://127.0.0.1:{port}", connect_seconds=0.15)
    assert await client.create_task(REQUEST) == NeverSent("connect_timeout")
    server.close()
    await server.wait_closed()


async def test_no_free_connection_was_certainly_not_sent(provider, steps, make_client):
    provider.script = [steps.hang()]
    client = make_client(provider.url, max_connections=1, pool_seconds=0.1)
    first = asyncio.create_task(client.create_task(REQUEST))
    await provider.arrived.wait()
    assert await client.create_task(REQUEST) == NeverSent("no_connection_free")
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert len(provider.calls) == 1


async def test_an_address_that_is_none_was_certainly_not_sent(make_client):
    assert await make_client("ftp://127.0.0.1").create_task(REQUEST) == NeverSent("bad_address")


async def test_a_cancelled_caller_is_not_told_a_lie(provider, steps, make_client):
    provider.script = [steps.hang()]
    task = asyncio.create_task(make_client(provider.url).create_task(REQUEST))
    await provider.arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_task_that_failed_at_once_is_bound_with_its_words(provider, steps, make_client):
    body = {"code": 200, "data": {"task_id": "t-9", "status": "Failed", "error": {"message": "content violation"}}}
    provider.script = [steps.answer(200, json.dumps(body).encode())]
    outcome = await make_client(provider.url).create_task(REQUEST)
    assert isinstance(outcome, TaskCreated)
    assert (outcome.task.status, outcome.task.error_text) == ("failed", "content violation")
