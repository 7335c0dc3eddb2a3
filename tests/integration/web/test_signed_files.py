"""Signed addresses: what can be changed in them, asked of them, and held by whoever has one."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.clock import HOUR
from bot.jobs.ports import StoreUnavailable
from bot.web import files as files_module
from bot.web.connections import Limits
from bot.web.signing import LIFETIME, FileAddresses
from tests.integration.web.side import PATIENCE, Clock, Web, head, web_side

CLOCK = Clock()
ADDRESSES = FileAddresses("https://egret.example", SecretStr("files-key"), CLOCK)
SIGNED = ADDRESSES.url("abc123").rpartition("/")[2]
LARGE = b"#" * 16_000_000
"""More than any socket's buffers hold."""


@settings(max_examples=500, deadline=None)
@given(place=st.integers(0, len(SIGNED) - 1), letter=st.characters(min_codepoint=0x21, max_codepoint=0x7E))
def test_no_letter_of_an_address_can_be_another(place: int, letter: str):
    changed = SIGNED[:place] + letter + SIGNED[place + 1 :]
    # The last letter of a signature carries two bits that mean nothing; the file is the same one then.
    assert ADDRESSES.asset_id(changed) in ({None, "abc123"} if place == len(SIGNED) - 1 else {None} | same(changed))


def same(changed: str) -> set[str]:
    return {"abc123"} if changed == SIGNED else set()


@given(text=st.one_of(st.text(), st.text("abc123.AQ-_"), st.binary().map(lambda raw: raw.decode("utf-8", "replace"))))
def test_nothing_that_was_not_signed_is_an_address(text: str):
    assert ADDRESSES.asset_id(text) is None


@given(key=st.text(min_size=1, max_size=40).filter(lambda key: key != "files-key"))
def test_another_key_signs_nothing_of_ours(key: str):
    foreign = FileAddresses("https://egret.example", SecretStr(key), CLOCK)
    assert foreign.asset_id(SIGNED) is None


@pytest.mark.parametrize(
    ("later", "works"), [(0, True), (-HOUR, True), (LIFETIME, True), (-7 * HOUR, False), (7 * HOUR, False)]
)
def test_an_address_works_for_its_time_though_the_clock_is_put_back(later: int, *, works: bool):
    clock = Clock()
    addresses = FileAddresses("https://egret.example", SecretStr("files-key"), clock)
    signed = addresses.url("abc123").rpartition("/")[2]
    clock.at += later
    assert addresses.asset_id(signed) == ("abc123" if works else None)


async def test_the_database_is_asked_for_nothing_that_is_not_signed(web: Web):
    path = web.stored()
    for changed in (
        path[:-2],
        path + "x",
        path.replace("abc123", "abc124"),
        path.upper(),
        "/files/%00",
        "/files/a.b.c",
    ):
        assert (await web.get(changed))[0] == 404
    assert web.asked_for == []
    assert (await web.get(path))[0] == 200
    assert web.asked_for == ["abc123"]


async def test_an_address_works_while_the_database_does(web: Web):
    path = web.stored()
    web.fault = StoreUnavailable("locked")
    assert (await web.get(path))[0] == 503


RANGES = {
    "many at once": "bytes=" + ",".join(["0-"] * 900),
    "overlapping": "bytes=0-9,0-9,5-",
    "a number of 3,000 digits": f"bytes=0-{'9' * 3_000}",
    "a start of 3,000 digits": f"bytes={'9' * 3_000}-",
    "a last part of 3,000 digits": f"bytes=-{'9' * 3_000}",
    "backwards": "bytes=5-2",
    "beyond the end": "bytes=10-20",
    "no numbers": "bytes=-",
    "other digits": "bytes=٠-٩",
    "another unit": "pages=1-2",
    "negative": "bytes=--5",
    "empty": "",
}


@pytest.mark.parametrize("asked", RANGES.values(), ids=RANGES.keys())
async def test_no_range_makes_more_of_a_file_than_there_is(web: Web, asked: str):
    path = web.stored()
    received = await web.exchange(head(("Range", asked), method="GET", path=path, secret=None))
    status = int(received.split(b" ", 2)[1])
    assert status in {200, 206, 416}
    assert len(received.partition(b"\r\n\r\n")[2]) <= 10
    assert received.count(b"HTTP/1.1 ") == 1


async def test_a_packed_neighbour_of_a_file_is_not_served(web: Web):
    path = web.stored()
    assert (await web.get(path, **{"Accept-Encoding": "gzip, br"}))[1] == b"0123456789"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_a_file_can_only_be_read(web: Web, method: str):
    path = web.stored()
    received = await web.exchange(head(method=method, path=path, secret=None))
    assert received.startswith(b"HTTP/1.1 405")
    assert (web.files / "abc123.jpg").read_bytes() == b"0123456789"


async def test_a_file_s_connection_ends_with_it(web: Web):
    path = web.stored()
    received = await web.exchange(head(method="GET", path=path, secret=None) * 3)
    assert received.endswith(b"\r\n\r\n0123456789")
    assert received.count(b"HTTP/1.1 ") == 1


async def test_a_file_that_is_read_too_slowly_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files_module, "LEAST_SECONDS", 0.2)
    monkeypatch.setattr(files_module, "LEAST_RATE", 1 << 40)
    async with web_side(tmp_path) as web:
        path = web.stored(content=LARGE)
        async with web.peer() as reader:
            await reader.send(head(method="GET", path=path, secret=None))
            assert await reader.status() == 200
            await gone(web)
            received = await reader.rest()
    assert len(received) < len(LARGE)
    assert web.cuts == {}


async def gone(web: Web) -> None:
    """Return once no connection is left; nobody announces it."""
    async with asyncio.timeout(PATIENCE):
        while web.open():  # noqa: ASYNC110 - nobody announces it
            await asyncio.sleep(0.01)


async def test_slow_readers_leave_places_to_others_and_give_theirs_back(tmp_path: Path):
    limits = Limits(connections=16, stranger_seconds=PATIENCE * 6, newcomer_seconds=0.0)
    async with web_side(tmp_path, at_once=3, limits=limits) as web:
        path = web.stored(content=LARGE)
        asks = head(method="GET", path=path, secret=None)
        async with AsyncExitStack() as stack:
            for _ in range(3):
                slow = await stack.enter_async_context(web.peer())
                await slow.send(asks)
                assert await slow.status() == 200
            refused = await web.exchange(asks)
            assert refused.startswith(b"HTTP/1.1 503")
            assert b"Retry-After: 5" in refused
            for _ in range(40):
                stranger = await stack.enter_async_context(web.peer())
                await stranger.send(b"GET")
            assert (await web.get("/livez"))[0] == 200
            assert len(await slow.rest(PATIENCE * 2)) == len(LARGE)
        await gone(web)
        assert (await web.get(path))[1] == LARGE


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_readers_who_leave_in_the_middle_hold_nothing(tmp_path: Path):
    async with web_side(tmp_path, at_once=3) as web:
        path = web.stored(content=LARGE)
        before = descriptors()
        for _ in range(30):
            async with web.peer() as reader:
                await reader.send(head(method="GET", path=path, secret=None))
                assert await reader.status() == 200
                reader.writer.transport.abort()
            await gone(web)
        assert descriptors() <= before + 1
        assert (await web.get(path))[1] == LARGE
