"""Right-click on a message → Apps."""

from __future__ import annotations

import pytest

from bot.clock import DAY
from bot.jobs.model import Destination, Job
from bot.jobs.preferences import Preferences
from bot.ui import cards
from sandbox.person import LocalFile, Person
from sandbox.seen import Outcome, SeenMessage
from tests.integration.cogs.cove import Cove, picture, recording

COMMANDS = ("Extend this video", "Lip-sync this video", "Use as source", "Video details")


async def card_without_known_id(cove: Cove, job: Job) -> SeenMessage:
    """Post a card whose message nobody notes, as after an answer of Discord's that was lost."""
    shown = cards.render_card(job, await cove.world.clip_service.facts(job), cove.world.service.catalogue)
    posted = await cove.client.get_partial_messageable(cove.channel_id("general")).send(**shown.send())
    return await cove.mira.message(posted.id)


def told(outcome: Outcome) -> str:
    message = outcome.expect_message()
    assert message.ephemeral
    return message.text


def labels(message: SeenMessage) -> list[str]:
    return [clickable.label for clickable in message.clickables]


async def first_suggestion(person: Person, command: str) -> str:
    return (await person.autocomplete(command, "video"))[0].name


async def test_they_are_offered_on_servers_and_in_direct_messages(cove: Cove) -> None:
    clip = await cove.finished_clip(cove.mira)
    card = await cove.card(clip, cove.mira)

    for command in COMMANDS:
        assert not (await cove.mira.run_on(card, command)).failed


async def test_a_clips_card_opens_the_form_that_its_button_opens(cove: Cove) -> None:
    clip = await cove.finished_clip(cove.mira)
    card = await cove.card(clip, cove.mira)

    extending = await cove.theo.run_on(card, "Extend this video")
    speaking = await cove.theo.run_on(card, "Lip-sync this video")

    assert extending.modal is not None
    assert f"#{clip.id}" in extending.modal.title
    assert speaking.modal is not None
    assert speaking.modal.title != extending.modal.title


async def test_details_are_shown_to_whoever_asks_alone(cove: Cove) -> None:
    clip = await cove.finished_clip(cove.mira, "a red kite")

    outcome = await cove.theo.run_on(await cove.card(clip, cove.theo), "Video details")

    assert "a red kite" in told(outcome)


async def test_a_message_of_ours_whose_id_is_not_known_is_known_by_its_buttons(cove: Cove) -> None:
    clip = await cove.finished_clip(cove.mira)
    message = await card_without_known_id(cove, clip)

    details = await cove.theo.run_on(message, "Video details")
    extending = await cove.theo.run_on(message, "Extend this video")

    assert clip.id in told(details)
    assert extending.modal is not None


async def test_the_link_of_such_a_message_names_its_clip(cove: Cove) -> None:
    clip = await cove.finished_clip(cove.mira)
    message = await card_without_known_id(cove, clip)
    link = f"https://discord.com/channels/{cove.guild.id}/{message.channel_id}/{message.id}"

    await cove.mira.run("extend", video=link, prompt="it dives")
    by_link = await cove.only_job(cove.mira)
    await cove.finish(by_link)
    await cove.theo.run("extend", video=str(message.id))
    by_id = await cove.only_job(cove.theo)

    assert (by_link.source_id, by_id.source_id) == (clip.id, clip.id)


async def test_the_link_of_somebodys_own_message_names_no_clip(cove: Cove) -> None:
    mine = await cove.mira.send("egret:details:k3f9x2")
    link = f"https://discord.com/channels/{cove.guild.id}/{mine.channel_id}/{mine.id}"

    outcome = await cove.mira.run("extend", video=link)

    assert "there is no clip" in told(outcome)


async def test_a_clip_that_is_not_finished_cannot_be_a_source(cove: Cove) -> None:
    await cove.mira.run("video", prompt="a red kite")
    running = await cove.job_with_card(cove.mira)

    outcome = await cove.mira.run_on(await cove.card(running, cove.mira), "Use as source")

    assert "not finished yet" in told(outcome)


async def test_a_clip_that_is_not_finished_opens_no_form(cove: Cove) -> None:
    await cove.mira.run("video", prompt="a red kite")
    running = await cove.job_with_card(cove.mira)

    outcome = await cove.mira.run_on(await cove.card(running, cove.mira), "Extend this video")

    assert "not finished yet" in told(outcome)


async def test_a_clip_from_which_nothing_can_be_made_any_more_says_why_and_is_not_chosen(cove: Cove) -> None:
    clip = await cove.finished_clip(cove.mira)
    card = await cove.card(clip, cove.mira)
    cove.world.clock.advance(40 * DAY)

    outcome = await cove.mira.run_on(card, "Use as source")

    assert f"Nothing can be made from `#{clip.id}`" in told(outcome)
    assert "40 days old" in told(outcome)
    assert labels(outcome.expect_message()) == []


async def test_a_deleted_clip_cannot_be_a_source(cove: Cove) -> None:
    clip = await cove.finished_clip(cove.mira)
    card = await cove.card(clip, cove.mira)
    await cove.world.clip_service.remove(clip.id, cove.person_id(cove.mira), moderator=False)

    assert "was deleted" in told(await cove.mira.run_on(card, "Use as source"))


async def test_a_chosen_clip_says_what_it_is_for_and_stands_first_and_marked_in_the_lists(cove: Cove) -> None:
    old = await cove.finished_clip(cove.mira, "an old kite")
    await cove.finished_clip(cove.mira, "a newer kite")

    outcome = await cove.mira.run_on(await cove.card(old, cove.mira), "Use as source")

    assert f"`#{old.id}` is chosen" in told(outcome)
    assert labels(outcome.expect_message()) == ["Extend it", "Make it speak", "Forget it"]
    assert (await first_suggestion(cove.mira, "extend")).startswith(f"⭐ chosen · #{old.id}")
    assert (await first_suggestion(cove.mira, "lipsync")).startswith(f"⭐ chosen · #{old.id}")
    assert all("chosen" not in choice.name for choice in await cove.theo.autocomplete("extend", "video"))


async def test_a_chosen_clip_is_used_once(cove: Cove) -> None:
    clip = await cove.finished_clip(cove.mira)
    await cove.mira.run_on(await cove.card(clip, cove.mira), "Use as source")

    await cove.mira.run("extend", video=clip.id)
    await cove.finish(await cove.only_job(cove.mira))

    suggestions = await cove.mira.autocomplete("extend", "video")
    assert [choice.name for choice in suggestions if "chosen" in choice.name] == []


async def test_another_clip_uses_nothing_up(cove: Cove) -> None:
    clip = await cove.finished_clip(cove.mira, "a red kite")
    other = await cove.finished_clip(cove.mira, "a grey gull")
    await cove.mira.run_on(await cove.card(clip, cove.mira), "Use as source")

    await cove.mira.run("extend", video=other.id)

    assert (await first_suggestion(cove.mira, "extend")).startswith(f"⭐ chosen · #{clip.id}")


async def test_a_choice_outlives_a_restart_and_can_be_forgotten(offline: Cove) -> None:
    async with offline.online(offline.client):
        clip = await offline.finished_clip(offline.mira)
        answer = await offline.mira.run_on(await offline.card(clip, offline.mira), "Use as source")

    async with offline.online(offline.new_client()):
        before = await first_suggestion(offline.mira, "extend")
        forgotten = await offline.mira.click(answer.expect_message(), "Forget it")
        after = await first_suggestion(offline.mira, "extend")

    assert "chosen" in before
    assert "nothing is chosen" in told(forgotten)
    assert "chosen" not in after


async def test_the_buttons_of_an_earlier_choice_do_not_touch_the_later_one(cove: Cove) -> None:
    first = await cove.finished_clip(cove.mira, "a red kite")
    second = await cove.finished_clip(cove.mira, "a grey gull")
    earlier = (await cove.mira.run_on(await cove.card(first, cove.mira), "Use as source")).expect_message()
    await cove.mira.run_on(await cove.card(second, cove.mira), "Use as source")

    outcome = await cove.mira.click(earlier, "Forget it")

    assert "no longer there" in told(outcome)
    assert (await first_suggestion(cove.mira, "extend")).startswith(f"⭐ chosen · #{second.id}")


@pytest.mark.parametrize(
    ("files", "command", "words"),
    [
        ((picture(),), "Extend this video", "It can be where a new clip starts"),
        ((picture(),), "Lip-sync this video", "only clips can be made to speak"),
        ((picture(),), "Video details", "This is a picture"),
        ((recording(3),), "Extend this video", "It can make a clip of mine speak"),
        ((recording(3),), "Lip-sync this video", "**Use as source**"),
        (
            (LocalFile("theirs.mp4", b"\x00\x00\x00\x18ftypmp42"),),
            "Extend this video",
            "extends only clips that it made",
        ),
        ((LocalFile("theirs.mp4", b"\x00\x00\x00\x18ftypmp42"),), "Lip-sync this video", "only clips of my own speak"),
        ((LocalFile("theirs.mov", b"\x00\x00\x00\x14ftypqt  "),), "Use as source", "I did not make this video"),
        ((LocalFile("theirs.mp4", b"\x00\x00\x00\x18ftypmp42"),), "Video details", "I know nothing about it"),
        ((LocalFile("notes.pdf", b"%PDF"),), "Use as source", "nothing in this message that could be a source"),
        ((), "Extend this video", "no clip of mine in this message"),
        ((), "Lip-sync this video", "no clip of mine in this message"),
        ((), "Use as source", "nothing in this message that could be a source"),
        ((), "Video details", "no clip of mine in this message"),
    ],
)
async def test_on_any_other_message_they_say_what_is_possible(
    cove: Cove, files: tuple[LocalFile, ...], command: str, words: str
) -> None:
    message = await cove.theo.send("look at this", files=files)

    outcome = await cove.mira.run_on(message, command)

    assert words in told(outcome)
    assert await cove.nothing_stored()


async def test_a_list_of_ours_that_names_several_clips_is_about_none(cove: Cove) -> None:
    await cove.mira.run("video", prompt="a red kite")
    await cove.mira.run("video", prompt="a grey gull")
    listed = (await cove.mira.run("clips")).expect_message()

    outcome = await cove.mira.run_on(listed, "Video details")

    assert "no clip of mine in this message" in told(outcome)


async def test_a_private_clip_is_its_own_persons_alone(cove: Cove) -> None:
    mira = cove.person_id(cove.mira)
    await cove.world.service.set_preferences(mira, Preferences(destination=Destination.DIRECT))
    await cove.mira.run("video", prompt="a secret seal")
    secret = await cove.finish(await cove.job_with_card(cove.mira))
    in_private = cove.mira.in_channel("dm")
    assert secret.card is not None
    card = await in_private.message(secret.card.message_id)
    posted = await card_without_known_id(cove, secret)

    own = await in_private.run_on(card, "Video details")
    chosen = await in_private.run_on(card, "Use as source")
    others = await cove.theo.run_on(posted, "Video details")

    assert "a secret seal" in told(own)
    assert f"`#{secret.id}` is chosen" in told(chosen)
    assert "no clip of mine" in told(others)
    assert (await first_suggestion(cove.mira, "extend")).startswith(f"⭐ chosen · #{secret.id}")


async def test_a_file_in_direct_messages_is_for_the_server(cove: Cove) -> None:
    in_private = cove.mira.in_channel("dm")
    message = await in_private.send("here", files=(picture(),))

    outcome = await in_private.run_on(message, "Use as source")

    assert "Post the file on the server" in told(outcome)


async def test_a_file_that_cannot_be_fetched_is_not_chosen(cove: Cove) -> None:
    message = await cove.mira.send("here", files=(picture(),))

    outcome = await cove.mira.run_on(message, "Use as source")

    assert "could not be fetched" in told(outcome)


async def test_a_picture_that_would_be_refused_is_refused_at_once(cove: Cove) -> None:
    message = await cove.mira.send("here", files=(picture(100, 100),))

    outcome = await cove.mira.run_on(message, "Use as source")

    assert "100 × 100" in told(outcome)


async def test_a_source_that_was_never_chosen_is_asked_for_in_words(cove: Cove) -> None:
    clip = await cove.finished_clip(cove.mira)

    video = await cove.mira.run("video", prompt="a red kite", use_source=True)
    form = await cove.mira.run("video", use_source=True)
    speech = await cove.mira.run("lipsync", video=clip.id, use_source=True)
    both = await cove.mira.run("video", prompt="a red kite", image=picture(), use_source=True)

    assert "`use_source`: nothing is chosen" in told(video)
    assert "`use_source`: nothing is chosen" in told(form)
    assert "`use_source`: nothing is chosen" in told(speech)
    assert "`use_source` and `image` do not go together" in told(both)
    assert await cove.nothing_stored()


async def test_a_chosen_clip_is_no_picture(cove: Cove) -> None:
    clip = await cove.finished_clip(cove.mira)
    await cove.mira.run_on(await cove.card(clip, cove.mira), "Use as source")

    outcome = await cove.mira.run("video", prompt="a red kite", use_source=True)

    assert "a picture is needed, and you chose a clip" in told(outcome)
