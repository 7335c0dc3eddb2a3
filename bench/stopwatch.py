"""Notes, inside the local Discord, when commands went out, when they were answered and when clips arrived."""

from __future__ import annotations

import asyncio
import time
from typing import Final

import aiohttp
from pydantic import BaseModel, ConfigDict

from sandbox.discord.json_types import JsonObject, as_object, integer, objects, text
from sandbox.discord.observation import Exchange
from sandbox.discord.server import DiscordSandbox

_CALLBACK: Final = "/interactions/{interaction_id}/{token}/callback"


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Answered(_Told):
    """A first response.

    Attributes:
        milliseconds: from the command going out to the response having been taken.
        callback: Discord's type of it: 4 is a message, 5 a deferral.
    """

    milliseconds: float
    callback: int


class Burst(_Told):
    """Commands that many people send at the same moment, each one.

    Attributes:
        command: its name.
        options: its options.
        people: how many.
        channel: where.
    """

    command: str
    options: dict[str, str]
    people: int
    channel: str


class Answers(_Told):
    """What became of a burst."""

    answers: list[Answered]


class Carry(_Told):
    """A clip that the bare download and upload is to bring over.

    Attributes:
        transfer: the address of the process that does it.
        url: the clip's.
        channel: where to.
    """

    transfer: str
    url: str
    channel: str


class Carried(_Told):
    """A clip that was brought over; `seconds` is from the order to its arrival, `size` in bytes."""

    seconds: float
    size: int


class Arrival(_Told):
    """A file that arrived in a channel.

    Attributes:
        at: seconds since 1970, by the clock that also dates the provider's tasks.
        size: bytes.
    """

    at: float
    size: int


class Stopwatch:
    """Watches one local Discord.

    Args:
        discord: which.
        people: the user names of those who send commands.
    """

    def __init__(self, discord: DiscordSandbox, people: tuple[str, ...]) -> None:
        self._discord = discord
        self._people = people
        self._sent: dict[int, int] = {}
        self._answered: dict[int, Answered] = {}
        self._arrivals: dict[int, Arrival] = {}
        self._changed = asyncio.Event()

    def on_event(self, payload: JsonObject) -> None:
        """Note a command that goes out."""
        if payload.get("t") == "INTERACTION_CREATE":
            self._sent[integer(as_object(payload["d"])["id"])] = time.perf_counter_ns()

    def on_exchange(self, exchange: Exchange) -> None:
        """Note a first response, or a message that carries a file."""
        if exchange.status >= 300:
            return
        if exchange.route == _CALLBACK:
            self._note_answer(int(exchange.path.split("/")[2]), integer(as_object(exchange.request)["type"]))
        if exchange.file_parts and isinstance(exchange.response, dict):
            self._note_arrival(exchange.response)

    def _note_answer(self, interaction_id: int, callback: int) -> None:
        passed = time.perf_counter_ns() - self._sent[interaction_id]
        self._answered[interaction_id] = Answered(milliseconds=passed / 1e6, callback=callback)
        self._announce()

    def _note_arrival(self, message: JsonObject) -> None:
        files = objects(message.get("attachments", []))
        if files:
            arrival = Arrival(at=time.time(), size=integer(files[0]["size"]))
            self._arrivals.setdefault(integer(text(message["channel_id"])), arrival)
            self._announce()

    def _announce(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def burst(self, order: Burst, seconds: float) -> Answers:
        """Send the commands and wait for every first response.

        Raises:
            TimeoutError: one was not answered in time.
        """
        channel = self._discord.operations.channel(order.channel)
        sent: list[int] = []
        for name in self._people[: order.people]:
            person = self._discord.world.person_named(name)
            options: JsonObject = {**order.options}
            sent.append((await self._discord.commanding.run(person, channel, order.command, options)).id)
        async with asyncio.timeout(seconds):
            while not all(identifier in self._answered for identifier in sent):
                await self._changed.wait()
        return Answers(answers=[self._answered[identifier] for identifier in sent])

    async def carry(self, order: Carry, session: aiohttp.ClientSession, seconds: float) -> Carried:
        """Order a clip to be brought over, and wait for it.

        Raises:
            TimeoutError: it did not come in time.
            aiohttp.ClientError: the process that does it failed.
        """
        channel = self._discord.operations.channel(order.channel)
        body = {"url": order.url, "channel_id": str(channel.id)}
        began = time.time()
        async with session.post(f"{order.transfer}/transfer", json=body) as response:
            response.raise_for_status()
        arrival = await self.arrival(order.channel, seconds)
        return Carried(seconds=arrival.at - began, size=arrival.size)

    async def arrival(self, channel_name: str, seconds: float) -> Arrival:
        """Wait for the first file in a channel.

        Raises:
            TimeoutError: none came in time.
        """
        channel = self._discord.operations.channel(channel_name)
        async with asyncio.timeout(seconds):
            while channel.id not in self._arrivals:
                await self._changed.wait()
        return self._arrivals[channel.id]
