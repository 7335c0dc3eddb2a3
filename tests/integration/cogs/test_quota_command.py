"""/quota, /usage and /grant: who sees what is used and left, and who may allow more."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.community import settings as s
from bot.community.record import Level, RuleKey
from bot.community.settings import Setting
from bot.community.spending_records import Part
from bot.jobs.house import SeesDollars
from bot.jobs.limits import Allowance
from sandbox.person import Person
from sandbox.seen import SeenMessage
from tests.integration.cogs.cove import Cove


async def choose(cove: Cove, setting: Setting[object], value: str) -> None:
    key = RuleKey(Level.SERVER, cove.guild.id, setting.name)
    await cove.store.change_rules(cove.guild.id, {key: value}, [], by=1, at=cove.world.clock.now())


@pytest.fixture
async def house(offline: Cove) -> AsyncIterator[Cove]:
    """A server that is set up: two clips a day, where the operator lets anybody make four; a budget of ten dollars."""
    await offline.store.set_up(offline.guild.id, [], at=offline.world.clock.now())
    await choose(offline, s.CLIPS_PER_DAY, "2")
    await choose(offline, s.BUDGET_USD, "10000000")
    offline.use_house(Allowance(clips_per_day=4, running=3))
    async with offline.online(offline.client):
        yield offline


async def quota(person: Person) -> SeenMessage:
    message = (await person.run("quota")).expect_message()
    assert message.ephemeral
    return message


async def test_quota_tells_used_and_left_the_budget_and_the_prices(house: Cove) -> None:
    await house.finished_clip(house.mira)

    told = (await quota(house.mira)).text

    assert "Clips today: 1 of 2 used, **1 left**" in told
    assert "Being made now: 0 of 3 used" in told
    assert "Clips this month: 1 used, no limit" in told
    assert "Spent this month: $0.26 of $10.00 used, **$9.74 left**" in told
    assert "Standard 720p: 5 s $0.26, 10 s not known yet" in told


async def test_quota_lists_only_what_the_server_allows(house: Cove) -> None:
    await choose(house, s.MODELS, "1.6")
    await choose(house, s.PRO, "off")
    await choose(house, s.MAX_LENGTH, "5")

    told = (await quota(house.mira)).text

    assert "Standard 720p: 5 s $0.26; making it longer not known yet" in told
    assert "Pro" not in told
    assert "10 s" not in told
    assert "3.0" not in told


async def test_what_was_charged_is_in_the_price_list(house: Cove) -> None:
    clip = await house.finished_clip(house.mira, length=10, model="1.6")
    assert clip.consumed_microusd == 260_000
    house.world.clock.advance(60_000)

    assert "10 s up to $0.26 so far" in (await quota(house.mira)).text


async def test_quota_says_why_somebody_may_not_make_clips_where_they_are(house: Cove) -> None:
    await choose(house, s.ALLOWED_CHANNELS, str(house.channel_id("clips")))

    told = (await quota(house.mira)).text

    assert "⛔" in told
    assert f"<#{house.channel_id('clips')}>" in told
    assert "0 of 2 used" in told


async def test_where_managers_alone_see_dollars_members_are_told_clips(house: Cove) -> None:
    await choose(house, s.SEES_DOLLARS, SeesDollars.MANAGERS.value)

    member, manager = (await quota(house.mira)).text, (await quota(house.juno)).text

    assert "$" not in member
    assert "0 of 2 used" in member
    assert "$10.00" in manager


async def test_usage_is_for_who_manages_the_server(house: Cove) -> None:
    for_all, for_managers = await house.mira.commands(), await house.juno.commands()

    assert {"usage", "grant"} <= set(for_managers)
    assert not {"usage", "grant"} & set(for_all)
    assert "quota" in for_all


async def test_usage_tells_the_month_by_member_day_model_and_failure_and_pings_nobody(house: Cove) -> None:
    await house.finished_clip(house.mira)
    await house.finished_clip(house.theo)

    page = (await house.juno.run("usage")).expect_message()
    by_member = (await house.juno.choose(page, "Show by member, day, model or failure", Part.MEMBER)).expect_message()
    by_day = (await house.juno.choose(by_member, "Show by member, day, model or failure", Part.DAY)).expect_message()
    by_model = (await house.juno.choose(by_day, "Show by member, day, model or failure", Part.MODEL)).expect_message()
    failures = (
        await house.juno.choose(by_model, "Show by member, day, model or failure", Part.FAILURE)
    ).expect_message()
    before = (await house.juno.click(failures, "Last month")).expect_message()

    assert page.ephemeral
    assert "2 clips ordered · 2 made · 0 failed · $0.52 charged" in page.text
    assert "$0.52 of $10.00 used" in page.text
    assert f"<@{house.person_id(house.mira)}> · 1 of 1 made · $0.26 charged" in by_member.text
    assert by_member.pinged == ()
    assert "2 of 2 made" in by_day.text
    assert "Video, Kling 1.6, Standard · 2 of 2 made" in by_model.text
    assert "Nothing." in failures.text
    assert "No clips were ordered." in before.text


async def test_usage_says_no_amounts_where_nobody_sees_them(house: Cove) -> None:
    await house.finished_clip(house.mira)
    await choose(house, s.SEES_DOLLARS, SeesDollars.NOBODY.value)

    told = (await house.juno.run("usage")).expect_message().text

    assert "1 clip ordered" in told
    assert "$" not in told


async def test_a_grant_lifts_the_server_s_limit_for_that_person_and_is_remembered(house: Cove) -> None:
    for _ in range(2):
        await house.finished_clip(house.mira)
    assert "2 of the 2 clips" in (await house.mira.run("video", prompt="more")).expect_message().text

    told = (await house.juno.run("grant", person=house.person_id(house.mira), clips=1)).expect_message()
    bought = (await house.mira.run("video", prompt="more")).expect_message()

    assert told.ephemeral
    assert "may make 1 clip more today" in told.text
    assert "2 of 3 used, **1 left** · 1 of them granted" in told.text
    assert not bought.ephemeral
    assert "2 of the 3 clips" not in bought.text
    assert "3 of the 3 clips" in (await house.mira.run("video", prompt="yet more")).expect_message().text
    (line,) = [line for line in await house.store.audited(house.guild.id, 10) if line.action == "grant"]
    assert (line.actor_id, line.subject) == (house.person_id(house.juno), str(house.person_id(house.mira)))


async def test_no_grant_goes_beyond_the_operator_s_limit(house: Cove) -> None:
    mira = house.person_id(house.mira)

    too_many = (await house.juno.run("grant", person=mira, clips=3)).expect_message().text
    await house.juno.run("grant", person=mira, clips=2)
    full = (await house.juno.run("grant", person=mira, clips=1)).expect_message().text

    assert "more than 4 clips per day" in too_many
    assert "can be granted 2 more at most" in too_many
    assert "may make as many already" in full
    assert "0 of 4 used" in (await quota(house.mira)).text


async def test_a_stored_grant_never_lifts_a_limit_above_a_lowered_operator_s(house: Cove) -> None:
    await house.juno.run("grant", person=house.person_id(house.mira), clips=2)
    rules = house.world.house
    assert rules is not None
    rules.operator = Allowance(clips_per_day=3)  # type: ignore[attr-defined]

    assert "2 of the 3" not in (await quota(house.mira)).text
    for _ in range(3):
        await house.finished_clip(house.mira)
    assert "3 of the 3 clips" in (await house.mira.run("video", prompt="more")).expect_message().text


async def test_nothing_is_granted_where_nothing_limits(house: Cove) -> None:
    options = {"person": house.person_id(house.mira), "clips": 3, "for": "month"}

    told = (await house.juno.run("grant", options)).expect_message().text

    assert "has no limit per month here" in told
