"""Clips posted again and made again when every address of Discord's and of the provider's is dead."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from sandbox.person import Person
from sandbox.seen import SeenMessage
from tests.e2e.community import Community, answer_to, community
from tests.e2e.files import download, picture, played, recording

DAY = 24 * 3600
PICK = "Pick a clip to do something with it"


async def get(url: str) -> tuple[int, bytes]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.read()


async def lose_everything(place: Community, *messages: SeenMessage) -> None:
    """Let forty days pass, take the messages away, and empty the provider's disk."""
    await place.advance(40 * DAY)
    for message in messages:
        await place.operator.delete_message(message.id)
    for output in (place.directory.parent / "outputs").iterdir():
        output.unlink()


async def panel_of(person: Person, job_id: str) -> SeenMessage:
    listed = (await person.run("clips")).expect_message()
    return (await person.choose(listed, PICK, job_id)).expect_message()


async def new_card(person: Person, known: set[int]) -> SeenMessage:
    """Wait for the card of what was just bought: the first message for all to see that was not there before."""
    return await person.wait_for(lambda one: one.from_bot and not one.ephemeral and one.id not in known)


@pytest.mark.parametrize("overrides", [{}, {"public_url": ""}], ids=["with a public address", "without one"])
async def test_a_clip_from_a_picture_is_posted_again_and_made_again_from_what_is_kept(
    tmp_path: Path, overrides: dict[str, str]
):
    start = picture("start.png")
    async with community(tmp_path, **overrides) as place:
        await place.start()
        mira = place.mira.in_channel(place.room())
        card = (await mira.run("video", prompt="it moves", image=start)).expect_message()
        result = await place.while_time_passes(answer_to(mira, card))
        await place.idle()
        job = await place.job_of(card)
        first_sent = str((await place.task_of(card)).input["image_url"])
        made = await mira.download(result.attachments[0])

        await lose_everything(place, card, result)
        await place.restart()
        panel = await panel_of(mira, job.id)
        await mira.click(panel, "Repost")
        again = await place.while_time_passes(mira.wait_for(lambda one: "Repost of" in one.text, timeout_seconds=30))
        offer = (await mira.click(panel, "Run again")).expect_message()
        await mira.click(offer, "Run")
        card = await new_card(mira, {again.id})
        taken = await place.while_time_passes(answer_to(mira, card))

        second_sent = str((await place.task_of(card)).input["image_url"])
        assert (await get(first_sent))[0] == 404
        assert await mira.download(again.attachments[0]) == made
        assert played(await download(mira, taken, tmp_path)).seconds == pytest.approx(5, abs=0.3)
        assert second_sent != first_sent
        assert await get(second_sent) == (200, start.data)
        served_by = place.discord.cdn_origin if overrides else f"http://127.0.0.1:{place.port}/"
        assert second_sent.startswith(served_by)
        assert (await place.job_of(card)).made_from == job.id
        await place.idle()


async def test_a_clip_that_speaks_a_recording_is_made_again_from_what_is_kept(tmp_path: Path):
    said = recording("hello.mp3", 3)
    async with community(tmp_path) as place:
        await place.start()
        mira = place.mira.in_channel(place.room())
        source = (await mira.run("video", prompt="a face")).expect_message()
        clip = await answer_to(mira, source)
        spoken = (await mira.run("lipsync", video=place.link(clip), audio=said)).expect_message()
        result = await answer_to(mira, spoken)
        await place.idle()
        job = await place.job_of(spoken)

        await place.advance(3 * DAY)
        await place.operator.delete_message(spoken.id)
        await place.operator.delete_message(result.id)
        await place.restart()
        panel = await panel_of(mira, job.id)
        offer = (await mira.click(panel, "Run again")).expect_message()
        await mira.click(offer, "Run")
        card = await new_card(mira, {source.id, clip.id})
        taken = await answer_to(mira, card)

        sent = str((await place.task_of(card)).input["local_dubbing_url"])
        assert await get(sent) == (200, said.data)
        assert played(await download(mira, taken, tmp_path)).has_sound
        await place.idle()


async def test_lineage_leads_from_clip_to_clip_across_a_restart(tmp_path: Path):
    async with community(tmp_path) as place:
        await place.start()
        mira = place.mira.in_channel(place.room())
        root = (await mira.run("video", prompt="a red kite")).expect_message()
        clip = await answer_to(mira, root)
        longer = (await mira.run("extend", video=place.link(clip), prompt="it dives")).expect_message()
        child = await answer_to(mira, longer)
        await place.idle()
        await place.restart()

        of_root = (await mira.run_on(clip, "Video details")).expect_message()
        of_child = (await mira.run_on(child, "Video details")).expect_message()
        listed = (await mira.run("clips")).expect_message()

        assert f"Extended: [#{(await place.job_of(longer)).id}]({place.link(child)})" in of_root.text
        assert f"Extends [#{(await place.job_of(root)).id}]({place.link(clip)})" in of_child.text
        assert f"from [#{(await place.job_of(root)).id}]({place.link(clip)})" in listed.text
