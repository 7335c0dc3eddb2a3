"""The course of a task: pending, processing, its end, its webhook."""

from __future__ import annotations

import asyncio
import logging
import uuid
from typing import TYPE_CHECKING, Final

from sandbox.piapi.inputs import UnusableInput
from sandbox.piapi.scenarios import Scenario
from sandbox.piapi.tasks import Failure, Status, Task

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from sandbox.piapi.accounts import Account
    from sandbox.piapi.generation import ClipMaker
    from sandbox.piapi.scenarios import Play
    from sandbox.piapi.specs import TaskRequest
    from sandbox.piapi.state import ProviderState
    from sandbox.piapi.tasks import Lineage
    from sandbox.piapi.webhooks import WebhookSender

_LOG: Final = logging.getLogger(__name__)
_SLOW_SECONDS: Final = 600.0
_FAILURES: Final = {
    Scenario.FAILS: Failure("unknown error, please contact support: request timed out", "task failed"),
    Scenario.FAILS_BUSY: Failure("", "submit task failed: 500 service busy, server overloaded"),
    Scenario.FAILS_OUT_OF_CREDIT: Failure("freeze credit: credit not enough", "task failed"),
    Scenario.FAILS_CHARGED: Failure("upstream timed out after the task was processed", "task failed"),
    Scenario.FAILS_AT_ONCE: Failure("submit task failed: 500 internal error", "task failed"),
    Scenario.MODERATED: Failure(
        "fetch task failed: 404 not found, kling deleted the task: content violation", "task failed"
    ),
    Scenario.NO_FACE: Failure("identify failed: status 609", "task failed"),
}
"""Texts made of the fragments in provider notes §4.3 and §8."""


class Lifecycle:
    """Accepts tasks and runs each to its end.

    Args:
        state: Where tasks live.
        maker: Makes the clips.
        sender: Sends the webhooks.
    """

    def __init__(self, state: ProviderState, maker: ClipMaker, sender: WebhookSender) -> None:
        self._state = state
        self._maker = maker
        self._sender = sender
        self._runs: dict[str, asyncio.Task[None]] = {}
        self._others: set[asyncio.Task[None]] = set()

    def accept(self, account: Account, request: TaskRequest, play: Play, lineage: Lineage, price: int) -> Task:
        """Make a task and set it going."""
        task = Task(
            task_id=str(uuid.uuid4()),
            key=account.key,
            request=request,
            play=play,
            lineage=lineage,
            price=price,
            created_at=self._state.clock.now_ns(),
            consumed=price if request.model == "kling-turbo" else 0,
        )
        self._state.tasks[task.task_id] = task
        account.reserve(price)
        if task.plays(Scenario.FAILS_AT_ONCE):
            self._end(task, Status.FAILED, _FAILURES[Scenario.FAILS_AT_ONCE])
            self._start(task, self._sender.final(task))
        else:
            self._start(task, self._run(task))
        if task.plays(Scenario.WEBHOOK_FORGED):
            self.aside(self._sender.forged(task))
        if task.plays(Scenario.WEBHOOK_PROGRESS):
            self.aside(self._sender.progress(task))
        self._state.announce()
        return task

    def cancel(self, task: Task) -> bool:
        """Cancel a pending task.

        Returns:
            Whether it was pending; a task being processed cannot be cancelled (provider notes §1.2).
        """
        if task.status is not Status.PENDING:
            return False
        self._runs[task.task_id].cancel()
        self._state.account_of(task).slots.leave(task.task_id)
        if self._state.options.cancelled_status == "failed":
            self._end(task, Status.FAILED, Failure("task cancelled by user", "task cancelled"))
        else:
            self._end(task, Status.CANCELLED)
        self._start(task, self._sender.final(task))
        return True

    def hurry(self, task: Task, verdict: Failure | None) -> None:
        """Bring a task to its end now, whatever it waits for.

        Args:
            task: A task that has not ended.
            verdict: The failure it ends with; None completes it, whatever its scenario says.
        """
        task.verdict = verdict
        task.must_complete = verdict is None
        self.end_early(task)

    def end_early(self, task: Task) -> None:
        """Let a task end at once in the way its scenario says."""
        task.hurried.set()
        self._state.account_of(task).slots.force(task.task_id)

    async def close(self) -> None:
        """Stop every task where it is."""
        running = [*self._runs.values(), *self._others]
        for run in running:
            run.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def aside(self, work: Coroutine[None, None, None]) -> None:
        """Run something beside the task's course."""
        run = asyncio.create_task(work)
        self._others.add(run)
        run.add_done_callback(self._others.discard)

    async def _run(self, task: Task) -> None:
        slots = self._state.account_of(task).slots
        await self._pause(task, self._state.options.pending_seconds)
        await slots.enter(task.task_id)
        try:
            self._begin(task)
            await self._process(task)
        finally:
            slots.leave(task.task_id)
        await self._sender.final(task)

    async def _process(self, task: Task) -> None:
        if task.plays(Scenario.WEBHOOK_PROGRESS):
            await self._sender.progress(task)
        failure = next((text for scenario, text in _FAILURES.items() if task.plays(scenario)), None)
        if failure is not None:
            await self._pause(task, self._processing_seconds(task))
            if not task.must_complete:
                self._end(task, Status.FAILED, task.verdict or failure)
                return
        making = asyncio.create_task(self._maker.make(task))
        try:
            await self._pause(task, self._processing_seconds(task))
            if task.verdict is not None:
                self._end(task, Status.FAILED, task.verdict)
                return
            self._state.add_output(task, await making)
            self._end(task, Status.COMPLETED)
        except UnusableInput as problem:
            self._end(task, Status.FAILED, Failure(str(problem)))
        except Exception:  # noqa: BLE001  # a task must end whatever the drawing met; the log says what it was
            _LOG.exception("making the clip of task %s failed", task.task_id)
            self._end(task, Status.FAILED, Failure("unknown error, please contact support"))
        finally:
            making.cancel()
            await asyncio.gather(making, return_exceptions=True)

    def _begin(self, task: Task) -> None:
        task.status = Status.PROCESSING
        task.started_at = self._state.clock.now_ns()
        self._state.announce()

    def _end(self, task: Task, status: Status, failure: Failure | None = None) -> None:
        """A failed or cancelled task consumes nothing (provider notes §7, inferred there)."""
        task.status = status
        task.failure = failure
        task.ended_at = self._state.clock.now_ns()
        charged = status is Status.COMPLETED or task.plays(Scenario.FAILS_CHARGED)
        task.consumed = task.price if charged else 0
        self._state.account_of(task).settle(task.price, task.consumed)
        self._state.announce()

    def _processing_seconds(self, task: Task) -> float | None:
        if task.plays(Scenario.STUCK):
            return None
        if task.plays(Scenario.SLOW):
            return task.play.seconds_or(_SLOW_SECONDS)
        return self._state.options.processing_seconds

    async def _pause(self, task: Task, seconds: float | None) -> None:
        """Wait for `seconds` by the sandbox's clock (None: for ever), or until the task is hurried."""
        waits: list[asyncio.Future[object]] = [asyncio.ensure_future(task.hurried.wait())]
        if seconds is not None:
            waits.append(asyncio.ensure_future(self._state.clock.sleep(seconds)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _start(self, task: Task, course: Coroutine[None, None, None]) -> None:
        run = asyncio.create_task(course)
        self._runs[task.task_id] = run
        self._others.add(run)
        run.add_done_callback(self._others.discard)
