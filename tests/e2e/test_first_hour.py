"""A server's first hour with the whole bot: hello, setting up, a first clip, and then the members."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.discord import DiscordConfig, GuildConfig
from sandbox.discord.permissions import BOT_DEFAULT
from sandbox.person import Person
from sandbox.seen import SeenMessage
from tests.e2e.community import KITE, PATIENCE, Community, answer_to, ask, community, nothing_bought, until

LET_IN = "Let members make clips"
ONE_SERVER = DiscordConfig(
    guilds=(
        GuildConfig(
            name="Egret Cove",
            owner="juno",
            channels=("general", "clips"),
            system_channel="general",
            people=("juno", "mira", "theo"),
        ),
    )
)


@pytest.fixture
async def first_day(tmp_path: Path) -> AsyncIterator[Community]:
    """A server where nobody has set the bot up, and the bot not running yet."""
    async with community(tmp_path, config=ONE_SERVER, max_usd_per_server_per_month="50") as place:
        place.at_home = False
        yield place


async def hello(place: Community) -> SeenMessage:
    return await place.juno.in_channel("general").wait_for(
        lambda message: message.from_bot and any(item.label == "Set up" for item in message.clickables),
        timeout_seconds=PATIENCE,
    )


async def hellos(place: Community) -> int:
    posted = [message for name in ("general", "clips") for message in await place.operator.messages(name)]
    return sum(any(item.label == "Set up" for item in message.clickables) for message in posted)


async def pressed(person: Person, page: SeenMessage, *labels: str) -> SeenMessage:
    for label in labels:
        page = (await person.click(page, label)).expect_message()
    return page


async def test_from_the_hello_to_a_members_clip(first_day: Community):
    place = first_day
    await place.start()
    juno, mira = place.juno.in_channel("clips"), place.mira.in_channel("clips")
    greeting = await hello(place)
    assert greeting.pinged == ()
    async with nothing_bought(place):
        refused = (await mira.run("video", {"prompt": KITE})).expect_message()
    assert refused.ephemeral
    assert "`/setup`" in refused.text

    begun = (await place.juno.in_channel("general").click(greeting, "Set up")).expect_message()
    assert "1 of 5" in begun.text
    page = await pressed(juno, (await juno.run("setup")).expect_message(), *["Next"] * 5)
    form = await juno.click(page, "Make the first clip: $0.26")
    assert "On its way" in (await juno.submit(form)).expect_message().text
    page = await pressed(juno, page, LET_IN)
    assert "members can make clips now" in page.text

    card = await ask(mira)
    assert len((await answer_to(mira, card)).attachments) == 1
    await place.idle()
    assert len(await place.tasks(2)) == 2
    assert {job.requester_id for job in place.books.jobs()} == {
        place.person_id(place.juno),
        place.person_id(place.mira),
    }


async def test_a_crash_between_the_steps_loses_nothing_and_says_hello_once(first_day: Community):
    place = first_day
    await place.start()
    juno = place.juno.in_channel("clips")
    await hello(place)
    page = await pressed(juno, (await juno.run("setup")).expect_message(), "Next", "Next")
    form = await juno.click(page, "Change")
    await juno.submit(form, budget_microusd="12")

    await place.crash()
    await place.start()

    page = await pressed(juno, page, "Next", "Next", "Next", LET_IN)
    assert "$12.00" in page.text
    assert "members can make clips now" in page.text
    await place.advance(600)
    await ask(place.mira.in_channel("clips"))
    assert await hellos(place) == 1


async def test_a_server_that_removes_the_bot_and_takes_it_back_is_as_it_was(first_day: Community):
    place = first_day
    await place.start()
    juno, mira = place.juno.in_channel("clips"), place.mira.in_channel("clips")
    await hello(place)
    await pressed(juno, (await juno.run("setup")).expect_message(), *["Next"] * 5, LET_IN)

    await place.operator.set_server("Egret Cove", bot_present=False)
    await until(lambda: place.books.servers()[0].left_at is not None, "leaving to be noted")
    await place.operator.set_server("Egret Cove", bot_present=True, bot_permissions=BOT_DEFAULT)
    await until(lambda: place.books.servers()[0].left_at is None, "coming back to be noted")

    card = await ask(mira)
    assert len((await answer_to(mira, card)).attachments) == 1
    assert await hellos(place) == 1
