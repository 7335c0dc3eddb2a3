"""The real sink, with a real discord.py client, in a local Discord; what stands in its channels is the truth."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import discord

from bot.catalog import Catalogue
from bot.clock import SystemClock
from bot.delivery import ChannelSink
from bot.delivery.own_messages import OwnMessages
from bot.delivery.tries import count_tries
from bot.jobs.model import Asset, AssetRole, Delivery, Job, MessageRef, Place
from bot.jobs.ports import MessageFacts, TargetRefused
from bot.media.archive import Archive
from bot.media.fit import Fitter
from bot.media.processes import WorkerPool
from sandbox.discord import DiscordSandbox
from sandbox.discord.faults import Fault, FaultKind
from sandbox.discord.json_types import JsonObject
from sandbox.discord.observation import Exchange
from sandbox.discord.permissions import Permission
from sandbox.discord.state import Channel
from sandbox.person import Person
from sandbox.seen import SeenMessage
from tests.unit.ui import job_samples

MIB = 1024 * 1024
POST = "/channels/*/messages"
EDIT = "/channels/*/messages/*"
POST_ROUTE = "/channels/{channel_id}/messages"
EDIT_ROUTE = "/channels/{channel_id}/messages/{message_id}"


class Wire:
    """What passed between the bot and Discord."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []

    def on_exchange(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)

    def on_event(self, payload: JsonObject) -> None:
        pass


class Quay:
    """A sink, the sandbox it delivers into, and an archive with clips."""

    def __init__(self, sandbox: DiscordSandbox, client: discord.Client, archive: Archive) -> None:
        self.sandbox = sandbox
        self.client = client
        self.archive = archive
        self.clock = SystemClock()
        self.guild = next(iter(sandbox.world.guilds.values()))
        self.general = sandbox.operations.channel("general")
        self.mira = sandbox.world.person_named("mira")
        self.wire = Wire()
        sandbox.observe(self.wire)
        self.person = Person(sandbox.person_url, "mira")
        self.restart()

    @property
    def watches(self) -> bool:
        """Whether the process has a gateway connection."""
        return bool(self.client.guilds)

    def restart(self, **settings: int) -> None:
        """Forget everything that a new process would not know."""
        fitter = Fitter(WorkerPool())
        self.own = OwnMessages()
        self.sink = ChannelSink(self.client, self.archive, fitter, Catalogue(), self.clock, own=self.own, **settings)

    def fail(self, kind: FaultKind, *, method: str = "POST", path: str = POST, **facts: Any) -> None:
        """Let the next matching requests go wrong."""
        self.sandbox.faults.add(Fault(kind=kind, method=method, path=path, **facts))

    def forbid(self, permission: Permission) -> None:
        """Take a right from the bot in the channel."""
        self.sandbox.operations.set_overwrite(self.general, "bot", 0, int(permission))

    def refuse(self, code: int, status: int = 400, *, method: str = "POST", path: str = POST, times: int = 1) -> None:
        """Let Discord refuse the next matching requests."""
        body: Any = {"message": "refused", "code": code}
        self.fail("status", method=method, path=path, status=status, body=body, times=times)

    async def keep_clip(self, source: Path, asset_id: str = "clip1") -> Asset:
        """Put a copy of a clip into the archive."""
        copy = self.archive.new_incoming("mp4")
        await asyncio.to_thread(shutil.copy, source, copy)
        stored = await self.archive.put_file(copy, asset_id, "mp4")
        return Asset(
            id=asset_id,
            job_id="k3f9x2",
            role=AssetRole.RESULT,
            source_url="",
            filename="",
            option="",
            content_type="video/mp4",
            size=stored.size,
            extension="mp4",
            duration_ms=5_000,
        )

    def job(self, channel: Channel | None = None, **changes: Any) -> Job:
        place = Place(
            guild_id=self.guild.id, channel_id=(channel or self.general).id, upload_limit=10 * MIB, locale="en-US"
        )
        facts = {
            "place": place,
            "requester_id": self.mira.id,
            "card": None,
            "finished_at": self.clock.now(),
            **changes,
        }
        return job_samples.finished(**facts)

    def delivery(self, **changes: Any) -> Delivery:
        return job_samples.delivery(**{"created_at": self.clock.now(), **changes})

    async def post_card(self, job: Job) -> Job:
        """Post a card as a command's answer would stand there."""
        message = await self.client.get_partial_messageable(job.place.channel_id).send("⏳ **Queued**")
        return replace(job, card=MessageRef(job.place.channel_id, message.id))

    async def deliver(
        self, job: Job, asset: Asset | None, delivery: Delivery | None = None, **facts: bool
    ) -> MessageRef:
        """Send to the first target that takes it, as the core's deliverer does; the last refusal is raised."""
        delivery = delivery or self.delivery()
        refused = TargetRefused("no_target")
        async with aclosing(self.sink.targets(delivery, job)) as targets:
            async for channel_id in targets:
                try:
                    return await self.send_to(channel_id, delivery, job, MessageFacts(result=asset, **facts))
                except TargetRefused as error:
                    refused = error
        raise refused

    async def send_to(self, channel_id: int, delivery: Delivery, job: Job, facts: MessageFacts) -> MessageRef:
        """Send to one target."""
        prepared = await self.sink.prepare(delivery, job, facts, channel_id)
        try:
            return await self.sink.send(prepared, delivery)
        finally:
            await prepared.discard()

    async def targets(self, delivery: Delivery, job: Job) -> list[int]:
        """Return every target, as if each refused."""
        return [channel_id async for channel_id in self.sink.targets(delivery, job)]

    async def seen(self, channel: str = "general") -> list[SeenMessage]:
        """Return the bot's messages in a channel as the person sees them."""
        return [message for message in await self.person.in_channel(channel).messages() if message.from_bot]

    def direct(self) -> Channel:
        """Return the person's direct messages with the bot."""
        return self.sandbox.world.direct_channel(self.mira.id)

    def requests(self, method: str, route: str) -> list[Exchange]:
        """Return the requests of a kind that reached Discord, answered or not."""
        return [exchange for exchange in self.wire.exchanges if (exchange.method, exchange.route) == (method, route)]


@asynccontextmanager
async def logged_in(sandbox: DiscordSandbox) -> AsyncIterator[discord.Client]:
    """A client of a process that only works: it has a token, and no gateway connection."""
    client = discord.Client(
        intents=discord.Intents(guilds=True),
        allowed_mentions=discord.AllowedMentions.none(),
        max_messages=None,
        max_ratelimit_timeout=30,
        http_trace=count_tries(aiohttp.TraceConfig()),
    )
    await client.login(sandbox.token)
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def connected(sandbox: DiscordSandbox) -> AsyncIterator[discord.Client]:
    """A client with a gateway connection, which keeps servers, channels and roles current."""
    client = discord.Client(
        intents=discord.Intents(guilds=True),
        allowed_mentions=discord.AllowedMentions.none(),
        member_cache_flags=discord.MemberCacheFlags.none(),
        chunk_guilds_at_startup=False,
        max_messages=None,
        max_ratelimit_timeout=30,
        http_trace=count_tries(aiohttp.TraceConfig()),
        guild_ready_timeout=0,
    )
    await client.login(sandbox.token)
    ready = asyncio.ensure_future(client.wait_for("ready", timeout=20))
    connection = asyncio.create_task(client.connect())
    try:
        await ready
        yield client
    finally:
        await client.close()
        await asyncio.gather(connection, return_exceptions=True)
