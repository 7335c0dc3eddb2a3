"""The least that makes a clip and brings it into a channel: the same requests as the bot's, and nothing else.

POST /flow takes `{"times", "at_once", "channel_id", "prompt"}`: so often it makes a task, waits for its webhook, asks
for it, fetches the clip and posts it, and answers 204 when all of it is done. Nothing is checked, kept or tried again.
Its address is printed as the first line.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
from typing import Any

import aiohttp
from aiohttp import web


class Courier:
    """Makes clips and brings them over, with one session for all."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.address = ""
        self._session = session
        self._discord = os.environ["DISCORD_API_URL"]
        self._authorization = {"Authorization": f"Bot {os.environ['DISCORD_TOKEN']}"}
        self._provider = os.environ["PIAPI_BASE_URL"]
        self._key = {"x-api-key": os.environ["PIAPI_KEY"]}
        self._waiting: dict[str, asyncio.Event] = {}

    async def webhook(self, request: web.Request) -> web.Response:
        await request.read()
        self._waiting[request.match_info["token"]].set()
        return web.Response(status=204)

    async def flow(self, request: web.Request) -> web.Response:
        order = json.loads(await request.read())
        gate = asyncio.Semaphore(order["at_once"])

        async def one() -> None:
            async with gate:
                await self._clip(order["prompt"], order["channel_id"])

        await asyncio.gather(*(one() for _ in range(order["times"])))
        return web.Response(status=204)

    async def _clip(self, prompt: str, channel: str) -> None:
        token = secrets.token_hex(16)
        told = self._waiting[token] = asyncio.Event()
        task = await self._provided("POST", "/api/v1/task", self._body(prompt, token))
        await told.wait()
        done = await self._provided("GET", f"/api/v1/task/{task['task_id']}")
        async with self._session.get(done["output"]["video_url"]) as response:
            response.raise_for_status()
            clip = await response.read()
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("payload_json", json.dumps({"attachments": [{"id": 0, "filename": "clip.mp4"}]}))
        form.add_field("files[0]", clip, filename="clip.mp4", content_type="application/octet-stream")
        address = f"{self._discord}/channels/{channel}/messages"
        async with self._session.post(address, data=form, headers=self._authorization) as response:
            response.raise_for_status()
            await response.read()

    def _body(self, prompt: str, token: str) -> dict[str, Any]:
        return {
            "model": "kling",
            "task_type": "video_generation",
            "input": {"prompt": prompt, "duration": 5, "aspect_ratio": "16:9", "mode": "std", "version": "1.6"},
            "config": {
                "service_mode": "public",
                "webhook_config": {"endpoint": f"{self.address}/webhooks/{token}", "secret": ""},
            },
        }

    async def _provided(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        async with self._session.request(method, self._provider + path, json=body, headers=self._key) as response:
            answer = await response.json(content_type=None)
        data: dict[str, Any] = answer["data"]
        return data


async def main() -> None:
    async with aiohttp.ClientSession() as session:
        courier = Courier(session)
        app = web.Application()
        app.router.add_post("/webhooks/{token}", courier.webhook)
        app.router.add_post("/flow", courier.flow)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        courier.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        print(courier.address, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
