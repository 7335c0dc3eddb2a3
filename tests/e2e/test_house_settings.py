"""A server's settings, made in Discord, and what they change for its members."""

from __future__ import annotations

import pytest

from sandbox.person import Person
from sandbox.seen import SeenMessage
from tests.e2e.community import KITE, Community
from tests.e2e.replying import at, make

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"max_jobs_per_person_per_day": "50"}


async def setting(juno: Person, group: str, name: str) -> SeenMessage:
    """Go from the first page of /settings to a setting of the server."""
    hub = (await juno.run("settings")).expect_message()
    page = (await juno.choose(hub, "Change settings of the server", group)).expect_message()
    return (await juno.choose(page, "Pick what to change", name)).expect_message()


async def test_a_member_runs_into_the_limit_that_a_manager_set_and_is_free_again_without_it(place: Community) -> None:
    room = place.room()
    juno, theo = place.juno.in_channel(room), place.theo.in_channel(room)
    page = await setting(juno, "limits", "clips_per_day")
    form = await juno.click(page, "Type a number")
    page = (await juno.submit(form, number="1")).expect_message()
    assert "Clips per day: **1 clip** · set here" in page.text

    await make(place, theo)
    refused = (await theo.run("video", prompt=KITE)).expect_message()
    assert refused.ephemeral
    assert "Nothing was charged." in refused.text

    page = (await juno.click(page, "Back to the operator's")).expect_message()
    assert "Clips per day: **50 clips** · operator's limit" in page.text
    await make(place, theo)


async def test_a_switch_that_is_turned_off_holds_after_a_restart(place: Community) -> None:
    room = place.room()
    juno, mira = place.juno.in_channel(room), place.mira.in_channel(room)
    page = await setting(juno, "models", "pro")
    await place.restart()

    page = (await juno.click(page, "Off")).expect_message()
    refused = (await mira.run("video", prompt=KITE, quality="pro")).expect_message()
    await juno.click(page, "On")

    assert "Pro is switched off here" in refused.text
    await make(place, mira, quality="pro")


async def test_words_below_a_clip_are_no_offer_where_replies_in_free_words_are_off(place: Community) -> None:
    room = place.room()
    juno, mira = place.juno.in_channel(room), place.mira.in_channel(room)
    clip = await make(place, mira)
    page = (await juno.click(await setting(juno, "words", "free_text"), "Off")).expect_message()

    chat = await at(mira, clip.result).reply(clip.result, "what a lovely kite")
    command = await at(mira, clip.result).reply(clip.result, "info")
    await mira.wait_for(lambda message: message.from_bot and message.reference_id == command.id)
    await juno.click(page, "On")

    answers = [message for message in await mira.messages() if message.reference_id == chat.id]
    assert answers == []
