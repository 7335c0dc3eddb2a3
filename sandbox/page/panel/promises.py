"""Both promises, judged from outside: a command is paid once, a clip is delivered once.

What was bought comes from the provider's books, what was posted from the channels. The bot's own file only tells which
orders there are, and which of them it takes for settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from sandbox.page.panel.bot_file import RESULT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sandbox.page.panel.bot_file import Order, Posting
    from sandbox.piapi.control_views import TaskView
    from sandbox.seen import SeenMessage

_ID_SHOWN: Final = 8
_ON_THE_WAY: Final = "On the way"
_WITH_CLIP: Final = "Ended with a clip"
_WITHOUT: Final = "Ended without a clip"
_ALL: Final = "All"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is compared, in the order in which it has to be read, so that whatever was done is seen.

    Attributes:
        before: The orders, read first: what they say was done has to be found.
        tasks: The provider's tasks.
        messages: Everything that ever was in the channels that were read, deleted messages included.
        channels: The ids of those channels.
        orders: The orders, read last: whatever was found has to belong to one.
    """

    before: Sequence[Order]
    tasks: Sequence[TaskView]
    messages: Sequence[SeenMessage]
    channels: Collection[int]
    orders: Sequence[Order]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What came of some orders.

    Attributes:
        name: Which orders.
        orders: How many people gave.
        tasks: How many tasks the provider made for them.
        clips: How many messages bring their clips; what was posted again on purpose is left out.
        kept: Whether the numbers are as they must be.
    """

    name: str
    orders: int
    tasks: int
    clips: int
    kept: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found of one order: the ids of its tasks, and its clips' messages."""

    task_ids: tuple[str, ...]
    clips: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the comparison says.

    Attributes:
        counts: The table, the sum last.
        broken: What must not be, one sentence each.
        outcomes: What was found of each order, by its number.
        order_of: The order's number by task id, for tasks that belong to one.
    """

    counts: tuple[Count, ...]
    broken: tuple[str, ...]
    outcomes: Mapping[str, Outcome]
    order_of: Mapping[str, str]


NOTHING: Final = Verdict(counts=(), broken=(), outcomes={}, order_of={})
"""Before anything was compared."""


def judged(evidence: Evidence) -> Verdict:
    """Compare."""
    order_of = _orders_of_tasks(evidence)
    posted = _Posted(evidence.messages, evidence.orders)
    outcomes = {
        order.id: Outcome(
            tuple(task.task_id for task in evidence.tasks if order_of.get(task.task_id) == order.id),
            posted.clips(order),
        )
        for order in evidence.orders
    }
    strangers = [task for task in evidence.tasks if task.task_id not in order_of]
    broken = [
        *_paid_wrongly(evidence, outcomes, strangers),
        *_delivered_wrongly(evidence, posted, outcomes),
    ]
    return Verdict(
        counts=_counts(evidence, outcomes, len(strangers)),
        broken=tuple(broken),
        outcomes=outcomes,
        order_of=order_of,
    )


class _Posted:
    """The bot's messages, by what their buttons say they are: ``egret:<verb>:<order>:<posting>``."""

    def __init__(self, messages: Sequence[SeenMessage], orders: Sequence[Order]) -> None:
        public = [message for message in messages if message.from_bot and not message.ephemeral]
        self._ids = {message.id for message in public}
        self._named: dict[tuple[str, str], set[int]] = {}
        for message in public:
            for name in {_named(item.custom_id) for item in message.clickables}:
                self._named.setdefault(name, set()).add(message.id)
        known = {message_id for order in orders for one in order.postings for message_id in self._of(order, one)}
        self._loose = [message for message in public if message.id not in known]

    def messages(self, order: Order, posting: Posting) -> int:
        """Return how many messages there are of one that has to be there once."""
        return len(self._of(order, posting))

    def clips(self, order: Order) -> int:
        """Return how many messages bring an order's clip, those that nobody owed it included."""
        owed = sum(self.messages(order, posting) for posting in order.postings if posting.purpose == RESULT)
        loose = sum(_brings(message, order) for message in self._loose)
        return owed + loose

    def _of(self, order: Order, posting: Posting) -> set[int]:
        found = set(self._named.get((order.id, posting.id), ()))
        if posting.message_id in self._ids:
            found.add(posting.message_id)  # its buttons may have been taken away since
        return found


def _named(custom_id: str) -> tuple[str, str]:
    """Return the order and the posting that a button names, "" for what it does not name."""
    parts = [*custom_id.split(":"), "", "", "", ""]
    return parts[2], parts[3]


def _brings(message: SeenMessage, order: Order) -> bool:
    return any(
        file.content_type.startswith("video/") and f"egret-{order.id}." in file.filename for file in message.attachments
    )


def _orders_of_tasks(evidence: Evidence) -> dict[str, str]:
    """Return the order of each task: by the webhook address that only it has, else by what the bot wrote down."""
    by_token = {order.hook_token: order.id for order in evidence.orders}
    by_task = {order.task_id: order.id for order in evidence.orders if order.task_id}
    found: dict[str, str] = {}
    for task in evidence.tasks:
        token = urlsplit(task.endpoint).path.rpartition("/")[2]
        order = by_token.get(token) or by_task.get(task.task_id)
        if order is not None:
            found[task.task_id] = order
    return found


def _paid_wrongly(evidence: Evidence, outcomes: Mapping[str, Outcome], strangers: Sequence[TaskView]) -> list[str]:
    found = [
        f"Order {order.id} was bought {len(outcomes[order.id].task_ids)} times."
        for order in evidence.orders
        if len(outcomes[order.id].task_ids) > 1
    ]
    found += [f"Task {task.task_id[:_ID_SHOWN]} was bought, and nobody ordered it." for task in strangers]
    for order in evidence.before:
        if order.has_its_clip and order.id in outcomes and not outcomes[order.id].task_ids:
            found.append(f"Order {order.id} has its clip, but the provider never made a task for it.")
    return found


def _delivered_wrongly(evidence: Evidence, posted: _Posted, outcomes: Mapping[str, Outcome]) -> list[str]:
    found: list[str] = []
    for order in evidence.orders:
        clips = outcomes[order.id].clips
        if clips > 1:
            found.append(f"The clip of order {order.id} was posted {clips} times.")
        for posting in order.postings:
            copies = posted.messages(order, posting)
            if copies > 1 and posting.purpose != RESULT:
                found.append(f"A message about order {order.id} was posted {copies} times.")
        if clips and order.settled and not order.owes_its_clip:
            found.append(f"Order {order.id} ended without a clip, and yet one was posted.")
    for order in evidence.before:
        for posting in order.postings:
            readable = posting.message_channel_id in evidence.channels
            if posting.state == "delivered" and readable and not posted.messages(order, posting):
                found.append(f"Order {order.id} is said to have been delivered, but its channel shows nothing.")
    return found


def _counts(evidence: Evidence, outcomes: Mapping[str, Outcome], strangers: int) -> tuple[Count, ...]:
    """Sum up, by where the orders stood before anything was counted: what was settled then is complete by now."""
    stood = {order.id: order for order in evidence.before}
    groups: dict[str, list[bool]] = {}
    sums = {name: [0, 0, 0] for name in (_ON_THE_WAY, _WITH_CLIP, _WITHOUT)}
    for order in evidence.orders:
        group = _group(stood.get(order.id))
        outcome = outcomes[order.id]
        for place, number in enumerate((1, len(outcome.task_ids), outcome.clips)):
            sums[group][place] += number
        groups.setdefault(group, []).append(_right(stood.get(order.id), outcome))
    rows = [
        Count(name=name, orders=orders, tasks=tasks, clips=clips, kept=all(groups.get(name, ())))
        for name, (orders, tasks, clips) in sums.items()
    ]
    total = Count(
        name=_ALL,
        orders=len(evidence.orders),
        tasks=len(evidence.tasks),
        clips=sum(row.clips for row in rows),
        kept=not strangers and all(row.kept for row in rows),
    )
    return (*rows, total)


def _group(order: Order | None) -> str:
    if order is None or not order.settled:
        return _ON_THE_WAY
    return _WITH_CLIP if order.has_its_clip else _WITHOUT


def _right(order: Order | None, outcome: Outcome) -> bool:
    """Whether an order that stood so has what it must have: with its clip one of each, without one no clip at all.

    On the way it has at most one of each; so has one whose clip was perhaps posted when the bot had to give up.
    """
    tasks, clips = len(outcome.task_ids), outcome.clips
    if order is not None and order.settled:
        if order.has_its_clip:
            return (tasks, clips) == (1, 1)
        if not order.owes_its_clip:
            return tasks <= 1 and clips == 0
    return tasks <= 1 and clips <= 1
