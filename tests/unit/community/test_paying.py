"""Which server pays for a person: found among many, remembered, and never guessed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from bot.clock import MINUTE
from bot.community.paying import MOST_ASKED, NoServerPays, PayerLeft, PayingServer, PayingServers, WhichServerPays
from bot.errors import Refusal, Refused
from bot.jobs.house import DirectNotAllowed, HouseRules, MembershipUnknown, NotAMember
from bot.jobs.requests import Origin, ServerNotEnabled

MIRA = 7


class Memory:
    """Keeps preferences, as the database does."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, int], dict[str, str]] = {}

    async def preferences(self, person_id: int, guild_id: int) -> Mapping[str, str]:
        return self.kept.get((person_id, guild_id), {})

    async def set_preferences(self, person_id: int, guild_id: int, values: Mapping[str, str | None]) -> None:
        row = self.kept.setdefault((person_id, guild_id), {})
        row.update({name: value for name, value in values.items() if value is not None})


class Town:
    """Servers, and where Mira stands on each: None where she may spend."""

    def __init__(self, number: int) -> None:
        self.there = [PayingServer(guild_id, f"Server {guild_id:03}") for guild_id in range(1, number + 1)]
        self.standings: dict[int, Refusal | None] = {}
        self.asked: list[int] = []
        self.at_once = self.most_at_once = 0

    def servers(self) -> list[PayingServer]:
        return self.there

    async def standing(self, origin: Origin) -> tuple[HouseRules, Refusal | None]:
        guild_id = origin.place.guild_id or 0
        assert origin.place.is_direct
        assert origin.member is None
        self.asked.append(guild_id)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        found = self.standings.get(guild_id, NotAMember())
        if isinstance(found, NotAMember | MembershipUnknown):
            raise Refused(found)
        return HouseRules(), found


class Clock:
    def __init__(self) -> None:
        self.at = 0

    def now(self) -> int:
        return self.at


def paying(town: Town, *, enabled: frozenset[int] | None = None, clock: Clock | None = None) -> PayingServers:
    return PayingServers(Memory(), town, town, enabled, clock or Clock())  # type: ignore[arg-type]


async def refusal_of(doing) -> Refusal:
    with pytest.raises(Refused) as refused:
        await doing
    return refused.value.refusal


async def test_the_only_one_of_theirs_pays_and_is_asked_of_once_a_minute() -> None:
    town, clock = Town(5), Clock()
    town.standings[3] = None
    servers = paying(town, clock=clock)

    assert (await servers.of(MIRA)).id == 3
    assert (await servers.of(MIRA)).id == 3
    assert sorted(town.asked) == [1, 2, 3, 4, 5]
    town.standings[4] = None
    clock.at += MINUTE

    assert isinstance(await refusal_of(servers.of(MIRA)), WhichServerPays)


async def test_a_server_that_may_not_spend_is_neither_asked_nor_offered() -> None:
    town = Town(4)
    town.standings.update({2: None, 3: None})
    servers = paying(town, enabled=frozenset({1, 2}))

    assert (await servers.of(MIRA)).id == 2
    assert 3 not in town.asked
    assert await refusal_of(servers.choose(MIRA, 3)) == ServerNotEnabled(guild_id=3)


async def test_where_one_server_does_not_answer_nothing_is_guessed_from_the_others() -> None:
    town = Town(3)
    town.standings.update({1: None, 2: MembershipUnknown()})

    assert await refusal_of(paying(town).of(MIRA)) == MembershipUnknown()


async def test_a_server_that_turns_them_away_is_offered_only_where_no_other_is() -> None:
    town = Town(3)
    town.standings.update({1: DirectNotAllowed(), 2: None})
    assert (await paying(town).of(MIRA)).id == 2

    town.standings[2] = NotAMember()
    assert (await paying(town).of(MIRA)).id == 1


async def test_who_is_on_none_is_told_so() -> None:
    assert await refusal_of(paying(Town(2)).of(MIRA)) == NoServerPays()


async def test_a_bot_on_many_servers_asks_some_a_few_at_a_time_and_lets_the_person_decide() -> None:
    town = Town(200)
    town.standings.update({5: None, 150: None})
    servers = paying(town)

    several = await refusal_of(servers.of(MIRA))
    assert isinstance(several, WhichServerPays)
    assert [server.id for server in several.servers] == [5], "the person may be on others that were not asked"
    assert len(town.asked) == MOST_ASKED
    assert town.most_at_once <= 10

    await servers.choose(MIRA, 150)
    assert (await servers.of(MIRA)).id == 150


async def test_a_choice_holds_until_they_leave_and_then_no_other_pays() -> None:
    town, clock = Town(2), Clock()
    town.standings.update({1: None, 2: None})
    servers = paying(town, clock=clock)
    await servers.choose(MIRA, 2)
    assert (await servers.of(MIRA)).id == 2

    town.standings[2] = NotAMember()
    clock.at += MINUTE

    assert await refusal_of(servers.of(MIRA)) == PayerLeft(server="Server 002")


async def test_nobody_chooses_a_server_that_they_are_not_on() -> None:
    town = Town(2)
    servers = paying(town)

    assert await refusal_of(servers.choose(MIRA, 2)) == NotAMember()
    assert await servers.chosen(MIRA) is None


async def test_a_choice_of_a_server_that_the_bot_left_is_no_choice() -> None:
    town = Town(2)
    town.standings.update({1: None, 2: None})
    servers = paying(town)
    await servers.choose(MIRA, 2)

    del town.there[1]

    assert await servers.chosen(MIRA) is None
