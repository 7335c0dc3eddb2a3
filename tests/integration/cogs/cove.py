"""The real client in a local Discord, over the real service and the real store; no loop runs unless a test says so."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from PIL import Image

from bot.client import EgretClient
from bot.community.effective import OperatorLimits
from bot.community.house import CommunityHouse
from bot.community.housekeeping import Housekeeping
from bot.community.moderation import Moderation
from bot.community.personal_data import PersonalData
from bot.community.setting_up import SettingUp
from bot.community.spending import SpendingBook
from bot.delivery.memberships import DiscordMemberships
from bot.jobs.limits import Allowance
from bot.jobs.loops import Wakes
from bot.jobs.model import Job
from bot.jobs.purchasing import Ceilings
from bot.jobs.requests import Submitted
from bot.media.limits import MediaLimits
from sandbox.discord import DiscordSandbox
from sandbox.discord.state import Guild
from sandbox.person import LocalFile, Person
from sandbox.seen import SeenMessage
from storage.store import Store
from tests.integration.jobs.world import ManualClock, World


def ceilings(guild: Guild, **changes: int | None) -> Ceilings:
    return Ceilings(
        servers=frozenset({guild.id}),
        microusd_per_month=changes.get("month"),
        microusd_per_job=changes.get("job", 1_000_000),
        per_person=Allowance(clips_per_day=changes.get("day")),
    )


class Cove:
    """A server with people, and Egret in it."""

    def __init__(self, discord: DiscordSandbox, store: Store, clock: ManualClock) -> None:
        self.discord = discord
        self.guild = next(iter(discord.world.guilds.values()))
        self.store = store
        self.world = World(store, clock, ceilings=ceilings(self.guild))
        self.operator = OperatorLimits(allowance=Allowance())
        self.client = self.new_client()
        self.juno, self.mira, self.theo = (Person(discord.person_url, name) for name in ("juno", "mira", "theo"))

    def new_client(self, *, patience: float = 60.0) -> EgretClient:
        # Only who tries deferrals may meet one, however busy the machine is.
        world = self.world
        self.housekeeping = Housekeeping(self.store, self.operator, world.clock)
        self.memberships = DiscordMemberships()
        self.client = EgretClient(
            world.service,
            world.clip_service,
            world.drafts,
            self.store,
            MediaLimits(),
            housekeeping=self.housekeeping,
            book=SpendingBook(self.store, self.house(), world.catalogue, world.clock),
            setting_up=SettingUp(self.store, self.housekeeping, frozenset({self.guild.id}), world.clock),
            moderation=Moderation(self.store, self.memberships, world.clock),
            personal=PersonalData(self.store, self.operator, world.clock, Wakes()),
            patience=patience,
        )
        self.memberships.ask(self.client)
        return self.client

    def house(self) -> CommunityHouse:
        """Return the rules of the server as a process would know them."""
        return CommunityHouse(self.store, self.memberships, self.operator.allowance, self.world.clock)

    def use_house(self, operator: Allowance | None = None, retention_days: int | None = None) -> None:
        """Start over as a process in which the server's settings hold; for a server that is not online yet."""
        self.operator = OperatorLimits(allowance=operator or Allowance(), retention_days=retention_days)
        self.world.house = CommunityHouse(self.store, DiscordMemberships(), self.operator.allowance, self.world.clock)
        self.world.start_process()
        self.new_client()

    def use_ceilings(self, **changes: int | None) -> None:
        """Start over as a process with other ceilings; for a server that is not online yet."""
        self.world.ceilings = ceilings(self.guild, **changes)
        self.world.start_process()
        self.new_client()

    @asynccontextmanager
    async def online(self, client: EgretClient) -> AsyncIterator[EgretClient]:
        """Log in and stay connected until the block ends."""
        await client.login(self.discord.token)
        connected = asyncio.ensure_future(client.wait_for("connect", timeout=10))
        connection = asyncio.create_task(client.connect())
        try:
            # Servers follow at once and in order; "ready" would be two seconds later.
            await connected
            yield client
        finally:
            await client.close()
            await asyncio.gather(connection, return_exceptions=True)

    async def close(self) -> None:
        for person in (self.juno, self.mira, self.theo):
            await person.close()

    def person_id(self, person: Person) -> int:
        return self.discord.world.person_named(person.name).id

    def channel_id(self, name: str = "general") -> int:
        return next(c.id for c in self.discord.world.channels.values() if c.name == name)

    async def running(self, person: Person) -> list[Job]:
        """Return the person's unended jobs in the server."""
        return list(await self.store.running_clips(self.person_id(person), self.guild.id, 100))

    async def nothing_stored(self) -> bool:
        return not [job for person in (self.juno, self.mira, self.theo) for job in await self.running(person)]

    async def only_job(self, person: Person) -> Job:
        (job,) = await self.running(person)
        return job

    async def job_with_card(self, person: Person) -> Job:
        """Wait until the commands in hand are answered, and return the person's only job."""
        await asyncio.wait_for(self.client.commands_finished(), 5)
        return await self.only_job(person)

    async def finished_clip(
        self, person: Person, prompt: str = "a red kite", channel: str = "general", **options
    ) -> Job:
        """Run /video as a person would, and let the core do the rest."""
        before = {job.id for job in await self.running(person)}
        await person.in_channel(channel).run("video", prompt=prompt, **options)
        (made,) = [job for job in await self.running(person) if job.id not in before]
        return await self.finish(made)

    async def finish(self, made: Job | Submitted) -> Job:
        """Let a job succeed and its clip be archived and delivered."""
        job_id = made.id if isinstance(made, Job) else made.job.id
        await self.world.settle()
        job = await self.store.job(job_id)
        assert job is not None
        assert job.task_id is not None
        self.world.provider.finish(job.task_id)
        await self.store.nudge(job.hook_token, job.task_id, self.world.clock.now())
        await self.world.settle()
        done = await self.store.job(job_id)
        assert done is not None
        return done

    async def card(self, job: Job, person: Person) -> SeenMessage:
        """Return the job's card as it stands."""
        stored = await self.store.job(job.id)
        assert stored is not None
        assert stored.card is not None
        return await person.message(stored.card.message_id)


def picture(width: int = 640, height: int = 480, name: str = "kite.png") -> LocalFile:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(buffer, "PNG")
    return LocalFile(name, buffer.getvalue())


def recording(seconds: float, name: str = "hello.wav") -> LocalFile:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8_000)
        file.writeframes(b"\x80" * round(8_000 * seconds))
    return LocalFile(name, buffer.getvalue())
