"""Sends webhooks: ``{"timestamp", "data"}`` with the secret as a header, again while not answered with 2xx.

Provider notes §5. Here, unlike at the provider, plain http and this machine's own addresses are allowed.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import aiohttp

from sandbox.piapi.scenarios import Scenario
from sandbox.piapi.tasks import Status, WebhookCall
from sandbox.piapi.wire import body_of, task_object

if TYPE_CHECKING:
    from sandbox.piapi.specs import JsonObject
    from sandbox.piapi.state import ProviderState
    from sandbox.piapi.tasks import Task

_DEFAULT_LATENESS: Final = 60.0
_COPIES: Final = 3
FORGED_SECRET: Final = "guessed-by-a-stranger"  # noqa: S105  # what a pretender would send
_FORGED_ADDRESS: Final = "http://127.0.0.1:9/videos/forged.mp4"


class WebhookSender:
    """Sends a task's webhooks and records every call and its answer.

    Args:
        state: Options, clock and the announcing of changes.
        session: For sending.
    """

    def __init__(self, state: ProviderState, session: aiohttp.ClientSession) -> None:
        self._state = state
        self._session = session

    async def progress(self, task: Task) -> None:
        """Tell of a status that is not final; only tasks that play `WEBHOOK_PROGRESS` do."""
        if task.request.endpoint and task.plays(Scenario.WEBHOOK_PROGRESS):
            await self._send(task, self._body(task))

    async def forged(self, task: Task) -> None:
        """Send what a pretender would: a wrong secret, a completion that has not happened, a stranger's address."""
        if not task.request.endpoint:
            return
        data = task_object(task)
        data["status"] = Status.COMPLETED.value
        data["output"] = {"video_url": _FORGED_ADDRESS, "video": _FORGED_ADDRESS}
        await self._post(task, self._envelope(data), attempt=1, secret=FORGED_SECRET, forged=True)

    async def final(self, task: Task) -> None:
        """Tell of the end, as often and as late as the task's scenarios say."""
        if task.request.endpoint and not task.plays(Scenario.WEBHOOK_OFF):
            if task.plays(Scenario.WEBHOOK_LATE):
                await self._state.clock.sleep(task.play.seconds_or(_DEFAULT_LATENESS))
            body = self._body(task)
            copies = _COPIES if task.plays(Scenario.WEBHOOK_DUPLICATED) else 1
            await asyncio.gather(*(self._send(task, body) for _ in range(copies)))
            if task.plays(Scenario.WEBHOOK_DISORDERED):
                stale = task_object(task)
                stale["status"] = Status.PROCESSING.value
                await self._send(task, self._envelope(stale))
        task.webhooks_settled = True
        self._state.announce()

    async def again(self, task: Task, *, secret: str | None = None, status: str | None = None) -> None:
        """Send the task's webhook once more, whenever asked.

        Args:
            task: Whose webhook.
            secret: Another secret than the task's own.
            status: Another status than the task has.
        """
        data = task_object(task)
        if status is not None:
            data["status"] = status
        own = task.request.secret
        used = own if secret is None else secret
        await self._post(task, self._envelope(data), attempt=1, secret=used, forged=used != own)

    def _body(self, task: Task) -> JsonObject:
        return self._envelope(task_object(task, echoes_webhook=not task.plays(Scenario.ENDPOINT_NOT_ECHOED)))

    def _envelope(self, data: JsonObject) -> JsonObject:
        return {"timestamp": int(self._state.clock.now()), "data": data}

    async def _send(self, task: Task, body: JsonObject) -> None:
        options = self._state.options
        for attempt in range(1, options.webhook_attempts + 1):
            call = await self._post(task, body, attempt=attempt, secret=task.request.secret, forged=False)
            if call.answer is not None and 200 <= call.answer < 300:
                return
            if attempt < options.webhook_attempts:
                await self._state.clock.sleep(options.webhook_retry_seconds)

    async def _post(self, task: Task, body: JsonObject, *, attempt: int, secret: str, forged: bool) -> WebhookCall:
        data = body["data"]
        headers = {"Content-Type": "application/json"}
        if secret:
            headers["x-webhook-secret"] = secret
        sent_at = self._state.clock.now()
        answered: int | None = None
        error = ""
        timeout = aiohttp.ClientTimeout(total=self._state.options.webhook_timeout_seconds)
        try:
            async with self._session.post(
                task.request.endpoint,
                data=body_of(body),
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                answered = response.status
        except (aiohttp.ClientError, TimeoutError) as problem:
            error = type(problem).__name__
        call = WebhookCall(
            sent_at=sent_at,
            url=task.request.endpoint,
            status=str(data["status"]) if isinstance(data, dict) else "",
            attempt=attempt,
            forged=forged,
            answer=answered,
            error=error,
        )
        task.webhook_calls.append(call)
        self._state.announce()
        return call
