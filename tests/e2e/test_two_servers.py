"""One person on two servers: what they took, may do, made and chose on one is nothing to the other."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.community import settings as s
from bot.community.effective import OperatorLimits, Scope
from bot.community.housekeeping import Chosen, Housekeeping
from bot.community.record import Block, Level
from bot.jobs.limits import Allowance, person_day_counter
from sandbox.seen import SeenMessage
from storage.store import Store
from tests.e2e.community import KITE, TWO_SERVERS, Community, answer_to, ask, community, nothing_bought
from tests.integration.cogs.cove import picture

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Community]:
    directory = tmp_path_factory.mktemp("two")
    async with community(directory, config=TWO_SERVERS, servers="all", max_jobs_per_person_per_day="50") as place:
        guilds = {guild.name: guild.id for guild in place.discord.world.guilds.values()}
        place.overrides["home_server"] = str(guilds["Elsewhere"])
        await place.start()
        yield place


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def no_rules_are_left(place: Community) -> AsyncIterator[None]:
    yield
    for guild_id in (cove(place), elsewhere(place)):
        for setting in (s.PRO, s.CLIPS_PER_DAY, s.ALLOWED_CHANNELS, s.MODEL):
            await rule(place, guild_id, setting, None)
        await housekeeping(place).drop_words(guild_id, "kite", by=1)
        await store(place).unblock(guild_id, place.person_id(place.mira), ())


def store(place: Community) -> Store:
    assert place.app is not None
    return place.app._store


def housekeeping(place: Community) -> Housekeeping:
    return Housekeeping(store(place), OperatorLimits(allowance=Allowance()), place.clock)


def named(place: Community, name: str) -> int:
    return next(guild.id for guild in place.discord.world.guilds.values() if guild.name == name)


def cove(place: Community) -> int:
    return named(place, "Egret Cove")


def elsewhere(place: Community) -> int:
    return named(place, "Elsewhere")


async def rule(place: Community, guild_id: int, setting, value) -> None:
    """Let a server's manager set something."""
    await housekeeping(place).keep(guild_id, [Chosen(setting, Scope(Level.SERVER, guild_id), value)], by=1)


def counted(place: Community, guild_id: int) -> int:
    """Return how many of Mira's clips a server has counted today, by the bot's clock."""
    counter = person_day_counter(guild_id, place.person_id(place.mira), place.clock.now())
    return place.books.quotas().get(counter, 0)


async def refusal_of_video(place: Community, channel: str, **options) -> str:
    """Ask for a clip that is refused, and return the words."""
    async with nothing_bought(place):
        message = (await place.mira.in_channel(channel).run("video", {"prompt": KITE, **options})).expect_message()
    assert message.ephemeral, message.text
    return message.text


async def made(place: Community, channel: str) -> tuple[SeenMessage, SeenMessage]:
    """Make a clip, and return its card and its message."""
    mira = place.mira.in_channel(channel)
    card = await ask(mira)
    return card, await answer_to(mira, card)


async def test_each_server_counts_its_own_and_its_limit_stops_nobody_elsewhere(place: Community) -> None:
    room = place.room()
    there, here = counted(place, elsewhere(place)), counted(place, cove(place))
    await made(place, room)
    await rule(place, cove(place), s.CLIPS_PER_DAY, counted(place, cove(place)))

    refused = await refusal_of_video(place, room)
    await made(place, "strand")

    assert "clip" in refused
    assert counted(place, cove(place)) == here + 1
    assert counted(place, elsewhere(place)) == there + 1


async def test_who_is_blocked_on_one_makes_clips_on_the_other(place: Community) -> None:
    block = Block(person_id=place.person_id(place.mira), until=None, reason="", blocked_by=1, created_at=0)
    await store(place).block(cove(place), block, ())

    assert "blocked you" in await refusal_of_video(place, place.room())
    await made(place, "strand")


async def test_settings_words_and_channels_of_one_hold_on_that_one_alone(place: Community) -> None:
    room = place.room()
    await rule(place, cove(place), s.PRO, value=False)
    assert "Pro is switched off here" in await refusal_of_video(place, room, quality="pro")
    await housekeeping(place).add_words(cove(place), "kite", by=1)
    assert "is not wanted on this server" in await refusal_of_video(place, room)
    await rule(place, cove(place), s.ALLOWED_CHANNELS, frozenset({place.channel("clips").id}))
    assert "not made in this channel" in await refusal_of_video(place, room)

    mira = place.mira.in_channel("strand")
    await answer_to(mira, await ask(mira, KITE, quality="pro"))


async def test_the_lists_of_one_hold_nothing_of_the_other(place: Community) -> None:
    room = place.room()
    here = await place.job_of((await made(place, room))[0])
    there = await place.job_of((await made(place, "strand"))[0])

    listed_here = (await place.mira.in_channel(room).run("clips")).expect_message().text
    listed_there = (await place.mira.in_channel("strand").run("clips")).expect_message().text
    offered = [one.value for one in await place.mira.in_channel("strand").autocomplete("extend", "video")]

    assert here.id in listed_here
    assert there.id not in listed_here
    assert there.id in listed_there
    assert here.id not in listed_there
    assert there.id in offered
    assert here.id not in offered


async def test_a_clip_of_one_is_not_to_be_had_on_the_other_by_its_number_or_its_link(place: Community) -> None:
    card, result = await made(place, place.room())
    job = await place.job_of(card)

    async with nothing_bought(place):
        by_number = (await place.mira.in_channel("strand").run("extend", video=job.id)).expect_message()
        by_link = (await place.mira.in_channel("strand").run("extend", video=place.link(result))).expect_message()

    assert "There is no clip" in by_number.text or "no clip" in by_number.text
    assert "no clip" in by_link.text


async def test_a_picture_chosen_on_one_is_not_chosen_on_the_other(place: Community) -> None:
    room = place.mira.in_channel(place.room())
    await room.run_on(await room.send("look", files=(picture(),)), "Use as source")

    assert "nothing is chosen" in await refusal_of_video(place, "strand", use_source=True)


async def test_a_servers_own_default_is_not_the_others(place: Community) -> None:
    room = place.room()
    await rule(place, cove(place), s.MODEL, "2.1")

    here, _ = await made(place, room)
    there, _ = await made(place, "strand")

    assert ((await place.job_of(here)).model, (await place.job_of(there)).model) == ("2.1", "1.6")


async def test_a_private_clip_of_one_is_in_no_list_of_the_other_though_both_come_by_direct_message(
    place: Community,
) -> None:
    here, there = place.mira.in_channel(place.room()), place.mira.in_channel("strand")
    before = {job.id for job in place.books.jobs()}
    await here.run("video", prompt=KITE, private=True)
    await place.idle()
    (private,) = [job for job in place.books.jobs() if job.id not in before]

    offered = [one.value for one in await there.autocomplete("extend", "video")]
    listed = (await there.run("clips")).expect_message().text

    assert private.guild_id == cove(place)
    assert private.id not in offered
    assert private.id not in listed


async def test_what_only_the_owner_may_do_is_on_the_home_server_alone(place: Community) -> None:
    assert "owner" in await place.juno.in_channel("strand").commands()
    assert "owner" not in await place.juno.in_channel(place.room()).commands()


async def test_without_direct_messages_no_command_is_there_but_what_is_right_clicked(place: Community) -> None:
    assert "video" not in await place.mira.in_channel("dm").commands()
