"""The least that takes a webhook: read the body, answer 204, keep nothing.

Its address is printed as the first line.
"""

from __future__ import annotations

import asyncio

from aiohttp import web


async def take(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(status=204)


async def main() -> None:
    app = web.Application()
    app.router.add_post("/webhooks/piapi/{token}", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
