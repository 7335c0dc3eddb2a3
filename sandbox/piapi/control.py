"""A client of the sandbox's control API, for tests, the tour and anything else that directs it from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self, TypeVar

import aiohttp
from pydantic import BaseModel, ValidationError

from sandbox.piapi.control_views import (
    AdvanceOrder,
    BalanceOrder,
    ErrorView,
    FailOrder,
    FaultOrder,
    ScriptList,
    ScriptOrder,
    Summary,
    TaskList,
    TaskView,
    WaitOrder,
    WebhookOrder,
)
from sandbox.piapi.options import Options

if TYPE_CHECKING:
    from types import TracebackType

    from sandbox.piapi.faults import Fault
    from sandbox.piapi.scenarios import Scenario

_View = TypeVar("_View", bound=BaseModel)


class ControlError(RuntimeError):
    """The control API refused; the text says why."""


class PiapiControl:
    """Directs a running sandbox.

    Use as an asynchronous context manager, or call `close` at the end.

    Args:
        control_url: The sandbox's `control_url`.
    """

    def __init__(self, control_url: str) -> None:
        self._url = control_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def summary(self) -> Summary:
        """Counters, money, problems and the latest requests."""
        return await self._read("GET", "/summary", Summary)

    async def tasks(self) -> list[TaskView]:
        """Every task, oldest first."""
        return (await self._read("GET", "/tasks", TaskList)).tasks

    async def task(self, task_id: str) -> TaskView:
        """One task.

        Raises:
            ControlError: There is no such task.
        """
        return await self._read("GET", f"/tasks/{task_id}", TaskView)

    async def finish(self, task_id: str, *, wait_seconds: float = 30) -> TaskView:
        """Complete a task now, whatever it waits for, and return when its clip is there.

        Raises:
            ControlError: No such task, ended already, or not done within `wait_seconds`.
        """
        await self._read("POST", f"/tasks/{task_id}/finish", TaskView)
        return await self.wait(task_id, "ended", seconds=wait_seconds)

    async def fail(
        self, task_id: str, raw_message: str, *, message: str = "task failed", code: int = 10_000
    ) -> TaskView:
        """Fail a task now.

        Raises:
            ControlError: No such task, or ended already.
        """
        order = FailOrder(raw_message=raw_message, message=message, code=code)
        await self._read("POST", f"/tasks/{task_id}/fail", TaskView, order)
        return await self.wait(task_id, "ended", seconds=30)

    async def expire(self, task_id: str) -> TaskView:
        """Let a task's clip answer 403 from now on."""
        return await self._read("POST", f"/tasks/{task_id}/expire", TaskView)

    async def wait(
        self, task_id: str, until: Literal["processing", "ended", "notified"], *, seconds: float = 30
    ) -> TaskView:
        """Wait, in real time, for a task to be processed, to end, or to have no webhook left to send.

        Raises:
            ControlError: No such task, or not so far within `seconds`.
        """
        order = WaitOrder(until=until, seconds=seconds)
        return await self._read("POST", f"/tasks/{task_id}/wait", TaskView, order)

    async def send_webhook(
        self, task_id: str, *, times: int = 1, secret: str | None = None, status: str | None = None
    ) -> TaskView:
        """Send a task's webhook again, as itself or forged.

        Raises:
            ControlError: No such task, or it has no endpoint.
        """
        order = WebhookOrder(times=times, secret=secret, status=status)
        return await self._read("POST", f"/tasks/{task_id}/webhook", TaskView, order)

    async def play(
        self,
        *scenarios: Scenario,
        times: int | None = 1,
        task_type: str | None = None,
        seconds: float | None = None,
    ) -> None:
        """Let the next creates play scenarios.

        Args:
            scenarios: Which, together.
            times: For how many creates; None for all until `clear_scenarios`.
            task_type: Only for creates of this type.
            seconds: The number that some scenarios take.
        """
        order = ScriptOrder(scenarios=list(scenarios), times=times, task_type=task_type, seconds=seconds)
        await self._send("POST", "/scenarios", order)

    async def waiting(self) -> list[ScriptOrder]:
        """Scenarios that wait for creates, in the order in which they are tried."""
        return (await self._read("GET", "/scenarios", ScriptList)).scripts

    async def clear_scenarios(self) -> None:
        """Forget scenarios that wait."""
        await self._send("DELETE", "/scenarios")

    async def spoil(self, route: str, fault: Fault, *, times: int | None = 1, seconds: float | None = None) -> None:
        """Let the next requests of a route meet a fault.

        Args:
            route: "create", "get", "cancel", "account", "active", "history" or "output".
            fault: What happens.
            times: For how many requests; None for all until `clear_faults`.
            seconds: Retry-After, or how long to hang.

        Raises:
            ControlError: Unknown route.
        """
        await self._send("POST", "/faults", FaultOrder(route=route, fault=fault, times=times, seconds=seconds))

    async def clear_faults(self) -> None:
        """Forget faults that wait."""
        await self._send("DELETE", "/faults")

    async def advance(self, seconds: float) -> None:
        """Move the sandbox's clock forward."""
        await self._send("POST", "/advance", AdvanceOrder(seconds=seconds))

    async def set_balance(self, usd: float, *, key: str = "") -> None:
        """Set what an account can spend; a new key is made valid.

        Args:
            usd: US dollars.
            key: Whose account; "" for the first.
        """
        await self._send("POST", "/balance", BalanceOrder(usd=usd, key=key))

    async def options(self) -> Options:
        """The sandbox's settings."""
        return await self._read("GET", "/options", Options)

    async def set_options(self, changes: Options) -> Options:
        """Change those settings that were given to the constructor of `changes`."""
        body = changes.model_dump_json(exclude_unset=True)
        return Options.model_validate_json(await self._call("PATCH", "/options", body))

    async def set_speed(self, pending_seconds: float | None, processing_seconds: float | None) -> None:
        """Set how long tasks wait and are processed; None: until `finish` or `fail`."""
        await self.set_options(Options(pending_seconds=pending_seconds, processing_seconds=processing_seconds))

    async def reset(self) -> None:
        """Forget counters, problems, scenarios and faults; tasks and money stay."""
        await self._send("POST", "/reset")

    async def _read(self, method: str, path: str, kind: type[_View], order: BaseModel | None = None) -> _View:
        return kind.model_validate_json(await self._call(method, path, _json(order)))

    async def _send(self, method: str, path: str, order: BaseModel | None = None) -> None:
        await self._call(method, path, _json(order))

    async def _call(self, method: str, path: str, body: str) -> bytes:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=150)
        async with self._session.request(method, self._url + path, data=body, timeout=timeout) as response:
            content = await response.read()
            if response.status >= 400:
                raise ControlError(_reason(content, response.status))
            return content


def _json(order: BaseModel | None) -> str:
    return "{}" if order is None else order.model_dump_json()


def _reason(content: bytes, status: int) -> str:
    try:
        return ErrorView.model_validate_json(content).error
    except ValidationError:
        return f"the control API answered {status}"
