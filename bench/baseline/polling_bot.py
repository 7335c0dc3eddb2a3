"""The bot that people write: discord.py and httpx, one coroutine per job asking every five seconds, all in memory.

It is complete for its kind: it answers in time, buys, waits, tells of failures, and posts the clip. A restart loses
every job, and an answer that is lost is bought again or never: that is how such bots are.
"""

from __future__ import annotations

import asyncio
import io
import os
from typing import Any

import discord
import httpx
from discord import app_commands
from typing_extensions import override

from bench.baseline.connection import INTENTS, run

POLL_SECONDS = 5.0
GIVE_UP_SECONDS = 15 * 60.0


class TaskFailed(Exception):
    """The provider refused or failed a task; the text is for the person."""


class Provider:
    """The three requests that such a bot makes."""

    def __init__(self) -> None:
        self._http = httpx.AsyncClient(
            base_url=os.environ["PIAPI_BASE_URL"],
            headers={"x-api-key": os.environ["PIAPI_KEY"]},
            timeout=httpx.Timeout(60.0),
        )

    async def create(self, prompt: str) -> str:
        body = {
            "model": "kling",
            "task_type": "video_generation",
            "input": {"prompt": prompt, "duration": 5, "aspect_ratio": "16:9", "mode": "std", "version": "1.6"},
            "config": {"service_mode": "public"},
        }
        return str(self._data(await self._http.post("/api/v1/task", json=body))["task_id"])

    async def finished(self, task_id: str) -> str:
        """Ask until the task has ended; return the clip's address."""
        async with asyncio.timeout(GIVE_UP_SECONDS):
            while True:
                await asyncio.sleep(POLL_SECONDS)
                try:
                    data = self._data(await self._http.get(f"/api/v1/task/{task_id}"))
                except httpx.TransportError:
                    continue
                status = str(data["status"]).lower()
                if status == "completed":
                    return str(data["output"]["video_url"])
                if status in {"failed", "cancelled"}:
                    raise TaskFailed(str(data["error"]["message"]))

    async def download(self, url: str) -> bytes:
        response = await self._http.get(url)
        response.raise_for_status()
        return response.content

    async def close(self) -> None:
        await self._http.aclose()

    @staticmethod
    def _data(response: httpx.Response) -> dict[str, Any]:
        answer = response.json()
        if answer.get("code") != 200:
            raise TaskFailed(str(answer.get("message")))
        data: dict[str, Any] = answer["data"]
        return data


class PollingBot(discord.Client):
    """/video, in about a hundred lines."""

    def __init__(self) -> None:
        super().__init__(intents=INTENTS)
        self.provider = Provider()
        self.tree = app_commands.CommandTree(self)
        self.tree.command(name="video", description="Make a clip.")(self.video)

    @override
    async def setup_hook(self) -> None:
        await self.tree.sync()

    @override
    async def close(self) -> None:
        await self.provider.close()
        await super().close()

    async def video(self, interaction: discord.Interaction, prompt: str) -> None:
        await interaction.response.defer(thinking=True)
        try:
            url = await self.provider.finished(await self.provider.create(prompt))
            clip = await self.provider.download(url)
        except (TaskFailed, TimeoutError, httpx.HTTPError) as error:
            await interaction.followup.send(f"That did not work: {error}")
            return
        file = discord.File(io.BytesIO(clip), filename="video.mp4")
        await interaction.followup.send(f"{interaction.user.mention} {prompt}", file=file)


if __name__ == "__main__":
    run(PollingBot())
