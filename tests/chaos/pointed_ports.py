"""The core's ports with a point on either side of each call."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from bot.jobs.model import Asset, Delivery, Job, MessageRef
from bot.jobs.ports import (
    ArchivedFile,
    CardFacts,
    ClipArchive,
    CreateOutcome,
    Glance,
    HistoryTask,
    InputFiles,
    MessageFacts,
    PreparedInput,
    PreparedMessage,
    PreparedTask,
    ResultSink,
    TaskGateway,
    TaskOrder,
    TaskReport,
)
from tests.chaos.crashes import AFTER, BEFORE, Crashes


class PointedGateway:
    """The provider."""

    def __init__(self, inner: TaskGateway, crashes: Crashes) -> None:
        self._inner = inner
        self._crashes = crashes

    @property
    def key_fingerprint(self) -> str:
        return self._inner.key_fingerprint

    @property
    def service_mode(self) -> str:
        return self._inner.service_mode

    def prepare(self, order: TaskOrder) -> PreparedTask:
        return self._inner.prepare(order)

    async def create(self, task: PreparedTask) -> CreateOutcome:
        return await self._crashes.around("the purchase", self._inner.create(task))

    async def reach(self) -> None:
        await self._inner.reach()

    async def report(self, task_id: str) -> TaskReport:
        return await self._crashes.around("a poll", self._inner.report(task_id))

    async def cancel(self, task_id: str) -> None:
        await self._crashes.around("the cancelling", self._inner.cancel(task_id))

    async def history(self, since: int, until: int, glance: Glance | None = None) -> AsyncIterator[HistoryTask]:
        self._crashes.reach(f"{BEFORE} a search of the provider's history")
        async for task in self._inner.history(since, until, glance):
            yield task
        self._crashes.reach(f"{AFTER} a search of the provider's history")

    def is_same(self, sent: str, report: TaskReport) -> bool:
        return self._inner.is_same(sent, report)


class PointedSink:
    """Where cards and messages are shown."""

    def __init__(self, inner: ResultSink, crashes: Crashes) -> None:
        self._inner = inner
        self._crashes = crashes

    async def show_card(self, job: Job, facts: CardFacts) -> bool:
        return await self._crashes.around("a card's edit", self._inner.show_card(job, facts))

    def targets(self, delivery: Delivery, job: Job) -> AsyncGenerator[int, None]:
        return self._inner.targets(delivery, job)

    async def prepare(self, delivery: Delivery, job: Job, facts: MessageFacts, channel_id: int) -> PreparedMessage:
        making = self._inner.prepare(delivery, job, facts, channel_id)
        return await self._crashes.around("fitting a message to its channel", making)

    async def find(self, delivery: Delivery, job: Job, channel_id: int, since: int) -> MessageRef | None:
        looking = self._inner.find(delivery, job, channel_id, since)
        return await self._crashes.around("a search of the channel", looking)

    async def send(self, message: PreparedMessage, delivery: Delivery) -> MessageRef:
        return await self._crashes.around("the upload", self._inner.send(message, delivery))


class PointedInputs:
    """What prepares people's files."""

    def __init__(self, inner: InputFiles, crashes: Crashes) -> None:
        self._inner = inner
        self._crashes = crashes

    async def prepare(self, asset: Asset, clip_ms: int | None) -> PreparedInput:
        return await self._crashes.around("the intake of a file", self._inner.prepare(asset, clip_ms))

    async def url(self, job: Job, asset: Asset) -> str:
        return await self._inner.url(job, asset)


class PointedClips:
    """What fetches finished clips."""

    def __init__(self, inner: ClipArchive, crashes: Crashes) -> None:
        self._inner = inner
        self._crashes = crashes

    async def fetch(self, asset_id: str, url: str) -> ArchivedFile:
        return await self._crashes.around("the download of a clip", self._inner.fetch(asset_id, url))

    async def discard(self, asset_id: str, extension: str) -> None:
        await self._inner.discard(asset_id, extension)
