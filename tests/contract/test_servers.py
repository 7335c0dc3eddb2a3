"""What is known of the servers that the bot is in or was in."""

from __future__ import annotations

import asyncio

from bot.community.ports import AuditLine
from bot.community.record import Level, RuleKey
from bot.community.servers import ServerRecord
from storage.store import Store
from tests.contract.samples import NOW, PERSON

COVE, STRAND = 71, 72
GENERAL, CLIPS = 701, 702
MINUTE = 60_000


async def known(store: Store, guild_id: int = COVE) -> ServerRecord:
    (record,) = [record for record in await store.servers() if record.guild_id == guild_id]
    return record


async def test_a_server_is_known_from_when_the_bot_was_first_seen_there(store: Store):
    assert await store.servers() == []
    await store.server_joined(COVE, NOW)
    await store.server_joined(COVE, NOW + MINUTE)
    assert await known(store) == ServerRecord(guild_id=COVE, joined_at=NOW)


async def test_a_server_whose_settings_came_first_is_joined_like_any_other(store: Store):
    await store.change_rules(COVE, {RuleKey(Level.SERVER, COVE, "running"): "2"}, [], by=PERSON, at=NOW)
    assert (await known(store)).joined_at is None
    await store.server_joined(COVE, NOW + MINUTE)
    assert (await known(store)).joined_at == NOW + MINUTE


async def test_leaving_is_noted_once_and_only_of_servers_that_are_known(store: Store):
    await store.server_joined(COVE, NOW)
    assert await store.server_left(COVE, NOW + 1)
    assert not await store.server_left(COVE, NOW + 2)
    assert not await store.server_left(STRAND, NOW + 2)
    assert (await known(store)).left_at == NOW + 1


async def test_a_server_that_takes_the_bot_back_is_as_it_was_before(store: Store):
    await store.server_joined(COVE, NOW)
    line = AuditLine(guild_id=COVE, at=NOW, actor_id=PERSON, action="set_up", subject="")
    assert await store.set_up(COVE, [line], at=NOW)
    await store.change_rules(COVE, {RuleKey(Level.SERVER, COVE, "running"): "2"}, [], by=PERSON, at=NOW)
    await store.server_left(COVE, NOW + 1)
    await store.server_joined(COVE, NOW + MINUTE)
    assert await known(store) == ServerRecord(guild_id=COVE, joined_at=NOW, set_up_at=NOW)
    assert (await store.house(COVE)).rules == {RuleKey(Level.SERVER, COVE, "running"): "2"}


async def test_servers_are_left_in_the_order_in_which_they_were_left(store: Store):
    for guild_id, left_at in ((COVE, NOW + 5), (STRAND, NOW + 3), (73, NOW + 9)):
        await store.server_joined(guild_id, NOW)
        await store.server_left(guild_id, left_at)
    await store.server_joined(74, NOW)
    assert list(await store.servers_left(NOW + 9, 10)) == [STRAND, COVE]
    assert list(await store.servers_left(NOW + 9, 1)) == [STRAND]


async def test_of_two_who_would_welcome_a_server_one_does(store: Store):
    await store.server_joined(COVE, NOW)
    begun = await asyncio.gather(
        *(store.begin_welcome(COVE, channel, at=NOW, stale=NOW - MINUTE) for channel in (GENERAL, CLIPS))
    )
    assert sorted(begun) == [False, True]
    record = await known(store)
    assert record.welcome_channel_id == (GENERAL if begun[0] else CLIPS)
    assert record.welcome_tried_at == NOW


async def test_an_attempt_to_welcome_that_is_stale_may_be_made_again(store: Store):
    await store.server_joined(COVE, NOW)
    assert await store.begin_welcome(COVE, GENERAL, at=NOW, stale=NOW - MINUTE)
    assert not await store.begin_welcome(COVE, CLIPS, at=NOW + MINUTE, stale=NOW)
    assert await store.begin_welcome(COVE, CLIPS, at=NOW + 2 * MINUTE, stale=NOW + 1)
    assert (await known(store)).welcome_channel_id == CLIPS


async def test_an_attempt_that_certainly_posted_nothing_is_as_if_it_had_not_been(store: Store):
    await store.server_joined(COVE, NOW)
    await store.begin_welcome(COVE, GENERAL, at=NOW, stale=NOW - MINUTE)
    await store.drop_welcome(COVE)
    assert await known(store) == ServerRecord(guild_id=COVE, joined_at=NOW)
    assert await store.begin_welcome(COVE, CLIPS, at=NOW + 1, stale=NOW - MINUTE)


async def test_a_server_that_was_welcomed_is_never_welcomed_again(store: Store):
    await store.server_joined(COVE, NOW)
    await store.begin_welcome(COVE, GENERAL, at=NOW, stale=NOW - MINUTE)
    await store.end_welcome(COVE, NOW + 1)
    await store.end_welcome(COVE, NOW + 2)
    assert (await known(store)).welcomed_at == NOW + 1
    assert not await store.begin_welcome(COVE, GENERAL, at=NOW + 9 * MINUTE, stale=NOW + 8 * MINUTE)


async def test_of_two_managers_who_finish_setting_up_one_is_the_first(store: Store):
    lines = [AuditLine(guild_id=COVE, at=NOW, actor_id=person, action="set_up", subject="") for person in (1, 2)]
    done = await asyncio.gather(*(store.set_up(COVE, [line], at=NOW) for line in lines))
    assert sorted(done) == [False, True]
    (kept,) = await store.audited(COVE, 10)
    assert kept == lines[done.index(True)]
