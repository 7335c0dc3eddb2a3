"""Two languages that nobody speaks: each sentence of the source behind a sign, in the place of German and French."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path
from typing import Final

import pytest
from babel.messages.catalog import Catalog

from bot.ui import language
from sandbox.seen import SeenMessage
from translations.catalogues import catalogue_file, compile_all, messages, template, text, updated

GERMAN: Final = "»"
FRENCH: Final = "«"
_NAMES: Final = frozenset({"command name", "option name"})
"""Of these Discord takes no signs."""


def invent_languages(patch: pytest.MonkeyPatch) -> None:
    """Let the bot speak them."""
    patch.setattr(language, "CATALOGUES", Path(_invented().name))


def source_messages() -> frozenset[tuple[str, str]]:
    """Return what the source says is to be translated."""
    return frozenset(messages(_source()))


@functools.cache
def _source() -> Catalog:
    """Read the whole source, which takes seconds, once for all tests of a process."""
    return template()


@functools.cache
def _invented() -> tempfile.TemporaryDirectory[str]:
    """Return where they are compiled, once for all tests of a process."""
    made = tempfile.TemporaryDirectory(prefix="egret-invented-")
    directory = Path(made.name)
    source = _source()
    for name, sign in (("de", GERMAN), ("fr", FRENCH)):
        catalogue = updated(name, source, None)
        for message in messages(catalogue).values():
            before = "" if message.context in _NAMES else sign
            message.string = (
                before + message.id if isinstance(message.id, str) else tuple(before + form for form in message.id)
            )
        path = catalogue_file(name, directory)
        path.parent.mkdir(parents=True)
        path.write_text(text(catalogue), encoding="utf-8")
    compile_all(directory)
    return made


def is_german(message: SeenMessage) -> bool:
    return GERMAN in message.text and FRENCH not in message.text


def is_french(message: SeenMessage) -> bool:
    return FRENCH in message.text and GERMAN not in message.text
