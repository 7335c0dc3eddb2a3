"""A finished clip comes to its channel once, whatever Discord does with the message, the card or the channel."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.discord.faults import Fault, FaultKind
from sandbox.discord.json_types import JsonObject
from sandbox.discord.permissions import BOT_DEFAULT, Permission
from sandbox.operator import GatewayTrouble
from sandbox.person import Person
from sandbox.piapi.scenarios import Scenario
from sandbox.seen import SeenMessage
from tests.e2e.community import KITE, Community, answer_to, ask, card_that_says, until
from tests.e2e.files import download, played

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOO_LARGE: JsonObject = {"message": "Request entity too large", "code": 40005}
FILTERED: JsonObject = {"message": "Message was blocked by automatic moderation", "code": 200000}
MIB = 1024 * 1024


async def ask_and_hold(place: Community, person: Person) -> tuple[SeenMessage, str]:
    """Run /video, and return the card and a task that waits to be finished."""
    await place.provider.play(Scenario.STUCK)
    card = await ask(person)
    return card, (await place.task_of(card)).task_id


def post_fails(place: Community, room: str, kind: FaultKind, status: int = 500, body: JsonObject | None = None) -> None:
    """Let the next posting of a message in a channel fail."""
    path = f"/channels/{place.channel(room).id}/messages"
    place.discord.faults.add(Fault(kind=kind, method="POST", path=path, status=status, body=body))


async def with_clip(person: Person) -> SeenMessage:
    """Wait for a message with a clip where the person is."""
    return await person.wait_for(lambda message: message.from_bot and bool(message.attachments))


async def clips_in(place: Community, room: str) -> list[SeenMessage]:
    """Return every message with a file that ever stood in a channel."""
    return [message for message in await place.operator.messages(room) if message.attachments]


@pytest.mark.parametrize(
    ("kind", "status"),
    [("lost_reset", 200), ("reset", 200), ("status", 503), ("rate_limit", 429)],
    ids=["posted, and the answer lost", "cut off before it was posted", "out of service", "too many requests"],
)
async def test_a_message_whose_fate_is_unknown_stands_once_in_the_end(place: Community, kind: FaultKind, status: int):
    room = place.room()
    mira = place.mira.in_channel(room)
    post_fails(place, room, kind, status)

    card = await ask(mira)
    answer = await place.while_time_passes(answer_to(mira, card))

    await place.while_time_passes(place.idle())
    assert [message.id for message in await clips_in(place, room)] == [answer.id]
    assert (await card_that_says(mira, card, "Done")).edited


async def test_what_was_posted_is_found_although_the_history_cannot_be_read_at_first(place: Community):
    room = place.room()
    mira = place.mira.in_channel(room)
    post_fails(place, room, "lost_hang")
    search = f"/channels/{place.channel(room).id}/messages"

    card = await ask(mira)
    await answer_to(mira, card)
    await place.crash()
    place.discord.faults.add(Fault(kind="status", method="GET", path=search, status=503, times=2))
    await place.start()
    await place.while_time_passes(place.idle(), step=60)

    assert len(await clips_in(place, room)) == 1
    assert place.discord.faults.pending == []


async def test_what_the_gateway_has_shown_is_known_although_nobody_may_look(place: Community):
    room = place.room()
    mira = place.mira.in_channel(room)
    _, task = await ask_and_hold(place, mira)
    place.discord.operations.set_overwrite(place.channel(room), "bot", 0, int(Permission.READ_MESSAGE_HISTORY))
    post_fails(place, room, "delay")  # the one in reply to the card, which Discord refuses
    post_fails(place, room, "lost_reset")

    await place.provider.finish(task)
    clip = await with_clip(mira)
    await place.while_time_passes(place.idle())

    assert [message.id for message in await clips_in(place, room)] == [clip.id]
    assert (place.books.deliveries()[-1].state, place.books.deliveries()[-1].message_id) == ("delivered", clip.id)


async def test_what_was_posted_and_deleted_before_it_was_known_is_not_posted_again(place: Community):
    room = place.room()
    mira = place.mira.in_channel(room)
    post_fails(place, room, "lost_reset")

    await ask(mira)
    clip = await with_clip(mira)
    place.discord.operations.delete_message(clip.id)
    await place.while_time_passes(place.idle())

    assert [message.id for message in await clips_in(place, room)] == [clip.id]


async def test_rather_than_post_twice_the_bot_gives_up_where_it_cannot_look(place: Community):
    room = place.room()
    mira = place.mira.in_channel(room)
    _, task = await ask_and_hold(place, mira)
    place.discord.operations.set_overwrite(place.channel(room), "bot", 0, int(Permission.READ_MESSAGE_HISTORY))
    post_fails(place, room, "delay")  # the one in reply to the card, which Discord refuses
    post_fails(place, room, "lost_hang")

    await place.provider.finish(task)
    await with_clip(mira)
    await place.crash()
    await place.start()
    await place.while_time_passes(place.idle())

    assert len(await clips_in(place, room)) == 1
    assert (place.books.deliveries()[-1].state, place.books.deliveries()[-1].reason) == (
        "undeliverable",
        "history_unreadable",
    )


async def test_a_server_whose_filter_takes_offence_gets_the_clip_without_the_words(place: Community):
    room = place.room()
    mira = place.mira.in_channel(room)
    post_fails(place, room, "status", 400, FILTERED)

    card = await ask(mira)
    answer = await answer_to(mira, card)

    assert answer.attachments
    assert KITE not in answer.text
    assert "AI-generated" in answer.text


async def test_a_deleted_card_keeps_nothing_back_and_is_not_replaced(place: Community):
    room = place.room()
    mira = place.mira.in_channel(room)
    card, task = await ask_and_hold(place, mira)

    place.discord.operations.delete_message(card.id)
    await place.provider.finish(task)
    clip = await with_clip(mira)

    await place.idle()
    assert clip.reference_id is None
    assert clip.pinged == (place.person_id(mira),)
    assert [message.id for message in await mira.messages()] == [clip.id]


async def test_a_clip_whose_channel_is_gone_comes_by_direct_message(place: Community, tmp_path: Path):
    room = place.room()
    card, task = await ask_and_hold(place, place.mira.in_channel(room))

    place.discord.operations.delete_channel(place.channel(room))
    await place.provider.finish(task)
    clip = await with_clip(place.mira.in_channel("dm"))

    await place.idle()
    assert clip.reference_id is None
    assert played(await download(place.mira, clip, tmp_path)).seconds == pytest.approx(5, abs=0.3)
    assert (await place.job_of(card)).consumed_microusd == 260_000


async def test_a_clip_of_a_server_that_threw_the_bot_out_comes_by_direct_message(place: Community):
    theo = place.theo.in_channel(place.room())
    card, task = await ask_and_hold(place, theo)

    place.discord.operations.remove_bot(place.server)
    await place.provider.finish(task)
    clip = await with_clip(theo.in_channel("dm"))
    place.discord.operations.add_bot(place.server, BOT_DEFAULT)

    await place.idle()
    assert clip.pinged == (place.person_id(theo),)
    assert await place.answers_to(card) == []


@pytest.mark.parametrize("trouble", ["drop", "close"])
async def test_a_connection_that_breaks_costs_nobody_a_card_or_a_clip(place: Community, trouble: GatewayTrouble):
    mira = place.mira.in_channel(place.room())
    card, task = await ask_and_hold(place, mira)

    await place.operator.trouble_gateway(trouble)
    await place.provider.finish(task)
    answer = await answer_to(mira, card)
    await until(place.online, "the bot to be back")
    again = await ask(mira)

    assert answer.attachments
    assert (await answer_to(mira, again)).attachments
    await place.idle()


async def test_a_clip_that_nobody_takes_is_kept_and_the_card_says_so(place: Community):
    room = place.room()
    theo = place.theo.in_channel(room)
    card, task = await ask_and_hold(place, theo)

    await theo.take_direct_messages(takes=False)
    place.discord.operations.set_overwrite(place.channel(room), "bot", 0, int(Permission.ATTACH_FILES))
    await place.provider.finish(task)
    told = await place.while_time_passes(card_that_says(theo, card, "Not posted"))

    assert "the clip is made and kept" in told.text
    assert place.books.deliveries()[-1].state == "undeliverable"
    assert await clips_in(place, room) == []


@pytest.mark.parametrize("archived", [False, True], ids=["open", "archived meanwhile"])
async def test_what_was_asked_for_in_a_thread_is_posted_there(place: Community, archived: bool):
    mira = place.mira.in_channel(place.room())
    inside = await mira.start_thread(await mira.send("clips of the week"), "clips")
    card, task = await ask_and_hold(place, inside)

    if archived:
        place.discord.operations.set_thread_state(place.channel(inside.channel), archived=True, locked=None)
    await place.provider.finish(task)
    answer = await answer_to(inside, card)

    await place.idle()
    assert answer.attachments
    assert await clips_in(place, mira.channel) == []
    assert len(await clips_in(place, inside.channel)) == 1


async def test_a_clip_too_large_for_the_place_comes_as_a_smaller_copy_that_says_so(place: Community, tmp_path: Path):
    room = place.room()
    mira = place.mira.in_channel(room)
    await place.provider.play(Scenario.STUCK, Scenario.WEBHOOK_OFF)
    card = await ask(mira)
    finished = await place.provider.finish((await place.task_of(card)).task_id)
    fill_up(place.output(finished), 9 * MIB)
    post_fails(place, room, "status", 413, TOO_LARGE)

    await place.provider.send_webhook(finished.task_id)
    answer = await place.while_time_passes(answer_to(mira, card), step=1)

    assert "larger than the 8 MB this place takes, so this is a smaller copy" in answer.text
    assert f"[Original](<{finished.output_url}>)" in answer.text
    assert answer.attachments[0].size < 8 * MIB
    assert played(await download(mira, answer, tmp_path)).seconds == pytest.approx(5, abs=0.3)
    assert len(await clips_in(place, room)) == 1


@pytest.mark.parametrize("restarted", [False, True], ids=["without", "with a restart between"])
async def test_long_after_the_command_the_card_still_moves_and_the_clip_still_comes(place: Community, restarted: bool):
    mira = place.mira.in_channel(place.room())
    card, task = await ask_and_hold(place, mira)

    await place.advance(3_700)
    if restarted:
        await place.restart()
    await card_that_says(mira, card, "Taking unusually long")
    await place.provider.finish(task)
    answer = await answer_to(mira, card)

    assert answer.attachments
    assert place.link(answer) in (await card_that_says(mira, card, "Done")).text
    await place.idle()
    assert len(await place.answers_to(card)) == 1


async def test_the_end_of_the_process_between_posting_and_knowing_posts_nothing_twice(place: Community):
    room = place.room()
    mira = place.mira.in_channel(room)
    post_fails(place, room, "lost_hang")
    card = await ask(mira)
    answer = await answer_to(mira, card)
    await until(lambda: place.books.deliveries()[-1].state == "sending", "the send to be under way")

    await place.crash()
    await place.advance(3_600)  # Discord has forgotten the nonce by then
    await place.start()
    await place.idle()

    assert [message.id for message in await place.answers_to(card)] == [answer.id]
    assert place.link(answer) in (await card_that_says(mira, card, "Done")).text


def fill_up(clip: Path, size: int) -> None:
    """Make an MP4 larger by a box of free space (ISO/IEC 14496-12 §8.1.2)."""
    free = size - clip.stat().st_size
    with clip.open("ab") as file:
        file.write(free.to_bytes(4) + b"free" + bytes(free - 8))
