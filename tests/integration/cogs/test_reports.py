"""Reports of clips: to the server's mod log, each once, with what staff can do about them; else to the owner."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.clock import HOUR, MINUTE
from bot.community.record import Level, RuleKey
from bot.community.reports import ReportTeller
from bot.delivery.mod_log import ChannelModLog
from bot.jobs.model import Job
from sandbox.discord import Fault
from sandbox.discord.permissions import Permission
from sandbox.person import Person
from sandbox.seen import SeenMessage
from tests.integration.cogs.cove import Cove
from tests.integration.cogs.test_moderation_commands import BLOCKED, audited, give, settled, told
from tests.integration.cogs.test_result_buttons import labels, more_of

POST = "/channels/*/messages"
BUTTONS = ["Delete the clip", "Block its maker", "Dismiss"]


@pytest.fixture
async def house(offline: Cove) -> AsyncIterator[Cove]:
    """A server whose moderators read #clips."""
    await ready(offline)
    async with offline.online(offline.client):
        yield offline


async def ready(cove: Cove) -> None:
    await cove.store.set_up(cove.guild.id, [], at=cove.world.clock.now())
    await choose(cove, cove.channel_id("clips"))
    give(cove, cove.theo, Permission.MODERATE_MEMBERS)
    give(cove, cove.theo, Permission.MANAGE_MESSAGES)
    cove.use_house()


async def choose(cove: Cove, channel_id: int | None) -> None:
    key = RuleKey(Level.SERVER, cove.guild.id, "mod_log")
    await cove.store.change_rules(cove.guild.id, {key: None if channel_id is None else str(channel_id)}, [], by=1, at=1)


def teller(cove: Cove, **options: int) -> ReportTeller:
    log = ChannelModLog(cove.client, cove.store.deliveries, **options)
    return ReportTeller(cove.store, cove.store, log, cove.world.alerts, cove.world.clock)


async def reported(cove: Cove, person: Person, job: Job, reason: str = "it is cruel") -> None:
    form = await person.click(await more_of(cove, person, job), "Report")
    await person.submit(form, reason=reason)


async def mod_log(cove: Cove) -> list[SeenMessage]:
    messages = await cove.theo.in_channel("clips").messages()
    return [message for message in messages if message.from_bot and "reported" in message.text]


async def a_report(cove: Cove) -> tuple[Job, SeenMessage]:
    clip = await cove.finished_clip(cove.mira)
    await reported(cove, cove.juno, clip)
    await teller(cove).run_once()
    (message,) = await mod_log(cove)
    return clip, message


async def press(cove: Cove, person: Person, message: SeenMessage, button: str) -> None:
    await person.in_channel("clips").click(message, button)
    await settled(cove)


async def test_a_report_stands_in_the_mod_log_with_who_what_where_and_why(house: Cove) -> None:
    clip, message = await a_report(house)

    assert f"<@{house.person_id(house.juno)}> reported" in message.text
    assert f"`#{clip.id}`" in message.text
    assert f"made by <@{house.person_id(house.mira)}>" in message.text
    assert "it is cruel" in message.text
    assert "a red kite" in message.text
    assert f"<#{clip.place.channel_id}>" in message.text
    (delivered,) = [one.message for one in await house.store.deliveries(clip.id) if one.message is not None]
    assert f"/{delivered.channel_id}/{delivered.message_id})" in message.text
    assert labels(message) == BUTTONS
    assert message.pinged == ()
    assert house.world.alerts.words == []


async def test_each_report_is_told_once(house: Cove) -> None:
    clip, _message = await a_report(house)
    await reported(house, house.theo, clip, "me too")

    for _ in range(3):
        await teller(house).run_once()
        house.world.clock.advance(HOUR)

    texts = [message.text for message in await mod_log(house)]
    assert ["it is cruel" in text for text in texts] == [True, False]
    assert ["me too" in text for text in texts] == [False, True]


async def test_a_report_that_nobody_was_told_of_before_a_crash_is_told_after_it(offline: Cove) -> None:
    await ready(offline)
    async with offline.online(offline.client):
        await reported(offline, offline.juno, await offline.finished_clip(offline.mira))
    offline.world.start_process()

    async with offline.online(offline.new_client()):
        await teller(offline).run_once()

        assert len(await mod_log(offline)) == 1


async def test_a_report_whose_answer_was_lost_is_found_and_not_told_again(house: Cove) -> None:
    clip = await house.finished_clip(house.mira)
    await reported(house, house.juno, clip)
    house.discord.faults.add(Fault(kind="lost_hang", method="POST", path=POST))

    await teller(house, deadline=300).run_once()
    # Long enough for Discord to have forgotten the nonce.
    house.discord.clock.advance(20 * MINUTE)
    house.world.clock.advance(20 * MINUTE)
    await teller(house).run_once()
    house.world.clock.advance(HOUR)

    assert len(await mod_log(house)) == 1
    assert await teller(house).run_once() == 0
    assert house.world.alerts.words == []


@pytest.mark.parametrize(("code", "status"), [(0, 401), (50013, 403)])
async def test_a_report_that_was_posted_and_refused_when_repeated_is_found_and_not_told_again(
    house: Cove, code: int, status: int
) -> None:
    """discord.py repeats by itself what was answered 502; nobody is told that the mod log takes nothing."""
    clip = await house.finished_clip(house.mira)
    await reported(house, house.juno, clip)
    refusal = {"code": code, "message": "refused"}
    house.discord.faults.add(Fault(kind="lost_status", method="POST", path=POST, status=502))
    house.discord.faults.add(Fault(kind="status", method="POST", path=POST, status=status, body=refusal))

    await teller(house).run_once()
    house.discord.clock.advance(20 * MINUTE)
    house.world.clock.advance(20 * MINUTE)
    await teller(house).run_once()

    assert len(await mod_log(house)) == 1
    assert house.world.alerts.words == []


@pytest.mark.parametrize("trouble", ["none chosen", "deleted", "closed", "elsewhere"])
async def test_where_the_mod_log_takes_nothing_the_owner_is_told(house: Cove, trouble: str) -> None:
    clip = await house.finished_clip(house.mira)
    operations = house.discord.operations
    match trouble:
        case "none chosen":
            await choose(house, None)
        case "deleted":
            operations.delete_channel(operations.channel("clips"))
        case "closed":
            operations.set_overwrite(operations.channel("clips"), "bot", 0, int(Permission.SEND_MESSAGES))
        case _:
            await choose(house, house.channel_id("strand"))
    await reported(house, house.juno, clip)

    await teller(house).run_once()
    house.world.clock.advance(HOUR)

    assert await teller(house).run_once() == 0
    assert house.world.alerts.words == ["reported:it is cruel"]


@pytest.mark.parametrize("code", [200000, 20009, 240000])
async def test_words_that_automod_holds_back_are_left_out(house: Cove, code: int) -> None:
    clip = await house.finished_clip(house.mira)
    await reported(house, house.juno, clip)
    refusal = {"code": code, "message": "Message was blocked"}
    house.discord.faults.add(Fault(kind="status", method="POST", path=POST, status=400, body=refusal))

    await teller(house).run_once()

    (message,) = await mod_log(house)
    assert "it is cruel" not in message.text
    assert "a red kite" not in message.text
    assert labels(message) == BUTTONS


async def test_staff_deletes_the_clip_from_there_with_its_messages(offline: Cove) -> None:
    await ready(offline)
    async with offline.online(offline.client):
        clip, message = await a_report(offline)
    offline.world.start_process()

    async with offline.online(offline.new_client()):
        await press(offline, offline.theo, message, "Delete the clip")

        gone = await offline.store.job(clip.id)
        assert gone is not None
        assert gone.removed_at is not None
        after = await offline.theo.in_channel("clips").message(message)
        assert f"<@{offline.person_id(offline.theo)}> deleted the clip." in after.text
        assert labels(after) == ["Block its maker"]
        assert await audited(offline) == [("delete", clip.id)]


async def test_staff_blocks_its_maker_from_there_for_as_long_as_is_picked(house: Cove) -> None:
    _clip, message = await a_report(house)

    question = (await house.theo.in_channel("clips").click(message, "Block its maker")).expect_message()
    await house.theo.in_channel("clips").choose(question, "For how long?", "week")
    await settled(house)

    assert question.ephemeral
    assert BLOCKED in await told(house.mira, "video", prompt="a red kite")
    after = await house.theo.in_channel("clips").message(message)
    assert f"blocked <@{house.person_id(house.mira)}>" in after.text
    assert labels(after) == ["Delete the clip", "Dismiss"]
    assert [action for action, _ in await audited(house)] == ["block"]


async def test_staff_dismisses_a_report_and_the_clip_stays(house: Cove) -> None:
    clip, message = await a_report(house)

    await press(house, house.theo, message, "Dismiss")

    after = await house.theo.in_channel("clips").message(message)
    assert "dismissed this report" in after.text
    assert labels(after) == []
    kept = await house.store.job(clip.id)
    assert kept is not None
    assert kept.removed_at is None
    assert await audited(house) == [("dismiss", clip.id)]


@pytest.mark.parametrize("button", BUTTONS)
async def test_members_who_see_the_mod_log_can_do_nothing_there(house: Cove, button: str) -> None:
    clip, message = await a_report(house)

    answer = (await house.mira.in_channel("clips").click(message, button)).expect_message()

    assert answer.ephemeral
    assert "Only those who moderate this server" in answer.text
    assert (await house.theo.in_channel("clips").message(message)).text == message.text
    kept = await house.store.job(clip.id)
    assert kept is not None
    assert kept.removed_at is None
    assert await audited(house) == []


async def test_two_moderators_at_once_delete_once(house: Cove) -> None:
    clip, message = await a_report(house)

    await asyncio.gather(
        press(house, house.theo, message, "Delete the clip"), press(house, house.juno, message, "Delete the clip")
    )

    assert await audited(house) == [("delete", clip.id)]
