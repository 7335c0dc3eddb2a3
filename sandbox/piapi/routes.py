"""The provider's HTTP interface (provider notes §1.2)."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from aiohttp import web

from sandbox.piapi.clock import NANOSECONDS
from sandbox.piapi.faults import play_fault
from sandbox.piapi.history import BadHistoryQuery, history_page
from sandbox.piapi.pricing import POINTS_PER_USD
from sandbox.piapi.scenarios import Scenario
from sandbox.piapi.state import RequestRecord
from sandbox.piapi.tasks import Status
from sandbox.piapi.wire import answer, refusal, success, task_object

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.piapi.accounts import Account
    from sandbox.piapi.create import TaskCreation
    from sandbox.piapi.lifecycle import Lifecycle
    from sandbox.piapi.specs import JsonObject
    from sandbox.piapi.state import ProviderState
    from sandbox.piapi.tasks import Task

COUNTED: Final = frozenset(
    {
        "create",
        "get",
        "cancel",
        "account",
        "active",
        "history",
        "output",
        "output-moved",
        "output-upstream",
    }
)
"""Route names under which requests are counted and faults can wait."""


class ProviderRoutes:
    """Handlers of the task and account operations.

    Args:
        state: Everything the provider knows.
        lifecycle: Cancels tasks.
        creation: The create operation.
    """

    def __init__(self, state: ProviderState, lifecycle: Lifecycle, creation: TaskCreation) -> None:
        self._state = state
        self._lifecycle = lifecycle
        self._creation = creation

    def routes(self) -> list[web.RouteDef]:
        """Routes to add to the application."""
        return [
            web.post("/api/v1/task", self._keyed(self._creation), name="create"),
            web.get("/api/v1/task/{task_id}", self._keyed(self._get), name="get"),
            web.delete("/api/v1/task/{task_id}", self._keyed(self._cancel), name="cancel"),
            web.get("/account/info", self._keyed(self._account), name="account"),
            web.get("/account/active_tasks", self._keyed(self._active), name="active"),
            web.get("/api/open/tasks/histories", self._keyed(self._history), name="history"),
        ]

    def _keyed(
        self, handler: Callable[[web.Request, Account], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def checked(request: web.Request) -> web.StreamResponse:
            account = self._account_of(request.headers.get("x-api-key", ""))
            if account is None:
                return answer(refusal(401, "invalid api key"), 401)
            return await handler(request, account)

        return checked

    def _account_of(self, key: str) -> Account | None:
        given = key.encode("utf-8", "surrogateescape")
        for account in self._state.accounts.values():
            if hmac.compare_digest(account.key.encode(), given):
                return account
        return None

    async def _get(self, request: web.Request, account: Account) -> web.StreamResponse:
        task = self._visible(request.match_info["task_id"], account)
        if task is None:
            return answer(refusal(404, "task not found"), 404)
        task.gets += 1
        if task.status.is_final and not task.told_at:
            task.told_at = self._state.clock.now_ns()
        return answer(success(task_object(task, echoes_webhook=not task.plays(Scenario.ENDPOINT_NOT_ECHOED))))

    async def _cancel(self, request: web.Request, account: Account) -> web.StreamResponse:
        """Only pending tasks can be cancelled; both answers' bodies are assumptions (provider notes §11.1)."""
        task = self._visible(request.match_info["task_id"], account)
        if task is None:
            return answer(refusal(404, "task not found"), 404)
        if not self._lifecycle.cancel(task):
            return answer(refusal(400, f"task is {task.status.value} and cannot be cancelled"), 400)
        return answer(success(task_object(task)))

    async def _account(self, _request: web.Request, account: Account) -> web.StreamResponse:
        """Provider notes §1.6: one stable field, and two generations of others."""
        data: JsonObject = {
            "id": "00000000-0000-4000-8000-000000000001",
            "name": "sandbox",
            "plan": "creator",
            "equivalent_in_usd": account.available / POINTS_PER_USD,
        }
        if self._state.options.account_shape == "latest":
            data["type"] = "personal"
            data["is_enable"] = True
            data["credit_pack_info"] = {
                "available_credits": account.available,
                "used_credits": account.consumed,
                "total_credits": account.balance + account.consumed,
                "frozen_credits": account.reserved,
                "expired_credits": 0,
                "inactive_credits": 0,
            }
        else:
            data["wallet"] = {
                "point_remain": account.available,
                "point_frozen": account.reserved,
                "point_used": account.consumed,
                "mj_remain": 0,
            }
            data["max_concurrent_task_count"] = self._state.options.max_concurrent_task_count
        return answer(success(data))

    async def _active(self, _request: web.Request, account: Account) -> web.StreamResponse:
        """Counts, not a list (provider notes §1.2)."""
        own = [task for task in self._state.tasks.values() if task.key == account.key]
        counts: JsonObject = {}
        for model in sorted({task.request.model for task in own} | {"kling"}):
            pending = sum(t.request.model == model and t.status is Status.PENDING for t in own)
            processing = sum(t.request.model == model and t.status is Status.PROCESSING for t in own)
            counts[model] = {
                "staged_count": 0,
                "pending_count": pending,
                "processing_count": processing,
                "active_tasks": pending + processing,
            }
        return answer(success(counts))

    async def _history(self, request: web.Request, account: Account) -> web.StreamResponse:
        try:
            page = history_page(self._state, account.key, request.query)
        except BadHistoryQuery as problem:
            return answer(refusal(400, str(problem)), 400)
        return answer(success(page))

    def _visible(self, task_id: str, account: Account) -> Task | None:
        task = self._state.owned(task_id, account.key)
        if task is not None and task.plays(Scenario.VANISHES):
            age = (self._state.clock.now_ns() - task.created_at) / NANOSECONDS
            return task if age < task.play.seconds_or(0) else None
        return task


def counting(state: ProviderState) -> Callable[..., Awaitable[web.StreamResponse]]:
    """A middleware that counts and records provider requests, and plays the faults waiting for them."""

    @web.middleware
    async def middleware(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        route = request.match_info.route.name or ""
        if route not in COUNTED:
            return await handler(request)
        state.counters[route] += 1
        state.announce()
        waiting = state.faults.take(route)
        if waiting is None:
            response = await handler(request)
        else:
            response = await play_fault(request, waiting.fault, seconds=waiting.seconds, stopping=state.stopping)
        is_cut = request.transport is None or request.transport.is_closing()
        status = 0 if is_cut else response.status
        state.requests.append(RequestRecord(at=state.clock.now(), route=route, path=request.path_qs, status=status))
        state.announce()
        return response

    return middleware
