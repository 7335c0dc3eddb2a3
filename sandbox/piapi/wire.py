"""The provider's JSON: envelopes, task objects, timestamps (provider notes §1.4 and §6)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from aiohttp import web

from sandbox.piapi.clock import NANOSECONDS
from sandbox.piapi.scenarios import Scenario
from sandbox.piapi.tasks import Status

if TYPE_CHECKING:
    from pydantic import JsonValue

    from sandbox.piapi.specs import JsonObject
    from sandbox.piapi.tasks import Failure, Output, Task

ZERO_TIME: Final = "0001-01-01T00:00:00Z"
"""Go's zero time, which stands for "not yet"."""
UNDOCUMENTED_STATUS: Final = "throttled"
_NO_ERROR: Final[JsonObject] = {"code": 0, "raw_message": "", "message": "", "detail": None}


def timestamp(nanoseconds: int) -> str:
    """RFC 3339 in UTC with up to nine fractional digits, trailing zeros trimmed; 0 becomes Go's zero time."""
    if nanoseconds == 0:
        return ZERO_TIME
    seconds, fraction = divmod(nanoseconds, NANOSECONDS)
    whole = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    digits = f"{fraction:09d}".rstrip("0")
    return f"{whole}.{digits}Z" if digits else f"{whole}Z"


def success(data: JsonValue) -> JsonObject:
    """The envelope of a good answer: its code is 200, not 0."""
    return {"code": 200, "data": data, "message": "success"}


def refusal(code: int, message: str) -> JsonObject:
    """The short body of a refusal."""
    return {"code": code, "message": message}


def refusal_as_task(code: int, model: str, task_type: str, raw_message: str) -> JsonObject:
    """The long body of a refused create: a task without an id whose error is filled (provider notes §9.6)."""
    return {
        "code": code,
        "data": {
            "task_id": "",
            "model": model,
            "task_type": task_type,
            "status": "failed",
            "input": {},
            "output": None,
            "meta": {},
            "detail": None,
            "logs": None,
            "error": {
                "code": 10_000,
                "raw_message": raw_message,
                "message": "failed to create task",
                "detail": None,
            },
        },
        "message": "failed to create task",
    }


def task_object(task: Task, *, echoes_webhook: bool = True) -> JsonObject:
    """A task as create, GET and webhooks show it.

    Args:
        task: The task.
        echoes_webhook: Whether endpoint and secret are shown; the real provider shows both.
    """
    request = task.request
    return {
        "task_id": task.task_id,
        "model": request.model,
        "task_type": request.task_type.value,
        "status": shown_status(task),
        "config": {
            "service_mode": request.service_mode,
            "webhook_config": {
                "endpoint": request.endpoint if echoes_webhook else "",
                "secret": request.secret if echoes_webhook else "",
            },
        },
        "input": dict(request.echo),
        "output": _output(task),
        "meta": {
            "created_at": timestamp(task.created_at),
            "started_at": timestamp(task.started_at),
            "ended_at": timestamp(task.ended_at),
            "usage": {
                "type": "llm" if task.is_turbo else "point",
                "frozen": task.frozen,
                "consume": task.consumed,
            },
            "is_using_private_pool": request.service_mode == "private",
        },
        "detail": None,
        "logs": [] if task.is_string_output else None,
        "error": dict(_NO_ERROR) if task.failure is None else _error(task.failure),
    }


def shown_status(task: Task) -> str:
    """The status word, as the task's scenarios spell it."""
    if task.plays(Scenario.STATUS_UNKNOWN) and task.status is Status.PROCESSING:
        return UNDOCUMENTED_STATUS
    word = task.status.value
    return word.capitalize() if task.plays(Scenario.STATUS_CAPITALISED) else word


def body_of(payload: JsonValue) -> bytes:
    """Compact JSON as UTF-8."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def answer(payload: JsonValue, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A JSON answer."""
    return web.Response(
        body=body_of(payload), status=status, headers=headers, content_type="application/json", charset="utf-8"
    )


def _error(failure: Failure) -> JsonObject:
    return {
        "code": failure.code,
        "raw_message": failure.raw_message,
        "message": failure.message,
        "detail": None,
    }


def _output(task: Task) -> JsonObject | None:
    shown = None if task.plays(Scenario.NO_URL) else task.output
    if task.is_string_output:
        if shown is None and task.is_turbo and task.status is not Status.COMPLETED:
            return None
        return {"video": "" if shown is None else shown.address}
    if shown is not None:
        return _classic_output(shown, works_only=task.plays(Scenario.OUTPUT_WORKS_ONLY))
    if task.status is Status.COMPLETED:
        return {"video_url": "", "type": "", "status": 99, "works": []}
    return {"type": "", "status": 0, "works": None}


def _classic_output(output: Output, *, works_only: bool) -> JsonObject:
    base = output.address.rsplit("/", 2)[0]
    facts = output.facts
    work: JsonObject = {
        "content_type": "video",
        "status": 99,
        "type": output.kind,
        "cover": {
            "resource": f"{base}/cdn/{output.name.removesuffix('.mp4')}.png",
            "resource_without_watermark": "",
            "height": facts.height,
            "width": facts.width,
            "duration": 0,
        },
        "video": {
            "resource": f"{base}/cdn/{output.name}",
            "resource_without_watermark": output.address,
            "height": facts.height,
            "width": facts.width,
            "duration": round(facts.seconds * 1000),
        },
    }
    if works_only:
        del work["content_type"]
        return {"type": output.kind, "status": 99, "works": [work]}
    return {"video_url": output.address, "type": output.kind, "status": 99, "works": [work]}
