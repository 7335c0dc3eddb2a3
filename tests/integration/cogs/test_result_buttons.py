"""The buttons under clips: what they do, for whom, at whose charge, and how often."""

from __future__ import annotations

import asyncio

import discord
import pytest

from bot.catalog import PossibleActions
from bot.jobs.model import Job, is_repost
from bot.ui import more
from bot.ui.custom_ids import Pressed, Verb, custom_id
from bot.ui.message import Button, Message
from bot.ui.more import MoreFacts, render_more
from bot.ui.rows import failure_row, result_row
from cogs.clicks import Clicks
from cogs.in_hand import InHand
from cogs.interaction import Interaction
from sandbox.person import Person, RequestRefused
from sandbox.seen import Outcome, SeenMessage
from tests.integration.cogs.cove import Cove

NOT_HERE = "This button belongs to no clip of this server. Nothing was done."
ALL = MoreFacts(original=True, favourite=False, removable=True)


async def post(cove: Cove, *posted: Button, channel: str = "general") -> SeenMessage:
    """Post buttons as a message of the bot's."""
    sent = await cove.client.get_partial_messageable(cove.channel_id(channel)).send(
        **Message(content="look", buttons=posted).send()
    )
    return await cove.juno.in_channel(channel).message(sent.id)


async def result(cove: Cove, job: Job) -> SeenMessage:
    return await post(cove, *result_row(job, PossibleActions(), "d1"))


def told(outcome: Outcome) -> str:
    """Return a private answer's text."""
    answer = outcome.expect_message()
    assert answer.ephemeral
    return answer.text


async def more_of(cove: Cove, person: Person, job: Job) -> SeenMessage:
    return (await person.click(await result(cove, job), "More")).expect_message()


async def press(cove: Cove, person: Person, message: SeenMessage, *pressed: str) -> None:
    """Click, at once where there are several, and wait until all is done that comes of it."""
    await asyncio.gather(*(person.click(message, label) for label in pressed))
    await asyncio.wait_for(cove.client.commands_finished(), 5)


def labels(message: SeenMessage) -> list[str]:
    return [button.label for button in message.clickables]


async def jobs_made_from(cove: Cove, job: Job) -> list[Job]:
    return list(await cove.store.children(job.id, 10))


async def reposts(cove: Cove, job: Job) -> list[str]:
    return [row.purpose for row in await cove.store.deliveries(job.id) if is_repost(row.purpose)]


@pytest.mark.parametrize("failed", [False, True], ids=["Re-roll", "Retry"])
async def test_once_more_shows_the_price_and_is_charged_to_whoever_runs_it(cove: Cove, *, failed: bool) -> None:
    job = await cove.finished_clip(cove.mira)
    row = (
        (Button(custom_id(Verb.AGAIN, job.id), "Retry", "🔁"),) if failed else result_row(job, PossibleActions(), "d1")
    )
    message = await post(cove, *row)

    offer = (await cove.theo.click(message, "Retry" if failed else "Re-roll")).expect_message()
    assert await jobs_made_from(cove, job) == []
    await press(cove, cove.theo, offer, "Run")

    assert offer.ephemeral
    assert "$0.26" in offer.text
    assert labels(offer) == ["Run", "No", "Run, and don't ask again"]
    (made,) = await jobs_made_from(cove, job)
    assert made.requester_id == cove.person_id(cove.theo)
    assert made.input == job.input
    card = await cove.card(made, cove.theo)
    assert (card.reference_id, card.ephemeral) == (message.id, False)


async def test_no_spends_nothing(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira)
    offer = (await cove.mira.click(await result(cove, job), "Re-roll")).expect_message()

    await press(cove, cove.mira, offer, "No")

    assert await jobs_made_from(cove, job) == []


async def test_both_offers_of_a_double_click_make_one_job(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira)
    message = await result(cove, job)
    clicks = await asyncio.gather(*(cove.mira.click(message, "Re-roll") for _ in range(2)))
    offers = [click.expect_message() for click in clicks]

    await asyncio.gather(*(press(cove, cove.mira, offer, "Run") for offer in offers))

    assert len(await jobs_made_from(cove, job)) == 1


async def test_a_double_click_on_run_makes_one_job(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira)
    offer = (await cove.mira.click(await result(cove, job), "Re-roll")).expect_message()

    await press(cove, cove.mira, offer, "Run", "Run")

    (made,) = await jobs_made_from(cove, job)
    assert (await cove.card(made, cove.mira)).from_bot


async def test_a_double_click_of_somebody_who_is_not_asked_makes_one_job(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira)
    message = await result(cove, job)
    offer = (await cove.mira.click(message, "Re-roll")).expect_message()
    await press(cove, cove.mira, offer, "Run, and don't ask again")
    again = await result(cove, job)

    answers = await asyncio.gather(*(cove.mira.click(again, "Re-roll") for _ in range(2)))

    assert len(await jobs_made_from(cove, job)) == 2
    assert sorted("asked for already" in told(answer) for answer in answers) == [False, True]


async def test_a_later_click_is_another_wish(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira)
    message = await result(cove, job)
    for _ in range(2):
        offer = (await cove.mira.click(message, "Re-roll")).expect_message()
        await press(cove, cove.mira, offer, "Run")
        cove.discord.clock.advance(20_000)

    assert len(await jobs_made_from(cove, job)) == 2


async def test_a_private_clip_is_its_own_persons_alone(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira)
    answers = []
    for person in (cove.mira, cove.theo):
        direct = cove.discord.world.direct_channel(cove.person_id(person))
        row = result_row(job, PossibleActions(), "d1")
        sent = await cove.client.get_partial_messageable(direct.id).send(**Message(content="look", buttons=row).send())
        there = person.in_channel("dm")
        answers += [
            [told(await there.click(await there.message(sent.id), label)) for label in ("More", "Re-roll")],
        ]

    assert NOT_HERE not in answers[0]
    assert answers[1] == [NOT_HERE, NOT_HERE]


VERBS = [Verb.AGAIN, Verb.MORE, Verb.REPOST, Verb.ORIGINAL, Verb.REPORT, Verb.DELETE, Verb.REMOVE, Verb.KEEP]


@pytest.mark.parametrize("verb", VERBS)
async def test_a_clip_of_another_server_is_out_of_reach(cove: Cove, verb: Verb) -> None:
    job = await cove.finished_clip(cove.mira)
    message = await post(cove, Button(custom_id(verb, job.id), "Press", "❔"), channel="strand")

    assert told(await cove.mira.in_channel("strand").click(message, "Press")) == NOT_HERE
    stored = await cove.store.job(job.id)
    assert stored is not None
    assert stored.removed_at is None
    assert await reposts(cove, job) == []
    assert await jobs_made_from(cove, job) == []


@pytest.mark.parametrize(
    "custom",
    [
        *(f"egret:{verb}:zzzzzz" for verb in VERBS),
        "egret:favourite:zzzzzz:on",
        "egret:steal:zzzzzz",
        "egret:run:zzzzzz-of-another-draft",
        "egret:form:zzzzzz",
        "egret:more",
        "egret:more:",
        "egret:more:a b",
        "egret:more:'; DROP TABLE jobs; --",
        "egret:more:../../etc/passwd",
        "egret:more:语言🦊",
        "egret:more:" + "z" * 89,
        "EGRET:MORE:zzzzzz",
        "k1:extend:zzzzzz",
        "x",
    ],
)
async def test_a_tampered_or_foreign_button_does_nothing_and_says_so(cove: Cove, custom: str) -> None:
    message = await post(cove, Button(custom, "Press", "❔"))

    answer = told(await cove.mira.click(message, "Press"))

    assert answer == NOT_HERE or "no longer there" in answer or "gone" in answer, answer
    assert await cove.nothing_stored()


@pytest.mark.parametrize("extra", ["", "maybe"])
async def test_a_favourite_is_on_or_off_and_nothing_else(cove: Cove, extra: str) -> None:
    job = await cove.finished_clip(cove.mira)
    message = await post(cove, Button(custom_id(Verb.FAVOURITE, job.id, extra), "Press", "❔"))

    assert told(await cove.mira.click(message, "Press")) == NOT_HERE


async def test_more_offers_each_what_is_theirs(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira)

    offered = [labels(await more_of(cove, person, job)) for person in (cove.mira, cove.theo, cove.juno)]

    everybody = ["Details", "Favourite", "Repost", "Report"]
    assert offered == [[*everybody, "Delete"], everybody, [*everybody, "Delete"]]


async def test_a_favourite_is_put_in_and_taken_out_in_place(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira)
    shown = await more_of(cove, cove.mira, job)

    await cove.mira.click(shown, "Favourite")
    liked = await cove.mira.message(shown)
    liked_in_store = await cove.store.is_favourite(cove.person_id(cove.mira), job.id)
    await cove.mira.click(liked, "Unfavourite")
    unliked = await cove.mira.message(shown)

    assert liked_in_store
    assert "Unfavourite" in labels(liked)
    assert labels(unliked) == labels(shown)
    assert not await cove.store.is_favourite(cove.person_id(cove.mira), job.id)


async def test_a_repost_is_owed_once_however_often_it_is_pressed(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira)
    shown = await more_of(cove, cove.theo, job)

    answers = await asyncio.gather(*(cove.theo.click(shown, "Repost") for _ in range(3)))

    assert len(await reposts(cove, job)) == 1
    assert all("posted again" in told(answer) for answer in answers)
    assert all("costs nothing" in told(answer) for answer in answers)


async def test_a_report_is_asked_for_its_reason_and_told_once(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira)
    shown = await more_of(cove, cove.theo, job)
    answers = []
    for reason in ("it is cruel", "still cruel"):
        form = await cove.theo.click(shown, "Report")
        answers.append(told(await cove.theo.submit(form, reason=reason)))
        await cove.world.reports.run_once()

    assert cove.world.alerts.words == ["reported:it is cruel"]
    assert "are told" in answers[0]
    assert "before" in answers[1]


async def test_a_report_without_a_reason_is_not_sent(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira)
    form = await cove.theo.click(await more_of(cove, cove.theo, job), "Report")

    with pytest.raises(RequestRefused):
        await cove.theo.submit(form, reason="")


async def test_a_form_opened_before_a_restart_is_still_taken(offline: Cove) -> None:
    async with offline.online(offline.client):
        job = await offline.finished_clip(offline.mira)
        form = await offline.theo.click(await more_of(offline, offline.theo, job), "Report")
    offline.world.start_process()

    async with offline.online(offline.new_client()):
        answer = await offline.theo.submit(form, reason="it is cruel")

    await offline.world.reports.run_once()
    assert "are told" in told(answer)
    assert offline.world.alerts.words == ["reported:it is cruel"]


@pytest.mark.parametrize("custom", ["x", "egret:steal:zzzzzz", "egret:report:zzzzzz", "egret:report:a b"])
async def test_a_form_of_no_clip_here_does_nothing_and_says_so(cove: Cove, custom: str) -> None:
    async def open_it(interaction: Interaction, _pressed: Pressed) -> None:
        form = discord.ui.Modal(title="Form", custom_id=custom)
        form.add_item(discord.ui.TextInput(label="Reason", custom_id="reason"))
        form.stop()
        await interaction.response.send_modal(form)

    clicks = Clicks(InHand())
    clicks.on(Verb.REPORT, open_it)
    message = await post(cove, Button(custom_id(Verb.REPORT, "zzzzzz"), "Report", "🚩"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cove.client, "clicked", clicks.clicked)
        form = await cove.theo.click(message, "Report")

    assert told(await cove.theo.submit(form, reason="it is cruel")) == NOT_HERE
    assert cove.world.alerts.words == []


async def test_deleting_is_asked_once_and_can_be_thought_better_of(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira)
    question = (await cove.mira.click(await more_of(cove, cove.mira, job), "Delete")).expect_message()

    await cove.mira.click(question, "Keep")

    stored = await cove.store.job(job.id)
    assert stored is not None
    assert stored.removed_at is None
    kept = await cove.mira.message(question)
    assert "Nothing was deleted" in kept.text
    assert labels(kept) == []


@pytest.mark.parametrize("who", ["requester", "moderator"])
async def test_a_clip_is_deleted_by_its_requester_or_a_moderator(cove: Cove, who: str) -> None:
    person = cove.mira if who == "requester" else cove.juno
    job = await cove.finished_clip(cove.mira)
    question = (await person.click(await more_of(cove, person, job), "Delete")).expect_message()

    await person.click(question, "Delete")

    stored = await cove.store.job(job.id)
    assert stored is not None
    assert stored.removed_at is not None
    assert "is deleted" in (await person.message(question)).text
    again = render_more(stored, ALL)
    assert [button.label for button in again.buttons] == ["Details"]


@pytest.mark.parametrize("verb", [Verb.DELETE, Verb.REMOVE, Verb.KEEP])
async def test_nobody_else_deletes_a_clip(cove: Cove, verb: Verb) -> None:
    job = await cove.finished_clip(cove.mira)
    message = await post(cove, Button(custom_id(verb, job.id), "Press", "🗑️"))

    answer = told(await cove.theo.click(message, "Press"))

    assert "is not yours" in answer
    assert "Nothing was deleted" in answer
    assert (await cove.theo.message(message)).content == "look"
    stored = await cove.store.job(job.id)
    assert stored is not None
    assert stored.removed_at is None


async def test_what_is_still_being_made_is_not_deleted(cove: Cove) -> None:
    await cove.mira.run("video", prompt="a red kite")
    job = await cove.only_job(cove.mira)
    message = await post(cove, Button(custom_id(Verb.REMOVE, job.id), "Press", "🗑️"))

    await cove.mira.click(message, "Press")

    assert "still being made" in (await cove.mira.message(message)).text
    assert await cove.only_job(cove.mira)


async def test_the_original_of_which_nothing_is_left_is_said_to_be_gone(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira)
    message = await post(cove, Button(more.original_button_id(job), "Original", "⬇️"))

    first = await cove.mira.click(message, "Original")
    answered = await cove.mira.wait_for(lambda seen: seen.ephemeral and "original" in seen.text)

    assert first.kind == "thinking"
    assert "no longer kept here" in answered.text


async def test_details_say_why_a_button_is_missing(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira, model="2.1")
    message = await post(cove, *failure_row(job, PossibleActions(), "d1"))

    details = told(await cove.theo.click(message, "Details"))

    assert "Extend: Clips of Kling 2.1 cannot be extended." in details


async def test_a_channel_in_which_nothing_can_be_posted_is_named_before_anything_is_offered(cove: Cove) -> None:
    job = await cove.finished_clip(cove.mira)
    message = await result(cove, job)
    shown = await more_of(cove, cove.mira, job)
    channel = cove.discord.operations.channel("general")
    cove.discord.operations.set_overwrite(channel, "bot", 0, 1 << 15)

    answers = [
        told(await cove.mira.click(message, "Re-roll")),
        told(await cove.mira.click(shown, "Repost")),
    ]

    assert all("Attach Files" in answer for answer in answers)
    assert await reposts(cove, job) == []


async def test_buttons_work_after_a_restart(offline: Cove) -> None:
    async with offline.online(offline.client):
        job = await offline.finished_clip(offline.mira)
        message = await result(offline, job)
        offer = (await offline.mira.click(message, "Re-roll")).expect_message()
        shown = (await offline.mira.click(message, "More")).expect_message()
    offline.world.start_process()

    async with offline.online(offline.new_client()):
        await press(offline, offline.mira, offer, "Run")
        await press(offline, offline.mira, shown, "Favourite")

    assert len(await jobs_made_from(offline, job)) == 1
    assert await offline.store.is_favourite(offline.person_id(offline.mira), job.id)
