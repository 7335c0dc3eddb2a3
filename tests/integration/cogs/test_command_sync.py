"""Discord is told of the commands when anything that it keeps of them has changed, and at no other start."""

from __future__ import annotations

import pytest

from bot.ui.translator import DESCRIPTION
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
