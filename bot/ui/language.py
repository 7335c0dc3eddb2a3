"""Which language is being spoken, and the words in it.

Sentences stand in the source in English and are looked up when they are said, in the catalogue of the locale that
`speaking` set: one per interaction, one per delivery. What a catalogue leaves out is said in English. Catalogues are
compiled when the bot is built; beside the source they are there once `make setup` has made them.
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

from typing_extensions import override

DOMAIN: Final = "egret"
SPOKEN: Final = ("de", "es", "fr", "ja", "pt_BR", "zh_CN")
"""The languages besides English, as their catalogues' directories are named; "es" is for every Spanish."""
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


def speak(locale: str) -> None:
    """Speak a Discord locale's language from now on, to the end of the task that calls this."""
    _spoken.set(locale)


def has_words() -> bool:
    """Tell whether anything is said otherwise than in English in the language being spoken."""
    return type(_words()) is not gettext.NullTranslations


def spoken() -> str:
    """Return the Discord locale whose language is being spoken."""
    return _spoken.get()


def _(message: str) -> str:
    """Return a sentence in the language being spoken."""
    return _words().gettext(message) if message else ""


def ngettext(one: str, many: str, number: int) -> str:
    """Return the form of a sentence that fits a number, in the language being spoken."""
    return _words().ngettext(one, many, number)


def pgettext(context: str, message: str) -> str:
    """Return words in the language being spoken, told from the same words elsewhere by their context."""
    return _words().pgettext(context, message)


def without_words(directory: Path | None = None) -> list[str]:
    """Return the languages that should be spoken, and whose compiled catalogues are not there."""
    where = directory or CATALOGUES
    return [language for language in SPOKEN if not gettext.find(DOMAIN, where, languages=[language])]


def marked(message: str) -> str:
    """Return a sentence as it stands: it belongs in the catalogues, and is looked up when it is said."""
    return message


def _words() -> gettext.NullTranslations:
    return _catalogue(CATALOGUES, _spoken.get())


_Key = str | tuple[str, int]
"""A sentence in English; with a number, one of its plurals."""
_english: Final[dict[_Key, _Key]] = {}


class _SharingEnglish(gettext.GNUTranslations):
    """A catalogue that keeps the English sentences once with all others, which spares half a mebibyte."""

    _catalog: dict[_Key, str]

    @override
    def _parse(self, fp: gettext._TranslationsReader) -> None:
        super()._parse(fp)
        self._catalog = {_english.setdefault(key, key): said for key, said in self._catalog.items()}


@lru_cache(maxsize=64)
def _catalogue(directory: Path, locale: str) -> gettext.NullTranslations:
    if _LOCALE.fullmatch(locale) is None:
        return gettext.NullTranslations()
    names = [locale.replace("-", "_"), locale.partition("-")[0]]
    return gettext.translation(DOMAIN, directory, languages=names, fallback=True, class_=_SharingEnglish)
