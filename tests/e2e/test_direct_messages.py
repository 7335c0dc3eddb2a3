"""Commands in direct messages: which server pays, that its rules hold, and that nothing is charged where none does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.community import settings as s
from bot.community.effective import OperatorLimits, Scope
from bot.community.housekeeping import Chosen, Housekeeping
from bot.community.record import Block, Level
from bot.jobs.house import SeesDollars
from bot.jobs.limits import Allowance, person_day_counter
from sandbox.person import Person
from sandbox.seen import SeenMessage
from storage.store import Store
from tests.e2e.books import Row
from tests.e2e.community import KITE, Community, answer_to, ask, community, nothing_bought, until
from tests.integration.cogs.cove import picture, recording

pytestmark = pytest.mark.asyncio(loop_scope="module")

WHICH = "Which server pays?"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Community]:
    directory: Path = tmp_path_factory.mktemp("direct")
    async with community(directory, direct_messages="on", servers="all", max_jobs_per_person_per_day="50") as place:
        await place.start()
        yield place


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def everybody_is_back(place: Community) -> AsyncIterator[None]:
    """Let people be members of both servers, with nothing chosen and no rules of their own, before each test."""
    yield
    for guild in place.discord.world.guilds.values():
        guild.members.update({member: _away.pop((guild.id, member)) for (at, member) in [*_away] if at == guild.id})
    for person in (place.mira, place.theo, place.juno):
        await store(place).set_preferences(place.person_id(person), 0, {"pays": None})
    await place.operator.clear_faults()
    for guild_id in (cove(place), elsewhere(place)):
        for name in (s.DIRECT, s.PRO, s.CLIPS_PER_DAY, s.ALLOWED_CHANNELS, s.SEES_DOLLARS):
            await rule(place, guild_id, name, None)
    await place.advance(61)  # who is a member where is remembered for a minute


_away: dict[tuple[int, int], object] = {}


def store(place: Community) -> Store:
    assert place.app is not None
    return place.app._store


def cove(place: Community) -> int:
    return next(guild.id for guild in place.discord.world.guilds.values() if guild.name == "Egret Cove")


def elsewhere(place: Community) -> int:
    return next(guild.id for guild in place.discord.world.guilds.values() if guild.name == "Elsewhere")


def leave(place: Community, person: Person, guild_id: int) -> None:
    """Let a person leave a server."""
    person_id = place.person_id(person)
    _away[guild_id, person_id] = place.discord.world.guilds[guild_id].members.pop(person_id)


async def rule(place: Community, guild_id: int, setting, value) -> None:
    """Let a server's manager set something."""
    housekeeping = Housekeeping(store(place), OperatorLimits(allowance=Allowance()), place.clock)
    await housekeeping.keep(guild_id, [Chosen(setting, Scope(Level.SERVER, guild_id), value)], by=1)


async def let_pay(place: Community, person: Person, guild_id: int) -> SeenMessage:
    """Choose in /defaults which server pays."""
    page = (await person.in_channel("dm").run("defaults")).expect_message()
    pick = (await person.click(page, WHICH)).expect_message()
    return (await person.choose(pick, WHICH, str(guild_id))).expect_message()


async def take_up(place: Community, person: Person, offer: SeenMessage) -> Row:
    """Press Run, wait until what it bought is here, and return the job."""
    jobs = len(place.books.jobs())
    await person.click(offer, "Run")
    await until(lambda: len(place.books.jobs()) > jobs, "the job that was offered")
    await place.idle()
    return place.books.jobs()[-1]


def used_at(place: Community, guild_id: int, person: Person) -> int:
    """Return how many of a person's clips a server has counted today, by the bot's clock."""
    counter = person_day_counter(guild_id, place.person_id(person), place.clock.now())
    return place.books.quotas().get(counter, 0)


async def test_the_only_server_of_a_person_pays_without_being_asked_about(place: Community) -> None:
    leave(place, place.mira, elsewhere(place))
    before = used_at(place, cove(place), place.mira)

    card = await ask(place.mira.in_channel("dm"))
    result = await answer_to(place.mira.in_channel("dm"), card)

    job = await place.job_of(card)
    assert result.attachments
    assert (job.guild_id, job.destination, job.channel_id) == (cove(place), "direct", card.channel_id)
    assert used_at(place, cove(place), place.mira) == before + 1


async def test_of_several_the_person_picks_one_and_what_they_asked_for_waits(place: Community) -> None:
    mira = place.mira.in_channel("dm")
    async with nothing_bought(place):
        pick = (await mira.run("video", prompt=KITE, image=picture())).expect_message()
        assert pick.ephemeral
        assert [label for label, _id in pick.clickable(WHICH).options] == ["Egret Cove", "Elsewhere"]
        offer = (await mira.choose(pick, WHICH, str(elsewhere(place)))).expect_message()
        assert "Elsewhere pays." in offer.text
        assert "$0.26" in offer.text

    job = await take_up(place, mira, offer)

    assert (job.guild_id, job.destination, job.state) == (elsewhere(place), "direct", "succeeded")


async def test_the_choice_waits_over_a_restart_and_is_remembered(place: Community) -> None:
    mira = place.mira.in_channel("dm")
    pick = (await mira.run("video", prompt=KITE)).expect_message()
    await place.restart()
    await mira.choose(pick, WHICH, str(elsewhere(place)))

    await place.restart()
    card = await ask(mira)

    assert (await place.job_of(card)).guild_id == elsewhere(place)
    await place.idle()


async def test_what_waited_and_was_bought_is_among_the_persons_clips_here(place: Community) -> None:
    mira = place.mira.in_channel("dm")
    pick = (await mira.run("video", prompt=KITE)).expect_message()
    offer = (await mira.choose(pick, WHICH, str(elsewhere(place)))).expect_message()
    job = await take_up(place, mira, offer)

    async with nothing_bought(place):
        again = (await mira.run("clips")).expect_message()

    assert job.id in again.text


async def test_another_server_can_be_chosen_at_any_time(place: Community) -> None:
    said = await let_pay(place, place.mira, elsewhere(place))
    assert "Elsewhere pays from now on" in said.text

    await let_pay(place, place.mira, cove(place))
    card = await ask(place.mira.in_channel("dm"))
    page = (await place.mira.in_channel("dm").run("defaults")).expect_message()

    assert (await place.job_of(card)).guild_id == cove(place)
    assert "Pays in direct messages: **Egret Cove**" in page.text
    await place.idle()


async def test_on_a_server_it_can_be_made_the_one_that_pays(place: Community) -> None:
    page = (await place.mira.in_channel("strand").run("defaults")).expect_message()

    said = (await place.mira.click(page, "Let this server pay in direct messages")).expect_message()
    card = await ask(place.mira.in_channel("dm"))

    assert "Elsewhere pays from now on" in said.text
    assert (await place.job_of(card)).guild_id == elsewhere(place)
    await place.idle()


async def test_who_is_on_no_server_is_told_so(place: Community) -> None:
    leave(place, place.mira, cove(place))
    leave(place, place.mira, elsewhere(place))

    async with nothing_bought(place):
        refused = (await place.mira.in_channel("dm").run("video", prompt=KITE)).expect_message()

    assert "none of yours can" in refused.text
    assert "Nothing was charged." in refused.text


async def test_who_left_the_server_meanwhile_is_refused_and_another_does_not_pay_in_its_place(place: Community) -> None:
    mira = place.mira.in_channel("dm")
    await let_pay(place, place.mira, elsewhere(place))
    leave(place, place.mira, elsewhere(place))

    async with nothing_bought(place):
        at_once = (await mira.run("video", prompt=KITE)).expect_message()
        await place.advance(61)
        later = (await mira.run("video", prompt=KITE)).expect_message()

    assert "You are not a member" in at_once.text
    assert "Elsewhere” any more" in later.text
    assert "`/defaults`" in later.text


async def test_who_leaves_between_the_offer_and_run_is_refused(place: Community) -> None:
    mira = place.mira.in_channel("dm")
    pick = (await mira.run("video", prompt=KITE)).expect_message()
    offer = (await mira.choose(pick, WHICH, str(elsewhere(place)))).expect_message()
    leave(place, place.mira, elsewhere(place))

    async with nothing_bought(place):
        await mira.click(offer, "Run")
        await mira.wait_for(lambda said: said.id > offer.id and "You are not a member" in said.text)


async def test_nothing_is_charged_while_discord_does_not_say_who_is_a_member(place: Community) -> None:
    mira = place.mira.in_channel("dm")
    await let_pay(place, place.mira, cove(place))
    await place.operator.add_fault(kind="status", method="GET", path="/guilds/*/members/*", times=50, status=403)

    async with nothing_bought(place):
        refused = (await mira.run("video", prompt=KITE)).expect_message()

    assert "Discord does not say right now whether you are a member" in refused.text
    await place.operator.clear_faults()
    await ask(mira)
    await place.idle()


async def test_the_paying_servers_rules_hold_but_for_its_channels(place: Community) -> None:
    mira = place.mira.in_channel("dm")
    await let_pay(place, place.mira, cove(place))
    await rule(place, cove(place), s.ALLOWED_CHANNELS, frozenset({place.channel("clips").id}))
    await ask(mira)
    await place.idle()
    await rule(place, cove(place), s.PRO, value=False)

    async with nothing_bought(place):
        pro = (await mira.run("video", prompt=KITE, quality="pro")).expect_message()
        await rule(place, cove(place), s.CLIPS_PER_DAY, used_at(place, cove(place), place.mira))
        limit = (await mira.run("video", prompt=KITE)).expect_message()

    assert "Pro is switched off here" in pro.text
    assert limit.ephemeral


async def test_who_is_blocked_on_the_paying_server_is_blocked_here_and_may_let_the_other_pay(place: Community) -> None:
    theo = place.theo.in_channel("dm")
    await let_pay(place, place.theo, cove(place))
    block = Block(person_id=place.person_id(theo), until=None, reason="spam", blocked_by=1, created_at=0)
    await store(place).block(cove(place), block, ())

    async with nothing_bought(place):
        refused = (await theo.run("video", prompt=KITE)).expect_message()
    await let_pay(place, place.theo, elsewhere(place))
    card = await ask(theo)
    await place.idle()
    await store(place).unblock(cove(place), place.person_id(theo), ())

    assert "blocked you" in refused.text
    assert (await place.job_of(card)).guild_id == elsewhere(place)


async def test_a_server_that_wants_no_direct_messages_pays_for_none(place: Community) -> None:
    mira = place.mira.in_channel("dm")
    await let_pay(place, place.mira, cove(place))
    await rule(place, cove(place), s.DIRECT, value=False)

    async with nothing_bought(place):
        refused = (await mira.run("video", prompt=KITE)).expect_message()

    assert "allows no clips from direct messages" in refused.text
    room = place.mira.in_channel(place.room())
    private = (await room.run("video", prompt=KITE, private=True)).expect_message()
    await place.idle()
    assert private.ephemeral
    assert place.books.jobs()[-1].state == "succeeded"


async def test_amounts_are_said_here_as_the_paying_server_wants_it(place: Community) -> None:
    mira = place.mira.in_channel("dm")
    await rule(place, elsewhere(place), s.SEES_DOLLARS, SeesDollars.NOBODY)
    pick = (await mira.run("video", prompt=KITE)).expect_message()

    offer = (await mira.choose(pick, WHICH, str(elsewhere(place)))).expect_message()
    models = await mira.autocomplete("video", "model")

    assert "$" not in offer.text
    assert not [model for model in models if "$" in model.name]


async def test_without_a_prompt_the_form_opens_once_it_is_known_who_pays(place: Community) -> None:
    mira = place.mira.in_channel("dm")
    asked = (await mira.run("video")).expect_message()
    await mira.choose(asked, WHICH, str(elsewhere(place)))

    form = await mira.run("video")
    await mira.submit(form, prompt=KITE)
    await place.idle()

    assert (place.books.jobs()[-1].guild_id, place.books.jobs()[-1].destination) == (elsewhere(place), "direct")


async def test_what_is_made_from_a_clip_is_paid_for_by_the_clips_server(place: Community) -> None:
    mira = place.mira.in_channel("dm")
    await let_pay(place, place.mira, elsewhere(place))
    card = await ask(mira)
    await answer_to(mira, card)
    made = await place.job_of(card)
    await let_pay(place, place.mira, cove(place))

    offered = await mira.autocomplete("extend", "video")
    longer = (await mira.run("extend", video=made.id)).expect_message()
    await place.idle()

    assert made.id not in [suggestion.value for suggestion in offered]
    assert (await place.job_of(longer)).guild_id == elsewhere(place)


async def test_who_left_a_clips_server_can_make_nothing_more_of_it(place: Community) -> None:
    mira = place.mira.in_channel("dm")
    await let_pay(place, place.mira, elsewhere(place))
    card = await ask(mira)
    result = await answer_to(mira, card)
    made = await place.job_of(card)
    await let_pay(place, place.mira, cove(place))
    leave(place, place.mira, elsewhere(place))

    async with nothing_bought(place):
        by_button = (await mira.click(result, "Re-roll")).expect_message()
        by_command = (await mira.run("extend", video=made.id)).expect_message()
        reply = await mira.reply(result, "again")
        by_reply = await mira.wait_for(lambda message: message.from_bot and message.reference_id == reply.id)

    for refused in (by_button, by_command, by_reply):
        assert "You are not a member of the server that would pay" in refused.text


async def test_clips_lists_those_of_the_server_that_pays(place: Community) -> None:
    mira = place.mira.in_channel("dm")
    await let_pay(place, place.mira, elsewhere(place))
    there = await place.job_of(await ask(mira))
    await place.idle()

    here = (await mira.run("clips")).expect_message()
    await let_pay(place, place.mira, cove(place))
    other = (await mira.run("clips")).expect_message()

    assert there.id in here.text
    assert there.id not in other.text


async def test_who_chooses_from_their_defaults_is_not_sent_back_to_a_command(place: Community) -> None:
    theo = place.theo.in_channel("dm")
    page = (await theo.run("defaults")).expect_message()
    pick = (await theo.click(page, WHICH)).expect_message()

    chosen = (await theo.choose(pick, WHICH, str(cove(place)))).expect_message()

    assert chosen.text == "✅ In direct messages Egret Cove pays from now on."


async def test_quota_counts_what_the_paying_server_counted(place: Community) -> None:
    mira = place.mira.in_channel("dm")
    await let_pay(place, place.mira, elsewhere(place))
    await rule(place, elsewhere(place), s.CLIPS_PER_DAY, used_at(place, elsewhere(place), place.mira) + 3)

    there = (await mira.run("quota")).expect_message()

    assert there.text.startswith("In direct messages **Elsewhere** pays")
    assert "3 left" in there.text
    await let_pay(place, place.mira, cove(place))
    assert "3 left" not in (await mira.run("quota")).expect_message().text


async def test_nobody_else_can_pick_in_a_persons_name_or_make_a_server_pay_that_they_are_not_on(
    place: Community,
) -> None:
    mira = place.mira.in_channel("dm")
    pick = (await mira.run("video", prompt=KITE)).expect_message()
    leave(place, place.mira, elsewhere(place))

    async with nothing_bought(place):
        refused = (await mira.choose(pick, WHICH, str(elsewhere(place)))).expect_message()

    assert "You are not a member" in refused.text
    assert await store(place).preferences(place.person_id(mira), 0) == {}


async def test_a_clip_is_made_to_speak_here_and_goes_on_by_a_chosen_recording(place: Community) -> None:
    mira = place.mira.in_channel("dm")
    await let_pay(place, place.mira, elsewhere(place))
    source = await place.job_of(await ask(mira))
    await place.idle()

    spoken = (await mira.run("lipsync", video=source.id, say="hello")).expect_message()
    await answer_to(mira, spoken)
    posted = await mira.send(files=(recording(3),))
    chosen = (await mira.run_on(posted, "Use as source")).expect_message()

    assert (await place.job_of(spoken)).guild_id == elsewhere(place)
    assert "is chosen" in chosen.text


async def test_a_picture_chosen_here_belongs_to_the_server_that_pays(place: Community) -> None:
    mira = place.mira.in_channel("dm")
    await let_pay(place, place.mira, elsewhere(place))
    await mira.run_on(await mira.send(files=(picture(),)), "Use as source")

    await let_pay(place, place.mira, cove(place))
    async with nothing_bought(place):
        refused = (await mira.run("video", prompt=KITE, use_source=True)).expect_message()
    await let_pay(place, place.mira, elsewhere(place))
    card = (await mira.run("video", prompt=KITE, use_source=True)).expect_message()
    await answer_to(mira, card)

    assert "nothing is chosen" in refused.text
    assert (await place.job_of(card)).guild_id == elsewhere(place)


async def test_what_is_stored_about_a_person_is_shown_here_though_they_are_on_no_server(place: Community) -> None:
    leave(place, place.mira, cove(place))
    leave(place, place.mira, elsewhere(place))

    shown = (await place.mira.in_channel("dm").run("privacy show")).expect_message()

    assert shown.ephemeral
    assert "none of yours can" not in shown.text


async def test_discord_is_told_of_it_only_when_the_operator_changes_it(place: Community) -> None:
    everywhere = {"video", "extend", "lipsync", "clips", "defaults", "quota", "privacy", "help"}
    assert everywhere <= set(await place.mira.in_channel("dm").commands())
    assert not {"settings", "setup", "block", "usage"} & set(await place.juno.in_channel("dm").commands())
    writes = (await place.operator.state()).command_writes

    await place.restart()
    unchanged = (await place.operator.state()).command_writes
    place.overrides["direct_messages"] = "off"
    await place.restart()
    off = set(await place.mira.in_channel("dm").commands())
    told = (await place.operator.state()).command_writes
    place.overrides["direct_messages"] = "on"
    await place.restart()

    assert (unchanged, told) == (writes, writes + 1)
    assert not everywhere & off
