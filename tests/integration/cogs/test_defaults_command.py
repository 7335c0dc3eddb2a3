"""/defaults: saved on purpose, one person's, and on every server."""

from __future__ import annotations

from bot.catalog import Mode, Ratio
from bot.jobs.model import Destination, VideoInput
from bot.jobs.preferences import Preferences
from sandbox.person import Person
from sandbox.seen import SeenMessage
from tests.integration.cogs.cove import Cove

PICK = "Pick one"


async def shown(person: Person) -> SeenMessage:
    message = (await person.run("defaults")).expect_message()
    assert message.ephemeral
    return message


async def picked(person: Person, message: SeenMessage, name: str, value: str) -> SeenMessage:
    listed = (await person.click(message, name)).expect_message()
    changed = (await person.choose(listed, PICK, value)).expect_message()
    assert changed.id == message.id
    return changed


async def preferences(cove: Cove, person: Person) -> Preferences:
    return await cove.world.service.preferences(cove.person_id(person))


def labels(message: SeenMessage) -> list[str]:
    return [clickable.label for clickable in message.clickables]


async def test_to_begin_with_nothing_is_set_and_the_price_is_asked_for(cove: Cove) -> None:
    message = await shown(cove.mira)

    assert "Model: not set" in message.text
    assert "Ask before buttons and replies spend: yes" in message.text
    assert (
        "With only a prompt, `/video` makes: Kling 1.6, Standard 720p, 5 seconds, Wide 16:9 — **$0.26**" in message.text
    )
    assert "Reset all" not in labels(message)


async def test_each_is_picked_saved_and_shown(cove: Cove) -> None:
    message = await shown(cove.mira)
    message = await picked(cove.mira, message, "Model", "2.1")
    message = await picked(cove.mira, message, "Quality", "pro")
    message = await picked(cove.mira, message, "Length", "10")
    message = await picked(cove.mira, message, "Shape", "9:16")
    message = await picked(cove.mira, message, "Results", "thread")
    message = (await cove.mira.click(message, "Hide clips")).expect_message()

    assert await preferences(cove, cove.mira) == Preferences(
        model="2.1",
        mode=Mode.PRO,
        seconds=10,
        ratio=Ratio.TALL,
        spoiler=True,
        destination=Destination.THREAD,
    )
    assert all(
        words in message.text
        for words in ("Quality: Pro", "10 seconds", "Tall 9:16", "in a thread of their own", "yes,")
    )
    assert await preferences(cove, cove.theo) == Preferences()


async def test_what_is_saved_makes_the_next_clip_and_what_is_said_goes_first(cove: Cove) -> None:
    await picked(cove.mira, await shown(cove.mira), "Length", "10")

    await cove.mira.run("video", prompt="a red kite")
    usual = await cove.only_job(cove.mira)
    await cove.finish(usual)
    await cove.mira.run("video", prompt="a red kite", length=5)
    said = await cove.only_job(cove.mira)

    assert isinstance(usual.input, VideoInput)
    assert isinstance(said.input, VideoInput)
    assert (usual.input.seconds, said.input.seconds) == (10, 5)


async def test_one_default_is_taken_back_and_all_of_them_are(cove: Cove) -> None:
    message = await picked(cove.mira, await shown(cove.mira), "Length", "10")
    message = await picked(cove.mira, message, "Shape", "1:1")

    message = await picked(cove.mira, message, "Length", "none")
    after_one = await preferences(cove, cove.mira)
    message = (await cove.mira.click(message, "Reset all")).expect_message()

    assert after_one == Preferences(ratio=Ratio.SQUARE)
    assert await preferences(cove, cove.mira) == Preferences()
    assert "Reset all" not in labels(message)


async def test_looking_at_a_list_and_going_back_saves_nothing(cove: Cove) -> None:
    message = await shown(cove.mira)

    listed = (await cove.mira.click(message, "Quality")).expect_message()
    back = (await cove.mira.click(listed, "Back")).expect_message()

    assert back.text == message.text
    assert await preferences(cove, cove.mira) == Preferences()


async def test_what_does_not_go_together_is_named_and_what_comes_of_it_is_said(cove: Cove) -> None:
    message = await picked(cove.mira, await shown(cove.mira), "Length", "15")

    message = await picked(cove.mira, message, "Model", "1.6")
    await cove.mira.run("video", prompt="a red kite")
    made = await cove.only_job(cove.mira)

    assert "These do not go together" in message.text
    assert "`length`" in message.text
    assert "leaves all of them aside" in message.text
    assert isinstance(made.input, VideoInput)
    assert made.input.seconds == 5


async def test_a_panel_from_before_a_restart_works(offline: Cove) -> None:
    async with offline.online(offline.client):
        message = await shown(offline.mira)

    async with offline.online(offline.new_client()):
        message = await picked(offline.mira, message, "Shape", "1:1")

    assert "Square 1:1" in message.text


async def test_asking_is_turned_on_again_where_the_offer_says_so(cove: Cove) -> None:
    clip = await cove.finished_clip(cove.mira)
    (delivery,) = await cove.store.deliveries(clip.id)
    assert delivery.message is not None
    listed = (await cove.mira.run("clips")).expect_message()
    panel = (await cove.mira.choose(listed, "Pick a clip to do something with it", clip.id)).expect_message()
    offer = (await cove.mira.click(panel, "Run again")).expect_message()
    await cove.mira.click(offer, "Run, and don't ask again")
    told = await cove.mira.wait_for(lambda seen: seen.ephemeral and "turns asking on again" in seen.text)

    message = await shown(cove.mira)
    without = await preferences(cove, cove.mira)
    message = (await cove.mira.click(message, "Ask again")).expect_message()

    assert "`/defaults`" in told.text
    assert not without.asks_first
    assert "Ask before buttons and replies spend: yes" in message.text
    assert await preferences(cove, cove.mira) == Preferences()


async def test_every_list_offers_what_it_has_set_as_picked(cove: Cove) -> None:
    message = await picked(cove.mira, await shown(cove.mira), "Quality", "pro")

    listed = (await cove.mira.click(message, "Quality")).expect_message()

    (select,) = [part for row in listed.raw["components"] for part in row["components"] if part["type"] == 3]
    assert [option["value"] for option in select["options"] if option.get("default")] == ["pro"]
