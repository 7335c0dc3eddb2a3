"""What an offer and its answers may cost whom, and where: however late, doubled, or out of place they are pressed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.catalog import Catalogue, Price
from bot.jobs.drafts import Drafts
from bot.jobs.limits import Hold
from bot.jobs.model import Job, MessageRef, NewAsset, NewJob
from bot.jobs.ports import DeliveryChange, Draft, HeldFile, StoreUnavailable, SubmitResult
from bot.jobs.states import DELIVER
from bot.ui.custom_ids import Verb, custom_id, read_custom_id
from bot.ui.message import Button
from sandbox.discord import Fault
from sandbox.discord.json_types import as_object, text
from sandbox.discord.permissions import Permission
from sandbox.person import Person
from sandbox.seen import SeenMessage
from tests.integration.cogs.cove import Cove, picture
from tests.integration.cogs.test_result_buttons import jobs_made_from, labels, post, press, result

GONE = "This is no longer there"


class Keeping:
    """Holds whatever is attached, and knows what was deleted."""

    def __init__(self) -> None:
        self.deleted: list[str] = []

    async def hold(self, file: NewAsset) -> HeldFile:
        return HeldFile(
            asset_id="held-1", extension="png", filename=file.filename, content_type="image/png", size=file.size
        )

    async def discard(self, file: HeldFile) -> None:
        self.deleted.append(file.asset_id)


def dearer(catalogue: Catalogue, microusd: int) -> Catalogue:
    """Return a catalogue in which everything costs more."""

    def priced(mode):
        return replace(mode, prices=tuple(replace(one, price=Price(microusd, "2026-11")) for one in mode.prices))

    models = tuple(replace(row, modes=tuple(priced(mode) for mode in row.modes)) for row in catalogue.models)
    return replace(catalogue, models=models)


def draft_of(offer: SeenMessage) -> str:
    pressed = read_custom_id(offer.clickables[0].custom_id)
    assert pressed is not None
    return pressed.subject


async def offered(cove: Cove, person: Person, job: Job) -> SeenMessage:
    return (await person.click(await result(cove, job), "Re-roll")).expect_message()


async def reply_answered(cove: Cove, person: Person, message: SeenMessage, words: str, **given) -> SeenMessage:
    reply = await person.reply(message, words, **given)
    return await person.wait_for(lambda one: one.reference_id == reply.id and one.from_bot)


async def settled(cove: Cove) -> None:
    await asyncio.wait_for(cove.client.commands_finished(), 5)


async def test_an_offer_that_has_become_dearer_is_shown_again_before_it_is_bought(offline: Cove) -> None:
    async with offline.online(offline.client):
        job = await offline.finished_clip(offline.mira)
        offer = await offered(offline, offline.mira, job)
    offline.world.catalogue = dearer(offline.world.catalogue, 900_000)
    offline.world.start_process()

    async with offline.online(offline.new_client()):
        await press(offline, offline.mira, offer, "Run")
        again = await offline.mira.message(offer)
        bought_unasked = await jobs_made_from(offline, job)
        await press(offline, offline.mira, again, "Run")

        assert bought_unasked == []
        assert "$0.90" in again.text
        assert "It was offered for $0.26" in again.text
        (made,) = await jobs_made_from(offline, job)
        assert made.price_microusd == 900_000


async def test_do_not_ask_again_is_no_consent_to_a_dearer_price(offline: Cove) -> None:
    async with offline.online(offline.client):
        job = await offline.finished_clip(offline.mira)
        offer = await offered(offline, offline.mira, job)
    offline.world.catalogue = dearer(offline.world.catalogue, 900_000)
    offline.world.start_process()

    async with offline.online(offline.new_client()):
        await press(offline, offline.mira, offer, "Run, and don't ask again")

        assert await jobs_made_from(offline, job) == []
        assert (await offline.world.service.preferences(offline.person_id(offline.mira))).asks_first


async def test_an_offer_that_was_taken_up_stays_so_when_prices_rise(offline: Cove) -> None:
    async with offline.online(offline.client):
        job = await offline.finished_clip(offline.mira)
        offer = await offered(offline, offline.mira, job)
        stale = await post(offline, Button(custom_id(Verb.RUN, draft_of(offer)), "Run", "▶️"))
        await press(offline, offline.mira, offer, "Run")
    offline.world.catalogue = dearer(offline.world.catalogue, 900_000)
    offline.world.start_process()

    async with offline.online(offline.new_client()):
        await press(offline, offline.mira, stale, "Run")

        assert len(await jobs_made_from(offline, job)) == 1


async def test_an_offer_is_taken_up_only_on_the_server_it_was_made_for(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira)
    offer = await offered(cove, cove.mira, job)
    elsewhere = await post(cove, Button(custom_id(Verb.RUN, draft_of(offer)), "Run", "▶️"), channel="strand")

    outcome = await cove.mira.in_channel("strand").click(elsewhere, "Run")

    assert GONE in outcome.expect_message().text
    assert await jobs_made_from(cove, job) == []


async def test_a_run_that_is_refused_leaves_the_offer_to_be_pressed_later(offline: Cove) -> None:
    offline.use_ceilings(day=2)
    async with offline.online(offline.client):
        job = await offline.finished_clip(offline.mira)
        offer = await offered(offline, offline.mira, job)
        await offline.mira.run("video", prompt="the last of today")

        await press(offline, offline.mira, offer, "Run")

        assert labels(await offline.mira.message(offer)) == ["Run", "No", "Run, and don't ask again"]
        assert await jobs_made_from(offline, job) == []


async def test_do_not_ask_again_is_saved_only_with_a_clip_that_was_bought(offline: Cove) -> None:
    offline.use_ceilings(day=2)
    async with offline.online(offline.client):
        job = await offline.finished_clip(offline.mira)
        offer = await offered(offline, offline.mira, job)
        await offline.mira.run("video", prompt="the last of today")

        await press(offline, offline.mira, offer, "Run, and don't ask again")

        assert (await offline.world.service.preferences(offline.person_id(offline.mira))).asks_first


async def test_permissions_that_are_gone_by_the_time_of_run_are_named_before_buying(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira)
    offer = await offered(cove, cove.mira, job)
    cove.discord.operations.set_overwrite(
        cove.discord.operations.channel("general"), "bot", 0, int(Permission.ATTACH_FILES)
    )

    await press(cove, cove.mira, offer, "Run")

    told = await cove.mira.wait_for(lambda message: "Attach Files" in message.text)
    assert told.ephemeral
    assert await jobs_made_from(cove, job) == []


async def test_what_is_made_again_from_a_private_clip_is_private_wherever_it_is_asked_for(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira, prompt="a secret kite", private=True)
    assert job.place.is_direct
    offer = await offered(cove, cove.mira, job)

    await press(cove, cove.mira, offer, "Run")

    (made,) = await jobs_made_from(cove, job)
    assert made.place.is_direct
    assert all("secret" not in message.text for message in await cove.theo.messages())


@pytest.mark.parametrize("command", ["extend", "lipsync"])
async def test_a_command_about_a_private_clip_is_private_unless_it_says_otherwise(cove: Cove, command: str) -> None:
    job = await cove.finished_clip(cove.mira, prompt="a secret kite", private=True)
    words = {"say": "hello"} if command == "lipsync" else {}

    hidden = await cove.mira.run(command, {"video": job.id, **words})
    await settled(cove)
    (first,) = await jobs_made_from(cove, job)
    shown = await cove.mira.run(command, {"video": job.id, "private": False, **words})
    await settled(cove)

    assert first.place.is_direct
    assert hidden.expect_message().ephemeral
    assert not shown.expect_message().ephemeral


async def test_a_reply_that_comes_again_after_do_not_ask_again_buys_nothing_more(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira)
    message = await result_of(cove, job)
    reply = await cove.mira.reply(message, "again")
    offer = await cove.mira.wait_for(lambda one: one.reference_id == reply.id and one.from_bot)
    await press(cove, cove.mira, offer, "Run, and don't ask again")
    assert len(await jobs_made_from(cove, job)) == 1

    redeliver(cove, reply)
    await cove.mira.run("clips")
    await settled(cove)

    assert len(await jobs_made_from(cove, job)) == 1


def redeliver(cove: Cove, message: SeenMessage) -> None:
    """Let Discord bring a message once more, as after a resumption."""
    for session in cove.discord.gateway.sessions.values():
        for payload in list(session.history):
            if payload.get("t") == "MESSAGE_CREATE" and text(as_object(payload["d"])["id"]) == str(message.id):
                assert session.connection is not None
                session.connection.push(payload)
                return
    raise LookupError(message.id)


async def test_no_after_run_takes_no_file_from_the_job(offline: Cove) -> None:
    keeping = Keeping()
    offline.world.drafts = Drafts(offline.store, keeping, offline.world.clock)
    async with offline.online(offline.new_client()):
        job = await offline.finished_clip(offline.mira)
        offer = await reply_answered(
            offline, offline.mira, await result_of(offline, job), "a storm", files=(picture(),)
        )
        stale = await post(offline, Button(custom_id(Verb.NO, draft_of(offer)), "No", "✖️"))
        await press(offline, offline.mira, offer, "Run")

        await offline.mira.click(stale, "No")
        told = await offline.mira.wait_for(lambda message: "asked for already" in message.text)

        assert len(await offline.running(offline.mira)) == 1
        assert keeping.deleted == []
        assert told.ephemeral


async def result_of(cove: Cove, job: Job) -> SeenMessage:
    """Return an ordinary message of ours that is known to be about a job, so that it can be replied to."""
    message = await result(cove, job)
    await cove.store.owe_repost(job.id, "here", message.channel_id, cove.world.clock.now())
    (owed,) = [row for row in await cove.store.deliveries(job.id) if row.message is None]
    posted = MessageRef(message.channel_id, message.id)
    now = cove.world.clock.now()
    await cove.store.apply_delivery(DeliveryChange(delivery_id=owed.id, transition=DELIVER, at=now, message=posted))
    return message


async def test_a_file_fetched_for_an_offer_that_could_not_be_kept_is_deleted(
    offline: Cove, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping = Keeping()
    offline.world.drafts = Drafts(offline.store, keeping, offline.world.clock)

    async def broken(draft: Draft) -> None:
        raise StoreUnavailable("gone")

    async with offline.online(offline.new_client()):
        message = await result_of(offline, await offline.finished_clip(offline.mira))
        monkeypatch.setattr(offline.store, "put_draft", broken)

        answer = await reply_answered(offline, offline.mira, message, "a storm", files=(picture(),))

        assert answer.text.startswith("The bot's database cannot be reached.")
        assert keeping.deleted == ["held-1"]


@pytest.mark.parametrize("kind", ["lost_reset", "reset", "status"])
async def test_a_card_that_cannot_be_posted_costs_nothing_but_the_card(cove: Cove, kind) -> None:
    job = await cove.finished_clip(cove.mira)
    offer = await offered(cove, cove.mira, job)
    cove.discord.faults.add(
        Fault(
            kind=kind,
            method="POST",
            path="/channels/*/messages",
            times=9,
            status=403,
            body={"code": 50013, "message": "Missing Permissions"},
        )
    )

    await press(cove, cove.mira, offer, "Run")

    cove.discord.faults.clear()
    assert len(await jobs_made_from(cove, job)) == 1
    assert "On its way" in (await cove.mira.message(offer)).text


@pytest.mark.parametrize("by_command", [True, False])
async def test_a_private_request_that_could_not_be_stored_leaves_no_promise_behind(
    cove: Cove, monkeypatch: pytest.MonkeyPatch, *, by_command: bool
) -> None:
    job = await cove.finished_clip(cove.mira, private=True)
    offer = await offered(cove, cove.mira, job)

    async def broken(new: NewJob, holds: Sequence[Hold]) -> SubmitResult:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(cove.store, "submit", broken)
    if by_command:
        await cove.mira.run("video", prompt="a red kite", private=True)
    else:
        await press(cove, cove.mira, offer, "Run")
    await settled(cove)

    letters = await cove.mira.in_channel("dm").messages()
    assert all("One moment" not in letter.text for letter in letters)


async def test_the_chat_of_a_voice_channel_asks_for_connect_before_anything_is_bought(cove: Cove) -> None:
    lounge = cove.mira.in_channel("lounge")
    job = await cove.finished_clip(cove.mira)
    buttons = await post(
        cove,
        Button(custom_id(Verb.AGAIN, job.id), "Re-roll", "🎲"),
        Button(custom_id(Verb.EXTEND, job.id), "Extend", "➕"),
        channel="lounge",
    )
    cove.discord.operations.set_overwrite(cove.discord.operations.channel("lounge"), "bot", 0, int(Permission.CONNECT))

    answers = [
        await lounge.run("video", prompt="a red kite"),
        await lounge.run("extend", video=job.id),
        await lounge.run("lipsync", video=job.id, say="hello"),
        await lounge.click(buttons, "Re-roll"),
        await lounge.click(buttons, "Extend"),
    ]

    assert ["**Connect**" in answer.expect_message().text for answer in answers] == [True] * 5
    assert await cove.nothing_stored()
