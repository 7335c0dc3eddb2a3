"""A person gives a command and gets a clip, with everything real in between."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.community import community


async def test_a_command_becomes_a_clip_in_the_channel(tmp_path: Path):
    async with community(tmp_path) as place:
        await place.start()
        outcome = await place.member.run("video", prompt="a red kite over the sea")
        card = outcome.message
        result = await place.member.wait_for(lambda message: bool(message.attachments))
        print(card.line(), result.line(), sep="\n")
        assert result.reference_id == card.id
        assert (await place.provider.summary()).tasks_created == 1
