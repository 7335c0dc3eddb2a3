"""Discord is told of the commands when anything that it keeps of them has changed, and at no other start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from bot.clock import SystemClock
from bot.ui.translator import DESCRIPTION
from cogs import command_sync
from sandbox.discord.faults import Fault
from tests.integration.cogs.cove import Cove


async def writes_after_a_start(cove: Cove) -> int:
    async with cove.online(cove.new_client()):
        return cove.discord.commands.writes


async def test_a_start_without_a_change_tells_discord_nothing(offline: Cove) -> None:
    assert await writes_after_a_start(offline) == 1
    assert await writes_after_a_start(offline) == 1


async def test_a_translation_that_changed_is_told(offline: Cove, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await writes_after_a_start(offline) == 1

    def worded(context: str, message: str) -> str:
        return f"{message[:90]} ({len(message)})" if context == DESCRIPTION else message

    monkeypatch.setattr("bot.ui.translator.pgettext", worded)
    assert await writes_after_a_start(offline) == 2
    setup = next(command for command in offline.discord.commands.all(None) if command["name"] == "setup")
    assert isinstance(setup["description_localizations"], dict)
    assert str(setup["description_localizations"]["de"]).endswith(")")
    assert await writes_after_a_start(offline) == 2


async def test_the_kinds_of_files_that_an_option_takes_are_told(offline: Cove, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await writes_after_a_start(offline) == 1
    monkeypatch.setattr("cogs.payload.IMAGE_FILES", ("image",))
    assert await writes_after_a_start(offline) == 2
    assert await writes_after_a_start(offline) == 2


async def test_who_may_see_a_command_is_told(offline: Cove) -> None:
    async with offline.online(offline.client):
        setup = next(command for command in offline.discord.commands.all(None) if command["name"] == "setup")
        assert setup["default_member_permissions"] == str(1 << 5)


async def test_two_processes_that_start_together_tell_discord_once(offline: Cove) -> None:
    first, second = offline.new_client(), offline.new_client()
    async with AsyncExitStack() as both:
        await asyncio.gather(*(both.enter_async_context(offline.online(one)) for one in (first, second)))
        assert offline.discord.commands.writes == 1


async def told(offline: Cove) -> None:
    """Wait until Discord is told of the commands."""
    async with asyncio.timeout(10):
        while not offline.discord.commands.writes:  # noqa: ASYNC110 - Discord tells nobody but who asks
            await asyncio.sleep(0.02)


@asynccontextmanager
async def told_in_the_end(offline: Cove, patch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """Start while another process is about to tell Discord; wait, after what is done within, until Discord is told.

    Yields:
        When that process began, UTC milliseconds.
    """
    patch.setattr(command_sync, "_LOOK_AGAIN", 20)
    now = SystemClock().now()
    assert await offline.store.claim_turn(command_sync.TURN, now, now + 60_000) is None
    async with offline.online(offline.new_client()):
        assert offline.discord.commands.writes == 0
        yield now
        await offline.store.end_turn(command_sync.TURN, now + 60_000)
        await told(offline)
    assert offline.discord.commands.writes == 1


async def test_what_another_process_is_about_to_tell_is_told_once_it_has_died_over_it(
    offline: Cove, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with told_in_the_end(offline, monkeypatch) as now:
        pass
    assert await offline.store.claim_turn(command_sync.TURN, now, now + 60_000) is None


async def test_a_connection_that_is_lost_over_it_is_no_reason_to_give_up(
    offline: Cove, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with told_in_the_end(offline, monkeypatch):
        offline.discord.faults.add(Fault(kind="reset", method="PUT", path="/applications/*/commands", times=2))
    assert offline.discord.faults.pending == []


async def test_what_discord_refuses_is_told_a_moment_later_and_keeps_nobody_offline(
    offline: Cove, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_sync, "_LOOK_AGAIN", 20)
    offline.discord.faults.add(Fault(kind="status", method="PUT", path="/applications/*/commands", status=503))

    async with offline.online(offline.client):
        await told(offline)

    assert offline.discord.faults.pending == []
    assert offline.discord.commands.writes == 1
