"""The bot as a program: how it starts, what it says when it cannot, how it ends, and what it never prints."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import aiohttp
import pytest

from sandbox.discord.faults import Fault
from sandbox.piapi import DEFAULT_KEY
from sandbox.piapi.scenarios import Scenario
from sandbox.stage.processes import ChildProcess
from tests.e2e.community import KITE, PATIENCE, Community, answer_to, card_that_says, community, free_port, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

WEBHOOK_SECRET = "only-the-provider-knows-this"


async def ended(bot: ChildProcess) -> tuple[int, str]:
    """Run the bot until it ends by itself, and return its exit code and the last line it printed."""
    await bot.start()
    try:
        async with asyncio.timeout(PATIENCE):
            code = await bot.ended()
    finally:
        await bot.kill()
    return code, bot.tail(1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"discord_token": ""}, "DISCORD_TOKEN is not set: put it into .env (see .env.example) or into the env"),
        ({"servers": "Egret Cove"}, 'SERVERS is wrong: must be server ids separated by commas, or "all"'),
        ({"max_usd_per_month": "twenty"}, 'MAX_USD_PER_MONTH is wrong: must be an amount of dollars'),
        ({"default_model": "9.9"}, "9.9"),
    ],
    ids=["missing", "no ids", "no amount", "no model"],
)  # fmt: skip
async def test_a_missing_or_wrong_setting_stops_the_start_with_a_sentence_that_names_it(
    place: Community, tmp_path: Path, changes: dict[str, str], sentence: str
):
    code, said = await ended(place.process(log=str(tmp_path / "log"), data_dir=str(tmp_path), **changes))

    assert code == 78
    assert said.startswith("egret: ")
    assert sentence in said


async def test_a_token_that_discord_refuses_is_named_and_not_printed(place: Community, tmp_path: Path):
    bot = place.process(
        log=str(tmp_path / "log"), data_dir=str(tmp_path), web_port="0", discord_token="wrong.discord.token"
    )

    code, said = await ended(bot)

    assert (code, said) == (77, "egret: DISCORD_TOKEN is refused by Discord.")
    assert "wrong.discord.token" not in bot.tail(1000)
    assert [problem.where for problem in place.discord.problems] == ["GET /users/@me"]
    place.discord.problems.clear()


async def test_a_discord_out_of_reach_is_told_in_one_sentence(place: Community, tmp_path: Path):
    nowhere = f"http://127.0.0.1:{free_port()}/api/v10"

    code, said = await ended(
        place.process(log=str(tmp_path / "log"), data_dir=str(tmp_path), web_port="0", discord_api_url=nowhere)
    )

    assert code == 69
    assert said.startswith("egret: Discord cannot be reached")


async def test_a_port_that_is_taken_is_named(place: Community, tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = await ended(place.process(log=str(tmp_path / "log"), data_dir=str(tmp_path), web_port=str(port)))

    assert code == 71
    assert f"cannot listen on 127.0.0.1:{port}" in said


async def test_a_running_bot_says_that_it_is_alive_and_ready(place: Community):
    async with aiohttp.ClientSession() as session:

        async def asked(path: str) -> int:
            async with session.get(f"http://127.0.0.1:{place.port}/{path}") as answer:
                return answer.status

        async def ready() -> bool:
            return await asked("readyz") == 200

        assert await asked("livez") == 200
        await until(ready, "the bot to be ready")


async def test_a_second_process_on_the_same_data_is_turned_away_and_the_first_goes_on(place: Community, tmp_path: Path):
    mira = place.mira.in_channel(place.room())

    code, said = await ended(place.process(log=str(tmp_path / "log"), web_port="0"))

    assert code == 75
    assert said.startswith("egret: ")
    assert (await answer_to(mira, (await mira.run("video", prompt=KITE)).expect_message())).attachments


async def test_a_database_is_migrated_on_request_and_one_of_a_newer_version_is_left_alone(tmp_path: Path):
    async with community(tmp_path) as place:
        migrated = await ended(place.process("migrate"))
        again = await ended(place.process("migrate"))
        place.books.schema("9999")
        newer = await ended(place.process())

        assert migrated == again == (0, "The database's schema is up to date.")
        assert newer[0] == 74
        assert "schema 9999" in newer[1]
        assert "made by a newer one" in newer[1]


async def test_sigterm_finishes_what_is_in_hand_and_leaves_the_rest_for_the_next_start(tmp_path: Path):
    async with community(tmp_path) as place:
        bot = place.process()
        try:
            await place.run(bot)
            slow = Fault(kind="delay", method="POST", path="/channels/*/messages", seconds=600)
            place.discord.faults.add(slow)
            card = (await place.mira.run("video", prompt=KITE)).expect_message()
            await until(lambda: in_hand(place), "the message to be under way")

            stopping = asyncio.create_task(bot.stop())
            await until(lambda: "stopping" in bot.tail(), "the bot to notice")
            late = (await place.mira.run("video", prompt="a late wish")).expect_message()
            place.discord.clock.advance(601_000)
            code = await stopping
        finally:
            await bot.stop()

        assert code == 0
        assert late.ephemeral
        assert "just restarting" in late.text
        assert [delivery.state for delivery in place.books.deliveries()] == ["delivered"]
        assert (await answer_to(place.mira, card)).attachments
        assert len(place.books.jobs()) == 1


def in_hand(place: Community) -> bool:
    return [delivery.state for delivery in place.books.deliveries()] == ["sending"]


async def test_no_secret_is_ever_printed(tmp_path: Path):
    told = {"log_level": "DEBUG", "webhook_secret": WEBHOOK_SECRET}
    async with community(tmp_path, **told) as place:
        bot = place.process()
        try:
            await place.run(bot)
            for scenario in (Scenario.CREATED_DROPPED, Scenario.KEY_REFUSED, Scenario.WEBHOOK_FORGED):
                await place.provider.play(scenario, Scenario.STUCK)
            room = f"/channels/{place.channel('general').id}/messages"
            place.discord.faults.add(Fault(kind="rate_limit", method="POST", path=room, retry_after=0.1))
            place.discord.faults.add(Fault(kind="reset", method="PATCH", path="/webhooks/*"))
            first = (await place.mira.run("video", prompt=KITE)).expect_message()
            (task,) = await place.tasks()  # the bot was not told of it
            await place.provider.finish(task.task_id)
            await answer_to(place.mira, first)
            second = (await place.mira.run("video", prompt=KITE)).expect_message()
            await card_that_says(place.mira, second, "does not accept the bot's key")
        finally:
            assert await bot.stop() == 0

        printed = bot.log.read_text()
        interactions = [token for token in place.discord.interactions._by_token if token]
        secrets = [place.discord.token, DEFAULT_KEY, WEBHOOK_SECRET, *place.books.drawn_secrets(), *interactions]
        assert len(secrets) > 6
        assert [secret for secret in secrets if secret in printed] == []
        assert "started" in printed
        assert "owner_needed" in printed
