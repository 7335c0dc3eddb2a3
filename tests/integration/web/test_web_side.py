"""The web side over real sockets: who may nudge, who may fetch, and how long a stranger may dawdle."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot.clock import HOUR
from bot.jobs.model import Asset, AssetRole
from bot.jobs.ports import StoreUnavailable
from bot.web import webhook as webhook_module
from bot.web.files import FilesEndpoint
from bot.web.health import Health
from bot.web.server import WebServer
from bot.web.signing import LIFETIME, FileAddresses
from bot.web.webhook import BODY_LIMIT, WebhookEndpoint

SECRET = "a-long-shared-secret"
BODY = b'{"timestamp": 1, "data": {"task_id": "11111111-1111-4111-8111-111111111111", "status": "completed"}}'


class Clock:
    def __init__(self) -> None:
        self.at = 1_780_000_000_000

    def now(self) -> int:
        return self.at

    async def sleep(self, milliseconds: int) -> None:
        raise AssertionError("nothing here sleeps")


@dataclass
class Web:
    """A running web side, with what it was told."""

    url: str
    port: int
    http: aiohttp.ClientSession
    addresses: FileAddresses
    clock: Clock
    assets: dict[str, Asset]
    files: Path
    nudges: list[tuple[str, str | None]] = field(default_factory=list)
    fault: Exception | None = None
    problem: str | None = None

    async def post(self, token: str = "token-1", body: bytes = BODY, **headers: str) -> int:
        async with self.http.post(f"{self.url}/webhooks/piapi/{token}", data=body, headers=headers) as answer:
            return answer.status

    async def get(self, path: str, **headers: str) -> tuple[int, bytes, str]:
        async with self.http.get(f"{self.url}{path}", headers=headers) as answer:
            return answer.status, await answer.read(), answer.content_type


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[Web]:
    clock, assets = Clock(), {}
    running: Web

    async def nudge(token: str, task_id: str | None) -> bool:
        if running.fault is not None:
            raise running.fault
        running.nudges.append((token, task_id))
        return token == "token-1"

    async def find(asset_id: str) -> Asset | None:
        return assets.get(asset_id)

    async def check() -> str | None:
        return running.problem

    addresses = FileAddresses("https://egret.example", SecretStr("files-key"), clock)
    server = WebServer(
        "127.0.0.1",
        0,
        WebhookEndpoint(SecretStr(SECRET), nudge),
        FilesEndpoint(addresses, find, lambda asset_id, extension: tmp_path / f"{asset_id}.{extension}"),
        Health(alive={"database": _fine}, ready={"discord": check}),
    )
    port = await server.start()
    async with aiohttp.ClientSession() as http:
        running = Web(f"http://127.0.0.1:{port}", port, http, addresses, clock, assets, tmp_path)
        yield running
    await server.stop()


async def _fine() -> str | None:
    return None


def stored(web: Web, role: AssetRole = AssetRole.IMAGE) -> str:
    web.assets["abc123"] = Asset(
        id="abc123", job_id="k3f9x2", role=role, source_url="", filename="a.jpg", option="image",
        content_type="image/jpeg", size=10, extension="jpg", archived_at=1,
    )  # fmt: skip
    (web.files / "abc123.jpg").write_bytes(b"0123456789")
    return web.addresses.url("abc123").removeprefix("https://egret.example")


async def test_a_webhook_with_the_secret_nudges_its_job(web: Web):
    assert await web.post(**{"x-webhook-secret": SECRET}) == 204
    assert web.nudges == [("token-1", "11111111-1111-4111-8111-111111111111")]


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-webhook-secret": ""}, {"x-webhook-secret": SECRET[:-1]}, {"x-webhook-secret": SECRET + "x"}],
    ids=["missing", "empty", "prefix", "longer"],
)
async def test_a_webhook_without_the_secret_changes_nothing(web: Web, headers):
    assert await web.post(**headers) == 401
    assert web.nudges == []


async def test_odd_bytes_in_the_secret_are_a_wrong_secret_not_a_crash(web: Web):
    reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
    writer.write(
        b"POST /webhooks/piapi/t HTTP/1.1\r\nHost: x\r\nx-webhook-secret: \xff\xfe\r\nContent-Length: 0\r\n\r\n"
    )
    status = (await reader.readline()).split()[1]
    writer.close()
    await writer.wait_closed()
    assert status == b"401"


async def test_an_unknown_token_is_answered_like_a_known_one(web: Web):
    assert await web.post("nobody", **{"x-webhook-secret": SECRET}) == 204


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[" * 50_000, b'{"data": 5}', b'{"data": {"task_id": "../etc"}}', b"\xff\xfe"]
)
async def test_a_body_that_makes_no_sense_still_makes_its_job_due(web: Web, body):
    assert await web.post(body=body, **{"x-webhook-secret": SECRET}) == 204
    assert web.nudges == [("token-1", None)]


async def test_a_body_over_the_limit_is_refused(web: Web):
    assert await web.post(body=b"x" * (BODY_LIMIT + 1), **{"x-webhook-secret": SECRET}) == 413
    assert web.nudges == []


async def test_a_hint_that_could_not_be_kept_is_not_acknowledged(web: Web):
    web.fault = StoreUnavailable("disk full")
    assert await web.post(**{"x-webhook-secret": SECRET}) == 503


async def test_a_body_that_never_ends_is_cut_off(web: Web, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(webhook_module, "BODY_SECONDS", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
    head = f"POST /webhooks/piapi/t HTTP/1.1\r\nHost: x\r\nx-webhook-secret: {SECRET}\r\nContent-Length: 100\r\n\r\n{{"
    writer.write(head.encode())
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 408")
    assert web.nudges == []


async def test_a_signed_address_serves_its_file_whole_and_in_ranges(web: Web):
    path = stored(web)
    assert await web.get(path) == (200, b"0123456789", "image/jpeg")
    assert (await web.get(path, Range="bytes=2-4"))[:2] == (206, b"234")


async def test_an_address_dies(web: Web):
    path = stored(web)
    web.clock.at += LIFETIME + HOUR
    assert (await web.get(path))[0] == 404


@pytest.mark.parametrize(
    "path", ["/files/abc123", "/files/", "/files", "/files/abc123.x.y", "/files/..%2f..%2fetc%2fpasswd"]
)
async def test_nothing_unsigned_is_served_and_nothing_listed(web: Web, path):
    stored(web)
    assert (await web.get(path))[0] == 404


async def test_another_file_s_signature_does_not_fit(web: Web):
    signed = stored(web)
    forged = signed.replace("abc123", "abc124", 1)
    assert (await web.get(forged))[0] == 404


async def test_finished_clips_are_not_served(web: Web):
    path = stored(web, AssetRole.RESULT)
    assert (await web.get(path))[0] == 404


async def test_a_file_that_is_gone_is_not_found(web: Web):
    path = stored(web)
    (web.files / "abc123.jpg").unlink()
    assert (await web.get(path))[0] == 404


async def test_being_alive_needs_less_than_being_ready(web: Web):
    web.problem = "not connected"
    assert (await web.get("/livez"))[0] == 200
    status, body, _ = await web.get("/readyz")
    assert status == 503
    assert b'"discord": "not connected"' in body


async def test_all_is_well(web: Web):
    assert (await web.get("/readyz"))[0] == 200
