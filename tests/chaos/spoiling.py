"""Defects to be built into a bot, each of which the harness has to find: a measurement that cannot fail is none."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from typing import Final

import aiohttp
from typing_extensions import override

from bot.interposition import Interposition
from bot.jobs.model import Delivery, Job, MessageRef
from bot.jobs.ports import (
    CardFacts,
    ClipArchive,
    CreateOutcome,
    HistoryTask,
    InputFiles,
    MessageFacts,
    PreparedMessage,
    PreparedTask,
    ResultSink,
    TaskGateway,
    TaskOrder,
    TaskReport,
    Unknowable,
)
from bot.web.webhook import Nudge
from storage.database import Database
from storage.store import Store


class Further(Interposition):
    """Passes everything on to another interposition."""

    def __init__(self, inner: Interposition) -> None:
        self._inner = inner

    @override
    def database(self, database: Database) -> Database:
        return self._inner.database(database)

    @override
    def store(self, store: Store) -> Store:
        return self._inner.store(store)

    @override
    def gateway(self, gateway: TaskGateway) -> TaskGateway:
        return self._inner.gateway(gateway)

    @override
    def sink(self, sink: ResultSink) -> ResultSink:
        return self._inner.sink(sink)

    @override
    def inputs(self, files: InputFiles) -> InputFiles:
        return self._inner.inputs(files)

    @override
    def clips(self, clips: ClipArchive) -> ClipArchive:
        return self._inner.clips(clips)

    @override
    def nudge(self, nudge: Nudge) -> Nudge:
        return self._inner.nudge(nudge)

    @override
    def discord(self, trace: aiohttp.TraceConfig) -> aiohttp.TraceConfig:
        return self._inner.discord(trace)


class BuysAgain(Further):
    """A purchase whose outcome nobody knows is made once more at once, as a client with retries would."""

    @override
    def gateway(self, gateway: TaskGateway) -> TaskGateway:
        return _Repeating(self._inner.gateway(gateway))


class NeverLooks(Further):
    """An interrupted delivery is sent again without a look at the channel."""

    @override
    def sink(self, sink: ResultSink) -> ResultSink:
        return _Blind(self._inner.sink(sink))


class _Repeating:
    def __init__(self, inner: TaskGateway) -> None:
        self._inner = inner

    @property
    def key_fingerprint(self) -> str:
        return self._inner.key_fingerprint

    @property
    def service_mode(self) -> str:
        return self._inner.service_mode

    def prepare(self, order: TaskOrder) -> PreparedTask:
        return self._inner.prepare(order)

    async def create(self, task: PreparedTask) -> CreateOutcome:
        outcome = await self._inner.create(task)
        return await self._inner.create(task) if isinstance(outcome, Unknowable) else outcome

    async def reach(self) -> None:
        await self._inner.reach()

    async def report(self, task_id: str) -> TaskReport:
        return await self._inner.report(task_id)

    async def cancel(self, task_id: str) -> None:
        await self._inner.cancel(task_id)

    def history(self, since: int, until: int) -> AsyncIterator[HistoryTask]:
        return self._inner.history(since, until)

    def is_same(self, sent: str, report: TaskReport) -> bool:
        return self._inner.is_same(sent, report)


class _Blind:
    def __init__(self, inner: ResultSink) -> None:
        self._inner = inner

    async def show_card(self, job: Job, facts: CardFacts) -> bool:
        return await self._inner.show_card(job, facts)

    def targets(self, delivery: Delivery, job: Job) -> AsyncGenerator[int, None]:
        return self._inner.targets(delivery, job)

    async def prepare(self, delivery: Delivery, job: Job, facts: MessageFacts, channel_id: int) -> PreparedMessage:
        return await self._inner.prepare(delivery, job, facts, channel_id)

    async def find(self, _delivery: Delivery, _job: Job, _channel_id: int, _since: int) -> MessageRef | None:
        return None

    async def send(self, message: PreparedMessage, delivery: Delivery) -> MessageRef:
        return await self._inner.send(message, delivery)


SPOILT: Final[Mapping[str, Callable[[Interposition], Interposition]]] = {
    "buys again": BuysAgain,
    "never looks": NeverLooks,
}
