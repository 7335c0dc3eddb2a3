from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.catalog import Catalogue, PossibleActions
from bot.catalog.refusals import NotExtendable, NotLipsyncable
from bot.clock import DAY
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import (
    Asset,
    AssetRole,
    Destination,
    ExtendInput,
    JobKind,
    JobNote,
    LipsyncInput,
    Place,
    Purpose,
    repost_purpose,
)
from bot.jobs.ports import MessageFacts
from bot.jobs.states import JobState
from bot.ui.custom_ids import names_delivery
from bot.ui.language import speaking
from bot.ui.quoting import units
from bot.ui.results import Carriage, ResultForm, alt_text, file_name, render_delivery, thread_name
from tests.unit.ui.conftest import FOREIGN
from tests.unit.ui.job_samples import CHANNEL, DIRECT, GUILD, PERSON, delivery, finished, video

CATALOGUE = Catalogue()
MIB = 1024 * 1024
LINK = "https://cdn.provider.example/clips/k3.mp4?sig=a_b"
CLIP = Asset(
    id="a1",
    job_id="k3f9x2",
    role=AssetRole.RESULT,
    source_url=LINK,
    filename="",
    option="",
    content_type="video/mp4",
    size=5_000_000,
    duration_ms=5_100,
)


def message(job_: Any, purpose: str = Purpose.RESULT, result: Asset | None = CLIP, **form: Any):
    return render_delivery(delivery(purpose=purpose), job_, MessageFacts(result=result), CATALOGUE, ResultForm(**form))


def test_a_result_says_whose_what_and_for_how_much() -> None:
    assert message(finished(input=video(ratio="9:16"), mode="pro")).content == (
        f"<@{PERSON}> your clip is ready: “a red fox”\n"
        "-# AI-generated · 5 s · Pro 1080p · Tall 9:16 · $0.26 · #k3f9x2\n"
        "-# Reply `extend …` or `say …` with the @ on, or press a button."
    )


def test_a_result_tells_what_can_be_replied_to_it_in_the_language_being_spoken() -> None:
    there = Place(guild_id=GUILD, channel_id=CHANNEL, upload_limit=10 * MIB)
    alone = Place(guild_id=GUILD, channel_id=DIRECT, upload_limit=10 * MIB, destination=Destination.DIRECT)

    with speaking("de"):
        assert "`verlängern …`" in message(finished(place=there)).content
    assert "Reply `extend …` or `say …` with the @ on" in message(finished(place=there)).content
    assert "Reply `extend …` or `say …`, or press" in message(finished(place=alone)).content


def test_a_result_proposes_no_reply_that_would_be_refused() -> None:
    def with_actions(**refused: Any) -> str:
        facts = MessageFacts(result=CLIP, actions=PossibleActions(**refused))
        return render_delivery(delivery(), finished(), facts, CATALOGUE, ResultForm()).content

    no_extend, no_lipsync = (
        NotExtendable(model="2.1", after_lipsync=False, extendable=()),
        NotLipsyncable(model="2.1", lip_syncable=()),
    )
    assert "Reply `say …` with the @ on" in with_actions(no_extend=no_extend)
    assert "Reply" not in with_actions(no_extend=no_extend, no_lipsync=no_lipsync)


@pytest.mark.parametrize("purpose", [Purpose.RESULT, Purpose.FAILURE, Purpose.ABANDONED])
def test_what_comes_by_direct_message_against_all_expectation_says_why(purpose: str) -> None:
    def sent_to(channel: int) -> str:
        job = finished(failure=Failure(FailureReason.OTHER))
        facts = MessageFacts(result=CLIP)
        owed = delivery(purpose=purpose, channel_id=channel)
        return render_delivery(owed, job, facts, CATALOGUE, ResultForm()).content

    assert f"It could not be posted in <#{CHANNEL}>, so it comes here." in sent_to(DIRECT)
    assert "could not be posted" not in sent_to(CHANNEL)


def test_a_result_pings_its_requester_and_nobody_else() -> None:
    mentions = message(finished(input=video(prompt="<@1> @everyone"))).allowed_mentions()

    assert mentions.to_dict() == {"parse": [], "users": [PERSON]}


@pytest.mark.parametrize("purpose", [Purpose.RESULT, Purpose.FAILURE, Purpose.ABANDONED, "repost:i:77"])
def test_every_message_carries_its_deliverys_id(purpose: str) -> None:
    shown = message(finished(failure=Failure(FailureReason.OTHER)), purpose)

    named = [names_delivery(button.custom_id, "k3f9x2", "dq7w2m4k8t") for button in shown.buttons]
    assert named.count(True) == 1


@pytest.mark.parametrize(
    ("consumed", "words"),
    [(260_000, "$0.26"), (0, "nothing charged"), (None, "charge not known yet")],
)
def test_the_cost_is_as_charged_and_an_unknown_one_is_not_nought(consumed: int | None, words: str) -> None:
    assert f" · {words} · #k3f9x2" in message(finished(consumed_microusd=consumed)).content


def test_follow_ups_name_their_source_and_their_measured_length() -> None:
    longer = finished(kind=JobKind.EXTEND, input=ExtendInput(), source_id="ab2cd3")
    speaking = finished(kind=JobKind.LIPSYNC, input=LipsyncInput(text="hello", voice="Rock"), source_id="ab2cd3")

    assert message(longer).content == (
        f"<@{PERSON}> your extended clip is ready.\n-# AI-generated · 5 s · from #ab2cd3 · $0.26 · #k3f9x2\n"
        "-# Reply `extend …` or `say …` with the @ on, or press a button."
    )
    assert message(speaking).content == (
        f"<@{PERSON}> your clip speaks now: “hello”\n"
        "-# AI-generated · 5 s · from #ab2cd3 · voice Rock · $0.26 · #k3f9x2\n"
        "-# Reply `extend …` or `say …` with the @ on, or press a button."
    )


def test_notes_stay_with_the_result() -> None:
    text = message(finished(notes=(JobNote.AUDIO_TRIMMED,))).content

    assert "\n-# ⚠️ The recording is longer than the clip, so its end is cut off.\n" in text


@pytest.mark.parametrize(
    ("carriage", "last"),
    [
        (
            Carriage.SMALLER,
            (
                "-# The original is larger than the 10 MB this place takes, so this is a smaller copy. "
                f"[Original](<{LINK}>), until the provider deletes it."
            ),
        ),
        (
            Carriage.PLAYABLE,
            (
                "-# The original would not play here, so this is a copy that does. "
                f"[Original](<{LINK}>), until the provider deletes it."
            ),
        ),
        (
            Carriage.TOO_LARGE,
            (
                "The clip is larger than the 10 MB this place takes. "
                f"Watch or save it before <t:1792592100:f>, when the provider will have deleted it:\n{LINK}"
            ),
        ),
        (
            Carriage.UPLOADS_LIMITED,
            (
                "Discord takes no files here right now. "
                f"Watch or save it before <t:1792592100:f>, when the provider will have deleted it:\n{LINK}"
            ),
        ),
        (
            Carriage.NOT_KEPT,
            (
                "The clip could not be copied here. "
                f"Watch or save it before <t:1792592100:f>, when the provider will have deleted it:\n{LINK}"
            ),
        ),
    ],
)
def test_a_result_says_what_was_done_to_the_clip(carriage: Carriage, last: str) -> None:
    assert message(finished(output_url=LINK), carriage=carriage, limit=10 * MIB).content.endswith(last)


def test_a_spoiler_stays_hidden_as_a_link() -> None:
    hidden = finished(output_url=LINK, spoiler=True)

    assert message(hidden, carriage=Carriage.TOO_LARGE, limit=10 * MIB).content.endswith(f"|| {LINK} ||")
    assert LINK not in message(hidden, carriage=Carriage.SMALLER, limit=10 * MIB).content


@pytest.mark.parametrize(
    "link",
    [
        *(None, "", "javascript:alert(1)", "https://x.y/a b", "https://x.y/>)[", f"https://x.y/{'a' * 2000}"),
        *("https://discord.com@x.y/a", "https://discord.com:1@x.y/", "https:///a", "https://?a", "data:text/html,a"),
        *("https://x.y/\u202e4pm.exe", "https://dіscord.com/a", "https://ex\u2100mple.com/a", "https://x.y/\0"),
        *("https://x.y/a\n-# fake", 'https://x.y/" onclick', "https://x.y/*a*", "https://x.y/\ud800", "//x.y/a"),
    ],
)
def test_an_address_unfit_to_be_shown_is_not(link: str | None) -> None:
    text = message(finished(output_url=link), carriage=Carriage.NOT_KEPT).content

    assert text.endswith("The clip could not be copied here. Its file can no longer be had.")


def test_a_failure_says_what_happened_what_it_cost_and_what_to_do() -> None:
    ended = finished(JobState.FAILED, failure=Failure(FailureReason.MODERATED), consumed_microusd=0)

    assert message(ended, Purpose.FAILURE).content == (
        f"<@{PERSON}> this clip did not work out: “a red fox runs through snow”\n"
        "The provider's safety filter refused this prompt or picture. Nothing was charged.\n"
        "Press **Edit** and say it differently, or use another picture.\n"
        "-# Video · #k3f9x2"
    )


def test_a_job_given_up_on_does_not_claim_to_know_the_cost() -> None:
    lost = finished(JobState.ABANDONED, failure=Failure(FailureReason.UNKNOWN_OUTCOME), consumed_microusd=None)

    assert message(lost, Purpose.ABANDONED).content == (
        f"<@{PERSON}> this clip was lost on the way: “a red fox runs through snow”\n"
        "It could not be found out whether the provider took it. What the provider charged is not known yet. "
        "It will not be bought again, and it no longer counts against your limit.\n"
        "Whoever runs the bot has been told. If the clip turns up after all, it will be posted here.\n"
        "-# Video · #k3f9x2"
    )


@pytest.mark.parametrize("prompt", ["x" * 2500, "语" * 2500, "🦊" * 2500, "*_`" * 830, "a\n" * 1250])
@pytest.mark.parametrize("purpose", [Purpose.RESULT, Purpose.FAILURE, Purpose.ABANDONED])
@pytest.mark.parametrize("carriage", Carriage)
def test_a_message_is_never_longer_than_discord_takes(prompt: str, purpose: str, carriage: Carriage) -> None:
    ended = finished(
        input=video(prompt=prompt, negative_prompt=prompt),
        notes=tuple(JobNote),
        failure=Failure(FailureReason.OTHER),
        output_url=f"https://x.y/{'a' * 980}",
    )
    shown = message(ended, purpose, carriage=carriage, limit=10 * MIB)

    assert units(shown.content) <= 2000
    assert f"<@{PERSON}>" in shown.content
    assert "“" in shown.content


def test_a_message_can_do_without_the_persons_words() -> None:
    for purpose in (Purpose.RESULT, Purpose.FAILURE, Purpose.ABANDONED):
        ended = finished(input=video(negative_prompt="grey foxes"), failure=Failure(FailureReason.OTHER))
        text = message(ended, purpose, with_prompt=False).content
        assert "fox" not in text
        assert "#k3f9x2" in text


@pytest.mark.parametrize("purpose", [Purpose.RESULT, Purpose.FAILURE, Purpose.ABANDONED])
def test_a_message_is_written_in_the_persons_language(purpose: str, foreign: None) -> None:
    shown = message(finished(failure=Failure(FailureReason.OTHER)), purpose)

    assert FOREIGN in shown.content.split("\n")[0]
    assert shown.buttons[0].label.startswith(FOREIGN)


def test_a_screen_reader_is_told_what_the_clip_shows() -> None:
    assert alt_text(finished()) == "AI-generated video: a red fox runs through snow"
    assert alt_text(finished(kind=JobKind.EXTEND, input=ExtendInput())) == "AI-generated video"
    assert alt_text(finished(kind=JobKind.LIPSYNC, input=LipsyncInput(text="hi"))) == (
        "AI-generated video of somebody saying: hi"
    )
    assert units(alt_text(finished(input=video(prompt="🦊" * 2500)))) <= 1024


def test_a_clip_without_words_of_its_own_is_described_by_its_source() -> None:
    source = finished()
    recording = finished(kind=JobKind.LIPSYNC, input=LipsyncInput())

    assert alt_text(recording, source) == ("AI-generated video, speaking with a recording: a red fox runs through snow")
    assert alt_text(finished(kind=JobKind.EXTEND, input=ExtendInput()), source) == (
        "AI-generated video, extended: a red fox runs through snow"
    )
    assert alt_text(recording) == "AI-generated video"


def test_a_description_can_do_without_the_persons_words() -> None:
    assert alt_text(finished(), with_prompt=False) == "AI-generated video"


def test_a_file_is_named_after_its_job() -> None:
    assert file_name(finished(), "mp4") == "egret-k3f9x2.mp4"


def test_a_length_that_was_not_measured_is_the_one_bought() -> None:
    assert "AI-generated · 5 s ·" in message(finished(), result=None).content
    assert "AI-generated · $0.26" in message(finished(kind=JobKind.EXTEND, input=ExtendInput()), result=None).content


REPOST = repost_purpose("i:77")


def test_a_repost_says_that_it_is_one_and_pings_nobody() -> None:
    shown = message(finished(input=video(ratio="9:16")), REPOST)

    assert shown.content == "Video: “a red fox”\n-# Repost of #k3f9x2 · AI-generated · 5 s · Tall 9:16"
    assert shown.pings == ()


@pytest.mark.parametrize(
    ("days", "link", "says"),
    [
        (29, LINK, f":\n{LINK}"),
        (30, LINK, "Its file can no longer be had."),
        (2, "https://img.provider.example/ephemeral/k3.mp4", "Its file can no longer be had."),
        (0, None, "Its file can no longer be had."),
    ],
)
def test_a_repost_without_its_file_gives_a_link_only_while_that_may_live(
    days: int, link: str | None, says: str
) -> None:
    done = finished(output_url=link)
    asked = delivery(purpose=REPOST, created_at=(done.finished_at or 0) + days * DAY)

    shown = render_delivery(asked, done, MessageFacts(), CATALOGUE, ResultForm(carriage=Carriage.NOT_KEPT))

    assert "The clip is no longer kept here." in shown.content
    assert shown.content.endswith(says)


@pytest.mark.parametrize("purpose", [Purpose.RESULT, Purpose.FAILURE, Purpose.ABANDONED])
def test_whoever_was_notified_before_is_not_again(purpose: str) -> None:
    failed = finished(failure=Failure(FailureReason.OTHER))

    shown = render_delivery(delivery(purpose=purpose), failed, MessageFacts(pinged=True), CATALOGUE, ResultForm())

    assert shown.pings == ()
    assert shown.allowed_mentions().to_dict() == {"parse": [], "users": []}


@pytest.mark.parametrize("prompt", ["fox", "fox " * 600, "🦊" * 1250, "狐" * 2500, "", "\n \u202e"])
@pytest.mark.parametrize("with_prompt", [True, False])
def test_a_threads_name_fits_and_names_its_job(prompt: str, with_prompt: bool) -> None:
    name = thread_name(finished(input=video(prompt=prompt)), with_prompt=with_prompt)

    assert 0 < units(name) <= 100
    assert name.endswith(" · #k3f9x2")
    assert name.startswith(prompt[:1] if with_prompt and prompt.strip().isprintable() and prompt else "Video")


def test_the_words_of_a_private_clip_are_not_read_out_where_others_see_its_continuation() -> None:
    source = finished()
    private = replace(source, place=replace(source.place, destination=Destination.DIRECT))
    extended = finished(kind=JobKind.EXTEND, input=ExtendInput())
    own = replace(extended, place=private.place)

    assert alt_text(extended, private) == "AI-generated video"
    assert alt_text(own, private) == "AI-generated video, extended: a red fox runs through snow"
