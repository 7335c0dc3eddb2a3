"""A world around the core: the real store, and a provider and a channel whose faults a test chooses.

The provider and the channel here are the truth that promises are checked against: how many tasks were really made for
a job, how many messages really stand in a channel. They speak the core's own ports; the real ones are tested elsewhere.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.catalog import Catalogue, VideoAsked
from bot.clock import MINUTE, SECOND
from bot.community.reports import Report, ReportTeller
from bot.jobs.archiver import Archiver
from bot.jobs.cards import CardKeeper
from bot.jobs.clips import ClipService
from bot.jobs.deliverer import Deliverer
from bot.jobs.drafts import Drafts
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.house import House
from bot.jobs.intake import Intake
from bot.jobs.leases import Leases
from bot.jobs.limits import Allowance
from bot.jobs.lookout import Lookout
from bot.jobs.loops import Wakes
from bot.jobs.model import Asset, AssetRole, Delivery, Job, MessageRef, NewAsset, Place
from bot.jobs.poller import Poller
from bot.jobs.ports import (
    ArchivedFile,
    Bound,
    CardFacts,
    CreateOutcome,
    GatewayUnavailable,
    Glance,
    HeldFile,
    HistoryTask,
    MessageFacts,
    PreparedInput,
    PreparedTask,
    RemoteStatus,
    TaskOrder,
    TaskReport,
    TaskUnknown,
    TryLater,
)
from bot.jobs.purchasing import Ceilings
from bot.jobs.requests import Origin, Submitted, VideoRequest
from bot.jobs.service import JobService
from bot.jobs.submitter import Submitter
from bot.jobs.sweeper import Sweeper
from bot.jobs.timing import Timing
from bot.jobs.workshop import Workshop
from storage.store import Store

GUILD, CHANNEL, PERSON = 700_000_000_000_000_001, 700_000_000_000_000_002, 700_000_000_000_000_003
START = 1_780_000_000_000
_IMAGE = NewAsset(
    role=AssetRole.IMAGE,
    url="https://cdn.example/a.png",
    filename="a.png",
    content_type="image/png",
    size=10,
    option="image",
)


class Died(BaseException):
    """The process was killed at this point."""


class ManualClock:
    """Time that moves only when told."""

    def __init__(self, now: int = START) -> None:
        self._now = now

    def now(self) -> int:
        return self._now

    def advance(self, milliseconds: int) -> None:
        self._now += milliseconds

    async def sleep(self, milliseconds: int) -> None:
        await asyncio.Event().wait()


@dataclass
class RemoteTask:
    """A task that really exists at the provider, whoever knows of it."""

    id: str
    token: str
    sent: str
    created_at: int
    status: RemoteStatus = RemoteStatus.RUNNING
    output_url: str | None = None
    consumed: int | None = None
    failure: Failure | None = None
    ended_at: int | None = None
    unreadable: bool = False


class Provider:
    """The provider as it really is; faults are chosen per call and used up in order."""

    service_mode = "public"
    key_fingerprint = "account-1"

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.tasks: dict[str, RemoteTask] = {}
        self.answers: deque[Callable[[PreparedTask], CreateOutcome]] = deque()
        self.during_create: Callable[[RemoteTask], object] | None = None
        self.unavailable = False
        self.echoes_endpoint = True
        self.posts: list[str] = []
        self.cancels: list[str] = []
        self.gets = 0
        self.listings = 0
        self.rows_listed = 0
        self.listing_takes = 0
        self.unlisted: set[str] = set()
        self.listed_as_over: set[str] = set()
        self.reached = 0
        self._ids = itertools.count(1)

    def make_task(self, task: PreparedTask) -> RemoteTask:
        made = RemoteTask(f"task-{next(self._ids)}", task.order.hook_token, task.sent, self.clock.now())
        self.tasks[made.id] = made
        return made

    def prepare(self, order: TaskOrder) -> PreparedTask:
        return PreparedTask(sent=f"{order.kind}|{order.model}|{order.input}|{order.source_task_id}", order=order)

    async def create(self, task: PreparedTask) -> CreateOutcome:
        self.posts.append(task.order.hook_token)
        if self.answers:
            return self.answers.popleft()(task)
        return Bound(self._report(self.make_task(task)))

    async def reach(self) -> None:
        self.reached += 1
        if self.unavailable:
            raise GatewayUnavailable("down")

    async def report(self, task_id: str) -> TaskReport:
        self.gets += 1
        if self.unavailable:
            raise GatewayUnavailable("down")
        if task_id not in self.tasks:
            raise TaskUnknown(task_id)
        if self.tasks[task_id].unreadable:
            raise GatewayUnavailable("500")
        return self._report(self.tasks[task_id])

    async def cancel(self, task_id: str) -> None:
        self.cancels.append(task_id)

    async def history(self, since: int, until: int, glance: Glance | None = None) -> AsyncIterator[HistoryTask]:
        self.listings += 1
        if self.unavailable:
            raise GatewayUnavailable("down")
        shown = strangers = 0
        for task in list(self.tasks.values()):
            if since <= task.created_at <= until and task.id not in self.unlisted:
                runs = task.status in {RemoteStatus.PENDING, RemoteStatus.RUNNING}
                self.rows_listed += 1
                shown += 1
                is_over = not runs or task.id in self.listed_as_over
                yield HistoryTask(task.id, task.created_at, is_over, 1 + (shown - 1) // 100)
                if self.listing_takes:
                    self.clock.advance(self.listing_takes)
                strangers = 0 if glance is None or task.id in glance.wanted else strangers + 1
                if glance is not None and strangers >= glance.patience:
                    return

    def is_same(self, sent: str, report: TaskReport) -> bool:
        return sent == report.request

    def finish(self, task_id: str, consumed: int | None = 260_000) -> None:
        task = self.tasks[task_id]
        task.status, task.consumed, task.ended_at = RemoteStatus.COMPLETED, consumed, self.clock.now()
        task.output_url = f"https://storage.example/{task_id}.mp4"

    def fail(self, task_id: str, reason: FailureReason, consumed: int | None = 0) -> None:
        task = self.tasks[task_id]
        task.status, task.consumed, task.failure = RemoteStatus.FAILED, consumed, Failure(reason)

    def made_for(self, job: Job) -> list[RemoteTask]:
        return [task for task in self.tasks.values() if task.token == job.hook_token]

    def _report(self, task: RemoteTask) -> TaskReport:
        return TaskReport(
            task_id=task.id,
            status=task.status,
            output_url=task.output_url,
            consumed_microusd=task.consumed,
            created_at=task.created_at,
            ended_at=task.ended_at,
            failure=task.failure,
            hook_token=task.token if self.echoes_endpoint else None,
            request=task.sent,
        )


@dataclass
class Prepared:
    """A message ready to be sent to a channel."""

    channel_id: int
    purpose: str
    pings: bool = True
    discarded: bool = False

    async def discard(self) -> None:
        self.discarded = True


@dataclass
class Posted:
    """A message that really stands in a channel."""

    ref: MessageRef
    delivery_id: str
    purpose: str
    pings: bool


class Channel:
    """Where messages really stand; nonces are remembered for a while, as Discord does."""

    NONCE_WINDOW = 5 * MINUTE

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.posted: list[Posted] = []
        self.cards: dict[str, int] = {}
        self.faults: deque[BaseException | None] = deque()
        self.posts_before_fault = False
        self.find_fault: BaseException | None = None
        self.refuses: set[int] = set()
        self.opened_direct_messages: list[str] = []
        self._nonces: dict[str, tuple[int, MessageRef]] = {}
        self._ids = itertools.count(900_000_000_000_000_001)

    async def show_card(self, job: Job, facts: CardFacts) -> bool:
        self.cards[job.id] = job.revision
        return True

    async def targets(self, delivery: Delivery, job: Job) -> AsyncGenerator[int, None]:
        yield job.place.channel_id
        self.opened_direct_messages.append(delivery.id)
        yield PERSON

    async def prepare(self, delivery: Delivery, job: Job, facts: MessageFacts, channel_id: int) -> Prepared:
        if channel_id in self.refuses:
            from bot.jobs.ports import TargetRefused

            raise TargetRefused("forbidden")
        return Prepared(channel_id, delivery.purpose, pings=not facts.pinged)

    async def find(self, delivery: Delivery, job: Job, channel_id: int, since: int) -> MessageRef | None:
        if self.find_fault is not None:
            raise self.find_fault
        found = [one.ref for one in self.posted if one.delivery_id == delivery.id and one.ref.channel_id == channel_id]
        return found[0] if found else None

    async def send(self, message: Prepared, delivery: Delivery) -> MessageRef:
        fault = self.faults.popleft() if self.faults else None
        if fault is not None and not self.posts_before_fault:
            raise fault
        ref = self._post(message, delivery)
        if fault is not None:
            raise fault
        return ref

    def _post(self, message: Prepared, delivery: Delivery) -> MessageRef:
        at, ref = self._nonces.get(delivery.nonce, (0, None))
        if ref is not None and self.clock.now() - at < self.NONCE_WINDOW:
            return ref
        ref = MessageRef(message.channel_id, next(self._ids))
        self._nonces[delivery.nonce] = (self.clock.now(), ref)
        self.posted.append(Posted(ref, delivery.id, delivery.purpose, message.pings))
        return ref


class Files:
    """Inputs that are always fine, or never."""

    def __init__(self) -> None:
        self.fault: BaseException | None = None
        self.url_fault: BaseException | None = None

    async def prepare(self, asset: Asset, clip_ms: int | None) -> PreparedInput:
        if self.fault is not None:
            raise self.fault
        return PreparedInput(ArchivedFile("jpg", "image/jpeg", 10, "aa", 512, 512))

    async def url(self, job: Job, asset: Asset) -> str:
        if self.url_fault is not None:
            raise self.url_fault
        return f"https://files.example/{asset.id}"


class Clips:
    """An archive that can fail."""

    def __init__(self) -> None:
        self.fault: BaseException | None = None
        self.meanwhile: Callable[[], Awaitable[object]] | None = None
        self.kept: set[str] = set()

    async def fetch(self, asset_id: str, url: str) -> ArchivedFile:
        if self.fault is not None:
            raise self.fault
        if self.meanwhile is not None:
            await self.meanwhile()
        self.kept.add(asset_id)
        return ArchivedFile("mp4", "video/mp4", 1000, "bb", 1280, 720, 5100)

    async def discard(self, asset_id: str, extension: str) -> None:
        self.kept.discard(asset_id)


class NoModLog:
    """No server has one, unless a test says so."""

    async def has(self, report: Report, job: Job, channel_id: int, since: int) -> bool:
        raise AssertionError("no server has a mod log")

    async def post(self, report: Report, job: Job, channel_id: int) -> None:
        raise AssertionError("no server has a mod log")


class NoFiles:
    """An archive that has nothing, and that takes in nothing."""

    def path(self, asset_id: str, extension: str) -> Path:
        return Path("nowhere", f"{asset_id}.{extension}")

    async def delete(self, asset_id: str, extension: str) -> bool:
        return False

    async def hold(self, file: NewAsset) -> HeldFile:
        raise TryLater(file.filename)

    async def discard(self, file: HeldFile) -> None:
        return None


@dataclass
class Alerts:
    """What the owner was told."""

    words: list[str] = field(default_factory=list)

    async def alert(self, job: Job | None, word: str) -> None:
        self.words.append(word)


class World:
    """Every step of one process, around one store."""

    def __init__(self, store: Store, clock: ManualClock, *, max_in_flight: int = 5, ceilings: Ceilings | None = None):
        self.store = store
        self.clock = clock
        self.provider = Provider(clock)
        self.channel = Channel(clock)
        self.files = Files()
        self.clips = Clips()
        self.alerts = Alerts()
        self.max_in_flight = max_in_flight
        self.catalogue = Catalogue()
        self.ceilings = ceilings or Ceilings(
            servers=frozenset({GUILD}),
            microusd_per_month=None,
            microusd_per_job=1_000_000,
            per_person=Allowance(),
        )
        self.house: House | None = None
        self._requests = itertools.count(1)
        self._cards = itertools.count(800_000_000_000_000_001)
        self.start_process()

    def start_process(self, *, webhooks: bool = True) -> None:
        """Make the steps anew: nothing of an earlier process is left but the store."""
        shop = Workshop(self.store, self.clock, Leases(), Wakes(), self.alerts)
        timing = self.timing = Timing(
            self.store, lambda *_: None, webhooks=webhooks, clock=self.clock, places=self.max_in_flight
        )
        self.service = JobService(
            self.store, self.provider, self.catalogue, self.ceilings, self.clock, shop.wakes, timing, self.house
        )
        self.clip_service = ClipService(
            self.store, self.provider, self.catalogue, NoFiles(), self.clock, shop.wakes, timing, self.house
        )
        self.drafts = Drafts(self.store, NoFiles(), self.clock)
        self.intake = Intake(shop, self.files)
        self.submitter = Submitter(shop, self.provider, self.files, timing, self.max_in_flight)
        self.poller = Poller(shop, self.provider, timing)
        self.lookout = Lookout(shop, self.store, self.provider, timing)
        self.archiver = Archiver(shop, self.clips, self.provider)
        self.deliverer = Deliverer(shop, self.channel, self.clip_service)
        self.cards = CardKeeper(self.store, self.channel, self.clock, timing)
        self.sweeper = Sweeper(shop)
        self.reports = ReportTeller(self.store, self.store, NoModLog(), self.alerts, self.clock)

    @property
    def steps(self):
        return [self.intake, self.submitter, self.poller, self.archiver, self.deliverer, self.cards, self.sweeper]

    async def order(
        self, *, key: str | None = None, prompt: str = "a red kite", image: bool = False, card: bool = True, **asked
    ) -> Submitted:
        files = (_IMAGE,) if image else ()
        request = VideoRequest(
            asked=VideoAsked(prompt=prompt, image=image, **asked),
            files=files,
        )
        self.clock.advance(1)
        submitted = await self.service.submit(self.origin(key), request)
        if card and not submitted.repeated:
            await self.service.card_posted(submitted, MessageRef(CHANNEL, next(self._cards)))
        return submitted

    def origin(self, key: str | None = None, person: int = PERSON) -> Origin:
        place = Place(guild_id=GUILD, channel_id=CHANNEL, upload_limit=10 * 1024 * 1024)
        return Origin(request_key=key or f"i:{next(self._requests)}", requester_id=person, place=place)

    async def job(self, submitted: Submitted) -> Job:
        job = await self.store.job(submitted.job.id)
        assert job is not None
        return job

    async def settle(self, rounds: int = 8) -> None:
        """Let every step take what is due until nothing is."""
        for _ in range(rounds):
            if not sum([await step.run_once() for step in self.steps]):
                return

    async def live(self, milliseconds: int, tick: int = 30 * SECOND) -> None:
        """Let time pass with all steps at work."""
        end = self.clock.now() + milliseconds
        while self.clock.now() < end:
            await self.settle()
            self.clock.advance(min(tick, end - self.clock.now()))
        await self.settle()


def with_place(origin: Origin, **changes) -> Origin:
    return replace(origin, place=replace(origin.place, **changes))
