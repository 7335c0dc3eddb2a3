"""What must hold after any fault, looked at from outside: at the provider, in the channels, in the ledger."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.jobs.failures import FailureReason
from bot.jobs.model import Purpose
from bot.jobs.states import DeliveryState, JobState
from storage.ids import delivery_id

if TYPE_CHECKING:
    from sandbox.piapi.control_views import TaskView
    from sandbox.seen import SeenMessage
    from tests.chaos.arena import Arena, Order
    from tests.chaos.records import DeliveryRecord, JobRecord

_OF_DELIVERY: Final = re.compile(r"egret:[a-z]+:([A-Za-z0-9_-]+):([A-Za-z0-9_.-]+)")
_MICRO: Final = 1_000_000


class Invariant(StrEnum):
    """One line of the report each."""

    PAID_ONCE = "no command is bought twice"
    DELIVERED_ONCE = "no message about a command is posted twice, and no ending is told beside another"
    NOTHING_LOST = "every command that was acknowledged ends in one result, or in one other ending that is told"
    LEDGER = "the ledger says what the provider charged"
    COUNTERS = "counters say what the rows say"
    AT_REST = "nothing is left in a state that nobody works on"
    FAULT_STRUCK = "the fault happened, and what the trial itself expects of the bot holds"


class Ending(StrEnum):
    """How a command ended, as the person saw it."""

    DELIVERED = "clip posted"
    FAILED = "failure told"
    ABANDONED = "given up on, and told"
    CANCELLED = "cancelled"
    UNDELIVERABLE = "no channel takes it"
    NOT_TAKEN = "not taken: refused in words, or Discord said that the bot did not respond"


@dataclass(frozen=True, slots=True)
class Breach:
    """Something that must not be."""

    invariant: Invariant
    what: str


@dataclass(slots=True)
class Findings:
    """What one run came to."""

    times: int = 1
    commands: int = 0
    endings: Counter[Ending] = field(default_factory=Counter)
    breaches: list[Breach] = field(default_factory=list)
    remark: str = ""

    def breach(self, invariant: Invariant, what: str) -> None:
        """Note a breach."""
        self.breaches.append(Breach(invariant, what))


async def check(arena: Arena) -> Findings:
    """Look at everything that was ordered since the run began."""
    findings = Findings()
    jobs = await arena.records.jobs(after=arena.first_number)
    ids = {job.id for job in jobs}
    deliveries = [delivery for delivery in await arena.records.deliveries() if delivery.job_id in ids]
    _check_purchases(arena, jobs, await arena.new_tasks(), findings)
    out_of_reach = {order.request_key for order in arena.orders if order.out_of_reach}
    check_messages(jobs, deliveries, _posted(await arena.messages()), out_of_reach, findings)
    _check_orders(arena.orders, jobs, findings)
    for job in jobs:
        if not job.at_rest:
            findings.breach(Invariant.AT_REST, f"job {job.id} is {job.state}, card {job.card_shown}/{job.revision}")
    for delivery in deliveries:
        if not delivery.at_rest:
            findings.breach(Invariant.AT_REST, f"message {delivery.purpose} of {delivery.job_id} is {delivery.state}")
    for contradiction in await arena.records.contradictions():
        findings.breach(Invariant.COUNTERS, contradiction)
    return findings


def _check_purchases(arena: Arena, jobs: list[JobRecord], tasks: list[TaskView], findings: Findings) -> None:
    by_token: defaultdict[str, list[TaskView]] = defaultdict(list)
    for task in tasks:
        by_token[task.endpoint.rpartition("/")[2]].append(task)
    for job in jobs:
        bought = by_token.pop(job.hook_token, [])
        if len(bought) > 1:
            findings.breach(Invariant.PAID_ONCE, f"{len(bought)} tasks for job {job.id}")
        _check_charge(job, bought, findings)
    for token, strangers in by_token.items():
        findings.breach(Invariant.PAID_ONCE, f"{len(strangers)} tasks that no command asked for (…{token[-4:]})")


def _check_charge(job: JobRecord, bought: list[TaskView], findings: Findings) -> None:
    consumed = round(sum(task.consumed_usd for task in bought) * _MICRO)
    if job.state is JobState.ABANDONED:
        if job.settled:
            findings.breach(Invariant.LEDGER, f"job {job.id} is given up on, but its charge is settled")
    elif job.at_rest and not job.settled:
        findings.breach(Invariant.LEDGER, f"job {job.id} is {job.state}, but its charge is open")
    elif job.settled and job.consumed != consumed:
        findings.breach(Invariant.LEDGER, f"job {job.id}: {job.consumed} in the ledger, {consumed} at the provider")


Posted = Mapping[tuple[str, str], set[int]]
"""The messages that stand anywhere, by the job and the delivery that they name."""


def _posted(messages: list[SeenMessage]) -> Posted:
    posted: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for message in messages:
        if message.from_bot and not message.ephemeral:
            for clickable in message.clickables:
                if found := _OF_DELIVERY.fullmatch(clickable.custom_id):
                    posted[found[1], found[2]].add(message.id)
    return posted


def check_messages(
    jobs: Iterable[JobRecord],
    deliveries: Iterable[DeliveryRecord],
    posted: Posted,
    out_of_reach: Collection[str],
    findings: Findings,
) -> None:
    """Look at what was posted about the jobs.

    Args:
        jobs: those of the run.
        deliveries: what was owed about them.
        posted: what stands.
        out_of_reach: the request keys of those whose ending no channel can take, as their trial says.
        findings: where breaches and endings are noted.
    """
    owed: defaultdict[str, list[DeliveryRecord]] = defaultdict(list)
    for delivery in deliveries:
        owed[delivery.job_id].append(delivery)
    for job in jobs:
        for delivery in owed[job.id]:
            stand = posted.get((job.id, delivery.id), set())
            _check_message(delivery, stand, findings, excused=job.request_key in out_of_reach)
        _check_purposes(job, owed[job.id], posted, findings)
        ending = _ending(job, owed[job.id])
        if ending is not None:
            findings.endings[ending] += 1


def _check_message(delivery: DeliveryRecord, stand: set[int], findings: Findings, *, excused: bool) -> None:
    what = f"{delivery.purpose} of {delivery.job_id}"
    if len(stand) > 1:
        findings.breach(Invariant.DELIVERED_ONCE, f"{len(stand)} messages {what}")
    if delivery.state is DeliveryState.DELIVERED and delivery.message_id not in stand:
        findings.breach(Invariant.NOTHING_LOST, f"message {what} is not there")
    if delivery.state is DeliveryState.UNDELIVERABLE and stand:
        findings.breach(Invariant.DELIVERED_ONCE, f"{what} stands unknown")
    if delivery.state is DeliveryState.UNDELIVERABLE and not excused:
        findings.breach(Invariant.NOTHING_LOST, f"{what} was given up on, with channels open: {delivery.reason}")


_PURPOSES: Final[Mapping[JobState, frozenset[str]]] = {
    JobState.SUCCEEDED: frozenset({Purpose.RESULT}),
    JobState.FAILED: frozenset({Purpose.FAILURE}),
    JobState.ABANDONED: frozenset({Purpose.ABANDONED}),
}
_ENDINGS: Final = {
    JobState.SUCCEEDED: Ending.DELIVERED,
    JobState.FAILED: Ending.FAILED,
    JobState.ABANDONED: Ending.ABANDONED,
}


def _purposes(job: JobRecord) -> frozenset[str]:
    """Return what people are to be told of a job that has come so far, one message each."""
    purposes = _PURPOSES.get(job.state, frozenset())
    if job.state is JobState.CANCELLED and job.failure_reason == FailureReason.CANCELLED_BY_MODERATOR:
        purposes |= {Purpose.FAILURE}
    # What was given up on, and told, may turn up all the same.
    return purposes | {Purpose.ABANDONED} if job.was_abandoned else purposes


def _check_purposes(job: JobRecord, owed: list[DeliveryRecord], posted: Posted, findings: Findings) -> None:
    wanted, told = _purposes(job), {delivery.purpose for delivery in owed} & set(Purpose)
    # Whether or not the database knows of them: a message names the delivery that it is.
    told |= {purpose for purpose in Purpose if posted.get((job.id, delivery_id(job.hook_token, purpose)))}
    for purpose in sorted(wanted - told):
        findings.breach(Invariant.NOTHING_LOST, f"job {job.id} is {job.state}, and no message {purpose} is owed")
    for purpose in sorted(told - wanted):
        findings.breach(Invariant.DELIVERED_ONCE, f"job {job.id} is {job.state}, and {purpose} is told, too")


def _ending(job: JobRecord, owed: list[DeliveryRecord]) -> Ending | None:
    """Return how a job ended, as its person saw it; None while they saw nothing of the kind."""
    if job.state is JobState.CANCELLED:
        return Ending.CANCELLED
    states = {delivery.state for delivery in owed if delivery.purpose in _PURPOSES.get(job.state, ())}
    if DeliveryState.DELIVERED in states:
        return _ENDINGS[job.state]
    return Ending.UNDELIVERABLE if DeliveryState.UNDELIVERABLE in states else None


def _check_orders(orders: list[Order], jobs: list[JobRecord], findings: Findings) -> None:
    made = Counter(job.request_key for job in jobs)
    findings.commands = len(orders) + sum(made.values()) - sum(made[order.request_key] for order in orders)
    for order in orders:
        if made[order.request_key] > 1:
            findings.breach(Invariant.PAID_ONCE, f"{made[order.request_key]} jobs for one command")
        if not made[order.request_key]:
            if order.acknowledged:
                findings.breach(Invariant.NOTHING_LOST, f"a command was acknowledged, not stored: {order.said!r}")
            findings.endings[Ending.NOT_TAKEN] += 1
