"""Commands as Discord still shows them to people, after the bot has others."""

from __future__ import annotations

from typing import Any

import pytest

from bot.ui.wording import commands_changed
from sandbox.discord.bodies.commands import COMMAND
from tests.integration.cogs.cove import Cove


def still_shown(cove: Cove, command: dict[str, Any]) -> None:
    """Let Discord show a command that the bot does not have, or not like that."""
    cove.discord.commands.upsert(None, COMMAND.validate_python(command))


@pytest.mark.parametrize(
    "command",
    [
        {"name": "dream", "description": "What there was before"},
        {"name": "block", "description": "Before it asked whom"},
    ],
    ids=["gone", "with other options"],
)
async def test_a_command_that_the_bot_does_not_have_like_that_is_answered_in_words(
    cove: Cove, command: dict[str, Any]
) -> None:
    still_shown(cove, command)

    answer = (await cove.juno.run(command["name"])).expect_message()

    assert answer.ephemeral
    assert answer.content == commands_changed().content
    assert await cove.nothing_stored()
