"""Both local services with a stopwatch, as a process of their own: `python -m bench.services`.

What is measured runs elsewhere, so no event loop is shared; the stopwatch runs here, so that every moment is taken by
one clock. The addresses are printed as one line of JSON; the end of standard input, or a signal, stops it.
"""

from __future__ import annotations

import argparse
import asyncio
from typing import Final

import aiohttp
from aiohttp import web
from pydantic import BaseModel, ConfigDict

from bench.stopwatch import Burst, Carry, Stopwatch
from sandbox.discord import DiscordConfig, GuildConfig
from sandbox.discord.config import PersonConfig
from sandbox.discord.server import DiscordSandbox
from sandbox.piapi import Options, PiapiSandbox
from sandbox.stage.addresses import ServiceAddresses
from sandbox.stage.serving import addresses_of, stop_at_end_of_input, stop_signal

PEOPLE: Final = tuple(f"person{number}" for number in range(1, 51))
ROOM: Final = "room-{}"
_BALANCE_USD: Final = 1_000_000.0
_BOOST_TIER: Final = 2
"""A server of this boost tier takes files of 50 MB."""


class BenchAddresses(BaseModel):
    """Where everything is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    services: ServiceAddresses
    stopwatch: str


def world(rooms: int) -> DiscordConfig:
    """Return a boosted server with many people and `rooms` channels."""
    people = tuple(PersonConfig(username=name, global_name=name.title()) for name in PEOPLE)
    server = GuildConfig(
        name="Bench",
        owner=PEOPLE[0],
        channels=tuple(ROOM.format(number) for number in range(rooms)),
        people=PEOPLE,
        premium_tier=_BOOST_TIER,
    )
    return DiscordConfig(people=people, guilds=(server,), application_owner=PEOPLE[0])


def provider() -> Options:
    """Return a provider whose tasks run until they are told to finish."""
    return Options(pending_seconds=None, processing_seconds=None, max_concurrent_task_count=10_000)


def application(watch: Stopwatch, session: aiohttp.ClientSession) -> web.Application:
    """Return the stopwatch's own requests; `session` is for its orders to the bare download and upload."""

    async def burst(request: web.Request) -> web.Response:
        order = Burst.model_validate_json(await request.read())
        answers = await watch.burst(order, float(request.query["seconds"]))
        return web.Response(text=answers.model_dump_json(), content_type="application/json")

    async def carry(request: web.Request) -> web.Response:
        order = Carry.model_validate_json(await request.read())
        carried = await watch.carry(order, session, float(request.query["seconds"]))
        return web.Response(text=carried.model_dump_json(), content_type="application/json")

    async def arrival(request: web.Request) -> web.Response:
        seen = await watch.arrival(request.match_info["channel"], float(request.query["seconds"]))
        return web.Response(text=seen.model_dump_json(), content_type="application/json")

    app = web.Application()
    app.router.add_post("/burst", burst)
    app.router.add_post("/carry", carry)
    app.router.add_get("/arrivals/{channel}", arrival)
    return app


async def main(rooms: int) -> None:
    """Serve until told to stop."""
    stop = stop_signal()
    await stop_at_end_of_input(stop)
    discord = DiscordSandbox(world(rooms))
    watch = Stopwatch(discord, PEOPLE)
    discord.observe(watch)
    async with (
        discord,
        PiapiSandbox(balance_usd=_BALANCE_USD, options=provider()) as piapi,
        aiohttp.ClientSession() as session,
    ):
        runner = web.AppRunner(application(watch, session), access_log=None, shutdown_timeout=1.0)
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
    parser.add_argument("--rooms", type=int, default=1)
    asyncio.run(main(parser.parse_args().rooms))
