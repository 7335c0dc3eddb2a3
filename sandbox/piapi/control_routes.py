"""The control API under ``/control/``: what tests, the tour and a web page use to direct the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from sandbox.piapi.clock import NANOSECONDS
from sandbox.piapi.control_views import (
    AdvanceOrder,
    BalanceOrder,
    ErrorView,
    FailOrder,
    FaultOrder,
    ProblemView,
    RequestView,
    ScriptList,
    ScriptOrder,
    Summary,
    TaskList,
    TaskView,
    WaitOrder,
    WebhookCallView,
    WebhookOrder,
)
from sandbox.piapi.faults import WaitingFault
from sandbox.piapi.options import Options
from sandbox.piapi.pricing import POINTS_PER_USD
from sandbox.piapi.routes import COUNTED
from sandbox.piapi.scenarios import Script
from sandbox.piapi.tasks import Failure, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.piapi.lifecycle import Lifecycle
    from sandbox.piapi.state import ProviderState
    from sandbox.piapi.tasks import Task
    from sandbox.piapi.webhooks import WebhookSender

_Order = TypeVar("_Order", bound=BaseModel)
_LOG_SHOWN = 500


class ControlRoutes:
    """Handlers of the control API; none needs an API key, since the server listens on loopback only.

    Args:
        state: Everything the provider knows.
        lifecycle: Ends tasks.
        sender: Sends webhooks again.
    """

    def __init__(self, state: ProviderState, lifecycle: Lifecycle, sender: WebhookSender) -> None:
        self._state = state
        self._lifecycle = lifecycle
        self._sender = sender

    def routes(self) -> list[web.RouteDef]:
        """Routes to add to the application."""
        return [
            web.get("/control/summary", self.summary),
            web.get("/control/tasks", self.tasks),
            web.get("/control/tasks/{task_id}", self.task),
            web.post("/control/tasks/{task_id}/finish", self.finish),
            web.post("/control/tasks/{task_id}/fail", self.fail),
            web.post("/control/tasks/{task_id}/expire", self.expire),
            web.post("/control/tasks/{task_id}/wait", self.wait),
            web.post("/control/tasks/{task_id}/webhook", self.webhook),
            web.get("/control/scenarios", self.scripts),
            web.post("/control/scenarios", self.add_script),
            web.delete("/control/scenarios", self.clear_scripts),
            web.post("/control/faults", self.add_fault),
            web.delete("/control/faults", self.clear_faults),
            web.post("/control/advance", self.advance),
            web.post("/control/balance", self.balance),
            web.get("/control/options", self.options),
            web.patch("/control/options", self.change_options),
            web.post("/control/reset", self.reset),
        ]

    async def summary(self, _request: web.Request) -> web.Response:
        """Counters, money, problems, the latest requests."""
        state = self._state
        first = next(iter(state.accounts.values()))
        return _answer(
            Summary(
                now=state.clock.now(),
                requests=dict(state.counters),
                tasks_created=len(state.tasks),
                consumed_usd=sum(account.consumed for account in state.accounts.values()) / POINTS_PER_USD,
                available_usd=first.available / POINTS_PER_USD,
                problems=[ProblemView(field=p.field, text=p.text, refused=p.refused) for p in state.problems],
                log=[
                    RequestView(at=r.at, route=r.route, path=r.path, status=r.status)
                    for r in list(state.requests)[-_LOG_SHOWN:]
                ],
            )
        )

    async def tasks(self, _request: web.Request) -> web.Response:
        """Every task, oldest first."""
        return _answer(TaskList(tasks=[view_of(task) for task in self._state.tasks.values()]))

    async def task(self, request: web.Request) -> web.Response:
        """One task."""
        return _answer(view_of(self._task(request)))

    async def finish(self, request: web.Request) -> web.Response:
        """Complete a task now, whatever it waits for; the answer comes at once, `wait` tells when it is done."""
        return self._ended(self._task(request), None)

    async def fail(self, request: web.Request) -> web.Response:
        """Fail a task now."""
        order = await _order(request, FailOrder)
        failure = Failure(order.raw_message, order.message, order.code)
        return self._ended(self._task(request), failure)

    async def expire(self, request: web.Request) -> web.Response:
        """Let a task's clip answer 403 from now on."""
        task = self._task(request)
        task.expired = True
        return _answer(view_of(task))

    async def wait(self, request: web.Request) -> web.Response:
        """Answer when the task is as far as asked, or 408 when the time is over."""
        task, order = self._task(request), await _order(request, WaitOrder)
        reached: dict[str, Callable[[], bool]] = {
            "processing": lambda: task.status is not Status.PENDING,
            "ended": lambda: task.status.is_final,
            "notified": lambda: task.webhooks_settled,
        }
        if not await self._state.until(reached[order.until], order.seconds):
            return _refused(408, f"the task is {task.status.value} after {order.seconds:g} s")
        return _answer(view_of(task))

    async def webhook(self, request: web.Request) -> web.Response:
        """Send the task's webhook again."""
        task, order = self._task(request), await _order(request, WebhookOrder)
        if not task.request.endpoint:
            return _refused(409, "the task has no webhook endpoint")
        for _ in range(order.times):
            await self._sender.again(task, secret=order.secret, status=order.status)
        return _answer(view_of(task))

    async def scripts(self, _request: web.Request) -> web.Response:
        """Scenarios that wait."""
        return _answer(
            ScriptList(
                scripts=[
                    ScriptOrder(
                        scenarios=sorted(script.scenarios),
                        times=script.times,
                        task_type=script.task_type,
                        seconds=script.seconds,
                    )
                    for script in self._state.scripts.waiting
                ]
            )
        )

    async def add_script(self, request: web.Request) -> web.Response:
        """Scenarios for the next creates."""
        order = await _order(request, ScriptOrder)
        self._state.scripts.add(
            Script(
                scenarios=frozenset(order.scenarios),
                times=order.times,
                task_type=order.task_type,
                seconds=order.seconds,
            )
        )
        return web.Response(status=204)

    async def clear_scripts(self, _request: web.Request) -> web.Response:
        """Forget scenarios that wait."""
        self._state.scripts.clear()
        return web.Response(status=204)

    async def add_fault(self, request: web.Request) -> web.Response:
        """A fault for the next requests of a route."""
        order = await _order(request, FaultOrder)
        if order.route not in COUNTED:
            return _refused(400, f"unknown route; known: {', '.join(sorted(COUNTED))}")
        self._state.faults.add(
            WaitingFault(route=order.route, fault=order.fault, times=order.times, seconds=order.seconds)
        )
        return web.Response(status=204)

    async def clear_faults(self, _request: web.Request) -> web.Response:
        """Forget faults that wait."""
        self._state.faults.clear()
        return web.Response(status=204)

    async def advance(self, request: web.Request) -> web.Response:
        """Move the clock forward."""
        order = await _order(request, AdvanceOrder)
        self._state.clock.advance(order.seconds)
        return web.Response(status=204)

    async def balance(self, request: web.Request) -> web.Response:
        """Set what an account can spend."""
        order = await _order(request, BalanceOrder)
        key = order.key or next(iter(self._state.accounts))
        account = self._state.accounts.get(key) or self._state.add_account(key, 0)
        account.balance = round(order.usd * POINTS_PER_USD) + account.reserved
        return web.Response(status=204)

    async def options(self, _request: web.Request) -> web.Response:
        """The settings."""
        return _answer(self._state.options)

    async def change_options(self, request: web.Request) -> web.Response:
        """Change the settings that the body names."""
        order = await _order(request, Options)
        for name in order.model_fields_set:
            setattr(self._state.options, name, getattr(order, name))
        for account in self._state.accounts.values():
            account.slots.limit = self._state.options.max_concurrent_task_count
        return _answer(self._state.options)

    async def reset(self, _request: web.Request) -> web.Response:
        """Forget counters, problems, scripts and faults; tasks and money stay."""
        state = self._state
        state.counters.clear()
        state.requests.clear()
        state.problems.clear()
        state.scripts.clear()
        state.faults.clear()
        return web.Response(status=204)

    def _task(self, request: web.Request) -> Task:
        task = self._state.tasks.get(request.match_info["task_id"])
        if task is None:
            raise web.HTTPNotFound(
                text=ErrorView(error="no such task").model_dump_json(), content_type="application/json"
            )
        return task

    def _ended(self, task: Task, failure: Failure | None) -> web.Response:
        if task.status.is_final:
            return _refused(409, f"the task is {task.status.value} already")
        self._lifecycle.hurry(task, failure)
        return _answer(view_of(task))


def view_of(task: Task) -> TaskView:
    """A task as the control API shows it."""
    failure = task.failure
    return TaskView(
        task_id=task.task_id,
        model=task.request.model,
        task_type=task.request.task_type.value,
        status=task.status.value,
        service_mode=task.request.service_mode,
        scenarios=sorted(task.play.scenarios),
        input=task.request.received,
        endpoint=task.request.endpoint,
        price_usd=task.price / POINTS_PER_USD,
        consumed_usd=task.consumed / POINTS_PER_USD,
        created_at=task.created_at / NANOSECONDS,
        ended_at=task.ended_at / NANOSECONDS,
        told_at=task.told_at / NANOSECONDS,
        error="" if failure is None else failure.raw_message or failure.message,
        output_url="" if task.output is None else task.output.address,
        output_seconds=0.0 if task.output is None else task.output.facts.seconds,
        gets=task.gets,
        webhook_calls=[
            WebhookCallView(
                sent_at=call.sent_at,
                url=call.url,
                status=call.status,
                attempt=call.attempt,
                forged=call.forged,
                answer=call.answer,
                error=call.error,
            )
            for call in task.webhook_calls
        ],
        webhooks_settled=task.webhooks_settled,
    )


async def _order(request: web.Request, kind: type[_Order]) -> _Order:
    try:
        return kind.model_validate_json(await request.read() or b"{}")
    except ValidationError as problem:
        raise web.HTTPBadRequest(
            text=ErrorView(error=str(problem)).model_dump_json(), content_type="application/json"
        ) from problem


def _answer(view: BaseModel) -> web.Response:
    return web.Response(text=view.model_dump_json(), content_type="application/json")


def _refused(status: int, error: str) -> web.Response:
    return web.Response(status=status, text=ErrorView(error=error).model_dump_json(), content_type="application/json")
