"""A server's money from the first clip to the ledger: prices learnt, a budget that warns once, and books that agree."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from bot.community import settings as s
from bot.community.record import Level, RuleKey
from sandbox.piapi import DEFAULT_KEY
from storage.store import open_store
from tests.e2e.community import KITE, Community, answer_to, bot, community, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def choose(place: Community, **values: str) -> None:
    """Make settings of the server before the bot starts."""
    await place.settle_in()
    settings = place.settings()
    rules = {RuleKey(Level.SERVER, place.server.id, name): value for name, value in values.items()}
    async with open_store(settings.database, settings.data_dir, place.clock) as store:
        await store.change_rules(place.server.id, rules, [], by=1, at=place.clock.now())


async def buy_elsewhere(place: Community) -> None:
    """Buy a task with the same key, as another program of the owner's would."""
    heron = {
        "prompt": "a heron",
        "version": "1.6",
        "mode": "std",
        "duration": 5,
        "aspect_ratio": "16:9",
        "cfg_scale": 0.5,
    }
    body = {"model": "kling", "task_type": "video_generation", "input": heron, "config": {"service_mode": "public"}}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{place.piapi.base_url}/api/v1/task", json=body, headers={"x-api-key": DEFAULT_KEY}) as answer,
    ):
        assert answer.status == 200, await answer.text()


async def test_a_budget_that_is_nearly_gone_is_told_once_in_the_mod_log_over_a_restart(tmp_path: Path):
    async with community(tmp_path) as place:
        mod_log = place.channel("clips")
        await choose(place, **{s.BUDGET_CLIPS.name: "5", s.MOD_LOG.name: str(mod_log.id)})
        await place.start()
        for number in range(4):
            card = (await place.mira.run("video", prompt=f"{KITE} {number}")).expect_message()
            await answer_to(place.mira, card)

        async def warnings() -> list[str]:
            messages = await place.operator.messages(str(mod_log.id))
            return [message.text for message in messages if "Four fifths" in message.text]

        async def told() -> bool:
            return bool(await warnings())

        await until(told, "the warning in the mod-log")
        await place.restart()
        last = (await place.theo.run("video", prompt=KITE)).expect_message()
        await answer_to(place.theo, last)
        full = (await place.theo.run("video", prompt=KITE)).expect_message()

        (warning,) = await warnings()
        assert "4 of 5 clips are made or under way" in warning
        assert "This server has used 5 of the 5 clips" in full.text


async def test_the_ledger_agrees_with_the_provider_beside_a_running_bot_and_without_one(tmp_path: Path):
    async with community(tmp_path) as place:
        process = place.process()
        try:
            await place.run(process)
            first = (await place.mira.run("video", prompt=KITE, model="1.6", length=10)).expect_message()
            await answer_to(place.mira, first)
            second = (await place.mira.run("video", prompt=KITE, model="1.6", length=10)).expect_message()
            await answer_to(place.mira, second)
            await place.idle()

            beside = await bot(place, "ledger", "--reconcile")
        finally:
            await process.stop()
        without = await bot(place, "ledger", "--reconcile")

        assert "price not known yet" in "".join(place.chronicle.of(first))
        assert "so far" in "".join(place.chronicle.of(second))
        assert beside == without
        code, said, complained = beside
        assert (code, complained) == (0, "")
        assert "2 tasks were compared with the provider's: everything adds up." in said
        assert str(place.server.id) in said
        assert not list(place.directory.glob(".backup-ledger-*"))

        await buy_elsewhere(place)
        with closing(sqlite3.connect(place.directory / "egret.db")) as database, database:
            database.execute(
                "UPDATE charges SET consumed_microusd = 5 WHERE job_id = (SELECT MIN(job_id) FROM charges)"
            )
        code, said, _ = await bot(place, "ledger", "--reconcile")
        assert code == 1
        assert "3 tasks were compared with the provider's: 2 differences." in said
        assert "not ours, or not known to be" in said
        assert "charged $0.000005 here, $" in said
        code, said, complained = await bot(place, "ledger", "--month", "soon")
        assert (code, said) == (78, "")
        assert "--month" in complained
        code, said, _ = await bot(place, "ledger", "--month", "2020-01")
        assert (code, said) == (0, "Nothing is in the ledger for that time.\n")
