"""Several processes are one bot: shards are shared out, work is called out, and a rolling restart loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from typing_extensions import override

from bot.app import App, build
from bot.log import Redaction
from bot.settings import load_settings
from sandbox.discord import DiscordConfig, LimitsConfig
from sandbox.discord.clock import Clock
from sandbox.discord.config import with_shards
from sandbox.person import Person
from sandbox.piapi.scenarios import Scenario
from storage.postgres_calls import PostgresCalls
from tests.contract.postgres_server import NoServer, postgres_server
from tests.e2e.community import KITE, PATIENCE, WHEN_TOLD, Community, answer_to, community, free_port, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

TWO_SHARDS: DiscordConfig = replace(
    with_shards(2), limits=LimitsConfig(identify_window_ms=5_000, identify_concurrency=2)
)
"""Both shards may begin at once, so that nobody waits five seconds for the other."""


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The address of an empty database; skips where no server can run."""
    try:
        with postgres_server() as address:
            yield address.format(name="postgres")
    except NoServer as error:
        pytest.skip(f"no PostgreSQL server: {error}")


class Drowsy(Clock):
    """A clock by which whoever rests does so sixty times as long: only a call wakes them in time."""

    @override
    async def sleep(self, milliseconds: int) -> None:
        await super().sleep(60 * milliseconds)


class Process:
    """One of the bot's processes, which can be stopped."""

    def __init__(self, app: App, stopping: asyncio.Event, running: asyncio.Task[None]) -> None:
        self.app = app
        self._stopping = stopping
        self._running = running

    async def stop(self) -> None:
        self._stopping.set()
        await asyncio.wait_for(asyncio.shield(self._running), PATIENCE)


@asynccontextmanager
async def process(place: Community, *, clock: Clock | None = None, **overrides: str) -> AsyncIterator[Process]:
    """Run a process beside others, until it is stopped or the block ends."""
    await place.settle_in()
    values = {**place.values(), "web_port": str(free_port()), **overrides}
    settings = load_settings(_env_file=None, **values)
    stopping = asyncio.Event()
    async with build(settings, clock or place.clock, Redaction()) as app:
        running = asyncio.create_task(app.run_until(stopping))
        one = Process(app, stopping, running)
        try:
            started = asyncio.create_task(app.started.wait())
            await asyncio.wait({running, started}, return_when=asyncio.FIRST_COMPLETED, timeout=PATIENCE)
            if running.done():
                running.result()
            assert started.done()
            if "gateway" in settings.roles:
                await until(lambda: app.client.connected and bool(app.client.guilds), "its shards")
            yield one
        finally:
            if not running.done():
                await one.stop()


def shard(number: int) -> dict[str, str]:
    return {"shard_ids": str(number), "shard_count": "2"}


async def clip_of(place: Community, person: Person) -> None:
    """Order a clip, and see it come."""
    card = (await person.run("video", prompt=KITE)).expect_message()
    clip = await place.while_time_passes(answer_to(person, card))
    assert clip.attachments
    assert len(await place.answers_to(card)) == 1


async def test_each_process_serves_its_own_shard_and_either_makes_any_clip(database: str, tmp_path: Path):
    async with (
        community(tmp_path, config=TWO_SHARDS, database_url=database, servers="all") as place,
        process(place, **shard(0)) as first,
        process(place, **shard(1)) as second,
    ):
        assert [len(one.app.client.guilds) for one in (first, second)] == [1, 1]
        for channel in ("general", "general-2"):
            await clip_of(place, place.mira.in_channel(channel))
        assert place.discord.commands.writes == 1

        # The process that heard of it is gone before the clip is there: the other delivers to a server it never saw.
        await place.provider.play(Scenario.STUCK)
        mira = place.mira.in_channel("general-2")
        card = (await mira.run("video", prompt=KITE)).expect_message()
        task = (await place.tasks(3))[-1]
        await second.stop()
        await place.provider.finish(task.task_id)
        assert (await place.while_time_passes(answer_to(mira, card))).attachments

        assert await place.creates() == 3
        assert len(await place.answers_to(card)) == 1
        servers = {record.guild_id: record.left_at for record in await first.app._store.servers()}
        assert [servers.get(guild) for guild in place.discord.world.guilds] == [None, None]


async def test_a_rolling_restart_tells_discord_of_no_commands_and_loses_no_clip(database: str, tmp_path: Path):
    async with community(tmp_path, config=TWO_SHARDS, database_url=database, servers="all") as place:
        here, there = place.mira.in_channel("general"), place.theo.in_channel("general-2")
        async with process(place, **shard(0)) as first, process(place, **shard(1)) as second:
            await place.provider.play(Scenario.STUCK, times=2)
            cards = [(one, (await one.run("video", prompt=KITE)).expect_message()) for one in (here, there)]
            tasks = await place.tasks(2)
            told = place.discord.commands.writes
            await first.stop()
            async with process(place, **shard(0)) as first_again:
                await second.stop()
                async with process(place, **shard(1)):
                    for task in tasks:
                        await place.provider.finish(task.task_id)
                    for person, card in cards:
                        assert (await place.while_time_passes(answer_to(person, card))).attachments
                    await clip_of(place, there)
                    await first_again.stop()
        assert told == place.discord.commands.writes == 1
        assert await place.creates() == 3
        assert [len(await place.answers_to(card)) for _, card in cards] == [1, 1]


async def test_roles_divide_the_work_and_calls_let_nobody_wait(database: str, tmp_path: Path):
    async with community(tmp_path, options=WHEN_TOLD, database_url=database, servers="all") as place:
        hooks = {"roles": "web", "web_port": str(place.port)}
        async with (
            process(place, roles="gateway") as door,
            process(place, clock=Drowsy(), roles="worker") as worker,
            process(place, **hooks) as side,
        ):
            for one in (door, worker, side):
                calls = one.app._store.calls
                assert isinstance(calls, PostgresCalls)
                await asyncio.wait_for(calls.listening.wait(), PATIENCE)
            for number in range(1, 4):
                card = (await place.mira.run("video", prompt=KITE)).expect_message()
                task = (await place.tasks(number))[-1]
                await place.provider.finish(task.task_id)
                assert (await answer_to(place.mira, card)).attachments
                assert len(await place.answers_to(card)) == 1
        assert await place.creates() == 3
