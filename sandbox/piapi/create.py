"""`POST /api/v1/task`: from a request to a task, or to one of the many ways of not getting one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sandbox.piapi.faults import DEFAULT_HANG_SECONDS, Fault, half, hang, play_fault, reset
from sandbox.piapi.followups import UnusableSource, terms_of
from sandbox.piapi.scenarios import Play, Scenario, is_refused_by_moderation
from sandbox.piapi.specs import JsonObject, Problem
from sandbox.piapi.validation import read_body
from sandbox.piapi.wire import answer, refusal, refusal_as_task, success, task_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from sandbox.piapi.accounts import Account
    from sandbox.piapi.lifecycle import Lifecycle
    from sandbox.piapi.specs import TaskRequest
    from sandbox.piapi.state import ProviderState
    from sandbox.piapi.tasks import Task

_EARLY_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """How a refused create reads.

    Attributes:
        http: HTTP status.
        code: The body's code.
        message: What is wrong.
        as_task: Whether the body is a task object without id (provider notes §9.6) or the short form.
    """

    http: int
    code: int
    message: str
    as_task: bool = False


_REFUSALS: Final[Mapping[Scenario, Refusal]] = {
    Scenario.REFUSED: Refusal(400, 400, "Invalid request parameters"),
    Scenario.REFUSED_AS_TASK: Refusal(500, 500, "content policy: the request was refused", as_task=True),
    Scenario.OUT_OF_CREDIT: Refusal(500, 500, "freeze credit: credit not enough", as_task=True),
    Scenario.OUT_OF_CREDIT_QUOTA: Refusal(400, 400, "quota not enough"),
    Scenario.OUT_OF_CREDIT_402: Refusal(402, 402, "credit not enough, please top up"),
    Scenario.KEY_REFUSED: Refusal(401, 401, "invalid api key"),
    Scenario.PLAN_REFUSED: Refusal(403, 403, "Insufficient plan level"),
    Scenario.BUSY: Refusal(500, 500, "submit task failed: 500 service busy", as_task=True),
    Scenario.OVERLOADED: Refusal(200, 500, "submit task failed: server overloaded", as_task=True),
}
_FAULTS: Final[Mapping[Scenario, Fault]] = {
    Scenario.RATE_LIMITED: Fault.RATE_LIMITED,
    Scenario.RATE_LIMITED_BARE: Fault.RATE_LIMITED_BARE,
    Scenario.GATEWAY_502: Fault.GATEWAY_502,
    Scenario.GATEWAY_200: Fault.GATEWAY_200,
    Scenario.SERVER_ERROR: Fault.SERVER_ERROR,
    Scenario.BROKEN_JSON: Fault.BROKEN_JSON,
    Scenario.REDIRECTED: Fault.REDIRECTED,
    Scenario.RESET_BEFORE: Fault.RESET,
    Scenario.HANG_BEFORE: Fault.HANG,
}
_FAULTS_AFTER: Final[Mapping[Scenario, Fault]] = {
    Scenario.CREATED_500: Fault.SERVER_ERROR,
    Scenario.CREATED_502: Fault.GATEWAY_502,
}


class TaskCreation:
    """The create operation.

    Args:
        state: Everything the provider knows.
        lifecycle: Accepts and runs tasks.
    """

    def __init__(self, state: ProviderState, lifecycle: Lifecycle) -> None:
        self._state = state
        self._lifecycle = lifecycle

    async def __call__(self, request: web.Request, account: Account) -> web.StreamResponse:
        """Answer a create request whose key is valid."""
        body = _object(await request.read())
        if body is None:
            self._state.problems.append(Problem("", "the body is not a JSON object", refused=True))
            return answer(refusal(400, "Invalid request parameters"), 400)
        play = self._state.scripts.take(str(body.get("task_type", "")), _words(body))
        spoiled = await self._spoiled(request, body, play)
        if spoiled is not None:
            return spoiled
        options = self._state.options
        reading = read_body(
            body, default_service_mode=options.workspace_service_mode, longest_speech=options.longest_speech
        )
        self._state.problems.extend(reading.problems)
        if reading.request is None:
            return answer(refusal(400, reading.refusal), 400)
        made = self._made(account, reading.request, play)
        if isinstance(made, Refusal):
            return _refuse(made, body)
        return await self._answered(request, made)

    async def _spoiled(self, request: web.Request, body: JsonObject, play: Play) -> web.StreamResponse | None:
        """The answer of a scenario in which no task is made, if one is played."""
        for scenario, refused in _REFUSALS.items():
            if scenario in play:
                return _refuse(refused, body)
        for scenario, fault in _FAULTS.items():
            if scenario in play:
                return await play_fault(request, fault, seconds=play.seconds, stopping=self._state.stopping)
        return None

    def _made(self, account: Account, request: TaskRequest, play: Play) -> Task | Refusal:
        if is_refused_by_moderation(request.words):
            return Refusal(400, 400, "content policy violation: the prompt was refused", as_task=True)
        try:
            terms = terms_of(self._state, account.key, request)
        except UnusableSource as problem:
            self._state.problems.append(Problem("input.origin_task_id", str(problem), refused=True))
            return Refusal(400, 400, str(problem), as_task=True)
        if terms.price > account.available:
            return _REFUSALS[Scenario.OUT_OF_CREDIT]
        return self._lifecycle.accept(account, request, play, terms.lineage, terms.price)

    async def _answered(self, request: web.Request, task: Task) -> web.StreamResponse:
        created = success(task_object(task))
        if task.plays(Scenario.WEBHOOK_EARLY):
            self._lifecycle.end_early(task)
            await self._state.until(lambda: task.webhooks_settled or bool(task.webhook_calls), _EARLY_SECONDS)
        for scenario, fault in _FAULTS_AFTER.items():
            if task.plays(scenario):
                return await play_fault(request, fault, seconds=task.play.seconds, stopping=self._state.stopping)
        if task.plays(Scenario.CREATED_DROPPED):
            return reset(request)
        if task.plays(Scenario.CREATED_HANG):
            await hang(request, task.play.seconds_or(DEFAULT_HANG_SECONDS), self._state.stopping)
            return reset(request)
        if task.plays(Scenario.CREATED_BROKEN_JSON):
            return half({"code": 200, "message": "success" + " " * len(str(created)), "data": created["data"]})
        return answer(created)


def _object(body: bytes) -> JsonObject | None:
    try:
        parsed = json.loads(body)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _words(body: JsonObject) -> str:
    """The text in which scenario markers are looked for."""
    given = body.get("input")
    if not isinstance(given, dict):
        return ""
    return " ".join(str(given[name]) for name in ("prompt", "tts_text") if given.get(name))


def _refuse(refused: Refusal, body: JsonObject) -> web.StreamResponse:
    if refused.as_task:
        model, task_type = str(body.get("model", "")), str(body.get("task_type", ""))
        return answer(refusal_as_task(refused.code, model, task_type, refused.message), refused.http)
    return answer(refusal(refused.code, refused.message), refused.http)
