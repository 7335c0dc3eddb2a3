"""Whatever is sent to the webhook, the bot answers or hangs up, and nothing counts without the secret."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.piapi.webhook import is_token, named_task
from bot.web.connections import Limits
from tests.integration.web.side import PATIENCE, SECRET, Web, head, length, web_side

NEVER_A_DEFECT = re.compile(rb"HTTP/1\.[01] (100|2\d\d|4\d\d|503) ")
PAUSE = 0.03
"""Seconds of silence after which the bot waits for more of what was sent."""
TURNS = 5
"""Turns of the event loop in which a request that had come whole is done, though its sender has left."""
BRIEF = Limits(stranger_seconds=PATIENCE * 3)


@dataclass
class Running:
    """A web side in a thread of its own, so that each example is a plain function."""

    web: Web
    loop: asyncio.AbstractEventLoop

    def nudges(self) -> list[tuple[str, str | None]]:
        """Return the hints since the last call."""
        return asyncio.run_coroutine_threadsafe(self._nudges(), self.loop).result(PATIENCE)

    async def _nudges(self) -> list[tuple[str, str | None]]:
        async with asyncio.timeout(PATIENCE):
            while self.web.open():  # noqa: ASYNC110 - nobody announces it
                await asyncio.sleep(0.001)
        for _ in range(TURNS):
            await asyncio.sleep(0)
        found = list(self.web.nudges)
        self.web.nudges.clear()
        return found

    def exchange(self, *parts: bytes, wait: float = PATIENCE) -> bytes:
        """Send bytes, and hang up once the bot has or says nothing for `wait` seconds; return what it said."""
        with closing(socket.create_connection(("127.0.0.1", self.web.port), timeout=wait)) as peer:
            received = b""
            try:
                for part in parts:
                    peer.sendall(part)
                while chunk := peer.recv(65_536):
                    received += chunk
            except (ConnectionError, TimeoutError):
                pass
            return received


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    started: list[Running] = []
    up = threading.Event()

    async def serve(files: Path, done: asyncio.Event) -> None:
        async with web_side(files, limits=BRIEF) as web:
            started.append(Running(web, asyncio.get_running_loop()))
            up.set()
            await done.wait()

    done = asyncio.Event()
    thread = threading.Thread(target=lambda: asyncio.run(serve(tmp_path_factory.mktemp("files"), done)))
    thread.start()
    assert up.wait(PATIENCE)
    yield started[0]
    started[0].loop.call_soon_threadsafe(done.set)
    thread.join(PATIENCE)


@pytest.fixture(autouse=True)
def _no_defects(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing that a stranger sends is worth a traceback."""
    yield
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


WORDS = [
    *(b"POST", b"GET", b" ", b"/webhooks/piapi/", b"token-1", b" HTTP/1.1", b" HTTP/9.9", b"\r\n", b"\n", b"\r", b"\0"),
    *(b"Host: egret", b"Content-Length: ", b"5", b"-1", b"99999999999999999999", b"Transfer-Encoding: chunked", b": "),
    *(b"x-webhook-secret: ", SECRET[:-1].encode(), b"Connection: keep-alive", b"Connection: close", b"Upgrade: h2c"),
    *(
        b"Expect: 100-continue",
        b"Content-Encoding: gzip",
        b"ffffffff\r\n",
        b"0\r\n\r\n",
        b"\r\n\r\n",
        b"\xff\xfe",
        b"%00",
    ),
    *(
        b"/../",
        b"?",
        b"#",
        b"http://[::1",
        b"*",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"{" * 99,
    ),
]
NONSENSE = st.lists(st.one_of(st.sampled_from(WORDS), st.binary(max_size=40)), max_size=40).map(b"".join)
CLOSE = ("Connection", "close")
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@MANY
@given(parts=st.lists(NONSENSE, min_size=1, max_size=3))
def test_bytes_without_the_secret_change_nothing_whatever_they_are(running: Running, parts: list[bytes]):
    received = running.exchange(*parts, wait=PAUSE)
    assert not received or NEVER_A_DEFECT.match(received)
    assert running.nudges() == []


@MANY
@given(body=NONSENSE, chunked=st.booleans())
def test_a_body_of_any_bytes_behind_the_secret_is_answered(running: Running, body: bytes, *, chunked: bool):
    framed = ("Transfer-Encoding", "chunked") if chunked else length(len(body))
    received = running.exchange(head(framed, CLOSE), body, wait=PAUSE if chunked else PATIENCE)
    hints = running.nudges()
    if chunked:
        assert not received or NEVER_A_DEFECT.match(received)
        assert len(hints) <= 1
    else:
        assert received.startswith(b"HTTP/1.1 204 ")
        assert hints == [("token-1", named_task(body))]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | st.just("task_id"), inner, max_size=4)
    ),
    max_leaves=20,
)
STORIES = st.fixed_dictionaries(
    {}, optional={"timestamp": JSON, "data": JSON | st.fixed_dictionaries({"task_id": JSON, "status": JSON})}
)


@MANY
@given(story=STORIES)
def test_a_story_of_any_shape_is_a_hint(running: Running, story: dict[str, object]):
    body = json.dumps(story).encode("utf-8", "surrogatepass")
    assert running.exchange(head(length(len(body)), CLOSE), body).startswith(b"HTTP/1.1 204 ")
    assert running.nudges() == [("token-1", named_task(body))]


VALUE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=60)
NAMES = st.sampled_from(
    [
        "X-Odd",
        "Accept",
        "Cookie",
        "Expect",
        "Content-Type",
        "Content-Encoding",
        "Via",
        "Range",
        "TE",
        "Upgrade",
    ]
)


@MANY
@given(
    method=st.sampled_from(["POST", "POST", "POST", "GET", "PUT", "HEAD", "OPTIONS", "PoST", "X"]),
    token=st.one_of(
        st.just("token-1"), st.text("abcXYZ019-_", min_size=1, max_size=70), st.text("%0./;'\"~ä", max_size=9)
    ),
    secret=st.one_of(st.none(), st.just(SECRET), st.just(SECRET), st.text("a-longshredct", max_size=24)),
    others=st.lists(st.tuples(NAMES, VALUE), max_size=5),
    body=st.binary(max_size=200),
)
def test_a_hint_is_taken_from_nothing_but_a_post_with_the_secret_and_a_token(
    running: Running, method: str, token: str, secret: str | None, others: list[tuple[str, str]], body: bytes
):
    received = running.exchange(
        head(*others, length(len(body)), CLOSE, method=method, path=f"/webhooks/piapi/{token}", secret=secret), body
    )
    hints = running.nudges()
    assert not received or NEVER_A_DEFECT.match(received)
    if hints:
        assert method == "POST"
        assert secret == SECRET
        assert is_token(token)
        assert hints == [(token, named_task(body))]
    if secret != SECRET:
        assert b" 204 " not in received[:20]
