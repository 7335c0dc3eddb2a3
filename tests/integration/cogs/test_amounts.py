"""Who reads amounts of money, and what prices are said to be, in every message that people see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.community import settings as s
from bot.community.record import Level, RuleKey
from bot.jobs.house import SeesDollars
from bot.jobs.limits import Allowance
from bot.jobs.model import Job, PriceBasis
from sandbox.person import Person
from sandbox.seen import Suggestion
from tests.integration.cogs.cove import Cove


@pytest.fixture
async def house(offline: Cove) -> AsyncIterator[Cove]:
    await offline.store.set_up(offline.guild.id, [], at=offline.world.clock.now())
    offline.use_house(Allowance())
    async with offline.online(offline.client):
        yield offline


async def let_see(cove: Cove, who: SeesDollars) -> None:
    key = RuleKey(Level.SERVER, cove.guild.id, s.SEES_DOLLARS.name)
    await cove.store.change_rules(cove.guild.id, {key: who.value}, [], by=1, at=cove.world.clock.now())


async def offered_again(cove: Cove, person: Person, job: Job) -> str:
    """What the private offer says that follows from running a clip once more."""
    listed = (await person.run("clips", person=job.requester_id)).expect_message()
    panel = (await person.choose(listed, "Pick a clip to do something with it", job.id)).expect_message()
    offer = (await person.click(panel, "Run again")).expect_message()
    assert offer.ephemeral
    return offer.text


def named(suggestions: list[Suggestion], value: str) -> str:
    return next(suggestion.name for suggestion in suggestions if suggestion.value == value)


@pytest.mark.parametrize("who", [SeesDollars.MANAGERS, SeesDollars.NOBODY])
async def test_a_card_that_all_can_see_says_no_amount_unless_everybody_may_see_it(
    house: Cove, who: SeesDollars
) -> None:
    open_to_all = (await house.mira.run("video", prompt="a red kite")).expect_message()
    await let_see(house, who)
    hidden = (await house.mira.run("video", prompt="a red kite")).expect_message()
    by_manager = (await house.juno.run("video", prompt="a red kite")).expect_message()

    assert "$0.26" in open_to_all.text
    assert "$" not in hidden.text
    assert "$" not in by_manager.text
    assert "price" not in hidden.text


async def test_private_answers_say_amounts_to_those_who_may_see_them(house: Cove) -> None:
    mine, juno_s = await house.finished_clip(house.mira), await house.finished_clip(house.juno)
    await let_see(house, SeesDollars.MANAGERS)

    member, manager = await offered_again(house, house.mira, mine), await offered_again(house, house.juno, juno_s)

    assert "$" not in member
    assert "Make" in member
    assert "**$0.26**" in manager


async def test_suggestions_say_prices_to_those_who_may_see_them(house: Cove) -> None:
    before = await house.mira.autocomplete("video", "quality", model="1.6")
    await let_see(house, SeesDollars.MANAGERS)

    member = await house.mira.autocomplete("video", "quality", model="1.6")
    manager = await house.juno.autocomplete("video", "quality", model="1.6")

    assert named(before, "std") == named(manager, "std") == "Standard 720p — $0.26"
    assert named(before, "pro") == "Pro 1080p — price not known yet"
    assert named(member, "std") == "Standard 720p"


async def test_a_budget_that_is_used_up_refuses_without_amounts(house: Cove) -> None:
    key = RuleKey(Level.SERVER, house.guild.id, s.BUDGET_USD.name)
    await house.store.change_rules(house.guild.id, {key: "100000"}, [], by=1, at=house.world.clock.now())
    with_amounts = (await house.mira.run("video", prompt="a red kite")).expect_message()
    await let_see(house, SeesDollars.NOBODY)

    without = (await house.juno.run("video", prompt="a red kite")).expect_message()

    assert "$0.10" in with_amounts.text
    assert "budget for the month does not reach" in without.text
    assert "$" not in without.text


async def test_a_quality_can_be_picked_typed_and_mistyped(cove: Cove) -> None:
    typed = (await cove.mira.run("video", prompt="a red kite", quality="Pro")).expect_message()
    wrong = (await cove.mira.run("video", prompt="a red kite", quality="4K")).expect_message()

    assert (await cove.only_job(cove.mira)).mode == "pro"
    assert not typed.ephemeral
    assert "there is no quality called “4K”. Choose Standard or Pro" in wrong.text
    assert "Nothing was charged" in wrong.text


async def test_what_was_charged_for_its_like_is_the_price_from_then_on(cove: Cove) -> None:
    first = (await cove.mira.run("video", prompt="a red kite", model="1.6", length=10)).expect_message()
    unknown = await cove.only_job(cove.mira)
    done = await cove.finish(unknown)

    second = (await cove.mira.run("video", prompt="a red kite", model="1.6", length=10)).expect_message()

    job = await cove.only_job(cove.mira)
    assert "price not known yet" in first.text
    assert (unknown.price_microusd, unknown.reserved_microusd) == (None, 1_000_000)
    assert done.consumed_microusd == 260_000
    assert "up to $0.26 so far" in second.text
    assert (job.price_microusd, job.price_basis, job.reserved_microusd) == (260_000, PriceBasis.SEEN, 260_000)


async def test_an_offer_at_a_seen_price_is_offered_anew_once_more_was_charged(cove: Cove) -> None:
    clip = await cove.finished_clip(cove.mira, "a red kite", model="1.6", length=10)
    message = (await cove.mira.run("clips")).expect_message()
    panel = (await cove.mira.choose(message, "Pick a clip to do something with it", clip.id)).expect_message()
    offer = (await cove.mira.click(panel, "Run again")).expect_message()
    other = (await cove.theo.run("video", prompt="waves", model="1.6", length=10)).expect_message()
    await dearer(cove, cove.theo, 410_000)

    await cove.mira.click(offer, "Run")
    await asyncio.wait_for(cove.client.commands_finished(), 5)
    answer = await cove.mira.message(offer)

    assert not other.ephemeral
    assert "up to $0.26 so far" in offer.text
    assert "It was offered for up to $0.26 so far" in answer.text
    assert "**up to $0.41 so far**" in answer.text
    assert await cove.running(cove.mira) == []


async def dearer(cove: Cove, person: Person, microusd: int) -> None:
    """Let the person's running clip end at a charge."""
    job = await cove.only_job(person)
    await cove.world.settle()
    stored = await cove.store.job(job.id)
    assert stored is not None
    assert stored.task_id is not None
    cove.world.provider.finish(stored.task_id, consumed=microusd)
    await cove.store.nudge(stored.hook_token, stored.task_id, cove.world.clock.now())
    await cove.world.settle()


async def test_a_subscription_of_the_owner_s_own_includes_clips_and_reserves_nothing(offline: Cove) -> None:
    offline.world.provider.service_mode = "private"
    offline.world.start_process()
    offline.new_client()
    async with offline.online(offline.client):
        card = (await offline.mira.run("video", prompt="a red kite")).expect_message()
        offered = await offline.mira.autocomplete("video", "model")

        job = await offline.only_job(offline.mira)
        assert "included" in card.text
        assert "$" not in card.text
        assert named(offered, "1.6").endswith("— included")
        assert (job.price_microusd, job.reserved_microusd) == (None, 0)
