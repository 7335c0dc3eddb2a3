"""/clips: turning its pages, looking at others', and doing something with one of them."""

from __future__ import annotations

from bot.jobs.model import Destination
from bot.jobs.preferences import Preferences
from bot.ui.clips import ClipsShown, read_shown
from sandbox.discord.permissions import Permission
from sandbox.person import Person
from sandbox.seen import SeenMessage
from tests.integration.cogs.cove import Cove

PICK = "Pick a clip to do something with it"
LONG = "🦊 ein *sehr* langer Wunsch \\ " * 80


async def opened(viewer: Person, /, **options: str | bool) -> SeenMessage:
    listed = (await viewer.run("clips", **options)).expect_message()
    assert listed.ephemeral
    return listed


async def turned(person: Person, listed: SeenMessage, button: str) -> SeenMessage:
    outcome = await person.click(listed, button)
    changed = outcome.expect_message()
    assert changed.id == listed.id
    return changed


def labels(message: SeenMessage) -> list[str]:
    return [clickable.label for clickable in message.clickables if clickable.is_button]


async def several(cove: Cove, number: int) -> None:
    for index in range(number):
        await cove.finished_clip(cove.mira, f"kite number {index}")


async def test_five_clips_stand_on_a_page_newest_first(cove: Cove) -> None:
    await several(cove, 7)

    first = await opened(cove.mira)
    second = await turned(cove.mira, first, "Older")
    again = await turned(cove.mira, second, "Newer")

    assert [f"number {index}" in first.text for index in range(7)] == [False, False, True, True, True, True, True]
    assert first.text.index("number 6") < first.text.index("number 2")
    assert "Page 1 of 2 · 7 clips" in first.text
    assert [f"number {index}" in second.text for index in range(7)] == [True, True] + [False] * 5
    assert "Page 2 of 2" in second.text
    assert "Newer" not in labels(first)
    assert "Older" not in labels(second)
    assert again.text == first.text


async def test_a_list_from_before_a_restart_turns(offline: Cove) -> None:
    async with offline.online(offline.client):
        await several(offline, 6)
        listed = await opened(offline.mira)

    async with offline.online(offline.new_client()):
        second = await turned(offline.mira, listed, "Older")
        picked = await offline.mira.choose(second, PICK, second.clickable(PICK).options[0][1])

    assert "number 0" in second.text
    assert "number 0" in picked.expect_message().text


async def test_a_page_that_is_no_longer_there_gives_way_to_the_last_one(cove: Cove) -> None:
    clips = [await cove.finished_clip(cove.mira, f"kite number {index}") for index in range(6)]
    mira = cove.person_id(cove.mira)
    for clip in clips:
        await cove.world.clip_service.set_favourite(clip.id, mira, on=True)
    listed = await opened(cove.mira, favourites=True)

    await cove.world.clip_service.set_favourite(clips[0].id, mira, on=False)
    last = await turned(cove.mira, listed, "Older")

    assert "Page 1 of 1 · 5 clips" in last.text


async def test_running_clips_stand_on_the_first_page_of_ones_own_list_alone(cove: Cove) -> None:
    await several(cove, 6)
    await cove.mira.run("video", prompt="a lighthouse")

    listed = await opened(cove.mira)
    older = await turned(cove.mira, listed, "Older")
    everybody = await turned(cove.mira, listed, "This channel's")

    assert "lighthouse" in listed.text
    assert "lighthouse" not in older.text
    assert "lighthouse" not in everybody.text


async def test_somebody_elses_clips_are_listed_without_the_private_ones_and_what_they_cost(cove: Cove) -> None:
    await cove.finished_clip(cove.theo, "a grey gull")
    theo = cove.person_id(cove.theo)
    await cove.world.service.set_preferences(theo, Preferences(destination=Destination.DIRECT))
    await cove.finished_clip(cove.theo, "a secret seal")

    seen = await opened(cove.mira, person="theo")
    own = await opened(cove.theo)

    assert "gull" in seen.text
    assert f"<@{theo}>" in seen.text
    assert "$" not in seen.text
    assert "seal" not in seen.text
    assert "seal" not in str(seen.raw)
    assert "seal" in own.text


async def test_clips_of_channels_that_one_may_not_see_are_neither_listed_nor_found(cove: Cove) -> None:
    hidden = cove.discord.operations.channel("clips")
    gull = await cove.finished_clip(cove.theo, "a secret gull", channel="clips")
    cove.discord.operations.set_overwrite(hidden, "mira", 0, int(Permission.VIEW_CHANNEL))

    listed = [await opened(cove.mira), await opened(cove.mira, person="theo")]
    listed.append(await turned(cove.mira, listed[0], "This channel's"))
    asked = await cove.mira.run("extend", video=gull.id)

    assert all("gull" not in str(message.raw) for message in listed)
    assert "there is no clip" in asked.expect_message().text
    assert "gull" in (await opened(cove.theo)).text


async def test_a_clip_of_another_channel_that_one_sees_can_be_extended_by_its_id(cove: Cove) -> None:
    gull = await cove.finished_clip(cove.theo, "a grey gull", channel="clips")

    asked = await cove.mira.run("extend", video=gull.id)

    assert not asked.expect_message().ephemeral


async def test_everybodys_list_says_whose_each_clip_is(cove: Cove) -> None:
    await cove.finished_clip(cove.theo, "a grey gull")
    await cove.finished_clip(cove.mira, "a red kite")

    everybody = await turned(cove.mira, await opened(cove.mira), "This channel's")

    assert all(f"<@{cove.person_id(person)}>" in everybody.text for person in (cove.mira, cove.theo))
    assert "My clips" in labels(everybody)


async def test_favourites_are_ones_own_and_may_be_anybodys_clips(cove: Cove) -> None:
    gull = await cove.finished_clip(cove.theo, "a grey gull")
    await cove.finished_clip(cove.mira, "a red kite")
    await cove.world.clip_service.set_favourite(gull.id, cove.person_id(cove.mira), on=True)

    mine = await turned(cove.mira, await opened(cove.mira), "My favourites")
    theirs = await opened(cove.theo, favourites=True)

    assert "gull" in mine.text
    assert "kite" not in mine.text
    assert "None yet." in theirs.text


async def test_a_clip_of_ones_own_offers_everything_that_it_can_take(cove: Cove) -> None:
    clip = await cove.finished_clip(cove.mira)
    listed = await opened(cove.mira)

    panel = (await cove.mira.choose(listed, PICK, clip.id)).expect_message()

    assert panel.ephemeral
    assert panel.id != listed.id
    assert labels(panel) == ["Extend", "Lip-sync", "Run again", "Repost", "Favourite", "Details", "Delete"]


async def test_what_can_be_done_with_a_clip_stays_when_it_becomes_a_favourite(cove: Cove) -> None:
    await cove.finished_clip(cove.mira, "a red kite")
    listed = await opened(cove.mira)
    panel = (await cove.mira.choose(listed, PICK, listed.clickable(PICK).options[0][1])).expect_message()

    starred = await turned(cove.mira, panel, "Favourite")
    plain = await turned(cove.mira, starred, "Unfavourite")

    assert labels(starred) == ["Extend", "Lip-sync", "Run again", "Repost", "Unfavourite", "Details", "Delete"]
    assert starred.text == panel.text
    assert labels(plain) == labels(panel)


async def test_a_favourite_offers_to_be_taken_out(cove: Cove) -> None:
    clip = await cove.finished_clip(cove.mira)
    listed = await opened(cove.mira)
    panel = (await cove.mira.choose(listed, PICK, clip.id)).expect_message()

    await cove.mira.click(panel, "Favourite")
    panel = (await cove.mira.choose(listed, PICK, clip.id)).expect_message()

    assert "Unfavourite" in labels(panel)


async def test_a_running_clip_offers_to_be_cancelled(cove: Cove) -> None:
    await cove.mira.run("video", prompt="a red kite")
    job = await cove.only_job(cove.mira)

    panel = (await cove.mira.choose(await opened(cove.mira), PICK, job.id)).expect_message()
    told = (await cove.mira.click(panel, "Cancel")).expect_message()

    assert labels(panel) == ["Cancel", "Details"]
    assert "is cancelled" in told.text


async def test_only_whoever_may_delete_a_clip_is_offered_to(cove: Cove) -> None:
    clip = await cove.finished_clip(cove.mira)

    theos = (await cove.theo.choose(await opened(cove.theo, person="mira"), PICK, clip.id)).expect_message()
    junos = (await cove.juno.choose(await opened(cove.juno, person="mira"), PICK, clip.id)).expect_message()

    assert "Delete" not in labels(theos)
    assert "Delete" in labels(junos)


async def test_a_deleted_clip_is_listed_as_deleted_and_offers_what_is_left(cove: Cove) -> None:
    clip = await cove.finished_clip(cove.mira)
    await cove.world.clip_service.remove(clip.id, cove.person_id(cove.mira), moderator=False)

    listed = await opened(cove.mira)
    panel = (await cove.mira.choose(listed, PICK, clip.id)).expect_message()

    assert "Deleted" in listed.text
    assert "see the clip" not in listed.text
    assert labels(panel) == ["Details"]


async def test_the_list_shows_what_a_clip_comes_from_and_what_came_of_it(cove: Cove) -> None:
    root = await cove.finished_clip(cove.mira, "a red kite")
    await cove.mira.run("extend", video=root.id, prompt="it dives")
    child = await cove.finish(await cove.only_job(cove.mira))
    (shown,) = await cove.store.deliveries(root.id)
    assert shown.message is not None

    listed = await opened(cove.mira)

    assert f"from [#{root.id}](" in listed.text
    assert f"/{shown.message.channel_id}/{shown.message.message_id})" in listed.text
    assert f"led to [#{child.id}](" in listed.text


async def test_the_longest_values_fit(cove: Cove) -> None:
    for _ in range(5):
        await cove.finished_clip(cove.mira, LONG[:2500])
    for _ in range(10):
        await cove.mira.run("video", prompt=LONG[:2500])

    listed = await opened(cove.mira)

    assert len(listed.clickable(PICK).options) == 15
    assert len([label for label in labels(listed) if label.startswith("Cancel")]) == 10
    assert listed.text.count("🦊") >= 15


def test_what_a_list_shows_is_read_back_from_its_custom_id() -> None:
    shown = ClipsShown(page=999_999, person_id=2**64 - 1, favourites=True)

    assert read_shown(shown.subject()) == shown
    assert len(shown.subject()) <= 40
    assert read_shown(ClipsShown(person_id=None).subject()) == ClipsShown(person_id=None)
    assert [read_shown(text) for text in ("", "1-2", "1-2-x", "-1-2-a", "1-2-a-3", "9999999-1-a", "１-2-a")] == [
        None
    ] * 7
