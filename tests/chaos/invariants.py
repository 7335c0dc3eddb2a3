"""What must hold after any fault, looked at from outside: at the provider, in the channels, in the ledger."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.jobs.model import Purpose
from bot.jobs.states import DeliveryState, JobState

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
    DELIVERED_ONCE = "no message about a command is posted twice"
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
    _check_messages(jobs, deliveries, await arena.messages(), findings)
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


def _check_messages(
    jobs: list[JobRecord], deliveries: list[DeliveryRecord], messages: list[SeenMessage], findings: Findings
) -> None:
    posted: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for message in messages:
        if message.from_bot and not message.ephemeral:
            for clickable in message.clickables:
                if found := _OF_DELIVERY.fullmatch(clickable.custom_id):
                    posted[found[1], found[2]].add(message.id)
    owed: defaultdict[str, list[DeliveryRecord]] = defaultdict(list)
    for delivery in deliveries:
        owed[delivery.job_id].append(delivery)
        stand = posted[delivery.job_id, delivery.id]
        if len(stand) > 1:
            findings.breach(Invariant.DELIVERED_ONCE, f"{len(stand)} messages {delivery.purpose} of {delivery.job_id}")
        if delivery.state is DeliveryState.DELIVERED and delivery.message_id not in stand:
            findings.breach(Invariant.NOTHING_LOST, f"message {delivery.purpose} of {delivery.job_id} is not there")
        if delivery.state is DeliveryState.UNDELIVERABLE and stand:
            findings.breach(Invariant.DELIVERED_ONCE, f"{delivery.purpose} of {delivery.job_id} stands unknown")
    for job in jobs:
        _check_ending(job, owed[job.id], findings)


_PURPOSES: Final[dict[JobState, frozenset[str]]] = {
    JobState.SUCCEEDED: frozenset({Purpose.RESULT}),
    JobState.FAILED: frozenset({Purpose.FAILURE}),
    JobState.ABANDONED: frozenset({Purpose.ABANDONED}),
}
_ENDINGS: Final = {
    JobState.SUCCEEDED: Ending.DELIVERED,
    JobState.FAILED: Ending.FAILED,
    JobState.ABANDONED: Ending.ABANDONED,
    JobState.CANCELLED: Ending.CANCELLED,
}


def _check_ending(job: JobRecord, owed: list[DeliveryRecord], findings: Findings) -> None:
    ending = _ENDINGS.get(job.state)
    if ending is None:
        return
    purposes = {delivery.purpose for delivery in owed}
    missing = _PURPOSES.get(job.state, frozenset()) - purposes
    if missing:
        findings.breach(Invariant.NOTHING_LOST, f"job {job.id} is {job.state}, and no message is owed for it")
    if job.state is JobState.SUCCEEDED and any(one.state is DeliveryState.UNDELIVERABLE for one in owed):
        ending = Ending.UNDELIVERABLE
    findings.endings[ending] += 1


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
