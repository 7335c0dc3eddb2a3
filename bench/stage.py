"""A stage for one bot: local services in a process of their own, the bot in another, both stopped by their ids."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final, Self

import aiohttp

from bench.services import PEOPLE, ROOM, BenchAddresses
from bench.stopwatch import Answered, Answers, Arrival, Burst, Carried, Carry
from sandbox.operator import DiscordOperator
from sandbox.person import Person
from sandbox.piapi import Options, PiapiControl
from sandbox.piapi.control_views import TaskView
from sandbox.stage.environment import bot_environment, free_port, plain_environment
from sandbox.stage.first_day import let_members_in
from sandbox.stage.processes import ChildProcess

PATIENCE: Final = 60.0
"""How long anything may take that is not itself measured, in seconds."""
EGRET: Final = ("-m", "bot", "run")
PONG: Final = ("-m", "bench.baseline.pong")
IDLE: Final = ("-m", "bench.baseline.idle")
POLLING_BOT: Final = ("-m", "bench.baseline.polling_bot")
TRANSFER: Final = ("-m", "bench.baseline.transfer")
PROMPT: Final = "a heron takes off over the marsh at dawn"
_STOP_SECONDS: Final = 10.0
_LOOK: Final = 0.05


class BenchFailed(Exception):
    """Something did not do what is measured, so no figure can be given."""


class Stage:
    """Local services that run, and what is done with them from outside."""

    def __init__(self, addresses: BenchAddresses, session: aiohttp.ClientSession, folder: Path) -> None:
        self.folder = folder
        self.provider = PiapiControl(addresses.services.provider.control_url)
        self.operator = DiscordOperator(addresses.services.discord.person_url)
        self._addresses = addresses
        self._session = session
        self._stopwatch = addresses.stopwatch
        self._rooms = 0

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, *, rooms: int = 1) -> AsyncIterator[Self]:
        """Start the services; `folder` gets the logs and the bots' data."""
        await asyncio.to_thread(folder.mkdir, parents=True)
        services = ChildProcess(
            "services",
            [sys.executable, "-m", "bench.services", "--rooms", str(rooms)],
            environment=plain_environment(),
            directory=folder,
            log=folder / "services.log",
            answers=True,
        )
        async with AsyncExitStack() as stack:
            stack.push_async_callback(services.stop, _STOP_SECONDS)
            await services.start()
            async with asyncio.timeout(PATIENCE):
                line = await services.line()
            if not line:
                raise BenchFailed(f"the services did not start:\n{services.tail()}")
            session = await stack.enter_async_context(aiohttp.ClientSession())
            stage = cls(BenchAddresses.model_validate_json(line), session, folder)
            await stack.enter_async_context(stage.provider)
            await stack.enter_async_context(stage.operator)
            yield stage

    @asynccontextmanager
    async def bot(self, command: Sequence[str], **settings: str) -> AsyncIterator[ChildProcess]:
        """Start a bot and wait until it is connected; it is stopped on leaving.

        Args:
            command: the interpreter's arguments.
            settings: variables that differ from those of a bot with webhooks and without quotas.
        """
        bot = ChildProcess(
            command[-1],
            [sys.executable, *command],
            environment={**self._environment(), **settings},
            directory=self.folder,
            log=self.folder / "bot.log",
        )
        try:
            await bot.start()
            async with asyncio.timeout(PATIENCE):
                while not await self._ready(commands=command != IDLE):
                    if not bot.running:
                        raise BenchFailed(f"{bot.name} ended with {bot.exit_code}:\n{bot.tail()}")
                    await asyncio.sleep(_LOOK)
            if command != IDLE:
                async with Person(self._discord, PEOPLE[0], channel=ROOM.format(0)) as owner:
                    await let_members_in(owner)
            yield bot
        finally:
            await bot.stop(_STOP_SECONDS)

    async def _ready(self, *, commands: bool) -> bool:
        """Tell whether a bot is connected, and has told of its commands if it has any."""
        return (await self.operator.state()).online and (not commands or bool(await self.operator.commands()))

    @asynccontextmanager
    async def transfer(self) -> AsyncIterator[str]:
        """Start the bare download and upload, and return its address."""
        child = ChildProcess(
            "transfer",
            [sys.executable, *TRANSFER],
            environment=self._environment(),
            directory=self.folder,
            log=self.folder / "transfer.log",
            answers=True,
        )
        try:
            await child.start()
            async with asyncio.timeout(PATIENCE):
                address = (await child.line()).strip()
            if not address:
                raise BenchFailed(f"the transfer did not start:\n{child.tail()}")
            yield address
        finally:
            await child.stop(_STOP_SECONDS)

    @property
    def _discord(self) -> str:
        return self._addresses.services.discord.person_url

    def _environment(self) -> dict[str, str]:
        port = free_port()
        common = bot_environment(self._addresses.services, data_dir=self.folder / "data", web_port=port)
        return {**common, "MAX_IN_FLIGHT": "1000", "MAX_USD_PER_MONTH": "unlimited"}

    def room(self) -> str:
        """Return a channel in which nothing has happened yet."""
        self._rooms += 1
        return ROOM.format(self._rooms - 1)

    async def burst(self, command: str, options: Mapping[str, str], people: int) -> list[Answered]:
        """Let many people send a command at the same moment, and wait for every first response."""
        order = Burst(command=command, options=dict(options), people=people, channel=ROOM.format(0))
        answer = await self._told("POST", "/burst", order.model_dump_json())
        return Answers.model_validate_json(answer).answers

    async def arrival(self, room: str) -> Arrival:
        """Wait for the first file in a channel."""
        return Arrival.model_validate_json(await self._told("GET", f"/arrivals/{room}", ""))

    async def order(self, room: str, size: int) -> TaskView:
        """Let somebody run /video in a channel; return the task that came of it, its clip of `size` bytes under way."""
        known = {task.task_id for task in await self.provider.tasks()}
        await self.provider.set_options(Options(pending_seconds=0, smallest_clip_bytes=size))
        async with Person(self._discord, PEOPLE[0], channel=room) as person:
            await person.run("video", {"prompt": PROMPT})
        await self.bought(len(known) + 1)
        new = next(task for task in await self.provider.tasks() if task.task_id not in known)
        return await self.provider.wait(new.task_id, "processing")

    async def tasks_created(self) -> int:
        """Return how many tasks are at the provider."""
        return (await self.provider.summary()).tasks_created

    async def bought(self, tasks: int) -> None:
        """Wait until so many tasks are at the provider."""
        deadline = time.monotonic() + PATIENCE
        while (found := await self.tasks_created()) < tasks:
            if time.monotonic() > deadline:
                raise BenchFailed(f"{found} of {tasks} tasks are at the provider after {PATIENCE:g} s")
            await asyncio.sleep(_LOOK)

    async def carry(self, transfer: str, url: str) -> Carried:
        """Let the bare download and upload bring a clip into a new channel."""
        order = Carry(transfer=transfer, url=url, channel=self.room())
        return Carried.model_validate_json(await self._told("POST", "/carry", order.model_dump_json()))

    async def _told(self, method: str, path: str, body: str) -> bytes:
        params = {"seconds": str(PATIENCE)}
        address = f"{self._stopwatch}{path}"
        async with self._session.request(method, address, data=body, params=params, timeout=_bound()) as response:
            if response.status != 200:
                raise BenchFailed(f"the stopwatch answered {response.status} to {path}")
            return await response.read()


def _bound() -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=2 * PATIENCE)


def machine() -> str:
    """Return where this runs, in words that name no machine."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    cores = os.cpu_count() or 1
    return f"{cores} core{'s' if cores > 1 else ''}, {sys.implementation.name} {version}, {sys.platform}"
