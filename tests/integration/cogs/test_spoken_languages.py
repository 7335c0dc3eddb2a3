"""Who reads what in which language: the person's where they alone read it, the server's where everybody does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ui import language
from cogs.payload import command_payload, option_details
from tests.fidelity.command_rules import command_findings
from tests.integration.cogs.cove import Cove
from tests.unit.translations.invented import (
    FRENCH,
    GERMAN,
    invent_languages,
    is_french,
    is_german,
    source_messages,
)
from translations.catalogues import compile_all

LOCALES = ("en-US", "de", "es-ES", "es-419", "fr", "ja", "pt-BR", "zh-CN")


@pytest.fixture
def two_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    invent_languages(monkeypatch)


@pytest.fixture
async def mixed(offline: Cove, two_languages: None) -> AsyncIterator[Cove]:
    """A French server in which Mira's Discord is German."""
    offline.guild.locale = "fr"
    await offline.mira.set_locale("de")
    async with offline.online(offline.new_client()):
        yield offline


async def test_a_card_is_in_the_servers_language(mixed: Cove) -> None:
    answer = await mixed.mira.run("video", prompt="a red kite")

    assert is_french(answer.expect_message())


async def test_private_answers_are_in_the_persons_language(mixed: Cove) -> None:
    await mixed.mira.run("video", prompt="a red kite")
    card = await mixed.card(await mixed.job_with_card(mixed.mira), mixed.mira)

    assert is_german((await mixed.mira.run("defaults")).expect_message())
    assert is_german((await mixed.mira.run("clips")).expect_message())
    assert is_german((await mixed.mira.click(card, f"{FRENCH}Details")).expect_message())
    assert is_german((await mixed.mira.run("extend", video="nothing")).expect_message())


async def test_a_private_clip_speaks_to_its_person_alone(mixed: Cove) -> None:
    answer = await mixed.mira.run("video", prompt="a red kite", private=True)
    job = await mixed.job_with_card(mixed.mira)
    ended = await mixed.finish(job)

    assert is_german(answer.expect_message())
    assert is_german(await mixed.card(ended, mixed.mira))


async def test_commands_tell_discord_their_words_in_every_language(mixed: Cove) -> None:
    payload = await command_payload(mixed.client.tree, {})
    video = next(command for command in payload if command["name"] == "video")

    assert video["description_localizations"]["de"].startswith(GERMAN)  # type: ignore[index]
    assert "name_localizations" not in video or "de" not in (video["name_localizations"] or {})  # type: ignore[operator]
    ratio = next(option for option in video["options"] if option["name"] == "ratio")  # type: ignore[attr-defined]
    assert ratio["choices"][0]["name_localizations"]["fr"] == f"{FRENCH}Wide 16:9"
    menu = next(command for command in payload if command["name"] == "Use as source")
    assert menu["name_localizations"]["de"] == f"{GERMAN}Use as source"  # type: ignore[index]


async def test_every_name_and_description_is_to_be_translated(mixed: Cove) -> None:
    known = source_messages()
    for command in await command_payload(mixed.client.tree, {}):
        context = "command name" if command["type"] == 1 else "message command"
        assert (command["name"], context) in known
        for option in _all_options(command):
            kind = "command name" if option["type"] in {1, 2} else "option name"
            assert (option["name"], kind) in known, "name options in a dictionary of descriptions"
            assert (option["description"], "description") in known, "describe options with locale_str"


async def test_discord_takes_the_commands_of_every_language(
    offline: Cove, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_all(target=tmp_path / "spoken")
    monkeypatch.setattr(language, "CATALOGUES", tmp_path / "spoken")
    async with offline.online(offline.client):
        payload = await command_payload(offline.client.tree, option_details(offline.world.service.catalogue))

    assert list(command_findings("bulk_set_application_commands", payload)) == []
    for command in payload:
        for thing in (command, *_all_options(command)):
            _check_room(thing)
        for locale in LOCALES:
            names = [_said(option, "name", locale) for option in command.get("options", [])]  # type: ignore[attr-defined]
            assert len(names) == len(set(names)), (command["name"], locale, names)


def _all_options(thing: dict[str, object]) -> list[dict[str, object]]:
    options = thing.get("options") or []
    assert isinstance(options, list)
    return [found for option in options for found in (option, *_all_options(option))]


def _said(thing: dict[str, object], key: str, locale: str) -> object:
    localized = thing.get(f"{key}_localizations")
    return localized.get(locale, thing[key]) if isinstance(localized, dict) else thing[key]


def _check_room(thing: dict[str, object]) -> None:
    choices = thing.get("choices") or []
    assert isinstance(choices, list)
    for locale in LOCALES:
        assert 1 <= len(str(_said(thing, "name", locale))) <= 32
        assert "description" not in thing or len(str(_said(thing, "description", locale))) <= 100, (locale, thing)
        names = [str(_said(choice, "name", locale)) for choice in choices]
        assert all(1 <= len(choice) <= 100 for choice in names), (locale, names)
        assert len(names) == len(set(names)), (locale, names)
