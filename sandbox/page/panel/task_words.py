"""A provider's task in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sandbox.page.panel.courses import in_words

if TYPE_CHECKING:
    from sandbox.discord.json_types import JsonObject, JsonValue
    from sandbox.piapi.control_views import TaskView, WebhookCallView

KINDS: Final = {"video_generation": "New clip", "extend_video": "Extension", "lip_sync": "Lip-sync"}
"""The provider's task types."""
_STATES: Final = {
    "pending": "Waiting",
    "processing": "Being made",
    "completed": "Done",
    "failed": "Failed",
    "cancelled": "Cancelled",
}
_ERRORS: Final = {
    "ClientConnectorError": "nobody was there",
    "TimeoutError": "not in time",
    "ServerTimeoutError": "not in time",
    "ClientOSError": "the connection broke",
    "ServerDisconnectedError": "the connection broke",
}
"""Why a webhook had no answer, by what the sender met."""


def task_json(task: TaskView, order_id: str | None) -> JsonObject:
    """Return a task as the page shows it; its webhook's address, which holds a secret, stays here."""
    courses: list[JsonValue] = [*in_words(task.scenarios)]
    calls: list[JsonValue] = [_call_json(call) for call in task.webhook_calls]
    return {
        "id": task.task_id,
        "order": order_id or "",
        "kind": KINDS.get(task.task_type, task.task_type),
        "state": task.status,
        "state_words": _STATES.get(task.status, task.status),
        "ended": task.is_final,
        "price_usd": task.price_usd,
        "charged_usd": task.consumed_usd,
        "prompt": str(task.input.get("prompt") or task.input.get("tts_text") or ""),
        "created_at": task.created_at,
        "ended_at": task.ended_at or None,
        "clip": task.output_url,
        "clip_seconds": task.output_seconds,
        "error": task.error,
        "courses": courses,
        "reads": task.gets,
        "webhooks": calls,
        "webhook_words": _webhook_words(task),
        "has_webhook": bool(task.endpoint),
    }


def _call_json(call: WebhookCallView) -> JsonObject:
    what = _STATES.get(call.status, call.status).lower()
    stranger = "A stranger, without the secret, said" if call.forged else "Said"
    again = f", attempt {call.attempt}" if call.attempt > 1 else ""
    return {
        "at": call.sent_at,
        "ok": call.answer is not None and 200 <= call.answer < 300,
        "words": f"{stranger} “{what}”{again}: {_answer(call)}",
    }


def _answer(call: WebhookCallView) -> str:
    if call.answer is None:
        return f"no answer, {_ERRORS.get(call.error, call.error)}"
    return f"answered {call.answer}"


def _webhook_words(task: TaskView) -> str:
    """Return the webhooks of a task in a few words."""
    if not task.endpoint:
        return "none was asked for"
    if not task.webhook_calls:
        return "none was sent" if task.webhooks_settled else "none yet"
    count = len(task.webhook_calls)
    calls = "1 call" if count == 1 else f"{count} calls"
    coming = "" if task.webhooks_settled else ", more may come"
    last = task.webhook_calls[-1]
    how = "had no answer" if last.answer is None else f"was answered {last.answer}"
    return f"{calls}, the last {how}{coming}"
