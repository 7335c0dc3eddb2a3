"""What keeps a community safe, with the whole bot running: consent, reports, labels, adults' channels, newcomers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.clock import DAY
from bot.community.record import Level, RuleKey
from bot.media.boxes import walk_boxes
from bot.media.labelling import is_labelled
from sandbox.discord import Fault
from sandbox.discord.permissions import Permission
from sandbox.discord.state import Role
from sandbox.person import Person
from sandbox.piapi import Options
from sandbox.seen import SeenMessage
from storage.migration import run_migrations
from storage.store import Store, open_store
from tests.e2e.community import KITE, WHEN_TOLD, Community, answer_to, ask, community
from tests.e2e.files import download, picture, played

PICK = "Pick a clip to do something with it"
AGREE = "I may use it"


async def stored(place: Community, work: Callable[[Store], Awaitable[None]]) -> None:
    """Change what is stored before the bot begins."""
    await place.settle_in()
    async with open_store(place.settings().database, place.directory, place.clock) as store:
        await work(store)


async def choose(place: Community, name: str, value: str, level: Level = Level.SERVER, scope_id: int = 0) -> None:
    """Make a setting of the server before the bot begins."""
    key = RuleKey(level, scope_id or place.server.id, name)
    await stored(place, lambda store: store.change_rules(place.server.id, {key: value}, [], by=1, at=1))


async def set_up_alone(place: Community) -> None:
    """Let the server be set up, and nobody have said anything yet."""
    settings = place.settings()
    place.directory.mkdir(parents=True, exist_ok=True)
    await run_migrations(settings.database, settings.data_dir)
    async with open_store(settings.database, settings.data_dir, place.clock) as store:
        await store.set_up(place.server.id, (), at=place.clock.now())
    place.at_home = False


def may(place: Community, person: Person, *permissions: Permission) -> int:
    """Give somebody a role of their own."""
    bits = 0
    for permission in permissions:
        bits |= int(permission)
    role = Role(place.discord.world.new_id(), "May", bits, 3)
    place.server.roles[role.id] = role
    place.server.members[place.person_id(person)].roles.append(role.id)
    return role.id


def hidden(message: SeenMessage) -> bool:
    (file,) = message.attachments
    return file.spoiler


async def reposted(person: Person, job_id: str) -> SeenMessage:
    """Bring a person's clip, wherever it is, to where they are."""
    listed = (await person.run("clips")).expect_message()
    panel = (await person.choose(listed, PICK, job_id)).expect_message()
    await person.click(panel, "Repost")
    return await person.wait_for(lambda one: one.from_bot and not one.ephemeral and bool(one.attachments))


@pytest.mark.parametrize("bytes_of_clip", [0, 11 * 1024 * 1024], ids=["as it came", "encoded anew"])
async def test_the_file_that_reaches_discord_says_what_made_it(tmp_path: Path, bytes_of_clip: int) -> None:
    options = Options(pending_seconds=0.0, processing_seconds=0.05, smallest_clip_bytes=bytes_of_clip)
    async with community(tmp_path, options=options) as place:
        await place.start()
        mira = place.mira.in_channel(place.room())
        result = await answer_to(mira, await ask(mira))

        clip = await download(mira, result, tmp_path)

        assert "AI-generated" in result.text
        assert ("smaller copy" in result.text) is bool(bytes_of_clip)
        assert is_labelled(clip)
        assert [box.name for box in walk_boxes(clip)].count(b"uuid") == 1
        assert clip.stat().st_size <= 10 * 1024 * 1024
        assert played(clip).seconds == pytest.approx(5, abs=0.3)


async def test_the_first_picture_is_asked_about_and_then_made_into_a_clip(tmp_path: Path) -> None:
    async with community(tmp_path) as place:
        await set_up_alone(place)
        await place.start()
        mira = place.mira.in_channel(place.room())

        question = (await mira.run("video", prompt=KITE, image=picture())).expect_message()
        created = await place.creates()
        await mira.click(question, AGREE)
        card = await mira.wait_for(lambda one: one.from_bot and not one.ephemeral)
        result = await answer_to(mira, card)
        again = await ask(mira, image=picture("dune.png", colour="tan"))

        assert question.ephemeral
        assert created == 0
        assert KITE in result.text
        assert await answer_to(mira, again)
        assert len(place.books.charges()) == 2


async def test_a_report_reaches_the_mod_log_and_a_moderator_deletes_the_clip_for_good(tmp_path: Path) -> None:
    async with community(tmp_path) as place:
        room, desk = place.room(), place.room()
        await choose(place, "mod_log", str(place.channel(desk).id))
        may(place, place.theo, Permission.MODERATE_MEMBERS, Permission.MANAGE_MESSAGES)
        await place.start()
        mira, juno, theo = place.mira.in_channel(room), place.juno.in_channel(room), place.theo.in_channel(desk)
        card = await ask(mira)
        result = await answer_to(mira, card)
        job = await place.job_of(card, needs="result_asset_id")
        more = (await juno.click(result, "More")).expect_message()
        await juno.submit(await juno.click(more, "Report"), reason="it is cruel")

        report = await theo.wait_for(lambda one: one.from_bot and "reported" in one.text)
        await theo.click(report, "Delete the clip")
        await theo.wait_for(lambda one: one.id == report.id and "deleted the clip" in one.text)

        assert place.link(result) in report.text
        assert result.id not in [one.id for one in await mira.messages()]
        assert not list((place.directory / "files").rglob(f"{job.result_asset_id}.*"))
        lines = (await juno.run("audit")).expect_message().text
        assert f"<@{place.person_id(theo)}> · deleted the clip `#{job.id}`" in lines
        assert f"ordered `#{job.id}`" in lines
        assert "$0.26 charged" in lines


async def test_a_member_who_joined_too_recently_waits(tmp_path: Path) -> None:
    async with community(tmp_path) as place:
        await choose(place, "member_days", "3")
        now = place.discord.clock.now()
        place.server.members[place.person_id(place.mira)].joined_at = now - 2 * DAY
        place.server.members[place.person_id(place.theo)].joined_at = now - 4 * DAY
        await place.start()
        room = place.room()

        refused = (await place.mira.in_channel(room).run("video", prompt=KITE)).expect_message()
        theo = place.theo.in_channel(room)
        await answer_to(theo, await ask(theo))

        assert refused.ephemeral
        assert "a member for 3 days" in refused.text


async def test_what_comes_from_a_channel_for_adults_is_hidden_elsewhere(tmp_path: Path) -> None:
    async with community(tmp_path) as place:
        adults, others = place.room(), place.room()
        place.channel(adults).nsfw = True
        await place.start()
        inside, outside = place.mira.in_channel(adults), place.mira.in_channel(others)
        first = await answer_to(inside, await ask(inside))

        job = place.books.jobs()[0]
        again = await reposted(outside, job.id)
        card = (await outside.run("extend", video=job.id, prompt="a storm")).expect_message()
        longer = await answer_to(outside, card)

        assert not hidden(first)
        assert hidden(again)
        assert hidden(longer)


@pytest.mark.parametrize("level", [Level.CHANNEL, Level.ROLE])
async def test_a_forced_spoiler_hides_new_clips_longer_ones_spoken_ones_and_reposts(
    tmp_path: Path, level: Level
) -> None:
    async with community(tmp_path) as place:
        free, strict = place.room(), place.room()
        watched = place.theo if level is Level.ROLE else place.mira
        scope_id = may(place, watched) if level is Level.ROLE else place.channel(strict).id
        await choose(place, "forced_spoiler", "on", level, scope_id)
        await place.start()
        at_ease, here = place.mira.in_channel(free), watched.in_channel(strict)
        source = await answer_to(at_ease, await ask(at_ease))
        job = place.books.jobs()[0]

        commands = [
            ("video", {"prompt": "a green kite", "spoiler": False}),
            ("extend", {"video": job.id, "prompt": "a storm"}),
            ("lipsync", {"video": job.id, "say": "hello there"}),
        ]
        results = []
        for command, given in commands:
            if level is Level.ROLE and command != "video":
                given = {**given, "video": place.link(source)}
            card = (await here.run(command, **given)).expect_message()
            results.append(await answer_to(here, card))

        assert not hidden(source)
        assert [hidden(result) for result in results] == [True, True, True]


async def test_words_that_filters_hold_back_are_left_out_and_the_moderators_are_told_once(tmp_path: Path) -> None:
    async with community(tmp_path, options=WHEN_TOLD) as place:
        room, desk = place.room(), place.room()
        await choose(place, "mod_log", str(place.channel(desk).id))
        await place.start()
        mira, juno = place.mira.in_channel(room), place.juno.in_channel(desk)
        card = await ask(mira, "a cruel kite")
        task = await place.task_of(card)
        refusal = {"code": 200000, "message": "Message was blocked by automatic moderation"}
        path = f"/channels/{card.channel_id}/messages"
        place.discord.faults.add(Fault(kind="status", method="POST", path=path, status=400, body=refusal))
        await place.provider.finish(task.task_id)

        result = await answer_to(mira, card)
        told = await juno.wait_for(lambda one: one.from_bot and "filters held back" in one.text)
        await place.idle()

        assert "cruel" not in result.text
        assert result.attachments
        assert "cruel" not in told.text
        assert len([one for one in await juno.messages() if one.from_bot]) == 1
