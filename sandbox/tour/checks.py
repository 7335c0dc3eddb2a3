"""What must hold at the end, judged from outside: the provider's books, the channels, the clips."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sandbox.tour.orders import Ending, Order

if TYPE_CHECKING:
    from sandbox.piapi.control_views import TaskView
    from sandbox.seen import SeenMessage

_DOLLARS: Final = re.compile(r"\$(\d[\d,]*\.\d{2,6})")
_A_THOUSANDTH: Final = 0.000_5


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything the judgement rests on.

    Attributes:
        orders: What was ordered.
        tasks: The provider's tasks.
        messages: Everything that ever was in the channels and direct messages for all to see there, deleted messages
            included.
        people: People's ids by user name.
        direct: The ids of the channels that are direct messages.
        problems: What the services found wrong with the bot's requests.
        exit_code: How the bot ended when it was asked to.
        measured: What is wrong with the clips, by the orders' slugs.
    """

    orders: Sequence[Order]
    tasks: Sequence[TaskView]
    messages: Sequence[SeenMessage]
    people: dict[str, int]
    direct: Collection[int] = ()
    problems: Sequence[str] = ()
    exit_code: int | None = 0
    measured: dict[str, list[str]] = field(default_factory=dict)


def complaints(evidence: Evidence) -> list[str]:
    """Return what is wrong, one sentence each; nothing where every promise was kept."""
    found: list[str] = []
    for order in evidence.orders:
        found += [f"{order.title}: {sentence}" for sentence in _order_complaints(order, evidence)]
    found += _strangers(evidence)
    found += [f"a request no careful bot sends: {problem}" for problem in evidence.problems]
    if evidence.exit_code != 0:
        found.append(f"asked to stop, the bot ended with exit code {evidence.exit_code} instead of 0")
    return found


def bought(order: Order, tasks: Sequence[TaskView]) -> list[TaskView]:
    """Return the tasks that were bought for an order, or for one just like it."""
    return [task for task in tasks if order.purchase.made(task)]


def charges(order: Order, tasks: Sequence[TaskView]) -> list[float]:
    """Return what an order was charged, in US dollars: one amount where its task is known, else those of its like."""
    own = [task.consumed_usd for task in tasks if task.task_id == order.task_id]
    return own or [task.consumed_usd for task in bought(order, tasks)]


def endings(order: Order, messages: Sequence[SeenMessage]) -> list[SeenMessage]:
    """Return the bot's replies to an order's card, and its clips in the thread that began with the card."""
    if order.card is None:
        return []
    card = order.card.id
    return [
        message
        for message in messages
        if message.from_bot and (message.reference_id == card or (message.channel_id == card and videos(message)))
    ]


def videos(message: SeenMessage) -> int:
    """Return how many clips a message carries."""
    return sum(file.content_type.startswith("video/") for file in message.attachments)


def _order_complaints(order: Order, evidence: Evidence) -> list[str]:
    found = _purchase_complaints(order, evidence)
    if order.card is None:
        return [*found, "the bot did not answer"]
    if order.ending is Ending.PRIVATE:
        return found if order.card.ephemeral else [*found, "the answer was not private"]
    if order.card.ephemeral:
        return [*found, f"the bot answered in private: {order.card.text!r}"]
    ended = endings(order, evidence.messages)
    if order.ending in {Ending.CARD_ONLY, Ending.WORDS, Ending.TAKEN_AWAY}:
        found += [f"it was to end with {order.ending.value}, but was posted: {m.text!r}" for m in ended]
        if order.ending is Ending.TAKEN_AWAY and not _is_gone(order.card, evidence.messages):
            found.append("the offer still stands")
        return found
    if len(ended) != 1:
        found.append(f"{len(ended)} messages ended it instead of one")
    found += [sentence for message in ended for sentence in _ending_complaints(order, message, evidence)]
    if order.ending is Ending.CLIP:
        found += [f"the clip is wrong: {sentence}" for sentence in evidence.measured.get(order.slug, [])]
        found += _traces(order, evidence)
    return found


def _purchase_complaints(order: Order, evidence: Evidence) -> list[str]:
    alike = [other for other in evidence.orders if other.purchase == order.purchase]
    wanted, made = sum(other.buys for other in alike), len(bought(order, evidence.tasks))
    if made == wanted:
        return []
    several = f" for {len(alike)} orders alike" if len(alike) > 1 else ""
    return [f"the provider has {_tasks(made)}{several} instead of {wanted}"]


def _ending_complaints(order: Order, message: SeenMessage, evidence: Evidence) -> list[str]:
    found: list[str] = []
    wanted = 1 if order.ending is Ending.CLIP else 0
    if videos(message) != wanted:
        found.append(f"the message that ended it carries {videos(message)} clips instead of {wanted}")
    if message.pinged != (evidence.people[order.who],):
        found.append(f"it did not notify {order.who} and nobody else")
    if order.ending is Ending.CLIP and not all(file.description for file in message.attachments):
        found.append("the clip has no description for those who cannot see it")
    return found + _money_complaints(order, message, evidence)


def _money_complaints(order: Order, message: SeenMessage, evidence: Evidence) -> list[str]:
    """Compare what is said of the cost, before and after, with the provider's books."""
    if len(bought(order, evidence.tasks)) < order.buys:
        return []
    charged = set(charges(order, evidence.tasks)) or {0.0}
    told = _amounts(message)
    found: list[str] = []
    if _wrong(told, charged) or (charged != {0.0} and not told):
        said = ", ".join(f"${amount:.2f}" for amount in sorted(told)) or "no amount"
        found.append(f"it says {said}, the provider charged {', '.join(f'${fact:.2f}' for fact in sorted(charged))}")
    offered = _amounts(order.offer) if order.offer is not None else set()
    if order.ending is Ending.CLIP and _wrong(offered, charged):
        found.append(f"it was offered for {', '.join(f'${amount:.2f}' for amount in sorted(offered))}")
    return found


def _amounts(message: SeenMessage) -> set[float]:
    return {float(amount.replace(",", "")) for amount in _DOLLARS.findall(message.text)}


def _wrong(told: set[float], charged: set[float]) -> bool:
    return any(all(abs(amount - fact) >= _A_THOUSANDTH for fact in charged) for amount in told)


def _traces(order: Order, evidence: Evidence) -> list[str]:
    """Look for a clip where it must not be: a private one in channels, a deleted one anywhere."""
    if not order.number:
        return []
    carriers = [message for message in evidence.messages if message.from_bot and _carries(message, order)]
    found: list[str] = []
    if order.deleted:
        found += [f"it was deleted, and still stands: {m.text!r}" for m in carriers if not m.deleted]
    if order.private:
        prompt = str(order.purchase.fields.get("prompt", ""))
        told = [m for m in evidence.messages if m.channel_id not in evidence.direct]
        found += [
            f"it is private, and in a channel stands: {m.text!r}"
            for m in told
            if _carries(m, order) or (prompt and prompt in m.text) or order.number in m.text
        ]
    reposted = len(carriers) - len(endings(order, evidence.messages))
    if reposted != order.reposts:
        found.append(f"it was posted once more {reposted} times instead of {order.reposts}")
    return found


def _carries(message: SeenMessage, order: Order) -> bool:
    return any(order.number in file.filename for file in message.attachments)


def _is_gone(message: SeenMessage, messages: Sequence[SeenMessage]) -> bool:
    return all(other.deleted for other in messages if other.id == message.id)


def _strangers(evidence: Evidence) -> list[str]:
    """Name tasks, clips and notifications that nobody ordered."""
    tasks = [task for task in evidence.tasks if not any(order.purchase.made(task) for order in evidence.orders)]
    ended = {message.id for order in evidence.orders for message in endings(order, evidence.messages)}
    known = {order.number for order in evidence.orders if order.number}
    rest = [message for message in evidence.messages if message.from_bot and message.id not in ended]
    clips = [m for m in rest if videos(m) and not any(number in m.attachments[0].filename for number in known)]
    return [
        *(f"the provider has a task that nobody ordered: {task.task_type} {task.input}" for task in tasks),
        *(f"the channel has a clip that answers no command: {message.text!r}" for message in clips),
        *(f"a message that ended nothing notified somebody: {m.text!r}" for m in rest if m.pinged),
    ]


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count} tasks"
