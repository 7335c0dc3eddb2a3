"""Both local services with a stopwatch, as a process of their own: `python -m bench.services WORLD`.

What is measured runs elsewhere, so no event loop is shared; the stopwatch runs here, so that every moment is taken by
one clock. The world is a `bench.world.World` as JSON. The addresses are printed as one line of JSON; the end of
standard input, or a signal, stops it.
"""

from __future__ import annotations

import argparse
import asyncio
from typing import Final

import aiohttp
from aiohttp import web
from pydantic import BaseModel, ConfigDict

from bench.stopwatch import Answers, Arrival, Asking, Burst, Carried, Carry, Flow, Flowed, Stopwatch, Traffic
from bench.world import World
from sandbox.discord.server import DiscordSandbox
from sandbox.piapi import PiapiSandbox
from sandbox.stage.addresses import ServiceAddresses
from sandbox.stage.serving import addresses_of, stop_at_end_of_input, stop_signal

_BALANCE_USD: Final = 1_000_000.0


class BenchAddresses(BaseModel):
    """Where everything is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    services: ServiceAddresses
    stopwatch: str


class Orders:
    """The stopwatch's requests.

    Args:
        watch: what they are for.
        session: for its orders to the bare download and upload.
    """

    def __init__(self, watch: Stopwatch, session: aiohttp.ClientSession) -> None:
        self._watch = watch
        self._session = session

    def application(self) -> web.Application:
        """Return what serves them."""
        app = web.Application()
        app.router.add_post("/burst", self.burst)
        app.router.add_post("/ask", self.ask)
        app.router.add_post("/flow", self.flow)
        app.router.add_post("/carry", self.carry)
        app.router.add_get("/arrivals/{channel}", self.arrival)
        app.router.add_get("/arrived/{files}", self.arrived)
        app.router.add_get("/traffic", self.traffic)
        return app

    async def burst(self, request: web.Request) -> web.Response:
        order = Burst.model_validate_json(await request.read())
        answers: Answers = await self._watch.burst(order, _seconds(request))
        return _json(answers)

    async def ask(self, request: web.Request) -> web.Response:
        order = Asking.model_validate_json(await request.read())
        answers: Answers = await self._watch.ask(order, _seconds(request))
        return _json(answers)

    async def flow(self, request: web.Request) -> web.Response:
        order = Flow.model_validate_json(await request.read())
        flowed: Flowed = await self._watch.flow(order, _seconds(request))
        return _json(flowed)

    async def carry(self, request: web.Request) -> web.Response:
        order = Carry.model_validate_json(await request.read())
        carried: Carried = await self._watch.carry(order, self._session, _seconds(request))
        return _json(carried)

    async def arrival(self, request: web.Request) -> web.Response:
        seen: Arrival = await self._watch.arrival(request.match_info["channel"], _seconds(request))
        return _json(seen)

    async def arrived(self, request: web.Request) -> web.Response:
        seen: Arrival = await self._watch.last_of(int(request.match_info["files"]), _seconds(request))
        return _json(seen)

    async def traffic(self, _request: web.Request) -> web.Response:
        seen: Traffic = self._watch.traffic
        return _json(seen)


def _seconds(request: web.Request) -> float:
    return float(request.query["seconds"])


def _json(told: BaseModel) -> web.Response:
    return web.Response(text=told.model_dump_json(), content_type="application/json")


async def main(world: World) -> None:
    """Serve until told to stop."""
    stop = stop_signal()
    await stop_at_end_of_input(stop)
    discord = DiscordSandbox(world.discord())
    watch = Stopwatch(discord, world.names)
    discord.observe(watch)
    async with (
        discord,
        PiapiSandbox(balance_usd=_BALANCE_USD, options=world.provider()) as piapi,
        aiohttp.ClientSession() as session,
    ):
        runner = web.AppRunner(Orders(watch, session).application(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            address = f"http://127.0.0.1:{runner.addresses[0][1]}"
            print(
                BenchAddresses(services=addresses_of(discord, piapi), stopwatch=address).model_dump_json(), flush=True
            )
            await stop.wait()
        finally:
            await runner.cleanup()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("world", type=World.model_validate_json)
    asyncio.run(main(parser.parse_args().world))
