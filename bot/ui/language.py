"""Which language is being spoken, and the words in it.

Sentences stand in the source in English and are looked up when they are said, in the catalogue of the locale that
`speaking` set: one per interaction, one per delivery. A `<language>/LC_MESSAGES/egret.mo` under `CATALOGUES` is all
that another language needs; what it leaves out is said in English.
"""

from __future__ import annotations

import contextlib
import gettext
import re
from collections.abc import Iterator
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Final

DOMAIN: Final = "egret"
CATALOGUES: Path = Path(__file__).parent / "locales"

_LOCALE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_spoken: ContextVar[str] = ContextVar("spoken_locale", default="en-US")


@contextlib.contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Say everything inside the block in the language of a Discord locale such as "en-US" or "pt-BR"."""
    token = _spoken.set(locale)
    try:
        yield
    finally:
        _spoken.reset(token)


def _(message: str) -> str:
    """Return a sentence in the language being spoken."""
    return _words().gettext(message) if message else ""


def ngettext(one: str, many: str, number: int) -> str:
    """Return the form of a sentence that fits a number, in the language being spoken."""
    return _words().ngettext(one, many, number)


def marked(message: str) -> str:
    """Return a sentence as it stands: it belongs in the catalogues, and is looked up when it is said."""
    return message


def _words() -> gettext.NullTranslations:
    return _catalogue(CATALOGUES, _spoken.get())


@lru_cache(maxsize=64)
def _catalogue(directory: Path, locale: str) -> gettext.NullTranslations:
    if _LOCALE.fullmatch(locale) is None:
        return gettext.NullTranslations()
    names = [locale.replace("-", "_"), locale.partition("-")[0]]
    return gettext.translation(DOMAIN, directory, languages=names, fallback=True)
