"""A bot whose power is cut loses nothing that it promised; one that does not wait for the disk is found out."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.chaos.power import strace
from tests.chaos.power.disk import Disk, Loss, dice
from tests.chaos.power.promises import Kind
from tests.chaos.power.recording import PowerCuts, RecordedBot
from tests.e2e.community import REPOSITORY, Community, answer_to, ask, community

pytestmark = pytest.mark.skipif(not strace.available(), reason="strace is not installed: no power cuts were tried")

_BOT = ("bot",)


async def recorded(place: Community, program: tuple[str, ...], clips: int = 2) -> PowerCuts:
    """Let a bot make a few clips under strace, then kill it; return its record."""
    await place.settle_in()
    before = Disk.holding(place.directory)
    record = place.directory.parent / "record"
    named = {name.upper(): value for name, value in place.values().items()}
    bot = RecordedBot(
        [sys.executable, "-m", *program, "run"],
        record=record,
        environment={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), **named},
        directory=place.directory,
        log=place.directory.parent / "bot.log",
    )
    await place.run(bot)
    await asyncio.gather(*(_order(place) for _ in range(clips)))
    await bot.kill()
    cuts = PowerCuts(
        record=record,
        before=before,
        directory=place.directory,
        discord=place.discord.api_url,
        provider=place.piapi.base_url,
    )
    cuts.read()
    return cuts


async def _order(place: Community) -> None:
    person = place.mira.in_channel(place.room())
    await answer_to(person, await ask(person))


async def test_nothing_that_was_promised_is_lost_with_the_power(tmp_path: Path):
    async with community(tmp_path) as place:
        cuts = await recorded(place, _BOT)

    verdict = cuts.judge(dice(1), tmp_path / "cut", between=20)

    assert {promise.kind for promise in cuts.promised} == set(Kind)
    assert verdict.cuts > 50
    assert verdict.losses == ()


async def test_the_replayed_disk_is_the_real_one_where_nothing_is_lost(tmp_path: Path):
    async with community(tmp_path) as place:
        cuts = await recorded(place, _BOT, clips=1)
        real = {
            path.relative_to(place.directory).as_posix(): path.read_bytes()
            for path in place.directory.rglob("*")
            if path.is_file() and not path.name.endswith("-shm")
        }

    image = cuts.at_the_end(Loss.NONE, dice(1))

    assert {
        path: content for path, content in image.content.items() if content is not None and not path.endswith("-shm")
    } == real


@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
async def test_a_bot_that_does_not_wait_for_the_disk_is_found_out(tmp_path: Path, synchronous: str):
    async with community(tmp_path) as place:
        cuts = await recorded(place, ("tests.chaos.power.careless", synchronous))

    verdict = cuts.judge(dice(1), tmp_path / "cut", between=20, losses=[Loss.ALL])

    for kind in Kind:
        assert any(kind.name in lost for lost in verdict.losses), kind
