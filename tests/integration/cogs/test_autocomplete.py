"""What is offered while somebody types."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

import cogs.autocomplete
from bot.catalog import BUILT_IN_VOICES
from bot.jobs.ports import StoreUnavailable
from sandbox.seen import Suggestion
from tests.integration.cogs.cove import Cove


def values(suggestions: list[Suggestion]) -> list[str | int | float]:
    return [suggestion.value for suggestion in suggestions]


def name_of(suggestions: list[Suggestion], value: str) -> str:
    return next(suggestion.name for suggestion in suggestions if suggestion.value == value)


async def test_models_are_described_by_use_with_the_price_of_what_is_filled_in(cove: Cove) -> None:
    bare = await cove.mira.autocomplete("video", "model")
    with_sound = await cove.mira.autocomplete("video", "model", length=10, sound=True, quality="std")

    assert name_of(bare, "1.6") == "1.6, can be extended — $0.26"
    assert name_of(with_sound, "3.0").endswith("— $1.50")
    assert values(with_sound)[0] == "3.0"
    assert name_of(with_sound, "1.6").endswith("— not with sound")


async def test_models_that_do_not_fit_come_last_and_say_why(cove: Cove) -> None:
    offered = await cove.mira.autocomplete("video", "model", follow="strictly")

    fitting = [value for value in values(offered) if "not with" not in name_of(offered, str(value))]
    assert values(offered)[: len(fitting)] == fitting == ["1.6", "1.5", "1.0"]
    assert name_of(offered, "3.0").endswith("not with follow")


async def test_models_are_found_by_any_part_of_their_name(cove: Cove) -> None:
    offered = await cove.mira.autocomplete("video", "model", "TURBO")

    assert values(offered) == ["2.5-turbo"]


async def test_lengths_are_those_of_the_model_and_quality_given(cove: Cove) -> None:
    assert values(await cove.mira.autocomplete("video", "length", model="1.6")) == [5, 10]
    assert values(await cove.mira.autocomplete("video", "length", model="3.0")) == list(range(3, 16))
    assert values(await cove.mira.autocomplete("video", "length", "1", model="3.0")) == [10, 11, 12, 13, 14, 15]


async def test_a_chosen_length_can_be_run(cove: Cove) -> None:
    (choice,) = await cove.mira.autocomplete("video", "length", "9", model="3.0")

    outcome = await cove.mira.run("video", {"prompt": "a red kite", "model": "3.0", "length": choice.value})

    assert choice.name == "9 seconds"
    assert not outcome.expect_message().ephemeral
    assert "9 seconds" in outcome.expect_message().text


async def test_voices_are_offered_by_name_and_language_and_never_more_than_fit(cove: Cove) -> None:
    everything = await cove.mira.autocomplete("lipsync", "voice")
    rock = await cove.mira.autocomplete("lipsync", "voice", "roc")
    chinese = await cove.mira.autocomplete("lipsync", "voice", "chinese")

    assert len(BUILT_IN_VOICES) > len(everything) == 25
    assert rock == [Suggestion(name="Rock (English)", value="Rock")]
    assert chinese
    assert all(choice.name.endswith("(Chinese)") for choice in chinese)


async def test_clips_to_go_on_from_are_ones_own_here_first_then_the_channels(cove: Cove) -> None:
    theirs = await cove.finished_clip(cove.theo, "a grey gull")
    await cove.finished_clip(cove.theo, "another channel's", channel="clips")
    mine = await cove.finished_clip(cove.mira, "a red kite")
    mine_elsewhere = await cove.finished_clip(cove.mira, "a lighthouse", channel="clips")

    for command in ("extend", "lipsync"):
        offered = await cove.mira.autocomplete(command, "video")

        assert values(offered) == [mine_elsewhere.id, mine.id, theirs.id]
        assert offered[1].name.startswith(f"#{mine.id} · “a red kite”")


async def test_clips_are_found_by_their_words_or_their_id(cove: Cove) -> None:
    kite = await cove.finished_clip(cove.mira, "a red kite over the sea")
    await cove.finished_clip(cove.mira, "a lighthouse")

    assert values(await cove.mira.autocomplete("extend", "video", "SEA kite")) == [kite.id]
    assert values(await cove.mira.autocomplete("extend", "video", f"#{kite.id}")) == [kite.id]
    assert values(await cove.mira.autocomplete("extend", "video", "submarine")) == []


async def test_only_clips_that_can_go_on_are_offered(cove: Cove) -> None:
    extendable = await cove.finished_clip(cove.mira, "a red kite")
    newer = await cove.finished_clip(cove.mira, "a gull", model="2.1")
    with_sound = await cove.finished_clip(cove.mira, "rain", model="3.0", length=4)
    await cove.mira.run("lipsync", video=extendable.id, say="hello")
    speaking = await cove.finish(await cove.only_job(cove.mira))

    to_extend = values(await cove.mira.autocomplete("extend", "video"))
    to_speak = values(await cove.mira.autocomplete("lipsync", "video"))

    assert to_extend == [extendable.id]
    assert to_speak == [speaking.id, newer.id, extendable.id]
    assert with_sound.id not in to_speak


async def test_unfinished_clips_are_not_offered(cove: Cove) -> None:
    await cove.mira.run("video", prompt="a red kite")

    assert await cove.mira.autocomplete("extend", "video") == []


async def test_storage_that_fails_leaves_the_list_empty(cove: Cove, monkeypatch: pytest.MonkeyPatch) -> None:
    async def down(*_: object) -> list[object]:
        raise StoreUnavailable("locked")

    monkeypatch.setattr(cove.store, "source_clips", down)
    with capture_logs() as logged:
        assert await cove.mira.autocomplete("extend", "video") == []

    assert [line["event"] for line in logged] == ["autocomplete_failed"]


async def test_storage_that_is_slow_leaves_the_list_empty_in_time(cove: Cove, monkeypatch: pytest.MonkeyPatch) -> None:
    async def stuck(*_: object) -> list[object]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(cove.store, "source_clips", stuck)
    monkeypatch.setattr(cogs.autocomplete, "TIME_LIMIT", 0.05)
    with capture_logs() as logged:
        assert await cove.mira.autocomplete("lipsync", "video") == []

    assert [line["event"] for line in logged] == ["autocomplete_late"]
