"""On PostgreSQL a person sees the same, and several processes share the work without doing any of it twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app import build
from bot.log import Redaction
from sandbox.piapi.scenarios import Scenario
from sandbox.tour import clip_checks
from tests.contract.postgres_server import NoServer, postgres_server
from tests.e2e.community import KITE, PATIENCE, Community, answer_to, card_that_says, community, free_port
from tests.e2e.files import download

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The address of an empty database; skips where no server can run."""
    try:
        with postgres_server() as address:
            yield address.format(name="postgres")
    except NoServer as error:
        pytest.skip(f"no PostgreSQL server: {error}")


@asynccontextmanager
async def second_process(place: Community) -> AsyncIterator[None]:
    """A process beside the first that shares its database and files, and hears no commands."""
    stopping = asyncio.Event()
    settings = place.settings().model_copy(update={"web_port": free_port()})
    async with build(settings, place.clock, Redaction()) as app:
        app.client.connect = _never  # type: ignore[method-assign]
        running = asyncio.create_task(app.run_until(stopping))
        try:
            await asyncio.wait({running, asyncio.create_task(app.started.wait())}, return_when=asyncio.FIRST_COMPLETED)
            yield
        finally:
            stopping.set()
            await asyncio.wait_for(running, PATIENCE)


async def _never(*, reconnect: bool = True) -> None:
    await asyncio.Event().wait()


async def test_a_clip_its_extension_and_a_restart_between(database: str, tmp_path: Path):
    async with community(tmp_path, database_url=database) as place:
        await place.start()
        card = (await place.mira.run("video", prompt=KITE)).expect_message()
        clip = await answer_to(place.mira, card)
        await card_that_says(place.mira, card, "Done")
        await place.provider.play(Scenario.STUCK)
        longer_card = (await place.mira.run("extend", video=place.link(clip))).expect_message()
        (task,) = [task for task in await place.tasks(2) if task.task_type == "extend_video"]

        await place.restart()
        await place.provider.finish(task.task_id)
        longer = await place.while_time_passes(answer_to(place.mira, longer_card))

        files = [await download(place.mira, message, tmp_path) for message in (clip, longer)]
        assert clip_checks.wrong_extension(files[1], files[0]) == ""
        assert await place.creates() == 2
        assert [len(await place.answers_to(one)) for one in (card, longer_card)] == [1, 1]
        assert not (tmp_path / "data" / "egret.db").exists()


async def test_two_processes_share_the_work_and_one_carries_on_without_the_other(database: str, tmp_path: Path):
    async with community(tmp_path, database_url=database) as place:
        await place.start()
        async with second_process(place):
            people = (place.mira, place.theo, place.juno)
            quick = [(one, (await one.run("video", prompt=KITE)).expect_message()) for one in people]
            for one, card in quick:
                await place.while_time_passes(answer_to(one, card))
            await place.provider.play(Scenario.STUCK, times=3)
            slow = [(one, (await one.run("video", prompt=KITE)).expect_message()) for one in people]
            tasks = await place.tasks(6)

            await place.stop()
            for task in tasks[3:]:
                await place.provider.finish(task.task_id)
            for one, card in slow:
                assert (await place.while_time_passes(answer_to(one, card))).attachments
            await place.start()

        await place.stop()
        assert await place.creates() == 6
        assert [len(await place.answers_to(card)) for _, card in quick + slow] == [1] * 6
