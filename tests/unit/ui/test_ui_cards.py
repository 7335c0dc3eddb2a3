from __future__ import annotations

from typing import Any

import pytest

from bot.catalog import Catalogue
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import Destination, ExtendInput, JobKind, JobNote, LipsyncInput, MessageRef, Place
from bot.jobs.ports import CardFacts, Pause
from bot.jobs.states import JobState
from bot.ui.cards import looked_up, render_card, status_line
from bot.ui.quoting import units
from tests.unit.ui.conftest import FOREIGN
from tests.unit.ui.job_samples import CHANNEL, DIRECT, GUILD, NOW, finished, job, video

CATALOGUE = Catalogue()
RESULT = MessageRef(CHANNEL, 800_000_000_000_000_002)


def card(job_: Any, **facts: Any) -> str:
    return render_card(job_, CardFacts(**facts), CATALOGUE).content


def buttons(job_: Any) -> list[str]:
    return [button.custom_id for button in render_card(job_, CardFacts(), CATALOGUE).buttons]


def test_a_plain_job_in_line_shows_nothing_but_what_matters() -> None:
    assert card(job(), position=2) == (
        "⏳ **Queued** — 2nd in line.\n> Video: “a red fox runs through snow”\n-# $0.26 · #k3f9x2"
    )


@pytest.mark.parametrize(
    ("changes", "facts", "headline"),
    [
        ({}, {"position": 1}, "⏳ **Queued** — next in line."),
        ({}, {"position": 12}, "⏳ **Queued** — 12th in line."),
        ({}, {"more_than": 20}, "⏳ **Queued** — more than 20 before it in line."),
        ({}, {"ready_at": NOW + 90_000}, f"⏳ **Queued** — Usually ready <t:{NOW // 1000 + 90}:R>."),
        (
            {},
            {"position": 3, "ready_at": NOW + 90_000},
            f"⏳ **Queued** — 3rd in line. Usually ready <t:{NOW // 1000 + 90}:R>.",
        ),
        ({}, {"position": 0}, "⏳ **Queued**"),
        ({"inputs_ready": False}, {"position": 3}, "⏳ **Preparing** — reading your files."),
        (
            {},
            {"position": 2, "ready_at": NOW, "pause": Pause(NOW + 60_000, "no_credit")},
            (
                "⏸️ **Queued** — 2nd in line. The bot's account at the provider has run out of credit. "
                f"Whoever runs the bot has been told. Trying again <t:{NOW // 1000 + 60}:R>; nothing is lost."
            ),
        ),
        ({}, {"position": 1, "pause": Pause(NOW - 1, "no_credit")}, "⏳ **Queued** — next in line."),
        ({"state": JobState.SUBMITTING}, {}, "📨 **Sending to the provider**"),
        (
            {"state": JobState.SUBMIT_UNKNOWN},
            {},
            (
                "🔎 **Checking with the provider** — we are finding out whether the provider took it. "
                "You will not be charged twice."
            ),
        ),
        (
            {"state": JobState.RUNNING, "running_since": NOW + 5_000},
            {"ready_at": NOW + 105_000},
            f"🎬 **Generating** — started <t:{NOW // 1000 + 5}:R>, usually ready <t:{NOW // 1000 + 105}:R>.",
        ),
        (
            {"state": JobState.RUNNING, "running_since": NOW},
            {},
            f"🎬 **Generating** — started <t:{NOW // 1000}:R>.",
        ),
        (
            {"state": JobState.OVERDUE},
            {},
            "🐢 **Taking unusually long** — it still counts and will be posted here when it is done.",
        ),
        (
            {"state": JobState.RUNNING, "cancel_requested_at": NOW},
            {"ready_at": NOW},
            "🛑 **Cancelling** — the provider is asked to stop; if it finishes all the same, the clip is posted here.",
        ),
        (
            {"state": JobState.SUCCEEDED, "finished_at": NOW},
            {},
            "📤 **Uploading** — the clip is ready and on its way here.",
        ),
        (
            {"state": JobState.ABANDONED, "failure": Failure(FailureReason.UNKNOWN_OUTCOME)},
            {},
            (
                "❔ **Lost track of it** — It could not be found out whether the provider took it. "
                "What the provider charged is not known yet. "
                "It will not be bought again, and it no longer counts against your limit. "
                "Whoever runs the bot has been told. If the clip turns up after all, it will be posted here."
            ),
        ),
        (
            {"state": JobState.FAILED, "failure": Failure(FailureReason.BUSY), "consumed_microusd": 0},
            {},
            (
                "❌ **Failed** — The provider was too busy to take it. Nothing was charged. "
                "Run the command again: the same request may work this time."
            ),
        ),
        ({"state": JobState.CANCELLED, "consumed_microusd": 0}, {}, "🚫 **Cancelled** — Nothing was charged."),
        (
            {"state": JobState.CANCELLED, "consumed_microusd": 130_000},
            {},
            "🚫 **Cancelled** — The provider charged $0.13.",
        ),
    ],
)
def test_each_state_has_its_words(changes: dict[str, Any], facts: dict[str, Any], headline: str) -> None:
    assert card(job(**changes), **facts).split("\n")[0] == headline


def test_a_finished_job_is_one_line_that_leads_to_the_clip() -> None:
    assert card(finished(), result=RESULT) == (
        f"✅ **Done** · [see the clip](https://discord.com/channels/{GUILD}/{CHANNEL}/{RESULT.message_id}) · "
        "“a red fox runs through snow” · `#k3f9x2`"
    )


@pytest.mark.parametrize(
    ("state", "consumed", "words"),
    [
        (JobState.FAILED, 0, "❌ **Failed** · nothing charged"),
        (JobState.FAILED, 260_000, "❌ **Failed** · $0.26 charged"),
        (JobState.ABANDONED, None, "❔ **Lost track of it** · charge not known yet"),
    ],
)
def test_a_failure_that_has_a_message_of_its_own_is_one_line_that_leads_there(
    state: JobState, consumed: int | None, words: str
) -> None:
    ended = finished(state, failure=Failure(FailureReason.BUSY), consumed_microusd=consumed)

    assert card(ended, result=RESULT) == (
        f"{words} · [see why](https://discord.com/channels/{GUILD}/{CHANNEL}/{RESULT.message_id}) · "
        "“a red fox runs through snow” · `#k3f9x2`"
    )
    assert card(ended, result=MessageRef(DIRECT, 1)).startswith(f"{words} · the reason was sent by direct message · ")


def test_a_clip_sent_by_direct_message_is_not_linked_from_the_channel() -> None:
    text = card(finished(), result=MessageRef(DIRECT, 1))

    assert "the clip was sent by direct message" in text
    assert "discord.com" not in text


def test_in_direct_messages_the_link_leads_there() -> None:
    place = Place(guild_id=None, channel_id=DIRECT, upload_limit=1)

    assert f"(https://discord.com/channels/@me/{DIRECT}/1)" in card(finished(place=place), result=MessageRef(DIRECT, 1))


def test_a_clip_in_a_thread_from_its_card_is_linked_there() -> None:
    done = finished()
    assert done.card is not None
    thread = done.card.message_id

    shown = card(done, result=MessageRef(thread, 800_000_000_000_000_002))

    assert f"[see the clip](https://discord.com/channels/{GUILD}/{thread}/800000000000000002)" in shown


def test_a_private_clip_is_linked_from_its_card_beside_it() -> None:
    place = Place(guild_id=GUILD, channel_id=DIRECT, upload_limit=1, destination=Destination.DIRECT)

    shown = card(finished(place=place), result=MessageRef(DIRECT, 800_000_000_000_000_002))

    assert f"[see the clip](https://discord.com/channels/@me/{DIRECT}/800000000000000002)" in shown


def test_a_private_clip_that_cannot_be_posted_has_no_other_place() -> None:
    place = Place(guild_id=GUILD, channel_id=DIRECT, upload_limit=1, destination=Destination.DIRECT)

    shown = card(finished(place=place), undeliverable=True)

    assert "Discord does not let me post it here." in shown
    assert "neither" not in shown


@pytest.mark.parametrize("facts", [{}, {"result": RESULT}, {"undeliverable": True}])
def test_a_deleted_clip_leaves_one_line_that_says_so(facts: dict[str, Any]) -> None:
    removed = finished(removed_at=NOW + 200_000)

    assert card(removed, **facts) == "🗑️ **Deleted** · `#k3f9x2`"
    assert status_line(removed, CardFacts(**facts)) == "🗑️ **Deleted**"
    assert buttons(removed) == ["egret:details:k3f9x2"]


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.ABANDONED])
def test_who_looks_a_failure_up_is_not_told_to_run_the_command_of_somebody_else(state: JobState) -> None:
    ended = finished(state, failure=Failure(FailureReason.BUSY), consumed_microusd=0)

    shown = looked_up(ended, CardFacts())

    assert "The provider was too busy to take it. Nothing was charged." in shown
    assert "Run the command" not in shown


def test_where_there_was_no_clip_none_is_said_to_be_deleted() -> None:
    failed = finished(JobState.FAILED, failure=Failure(FailureReason.BUSY), removed_at=NOW + 200_000)

    assert card(failed) == "🗑️ **Deleted** · `#k3f9x2`"


def test_settings_that_differ_from_the_defaults_are_named() -> None:
    made = video(
        seconds=10,
        ratio="9:16",
        cfg_scale=0.8,
        camera_axis="zoom",
        camera_value=-3,
        sound=True,
        negative_prompt="blur",
    )

    assert card(job(input=made, mode="pro", model="3.0", spoiler=True, price_microusd=None)).split("\n")[2] == (
        "-# Kling 3.0 · Pro 1080p · 10 seconds · Tall 9:16 · follows the prompt: Strictly · Zoom in, gentle · "
        "with sound · avoids “blur” · spoiler · price not known yet · #k3f9x2"
    )


def test_a_clip_from_an_image_says_so_instead_of_its_shape() -> None:
    assert "-# from a picture · $0.26" in card(job(input=video(ratio=None)))


def test_a_follow_up_names_its_source() -> None:
    extension = job(kind=JobKind.EXTEND, input=ExtendInput(prompt="it rains"), source_id="ab2cd3", price_microusd=None)
    speech = job(kind=JobKind.LIPSYNC, input=LipsyncInput(text="hello", voice="Rock", speed=1.5), source_id="ab2cd3")
    recording = job(kind=JobKind.LIPSYNC, input=LipsyncInput(), source_id="ab2cd3")

    assert card(extension).split("\n")[1:] == [
        "> Extension from #ab2cd3: “it rains”",
        "-# price not known yet · #k3f9x2",
    ]
    assert card(speech).split("\n")[1:] == [
        "> Lip-sync from #ab2cd3: “hello”",
        "-# voice Rock · speed 1.5× · $0.26 · #k3f9x2",
    ]
    assert card(recording).split("\n")[1:] == ["> Lip-sync from #ab2cd3", "-# from a recording · $0.26 · #k3f9x2"]


@pytest.mark.parametrize("note", JobNote)
def test_each_note_is_a_sentence_of_its_own(note: JobNote) -> None:
    last = card(job(notes=(note, note))).split("\n")[3:]

    assert len(last) == 1
    assert last[0].startswith("-# ⚠️ ")
    assert last[0].endswith(".")


def test_what_a_card_costs_is_what_was_charged_once_it_has_succeeded() -> None:
    assert "-# charge not known yet · #k3f9x2" in card(finished(JobState.SUCCEEDED, consumed_microusd=None))


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.CANCELLED])
def test_that_nothing_was_charged_is_said_once(state: JobState) -> None:
    failure = Failure(FailureReason.OTHER) if state is JobState.FAILED else None

    shown = card(finished(state, failure=failure, consumed_microusd=0))

    assert shown.lower().count("charged") == 1
    assert shown.endswith("\n-# #k3f9x2")


@pytest.mark.parametrize(
    "state",
    [JobState.QUEUED, JobState.SUBMITTING, JobState.SUBMIT_UNKNOWN, JobState.RUNNING, JobState.OVERDUE],
)
def test_a_job_under_way_can_be_cancelled_once(state: JobState) -> None:
    assert buttons(job(state=state)) == ["egret:cancel:k3f9x2", "egret:details:k3f9x2"]
    assert buttons(job(state=state, cancel_requested_at=NOW)) == ["egret:details:k3f9x2"]


@pytest.mark.parametrize("state", [JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED, JobState.ABANDONED])
def test_a_job_that_has_ended_has_only_its_details(state: JobState) -> None:
    assert buttons(job(state=state)) == ["egret:details:k3f9x2"]


@pytest.mark.parametrize("prompt", ["x" * 2500, "语" * 2500, "🦊" * 2500, "*" * 2500, "a\n" * 1250, "@everyone " * 250])
@pytest.mark.parametrize("state", JobState)
def test_a_card_is_never_longer_than_discord_takes(prompt: str, state: JobState) -> None:
    made = video(prompt=prompt, negative_prompt=prompt)
    shown = card(
        job(state=state, input=made, notes=tuple(JobNote), failure=Failure(FailureReason.OTHER)),
        position=99,
        pause=Pause(NOW + 1, "no_credit"),
    )

    assert units(shown) <= 2000
    assert "@everyone" not in shown


def test_a_card_pings_nobody() -> None:
    mentions = render_card(job(), CardFacts(), CATALOGUE).allowed_mentions()

    assert mentions.to_dict() == {"parse": [], "users": []}


def test_a_card_can_do_without_the_persons_words() -> None:
    avoiding = job(input=video(negative_prompt="grey foxes"))
    bare = render_card(avoiding, CardFacts(position=1), CATALOGUE, with_prompt=False).content
    done = render_card(finished(), CardFacts(result=RESULT), CATALOGUE, with_prompt=False).content

    assert "fox" not in bare + done


@pytest.mark.parametrize("state", JobState)
def test_a_card_is_shown_in_the_persons_language(state: JobState, foreign: None) -> None:
    headline = card(job(state=state, failure=Failure(FailureReason.OTHER))).split("\n")[0]

    assert f"**{FOREIGN}" in headline
