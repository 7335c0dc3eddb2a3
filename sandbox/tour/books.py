"""The provider's side of the tour as Markdown: what was ordered, what was bought, what it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.tour.checks import bought, charges, endings
from sandbox.tour.orders import Ending

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.piapi.control_views import Summary, TaskView
    from sandbox.tour.checks import Evidence
    from sandbox.tour.orders import Order


def orders_table(evidence: Evidence) -> str:
    """Return one line per order: what the provider has for it and what the channel shows."""
    rows = [
        "“2 for 2” are two tasks for two orders with the same words.",
        "",
        "| ordered | by | tasks bought | charged | messages that ended it | clip |",
        "| --- | --- | ---: | ---: | ---: | --- |",
    ]
    for order in evidence.orders:
        tasks = bought(order, evidence.tasks)
        alike = [other for other in evidence.orders if other.purchase == order.purchase]
        count = f"{len(tasks)} for {len(alike)}" if len(alike) > 1 else str(len(tasks))
        charged = sum(charges(order, evidence.tasks)) / (1 if order.task_id else len(alike))
        ended = _endings(order, endings(order, evidence.messages))
        rows.append(f"| {order.title} | {order.who} | {count} | {dollars(charged)} | {ended} | {_clip(order)} |")
    return "\n".join(rows) + "\n"


def tasks_table(tasks: Sequence[TaskView], began: float) -> str:
    """Return one line per task, oldest first.

    Args:
        tasks: The provider's.
        began: When the tour began, in seconds since 1970.
    """
    rows = [
        "| created | task | of | words | status | price | charged | webhooks answered |",
        "| ---: | --- | --- | --- | --- | ---: | ---: | --- |",
    ]
    for task in tasks:
        answers = (
            ", ".join(str(call.answer) if call.answer else call.error for call in task.webhook_calls) or "none sent"
        )
        words = str(task.input.get("prompt") or task.input.get("tts_text") or "")
        rows.append(
            f"| +{task.created_at - began:.1f} s | {task.task_id[:8]} | {task.task_type} | {words} | {task.status} |"
            f" {dollars(task.price_usd)} | {dollars(task.consumed_usd)} | {answers} |"
        )
    return "\n".join(rows) + "\n"


def requests_line(summary: Summary) -> str:
    """Return how often the bot asked for what."""
    counted = ", ".join(f"{route} {count}" for route, count in sorted(summary.requests.items()))
    return f"{summary.tasks_created} tasks, {dollars(summary.consumed_usd)} charged. Requests: {counted}.\n"


def dollars(amount: float) -> str:
    """Return an amount with as many decimals as it needs, at least two."""
    text = f"{amount:.4f}".rstrip("0")
    whole, _, decimals = text.partition(".")
    return f"${whole}.{decimals.ljust(2, '0')}"


def _endings(order: Order, ended: Sequence[object]) -> str:
    if order.ending in {Ending.CLIP, Ending.FAILURE}:
        return str(len(ended))
    return order.ending.value if not ended else f"{order.ending.value}, and {len(ended)} more"


def _clip(order: Order) -> str:
    if order.clip is None:
        return ""
    note = " (deleted)" if order.deleted else ""
    return f"[{order.clip.name}]({order.clip.name}){note}"
