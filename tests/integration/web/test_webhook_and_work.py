"""Webhooks against the real core and a real database: what they cost, and what they can change."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.jobs.hint_pace import AT_ONCE, GAP
from bot.jobs.model import Job
from bot.jobs.ports import RemoteStatus
from bot.jobs.states import JobState
from storage.migration import run_migrations
from storage.store import open_store
from tests.integration.jobs.world import ManualClock, RemoteTask, World
from tests.integration.web.side import BODY, SECRET, Web, head, length, web_side

GIVEN = {"x-webhook-secret": SECRET}


class Counting:
    """Everything that is asked of a database, noted before it is done."""

    def __init__(self, inner: object, asked: list[str]) -> None:
        self._inner = inner
        self._asked = asked

    def __getattr__(self, name: str) -> object:
        there = getattr(self._inner, name)
        if not callable(there):
            return there

        def call(*given, **values):
            if name == "burst":
                return Counting(there(*given), self._asked)
            self._asked.append(name)
            return there(*given, **values)

        return call


@dataclass
class Core:
    """The core behind a running web side."""

    world: World
    web: Web
    asked: list[str] = field(default_factory=list)

    async def running(self) -> tuple[Job, RemoteTask]:
        """Return a job that is at the provider, and its task; what was asked of the database until now is forgotten."""
        submitted = await self.world.order()
        await self.world.intake.run_once()
        await self.world.submitter.run_once()
        job = await self.job(submitted.job.id)
        assert job.task_id is not None
        self.asked.clear()
        return job, self.world.provider.tasks[job.task_id]

    async def job(self, job_id: str) -> Job:
        job = await self.world.store.job(job_id)
        assert job is not None
        return job

    async def poll(self) -> int:
        """Let the poller do all that is due now; return how often it asked the provider."""
        before = self.world.provider.gets
        while await self.world.poller.run_once():
            pass
        return self.world.provider.gets - before


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("migrated")
    asyncio.run(run_migrations("sqlite:///egret.db", directory))
    return directory / "egret.db"


@pytest.fixture
async def core(migrated: Path, tmp_path: Path) -> AsyncIterator[Core]:
    shutil.copy(migrated, tmp_path / "egret.db")
    clock, asked = ManualClock(), []
    async with open_store("sqlite:///egret.db", tmp_path, clock, lambda it: Counting(it, asked)) as store:
        world = World(store, clock)
        async with web_side(tmp_path, nudge=world.service.nudge) as web:
            yield Core(world, web, asked)


async def test_nothing_reaches_the_database_without_the_secret(core: Core):
    job, _ = await core.running()
    path = f"/webhooks/piapi/{job.hook_token}"
    for secret in (None, "", SECRET[:-1], SECRET + "x", "\udcff"):
        for body in (b"", BODY, b"[" * 10_000):
            await core.web.exchange(head(length(len(body)), path=path, secret=secret) + body)
    await core.web.exchange(head(("x-webhook-secret", "second"), length(0), path=path))
    await core.web.exchange(head(length(0), path=path, method="PUT"), b"")
    for address in ("/files/abc123", "/files/abc123.AAAA.BBBB", "/files/%00", "/nowhere", "/metrics"):
        await core.web.exchange(head(("Connection", "close"), method="GET", path=address, secret=None))
    assert core.asked == []
    assert await core.job(job.id) == job


async def test_what_carries_the_secret_does_reach_it(core: Core):
    job, _ = await core.running()
    assert await core.web.post(job.hook_token, **GIVEN) == 204
    assert core.asked == ["put"]


async def test_a_token_that_nobody_can_have_does_not_reach_it_even_so(core: Core):
    await core.running()
    assert await core.web.post("%00" * 5, **GIVEN) == 204
    assert await core.web.post("x" * 65, **GIVEN) == 204
    assert core.asked == []


async def test_a_token_that_nobody_has_changes_nothing(core: Core):
    job, _ = await core.running()
    for token in ("nobody", job.hook_token[:-1], job.hook_token.swapcase(), job.id, job.task_id):
        assert await core.web.post(token, **GIVEN) == 204
    assert await core.job(job.id) == job
    assert await core.poll() == 0


async def test_a_webhook_that_says_the_clip_is_done_only_makes_the_bot_ask(core: Core):
    job, _ = await core.running()
    body = (
        b'{"data": {"task_id": "%s", "status": "completed", "output": {"works": [{"video": "https://evil.example"}]}}}'
    )
    assert await core.web.post(job.hook_token, body % job.task_id.encode(), **GIVEN) == 204
    assert await core.poll() == 1
    assert (await core.job(job.id)).state is JobState.RUNNING


async def test_a_webhook_that_names_another_task_binds_nothing(core: Core):
    job, _ = await core.running()
    other, _ = await core.running()
    body = b'{"data": {"task_id": "%s", "status": "failed"}}' % other.task_id.encode()
    assert await core.web.post(job.hook_token, body, **GIVEN) == 204
    await core.poll()
    assert (await core.job(job.id)).task_id == job.task_id
    assert (await core.job(job.id)).state is (await core.job(other.id)).state is JobState.RUNNING


async def test_an_early_webhook_brings_no_purchase_forward(core: Core):
    submitted = await core.world.order()
    for _ in range(3):
        assert await core.web.post(submitted.job.hook_token, **GIVEN) == 204
    assert await core.poll() == 0
    assert core.world.provider.posts == []
    assert (await core.job(submitted.job.id)).state is submitted.job.state


async def test_a_webhook_that_comes_again_and_again_ends_the_job_once(core: Core):
    job, task = await core.running()
    task.status, task.output_url, task.consumed = RemoteStatus.COMPLETED, "https://cdn.example/clip.mp4", 260_000
    for _ in range(3):
        answers = await asyncio.gather(*(core.web.post(job.hook_token, **GIVEN) for _ in range(20)))
        assert set(answers) == {204}
        await core.poll()
        await core.world.archiver.run_once()
    ended = await core.job(job.id)
    assert ended.state is JobState.SUCCEEDED
    for _ in range(20):
        assert await core.web.post(job.hook_token, **GIVEN) == 204
    assert await core.poll() == 0
    assert await core.job(job.id) == ended
    assert core.world.provider.posts == [job.hook_token]


@pytest.mark.parametrize("seed", range(5))
async def test_webhooks_in_any_order_leave_what_the_provider_says(core: Core, seed: int):
    job, task = await core.running()
    stories = [
        b'{"timestamp": %d, "data": {"task_id": "%s", "status": "%s"}}' % (number, task.id.encode(), status)
        for number, status in enumerate([b"pending", b"processing", b"completed", b"failed", b"pending", b"staged"])
    ]
    random.Random(seed).shuffle(stories)  # noqa: S311 - an order to try, no secret
    task.status, task.output_url = RemoteStatus.COMPLETED, "https://cdn.example/clip.mp4"
    for story in stories:
        assert await core.web.post(job.hook_token, story, **GIVEN) == 204
        await core.poll()
    assert (await core.job(job.id)).state is JobState.SUCCEEDED


async def test_a_flood_about_one_job_is_a_few_questions(core: Core):
    job, task = await core.running()
    asked = 0
    for _ in range(10):
        answers = await asyncio.gather(*(core.web.post(job.hook_token, **GIVEN) for _ in range(20)))
        assert set(answers) == {204}
        asked += await core.poll()
        core.world.clock.advance(100)
    assert asked == AT_ONCE

    task.status, task.output_url = RemoteStatus.COMPLETED, "https://cdn.example/clip.mp4"
    assert await core.web.post(job.hook_token, **GIVEN) == 204
    core.world.clock.advance(GAP)
    assert await core.poll() == 1
    assert (await core.job(job.id)).state is JobState.SUCCEEDED
