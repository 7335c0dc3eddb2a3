"""The owner sees and steers the whole bot, from one server and from the command line; members see an outage."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.exit_codes import ExitCode
from sandbox.discord.json_types import text
from sandbox.piapi.scenarios import Scenario
from sandbox.seen import SeenMessage
from tests.e2e.community import (
    KITE,
    PATIENCE,
    REPOSITORY,
    WHEN_TOLD,
    Community,
    answer_to,
    ask,
    card_that_says,
    community,
    until,
)

VERBS = {"status", "balance", "pause", "resume", "redeliver", "resolve", "sync"}


@contextlib.asynccontextmanager
async def owned(directory: Path, **settings: str) -> AsyncIterator[Community]:
    """Open a community whose first server is the owner's home, with a channel for alerts."""
    async with community(directory, options=WHEN_TOLD, **settings) as place:
        place.overrides.setdefault("home_server", str(place.server.id))
        place.overrides.setdefault("alert_channel", str(place.channel("room-60").id))
        yield place


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Community]:
    async with owned(tmp_path) as place:
        await place.start()
        yield place


async def alerts(place: Community) -> list[SeenMessage]:
    return [message for message in await place.operator.messages("room-60") if message.from_bot]


async def alert_that_says(place: Community, words: str) -> SeenMessage:
    async def said() -> bool:
        return any(words in message.text for message in await alerts(place))

    await place.while_time_passes(until(said, words), step=1)
    return next(message for message in await alerts(place) if words in message.text)


async def notices(place: Community, channel: str) -> list[SeenMessage]:
    return [message for message in await place.operator.messages(channel) if "outage:" in message.text]


async def owner_says(place: Community, command: str, **options: str | bool) -> str:
    answer = (await place.juno.run(f"owner {command}", dict(options))).expect_message()
    assert answer.ephemeral
    return answer.text


async def command_line(place: Community, *arguments: str) -> tuple[int, str, str]:
    """Run a verb as a program beside the running bot; return its exit code, what it said, and its complaints."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    named = {name.upper(): value for name, value in place.values().items()}
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "bot", *arguments],
        env={**kept, "PYTHONPATH": str(REPOSITORY), **named},
        cwd=place.directory,
        capture_output=True,
        text=True,
        timeout=PATIENCE * 2,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


async def test_the_commands_are_at_home_alone_and_answer_their_owner_alone(place: Community):
    everywhere = [text(command["name"]) for command in await place.operator.commands() if not command.get("guild_id")]
    (home,) = [command for command in await place.operator.commands() if command.get("guild_id")]
    assert "owner" not in everywhere
    assert (home["name"], home["guild_id"]) == ("owner", str(place.server.id))
    assert {text(option["name"]) for option in home["options"]} == VERBS
    assert "owner status" not in await place.juno.in_channel("strand").commands()
    assert "owner status" not in await place.theo.commands()
    assert "Nothing needs you." in await owner_says(place, "status")


async def test_managing_the_server_is_not_owning_the_bot(tmp_path: Path):
    async with owned(tmp_path) as place:
        # Juno owns the server, and so sees the commands; the application is somebody else's.
        place.discord.world.application.owner_id = place.person_id(place.mira)
        await place.start()
        assert await owner_says(place, "status") == "Only whoever owns this bot can use this command."
        assert place.books.jobs() == []


async def test_the_commands_are_told_once_and_move_with_the_home(tmp_path: Path):
    async with owned(tmp_path) as place:
        await place.start()
        written = (await place.operator.state()).command_writes
        await place.restart()
        assert (await place.operator.state()).command_writes == written
        elsewhere = list(place.discord.world.guilds)[1]
        place.overrides["home_server"] = str(elsewhere)
        await place.restart()
        homes = {command["guild_id"] for command in await place.operator.commands() if command.get("guild_id")}
        assert homes == {str(elsewhere)}
        del place.overrides["home_server"]
        await place.restart()
        assert not [command for command in await place.operator.commands() if command.get("guild_id")]


async def test_a_home_that_the_bot_is_not_on_keeps_it_from_nothing(tmp_path: Path):
    async with owned(tmp_path, home_server="1180000000000000001") as place:
        await place.start()
        await ask(place.mira)
        await place.tasks()


async def test_a_pause_is_seen_by_everybody_and_ends_when_the_owner_says_so(place: Community):
    assert "Submissions are paused." in await owner_says(place, "pause", reason="moving house")
    card = await ask(place.mira.in_channel("room-1"))
    card = await card_that_says(place.mira.in_channel("room-1"), card, "Whoever runs the bot has paused it.")
    assert "moving house" in card.text
    await until(_line_is(place, "Paused by its owner"), "the status line")
    assert await place.creates() == 0

    async def told() -> bool:
        return len(await notices(place, "room-1")) == 1

    await place.while_time_passes(until(told, "a notice"), step=10)
    await place.restart()
    assert "The pause began" in await owner_says(place, "status")
    await until(_line_is(place, "Paused by its owner"), "the status line of the next process")
    assert "Submissions go on" in await owner_says(place, "resume")
    task = (await place.tasks())[0]
    await place.provider.finish(task.task_id)
    await answer_to(place.mira.in_channel("room-1"), card)
    await until(_line_is(place, ""), "no status line")

    async def over() -> bool:
        return "being made again" in (await notices(place, "room-1"))[0].text

    await place.while_time_passes(until(over, "the end of the notice"), step=1)
    assert len(await notices(place, "room-1")) == 1


async def test_an_empty_account_is_told_once_over_restarts_and_taken_back_once(place: Community):
    await place.provider.set_balance(0)
    card = await ask(place.mira.in_channel("room-2"))
    await alert_that_says(place, "The credit is used up")
    await until(_line_is(place, "Paused: out of credit"), "the status line")
    await place.restart()
    await place.while_time_passes(asyncio.sleep(0.5), step=20)
    assert len([message for message in await alerts(place) if "credit_gone" in message.text]) == 1
    refused = (await place.theo.in_channel("room-2").run("video", {"prompt": KITE})).expect_message()
    assert refused.ephemeral
    assert "too little credit" in refused.text
    await place.provider.set_balance(50)

    async def bought() -> bool:
        return len(await place.provider.tasks()) == 1

    await place.while_time_passes(until(bought, "the waiting clip to be bought"), step=10)
    over = await alert_that_says(place, "~~The credit is used up~~")
    assert "It ended" in over.text
    assert len([message for message in await alerts(place) if "credit_gone" in message.text]) == 1
    await until(_line_is(place, ""), "no status line")
    await card_that_says(place.mira.in_channel("room-2"), card, "Generating")


async def test_a_lost_purchase_is_resolved_by_its_owner(tmp_path: Path):
    async with owned(tmp_path, public_url="") as place:
        await place.start()
        await place.provider.play(Scenario.CREATED_DROPPED, Scenario.HISTORY_MISSING, Scenario.STUCK)
        card = await ask(place.mira.in_channel("room-3"))
        await card_that_says(place.mira.in_channel("room-3"), card, "finding out")
        job = await place.job_of(card)
        unknown = await owner_says(place, "resolve", job=job.id, task_id="00000000-0000-0000-0000-000000000000")
        assert "PiAPI knows no task" in unknown
        assert "Say either" in await owner_says(place, "resolve", job=job.id)
        (task,) = await place.tasks()
        assert "made the task" in await owner_says(place, "resolve", job=job.id, task_id=task.task_id)
        await place.provider.finish(task.task_id)
        await place.while_time_passes(answer_to(place.mira.in_channel("room-3"), card))
        assert await place.creates() == 1


async def test_the_command_line_does_the_same(place: Community):
    code, said, _ = await command_line(place, "status")
    assert said.splitlines()[-1].split() == ["needs", "you", "nothing"]
    assert code in {ExitCode.OK, ExitCode.ATTENTION}
    code, said, _ = await command_line(place, "balance")
    assert (code, said.startswith("The account at PiAPI has $")) == (ExitCode.OK, True)
    code, said, _ = await command_line(place, "pause", "--reason", "moving")
    assert (code, said.startswith("Submissions are paused:")) == (ExitCode.OK, True)
    code, said, _ = await command_line(place, "status")
    assert code == ExitCode.ATTENTION
    assert "you paused them (moving)" in said
    assert (await command_line(place, "resume"))[:2] == (ExitCode.OK, "Submissions go on.\n")
    code, _, complaint = await command_line(place, "redeliver", "zzzzzz")
    assert (code, complaint) == (
        ExitCode.ATTENTION,
        "egret: There is no clip with the number `#zzzzzz`. Copy it from its card or from an alert.\n",
    )
    assert (await command_line(place, "resolve", "zzzzzz"))[0] == ExitCode.SETTINGS
    assert (await command_line(place, "resolve", "zzzzzz", "--abandon"))[0] == ExitCode.ATTENTION
    code, said, _ = await command_line(place, "sync")
    assert code == ExitCode.OK
    assert said.startswith("Discord was told of ")
    await place.stop()
    code, _, complaint = await command_line(place, "status")
    assert (code, complaint) == (ExitCode.UNREACHABLE, "egret: no bot runs on this DATA_DIR\n")


async def test_what_the_owner_does_is_remembered(place: Community):
    await owner_says(place, "pause", reason="moving house")
    await command_line(place, "resume")
    assert [(row.guild_id, row.actor_id, row.action, row.detail) for row in place.books.audit()] == [
        (None, place.person_id(place.juno), "pause", "moving house"),
        (None, 0, "resume", ""),
    ]


def _line_is(place: Community, words: str):
    async def shown() -> bool:
        return (await place.operator.state()).status_line == words

    return shown
