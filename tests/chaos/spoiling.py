"""Defects to be built into a bot, each of which the harness has to find: a measurement that cannot fail is none."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

import aiohttp
from typing_extensions import override

from bot.interposition import Interposition
from bot.jobs.model import Delivery, Job, MessageRef, Purpose
from bot.jobs.ports import (
    CardFacts,
    ClipArchive,
    CreateOutcome,
    Glance,
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
from storage.database import Answer, Burst, Database, Engine, GroupWork, Item, Row, Transaction, Value, Work
from storage.ids import draw_id
from storage.store import Store

T = TypeVar("T")

_A_CENT: Final = 10_000
"""In micro-dollars."""


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


class GivesUp(Further):
    """No channel is ever tried: what is owed is given up on at once."""

    @override
    def sink(self, sink: ResultSink) -> ResultSink:
        return _Resigned(self._inner.sink(sink))


class TellsOfFailure(Further):
    """Whatever ends in a clip is also told to have failed."""

    @override
    def database(self, database: Database) -> Database:
        return _Spoilt(self._inner.database(database), _Gloomy)


class MissesCounts(Further):
    """What a counter has to move by is forgotten."""

    @override
    def database(self, database: Database) -> Database:
        return _Spoilt(self._inner.database(database), _Forgetful)


class MisreadsCharges(Further):
    """What the provider charged is taken for a cent more."""

    @override
    def gateway(self, gateway: TaskGateway) -> TaskGateway:
        return _Misreading(self._inner.gateway(gateway))


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

    def history(self, since: int, until: int, glance: Glance | None = None) -> AsyncIterator[HistoryTask]:
        return self._inner.history(since, until, glance)

    def is_same(self, sent: str, report: TaskReport) -> bool:
        return self._inner.is_same(sent, report)


class _Misreading(_Repeating):
    @override
    async def create(self, task: PreparedTask) -> CreateOutcome:
        return await self._inner.create(task)

    @override
    async def report(self, task_id: str) -> TaskReport:
        report = await self._inner.report(task_id)
        charged = report.consumed_microusd
        return report if charged is None else replace(report, consumed_microusd=charged + _A_CENT)


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


class _Resigned(_Blind):
    @override
    async def find(self, delivery: Delivery, job: Job, channel_id: int, since: int) -> MessageRef | None:
        return await self._inner.find(delivery, job, channel_id, since)

    @override
    async def targets(self, delivery: Delivery, job: Job) -> AsyncGenerator[int, None]:
        nowhere: Sequence[int] = ()
        for channel_id in nowhere:
            yield channel_id


class _Passing:
    """A transaction, as it is."""

    def __init__(self, session: Transaction) -> None:
        self._session = session

    async def rows(self, statement: str, /, **values: Value) -> Sequence[Row]:
        return await self._session.rows(statement, **values)

    async def row(self, statement: str, /, **values: Value) -> Row | None:
        return await self._session.row(statement, **values)

    async def run(self, statement: str, /, **values: Value) -> None:
        await self._session.run(statement, **values)

    async def many(self, statement: str, values: Sequence[Mapping[str, Value]], /) -> None:
        await self._session.many(statement, values)

    async def each(self, statement: str, values: Sequence[Mapping[str, Value]], /) -> Sequence[Row | None]:
        return await self._session.each(statement, values)


class _Gloomy(_Passing):
    @override
    async def run(self, statement: str, /, **values: Value) -> None:
        await super().run(statement, **values)
        if statement == "insert_delivery" and values["purpose"] == Purpose.RESULT:
            again = {"id": draw_id(), "purpose": Purpose.FAILURE.value}
            await super().run(statement, **{**values, **again})


class _Forgetful(_Passing):
    @override
    async def run(self, statement: str, /, **values: Value) -> None:
        if statement != "shift_counter":
            await super().run(statement, **values)


class _Spoilt:
    """A database whose transactions are spoilt."""

    def __init__(self, database: Database, spoils: Callable[[Transaction], Transaction]) -> None:
        self._database = database
        self._spoils = spoils

    @property
    def engine(self) -> Engine:
        return self._database.engine

    @property
    def version(self) -> str:
        return self._database.version

    async def rows(self, statement: str, /, **values: Value) -> Sequence[Row]:
        return await self._database.rows(statement, **values)

    async def row(self, statement: str, /, **values: Value) -> Row | None:
        return await self._database.row(statement, **values)

    async def run(self, statement: str, /, **values: Value) -> None:
        await self._database.run(statement, **values)

    async def many(self, statement: str, values: Sequence[Mapping[str, Value]], /) -> None:
        await self._database.many(statement, values)

    async def transaction(self, work: Work[T]) -> T:
        return await self._database.transaction(lambda session: work(self._spoils(session)))

    def burst(self, work: GroupWork[Item, Answer]) -> Burst[Item, Answer]:
        return self._database.burst(lambda session, items: work(self._spoils(session), items))

    async def ping(self) -> None:
        await self._database.ping()

    async def copy_into(self, path: Path, now: int) -> None:
        await self._database.copy_into(path, now)

    async def close(self) -> None:
        await self._database.close()


SPOILT: Final[Mapping[str, Callable[[Interposition], Interposition]]] = {
    "buys again": BuysAgain,
    "never looks": NeverLooks,
    "gives up": GivesUp,
    "tells of failure": TellsOfFailure,
    "misses counts": MissesCounts,
    "misreads charges": MisreadsCharges,
}
