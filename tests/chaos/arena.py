"""The arena: real processes, people over HTTP, and everything that can be done to them."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import aiohttp

from bot.clock import SECOND, SystemClock
from bot.jobs.house import ConsentKind
from bot.jobs.states import JobState
from bot.ui.custom_ids import Verb
from sandbox.discord.json_types import JsonObject, as_object, integer, objects, text
from sandbox.operator import DiscordOperator
from sandbox.person import OptionValue, Person, RequestRefused
from sandbox.piapi import Options, PiapiControl
from sandbox.piapi.control_views import TaskView
from sandbox.piapi.scenarios import Scenario
from sandbox.seen import Outcome, SeenMessage
from sandbox.stage.addresses import ServiceAddresses
from sandbox.stage.environment import REPOSITORY, bot_environment, free_port, plain_environment
from sandbox.stage.processes import ChildProcess
from storage.store import open_store
from tests.chaos.bot import Order as Instruction
from tests.chaos.databases import Databases
from tests.chaos.processes import BotProcess, Nursery
from tests.chaos.records import Records
from tests.chaos.trial import Engine

KITE: Final = "a red kite over the sea"
"""A prompt for whatever clip; the local provider draws each only once."""
QUICK: Final = Options(pending_seconds=0.0, processing_seconds=0.05, webhook_retry_seconds=1.0)
"""A provider that takes no time."""
PATIENCE: Final = 240.0
"""How long anything may take, in seconds of real time; far more than it does on an idle machine."""
CHANNELS: Final = ("general", "clips", "off-topic")
_ANSWER_SECONDS: Final = 8.0
_STEPS: Final = (0, 0, 1, 1, 2, 4, 8, 15, 30, *(60,) * 6, *(120,) * 30)
"""Seconds by which time moves while nothing happens; from the beginning when something does."""
_LONGEST_STEP: Final = 600
"""The same, for as long as it takes."""
_LATE_STEPS: Final = 12
_LATE_SECONDS: Final = 40
"""How often, and by how many seconds, time moves on for what comes after the end."""
_UNDER_WAY_SECONDS: Final = 3.0
"""How long a call to the world is waited for, in seconds of real time, before time passes for it, too."""
_STRIDES: Final = ("apply", "apply_delivery", "mark_inputs_ready", "record_result", "submit")
"""What the store does when a job or a message comes further."""
_STUCK_SECONDS: Final = 10
"""For so long, tasks that are processed for ever are left to that."""
T = TypeVar("T")


class NeverSettled(Exception):
    """Something did not come to its end in time; the text says what."""


@dataclass(slots=True)
class Order:
    """A command that somebody gave.

    Attributes:
        interaction_id: Discord's number for it; 0 where Discord itself did not let it through.
        outcome: what came of it within three seconds, None while nothing is known.
        card: the message for all to see, None where there is none.
        answered_in: seconds of real time from the command to its first answer, None without one.
        out_of_reach: whether the trial has closed every channel that could take how it ends; only then may that be
            given up on.
    """

    person: Person
    kind: str
    interaction_id: int = 0
    outcome: Outcome | None = None
    card: SeenMessage | None = None
    answered_in: float | None = None
    out_of_reach: bool = False

    @property
    def request_key(self) -> str:
        """What the bot's database knows it by."""
        return f"i:{self.interaction_id}"

    @property
    def said(self) -> str:
        """What the person read at first, "" for nothing."""
        return "" if self.outcome is None or self.outcome.message is None else self.outcome.message.text

    @property
    def acknowledged(self) -> bool:
        """Whether the person was shown a card, for all to see: from then on the bot owes them an ending."""
        return self.card is not None and not self.card.ephemeral and not self.card.loading


@dataclass
class Arena:
    """One bot, or several, between a local Discord and a local PiAPI, each a process of its own.

    Attributes:
        operator: looks at the local Discord, and troubles it.
        provider: directs the local PiAPI.
        records: reads the bot's database.
        bot: the first bot.
        bots: all of them; on PostgreSQL there may be more than one.
        home: where data, logs and sockets are.
        orders: the commands of this run.
        first_number: the number of the last job before this run.
        afterwards: what is to be done before the next run, where a trial changes something for good.
        finishes_stuck: whether settling lets tasks end that would otherwise be processed for ever.
        remark: what a trial measured, as a sentence.
        alone: whether nothing else is performed beside it, which would take computing time from its bots.
    """

    engine: Engine
    home: Path
    addresses: ServiceAddresses
    services: ChildProcess
    operator: DiscordOperator
    provider: PiapiControl
    mira: Person
    theo: Person
    juno: Person
    records: Records
    database_url: str
    nursery: Nursery
    web_port: int
    environment: dict[str, str]
    bots: list[BotProcess] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    first_number: int = 0
    offset_ms: int = 0
    finishes_stuck: bool = True
    remark: str = ""
    alone: bool = False
    runs: int = 0
    afterwards: list[Callable[[], Awaitable[object]]] = field(default_factory=list)
    _tasks_before: frozenset[str] = frozenset()
    _newest_before: int = 0
    _source: str = ""

    @property
    def bot(self) -> BotProcess:
        """The first bot."""
        return self.bots[0]

    @property
    def people(self) -> tuple[Person, Person, Person]:
        """Everybody who may order."""
        return self.mira, self.theo, self.juno

    @property
    def data(self) -> Path:
        """The bot's data directory."""
        return self.home / "data"

    @property
    def server_id(self) -> int:
        """The one server."""
        return self.addresses.discord.server_id

    async def start(self, bot: BotProcess | None = None, *, point: str = "", nth: int = 1) -> None:
        """Start a bot and wait until its commands can be used, or until it has died at a point that was named."""
        bot = bot or self.bot
        sessions = (await self.operator.state()).identifies
        await bot.start(offset_ms=self.offset_ms, point=point, nth=nth)

        async def online() -> bool:
            if not bot.running:
                return True
            state = await self.operator.state()
            return state.online and state.identifies > sessions

        await self.until(online, f"the {bot.name} to come online")
        if not bot.running and not point:
            raise AssertionError(f"the {bot.name} ended with {bot.exit_code}:\n{bot.tail()}")

    async def stop(self) -> None:
        """Stop every bot as SIGTERM does."""
        for bot in self.bots:
            await bot.stop()

    async def kill(self, bot: BotProcess | None = None) -> None:
        """Kill a bot without warning."""
        await (bot or self.bot).kill()

    async def crash_at(self, point: str, nth: int = 1) -> None:
        """Let the bot die when it reaches a point for the nth time from now on."""
        await self.bot.crash_at(point, nth)

    def another_bot(self, **overrides: str) -> BotProcess:
        """Return one more bot on the same database, not started yet; only where the engine is PostgreSQL."""
        number = len(self.bots) + 1
        environment = {**self.environment, "WEB_PORT": str(free_port()), **overrides}
        bot = BotProcess(self.nursery, f"bot{number}", environment, self.home)
        self.bots.append(bot)
        return bot

    async def order(
        self,
        person: Person,
        *,
        kind: str = "video",
        prompt: str | None = None,
        scenarios: Sequence[Scenario] = (),
        **options: OptionValue,
    ) -> Order:
        """Give a command and wait for its first answer, or until no bot is left that could give one.

        Args:
            person: who gives it, and in which channel.
            kind: the command's name: "video", "extend" or "lipsync".
            prompt: what the clip is to show; whatever unless given.
            scenarios: what the local PiAPI is to play for it.
            options: the command's other options.
        """
        order = Order(person, kind)
        self.orders.append(order)
        words = " ".join([prompt or KITE, *(f"[{scenario.value}]" for scenario in scenarios)])
        given: dict[str, OptionValue] = {"prompt": words, **options} if kind != "lipsync" else dict(options)
        began = time.monotonic()
        try:
            order.interaction_id = await person.begin(kind, given)
        except (RequestRefused, aiohttp.ClientError):
            return order
        await self._hear(order, began)
        return order

    async def hear(self, order: Order) -> Order:
        """Look once more at what came of a command: its answer may have come late."""
        outcome = await order.person.outcome(order.interaction_id, timeout_seconds=0.05)
        order.outcome = outcome
        if outcome.message is not None and not outcome.message.ephemeral:
            order.card = outcome.message
        return order

    async def source(self, person: Person | None = None) -> str:
        """Return the link of a finished clip, from which others can be made; it is no order of the run.

        To be called before anything else is ordered: the first time, the clip is made, and the run begins after it.
        """
        if not self._source:
            await self.order(person or self.mira)
            await self.settle()
            clip = next(message for message in await self.messages() if message.attachments and message.from_bot)
            self._source = f"https://discord.com/channels/{self.server_id}/{clip.channel_id}/{clip.id}"
            await self.begin()
        return self._source

    async def advance(self, seconds: float) -> None:
        """Let time pass for the bots, for Discord and for the provider."""
        await self.skip(seconds, self.bots)

    async def skip(self, seconds: float, bots: Sequence[BotProcess]) -> None:
        """Let time pass for Discord, for the provider and for some bots; the others stand still meanwhile."""
        self.offset_ms += round(seconds * SECOND)
        await self.operator.advance(seconds)
        await self.provider.advance(seconds)
        for bot in bots:
            await self.catch_up(bot, seconds)

    async def catch_up(self, bot: BotProcess, seconds: float) -> None:
        """Let time pass for one bot that stood still."""
        await bot.tell(Instruction(advance_ms=round(seconds * SECOND)))

    async def until(self, condition: Callable[[], Awaitable[bool] | bool], what: str) -> None:
        """Return once a condition holds that nothing announces.

        Raises:
            NeverSettled: it does not in time.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    holds = condition()
                    if holds if isinstance(holds, bool) else await holds:
                        return
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise NeverSettled(f"not within {PATIENCE:g} s: {what}") from None

    async def begin(self) -> None:
        """Begin a run: what was before is not looked at again, and what it changed for good is put right."""
        await self.put_right()
        self.orders = []
        self.finishes_stuck = True
        self.remark = ""
        jobs = await self.records.jobs()
        self.first_number = jobs[-1].number if jobs else 0
        self._tasks_before = frozenset(task.task_id for task in await self.provider.tasks())
        self._newest_before = max((message.id for message in await self._every_message()), default=self._newest_before)

    async def put_right(self) -> None:
        """Undo what was changed for good."""
        while self.afterwards:
            await self.afterwards.pop()()

    def leave_out(self, task_ids: Iterable[str]) -> None:
        """Look no more at tasks that no bot can know of any longer."""
        self._tasks_before |= set(task_ids)

    async def new_tasks(self) -> list[TaskView]:
        """Return the provider's tasks of this run, oldest first."""
        return [task for task in await self.provider.tasks() if task.task_id not in self._tasks_before]

    async def messages(self) -> list[SeenMessage]:
        """Return every message of this run, in any channel, thread or direct message, deleted ones included."""
        return [message for message in await self._every_message() if message.id > self._newest_before]

    async def settle(self) -> None:
        """Let time pass until every order has come to its end, with every fault lifted.

        Raises:
            NeverSettled: one does not.
        """
        await self.operator.clear_faults()
        await self.provider.clear_faults()
        await self.provider.clear_scenarios()
        for bot in self.bots:
            if not await bot.crash_at(""):
                # It died before it was told, or long ago.
                if bot.running:
                    await bot.ended()
                await self.start(bot)
        await self.pass_time(self.at_rest)
        for order in self.orders:
            if order.interaction_id and order.card is None:
                await self.hear(order)

    async def pass_time(self, done: Callable[[], Awaitable[bool]]) -> None:
        """Let time pass, seconds and later minutes at a time, as fast as everybody can follow, until something holds.

        Raises:
            NeverSettled: it never does.
        """
        now = time.monotonic()
        end, since, passed = now + PATIENCE, now, 0
        steps, before = itertools.chain(_STEPS, itertools.repeat(_LONGEST_STEP)), ""
        while not await done():
            if time.monotonic() > end:
                raise NeverSettled(await self._unsettled())
            busy, happened = await self._busy()
            if happened != before:
                steps, before, since = (
                    itertools.chain(_STEPS, itertools.repeat(_LONGEST_STEP)),
                    happened,
                    time.monotonic(),
                )
            if not busy or time.monotonic() - since > _UNDER_WAY_SECONDS:
                step = next(steps)
                if step:
                    await self.advance(step)
                passed += step
            if self.finishes_stuck and passed > _STUCK_SECONDS:
                await self.finish_stuck()
            await asyncio.sleep(0.04)

    async def _busy(self) -> tuple[bool, str]:
        """Tell whether a bot waits for the world, and how far jobs and messages have come in all."""
        busy, happened = False, []
        for bot in self.bots:
            told = await bot.tell(Instruction())
            if told is not None:
                busy |= told.under_way > 0
                happened += [number for point, number in told.reached.items() if point.split(" ")[1] in _STRIDES]
        return busy, str(happened)

    async def until_dead(self) -> bool:
        """Let time pass until the bot dies; False where everything came to its end before it did."""

        async def dead_or_done() -> bool:
            return not self.bot.running or await self.at_rest()

        await self.pass_time(dead_or_done)
        await self.let_be_said()
        return not self.bot.running

    async def let_be_said(self) -> None:
        """Let time pass for what happens after everything has come to its end, such as word to the owner."""
        for _ in range(_LATE_STEPS):
            if not self.bot.running:
                break
            await self.advance(_LATE_SECONDS)
            await asyncio.sleep(0.1)

    async def click(self, order: Order, label: str) -> None:
        """Click a button under a command's card; nothing where it has none, or where the bot dies meanwhile."""
        if order.card is None:
            return
        with contextlib.suppress(LookupError, RequestRefused, aiohttp.ClientError):
            card = await order.person.message(order.card)
            await self._unless_all_ended(order.person.click(card, label, timeout_seconds=_ANSWER_SECONDS))

    async def press(
        self, person: Person, message: SeenMessage, verb: Verb, subject: str = "", *, pick: str = ""
    ) -> SeenMessage | None:
        """Press the button with a verb under a message; return the answer, None where there is none or no button.

        Args:
            person: who presses it.
            message: where it is.
            verb: what its custom id begins with.
            subject: what comes after that, "" for whatever.
            pick: the value to choose, where it is a list.
        """
        outcome = await self.pressed(person, message, verb, subject, pick=pick)
        return None if outcome is None else outcome.message

    async def pressed(
        self, person: Person, message: SeenMessage, verb: Verb, subject: str = "", *, pick: str = ""
    ) -> Outcome | None:
        """Press the button with a verb as `press` does; return what came of it, such as a form."""
        wanted = f"egret:{verb.value}:{subject}"
        found = [one.custom_id for one in message.clickables if one.custom_id.startswith(wanted)]
        if not found:
            return None
        if pick:
            return await self.heard(person.choose(message, found[0], pick, timeout_seconds=_ANSWER_SECONDS))
        return await self.heard(person.click(message, found[0], timeout_seconds=_ANSWER_SECONDS))

    async def say(self, person: Person, command: str, **options: OptionValue) -> SeenMessage | None:
        """Give a command that orders no clip; return its answer, None where there is none."""
        outcome = await self.heard(person.run(command, dict(options), timeout_seconds=_ANSWER_SECONDS))
        return None if outcome is None else outcome.message

    async def heard(self, deed: Coroutine[object, object, T]) -> T | None:
        """Wait for what comes of somebody's deed; None where Discord refuses it, or the bot dies meanwhile."""
        with contextlib.suppress(LookupError, RequestRefused, aiohttp.ClientError):
            return await self._unless_all_ended(deed)
        return None

    async def leave_out_orders(self, orders: Sequence[Order]) -> None:
        """Look no more at orders that have come to their end: the bot is about to forget who gave them."""
        keys = {order.request_key for order in orders}
        jobs = [job for job in await self.records.jobs(after=self.first_number) if job.request_key in keys]
        tokens = {job.hook_token for job in jobs}
        self.leave_out(task.task_id for task in await self.new_tasks() if task.endpoint.rpartition("/")[2] in tokens)
        self.records.left_out |= {job.id for job in jobs}
        taken = {job.request_key for job in jobs}
        self.orders = [order for order in self.orders if order.request_key not in taken]

    async def source_message(self) -> SeenMessage:
        """Return the message with the clip that `source` links to."""
        return await self.mira.message(int((await self.source()).rpartition("/")[2]))

    async def _unless_all_ended(self, waiting: Coroutine[object, object, T]) -> T | None:
        """Wait for an answer of the bot's, or until no bot is left that could give one: then None."""
        answer, everybody = asyncio.create_task(waiting), asyncio.create_task(self._all_ended())
        try:
            await asyncio.wait([answer, everybody], return_when=asyncio.FIRST_COMPLETED)
            return answer.result() if answer.done() else None
        finally:
            for task in (answer, everybody):
                task.cancel()
            await asyncio.gather(answer, everybody, return_exceptions=True)

    async def at_rest(self) -> bool:
        """Tell whether nothing of this run is left to do."""
        # Twice: jobs and messages are two readings, and something may come further between them.
        return await self._seems_at_rest() and await self._seems_at_rest()

    async def _seems_at_rest(self) -> bool:
        # In this order: a message that stands has changed its job's card already.
        deliveries = await self.records.deliveries()
        jobs = await self.records.jobs(after=self.first_number)
        ids = {job.id for job in jobs}
        if not all(job.at_rest for job in jobs) or not all(one.at_rest for one in deliveries if one.job_id in ids):
            return False
        if any(job.state is JobState.ABANDONED for job in jobs):
            # What was given up on may still turn up, as long as the provider has something to say.
            return all(task.is_final and task.webhooks_settled for task in await self.new_tasks())
        return True

    async def finish_stuck(self) -> None:
        """Let tasks end that are processed for ever."""
        for task in await self.new_tasks():
            if Scenario.STUCK in task.scenarios and not task.is_final:
                await self.provider.finish(task.task_id)

    async def problems(self) -> list[str]:
        """Return what the services found wrong with what the bot sent them."""
        found = [f"Discord: {problem}" for problem in (await self.operator.state()).problems]
        return found + [f"PiAPI: {one.field}: {one.text}" for one in (await self.provider.summary()).problems]

    async def _hear(self, order: Order, began: float) -> None:
        outcome = order.person.outcome
        order.outcome = await self._unless_all_ended(outcome(order.interaction_id, timeout_seconds=_ANSWER_SECONDS))
        if order.outcome is None:
            order.outcome = await outcome(order.interaction_id, timeout_seconds=0.05)
        if order.outcome.kind not in {"pending", "failed"}:
            order.answered_in = time.monotonic() - began
        message = order.outcome.message
        if message is not None and not message.ephemeral:
            order.card = message

    async def _every_message(self) -> list[SeenMessage]:
        return await self.operator.all_messages(after=self._newest_before)

    async def _all_ended(self) -> None:
        """Return once no bot is left that could answer."""
        while alive := [bot for bot in self.bots if bot.running]:
            await alive[0].ended()

    async def _unsettled(self) -> str:
        jobs = [job for job in await self.records.jobs(after=self.first_number) if not job.at_rest]
        ids = {job.id for job in await self.records.jobs(after=self.first_number)}
        owed = [one for one in await self.records.deliveries() if one.job_id in ids and not one.at_rest]
        said = [f"job {job.id} is {job.state}, card {job.card_shown}/{job.revision}" for job in jobs]
        return "; ".join(said + [f"message {one.purpose} of {one.job_id} is {one.state}" for one in owed])


@asynccontextmanager
async def arena(
    engine: Engine,
    directory: Path,
    databases: Databases,
    nursery: Nursery,
    *,
    overrides: Mapping[str, str] | None = None,
    options: Options = QUICK,
    shards: int = 1,
) -> AsyncIterator[Arena]:
    """Open an arena in a directory, which is made; its bot is not started yet.

    With several shards there is a server on each, and the people are each on another; the bot connects the first.
    """
    data = directory / "data"
    data.mkdir(parents=True)
    services = ChildProcess(
        "services",
        [sys.executable, "-m", "sandbox", "serve", "--while-stdin-open", "--shards", str(shards)],
        environment=plain_environment(),
        directory=REPOSITORY,
        log=directory / "services.log",
        answers=True,
    )
    await services.start()
    try:
        async with asyncio.timeout(PATIENCE):
            addresses = ServiceAddresses.model_validate_json(await services.line())
        async with (
            DiscordOperator(addresses.discord.person_url) as operator,
            PiapiControl(addresses.provider.control_url) as provider,
        ):
            await provider.set_options(options)
            world = as_object(await operator.request("GET", "/person/world"))
            url = await databases.make(data)
            port = free_port()
            environment = {
                **bot_environment(addresses, data_dir=data, web_port=port),
                "DATABASE_URL": url,
                "MAX_USD_PER_MONTH": "unlimited",
                "ALERT_CHANNEL": _channel_id(world, CHANNELS[-1]),
                "HOME_SERVER": str(addresses.discord.server_id),
                **({"SERVERS": "all", "SHARD_COUNT": str(shards), "SHARD_IDS": "0"} if shards > 1 else {}),
                **(overrides or {}),
            }
            person_url = addresses.discord.person_url
            mira, theo, juno = (
                Person(person_url, name, channel=_channel_on(number % shards), session=operator.session)
                for number, name in enumerate(("mira", "theo", "juno"))
            )
            place = Arena(
                engine=engine,
                home=directory,
                addresses=addresses,
                services=services,
                operator=operator,
                provider=provider,
                mira=mira,
                theo=theo,
                juno=juno,
                records=Records(url),
                database_url=url,
                nursery=nursery,
                web_port=port,
                environment=environment,
            )
            place.bots.append(BotProcess(nursery, "bot", environment, directory))
            try:
                await _settle_in(world, url, data)
                yield place
            finally:
                for bot in place.bots:
                    await bot.close()
                await place.records.close()
    finally:
        await services.stop()


def _channel_on(shard: int) -> str:
    return CHANNELS[0] if shard == 0 else f"{CHANNELS[0]}-{shard + 1}"


def _channel_id(world: JsonObject, name: str) -> str:
    channels = [channel for server in objects(world["servers"]) for channel in objects(server["channels"])]
    return next(text(channel["id"]) for channel in channels if channel["name"] == name)


async def _settle_in(world: JsonObject, url: str, data: Path) -> None:
    """Let the server be set up, and its people have said what the bot asks once, as after a first day."""
    clock = SystemClock()
    async with open_store(url, data, clock) as store:
        for server in objects(world["servers"]):
            await store.set_up(int(text(server["id"])), (), at=clock.now())
        for person in objects(world["people"]):
            for kind in ConsentKind:
                await store.give_consent(integer(person["id"]), kind, clock.now())
