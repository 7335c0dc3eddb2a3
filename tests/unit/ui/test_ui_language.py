from __future__ import annotations

import asyncio
import struct
from pathlib import Path

import pytest

from bot.ui import figures, language
from bot.ui.language import _, ngettext, speaking

GERMAN = {
    "": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n",
    "Nothing was charged.": "Es wurde nichts berechnet.",
    "{number} second\x00{number} seconds": "{number} Sekunde\x00{number} Sekunden",
}


def write_catalogue(directory: Path, name: str, words: dict[str, str]) -> None:
    """Write a GNU .mo file: magic, revision, count, two tables of (length, offset), then the strings."""
    pairs = sorted((source.encode(), target.encode()) for source, target in words.items())
    sources, targets = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    at = 28 + 16 * len(pairs)
    tables, body = b"", b""
    for text in (*sources, *targets):
        tables += struct.pack("<II", len(text), at + len(body))
        body += text + b"\x00"
    head = struct.pack("<IIIIIII", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    file = directory / name / "LC_MESSAGES" / "egret.mo"
    file.parent.mkdir(parents=True)
    file.write_bytes(head + tables + body)


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_catalogue(tmp_path, "de", GERMAN)
    monkeypatch.setattr(language, "CATALOGUES", tmp_path)


def test_without_a_catalogue_the_source_is_spoken() -> None:
    with speaking("sv-SE"):
        assert figures.nothing_charged() == "Nothing was charged."


def test_a_catalogue_is_spoken_inside_its_block_only(german: None) -> None:
    with speaking("de"):
        inside = figures.nothing_charged()

    assert inside == "Es wurde nichts berechnet."
    assert figures.nothing_charged() == "Nothing was charged."


def test_a_regional_locale_falls_back_to_its_language(german: None) -> None:
    with speaking("de-AT"):
        assert figures.nothing_charged() == "Es wurde nichts berechnet."


@pytest.mark.parametrize(
    ("locale", "has"), [("de", True), ("de-AT", True), ("sv-SE", False), ("en-US", False), ("no locale", False)]
)
def test_a_locale_has_words_where_a_catalogue_is_spoken_in_it(german: None, locale: str, *, has: bool) -> None:
    with speaking(locale):
        assert language.has_words() is has


def test_plurals_follow_the_catalogues_rule(german: None) -> None:
    with speaking("de"):
        assert figures.seconds(1) == "1 Sekunde"
        assert figures.seconds(5) == "5 Sekunden"


def test_what_a_catalogue_leaves_out_is_said_in_english(german: None) -> None:
    with speaking("de"):
        assert _("Queued") == "Queued"
        assert ngettext("{number} day", "{number} days", 2) == "{number} days"


@pytest.mark.parametrize("locale", ["", "../../etc", "de/../..", "x" * 300])
def test_a_locale_that_is_none_is_english(german: None, locale: str) -> None:
    with speaking(locale):
        assert figures.nothing_charged() == "Nothing was charged."


def test_an_empty_sentence_stays_empty(german: None) -> None:
    with speaking("de"):
        assert _("") == ""


async def test_two_people_are_spoken_to_at_once_each_in_their_language(german: None) -> None:
    both = asyncio.Barrier(2)

    async def say(locale: str) -> str:
        with speaking(locale):
            await both.wait()
            return figures.nothing_charged()

    assert await asyncio.gather(say("de"), say("en-US")) == ["Es wurde nichts berechnet.", "Nothing was charged."]
