"""A command buys one task and gets one message, whatever is lost, repeated, forged or killed on the way."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sandbox.discord.faults import Fault, FaultKind
from sandbox.piapi.faults import Fault as PiapiFault
from sandbox.piapi.scenarios import Scenario
from sandbox.seen import SeenMessage
from tests.e2e.community import KITE, Community, answer_to, ask, community, spending, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


LOST = {
    "the connection was reset": (Scenario.CREATED_DROPPED,),
    "an empty server error": (Scenario.CREATED_500,),
    "a gateway's error page": (Scenario.CREATED_502,),
    "half a body": (Scenario.CREATED_BROKEN_JSON,),
    "nothing for a while, then a reset": (Scenario.CREATED_HANG,),
    "and the webhook came before": (Scenario.CREATED_DROPPED, Scenario.WEBHOOK_EARLY),
    "and nobody echoes the address": (Scenario.CREATED_500, Scenario.ENDPOINT_NOT_ECHOED),
}


@pytest.mark.parametrize("how", LOST)
async def test_when_the_answer_to_a_purchase_is_lost_the_webhook_tells_which_task_it_was(place: Community, how: str):
    mira = place.mira.in_channel(place.room())
    await place.provider.play(*LOST[how], seconds=0.3)

    async with spending(place) as spent:
        card = await ask(mira)
        answer = await answer_to(mira, card)

    assert answer.attachments
    assert [message.id for message in await place.answers_to(card)] == [answer.id]
    assert "submit_unknown" in await states_of(place, card)
    assert (spent.creates, spent.tasks) == (1, 1)


async def test_a_clip_that_was_given_up_is_posted_when_its_webhook_comes_after_all(place: Community):
    mira = place.mira.in_channel(place.room())
    await place.provider.play(Scenario.CREATED_DROPPED, Scenario.HISTORY_MISSING, Scenario.STUCK)

    async with spending(place) as spent:
        made = len(await place.provider.tasks())
        card = await ask(mira)
        lost = await place.while_time_passes(answer_to(mira, card), step=60)
        *_, task = await place.tasks(made + 1)
        await place.provider.finish(task.task_id)
        clip = await mira.wait_for(lambda message: bool(message.attachments))

    assert "If the clip turns up after all, it will be posted here." in lost.text
    assert clip.reference_id == card.id
    assert [message.id for message in await place.answers_to(card)] == [lost.id, clip.id]
    assert (spent.creates, spent.tasks, list(spent.quotas.values())) == (1, 1, [260_000])


async def test_a_forged_webhook_changes_nothing(place: Community):
    mira = place.mira.in_channel(place.room())
    await place.provider.play(Scenario.STUCK, Scenario.WEBHOOK_FORGED)

    async with spending(place) as spent:
        card = await ask(mira)
        task = await place.task_of(card)
        await until(lambda: was_called(place, card), "the forged webhook")
        asked = task.gets
        lied = await place.provider.send_webhook(task.task_id, status="completed")
        await until(lambda: was_read(place, card, asked), "the bot to ask for the truth")
        assert await place.answers_to(card) == []
        await place.provider.finish(task.task_id)
        answer = await answer_to(mira, card)

    assert [call.answer for call in lied.webhook_calls] == [401, 204]
    assert answer.attachments
    assert len(await place.answers_to(card)) == 1
    assert (spent.creates, spent.tasks) == (1, 1)


async def was_called(place: Community, card: SeenMessage) -> bool:
    return bool((await place.task_of(card)).webhook_calls)


async def was_read(place: Community, card: SeenMessage, before: int) -> bool:
    return (await place.task_of(card)).gets > before


@pytest.mark.parametrize(
    "scenarios",
    [
        (Scenario.WEBHOOK_DUPLICATED, Scenario.WEBHOOK_DISORDERED),
        (Scenario.WEBHOOK_EARLY,),
        (Scenario.WEBHOOK_PROGRESS, Scenario.STATUS_CAPITALISED),
        (Scenario.STATUS_UNKNOWN, Scenario.ENDPOINT_NOT_ECHOED),
    ],
    ids="+".join,
)
async def test_webhooks_in_any_number_and_order_make_one_message(place: Community, scenarios: tuple[Scenario, ...]):
    mira = place.mira.in_channel(place.room())
    await place.provider.play(*scenarios)

    async with spending(place) as spent:
        card = await ask(mira)
        answer = await answer_to(mira, card)
        task = await place.task_of(card)
        await place.provider.wait(task.task_id, "notified")
        again = await place.provider.send_webhook(task.task_id, times=3)

    assert {call.answer for call in again.webhook_calls} == {204}
    assert [message.id for message in await place.answers_to(card)] == [answer.id]
    assert (spent.creates, spent.tasks) == (1, 1)


@pytest.mark.parametrize(
    ("kind", "status"),
    [("lost_reset", 200), ("reset", 200), ("status", 503)],
    ids=["shown, and the answer lost", "cut off before it was shown", "out of service"],
)
async def test_a_command_whose_own_answer_is_lost_has_one_card_and_buys_once(
    place: Community, kind: FaultKind, status: int
):
    mira = place.mira.in_channel(place.room())
    await place.provider.play(Scenario.STUCK)
    place.discord.faults.add(Fault(kind=kind, method="POST", path="/interactions/*", status=status))

    async with spending(place) as spent:
        card = await ask(mira)
        await place.provider.finish((await place.task_of(card)).task_id)
        answer = await answer_to(mira, card)

    assert [message.id for message in await mira.messages()] == [card.id, answer.id]
    assert (spent.creates, spent.tasks) == (1, 1)


async def test_a_burst_of_commands_buys_one_clip_each_however_many_may_be_made_at_once(place: Community):
    room = place.room()
    people = [person.in_channel(room) for person in (place.mira, place.theo, place.juno)] * 2

    async with spending(place) as spent:
        cards = await asyncio.gather(*(ask(person) for person in people))
        for person, card in zip(people, cards, strict=True):
            assert (await answer_to(person, card)).attachments

    assert [len(await place.answers_to(card)) for card in cards] == [1] * 6
    assert (spent.creates, spent.tasks) == (6, 6)


async def test_a_provider_that_cannot_be_read_for_a_while_is_read_again_and_asked_for_nothing_more(place: Community):
    mira = place.mira.in_channel(place.room())
    for fault in (PiapiFault.SERVER_ERROR, PiapiFault.UNAUTHORIZED, PiapiFault.NOT_FOUND, PiapiFault.BROKEN_JSON):
        await place.provider.spoil("get", fault, times=2)

    async with spending(place) as spent:
        card = await ask(mira)
        answer = await place.while_time_passes(answer_to(mira, card), step=20)

    assert answer.attachments
    assert (spent.creates, spent.tasks) == (1, 1)


IN_HAND = {
    "on its way to the archive": "[output-slow]",
    "on the wire": "[created-hang]",
    "unknown": "[created-dropped] [webhook-off]",
    "running": "[stuck]",
}
AT_THE_PROVIDER = {"on the wire", "unknown", "running"}
WAITING = {"unknown": IN_HAND["unknown"], "running": IN_HAND["running"]}


@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
async def test_jobs_in_every_state_survive_the_end_of_the_process(tmp_path: Path, killed: bool):
    in_hand = IN_HAND if killed else WAITING
    async with community(tmp_path, max_in_flight=str(len(AT_THE_PROVIDER & set(in_hand)))) as place:
        process = place.process()

        async def start() -> None:
            await (place.run(process) if killed else place.start())

        async def end() -> None:
            await (process.kill() if killed else place.stop())

        try:
            await start()
            states = ("delivered", "posted", *in_hand, "queued")
            rooms = {state: place.mira.in_channel(place.room()) for state in states}
            cards = {"delivered": await ask(rooms["delivered"])}
            await answer_to(rooms["delivered"], cards["delivered"])
            if killed:
                room = place.channel(rooms["posted"].channel)
                await place.operator.add_fault(kind="lost_hang", method="POST", path=f"/channels/{room.id}/messages")
                cards["posted"] = await ask(rooms["posted"])
                await answer_to(rooms["posted"], cards["posted"])
            for state, scenario in in_hand.items():
                cards[state] = await ask(rooms[state], f"{KITE} {scenario}")
            await until(lambda: arrived(place, cards, in_hand), "jobs in every state")
            cards["queued"] = await ask(rooms["queued"])
            assert (await place.job_of(cards["queued"])).state == "queued"

            await end()
            await start()
            for task in await place.provider.tasks():
                if Scenario.STUCK in task.scenarios:
                    await place.provider.finish(task.task_id)
            answers = asyncio.gather(*(answer_to(rooms[state], card) for state, card in cards.items()))
            assert all(answer.attachments for answer in await place.while_time_passes(answers))
            await place.idle()
        finally:
            await end()
        assert (await place.provider.summary()).tasks_created == await place.creates() == len(cards)
        assert [len(await place.answers_to(card)) for card in cards.values()] == [1] * len(cards)


async def arrived(place: Community, cards: dict[str, SeenMessage], in_hand: dict[str, str]) -> bool:
    """Tell whether every job is where the process is to end."""
    wanted = {
        "on the wire": "submitting",
        "unknown": "submit_unknown",
        "running": "running",
        "on its way to the archive": "succeeded",
    }
    found = {job.card_message_id: job.state for job in place.books.jobs()}
    return all(found.get(cards[state].id) == wanted[state] for state in in_hand)


async def states_of(place: Community, card: SeenMessage) -> list[str]:
    job = await place.job_of(card)
    return [event.to_state for event in place.books.events(job.id)]
