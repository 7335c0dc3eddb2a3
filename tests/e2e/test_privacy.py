"""/privacy: people see what is stored about them, take it along and delete it, over a restart, too."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import DAY
from sandbox.person import Person
from sandbox.seen import SeenMessage
from tests.e2e.community import KITE, Community, answer_to, ask, card_that_says, community, until

GONE = "Nothing is kept of clip"


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Community]:
    """A community of the test's own."""
    async with community(tmp_path) as opened:
        yield opened


async def made(place: Community, person: Person, prompt: str = KITE) -> tuple[SeenMessage, SeenMessage]:
    """Let somebody make a clip; return its card and its result."""
    card = await ask(person, prompt)
    result = await answer_to(person, card)
    await card_that_says(person, card, "Done")
    return card, result


def kept_files(place: Community) -> list[Path]:
    return [path for path in (place.directory / "files").rglob("*.*") if path.is_file()]


def columns_with(place: Community, *words: str) -> set[str]:
    """Return every column of any table of the bot's database that holds one of the words."""
    found = set()
    with sqlite3.connect(f"file:{place.directory / 'egret.db'}?mode=ro", uri=True) as base:
        tables = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = base.execute(f"SELECT * FROM {table}")  # noqa: S608 - the names of our own tables
            names = [column[0] for column in rows.description]
            for row in rows:
                found |= {
                    f"{table}.{name}"
                    for name, value in zip(names, row, strict=True)
                    if any(word in str(value) for word in words)
                }
    base.close()
    return found


async def shown(person: Person) -> str:
    answer = (await person.run("privacy show")).expect_message()
    assert answer.ephemeral
    return answer.text


async def deleted(place: Community, person: Person, *, messages: bool = False) -> SeenMessage:
    """Delete everything about somebody, and look until it is done."""
    question = (await person.run("privacy delete")).expect_message()
    assert question.ephemeral
    if messages:
        question = (await person.choose(question, "Messages", "messages")).expect_message()
    await person.click(question, "Delete for good")
    answer = question

    async def done() -> bool:
        nonlocal answer
        answer = await person.message(question)
        if "Look again" in [each.label for each in answer.clickables]:
            await place.advance(20)
            await person.click(answer, "Look again")
        return "✅ **Deleted**" in answer.text

    await until(done, "everything to be deleted")
    return answer


async def test_a_person_sees_takes_along_and_deletes_what_is_stored(place: Community) -> None:
    await place.start()
    room = place.room()
    mira = place.mira.in_channel(room)
    card, result = await made(place, mira)
    await made(place, place.theo.in_channel(room), "a red fox")
    about = await shown(mira)
    assert "1 clip" in about
    assert "PiAPI" in about
    assert "forgotten 90 days after" in about

    export = (await mira.run("privacy export")).expect_message()
    assert export.ephemeral
    (file,) = export.attachments
    record = json.loads(await mira.download(file))
    (clip,) = record["clips"]
    assert (file.filename, clip["options"]["prompt"], clip["state"]) == ("egret-my-data.json", KITE, "succeeded")
    assert place.link(card) == clip["card"]
    assert place.link(result) in [message["link"] for message in clip["messages"]]
    assert "a red fox" not in json.dumps(record)

    before = kept_files(place)
    answer = await deleted(place, mira)

    assert "**Deleted**: 1 clip" in answer.text
    assert len(kept_files(place)) == len(before) - 1
    left = columns_with(place, str(place.person_id(mira)), KITE)
    assert left == {"counters.name", "erasures.person_id"}
    assert "0 clips" in await shown(mira)
    assert (await mira.message(result)).attachments
    assert GONE in (await mira.click(result, "More")).expect_message().text
    assert len(place.books.charges()) == 2


async def test_messages_go_too_where_that_is_wished(place: Community) -> None:
    await place.start()
    room = place.room()
    mira = place.mira.in_channel(room)
    card, result = await made(place, mira)
    theirs, _ = await made(place, place.theo.in_channel(room), "a red fox")

    answer = await deleted(place, mira, messages=True)

    assert "2 messages were deleted." in answer.text
    left = {message.id for message in await mira.messages()}
    assert not left & {card.id, result.id}
    assert theirs.id in left


async def test_nothing_is_deleted_where_it_is_kept(place: Community) -> None:
    await place.start()
    mira = place.mira.in_channel(place.room())
    await made(place, mira)
    question = (await mira.run("privacy delete")).expect_message()

    assert "Nothing was deleted." in (await mira.click(question, "Keep")).expect_message().text
    assert "1 clip" in await shown(mira)


async def test_a_clip_under_way_is_finished_and_forgotten_after_a_crash(place: Community) -> None:
    await place.start()
    mira = place.mira.in_channel(place.room())
    card = await ask(mira)
    question = (await mira.run("privacy delete")).expect_message()
    await mira.click(question, "Delete for good")
    await place.crash()

    await place.start()
    await answer_to(mira, card)

    def forgotten() -> bool:
        return all(job.forgotten_at for job in place.books.jobs())

    async def passes() -> bool:
        await place.advance(20)
        return forgotten()

    await until(passes, "the clip to be forgotten")
    assert kept_files(place) == []
    assert columns_with(place, KITE) == set()


async def test_old_clips_are_forgotten_and_say_so(place: Community) -> None:
    place.overrides["retention_days"] = "30"
    await place.start()
    mira = place.mira.in_channel(place.room())
    _, result = await made(place, mira)
    assert kept_files(place)

    await place.stop()
    place.clock.advance(31 * DAY)
    await place.start()

    await until(lambda: all(job.forgotten_at for job in place.books.jobs()), "the clip to be forgotten")
    assert kept_files(place) == []
    assert GONE in (await mira.click(result, "More")).expect_message().text
    assert KITE not in (await mira.run("clips")).expect_message().text
