"""A French server with a German in it: what everybody reads is French, what one person reads is theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.e2e.community import KITE, Community, answer_to, card_that_says, community
from tests.e2e.replying import READABLE, answered, at
from tests.unit.translations.invented import FRENCH, GERMAN, invent_languages, is_french, is_german


@pytest.fixture
async def cove(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Community]:
    invent_languages(monkeypatch)
    async with community(tmp_path / "community", config=READABLE) as place:
        place.server.locale = "fr"
        await place.mira.set_locale("de")
        await place.start()
        yield place


async def test_everybody_reads_french_and_mira_alone_german(cove: Community) -> None:
    mira = cove.mira.in_channel(cove.room())

    card = (await mira.run("video", prompt=KITE)).expect_message()
    clip = await answer_to(mira, card)
    ended = await card_that_says(mira, card, "Done")
    told = await answered(mira, clip, "info")
    offer = await answered(mira, clip, "again")
    taken_up = await mira.click(offer, f"{FRENCH}Run")
    done = await card_that_says(at(mira, offer), offer, "Done")
    details = await mira.click(clip, f"{FRENCH}More")

    assert [is_french(message) for message in (card, clip, ended, told, offer, done)] == [True] * 6
    assert is_french(taken_up.expect_message())
    assert is_german(details.expect_message())


async def test_a_private_clip_is_german_from_beginning_to_end(cove: Community) -> None:
    mira, mailbox = cove.mira.in_channel(cove.room()), cove.mira.in_channel("dm")

    said = await mira.run("video", prompt=KITE, private=True)
    clip = await mailbox.wait_for(lambda message: f"{GERMAN}your clip is ready" in message.text)

    assert is_german(said.expect_message())
    assert is_german(clip)
    assert not any(FRENCH in message.text for message in await mailbox.messages())


async def test_a_bot_says_when_it_starts_which_languages_are_not_compiled(cove: Community) -> None:
    with capture_logs() as logs:
        await cove.restart()

    (warning,) = [entry for entry in logs if "languages" in entry]
    assert warning["log_level"] == "warning"
    assert warning["languages"] == ["es", "ja", "pt_BR", "zh_CN"], "two are"
    assert "python -m translations compile" in warning["event"]
