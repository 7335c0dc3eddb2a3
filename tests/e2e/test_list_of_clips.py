"""/clips with the whole bot: its own server's clips alone, and deleting one from the list."""

from __future__ import annotations

import pytest

from sandbox.person import Person
from sandbox.seen import SeenMessage
from tests.e2e.community import Community, answer_to, ask

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"servers": "all"}
PICK = "Pick a clip to do something with it"


async def listed_for(viewer: Person, /, **options: str | bool) -> SeenMessage:
    return (await viewer.run("clips", **options)).expect_message()


async def test_clips_of_another_server_are_not_listed(place: Community):
    here, there = place.mira.in_channel(place.room()), place.mira.in_channel("strand")
    await answer_to(here, await ask(here, "a red kite"))
    await answer_to(there, await ask(there, "a grey gull"))

    own, elsewhere = await listed_for(here), await listed_for(there)

    assert "gull" not in own.text
    assert "kite" not in elsewhere.text
    assert "gull" in elsewhere.text


async def test_a_clip_is_deleted_from_a_list_that_was_shown_before_a_restart(place: Community):
    theo = place.theo.in_channel(place.room())
    card = await ask(theo, "a lighthouse")
    result = await answer_to(theo, card)
    await place.idle()
    job = await place.job_of(card)
    listed = await listed_for(theo)
    await place.restart()

    panel = (await theo.choose(listed, PICK, job.id)).expect_message()
    question = (await theo.click(panel, "Delete")).expect_message()
    await theo.click(question, "Delete")
    await theo.wait_for(lambda one: one.id == card.id and "Deleted" in one.text, timeout_seconds=30)

    again = await listed_for(theo)
    assert result.id not in {message.id for message in await theo.messages()}
    assert "🗑️ Deleted" in again.text
    assert place.link(result) not in again.text


async def test_a_favourite_is_found_again_by_whoever_made_it_one(place: Community):
    room = place.room()
    mira, theo = place.mira.in_channel(room), place.theo.in_channel(room)
    card = await ask(mira, "a lighthouse at night")
    await answer_to(mira, card)
    await place.idle()
    listed = await listed_for(theo, person="mira")
    panel = (await theo.choose(listed, PICK, (await place.job_of(card)).id)).expect_message()

    await theo.click(panel, "Favourite")

    assert "lighthouse at night" in (await listed_for(theo, favourites=True)).text
    assert "lighthouse at night" not in (await listed_for(mira, favourites=True)).text
