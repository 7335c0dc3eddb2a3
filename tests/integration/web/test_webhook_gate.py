"""What a webhook's head must say before anything else of it counts, and what its body may be."""

from __future__ import annotations

import asyncio
import gzip
import json
import tracemalloc
import zlib

import pytest

from bot.web import webhook as webhook_module
from bot.web.webhook import BODY_LIMIT
from tests.integration.web.side import BODY, SECRET, TASK, Web, chunked, head, length

NEAR_MISSES = {
    "missing": None,
    "empty": "",
    "all but the last letter": SECRET[:-1],
    "one letter more": SECRET + "x",
    "the last letter another": SECRET[:-1] + "u",
    "the first letter another": "b" + SECRET[1:],
    "in capitals": SECRET.upper(),
    "in quotes": f'"{SECRET}"',
    "as a bearer's": f"Bearer {SECRET}",
    "said twice": f"{SECRET}, {SECRET}",
    "long": "a" * 4_000,
    "not text": b"\xff\xfe".decode("utf-8", "surrogateescape"),
    "full-width": "ａ-long-shared-secret",
}
"""What is nearly the secret, by what is wrong with it."""


@pytest.mark.parametrize("secret", NEAR_MISSES.values(), ids=NEAR_MISSES.keys())
async def test_without_the_secret_no_body_is_waited_for(web: Web, secret: str | None):
    async with web.peer() as peer:
        await peer.send(head(length(100_000), secret=secret))
        assert await peer.status() == 401
    assert web.nudges == []
    assert web.outcomes == {"wrong_secret" if secret else "no_secret": 1}


@pytest.mark.parametrize("others", [("x-webhook-secret", "wrong"), ("X-Webhook-Secret", SECRET)])
async def test_two_secrets_are_none(web: Web, others: tuple[str, str]):
    async with web.peer() as peer:
        await peer.send(head(others, length(0)))
        assert await peer.status() == 401
    assert web.nudges == []


async def test_a_sender_that_asks_first_is_not_invited_without_the_secret(web: Web):
    async with web.peer() as peer:
        await peer.send(head(("Expect", "100-continue"), length(len(BODY)), secret="wrong"))
        assert await peer.status() == 401
    assert web.outcomes == {"wrong_secret": 1}


async def test_a_sender_that_asks_first_is_invited_with_the_secret(web: Web):
    async with web.peer() as peer:
        await peer.send(head(("Expect", "100-continue"), length(len(BODY))))
        assert await peer.status() == 100
        assert web.nudges == []
        await peer.send(BODY)
        assert await peer.status() == 204
    assert web.nudges == [("token-1", TASK)]


async def test_a_stranger_s_connection_ends_with_its_answer(web: Web):
    received = await web.exchange(head(length(0), secret="wrong") + head(length(0)))
    assert received.count(b"HTTP/1.1 ") == 1
    assert b"Connection: close" in received
    assert web.nudges == []


async def test_the_provider_s_connection_is_kept(web: Web):
    async with web.peer() as peer:
        for _ in range(3):
            await peer.send(head(length(len(BODY))) + BODY)
            assert await peer.status() == 204
    assert len(web.nudges) == 3


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"])
async def test_only_a_post_is_a_webhook(web: Web, method: str):
    async with web.peer() as peer:
        await peer.send(head(length(0), method=method))
        assert await peer.status() in {400, 404, 405}
    assert web.nudges == []


@pytest.mark.parametrize(
    "token",
    ["%00", "a%00b", "%ff%fe", "%2e%2e", "a%2fb", "t" * 65, "a%20b", "ä", "'%20OR%20'1'='1", "%0d%0aX:1", "-;-"],
)
async def test_what_no_token_looks_like_is_never_looked_up(web: Web, token: str):
    async with web.peer() as peer:
        await peer.send(head(length(0), path=f"/webhooks/piapi/{token}"))
        assert await peer.status() in {204, 400, 404}
    assert web.nudges == []


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/xml", "multipart/form-data; boundary=x", "\x01", "a" * 900]
)
async def test_a_body_is_read_for_what_it_is_whatever_it_is_called(web: Web, kind: str):
    async with web.peer() as peer:
        await peer.send(head(("Content-Type", kind), length(len(BODY))) + BODY)
        status = await peer.status()
    assert (status, web.nudges) in [(204, [("token-1", TASK)]), (400, [])]


ODD_BODIES = {
    "nothing": b"",
    "half of it": BODY[:-5],
    "nested a hundred thousand deep": b"[" * 100_000,
    "objects nested deep": b'{"a":' * 40_000,
    "a number": b"12",
    "null": b"null",
    "a list": b"[1, 2, 3]",
    "a task of another type": b'{"data": {"task_id": 17.5, "status": ["x"]}}',
    "a task that is a path": b'{"data": {"task_id": "../../account"}}',
    "a raw NUL": b'{"data": {"task_id": "a\x00b"}}',
    "half of a surrogate pair": b'{"data": {"task_id": "\\ud800"}}',
    "not UTF-8": b'{"data": {"task_id": "\xff\xfe"}}',
    "UTF-16": '{"data": {"task_id": "x y"}}'.encode("utf-16"),
    "a number of 200,000 digits": b'{"data": {"task_id": ' + b"9" * 200_000 + b"}}",
    "many numbers of 4,000 digits": b"[" + b",".join([b"9" * 4_000] * 60) + b"]",
    "a very long task": json.dumps({"data": {"task_id": "x" * 200_000}}).encode(),
    "many keys": json.dumps({str(number): number for number in range(15_000)}).encode(),
    "keys said twice": b'{"data": {"task_id": "a"}, "data": null}',
}


@pytest.mark.parametrize("body", ODD_BODIES.values(), ids=ODD_BODIES.keys())
async def test_a_body_that_makes_no_sense_is_a_hint_without_a_task(web: Web, body: bytes):
    async with web.peer() as peer:
        await peer.send(head(length(len(body))) + body)
        assert await peer.status() == 204
    assert web.nudges == [("token-1", None)]


async def test_no_task_with_a_nul_reaches_the_database(web: Web):
    body = b'{"data": {"task_id": "a\\u0000b"}}'
    async with web.peer() as peer:
        await peer.send(head(length(len(body))) + body)
        assert await peer.status() == 204
    ((_, task),) = web.nudges
    assert "\0" not in (task or "")


def _bomb(encoding: str, size: int) -> bytes:
    if encoding == "gzip":
        return gzip.compress(b" " * size)
    return zlib.compress(b" " * size)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
async def test_no_body_is_unpacked(web: Web, encoding: str):
    bomb = _bomb("gzip" if "gzip" in encoding else "deflate", 50_000_000)
    assert len(bomb) < BODY_LIMIT
    tracemalloc.start()
    try:
        async with web.peer() as peer:
            await peer.send(head(("Content-Encoding", encoding), length(len(bomb))) + bomb)
            assert await peer.status() == 204
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert web.nudges == [("token-1", None)]
    assert peak < 8_000_000


async def test_a_declared_length_over_the_limit_is_refused_before_any_of_it_comes(web: Web):
    async with web.peer() as peer:
        await peer.send(head(length(BODY_LIMIT + 1)))
        assert await peer.status() == 413
    assert web.nudges == []
    assert web.outcomes == {"too_large": 1}


async def test_a_body_that_grows_over_the_limit_is_refused(web: Web):
    received = await web.exchange(
        head(("Transfer-Encoding", "chunked")), *(b"%x\r\n%s\r\n" % (65_536, b"x" * 65_536) for _ in range(8))
    )
    assert received.startswith(b"HTTP/1.1 413")
    assert web.nudges == []
    assert web.outcomes == {"too_large": 1}


async def test_a_body_in_pieces_is_a_body(web: Web):
    async with web.peer() as peer:
        await peer.send(head(("Transfer-Encoding", "chunked")) + chunked([bytes([byte]) for byte in BODY]))
        assert await peer.status() == 204
    assert web.nudges == [("token-1", TASK)]


REFUSED_AS_HTTP = {b"HTTP/1.1 400", b"HTTP/1.0 400"}
BAD_FRAMES = {
    "no size": b"zz\r\n",
    "a negative size": b"-5\r\nabcde\r\n",
    "a size with a sign": b"+5\r\nabcde\r\n0\r\n\r\n",
    "a size with a prefix": b"0x5\r\nabcde\r\n0\r\n\r\n",
    "a size beyond any": b"f" * 40 + b"\r\n",
    "no line after a piece": b"5\r\nabcdeXX0\r\n\r\n",
}


@pytest.mark.parametrize("frames", BAD_FRAMES.values(), ids=BAD_FRAMES.keys())
async def test_pieces_that_are_not_framed_are_refused(web: Web, frames: bytes):
    received = await web.exchange(head(("Transfer-Encoding", "chunked")), frames)
    assert received[:12] in REFUSED_AS_HTTP
    assert web.nudges == []


async def test_an_endless_line_between_pieces_is_cut_off(web: Web, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(webhook_module, "BODY_SECONDS", 0.2)
    received = await web.exchange(head(("Transfer-Encoding", "chunked")), b"5;", *[b"x" * 65_536] * 16)
    assert received.startswith((b"HTTP/1.1 408", b"HTTP/1.0 400"))
    assert web.nudges == []


DOUBTFUL_LENGTHS = {
    "two lengths": (length(5), length(6)),
    "the same length twice": (length(5), length(5)),
    "a length and pieces": (length(5), ("Transfer-Encoding", "chunked")),
    "pieces twice": (("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")),
    "pieces that are not the last": (("Transfer-Encoding", "chunked, identity"),),
    "a negative length": (("Content-Length", "-1"),),
    "a length in words": (("Content-Length", "five"),),
    "a length with a sign": (("Content-Length", "+5"),),
    "a length in other digits": (("Content-Length", "٥"),),
    "a length beyond any": (("Content-Length", "9" * 30),),
}


@pytest.mark.parametrize("headers", DOUBTFUL_LENGTHS.values(), ids=DOUBTFUL_LENGTHS.keys())
async def test_a_length_that_can_be_read_in_two_ways_is_refused(web: Web, headers: tuple[tuple[str, str], ...]):
    smuggled = b"hello" + head(length(0))
    received = await web.exchange(head(*headers), smuggled)
    assert received[:12] in REFUSED_AS_HTTP | {b"HTTP/1.1 413"}
    assert web.nudges == []


async def test_a_body_that_never_ends_is_cut_off(web: Web, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(webhook_module, "BODY_SECONDS", 0.05)
    received = await web.exchange(head(length(100)), b"{")
    assert received.startswith(b"HTTP/1.1 408")
    assert web.nudges == []
    assert web.outcomes == {"too_slow": 1}


async def test_a_body_that_drips_is_cut_off_however_often_it_drips(web: Web, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(webhook_module, "BODY_SECONDS", 0.3)
    async with web.peer() as peer:
        await peer.send(head(length(100_000)))

        async def drip() -> None:
            while True:
                await peer.send(b" ")
                await asyncio.sleep(0.01)

        dripping = asyncio.create_task(drip())
        try:
            assert await peer.status() == 408
            await peer.rest()
        finally:
            dripping.cancel()
    assert web.nudges == []


async def test_a_sender_that_leaves_in_the_middle_is_no_defect(web: Web, caplog: pytest.LogCaptureFixture):
    async with web.peer() as peer:
        await peer.send(head(length(1_000)) + b"{")
        peer.writer.transport.abort()
    await web.until_counted("broken_off")
    assert web.outcomes == {"broken_off": 1}
    assert web.nudges == []
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_database_that_hangs_is_answered_with_later(web: Web, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(webhook_module, "KEEPING_SECONDS", 0.05)
    web.fault = TimeoutError()
    assert await web.post(**{"x-webhook-secret": SECRET}) == 503
    assert web.outcomes == {"not_kept": 1}
