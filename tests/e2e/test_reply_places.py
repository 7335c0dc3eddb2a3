"""Where replies are heard, and what outlives a restart."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio

from bot.app import StartFailed
from sandbox.discord.permissions import Permission
from tests.e2e.community import (
    Community,
    answer_to,
    community,
    nothing_bought,
    until,
)
from tests.e2e.files import recording
from tests.e2e.replying import (
    READABLE,
    Made,
    answered,
    at,
    is_deleted,
    make,
    make_privately,
    reactions,
    run,
    settled,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"servers": "all"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kite(shared: Community) -> Made:
    """Mira's clip, five seconds of 1.6."""
    return await make(shared, shared.mira.in_channel(shared.room()))


async def test_with_its_ping_off_a_reply_gets_one_hint_ever_which_goes(tmp_path: Path):
    async with community(tmp_path) as place:
        await place.start()
        own = await make(place, place.mira)
        hint = await answered(place.theo, own.result, "haha nice", ping=False)
        assert "I can only read replies with the @ on" in hint.text

        await place.while_time_passes(until(lambda: is_deleted(place, hint), "the hint taken away"), step=5)
        again = [await place.theo.reply(own.result, "extend", ping=False)]
        await place.restart()
        again.append(await place.theo.reply(own.result, "extend", ping=False))
        await settled(place, place.theo, own.result)

        posted = await place.operator.messages("general")
        assert [m for m in posted if m.reference_id in {reply.id for reply in again}] == []
        assert len(place.books.jobs()) == 1


async def test_a_reply_to_a_commands_card_gets_its_own_hint(place: Community, kite: Made):
    hint = await answered(place.juno, kite.card, "extend")
    assert "Discord does not show me what people reply to the card of a command." in hint.text
    assert "I say this once" in hint.text


async def test_with_message_content_on_a_reply_needs_no_ping(tmp_path: Path):
    async with community(tmp_path, config=READABLE, message_content="on") as place:
        await place.start()
        own = await make(place, place.mira)
        offer = await answered(place.mira, own.result, "continue", ping=False)
        await run(place, place.mira, offer)
        card = await answered(place.mira, own.card, "info", ping=False)
        assert own.job.id in card.text


async def start_and_stop(place: Community) -> None:
    await place.start()
    await place.stop()


async def test_a_portal_that_refuses_message_content_is_said_in_words(tmp_path: Path):
    async with community(tmp_path, message_content="on") as place:
        with pytest.raises(StartFailed, match="the Message Content Intent is off in Discord's developer portal"):
            await start_and_stop(place)
        place._running = None
        (problem,) = place.discord.problems
        assert "4014" in f"{problem.where} {problem.what}"
        place.discord.problems.clear()


async def test_a_reply_in_direct_messages_stays_there(place: Community):
    theo = place.theo.in_channel("dm")
    own = await make_privately(place, place.theo)

    offer = await answered(theo, own.result, "continue")
    job, _ = await run(place, theo, offer)

    assert (job.guild_id, job.channel_id) == (place.server.id, own.result.channel_id)
    result = await answer_to(theo, offer)
    assert result.attachments


async def test_a_reply_in_a_thread_is_answered_in_the_thread(place: Community):
    mira = place.mira.in_channel(place.room())
    begun = await mira.send("a thread for kites")
    inside = await mira.start_thread(begun, "kites")
    own = await make(place, inside)

    offer = await answered(inside, own.result, "extend a storm")
    job, _ = await run(place, inside, offer)

    assert job.channel_id == own.result.channel_id
    assert (await answer_to(inside, offer)).channel_id == own.result.channel_id


async def test_other_peoples_talk_is_left_alone(place: Community, kite: Made):
    mira = at(place.mira, kite.result)
    talk = await mira.send("look at this")
    replies = [await at(place.theo, talk).reply(talk, "extend it")]
    offer = await answered(mira, kite.result, "continue")
    replies.append(await at(place.theo, talk).reply(offer, "again"))
    await settled(place, mira, kite.result)

    posted = await place.operator.messages(str(talk.channel_id))
    assert [m for m in posted if m.from_bot and m.reference_id in {reply.id for reply in replies}] == []


async def test_a_reply_is_seen_to_be_worked_on_until_it_is_answered(place: Community, kite: Made):
    mira = at(place.mira, kite.result)
    async with reactions(place) as seen:
        reply = await mira.reply(kite.result, "info")
        await answer_to(mira, reply)
        await settled(place, mira, kite.result)

    assert [method for method, message in seen if message == reply.id] == ["PUT", "DELETE"]
    assert (await mira.message(reply)).reactions == ()


async def test_where_the_bot_may_not_write_nothing_breaks_and_nothing_is_bought(place: Community, kite: Made):
    room = place.room()
    mira = place.mira.in_channel(room)
    own = await make(place, mira)
    await place.operator.set_overwrite(room, "bot", deny=int(Permission.ADD_REACTIONS | Permission.ATTACH_FILES))
    async with nothing_bought(place):
        refused = await answered(mira, own.result, "extend")
        await place.operator.set_overwrite(room, "bot", deny=int(Permission.SEND_MESSAGES))
        silent = await mira.reply(own.result, "extend")
        await settled(place, place.juno, kite.result)

    assert "**Attach Files**" in refused.text
    assert refused.reactions == ()
    posted = await place.operator.messages(room)
    assert [m for m in posted if m.reference_id == silent.id] == []


async def test_an_offer_outlives_a_restart_and_the_message_it_answers(tmp_path: Path):
    async with community(tmp_path) as place:
        await place.start()
        own = await make(place, place.mira)
        reply = await place.mira.reply(own.result, files=(recording("hello.ogg", 3),))
        offer = await answer_to(place.mira, reply)
        words = await answered(place.mira, own.result, "wow nice")
        await place.mira.delete(reply)

        await place.crash()
        await place.start()
        job, task = await run(place, place.mira, offer)
        later, _ = await run(place, place.mira, words)

        assert "local_dubbing_url" in task.input
        assert {job.kind, later.kind} == {"lipsync", "extend"}


async def test_while_the_bot_is_stopping_a_reply_is_told_so(place: Community, kite: Made):
    assert place.app is not None
    hand = place.app.client._tree.in_hand
    hand.close()
    try:
        async with nothing_bought(place):
            answer = await answered(place.mira, kite.result, "extend")
    finally:
        hand.open = True
    assert answer.text == "The bot is just restarting. Try again in a minute. Nothing was charged."
