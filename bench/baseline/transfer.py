"""The least that brings a clip into a channel: fetch the bytes, post the bytes.

POST /transfer takes `{"url", "channel_id"}` and answers 204 once the message stands. The address is printed as the
first line; the clip is held in memory, since nothing is quicker.
"""

from __future__ import annotations

import asyncio
import json
import os

import aiohttp
from aiohttp import web


class Transfer:
    """Brings clips over, with one session for all."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._api = os.environ["DISCORD_API_URL"]
        self._headers = {"Authorization": f"Bot {os.environ['DISCORD_TOKEN']}"}

    async def serve(self, request: web.Request) -> web.Response:
        order = json.loads(await request.read())
        async with self._session.get(order["url"]) as response:
            response.raise_for_status()
            clip = await response.read()
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("payload_json", json.dumps({"attachments": [{"id": 0, "filename": "clip.mp4"}]}))
        form.add_field("files[0]", clip, filename="clip.mp4", content_type="application/octet-stream")
        address = f"{self._api}/channels/{order['channel_id']}/messages"
        async with self._session.post(address, data=form, headers=self._headers) as response:
            response.raise_for_status()
            await response.read()
        return web.Response(status=204)


async def main() -> None:
    async with aiohttp.ClientSession() as session:
        app = web.Application()
        app.router.add_post("/transfer", Transfer(session).serve)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        print(f"http://127.0.0.1:{port}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
