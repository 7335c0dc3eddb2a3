"""Where commands are given: what the bot needs there, and that it works in threads and beside voice channels."""

from __future__ import annotations

import pytest

from sandbox.discord.permissions import Permission
from tests.integration.cogs.cove import Cove, picture

NEEDED = {
    Permission.VIEW_CHANNEL: "View Channel",
    Permission.SEND_MESSAGES: "Send Messages",
    Permission.EMBED_LINKS: "Embed Links",
    Permission.ATTACH_FILES: "Attach Files",
    Permission.READ_MESSAGE_HISTORY: "Read Message History",
}
COMMANDS = {
    "video": {"prompt": "a red kite"},
    "extend": {"video": "k3f9x2"},
    "lipsync": {"video": "k3f9x2", "say": "hello"},
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("missing", NEEDED, ids=NEEDED.values())
async def test_a_missing_permission_is_named_in_private_before_anything_is_stored(
    cove: Cove, command: str, missing: Permission
) -> None:
    channel = cove.discord.operations.channel("general")
    cove.discord.operations.set_overwrite(channel, "bot", 0, int(missing))

    outcome = await cove.mira.run(command, dict(COMMANDS[command]))

    assert outcome.expect_message().ephemeral
    assert f"**{NEEDED[missing]}**" in outcome.expect_message().text
    assert await cove.nothing_stored()


async def test_permissions_come_before_the_files(cove: Cove) -> None:
    channel = cove.discord.operations.channel("general")
    cove.discord.operations.set_overwrite(channel, "bot", 0, int(Permission.ATTACH_FILES))

    outcome = await cove.mira.run("video", prompt="a red kite", image=picture(100, 100))

    assert "**Attach Files**" in outcome.expect_message().text


async def test_a_thread_gets_its_card_in_the_thread(cove: Cove) -> None:
    message = await cove.mira.send("a thread about kites")
    thread = await cove.mira.start_thread(message, "kites")

    outcome = await thread.run("video", prompt="a red kite")

    job = await cove.only_job(cove.mira)
    assert str(job.place.channel_id) == thread.channel
    assert job.card is not None
    assert (str(job.card.channel_id), job.card.message_id) == (thread.channel, outcome.expect_message().id)


async def test_in_a_thread_it_is_threads_that_the_bot_must_be_allowed_to_send_in(cove: Cove) -> None:
    message = await cove.mira.send("a thread about kites")
    thread = await cove.mira.start_thread(message, "kites")
    channel = cove.discord.operations.channel("general")
    cove.discord.operations.set_overwrite(channel, "bot", 0, int(Permission.SEND_MESSAGES_IN_THREADS))

    in_thread = await thread.run("video", prompt="a red kite")
    outside = await cove.mira.run("video", prompt="a red kite")

    assert "**Send Messages in Threads**" in in_thread.expect_message().text
    assert not outside.expect_message().ephemeral


async def test_the_chat_beside_a_voice_channel_works_like_any_other(cove: Cove) -> None:
    outcome = await cove.mira.in_channel("lounge").run("video", prompt="a red kite")

    job = await cove.only_job(cove.mira)
    assert not outcome.expect_message().ephemeral
    assert job.place.channel_id == cove.channel_id("lounge")


async def test_direct_messages_offer_only_what_is_done_with_a_message(cove: Cove) -> None:
    on_messages = ["Extend this video", "Lip-sync this video", "Use as source", "Video details"]

    assert sorted(await cove.mira.in_channel("dm").commands()) == on_messages
    assert {*on_messages, "clips", "defaults", "extend", "lipsync", "video"} <= set(await cove.mira.commands())
