"""What cannot be is refused in private, in words that help, before anything is stored, counted or bought."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.discord.permissions import Permission
from sandbox.person import LocalFile, OptionValue, Person, RequestRefused
from sandbox.piapi.scenarios import Scenario
from sandbox.seen import Outcome
from tests.e2e.community import Community, answer_to, community, nothing_bought
from tests.e2e.files import picture

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Wrong:
    """Options of /video that cannot be, and what the refusal has to say."""

    options: dict[str, OptionValue]
    words: tuple[str, ...]


WRONG = {
    "an end without a start": Wrong({"end_image": picture()}, ("`end_image` needs a picture to start from", "`image`")),
    "a camera move with a picture": Wrong(
        {"image": picture(), "camera": "Zoom in, gentle"}, ("`camera` works only without a picture",)
    ),
    "a picture too small": Wrong(
        {"image": picture(width=300, height=640)}, ("`image`", "300 × 640 pixels", "longer than 300")
    ),
    "a picture too narrow": Wrong(
        {"image": picture(width=2000, height=400)}, ("`image`", "2000 × 400", "at most 2.5 times", "Crop it")
    ),
    "an end picture too small": Wrong(
        {"image": picture(), "end_image": picture(width=200, height=200)}, ("`end_image`", "200 × 200")
    ),
    "a length the model does not make": Wrong(
        {"model": "1.6", "length": 7}, ("`length`", "makes clips of 5 or 10 seconds, not of 7", "Kling 3.0", "$0.70")
    ),
    "a quality the model lacks": Wrong(
        {"model": "2.5-turbo", "quality": "std"}, ("`quality`", "Kling 2.5 Turbo", "only in Pro", "$0.26")
    ),
    "sound from a silent model": Wrong(
        {"model": "1.6", "sound": True}, ("`sound`", "Kling 1.6 makes silent clips", "Kling 3.0", "$0.75")
    ),
    "a camera for a model without": Wrong(
        {"model": "2.1", "camera": "Roll left, strong"}, ("`camera`", "Kling 2.1 takes no camera moves", "$0.26")
    ),
    "what to avoid, told to a model that cannot": Wrong(
        {"model": "3.0", "avoid": "people"}, ("`avoid`", "Kling 3.0 cannot be told", "$0.26")
    ),
    "an end picture for a model without": Wrong(
        {"model": "2.1", "image": picture(), "end_image": picture()}, ("`end_image`", "Kling 2.1", "Kling 3.0", "$0.50")
    ),
    "two options that exclude each other": Wrong(
        {"sound": True, "camera": "Roll left, strong"}, ("`sound`", "`camera`", "Leave one of them out")
    ),
    "a model nobody knows": Wrong({"model": "9.9"}, ("`model`", "“9.9”", "1.6")),
    "nothing to show": Wrong({"prompt": "   "}, ("`prompt` is empty",)),
}  # fmt: skip


def refusal(outcome: Outcome) -> str:
    answer = outcome.expect_message()
    assert answer.ephemeral
    assert "Nothing was charged." in answer.text
    return answer.text


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_cannot_be_made_is_refused_naming_the_option_the_rule_and_the_way_out(place: Community, wrong: str):
    room = place.room()

    async with nothing_bought(place):
        outcome = await place.mira.in_channel(room).run("video", {"prompt": "a red kite", **WRONG[wrong].options})

    said = refusal(outcome)
    assert [word for word in WRONG[wrong].words if word not in said] == []
    assert await place.theo.in_channel(room).messages() == []


@pytest.mark.parametrize(
    ("option", "given"),
    [("prompt", "x" * 2501), ("image", LocalFile("kite.mp4", b"")), ("ratio", "4:3"), ("follow", "blindly")],
)
async def test_discord_lets_nobody_send_what_an_option_does_not_take(place: Community, option: str, given: OptionValue):
    async with nothing_bought(place):
        with pytest.raises(RequestRefused) as refused:
            await place.mira.run("video", {"prompt": "a red kite", option: given})

    assert refused.value.field == option


@pytest.mark.parametrize(
    ("permission", "name"),
    [
        (Permission.SEND_MESSAGES, "Send Messages"),
        (Permission.ATTACH_FILES, "Attach Files"),
        (Permission.READ_MESSAGE_HISTORY, "Read Message History"),
    ],
)
async def test_a_channel_in_which_the_clip_could_not_be_posted_is_refused(
    place: Community, permission: Permission, name: str
):
    room = place.room()
    place.discord.operations.set_overwrite(place.channel(room), "bot", 0, int(permission))

    async with nothing_bought(place):
        outcome = await place.mira.in_channel(room).run("video", prompt="a red kite")

    assert f"**{name}**" in refusal(outcome)


async def test_a_server_that_may_not_spend_is_told_how_it_could(place: Community):
    elsewhere = place.mira.in_channel("strand")

    async with nothing_bought(place):
        outcome = await elsewhere.run("video", prompt="a red kite")

    words = refusal(outcome)
    assert "not enabled on this server" in words
    assert f"adding `{place.channel('strand').guild_id}` to `SERVERS`" in words


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_a_recording_too_heavy_is_refused_before_it_is_fetched(place: Community):
    mira = place.mira.in_channel(place.room())
    card = (await mira.run("video", prompt="a red kite")).expect_message()
    await answer_to(mira, card)
    source = await place.job_of(card)
    place.discord.operations.set_premium_tier(place.server, 3)

    async with nothing_bought(place):
        outcome = await mira.run("lipsync", video=source.id, audio=LocalFile("huge.wav", bytes(20_000_000)))

    assert "`audio`: the recording is 20 MB, and must be under 20 MB" in refusal(outcome)


async def test_ceilings_are_told_with_what_is_used_and_refused_commands_use_nothing(tmp_path: Path):
    ceilings = {"max_jobs_per_person_per_day": "2", "max_usd_per_month": "1", "max_usd_per_job": "0.50"}
    async with community(tmp_path, **ceilings) as place:
        await place.start()
        await clips(place.mira, 2)
        async with nothing_bought(place):
            too_many = await place.mira.run("video", prompt="one more")
        await clips(place.theo, 1)
        async with nothing_bought(place):
            too_dear = await place.theo.run("video", prompt="a fine one", model="2.0")
            too_much = await place.theo.run("video", prompt="over the month's budget")

        assert "You have used 2 of the 2 clips you may make per day" in refusal(too_many)
        assert "would cost $0.96, and at most $0.50 per clip" in refusal(too_dear)
        assert "$0.78 of $1.00 are spent or reserved" in refusal(too_much)


async def test_a_clip_that_fails_is_given_back_to_its_persons_quota(tmp_path: Path):
    async with community(tmp_path, max_jobs_per_person_per_day="1") as place:
        await place.start()
        await place.provider.play(Scenario.FAILS)
        card = (await place.mira.run("video", prompt="the first")).expect_message()
        await answer_to(place.mira, card)

        (second,) = await clips(place.mira, 1)

        assert [job.state for job in place.books.jobs()] == ["failed", "succeeded"]
        assert second.attachments


async def clips(person: Person, number: int):
    """Let somebody make clips, one after the other."""
    cards = [(await person.run("video", prompt="a red kite over the sea")).expect_message() for _ in range(number)]
    return [await answer_to(person, card) for card in cards]
