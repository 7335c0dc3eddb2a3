"""/privacy in a channel: for the person alone, by commands and buttons, and by nobody's forged ones."""

from __future__ import annotations

import json

import pytest

from bot.delivery.deleting import DiscordMessages
from bot.jobs.model import MessageRef
from bot.jobs.ports import TryLater
from tests.integration.cogs.cove import Cove


async def test_the_buttons_do_what_the_commands_do(cove: Cove) -> None:
    await cove.finished_clip(cove.mira)
    about = (await cove.mira.run("privacy show")).expect_message()
    assert about.ephemeral
    assert "1 clip" in about.text

    export = (await cove.mira.click(about, "Export")).expect_message()
    (file,) = export.attachments
    assert json.loads(await cove.mira.download(file))["clips"][0]["options"]["prompt"] == "a red kite"
    assert export.id != about.id

    question = (await cove.mira.click(about, "Delete")).expect_message()
    assert "Delete what is stored about you?" in question.text
    picked = (await cove.mira.choose(question, "Messages", "messages")).expect_message()
    assert (picked.id, "they go, too" in picked.text) == (question.id, True)
    back = (await cove.mira.choose(picked, "Messages", "data")).expect_message()
    assert "stay in their channels" in back.text
    assert await cove.store.erasure(cove.person_id(cove.mira)) is None


async def test_nobody_sees_anothers_record(cove: Cove) -> None:
    await cove.finished_clip(cove.mira)
    assert "0 clips" in (await cove.theo.run("privacy show")).expect_message().text
    export = (await cove.theo.run("privacy export")).expect_message()
    (file,) = export.attachments
    assert json.loads(await cove.theo.download(file))["clips"] == []


async def test_messages_of_ours_are_deleted_and_those_that_are_gone_count(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira)
    client = cove.client
    assert job.card is not None
    with pytest.raises(TryLater, match="not logged in"):
        await DiscordMessages(cove.new_client()).delete(job.card)
    await client.wait_until_ready()
    messages = DiscordMessages(client)
    assert await messages.delete(job.card) is True
    assert await messages.delete(job.card) is True
    assert await messages.delete(MessageRef(1, 2)) is True
    assert job.card.message_id not in {message.id for message in await cove.mira.messages()}
    theirs = await cove.theo.send("not yours to delete")
    assert await messages.delete(MessageRef(theirs.channel_id, theirs.id)) is False
