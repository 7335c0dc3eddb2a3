"""`GET /api/open/tasks/histories` (provider notes §1.2 and §9.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sandbox.piapi.clock import NANOSECONDS
from sandbox.piapi.scenarios import Scenario
from sandbox.piapi.tasks import Status
from sandbox.piapi.wire import timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.piapi.specs import JsonObject
    from sandbox.piapi.state import ProviderState
    from sandbox.piapi.tasks import Task

_DEFAULT_PAGE_SIZE: Final = 10
_LARGEST_PAGE: Final = 100
_DEFAULT_DELAY: Final = 30.0


class BadHistoryQuery(ValueError):
    """A query parameter is wrong; the text says which."""


def history_page(state: ProviderState, key: str, query: Mapping[str, str]) -> JsonObject:
    """One page of an account's tasks, newest first.

    Args:
        state: The tasks.
        key: Whose tasks.
        query: `page` from 1, `page_size` up to 100, `model`, `start_time` and `end_time` in Unix seconds.

    Raises:
        BadHistoryQuery: A parameter is no number or out of range.
    """
    page = _number(query, "page", 1)
    size = _number(query, "page_size", _DEFAULT_PAGE_SIZE)
    if page < 1:
        raise BadHistoryQuery("page must be at least 1")
    if not 1 <= size <= _LARGEST_PAGE:
        raise BadHistoryQuery(f"page_size must be from 1 to {_LARGEST_PAGE}")
    start, end = _number(query, "start_time", 0), _number(query, "end_time", 0)
    model = query.get("model", "")
    listed = [
        task
        for task in state.tasks.values()
        if task.key == key and (not model or task.request.model == model) and _is_listed(state, task)
    ]
    within = [
        task
        for task in listed
        if task.created_at // NANOSECONDS >= start and (not end or task.created_at // NANOSECONDS <= end)
    ]
    within.sort(key=lambda task: task.created_at, reverse=True)
    return {"data": [_row(task) for task in within[(page - 1) * size : page * size]]}


def _is_listed(state: ProviderState, task: Task) -> bool:
    if task.plays(Scenario.HISTORY_MISSING):
        return False
    if task.plays(Scenario.HISTORY_DELAYED):
        age = (state.clock.now_ns() - task.created_at) / NANOSECONDS
        return age >= task.play.seconds_or(_DEFAULT_DELAY)
    return True


def _row(task: Task) -> JsonObject:
    """No prompt and no webhook settings; "finished" where GET says completed."""
    return {
        "task_id": task.task_id,
        "task_model": task.request.model,
        "action": task.request.task_type.value,
        "status": "finished" if task.status is Status.COMPLETED else task.status.value,
        "created_at": timestamp(task.created_at),
        "detail": {
            "model": task.request.model,
            "output": "" if task.output is None else task.output.address,
            "task_id": task.task_id,
            "task_type": task.request.task_type.value,
        },
    }


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    value = query.get(name, "")
    if not value:
        return default
    try:
        return int(value)
    except ValueError as problem:
        raise BadHistoryQuery(f"{name} must be a whole number") from problem
