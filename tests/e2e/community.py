"""A community in one process: the whole bot between a local Discord and a local PiAPI, all over real sockets.

Three clocks tell the time: the bot's, the local Discord's and the local PiAPI's. All run with the machine's, and
`Community.advance` moves them together, so that nobody sits out a backoff, a token's life or thirty days.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import discord
import discord.gateway
import discord.http

from bot.app import App, build
from bot.jobs.house import ConsentKind
from bot.log import Redaction
from bot.settings import Settings, load_settings
from sandbox.discord import DiscordConfig, GuildConfig
from sandbox.discord.clock import Clock
from sandbox.discord.json_types import JsonObject, as_object, integer, text
from sandbox.discord.observation import Exchange
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.state import Channel, Guild
from sandbox.operator import DiscordOperator
from sandbox.person import OptionValue, Person
from sandbox.piapi import DEFAULT_KEY, Options, PiapiControl, PiapiSandbox
from sandbox.piapi.control_views import TaskView
from sandbox.piapi.server import SandboxClock
from sandbox.seen import SeenMessage
from sandbox.stage.processes import ChildProcess
from storage.store import open_migrated_store
from tests.e2e.books import Books, Row

KITE: Final = "a red kite over the sea"
"""A prompt for whatever clip; the local provider draws each only once."""
PATIENCE: Final = 30.0
"""How long anything may take, in seconds of real time; far more than it does."""
REPOSITORY: Final = Path(__file__).resolve().parents[2]
T = TypeVar("T")
ROOMS: Final = tuple(f"room-{number}" for number in range(1, 61))
"""Channels, so that tests that share a server need not share one."""
TWO_SERVERS: Final = DiscordConfig(
    guilds=(
        GuildConfig(
            name="Egret Cove",
            owner="juno",
            channels=("general", "clips", *ROOMS),
            people=("juno", "mira", "theo"),
        ),
        GuildConfig(name="Elsewhere", owner="juno", channels=("strand",), people=("juno", "mira", "theo")),
    )
)
QUICK: Final = Options(pending_seconds=0.0, processing_seconds=0.05)
"""A provider that takes no time."""
WHEN_TOLD: Final = Options(pending_seconds=0.0, processing_seconds=None)
"""A provider whose tasks run until a test finishes them."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def until(condition: Callable[[], Awaitable[bool] | bool], what: str) -> None:
    """Return once a condition holds that nothing announces; fail when it does not in time."""
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                holds = condition()
                if holds if isinstance(holds, bool) else await holds:
                    return
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"not within {PATIENCE} s: {what}") from None


class Chronicle:
    """Every version of every message, as the local Discord announced them."""

    def __init__(self) -> None:
        self._versions: dict[int, list[str]] = defaultdict(list)

    def of(self, message: SeenMessage) -> list[str]:
        """Return what a message said at one time or another, oldest first."""
        return self._versions[message.id]

    def on_exchange(self, exchange: Exchange) -> None:
        pass

    def on_event(self, payload: JsonObject) -> None:
        if payload.get("t") in {"MESSAGE_CREATE", "MESSAGE_UPDATE"}:
            message = as_object(payload["d"])
            self._versions[integer(message["id"])].append(text(message["content"]))


@dataclass
class Community:
    """Both sandboxes, the people, and the bot, which can be stopped, killed and started again."""

    discord: DiscordSandbox
    piapi: PiapiSandbox
    provider: PiapiControl
    operator: DiscordOperator
    mira: Person
    theo: Person
    juno: Person
    chronicle: Chronicle
    directory: Path
    overrides: dict[str, str] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    app: App | None = None
    at_home: bool = True
    """Whether the server is set up and everybody has said that they may use what they bring, before the bot starts."""
    port: int = field(default_factory=free_port)
    _rooms: list[str] = field(default_factory=lambda: list(ROOMS))
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _running: asyncio.Task[None] | None = None

    @property
    def server(self) -> Guild:
        return next(iter(self.discord.world.guilds.values()))

    @property
    def books(self) -> Books:
        """What the bot's database holds."""
        return Books(self.directory / "egret.db")

    async def answers_to(self, card: SeenMessage) -> list[SeenMessage]:
        """Return every message that ever stood in reply to a card for all to see."""
        messages = await self.operator.messages(str(card.channel_id))
        return [message for message in messages if message.reference_id == card.id and not message.ephemeral]

    def room(self) -> str:
        """Return a channel that no test has used."""
        return self._rooms.pop(0)

    def channel(self, name: str) -> Channel:
        return self.discord.operations.channel(name)

    def person_id(self, person: Person) -> int:
        return self.discord.world.person_named(person.name).id

    def link(self, message: SeenMessage) -> str:
        """Return a message's address, as "Copy Message Link" does."""
        guild = self.discord.world.channels[message.channel_id].guild_id
        return f"https://discord.com/channels/{guild or '@me'}/{message.channel_id}/{message.id}"

    def values(self) -> dict[str, str]:
        """Return every setting of the bot by its field's name."""
        return {
            "discord_token": self.discord.token,
            "piapi_key": DEFAULT_KEY,
            "servers": str(self.server.id),
            "max_usd_per_month": "unlimited",
            "max_usd_per_job": "5",
            "max_usd_per_server_per_month": "unlimited",
            "max_jobs_per_person_per_day": "unlimited",
            "max_jobs_per_person_per_month": "unlimited",
            "max_running_per_person": "unlimited",
            "piapi_service_mode": "public",
            "public_url": f"http://127.0.0.1:{self.port}",
            "web_port": str(self.port),
            "data_dir": str(self.directory),
            "piapi_base_url": self.piapi.base_url,
            "discord_api_url": self.discord.api_url,
            "discord_gateway_url": self.discord.gateway_url,
            "download_origins": f"{self.discord.cdn_origin},{self.piapi.origin}",
            **self.overrides,
        }

    def settings(self) -> Settings:
        return load_settings(_env_file=None, **self.values())

    def process(self, verb: str = "run", **changes: str) -> ChildProcess:
        """Return the bot as a program of its own; its log is `changes["log"]` or "bot.log" beside its data."""
        log = Path(changes.pop("log", str(self.directory.parent / "bot.log")))
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        named = {name.upper(): value for name, value in {**self.values(), **changes}.items()}
        self.directory.mkdir(parents=True, exist_ok=True)
        return ChildProcess(
            "bot",
            [sys.executable, "-m", "bot", verb],
            environment={**kept, "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1", **named},
            directory=self.directory,
            log=log,
        )

    async def settle_in(self) -> None:
        """Let the server be set up and its people have said once what the bot asks once, as after a first day."""
        if not self.at_home:
            return
        settings, now = self.settings(), self.clock.now()
        self.directory.mkdir(parents=True, exist_ok=True)
        async with open_migrated_store(settings.database, settings.data_dir, self.clock) as store:
            for guild in self.discord.world.guilds.values():
                await store.set_up(guild.id, (), at=now)
            for person in (self.mira, self.theo, self.juno):
                for kind in ConsentKind:
                    await store.give_consent(self.person_id(person), kind, now)
        self.at_home = False

    async def start(self) -> App:
        """Start the bot and wait until its commands can be used."""
        await self.settle_in()
        started: asyncio.Future[App] = asyncio.get_running_loop().create_future()
        connected: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._stopping = asyncio.Event()

        async def on_connect() -> None:
            if not connected.done():
                connected.set_result(None)

        async def run() -> None:
            async with build(self.settings(), self.clock, Redaction()) as app:
                app.client.add_listener(on_connect)
                started.set_result(app)
                await app.run_until(self._stopping)

        self._running = asyncio.create_task(run(), name="bot")
        async with asyncio.timeout(PATIENCE):
            # Servers follow "connect" at once and in order; discord.py's "ready" would be two seconds later.
            await asyncio.wait({self._running, connected}, return_when=asyncio.FIRST_COMPLETED)
        if self._running.done():
            self._running.result()
        self.app = started.result()
        return self.app

    async def run(self, bot: ChildProcess) -> None:
        """Start the bot as a process of its own, and wait until its commands can be used."""
        await self.settle_in()
        await bot.start()

        async def online() -> bool:
            assert bot.running, f"the bot ended with {bot.exit_code}:\n{bot.tail()}"
            return await self.online()

        await until(online, "the bot to come online")

    async def online(self) -> bool:
        """Tell whether the bot is connected to Discord."""
        return (await self.operator.state()).online

    async def stop(self) -> None:
        """Stop the bot as SIGTERM does."""
        if self._running is not None:
            self._stopping.set()
            await asyncio.wait_for(self._running, PATIENCE)
            self._running = None

    async def crash(self) -> None:
        """End the bot wherever it is: nothing in hand is finished, and no answer under way is heard."""
        assert self._running is not None
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        self._running = None

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def idle(self) -> None:
        """Return once nothing is left to do: every job has ended or is given up, every message owed is settled."""

        def at_rest() -> bool:
            ended = {"succeeded", "failed", "cancelled", "abandoned"}
            settled = {"delivered", "undeliverable"}
            return all(job.state in ended and job.card_shown == job.revision for job in self.books.jobs()) and all(
                delivery.state in settled for delivery in self.books.deliveries()
            )

        await until(at_rest, "nothing left to do")

    async def advance(self, seconds: float) -> None:
        """Let time pass for the bot, for Discord and for the provider."""
        self.clock.advance(round(seconds * 1000))
        self.discord.clock.advance(round(seconds * 1000))
        await self.provider.advance(seconds)

    async def job_of(self, card: SeenMessage, *, needs: str = "id") -> Row:
        """Return a card's job as it is stored, once it has what it `needs` (a column)."""

        def found() -> list[Row]:
            return [job for job in self.books.jobs() if job.card_message_id == card.id]

        await until(lambda: any(getattr(job, needs) for job in found()), f"the card's job with its {needs}")
        return found()[0]

    async def task_of(self, card: SeenMessage) -> TaskView:
        """Return the provider's task of a card's job, once the bot knows it."""
        job = await self.job_of(card, needs="task_id")
        return await self.provider.task(job.task_id)

    def output(self, task: TaskView) -> Path:
        """Return the file that the provider serves as a task's clip."""
        return self.directory.parent / "outputs" / task.output_url.rpartition("/")[2]

    async def tasks(self, number: int = 1) -> list[TaskView]:
        """Return the provider's tasks once there are that many, whether or not the bot knows of them."""

        async def enough() -> bool:
            return len(await self.provider.tasks()) >= number

        await until(enough, f"{number} tasks at the provider")
        return await self.provider.tasks()

    async def while_time_passes(self, waiting: Awaitable[T], *, step: float = 10) -> T:
        """Let time pass, seconds at a time and as fast as everybody can follow, until `waiting` is done."""
        task = asyncio.ensure_future(waiting)
        async with asyncio.timeout(PATIENCE):
            while not task.done():
                await self.advance(step)
                await asyncio.wait({task}, timeout=0.05)
        return task.result()

    async def creates(self) -> int:
        """Return how many times the bot asked the provider for a task."""
        return (await self.provider.summary()).requests.get("create", 0)


@asynccontextmanager
async def nothing_bought(place: Community) -> AsyncIterator[None]:
    """Fail if anything within is stored, counted against a quota or a budget, or asked of the provider."""
    before, quotas = await _purchases(place), place.books.quotas()
    yield
    assert await _purchases(place) == before
    # Counters of days and months long past are deleted meanwhile.
    assert place.books.quotas().items() <= quotas.items()


async def bot(place: Community, *arguments: str) -> tuple[int, str, str]:
    """Run a verb of the command line as an owner does; return its exit code and what it said."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=place.directory.parent,
        env={"PYTHONPATH": str(REPOSITORY), **{name.upper(): value for name, value in place.values().items()}},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE):
        said, complained = await child.communicate()
    return child.returncode or 0, said.decode(), complained.decode()


async def ask(person: Person, prompt: str = KITE, **options: OptionValue) -> SeenMessage:
    """Run /video and return the card."""
    card = (await person.run("video", {"prompt": prompt, **options})).expect_message()
    assert not card.ephemeral, card.text
    return card


async def _purchases(place: Community) -> tuple[object, ...]:
    jobs = [job.id for job in place.books.jobs()]
    return jobs, len(place.books.charges()), await place.creates()


@dataclass
class Spent:
    """What was asked of the provider, made by it, and used of quotas (clips by a day) and budgets (micro-dollars)."""

    creates: int = 0
    tasks: int = 0
    quotas: dict[str, int] = field(default_factory=dict)


@asynccontextmanager
async def spending(place: Community) -> AsyncIterator[Spent]:
    """Count what is spent within; before and after it waits until nothing is left to do."""
    await place.idle()
    quotas, creates, tasks = place.books.quotas(), await place.creates(), len(await place.provider.tasks())
    spent = Spent()
    yield spent
    await place.idle()
    after = place.books.quotas()
    # Counters of days and months long past are deleted meanwhile.
    used = {name: number - quotas.get(name, 0) for name, number in after.items()}
    spent.quotas = {name: number for name, number in used.items() if number}
    spent.creates = await place.creates() - creates
    spent.tasks = len(await place.provider.tasks()) - tasks


async def answer_to(person: Person, card: SeenMessage, *, timeout_seconds: float = PATIENCE) -> SeenMessage:
    """Wait for the message that ends a card's job: a regular one of the bot's, in reply to the card."""
    return await person.wait_for(
        lambda message: message.from_bot and message.reference_id == card.id and not message.ephemeral,
        timeout_seconds=timeout_seconds,
    )


async def card_that_says(person: Person, card: SeenMessage, words: str) -> SeenMessage:
    """Wait until a card says something, and return it."""
    return await person.wait_for(
        lambda message: message.id == card.id and words in message.text, timeout_seconds=PATIENCE
    )


@asynccontextmanager
async def community(
    directory: Path, *, options: Options | None = None, config: DiscordConfig | None = None, **overrides: str
) -> AsyncIterator[Community]:
    """Open both sandboxes; discord.py is pointed at the local Discord for as long as this lasts.

    Args:
        directory: an empty one.
        options: the provider's pace and habits; quick unless told otherwise.
        config: the local Discord's servers.
        overrides: settings of the bot that differ.
    """
    base, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    try:
        async with (
            DiscordSandbox(config or TWO_SERVERS) as local,
            PiapiSandbox(options=options or QUICK, clock=SandboxClock(), directory=directory / "outputs") as piapi,
            PiapiControl(piapi.control_url) as provider,
            DiscordOperator(local.person_url) as operator,
            Person(local.person_url, "mira") as mira,
        ):
            theo = Person(local.person_url, "theo", session=mira.session)
            juno = Person(local.person_url, "juno", session=mira.session)
            chronicle = Chronicle()
            local.observe(chronicle)
            place = Community(
                local, piapi, provider, operator, mira, theo, juno, chronicle, directory / "data", overrides
            )
            try:
                yield place
            finally:
                await place.stop()
            assert local.problems == []
            assert (await provider.summary()).problems == []
    finally:
        discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, gateway
