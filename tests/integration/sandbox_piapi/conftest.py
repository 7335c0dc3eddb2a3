"""A running provider sandbox, a bare HTTP client, a webhook receiver and a server of images and recordings."""

from __future__ import annotations

import asyncio
import io
import json
import math
import wave
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from PIL import Image

from sandbox.piapi import Options, PiapiControl, PiapiSandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.content)

    @property
    def data(self) -> dict[str, Any]:
        return self.json["data"]


class Client:
    """Speaks to the provider as a bot would, without any of a bot's code."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, key: str) -> None:
        self.session = session
        self.base_url = base_url
        self.key = key

    async def call(self, method: str, path: str, *, key: str | None = None, **options: Any) -> Answer:
        url = path if path.startswith("http") else self.base_url + path
        headers = {"X-API-Key": self.key if key is None else key, **options.pop("headers", {})}
        async with self.session.request(method, url, headers=headers, **options) as response:
            return Answer(response.status, dict(response.headers), await response.read())

    async def create(self, body: dict[str, Any], **options: Any) -> Answer:
        return await self.call("POST", "/api/v1/task", json=body, **options)

    async def created(self, body: dict[str, Any], **options: Any) -> str:
        answer = await self.create(body, **options)
        assert answer.status == 200, answer.content
        return answer.data["task_id"]

    async def get(self, task_id: str, **options: Any) -> Answer:
        return await self.call("GET", f"/api/v1/task/{task_id}", **options)


def video(prompt: str = "an egret", **fields: Any) -> dict[str, Any]:
    """A well-formed create body; `fields` change its input, None removes one."""
    given = {
        "prompt": prompt,
        "version": "1.6",
        "mode": "std",
        "duration": 5,
        "aspect_ratio": "16:9",
        **fields,
    }
    return {
        "model": "kling",
        "task_type": "video_generation",
        "input": {name: value for name, value in given.items() if value is not None},
        "config": {"service_mode": "public"},
    }


def extension(origin: str, prompt: str = "a storm rolls in") -> dict[str, Any]:
    return {
        "model": "kling",
        "task_type": "extend_video",
        "input": {"origin_task_id": origin, "prompt": prompt},
        "config": {"service_mode": "public"},
    }


def lip_sync(origin: str, **fields: Any) -> dict[str, Any]:
    return {
        "model": "kling",
        "task_type": "lip_sync",
        "input": {"origin_task_id": origin, **fields},
        "config": {"service_mode": "public"},
    }


def with_webhook(body: dict[str, Any], endpoint: str, secret: str) -> dict[str, Any]:
    config = {**body["config"], "webhook_config": {"endpoint": endpoint, "secret": secret}}
    return {**body, "config": config}


@dataclass
class Hook:
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Receiver:
    """A bot's webhook endpoint; `answers` are given in turn, then 204."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    hooks: list[Hook] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def handle(self, request: web.Request) -> web.Response:
        status = self.answers.pop(0) if self.answers else 204
        async with self.arrived:
            self.hooks.append(Hook(dict(request.headers), await request.json()))
            self.arrived.notify_all()
        return web.Response(status=status)

    async def until(self, count: int) -> None:
        async with asyncio.timeout(20), self.arrived:
            await self.arrived.wait_for(lambda: len(self.hooks) >= count)


class Files:
    """A server of the images and recordings that requests point to."""

    def __init__(self) -> None:
        self.origin = ""
        self.served: dict[str, bytes] = {}

    def add(self, name: str, content: bytes) -> str:
        self.served[name] = content
        return f"{self.origin}/{name}"

    async def handle(self, request: web.Request) -> web.Response:
        content = self.served.get(request.match_info["name"])
        return web.Response(status=404) if content is None else web.Response(body=content)


def picture(width: int, height: int, colour: tuple[int, int, int] = (200, 30, 30), form: str = "PNG") -> bytes:
    encoded = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(encoded, form)
    return encoded.getvalue()


def recording(seconds: float, tone: float = 440.0) -> bytes:
    rate = 16_000
    samples = array("h", (int(12_000 * math.sin(math.tau * tone * n / rate)) for n in range(int(seconds * rate))))
    encoded = io.BytesIO()
    with wave.open(encoded, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return encoded.getvalue()


async def _serving(routes: list[web.RouteDef]) -> tuple[web.AppRunner, str]:
    application = web.Application()
    application.add_routes(routes)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


@pytest.fixture
async def sandbox() -> AsyncIterator[PiapiSandbox]:
    async with PiapiSandbox(options=Options(pending_seconds=0, processing_seconds=0)) as running:
        yield running


@pytest.fixture
async def control(sandbox: PiapiSandbox) -> AsyncIterator[PiapiControl]:
    async with PiapiControl(sandbox.control_url) as client:
        yield client


@pytest.fixture
async def client(sandbox: PiapiSandbox) -> AsyncIterator[Client]:
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield Client(session, sandbox.base_url, sandbox.api_key)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    runner, origin = await _serving([web.post("/hook", made.handle)])
    made.url = f"{origin}/hook"
    yield made
    await runner.cleanup()


@pytest.fixture
async def files() -> AsyncIterator[Files]:
    made = Files()
    runner, made.origin = await _serving([web.get("/{name}", made.handle)])
    yield made
    await runner.cleanup()


@pytest.fixture
def make() -> Any:
    """The builders of bodies and media, for test modules (which cannot import this file)."""
    return MAKERS


class MAKERS:
    video = staticmethod(video)
    extension = staticmethod(extension)
    lip_sync = staticmethod(lip_sync)
    with_webhook = staticmethod(with_webhook)
    picture = staticmethod(picture)
    recording = staticmethod(recording)
