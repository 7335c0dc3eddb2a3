from __future__ import annotations

from dataclasses import replace

import discord
import pytest

from bot.catalog import Catalogue
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import (
    Asset,
    AssetRole,
    ExtendInput,
    JobEvent,
    JobKind,
    LipsyncInput,
    MessageRef,
)
from bot.jobs.ports import CardFacts
from bot.jobs.requests import Details
from bot.jobs.states import DeliveryState, JobState
from bot.ui.details import render_details
from bot.ui.quoting import units
from tests.unit.ui.job_samples import CHANNEL, GUILD, NOW, PERSON, delivery, finished, job, video

CATALOGUE = Catalogue()
CLIP = Asset(
    id="a1",
    job_id="k3f9x2",
    role=AssetRole.RESULT,
    source_url="https://secret.example/signed",
    filename="",
    option="",
    content_type="video/mp4",
    size=5_000_000,
    width=1280,
    height=720,
    duration_ms=5_100,
    converted=True,
)


def embed_of(details: Details) -> discord.Embed:
    return render_details(details, CATALOGUE).embeds[0]


def fields(details: Details) -> dict[str | None, str | None]:
    return {field.name: field.value for field in embed_of(details).fields}


def details(job_=None, **changes) -> Details:
    facts = {"facts": CardFacts(), "assets": (), "deliveries": (), "events": (), **changes}
    return Details(job=job_ or job(), **facts)


def test_everything_is_there() -> None:
    made = video(
        prompt="a *red* fox\nin snow",
        negative_prompt="blur",
        camera_axis="zoom",
        camera_value=-3,
        sound=False,
        cfg_scale=0.3,
    )
    whole = details(
        finished(input=made, spoiler=True, source_id="ab2cd3"),
        facts=CardFacts(result=MessageRef(CHANNEL, 9)),
        assets=(CLIP,),
        deliveries=(delivery(state=DeliveryState.DELIVERED, message=MessageRef(CHANNEL, 9)),),
        events=(
            JobEvent(NOW, None, JobState.QUEUED, "stored"),
            JobEvent(NOW + 1000, JobState.QUEUED, JobState.SUBMITTING, "submit"),
        ),
    )
    second = NOW // 1000

    assert embed_of(whole).title == "Video #k3f9x2"
    assert embed_of(whole).description == "```\na *red* fox\nin snow\n```"
    assert fields(whole) == {
        "State": "✅ **Done**",
        "Settings": (
            "Model: Kling 1.6\nQuality: Standard 720p\nLength: 5 seconds\nShape: Wide 16:9\n"
            "Follows the prompt: Loosely\nCamera: Zoom in, gentle\nSound: no\nAvoid: “blur”\nHidden as a spoiler"
        ),
        "Money": "Price: $0.26\nCharged: $0.26",
        "Files": "Clip: 5 MB, 1280 × 720, 5.1 seconds, converted",
        "Messages": (
            f"[Card](https://discord.com/channels/{GUILD}/{CHANNEL}/800000000000000001)\n"
            f"[Answer](https://discord.com/channels/{GUILD}/{CHANNEL}/9): posted"
        ),
        "Numbers": (
            f"Job: `#k3f9x2`\nAsked for by <@{PERSON}>, <t:{second}:f>\n"
            f"Provider's task: `task-1`\nEnded <t:{second + 100}:f>"
        ),
        "What happened": f"<t:{second}:T> Queued\n<t:{second + 1}:T> Sending to the provider",
    }


def test_a_clip_that_is_not_posted_yet_is_on_its_way() -> None:
    assert fields(details(finished()))["State"] == "📤 **Uploading** — the clip is ready and on its way here."


def test_follow_ups_show_their_own_settings() -> None:
    speech = job(kind=JobKind.LIPSYNC, input=LipsyncInput(text="hello", voice="Rock", speed=1.5))
    recording = job(kind=JobKind.LIPSYNC, input=LipsyncInput())
    longer = job(kind=JobKind.EXTEND, input=ExtendInput())

    assert fields(details(speech))["Settings"] == "Model: Kling 1.6\nQuality: Standard 720p\nVoice: Rock\nSpeed: 1.5"
    assert fields(details(recording))["Settings"] == "Model: Kling 1.6\nQuality: Standard 720p\nVoice: from a recording"
    assert fields(details(longer))["Settings"] == "Model: Kling 1.6\nQuality: Standard 720p"
    assert embed_of(details(longer)).description == "No prompt was given."


def test_a_message_that_could_not_be_posted_says_so() -> None:
    lost = details(finished(card=None), deliveries=(delivery(state=DeliveryState.UNDELIVERABLE),))

    assert fields(lost)["Messages"] == "Answer: could not be posted"


def test_a_failure_is_told() -> None:
    failed = details(finished(JobState.FAILED, failure=Failure(FailureReason.BUSY), consumed_microusd=0))

    assert "too busy to take it. Nothing was charged." in str(fields(failed)["State"])


def test_no_address_and_no_secret_is_shown() -> None:
    shown = str(embed_of(details(finished(output_url="https://secret.example/x"), assets=(CLIP,))).to_dict())

    assert "secret.example" not in shown
    assert "token" not in shown


@pytest.mark.parametrize("prompt", ["x" * 2500, "语" * 2500, "🦊" * 2500, "```\n" * 600])
def test_a_long_prompt_can_be_had_in_full(prompt: str) -> None:
    made = video(prompt=prompt, negative_prompt=prompt)
    shown = render_details(
        details(
            finished(input=made),
            events=tuple(JobEvent(NOW, None, JobState.RUNNING, "x") for _ in range(50)),
            assets=(CLIP,) * 4,
            deliveries=tuple(replace(delivery(), message=MessageRef(CHANNEL, NOW)) for _ in range(30)),
        ),
        CATALOGUE,
    )
    embed = shown.embeds[0]

    assert shown.files[0].text.startswith(prompt)
    assert shown.files[0].text.count(prompt) == 2
    assert units(str(embed.description)) <= 4096
    assert all(units(str(field.value)) <= 1024 for field in embed.fields)
    assert sum(units(f"{field.name}{field.value}") for field in embed.fields) + units(str(embed.description)) <= 5980


def test_a_short_prompt_needs_no_file() -> None:
    assert render_details(details(), CATALOGUE).files == ()
