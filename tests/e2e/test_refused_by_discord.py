"""What Discord refuses for good ends the process with a sentence; what it takes back in time does not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.e2e.community import PATIENCE, community


@pytest.mark.parametrize(
    ("code", "exit_code", "sentence"),
    [
        (4004, 77, "egret: DISCORD_TOKEN is refused by Discord: it has been reset since the start."),
        (4010, 70, "egret: Discord refuses the connection as a wrong shard (4010)"),
        (4014, 77, "egret: MESSAGE_CONTENT is on, but the Message Content Intent is off"),
    ],
)
async def test_a_close_code_that_forbids_to_come_back_ends_the_process(
    tmp_path: Path, code: int, exit_code: int, sentence: str
) -> None:
    async with community(tmp_path) as place:
        bot = place.process()
        await place.run(bot)

        await place.operator.trouble_gateway("close", code=code)
        async with asyncio.timeout(PATIENCE):
            ended = await bot.ended()

        assert ended == exit_code
        assert bot.tail(1).startswith(sentence)
        assert place.discord.token not in bot.tail(1000)
        assert (await place.operator.state()).sessions == 0
