"""A stage for bots: local services in a process of their own, each bot in another, all stopped by their ids."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self
from urllib.parse import urlsplit

import aiohttp

from bench.failure import BenchFailed
from bench.services import BenchAddresses
from bench.stopwatch import Answered, Answers, Arrival, Asking, Burst, Carried, Carry, Flow, Flowed, Traffic
from bench.world import OWNER, ROOM, World
from sandbox.discord.json_types import as_object, objects, text
from sandbox.operator import DiscordOperator
from sandbox.person import Person
from sandbox.piapi import Options, PiapiControl
from sandbox.piapi.control_views import TaskView
from sandbox.stage.environment import bot_environment, free_port, plain_environment
from sandbox.stage.first_day import let_members_in
from sandbox.stage.processes import ChildProcess

PATIENCE: Final = 120.0
"""How long anything may take that is not itself measured, in seconds."""
EGRET: Final = ("-m", "bot", "run")
WATCHED_EGRET: Final = ("-m", "bench.watched_bot")
PONG: Final = ("-m", "bench.baseline.pong")
IDLE: Final = ("-m", "bench.baseline.idle")
POLLING_BOT: Final = ("-m", "bench.baseline.polling_bot")
TRANSFER: Final = ("-m", "bench.baseline.transfer")
PROMPT: Final = "a heron takes off over the marsh at dawn"
BOT_PYTHON: Final = "BOT_PYTHON"
"""The variable that names the interpreter of the bots, which is to find what they need and nothing else: httpx and
structlog load rich and others wherever these are installed. Without it they are run as this program is."""
_STOP_SECONDS: Final = 30.0
_SERVICES_STOP_SECONDS: Final = 10.0
_LOOK: Final = 0.05
NONE: Final[Mapping[str, str]] = MappingProxyType({})
_SILENT: Final = (IDLE,)
"""Bots without commands."""


class Stage:
    """Local services that run, and what is done with them from outside."""

    def __init__(self, addresses: BenchAddresses, session: aiohttp.ClientSession, folder: Path, world: World) -> None:
        self.folder = folder
        self.world = world
        self.addresses = addresses.services
        self.session = session
        self.provider = PiapiControl(addresses.services.provider.control_url)
        self.operator = DiscordOperator(addresses.services.discord.person_url)
        self._stopwatch = addresses.stopwatch
        self._rooms = 0

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, world: World | None = None) -> AsyncIterator[Self]:
        """Start the services; `folder` gets the logs and the bots' data."""
        await asyncio.to_thread(folder.mkdir, parents=True)
        chosen = world or World()
        async with AsyncExitStack() as stack:
            command = ("-m", "bench.services", chosen.model_dump_json())
            line = await stack.enter_async_context(_speaking("services", command, plain_environment(), folder))
            session = await stack.enter_async_context(aiohttp.ClientSession())
            stage = cls(BenchAddresses.model_validate_json(line), session, folder, chosen)
            await stack.enter_async_context(stage.provider)
            await stack.enter_async_context(stage.operator)
            yield stage

    @asynccontextmanager
    async def bot(
        self,
        command: Sequence[str],
        *,
        data: str = "data",
        log: str = "",
        sessions: int = 1,
        set_up: bool = True,
        settings: Mapping[str, str] = NONE,
    ) -> AsyncIterator[ChildProcess]:
        """Start a bot and wait until it is connected; it is stopped on leaving.

        Args:
            command: the interpreter's arguments.
            data: where its files are, below the stage's directory.
            log: what its log is called; after its files if empty.
            sessions: how many connections to the gateway there are then.
            set_up: whether its commands are let be used in every server.
            settings: variables that differ from those of a bot with webhooks and without quotas.
        """
        async with self.starting_bot(command, data=data, log=log, settings=settings) as bot:
            commands = command not in _SILENT
            async with asyncio.timeout(PATIENCE):
                while not await self._ready(sessions, commands=commands):
                    if not bot.running:
                        raise BenchFailed("it never connected")
                    await asyncio.sleep(_LOOK)
            if commands and set_up:
                await self._let_in()
            yield bot

    @asynccontextmanager
    async def starting_bot(
        self, command: Sequence[str], *, data: str = "data", log: str = "", settings: Mapping[str, str] = NONE
    ) -> AsyncIterator[ChildProcess]:
        """Start a bot, wait for nothing, and stop it on leaving; arguments as for `bot`."""
        bot = ChildProcess(
            command[-1],
            [os.environ.get(BOT_PYTHON, sys.executable), *command],
            environment={**self.environment(data), **settings},
            directory=self.folder,
            log=self.folder / f"{log or data}.log",
        )
        try:
            await bot.start()
            yield bot
        except BenchFailed as error:
            if bot.running:
                raise
            raise BenchFailed(f"{error}; {bot.name} ended with {bot.exit_code}:\n{bot.tail()}") from error
        finally:
            await bot.stop(_STOP_SECONDS)

    async def _ready(self, sessions: int, *, commands: bool) -> bool:
        """Tell whether the bots are connected, and have told of their commands if they have any."""
        state = await self.operator.state()
        return state.online and state.sessions >= sessions and (not commands or bool(await self.operator.commands()))

    async def _let_in(self) -> None:
        """Set every server up, as its owner."""
        for server in range(self.world.servers):
            async with Person(self._discord, OWNER, channel=self.world.first_channel(server)) as owner:
                await let_members_in(owner)

    @asynccontextmanager
    async def helper(self, module: str) -> AsyncIterator[str]:
        """Start a program of `bench` that prints its address, and return that."""
        line = _speaking(module.rpartition(".")[2], ("-m", module), self.environment(), self.folder)
        async with line as address:
            yield address

    @asynccontextmanager
    async def transfer(self) -> AsyncIterator[str]:
        """Start the bare download and upload, and return its address."""
        async with self.helper(TRANSFER[-1]) as address:
            yield address

    @asynccontextmanager
    async def network(self, milliseconds: float) -> AsyncIterator[Network]:
        """Put a network before Discord and the provider, which takes no time until it is told to.

        Args:
            milliseconds: what a byte takes there and back.
        """
        discord, provider = self.addresses.discord, self.addresses.provider
        ports = [urlsplit(address).port or 0 for address in (discord.api_url, provider.base_url)]
        command = ("-m", "bench.network", "--milliseconds", str(milliseconds / 2), *map(str, ports))
        async with _spoken("network", command, plain_environment(), self.folder) as (child, line):
            before_discord, before_provider = json.loads(line)
            settings = {
                "DISCORD_API_URL": discord.api_url.replace(f":{ports[0]}", f":{before_discord}"),
                "DISCORD_GATEWAY_URL": discord.gateway_url.replace(f":{ports[0]}", f":{before_discord}"),
                "PIAPI_BASE_URL": provider.base_url.replace(f":{ports[1]}", f":{before_provider}"),
            }
            yield Network(settings, child)

    @property
    def _discord(self) -> str:
        return self.addresses.discord.person_url

    def environment(self, data: str = "data") -> dict[str, str]:
        """Return the settings of a bot with webhooks and without quotas."""
        common = bot_environment(self.addresses, data_dir=self.folder / data, web_port=free_port())
        return {**common, "SERVERS": "all", "MAX_IN_FLIGHT": "1000", "MAX_USD_PER_MONTH": "unlimited"}

    async def channel_id(self, name: str) -> str:
        """Return the id of a channel of the first server."""
        seen = as_object(await self.operator.request("GET", "/person/world"))
        channels = objects(objects(seen["servers"])[0]["channels"])
        return next(text(channel["id"]) for channel in channels if channel["name"] == name)

    def room(self) -> str:
        """Return a channel in which nothing has happened yet."""
        self._rooms += 1
        return ROOM.format(self._rooms - 1)

    async def burst(self, command: str, options: Mapping[str, str], people: int) -> list[Answered]:
        """Let many people send a command at the same moment, and wait for every first response."""
        order = Burst(command=command, options=dict(options), people=people, channel=ROOM.format(0))
        return Answers.model_validate_json(await self._told("POST", "/burst", order.model_dump_json())).answers

    async def ask(self, command: str, options: Mapping[str, str], *, times: int, focused: str = "") -> list[float]:
        """Let the owner ask one thing after the other; return the milliseconds until each answer is shown."""
        order = Asking(command=command, options=dict(options), focused=focused, times=times, channel=ROOM.format(0))
        answers = Answers.model_validate_json(await self._told("POST", "/ask", order.model_dump_json())).answers
        return [answer.milliseconds for answer in answers]

    async def flow(self, times: int, *, at_once: int, channels: Sequence[str], command: str = "video") -> Flowed:
        """Let /video be run so often, so many clips being on their way at once, and wait for each clip."""
        options = {"prompt": PROMPT}
        order = Flow(command=command, options=options, channels=list(channels), times=times, at_once=at_once)
        return Flowed.model_validate_json(await self._told("POST", "/flow", order.model_dump_json(), 5 * PATIENCE))

    async def arrival(self, room: str) -> Arrival:
        """Wait for the first file in a channel."""
        return Arrival.model_validate_json(await self._told("GET", f"/arrivals/{room}", ""))

    async def all_arrived(self, files: int) -> float:
        """Wait until so many files have arrived in all; return when the last did, in seconds since 1970."""
        path = f"/arrived/{files}"
        return Arrival.model_validate_json(await self._told("GET", path, "", 3 * PATIENCE)).at

    async def traffic(self) -> Traffic:
        """Return what has reached Discord so far."""
        return Traffic.model_validate_json(await self._told("GET", "/traffic", ""))

    async def order(self, room: str, size: int) -> TaskView:
        """Let somebody run /video in a channel; return the task that came of it, its clip of `size` bytes under way."""
        known = {task.task_id for task in await self.provider.tasks()}
        await self.provider.set_options(Options(pending_seconds=0, smallest_clip_bytes=size))
        async with Person(self._discord, OWNER, channel=room) as person:
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

    async def _told(self, method: str, path: str, body: str, seconds: float = PATIENCE) -> bytes:
        bound = aiohttp.ClientTimeout(total=2 * seconds)
        params = {"seconds": str(seconds)}
        address = f"{self._stopwatch}{path}"
        async with self.session.request(method, address, data=body, params=params, timeout=bound) as response:
            if response.status != 200:
                raise BenchFailed(f"the stopwatch answered {response.status} to {path}")
            return await response.read()


class Network:
    """A network between a bot and the local services.

    Attributes:
        settings: what lets a bot go through it.
    """

    def __init__(self, settings: Mapping[str, str], child: ChildProcess) -> None:
        self.settings = settings
        self._child = child

    def slow_down(self) -> None:
        """Let everything take its time from now on."""
        if self._child.pid is None:
            raise BenchFailed("the network does not run")
        os.kill(self._child.pid, signal.SIGUSR1)


@asynccontextmanager
async def _speaking(
    name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path
) -> AsyncIterator[str]:
    """Do as `_spoken` does, and return the line alone."""
    async with _spoken(name, command, environment, folder) as (_, line):
        yield line


@asynccontextmanager
async def _spoken(
    name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path
) -> AsyncIterator[tuple[ChildProcess, str]]:
    """Start a program that prints a line once it is ready; return both, and stop it on leaving.

    Raises:
        BenchFailed: it printed nothing.
    """
    child = ChildProcess(
        name,
        [sys.executable, *command],
        environment=environment,
        directory=folder,
        log=folder / f"{name}.log",
        answers=True,
    )
    try:
        await child.start()
        async with asyncio.timeout(PATIENCE):
            line = (await child.line()).strip()
        if not line:
            raise BenchFailed(f"the {name} did not start:\n{child.tail()}")
        yield child, line
    finally:
        await child.stop(_SERVICES_STOP_SECONDS)


def machine() -> str:
    """Return where this runs, in words that name no machine."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    cores = os.cpu_count() or 1
    return f"{cores} core{'s' if cores > 1 else ''}, {sys.implementation.name} {version}, {sys.platform}"
