"""/block, /unblock, /blocks and /audit, and what a block does wherever a clip can be begun."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.clock import DAY, HOUR
from bot.community.ports import AuditLine
from bot.community.record import Block
from bot.ui.custom_ids import Verb, custom_id
from bot.ui.message import Button, Choice, ChoiceList, Message
from sandbox.discord.permissions import Permission
from sandbox.discord.state import Role
from sandbox.person import Person
from tests.integration.cogs.cove import Cove
from tests.integration.cogs.test_result_buttons import labels, post, reposts, result
from tests.integration.cogs.test_spending import reply_answered, result_of

BLOCKED = "has blocked you from making clips here"
NOT_YOURS = "Only those who moderate this server"
NO_MANAGER = "Manage Server"


@pytest.fixture
async def house(offline: Cove) -> AsyncIterator[Cove]:
    """A server that is set up, where theo may time people out and juno manages everything."""
    await offline.store.set_up(offline.guild.id, [], at=offline.world.clock.now())
    give(offline, offline.theo, Permission.MODERATE_MEMBERS)
    offline.use_house()
    async with offline.online(offline.client):
        yield offline


def give(cove: Cove, person: Person, permission: Permission) -> None:
    role = Role(cove.discord.world.new_id(), f"{person.name} may", int(permission), 3)
    cove.guild.roles[role.id] = role
    cove.guild.members[cove.person_id(person)].roles.append(role.id)


async def told(person: Person, command: str, /, **options: str) -> str:
    answer = (await person.run(command, **options)).expect_message()
    assert answer.ephemeral
    return answer.text


async def audited(cove: Cove) -> list[tuple[str, str]]:
    return [(line.action, line.subject) for line in await cove.store.audited(cove.guild.id, 50)]


async def settled(cove: Cove) -> None:
    await asyncio.wait_for(cove.client.commands_finished(), 5)


async def test_somebody_who_is_blocked_can_make_nothing_until_it_ends(house: Cove) -> None:
    answer = await told(house.theo, "block", person="mira", until="hour", reason="too many storks")

    refused = await told(house.mira, "video", prompt="a red kite")
    house.world.clock.advance(HOUR)
    await house.mira.run("video", prompt="a red kite")

    assert "no more clips" in answer
    assert "ordered already is still made" in answer
    assert BLOCKED in refused
    assert "too many storks" in refused
    assert "nothing" in refused.lower()
    assert len(await house.running(house.mira)) == 1
    assert ("block", str(house.person_id(house.mira))) in await audited(house)


async def test_a_block_without_an_end_stays_over_a_restart_until_it_is_taken_back(offline: Cove) -> None:
    await offline.store.set_up(offline.guild.id, [], at=offline.world.clock.now())
    offline.use_house()
    async with offline.online(offline.client):
        await told(offline.juno, "block", person="mira")
    offline.world.clock.advance(400 * DAY)
    offline.use_house()

    async with offline.online(offline.client):
        refused = await told(offline.mira, "video", prompt="a red kite")
        answer = await told(offline.juno, "unblock", person="mira")
        again = await told(offline.juno, "unblock", person="mira")
        await offline.mira.run("video", prompt="a red kite")

        assert BLOCKED in refused
        assert "can make clips again" in answer
        assert "was not blocked" in again
        assert len(await offline.running(offline.mira)) == 1
        assert [action for action, _ in await audited(offline)].count("unblock") == 1


async def test_a_block_holds_for_buttons_replies_forms_and_reposts(house: Cove) -> None:
    clip = await house.finished_clip(house.mira)
    shown = await result_of(house, clip)
    offer = (await house.mira.click(shown, "Re-roll")).expect_message()
    more = (await house.mira.click(shown, "More")).expect_message()
    before = await reposts(house, clip)
    await told(house.theo, "block", person="mira", until="day")

    answers = [
        (await house.mira.click(shown, "Re-roll")).expect_message().text,
        (await house.mira.click(shown, "Extend")).expect_message().text,
        (await house.mira.click(more, "Repost")).expect_message().text,
        (await house.mira.run("video")).expect_message().text,
        (await reply_answered(house, house.mira, shown, "extend a storm")).text,
    ]
    await house.mira.click(offer, "Run")
    await settled(house)
    answers.append((await house.mira.messages())[-1].text)

    assert [BLOCKED in answer for answer in answers] == [True] * len(answers)
    assert await house.running(house.mira) == []
    assert await reposts(house, clip) == before


async def test_somebody_who_is_blocked_is_offered_no_clips_while_typing(house: Cove) -> None:
    clip = await house.finished_clip(house.mira)
    before = await house.mira.autocomplete("extend", "video", "")
    await told(house.theo, "block", person="mira")

    after = await house.mira.autocomplete("extend", "video", "")

    assert clip.id in str(before)
    assert after == []


async def test_what_was_ordered_before_the_block_is_made(house: Cove) -> None:
    await house.mira.run("video", prompt="a red kite")
    job = await house.only_job(house.mira)
    await told(house.theo, "block", person="mira")

    done = await house.finish(job)

    assert done.state == "succeeded"


@pytest.mark.parametrize(
    ("person", "words"), [("theo", "cannot block yourself"), ("egret", "is a bot"), ("juno", "manages this server")]
)
async def test_some_cannot_be_blocked(house: Cove, person: str, words: str) -> None:
    assert words in await told(house.theo, "block", person=person)
    assert await audited(house) == []


async def test_the_right_is_asked_for_again_whatever_the_server_shows(house: Cove) -> None:
    blocks = await post(house, Button(custom_id(Verb.BLOCKS, "0"), "Older", "▶️"))
    audit = await post(house, Button(custom_id(Verb.AUDIT, "0"), "Older", "▶️"))
    picked = ChoiceList(
        custom_id=custom_id(Verb.UNBLOCK, "0"), placeholder="Who", choices=(Choice(value="1", label="1"),)
    )
    sent = await house.client.get_partial_messageable(house.channel_id()).send(
        **Message(content="look", lists=(picked,)).send()
    )
    unblock = await house.juno.message(sent.id)

    assert NOT_YOURS in (await house.mira.click(blocks, "Older")).expect_message().text
    assert NOT_YOURS in (await house.mira.choose(unblock, "Who", "1")).expect_message().text
    assert NO_MANAGER in (await house.theo.click(audit, "Older")).expect_message().text


async def test_the_list_says_who_until_when_and_why_and_lets_one_in_again(house: Cove) -> None:
    await told(house.theo, "block", person="mira", until="week", reason="storks")

    shown = (await house.theo.run("blocks")).expect_message()
    mira = house.person_id(house.mira)
    await house.theo.choose(shown, "Let somebody in again", str(mira))
    await settled(house)

    assert shown.ephemeral
    assert "1 person is blocked" in shown.text
    assert f"<@{mira}>" in shown.text
    assert "storks" in shown.text
    assert (await house.theo.message(shown)).text == "Nobody is blocked on this server."
    assert [action for action, _ in await audited(house)] == ["unblock", "block"]


async def test_a_long_list_of_blocks_is_turned_page_by_page(house: Cove) -> None:
    for number in range(12):
        await house.store.block(house.guild.id, _block(house, 9_000 + number), [])

    first = (await house.theo.run("blocks")).expect_message()
    await house.theo.click(first, "Older")
    await settled(house)
    second = await house.theo.message(first)

    assert "12 people" in first.text
    assert "`9011`" in first.text
    assert "`9000`" not in first.text
    assert "`9000`" in second.text
    assert "Newer" in labels(second)


async def test_the_audit_log_tells_who_did_and_ordered_what_where_and_at_what_cost(house: Cove) -> None:
    job = await house.finished_clip(house.mira)
    await told(house.theo, "block", person="mira", until="day", reason="storks")
    await house.juno.click(await result(house, job), "More")
    await settled(house)

    text = await told(house.juno, "audit")

    head, *lines = text.splitlines()
    assert "newest first" in head
    assert f"blocked <@{house.person_id(house.mira)}>" in lines[0]
    assert "storks" in lines[0]
    assert f"<@{house.person_id(house.mira)}>" in lines[1]
    assert f"ordered `#{job.id}`" in lines[1]
    assert f"<#{job.place.channel_id}>" in lines[1]
    assert "$" in lines[1]


async def test_the_audit_log_is_turned_page_by_page(house: Cove) -> None:
    for number in range(15):
        await house.store.audit([_line(house, f"line-{number:02}")])

    first = (await house.juno.run("audit")).expect_message()
    await house.juno.click(first, "Older")
    await settled(house)
    second = await house.juno.message(first)

    assert "line-14" in first.text
    assert "line-02" not in first.text
    assert "line-02" in second.text
    assert labels(second) == ["Newer"]


async def test_deleting_somebodys_clip_stands_in_the_audit_log_and_ones_own_does_not(house: Cove) -> None:
    for person in (house.mira, house.juno):
        clip = await house.finished_clip(person)
        shown = await post(house, Button(custom_id(Verb.REMOVE, clip.id), "Delete", "🗑️"))
        await house.juno.click(shown, "Delete")
        await settled(house)

    assert [action for action, _ in await audited(house)] == ["delete"]


def _block(cove: Cove, person_id: int) -> Block:
    cove.world.clock.advance(1)
    return Block(person_id=person_id, until=None, reason="", blocked_by=1, created_at=cove.world.clock.now())


def _line(cove: Cove, action: str) -> AuditLine:
    return AuditLine(guild_id=cove.guild.id, at=cove.world.clock.now(), actor_id=1, action=action, subject="")
