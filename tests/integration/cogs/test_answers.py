"""The first response: in time, once, and what is left of it when something goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

import cogs.answers
from bot.catalog import VideoAsked
from bot.jobs.limits import Hold
from bot.jobs.model import Job, MessageRef, NewJob, Place
from bot.jobs.ports import StoreUnavailable, SubmitResult
from bot.jobs.requests import Origin, VideoRequest
from bot.jobs.states import JobState
from bot.jobs.trouble import Trouble
from sandbox.discord import Fault
from sandbox.discord.faults import FaultKind
from sandbox.discord.interaction import DeadToken
from sandbox.discord.json_types import JsonObject
from sandbox.person import Person
from sandbox.seen import Outcome
from tests.integration.cogs.cove import Cove

CALLBACK = "/interactions/*/*/callback"
PATIENCE = 0.05
ATTEMPT_SECONDS = 1.0
"""What a request that hangs takes of a test; long enough for one that does not, on a machine that is busy."""


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


@pytest.mark.parametrize("answer_is_lost", [False, True])
async def test_a_late_refusal_takes_the_deferral_away_and_speaks_in_private(
    offline: Cove, monkeypatch: pytest.MonkeyPatch, *, answer_is_lost: bool
) -> None:
    offline.use_ceilings(day=1)
    async with offline.online(offline.new_client(patience=PATIENCE)):
        await offline.mira.run("video", prompt="the first")
        storage = SlowStorage(offline, monkeypatch)
        if answer_is_lost:
            offline.discord.faults.add(Fault(kind="lost_reset", method="POST", path=CALLBACK))

        outcome = await offline.mira.run("video", prompt="the second")
        storage.released.set()
        refusal = await offline.mira.wait_for(lambda message: message.ephemeral)

        assert outcome.kind == "thinking"
        assert "1" in refusal.text
        await offline.theo.wait_until(lambda messages: not any(message.loading for message in messages))
        assert [message.ephemeral for message in await offline.theo.messages()] == [False]


@pytest.mark.parametrize("kind", ["lost_reset", "lost_hang", "reset"])
async def test_a_lost_answer_to_the_first_response_costs_neither_the_card_nor_a_second_one(
    cove: Cove, kind: FaultKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cogs.answers, "ATTEMPT_SECONDS", ATTEMPT_SECONDS)
    cove.discord.faults.add(Fault(kind=kind, method="POST", path=CALLBACK))

    await cove.mira.run("video", prompt="a red kite")

    job = await cove.job_with_card(cove.mira)
    (card,) = await cove.theo.messages()
    assert job.card is not None
    assert card.id == job.card.message_id
    assert job.id in card.text


@pytest.mark.parametrize("kind", ["lost_reset", "lost_hang"])
async def test_a_deferral_whose_answer_is_lost_still_becomes_the_card(
    offline: Cove, kind: FaultKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cogs.answers, "ATTEMPT_SECONDS", ATTEMPT_SECONDS)
    storage = SlowStorage(offline, monkeypatch)
    async with offline.online(offline.new_client(patience=PATIENCE)):
        offline.discord.faults.add(Fault(kind=kind, method="POST", path=CALLBACK))
        outcome = await offline.mira.run("video", prompt="a red kite")
        storage.released.set()

        job = await offline.job_with_card(offline.mira)
        (card,) = await offline.theo.messages()
        assert outcome.kind == "thinking"
        assert not card.loading
        assert job.id in card.text
        assert job.card is not None
        assert job.card.message_id == card.id


async def test_a_card_that_discord_refuses_fails_nothing_else(cove: Cove) -> None:
    refusal: JsonObject = {"code": 50035, "message": "Invalid Form Body"}
    cove.discord.faults.add(Fault(kind="status", method="POST", path=CALLBACK, status=400, body=refusal, times=2))

    received = asyncio.ensure_future(cove.client.wait_for("interaction", timeout=5))
    interaction_id = await cove.mira.begin("video", prompt="a red kite")
    await received
    await asyncio.wait_for(cove.client.commands_finished(), 5)
    cove.discord.clock.advance(3_000)

    assert (await cove.mira.outcome(interaction_id)).failed
    job = await cove.only_job(cove.mira)
    assert job.card is None
    assert await cove.theo.messages() == []
    assert (await cove.finish(job)).state is JobState.SUCCEEDED


async def test_a_card_that_cannot_be_remembered_is_no_reason_to_apologise(
    cove: Cove, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(*_: object) -> None:
        raise StoreUnavailable("locked")

    monkeypatch.setattr(cove.store, "set_card", down)
    await cove.mira.run("video", prompt="a red kite")
    await asyncio.wait_for(cove.client.commands_finished(), 5)

    (card,) = await cove.mira.messages()
    assert not card.ephemeral
    assert (await cove.only_job(cove.mira)).id in card.text


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


@pytest.mark.parametrize("how", ["invalid", "unknown"])
async def test_a_command_whose_token_dies_while_it_is_worked_on_gets_an_ordinary_card(
    offline: Cove, monkeypatch: pytest.MonkeyPatch, how: DeadToken
) -> None:
    async with offline.online(offline.new_client(patience=PATIENCE)):
        storage = SlowStorage(offline, monkeypatch)
        outcome = await offline.mira.run("video", prompt="a red kite")
        offline.discord.interactions.kill_tokens(how)
        storage.released.set()

        job = await offline.job_with_card(offline.mira)
        card = await offline.card(job, offline.theo)
        assert outcome.kind == "thinking"
        assert (card.loading, card.ephemeral, "a red kite" in card.text) == (False, False, True)


async def test_a_command_that_another_process_stored_is_answered_with_its_one_card(cove: Cove) -> None:
    cove.discord.interactions.delays.append(1_000)
    interaction_id = await cove.mira.begin("video", prompt="a red kite")
    place = Place(guild_id=cove.guild.id, channel_id=cove.channel_id(), upload_limit=1)
    origin = Origin(request_key=f"i:{interaction_id}", requester_id=cove.person_id(cove.mira), place=place)
    first = await cove.world.service.submit(origin, VideoRequest(asked=VideoAsked(prompt="a red kite")))
    cove.discord.clock.advance(1_000)

    outcome = await cove.mira.outcome(interaction_id)

    card, job = outcome.expect_message(), await cove.job_with_card(cove.mira)
    assert not card.ephemeral
    assert first.job.id in card.text
    assert (job.id, job.card) == (first.job.id, MessageRef(cove.channel_id(), card.id))


async def test_a_burst_of_commands_is_answered_one_by_one(cove: Cove) -> None:
    # A busy machine may take longer for thirty than Discord waits; what is late is for other tests.
    cove.discord.world.limits = replace(cove.discord.world.limits, first_response_ms=60_000)
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


async def test_storage_that_is_down_is_told_in_private_and_named(cove: Cove, monkeypatch: pytest.MonkeyPatch) -> None:
    async def down(new: NewJob, holds: Sequence[Hold]) -> SubmitResult:
        raise StoreUnavailable("/data/egret.db", Trouble.DISK_FULL)

    monkeypatch.setattr(cove.store, "submit", down)
    with capture_logs() as logged:
        outcome = await cove.mira.run("video", prompt="a red kite")

    answer = outcome.expect_message()
    (record,) = [line for line in logged if line["event"] == "command_not_written"]
    assert answer.ephemeral
    assert record["log_level"] == "warning"
    assert answer.text.startswith("The bot's disk is full.")
    assert "/clips" in answer.text
    assert "egret.db" not in answer.text
    assert "charged" not in answer.text


async def test_storage_that_goes_down_once_the_job_is_stored_promises_nothing_about_money(
    cove: Cove, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = cove.store.submit

    async def committed_but_unanswered(new: NewJob, holds: Sequence[Hold]) -> SubmitResult:
        await submit(new, holds)
        raise StoreUnavailable("the connection was lost")

    monkeypatch.setattr(cove.store, "submit", committed_but_unanswered)
    outcome = await cove.mira.run("video", prompt="a red kite")

    assert [job.prompt for job in await cove.running(cove.mira)] == ["a red kite"]
    assert "Nothing was charged." not in outcome.expect_message().text
    assert "/clips" in outcome.expect_message().text


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


async def test_a_slow_list_is_covered_by_a_private_deferral(offline: Cove, monkeypatch: pytest.MonkeyPatch) -> None:
    released = asyncio.Event()
    running_clips = offline.store.running_clips

    async def held(requester_id: int, guild_id: int | None, limit: int) -> Sequence[Job]:
        await released.wait()
        return await running_clips(requester_id, guild_id, limit)

    monkeypatch.setattr(offline.store, "running_clips", held)
    async with offline.online(offline.new_client(patience=PATIENCE)):
        outcome = await offline.mira.run("clips")
        released.set()
        answer = await offline.mira.wait_for(lambda message: "/video" in message.text)

        assert outcome.kind == "thinking"
        assert outcome.expect_message().ephemeral
        assert answer.ephemeral
        assert await offline.theo.messages() == []


async def test_a_private_answer_comes_although_its_deferrals_answer_was_lost(
    offline: Cove, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = asyncio.Event()
    running_clips = offline.store.running_clips

    async def held(requester_id: int, guild_id: int | None, limit: int) -> Sequence[Job]:
        await released.wait()
        return await running_clips(requester_id, guild_id, limit)

    monkeypatch.setattr(offline.store, "running_clips", held)
    monkeypatch.setattr(cogs.answers, "ATTEMPT_SECONDS", ATTEMPT_SECONDS)
    async with offline.online(offline.new_client(patience=PATIENCE)):
        offline.discord.faults.add(Fault(kind="lost_hang", method="POST", path=CALLBACK))
        await offline.mira.run("clips")
        released.set()

        answer = await offline.mira.wait_for(lambda message: "/video" in message.text)
        assert answer.ephemeral
        assert "Something went wrong" not in answer.text


async def test_a_command_that_is_no_more_is_explained(cove: Cove) -> None:
    cove.client.tree.remove_command("clips")

    outcome = await cove.mira.run("clips")

    assert outcome.expect_message().ephemeral
    assert "has changed" in outcome.expect_message().text


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
