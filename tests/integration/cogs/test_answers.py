"""The first response: in time, once, and what is left of it when something goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from bot.catalog import VideoAsked
from bot.jobs.limits import Hold
from bot.jobs.model import NewJob, Place
from bot.jobs.ports import StoreUnavailable, SubmitResult
from bot.jobs.requests import Origin, VideoRequest
from sandbox.discord import Fault
from sandbox.person import Person
from sandbox.seen import Outcome
from tests.integration.cogs.cove import Cove

CALLBACK = "/interactions/*/*/callback"
PATIENCE = 0.05


class SlowStorage:
    """Holds back submissions until told to let them through."""

    def __init__(self, cove: Cove, monkeypatch: pytest.MonkeyPatch) -> None:
        self.released = asyncio.Event()
        submit = cove.store.submit

        async def held(new: NewJob, holds: Sequence[Hold]) -> SubmitResult:
            await self.released.wait()
            return await submit(new, holds)

        monkeypatch.setattr(cove.store, "submit", held)


async def test_slow_storage_is_covered_by_a_public_deferral_that_becomes_the_card(
    offline: Cove, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = SlowStorage(offline, monkeypatch)
    async with offline.online(offline.new_client(patience=PATIENCE)):
        outcome = await offline.mira.run("video", prompt="a red kite")
        storage.released.set()
        card = await offline.mira.wait_for(lambda message: "a red kite" in message.text)

        job = await offline.job_with_card(offline.mira)
        assert outcome.kind == "thinking"
        assert not outcome.expect_message().ephemeral
        assert card.id == outcome.expect_message().id
        assert job.card is not None
        assert job.card.message_id == card.id


async def test_a_late_refusal_takes_the_deferral_away_and_speaks_in_private(
    offline: Cove, monkeypatch: pytest.MonkeyPatch
) -> None:
    offline.use_ceilings(day=1)
    async with offline.online(offline.new_client(patience=PATIENCE)):
        await offline.mira.run("video", prompt="the first")
        storage = SlowStorage(offline, monkeypatch)

        outcome = await offline.mira.run("video", prompt="the second")
        storage.released.set()
        refusal = await offline.mira.wait_for(lambda message: message.ephemeral)

        assert outcome.kind == "thinking"
        assert "1" in refusal.text
        await offline.theo.wait_until(lambda messages: not any(message.loading for message in messages))
        assert [message.ephemeral for message in await offline.theo.messages()] == [False]


@pytest.mark.parametrize("kind", ["lost_reset", "reset"])
async def test_a_lost_answer_to_the_first_response_costs_neither_the_card_nor_a_second_one(
    cove: Cove, kind: str
) -> None:
    cove.discord.faults.add(Fault(kind=kind, method="POST", path=CALLBACK))

    await cove.mira.run("video", prompt="a red kite")

    job = await cove.job_with_card(cove.mira)
    (card,) = await cove.theo.messages()
    assert job.card is not None
    assert card.id == job.card.message_id
    assert job.id in card.text


async def test_a_command_that_arrives_too_late_to_be_answered_gets_an_ordinary_card(cove: Cove) -> None:
    cove.discord.interactions.delays.append(3_500)
    interaction_id = await cove.mira.begin("video", prompt="a red kite")
    cove.discord.clock.advance(3_500)

    outcome = await cove.mira.outcome(interaction_id)
    await cove.mira.wait_for(lambda message: "a red kite" in message.text)

    job = await cove.job_with_card(cove.mira)
    (card,) = await cove.theo.messages()
    assert outcome.failed
    assert job.card is not None
    assert card.id == job.card.message_id


async def test_a_request_that_was_stored_before_is_answered_in_private_and_stored_once(cove: Cove) -> None:
    cove.discord.interactions.delays.append(1_000)
    interaction_id = await cove.mira.begin("video", prompt="a red kite")
    place = Place(guild_id=cove.guild.id, channel_id=cove.channel_id(), upload_limit=1)
    origin = Origin(request_key=f"i:{interaction_id}", requester_id=cove.person_id(cove.mira), place=place)
    first = await cove.world.service.video(VideoRequest(origin=origin, asked=VideoAsked(prompt="a red kite")))
    cove.discord.clock.advance(1_000)

    outcome = await cove.mira.outcome(interaction_id)

    assert outcome.expect_message().ephemeral
    assert first.job.id in outcome.expect_message().text
    assert [job.id for job in await cove.running(cove.mira)] == [first.job.id]


async def test_a_burst_of_commands_is_answered_one_by_one(cove: Cove) -> None:
    people = [cove.juno, cove.mira, cove.theo]

    async def ask(number: int) -> tuple[Person, Outcome]:
        person = people[number % 3]
        return person, await person.run("video", prompt=f"kite number {number}")

    outcomes = await asyncio.gather(*(ask(number) for number in range(30)))

    await cove.client.commands_finished()
    jobs = [job for person in people for job in await cove.running(person)]
    assert sorted(job.prompt for job in jobs) == sorted(f"kite number {number}" for number in range(30))
    assert {job.card.message_id for job in jobs if job.card} == {o.expect_message().id for _, o in outcomes}
    for job in jobs:
        card = await cove.card(job, cove.mira)
        assert job.id in card.text
        assert job.prompt in card.text


async def test_storage_that_is_down_is_told_in_private_with_a_number_that_the_log_has(
    cove: Cove, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(new: NewJob, holds: Sequence[Hold]) -> SubmitResult:
        raise StoreUnavailable("disk full")

    monkeypatch.setattr(cove.store, "submit", down)
    with capture_logs() as logged:
        outcome = await cove.mira.run("video", prompt="a red kite")

    answer = outcome.expect_message()
    (record,) = [line for line in logged if line["event"] == "command_failed"]
    assert answer.ephemeral
    assert record["error_id"] in answer.text
    assert isinstance(record["exc_info"], StoreUnavailable)
    assert "Nothing was charged." in answer.text
    assert "disk full" not in answer.text


async def test_a_defect_after_the_service_was_asked_promises_nothing_about_money(
    cove: Cove, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(new: NewJob, holds: Sequence[Hold]) -> SubmitResult:
        raise RuntimeError("unforeseen secret detail")

    monkeypatch.setattr(cove.store, "submit", broken)
    with capture_logs():
        outcome = await cove.mira.run("video", prompt="a red kite")

    answer = outcome.expect_message()
    assert answer.ephemeral
    assert "Nothing was charged." not in answer.text
    assert "/clips" in answer.text
    assert "secret detail" not in answer.text
    assert await cove.theo.messages() == []


async def test_once_told_to_stop_commands_are_turned_away_and_those_in_hand_are_finished(
    offline: Cove, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = SlowStorage(offline, monkeypatch)
    async with offline.online(offline.new_client(patience=PATIENCE)) as client:
        await offline.mira.run("video", prompt="a red kite")

        client.stop_taking_commands()
        late = await offline.theo.run("video", prompt="too late")
        late_list = await offline.theo.autocomplete("video", "model")
        finished = asyncio.create_task(client.commands_finished())
        await asyncio.sleep(0)
        assert not finished.done()
        storage.released.set()
        await asyncio.wait_for(finished, 5)

        assert late.expect_message().ephemeral
        assert "Nothing was charged." in late.expect_message().text
        assert late_list == []
        job = await offline.only_job(offline.mira)
        assert job.card is not None
        assert not await offline.running(offline.theo)
