"""What must hold at the end, judged from outside: the provider's books, the channel, the clips."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
        messages: Everything that ever was in the channel for all to see, deleted messages included.
        people: People's ids by user name.
        problems: What the services found wrong with the bot's requests.
        exit_code: How the bot ended when it was asked to.
    """

    orders: Sequence[Order]
    tasks: Sequence[TaskView]
    messages: Sequence[SeenMessage]
    people: dict[str, int]
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


def endings(order: Order, messages: Sequence[SeenMessage]) -> list[SeenMessage]:
    """Return the bot's replies to an order's card."""
    if order.card is None:
        return []
    return [message for message in messages if message.from_bot and message.reference_id == order.card.id]


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
    if order.ending is Ending.CARD_ONLY:
        return found + [f"it was to end with its card alone, but was posted: {m.text!r}" for m in ended]
    if len(ended) != 1:
        found.append(f"{len(ended)} messages ended it instead of one")
    found += [sentence for message in ended for sentence in _ending_complaints(order, message, evidence)]
    if order.ending is Ending.CLIP:
        found += [f"the clip is wrong: {sentence}" for sentence in evidence.measured.get(order.slug, [])]
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
    """Compare what is said of the cost with the provider's books."""
    tasks = bought(order, evidence.tasks)
    if len(tasks) < order.buys:
        return []
    told = {float(amount.replace(",", "")) for amount in _DOLLARS.findall(message.text)}
    charged = {task.consumed_usd for task in tasks} or {0.0}
    wrong = [amount for amount in told if not any(abs(amount - fact) < _A_THOUSANDTH for fact in charged)]
    if wrong or (charged != {0.0} and not told):
        said = ", ".join(f"${amount:.2f}" for amount in sorted(told)) or "no amount"
        return [f"it says {said}, the provider charged {', '.join(f'${fact:.2f}' for fact in sorted(charged))}"]
    return []


def _strangers(evidence: Evidence) -> list[str]:
    """Name tasks and clips that nobody ordered."""
    tasks = [task for task in evidence.tasks if not any(order.purchase.made(task) for order in evidence.orders)]
    cards = {order.card.id for order in evidence.orders if order.card is not None}
    clips = [m for m in evidence.messages if m.from_bot and videos(m) and m.reference_id not in cards]
    return [f"the provider has a task that nobody ordered: {task.task_type} {task.input}" for task in tasks] + [
        f"the channel has a clip that answers no command: {message.text!r}" for message in clips
    ]


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count} tasks"
