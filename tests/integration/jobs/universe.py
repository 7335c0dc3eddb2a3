"""A universe around the core: one store, several processes with clocks of their own, and a world that loses answers.

True time only goes forward; each process reads a clock of its own that may be wrong and may be set back. What a process
asks of the outside passes a gate, before it has an effect and before its answer arrives; a step that was begun at the
gates stays there until it is let on, runs out of time, or its process is killed. Everything else runs until it is done.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterator,
    Mapping,
    Sequence,
)
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Final

import discord

from bot.catalog import Catalogue
from bot.clock import MINUTE
from bot.community.forgetting import Forgetting
from bot.delivery.answers import Verdict, judge
from bot.delivery.tries import Tries
from bot.jobs import schedule
from bot.jobs.archiver import Archiver
from bot.jobs.cards import CardKeeper
from bot.jobs.clips import ClipService
from bot.jobs.deliverer import Deliverer
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.intake import Intake
from bot.jobs.leases import Leases
from bot.jobs.limits import Allowance
from bot.jobs.loops import Wakes
from bot.jobs.model import Asset, Delivery, Job, MessageRef, is_repost, repost_purpose
from bot.jobs.poller import Poller
from bot.jobs.ports import (
    ArchivedFile,
    CardFacts,
    ClipUnavailable,
    CreateOutcome,
    Declined,
    DefinitelyNotPosted,
    GatewayUnavailable,
    Glance,
    HistoryTask,
    HistoryUnreadable,
    InputUnusable,
    MaybePosted,
    MessageFacts,
    NotSent,
    PreparedInput,
    PreparedTask,
    StoreUnavailable,
    TargetRefused,
    TaskOrder,
    TaskReport,
    TaskUnknown,
    TryLater,
    Unknowable,
)
from bot.jobs.purchasing import Ceilings
from bot.jobs.service import JobService
from bot.jobs.submitter import Submitter
from bot.jobs.sweeper import Sweeper
from bot.jobs.timing import Timing
from bot.jobs.workshop import Workshop
from storage.store import Store
from tests.integration.jobs.world import GUILD, PERSON, START, NoFiles, Provider, RemoteTask

PLACES: Final = 3
"""How many jobs may be at the provider at once."""
ON_THE_WIRE: Final = MINUTE
"""How long after its sender has given up on it a request may still arrive."""
NONCES_LAST: Final = 5 * MINUTE
"""How long Discord knows a nonce again."""

_REFUSED_AGAIN: Final = {"posted_then_locked_out": (401, 0), "posted_then_refused": (403, 50013)}
"""Status and code with which the repetition of a message is refused that was posted, and whose answer was lost."""

_at_gates: ContextVar[bool] = ContextVar("at_gates", default=False)


class TrueTime:
    """Time as it is, for the provider and for Discord; tells when to wake."""

    def __init__(self) -> None:
        self._now = START
        self.alarms: list[tuple[int, asyncio.Future[bool]]] = []

    def now(self) -> int:
        return self._now

    def alarm(self, milliseconds: int) -> asyncio.Future[bool]:
        """Return what is done, with False, once so much time has passed."""
        bell: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.alarms.append((self._now + milliseconds, bell))
        return bell

    def pass_by(self, milliseconds: int) -> None:
        self._now += milliseconds
        for at, bell in self.alarms:
            if at <= self._now and not bell.done():
                bell.set_result(False)
        self.alarms = [(at, bell) for at, bell in self.alarms if not bell.done()]


class WallClock:
    """What one machine takes for the time; its timers run by true time, as those of an event loop do."""

    def __init__(self, time: TrueTime) -> None:
        self._time = time
        self.wrong_by = 0

    def now(self) -> int:
        return self._time.now() + self.wrong_by

    async def sleep(self, milliseconds: int) -> None:
        await self._time.alarm(milliseconds)


@dataclass(eq=False)
class Gate:
    """A call that waits to be let on."""

    label: str
    process: Process
    opened: asyncio.Future[bool]


@dataclass
class Task(RemoteTask):
    """A task at the provider, which may be out of its sight for a while."""

    hidden: bool = False


class Account(Provider):
    """The provider, with tasks that vanish and come back."""

    def make_task(self, task: PreparedTask) -> RemoteTask:
        made = super().make_task(task)
        self.tasks[made.id] = kept = Task(**vars(made))
        return kept

    def hidden(self, task_id: str) -> bool:
        task = self.tasks.get(task_id)
        return isinstance(task, Task) and task.hidden

    async def report(self, task_id: str) -> TaskReport:
        if not self.unavailable and self.hidden(task_id):
            raise TaskUnknown(task_id)
        return await super().report(task_id)

    async def history(self, since: int, until: int, glance: Glance | None = None) -> AsyncIterator[HistoryTask]:
        async for row in super().history(since, until, glance):
            if not self.hidden(row.task_id):
                yield row


@dataclass
class Standing:
    """A message that was posted."""

    ref: MessageRef
    delivery_id: str
    job_id: str
    purpose: str
    nonce: str
    at: int
    deleted: bool = False


@dataclass
class Chat:
    """Channels as they really are."""

    time: TrueTime
    posted: list[Standing] = field(default_factory=list)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(900_000_000_000_000_001))

    def post(self, channel_id: int, delivery: Delivery) -> MessageRef:
        now = self.time.now()
        for one in self.posted:
            if one.nonce == delivery.nonce and now - one.at < NONCES_LAST:
                if one.deleted:
                    raise HistoryUnreadable("posted before, and deleted since")
                return one.ref
        ref = MessageRef(channel_id, next(self.ids))
        self.posted.append(Standing(ref, delivery.id, delivery.job_id, delivery.purpose, delivery.nonce, now))
        return ref

    def find(self, delivery: Delivery, channel_id: int, since: int) -> MessageRef | None:
        for one in self.posted:
            if (one.delivery_id, one.ref.channel_id, one.deleted) == (delivery.id, channel_id, False):
                return one.ref if one.at >= since else None
        return None

    async def delete(self, message: MessageRef) -> bool:
        for one in self.posted:
            if one.ref == message:
                one.deleted = True
        return True


@dataclass
class Letter:
    """A message fitted to a channel."""

    channel_id: int

    async def discard(self) -> None:
        return None


@dataclass
class Told:
    """What the owner was told, by job."""

    words: list[tuple[str | None, str]] = field(default_factory=list)

    async def alert(self, job: Job | None, word: str) -> None:
        self.words.append((job.id if job is not None else None, word))


class NoKeptFiles:
    """An archive of which nobody but the rows knows."""

    async def delete_all(self, assets: Sequence[tuple[str, str]]) -> int:
        return len(assets)

    async def stored_between(self, since: int, until: int) -> Sequence[tuple[str, str]]:
        return []


class Ports:
    """What one process sees of the outside: every port of the core, with gates and with what goes wrong."""

    service_mode = "public"
    key_fingerprint = "account-1"

    def __init__(self, process: Process) -> None:
        self._process = process
        self._universe = process.universe

    def prepare(self, order: TaskOrder) -> PreparedTask:
        return self._universe.account.prepare(order)

    def is_same(self, sent: str, report: TaskReport) -> bool:
        return self._universe.account.is_same(sent, report)

    async def create(self, task: PreparedTask) -> CreateOutcome:
        universe = self._universe
        universe.begin_post(task.order.hook_token)
        outcome = await self._create(task)
        universe.end_post(task.order.hook_token, outcome)
        return outcome

    async def _create(self, task: PreparedTask) -> CreateOutcome:
        universe, process = self._universe, self._process
        if not await process.gate("create", schedule.POST_DEADLINE, lambda: universe.account.make_task(task)):
            return Unknowable("timeout")
        fault = universe.next_fault("create")
        match fault:
            case "not_sent":
                return NotSent("refused")
            case "moderated" | "busy" | "no_credit":
                return Declined(Failure(FailureReason(fault)))
            case "slow_down":
                return Declined(Failure(FailureReason.BUSY), retry_after_ms=20 * MINUTE)
            case "nothing":
                return Unknowable("timeout")
        outcome = await universe.account.create(task)
        if fault == "lost" or not await process.gate("created", schedule.POST_DEADLINE):
            return Unknowable("timeout")
        return outcome

    async def reach(self) -> None:
        if self._universe.account.unavailable or self._universe.next_fault("report"):
            raise GatewayUnavailable("down")

    async def report(self, task_id: str) -> TaskReport:
        if self._universe.next_fault("report"):
            raise GatewayUnavailable("500")
        report = await self._universe.account.report(task_id)
        if not await self._process.gate("report", MINUTE):
            raise GatewayUnavailable("timeout")
        return report

    async def cancel(self, task_id: str) -> None:
        if not await self._process.gate("cancel", MINUTE) or self._universe.next_fault("report"):
            raise GatewayUnavailable("timeout")
        await self._universe.account.cancel(task_id)

    async def history(self, since: int, until: int, glance: Glance | None = None) -> AsyncIterator[HistoryTask]:
        if self._universe.next_fault("history"):
            raise GatewayUnavailable("500")
        async for row in self._universe.account.history(since, until, glance):
            yield row

    async def show_card(self, job: Job, facts: CardFacts) -> bool:
        if self._universe.next_fault("card"):
            raise TryLater("503")
        return True

    async def targets(self, delivery: Delivery, job: Job) -> AsyncGenerator[int, None]:
        yield delivery.channel_id if delivery.purpose.startswith("repost") else job.place.channel_id
        yield PERSON

    async def letter(self, delivery: Delivery, job: Job, facts: MessageFacts, channel_id: int) -> Letter:
        return Letter(channel_id)

    async def find(self, delivery: Delivery, job: Job, channel_id: int, since: int) -> MessageRef | None:
        match self._universe.next_fault("find"):
            case "unreadable":
                raise HistoryUnreadable("forbidden")
            case "later":
                raise TryLater("503")
        # Discord's own time bounds the search, too: a message came after what asked for it.
        key = delivery.purpose if is_repost(delivery.purpose) else job.request_key
        asked_at = self._universe.asked_at.get(key.removeprefix(repost_purpose("")), since)
        return self._universe.chat.find(delivery, channel_id, min(since, asked_at))

    async def send(self, message: Letter, delivery: Delivery) -> MessageRef:
        universe, process = self._universe, self._process
        late = lambda: universe.chat.post(message.channel_id, delivery)  # noqa: E731 - what is on the wire
        if not await process.gate("send", schedule.UPLOAD_DEADLINE, late):
            raise MaybePosted("no answer in time")
        fault = universe.next_fault("send")
        match fault:
            case "later":
                raise DefinitelyNotPosted("busy")
            case "refused":
                raise TargetRefused("forbidden")
            case "lost_before":
                raise MaybePosted("reset")
        ref = universe.chat.post(message.channel_id, delivery)
        if fault in _REFUSED_AGAIN:
            raise _told_of_refused_repeat(fault)
        if fault == "lost_after" or not await process.gate("sent", schedule.UPLOAD_DEADLINE):
            raise MaybePosted("reset")
        return ref

    async def url(self, job: Job, asset: Asset) -> str:
        if self._universe.next_fault("url"):
            raise TryLater("disk")
        return f"https://files.example/{asset.id}"

    async def input(self, asset: Asset, clip_ms: int | None) -> PreparedInput:
        await self._process.gate("input", schedule.INTAKE_LEASE)
        match self._universe.next_fault("input"):
            case "later":
                raise TryLater("503")
            case "unusable":
                raise InputUnusable(Failure(FailureReason.INPUT_LOST))
        return PreparedInput(ArchivedFile("jpg", "image/jpeg", 10, "aa", 512, 512))

    async def fetch(self, asset_id: str, url: str) -> ArchivedFile:
        await self._process.gate("fetch", 5 * MINUTE)
        match self._universe.next_fault("fetch"):
            case "later":
                raise TryLater("503")
            case "gone":
                raise ClipUnavailable("404")
        return ArchivedFile("mp4", "video/mp4", 1000, "bb", 1280, 720, 5100)

    async def discard(self, asset_id: str, extension: str) -> None:
        return None


def _told_of_refused_repeat(fault: str) -> Exception:
    """Return what the sink makes of two tries of one request, of which only the second was refused."""
    status, code = _REFUSED_AGAIN[fault]
    response: Any = SimpleNamespace(status=status, reason="")
    refusal = discord.HTTPException(response, {"code": code, "message": "refused"})
    if not Tries(made=2, refused=1).settle(refusal):
        return MaybePosted(fault)
    return DefinitelyNotPosted(fault) if judge(refusal) is Verdict.LOCKED_OUT else TargetRefused(fault)


@dataclass(frozen=True)
class Sink:
    """A process's way into channels; apart, because inputs and messages are both prepared."""

    ports: Ports

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ports, "letter" if name == "prepare" else name)


@dataclass(frozen=True)
class Inputs:
    """A process's way to people's files."""

    ports: Ports

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ports, "input" if name == "prepare" else name)


class View:
    """One process's view of the store: it can be out of reach, and the process can die at any of its calls."""

    def __init__(self, store: Store, process: Process) -> None:
        self._store = store
        self._process = process

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if not asyncio.iscoroutinefunction(method):
            return method

        async def call(*arguments: Any, **named: Any) -> Any:
            process = self._process
            await process.reach_store()
            done = await process.universe.watched(method(*arguments, **named))
            await process.leave_store()
            return done

        return call


class Process:
    """One process of the bot: its clock, its steps, its services."""

    def __init__(self, universe: Universe, opened: Store) -> None:
        self.universe = universe
        self._opened = opened
        self.clock = WallClock(universe.time)
        self.dead = False
        self.cut_off = False
        self.fuse: int | None = None
        self.loses_commit = False
        self.tasks: set[asyncio.Task[Any]] = set()
        self._build()

    def _build(self) -> None:
        universe, clock = self.universe, self.clock
        store: Any = View(self._opened, self)
        ports: Any = Ports(self)
        sink: Any = Sink(ports)
        inputs: Any = Inputs(ports)
        shop = Workshop(store, clock, Leases(), Wakes(), universe.told)
        timing = Timing(store, lambda *_: None, webhooks=True, clock=self.clock, places=5)
        ceilings = Ceilings(
            servers=frozenset({GUILD}),
            microusd_per_month=None,
            microusd_per_job=1_000_000,
            per_person=Allowance(clips_per_day=9, running=5),
        )
        self.store: Store = store
        self.service = JobService(store, ports, Catalogue(), ceilings, clock, shop.wakes, timing, None)
        self.clips = ClipService(store, ports, Catalogue(), NoFiles(), clock, shop.wakes, timing, None)
        self.ports = ports
        self.sweeper = Sweeper(shop)
        self.steps: dict[str, Any] = {
            step.name: step
            for step in (
                Intake(shop, inputs),
                Submitter(shop, ports, inputs, timing, PLACES),
                Poller(shop, ports, timing),
                Archiver(shop, ports, ports),
                Deliverer(shop, sink, self.clips),
                CardKeeper(store, sink, clock, timing),
                self.sweeper,
                Forgetting(store, NoKeptFiles(), universe.chat, None, clock),
            )
        }

    async def start(self, *, alone: bool) -> None:
        """Take up what an earlier process left, as the composition root does."""
        await self.sweeper.recover(sole_owner=alone)

    async def gate(self, label: str, patience: int, request: Callable[[], object] | None = None) -> bool:
        """Wait to be let on; False where time ran out first: then the request may still arrive."""
        if not _at_gates.get():
            return True
        gate = Gate(label, self, self.universe.time.alarm(patience))
        self.universe.gates.append(gate)
        let_on = False
        try:
            let_on = await gate.opened
        finally:
            self.universe.gates.remove(gate)
            if request is not None and not let_on:
                self.universe.wire.append((self.universe.time.now(), request))
        return let_on

    async def reach_store(self) -> None:
        await self._burn()
        if self.cut_off:
            raise StoreUnavailable("out of reach")

    async def leave_store(self) -> None:
        await self._burn()
        if self.loses_commit:
            self.loses_commit = False
            raise StoreUnavailable("connection lost")

    async def _burn(self) -> None:
        if self.fuse is not None:
            self.fuse -= 1
            self.dead = self.dead or self.fuse <= 0
        if self.dead:
            await asyncio.get_running_loop().create_future()


class Universe:
    """Everything there is; one machine, its steps one after the other unless they wait at gates."""

    def __init__(self, stores: Mapping[str, Store]) -> None:
        self._stores = stores
        self.time = TrueTime()
        self.account = Account(self.time)  # type: ignore[arg-type] - it only asks for the time
        self.chat = Chat(self.time)
        self.told = Told()
        self.gates: list[Gate] = []
        self.faults: dict[str, deque[str]] = {}
        self.processes: dict[str, Process] = {}
        self.wire: list[tuple[int, Callable[[], object]]] = []
        self.open_posts: dict[str, int] = {}
        self.possible_posts: dict[str, int] = {}
        self.asked_at: dict[str, int] = {}
        self._busy = 0

    def next_fault(self, port: str) -> str:
        waiting = self.faults.get(port)
        return waiting.popleft() if waiting else ""

    def begin_post(self, token: str) -> None:
        """Count a purchase that is begun as one that may be accepted."""
        self.possible_posts[token] = self.possible_posts.get(token, 0) + 1

    def end_post(self, token: str, outcome: CreateOutcome) -> None:
        """Take off a purchase that certainly was not accepted."""
        if isinstance(outcome, Declined | NotSent):
            self.possible_posts[token] -= 1

    async def watched(self, call: Coroutine[Any, Any, Any]) -> Any:
        """Run a call of the store to its end, whatever becomes of who asked."""
        task = asyncio.ensure_future(call)
        self._busy += 1
        task.add_done_callback(self._watched)
        return await asyncio.shield(task)

    def _watched(self, task: asyncio.Task[Any]) -> None:
        self._busy -= 1
        if not task.cancelled():
            task.exception()

    async def run(self, process: Process, work: Awaitable[Any], *, at_gates: bool = False) -> Any:
        """Run until it is done, waits at a gate, or its process dies; return what it returned, None otherwise."""

        async def bounded() -> Any:
            _at_gates.set(at_gates)
            return await work

        task = asyncio.ensure_future(bounded())
        process.tasks.add(task)
        await self.quiet()
        return task.result() if task.done() and not task.cancelled() and task.exception() is None else None

    async def quiet(self) -> None:
        """Let everything run that can, and bury processes that died of it.

        Raises:
            Exception: what a step ended with, but for the store's being out of reach.
        """
        idle = 0
        while idle < _TURNS:
            await asyncio.sleep(0)
            idle = 0 if self._busy else idle + 1
        for name, process in list(self.processes.items()):
            if process.dead:
                await self.kill(name)
        for process in self.processes.values():
            for task in [one for one in process.tasks if one.done()]:
                process.tasks.discard(task)
                if not task.cancelled() and not isinstance(task.exception(), StoreUnavailable | None):
                    task.result()

    async def kill(self, name: str) -> None:
        """End a process where it stands; its requests may be on the wire."""
        process = self.processes.pop(name)
        process.dead = True
        for task in process.tasks:
            task.cancel()
        await asyncio.gather(*process.tasks, return_exceptions=True)
        await self.quiet()

    async def start(self, name: str, *, alone: bool, wrong_by: int = 0) -> Process:
        process = self.processes[name] = Process(self, self._stores[name])
        process.clock.wrong_by = wrong_by
        await self.run(process, process.start(alone=alone))
        return process

    async def pass_by(self, milliseconds: int) -> None:
        self.time.pass_by(milliseconds)
        self.wire = [(at, effect) for at, effect in self.wire if self.time.now() - at < ON_THE_WIRE]
        await self.quiet()


_TURNS: Final = 25
"""So many turns of the loop after the store's last answer, whatever can run has run."""
