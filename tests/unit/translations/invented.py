"""Two languages that nobody speaks: each sentence of the source behind a sign, in the place of German and French."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from bot.ui import language
from sandbox.seen import SeenMessage
from translations.catalogues import catalogue_file, compile_all, messages, template, text, updated

GERMAN: Final = "»"
FRENCH: Final = "«"
_NAMES: Final = frozenset({"command name", "option name"})
"""Of these Discord takes no signs."""


def invent_languages(directory: Path, patch: pytest.MonkeyPatch) -> None:
    """Compile them, and let the bot speak them."""
    source = template()
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
    patch.setattr(language, "CATALOGUES", directory)


def is_german(message: SeenMessage) -> bool:
    return GERMAN in message.text and FRENCH not in message.text


def is_french(message: SeenMessage) -> bool:
    return FRENCH in message.text and GERMAN not in message.text
