"""Notes, inside the local Discord, when commands went out, when they were answered and when clips arrived."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import aiohttp
from pydantic import BaseModel, ConfigDict

from sandbox.discord.json_types import JsonObject, JsonValue, as_object, integer, objects, text
from sandbox.discord.observation import Exchange
from sandbox.discord.server import DiscordSandbox

if TYPE_CHECKING:
    from sandbox.discord.interaction import Interaction
    from sandbox.discord.state import Channel, User

_CALLBACK: Final = "/interactions/{interaction_id}/{token}/callback"
_ORIGINAL: Final = "/webhooks/{webhook_id}/{token}/messages/{message}"
_DEFERRED: Final = 5
"""Discord's callback type of an answer that comes later."""


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Answered(_Told):
    """A first response.

    Attributes:
        milliseconds: from the command going out to the response having been taken.
        callback: Discord's type of it: 4 is a message, 5 a deferral, 8 choices.
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


class Asking(_Told):
    """One person's commands, or what they type into an option, one after the other.

    Attributes:
        command: its name.
        options: its options.
        focused: the option that is typed into; "" where the command is run.
        times: how often.
        channel: where.
    """

    command: str
    options: dict[str, str]
    focused: str
    times: int
    channel: str


class Answers(_Told):
    """What became of commands."""

    answers: list[Answered]


class Flow(_Told):
    """Commands whose clips are waited for.

    Attributes:
        command: its name.
        options: its options.
        channels: where, in turn.
        times: how many in all.
        at_once: how many clips may be on their way; a command goes out for each that arrives.
    """

    command: str
    options: dict[str, str]
    channels: list[str]
    times: int
    at_once: int


class Flowed(_Told):
    """Clips that arrived.

    Attributes:
        seconds: from the first command going out to the last clip's arrival.
        arrivals: seconds from the first command to each arrival, in order.
    """

    seconds: float
    arrivals: list[float]

    @property
    def steady(self) -> float:
        """Return how many clips a second arrived in the middle half of the arrivals: neither start nor end."""
        early, late = len(self.arrivals) // 4, 3 * len(self.arrivals) // 4
        return (late - early) / (self.arrivals[late] - self.arrivals[early])


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


class Traffic(_Told):
    """What reached Discord.

    Attributes:
        requests: how many, whatever was answered.
        edits: of messages.
        repeated: edits that said of a message what the last one had said of it.
    """

    requests: int
    edits: int
    repeated: int


class Stopwatch:
    """Watches one local Discord.

    Args:
        discord: which.
        people: the user names of those who send commands.
    """

    def __init__(self, discord: DiscordSandbox, people: tuple[str, ...]) -> None:
        self._discord = discord
        self._people = [discord.world.person_named(name) for name in people]
        self._sent: dict[int, int] = {}
        self._answered: dict[int, Answered] = {}
        self._deferred: dict[str, int] = {}
        self._arrivals: dict[int, Arrival] = {}
        self._arrived: list[Arrival] = []
        self._requests = 0
        self._edits = 0
        self._repeated = 0
        self._said: dict[str, JsonValue] = {}
        self._changed = asyncio.Event()

    @property
    def traffic(self) -> Traffic:
        """Return what has reached Discord so far."""
        return Traffic(requests=self._requests, edits=self._edits, repeated=self._repeated)

    def on_event(self, payload: JsonObject) -> None:
        """Note a command that goes out."""
        if payload.get("t") == "INTERACTION_CREATE":
            self._sent[integer(as_object(payload["d"])["id"])] = time.perf_counter_ns()

    def on_exchange(self, exchange: Exchange) -> None:
        """Note a first response, what follows a deferral, an edit, or a message that carries a file."""
        self._requests += 1
        if exchange.status >= 300:
            return
        if exchange.route == _CALLBACK:
            _, _, interaction_id, token, _ = exchange.path.split("/")
            callback = integer(as_object(exchange.request)["type"])
            if callback == _DEFERRED:
                self._deferred[token] = int(interaction_id)
            self._note_answer(int(interaction_id), callback)
        elif exchange.route == _ORIGINAL and exchange.method == "PATCH":
            interaction = self._deferred.pop(exchange.path.split("/")[3], None)
            if interaction is not None:
                self._note_answer(interaction, _DEFERRED)
        if exchange.file_parts and isinstance(exchange.response, dict):
            self._note_arrival(exchange.response)
        if exchange.method == "PATCH" and isinstance(exchange.response, dict) and "channel_id" in exchange.response:
            self._note_edit(text(exchange.response["id"]), exchange.request)

    def _note_edit(self, message_id: str, said: JsonValue) -> None:
        self._edits += 1
        self._repeated += message_id in self._said and self._said[message_id] == said
        self._said[message_id] = said

    def _note_answer(self, interaction_id: int, callback: int) -> None:
        passed = time.perf_counter_ns() - self._sent[interaction_id]
        self._answered[interaction_id] = Answered(milliseconds=passed / 1e6, callback=callback)
        self._announce()

    def _note_arrival(self, message: JsonObject) -> None:
        files = objects(message.get("attachments", []))
        if files:
            arrival = Arrival(at=time.time(), size=integer(files[0]["size"]))
            self._arrivals.setdefault(integer(text(message["channel_id"])), arrival)
            self._arrived.append(arrival)
            self._announce()

    def _announce(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _until(self, holds: Callable[[], bool], seconds: float) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                await self._changed.wait()

    async def burst(self, order: Burst, seconds: float) -> Answers:
        """Send the commands and wait for every first response.

        Raises:
            TimeoutError: one was not answered in time.
        """
        channel = self._discord.operations.channel(order.channel)
        people = self._people[: order.people]
        sent = [(await self._run(person, channel, order.command, order.options)).id for person in people]
        await self._until(lambda: all(identifier in self._answered for identifier in sent), seconds)
        return Answers(answers=[self._answered[identifier] for identifier in sent])

    async def ask(self, order: Asking, seconds: float) -> Answers:
        """Ask one thing after the other, and wait for what each shows in the end.

        Raises:
            TimeoutError: one was not answered in time.
        """
        channel = self._discord.operations.channel(order.channel)
        person = self._people[0]
        answers: list[Answered] = []
        for _ in range(order.times):
            if order.focused:
                options: JsonObject = {**order.options}
                asked = self._discord.commanding.autocomplete(person, channel, order.command, order.focused, options)
            else:
                asked = await self._run(person, channel, order.command, order.options)
            identifier = asked.id
            await self._until(lambda which=identifier: self._is_shown(which), seconds)  # type: ignore[misc]
            answers.append(self._answered[identifier])
        return Answers(answers=answers)

    def _is_shown(self, interaction_id: int) -> bool:
        """Tell whether a person sees an answer, and not only that one is to come."""
        return interaction_id in self._answered and interaction_id not in self._deferred.values()

    async def flow(self, order: Flow, seconds: float) -> Flowed:
        """Send commands, so many clips being on their way at once, and wait until each has a file.

        Raises:
            TimeoutError: they did not come in time.
        """
        channels = [self._discord.operations.channel(name) for name in order.channels]
        before, began = len(self._arrived), time.time()
        for number in range(order.times):
            wanted = before + number + 1 - order.at_once
            await self._until(lambda least=wanted: len(self._arrived) >= least, seconds)  # type: ignore[misc]
            await self._run(self._people[0], channels[number % len(channels)], order.command, order.options)
            await asyncio.sleep(0)
        await self._until(lambda: len(self._arrived) >= before + order.times, seconds)
        arrivals = [arrival.at - began for arrival in self._arrived[before : before + order.times]]
        return Flowed(seconds=arrivals[-1], arrivals=arrivals)

    async def _run(self, person: User, channel: Channel, command: str, options: dict[str, str]) -> Interaction:
        given: JsonObject = {**options}
        return await self._discord.commanding.run(person, channel, command, given)

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
        await self._until(lambda: channel.id in self._arrivals, seconds)
        return self._arrivals[channel.id]

    async def last_of(self, files: int, seconds: float) -> Arrival:
        """Wait until so many files have arrived in all; return the last of them.

        Raises:
            TimeoutError: they did not come in time.
        """
        await self._until(lambda: len(self._arrived) >= files, seconds)
        return self._arrived[files - 1]
