"""Every line written while a job is in hand names it, a library's too, and no neighbour's line does."""

from __future__ import annotations

import asyncio
import json
import logging
import re

import pytest
import structlog

from bot.log import Redaction, configure_logging
from bot.settings import LogFormat
from tests.integration.jobs.world import World

library = logging.getLogger("some.library")


@pytest.fixture(autouse=True)
def _restored():
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def talk(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a library speak in the middle of every request and every send, with others at work meanwhile."""

    def talking(inner, words):
        async def call(*arguments):
            library.warning("%s begins for %s", words, _token(arguments))
            await asyncio.sleep(0)
            result = await inner(*arguments)
            library.warning("%s ends for %s", words, _token(arguments))
            return result

        return call

    monkeypatch.setattr(world.provider, "create", talking(world.provider.create, "create"))
    monkeypatch.setattr(world.provider, "report", talking(world.provider.report, "report"))
    monkeypatch.setattr(world.channel, "send", talking(world.channel.send, "send"))


def _token(arguments: tuple) -> str:
    first = arguments[0]
    if isinstance(first, str):
        return first
    return first.order.hook_token if hasattr(first, "order") else arguments[1].job_id


async def test_json_lines_of_many_jobs_at_once_each_name_their_own(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    configure_logging(LogFormat.JSON, "DEBUG", Redaction())
    talk(world, monkeypatch)
    jobs = [(await world.order(prompt=f"kite {number}")).job for number in range(5)]
    await world.settle()
    for task in list(world.provider.tasks):
        world.provider.finish(task)
    for job in jobs:
        assert await world.service.nudge(job.hook_token, None)
    await world.settle()

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    tokens = {job.hook_token: job.id for job in jobs}
    tasks = {task.id: tokens[task.token] for task in world.provider.tasks.values()}
    names = {**tokens, **tasks, **{job.id: job.id for job in jobs}}
    spoken = [line for line in lines if line["logger"] == "some.library"]
    assert {line["step"] for line in spoken} == {"submitter", "poller", "deliverer"}
    assert len(spoken) == 2 * 3 * 5
    for line in spoken:
        assert line["job"] == names[line["event"].rpartition(" ")[2]]
    assert all(line["delivery"] for line in spoken if line["step"] == "deliverer")
    for job in jobs:
        story = [line.get("state", line["event"]) for line in lines if line.get("job") == job.id]
        kept = [word for word in story if word in {"job_stored", "submitting", "running", "succeeded", "delivered"}]
        assert kept == ["job_stored", "submitting", "running", "succeeded", "delivered"]
        assert "webhook_heard" in story


async def test_text_lines_name_the_job_too_and_nothing_is_left_behind(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    configure_logging(LogFormat.TEXT, "INFO", Redaction())
    talk(world, monkeypatch)
    job = (await world.order()).job
    await world.settle()
    library.warning("afterwards")

    lines = capsys.readouterr().out.splitlines()
    spoken = [line for line in lines if "create begins" in line or "create ends" in line]
    assert len(spoken) == 2
    assert all(re.search(rf"\bjob={job.id}\b", line) for line in spoken)
    assert "job=" not in next(line for line in lines if "afterwards" in line)
    assert structlog.contextvars.get_contextvars() == {}


async def test_a_defect_met_by_one_job_is_logged_with_its_name_alone(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    configure_logging(LogFormat.JSON, "INFO", Redaction())
    broken, fine = (await world.order()).job, (await world.order()).job
    create = world.provider.create

    async def breaking(task):
        if task.order.hook_token == broken.hook_token:
            raise RuntimeError("a defect")
        return await create(task)

    monkeypatch.setattr(world.provider, "create", breaking)
    await world.submitter.run_once()

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (spoilt,) = [line for line in lines if line["event"] == "item spoilt"]
    assert (spoilt["job"], spoilt["step"]) == (broken.id, "submitter")
    assert "RuntimeError: a defect" in spoilt["exception"]
    assert [line["state"] for line in lines if line.get("job") == fine.id and "state" in line][-1] == "running"
