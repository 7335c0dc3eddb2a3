"""The owner's hand through the socket: whoever may open it runs the bot, and owns it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TypeVar

from bot.community.alerts import Alert
from bot.community.owner import COMMAND_LINE, OwnerService, Status
from bot.control.errors import Refused as NotDone
from bot.control.protocol import (
    AskBalance,
    AskStatus,
    BalanceSaid,
    Done,
    OpenAlert,
    PauseSubmissions,
    Redeliver,
    Resolve,
    ResumeSubmissions,
    StatusSaid,
    SyncCommands,
)
from bot.control.server import Verb, verb
from bot.errors import Refusal, Refused

T = TypeVar("T")


def owner_verbs(service: OwnerService, word: Callable[[Refusal], str], title: Callable[[Alert], str]) -> list[Verb]:
    """Return what only the owner may ask.

    Args:
        service: does it.
        word: says why not, in a sentence.
        title: says what an alert is about.
    """

    async def told(deed: Awaitable[T]) -> T:
        try:
            return await deed
        except Refused as error:
            raise NotDone(word(error.refusal)) from error

    async def status(_: AskStatus, __: AsyncExitStack) -> StatusSaid:
        return _status_said(await service.status(), title)

    async def balance(_: AskBalance, __: AsyncExitStack) -> BalanceSaid:
        said = await told(service.balance())
        return BalanceSaid(microusd=said.balance_microusd, key_refused=said.key_refused)

    async def pause(question: PauseSubmissions, _: AsyncExitStack) -> Done:
        return Done(changed=await service.pause(COMMAND_LINE, question.note))

    async def resume(_: ResumeSubmissions, __: AsyncExitStack) -> Done:
        return Done(changed=await service.resume(COMMAND_LINE))

    async def redeliver(question: Redeliver, _: AsyncExitStack) -> Done:
        return Done(number=await told(service.redeliver(COMMAND_LINE, question.job_id)))

    async def resolve(question: Resolve, _: AsyncExitStack) -> Done:
        if question.task_id:
            await told(service.bind(COMMAND_LINE, question.job_id, question.task_id))
        else:
            await told(service.abandon(COMMAND_LINE, question.job_id))
        return Done()

    async def sync(_: SyncCommands, __: AsyncExitStack) -> Done:
        return Done(number=await service.sync(COMMAND_LINE))

    return [
        verb(AskStatus, status),
        verb(AskBalance, balance),
        verb(PauseSubmissions, pause),
        verb(ResumeSubmissions, resume),
        verb(Redeliver, redeliver),
        verb(Resolve, resolve),
        verb(SyncCommands, sync),
    ]


def _status_said(status: Status, title: Callable[[Alert], str]) -> StatusSaid:
    process, pause = status.process, status.pause
    return StatusSaid(
        version=process.version,
        now=status.now,
        started_at=process.started_at,
        connected=process.connected,
        latency_ms=process.latency_ms,
        servers=process.servers,
        stuck=process.stuck,
        queued=status.queued,
        oldest_queued=status.oldest_queued,
        in_flight=status.in_flight,
        in_flight_limit=status.in_flight_limit,
        unknown=status.unknown,
        abandoned=status.abandoned,
        paused=pause.reason if pause is not None else "",
        paused_since=pause.since if pause is not None else 0,
        pause_note=pause.note if pause is not None else "",
        balance_microusd=status.balance,
        month_used_microusd=status.month_used,
        month_ceiling_microusd=status.month_ceiling,
        alerts=tuple(OpenAlert(title=title(found.alert), raised_at=found.raised_at) for found in status.alerts),
    )
