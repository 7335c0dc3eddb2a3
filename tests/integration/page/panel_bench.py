"""A stage with the panel on a page's server, and somebody who uses it as the page does."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from sandbox.page import PageServer
from sandbox.page.panel_routes import PanelRoutes
from sandbox.stage import Stage

TINY_BOT = Path(__file__).parents[1] / "stage" / "tiny_bot.py"
REAL_BOT = (sys.executable, "-m", "bot", "run")
PATIENCE = 40.0
"""How long anything may take, in seconds of real time; far more than it does."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]

    @property
    def error(self) -> str:
        return self.body["error"]


class Panel:
    """The page's side of the panel."""

    def __init__(self, stage: Stage, url: str, session: aiohttp.ClientSession) -> None:
        self.stage = stage
        self.url = url.rstrip("/")
        self.session = session

    async def get(self, path: str) -> Answer:
        async with self.session.get(f"{self.url}/api/panel{path}") as answer:
            return Answer(answer.status, await answer.json())

    async def post(self, path: str, body: object = None, **headers: str) -> Answer:
        sent = {"Origin": self.url, "Content-Type": "application/json", **headers}
        data = body if isinstance(body, str) else json.dumps({} if body is None else body)
        async with self.session.post(f"{self.url}/api/panel{path}", data=data, headers=sent) as answer:
            return Answer(answer.status, await answer.json())

    async def done(self, path: str, body: object = None) -> None:
        answer = await self.post(path, body)
        assert (answer.status, answer.body) == (200, {})

    async def state(self) -> dict[str, Any]:
        answer = await self.get("/state")
        assert answer.status == 200, answer.body
        return answer.body

    async def until(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Look, as the page does, until the panel shows something."""
        state: dict[str, Any] = {}
        try:
            async with asyncio.timeout(PATIENCE):
                while not state or not holds(state):
                    state = await self.state()
        except TimeoutError:
            raise AssertionError(f"the panel never showed it; at the end: {json.dumps(state, indent=1)}") from None
        return state

    async def create(self, prompt: str) -> tuple[int, str]:
        """Order a task behind the bot's back; return the answer's status and the task's id."""
        provider = self.stage.addresses.provider
        body = {"model": "kling", "task_type": "video_generation", "input": {"prompt": prompt}}
        async with self.session.post(
            f"{provider.base_url}/api/v1/task", json=body, headers={"X-API-Key": provider.key}
        ) as answer:
            told = await answer.json()
            return answer.status, (told.get("data") or {}).get("task_id", "")


@asynccontextmanager
async def panel_of(tmp_path: Path, *bot: str) -> AsyncIterator[Panel]:
    """Open a panel; the bot, a tiny one unless another is given, is not started."""
    command = bot or (sys.executable, str(TINY_BOT))
    async with (
        Stage(command, logs=tmp_path / "logs") as stage,
        PageServer(stage.addresses.discord, port=0, add_routes=(PanelRoutes(stage).add_to,)) as server,
        aiohttp.ClientSession() as session,
    ):
        yield Panel(stage, server.url, session)


def counts(state: dict[str, Any], name: str) -> tuple[int, int, int]:
    """Return orders, tasks and clips of one line of the table."""
    line = next(one for one in state["promises"]["counts"] if one["name"] == name)
    return line["orders"], line["tasks"], line["clips"]
